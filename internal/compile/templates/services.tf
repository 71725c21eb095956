{{if or .Databases .Caches .Balancers -}}
# What roles of {{.Name}} need before their owners start anything.
{{with .Databases}}
resource "aws_db_subnet_group" "{{$.Label}}" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{line .At}}
    {{key .Name}} = {{quote .Tier.Name}}
    {{- end}}
  }

  name        = "{{$.Name}}-${each.key}"
  description = "The subnets of ${each.key}"
  subnet_ids  = [for k, s in local.{{$.Label}}_subnets : aws_subnet.{{$.Label}}[k].id if s.tier == each.value]

  tags = { Name = "{{$.Name}}-${each.key}" }
}
{{end}}
{{with .Caches}}
resource "aws_elasticache_subnet_group" "{{$.Label}}" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{line .At}}
    {{key .Name}} = {{quote .Tier.Name}}
    {{- end}}
  }

  name        = "{{$.Name}}-${each.key}"
  description = "The subnets of ${each.key}"
  subnet_ids  = [for k, s in local.{{$.Label}}_subnets : aws_subnet.{{$.Label}}[k].id if s.tier == each.value]

  tags = { Name = "{{$.Name}}-${each.key}" }
}
{{end}}
{{with .Balancers}}
# Load balancers without listeners: certificates and targets are their owners'.
resource "aws_lb" "{{$.Label}}_roles" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{line .Service.At}}
    {{key .Service.Name}} = { name = {{quote .Name}}, type = {{quote .Type}}, tier = {{quote .Service.Tier.Name}}, internal = {{.Internal}} }
    {{- end}}
  }

  name                       = each.value.name
  load_balancer_type         = each.value.type
  internal                   = each.value.internal
  security_groups            = [aws_security_group.{{$.Label}}[each.key].id]
  subnets                    = [for k, s in local.{{$.Label}}_subnets : aws_subnet.{{$.Label}}[k].id if s.tier == each.value.tier]
  drop_invalid_header_fields = each.value.type == "application" ? true : null
  enable_deletion_protection = var.protect

  tags = { Name = "{{$.Name}}-${each.key}" }
  {{if $.InternetGateway}}
  depends_on = [aws_internet_gateway.{{$.Label}}]
  {{end}}
}
{{end}}
{{end}}
