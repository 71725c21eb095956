locals {
  # The accounts of the environments{{if not .Single}}, and of those that this one is joined to{{end}}.
  accounts = {
    {{- range .Known}}
    {{line .At}}
    {{key .Name}} = {{quote .Account}}
    {{- end}}
  }
}
{{range .Own}}
{{line .At}}
provider "aws" {
  {{if $.Single}}alias = "{{.Label}}"{{end}}
  region              = {{quote .Region}}
  allowed_account_ids = [{{$.Account .}}]

  assume_role {
    role_arn = "{{$.ARN .}}:role/${var.role}"
  }

  default_tags {
    tags = {
      {{- range .DefaultTags}}
      {{key .Key}} = {{quote .Value}}
      {{- end}}
    }
  }
}
{{end}}
