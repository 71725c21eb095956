{{with .SecurityGroups -}}
# The security groups of {{$.Name}}, one for each role, and who talks to whom.

resource "aws_security_group" "{{$.Label}}" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{line .Place}}
    {{key .Name}} = {{quote .Description}}
    {{- end}}
  }

  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.{{$.Label}}.id

  tags = { Name = "sg-${each.key}" }
}
{{end}}
{{with .Inside true}}
# Between roles: a pair of rules for each port, outbound at the source and inbound at the destination.

resource "aws_vpc_security_group_egress_rule" "{{$.Label}}_groups" {
  {{$.Provider}}
  for_each = {
    {{- range .}}{{template "groupRule" .}}{{end}}
  }

  security_group_id            = aws_security_group.{{$.Label}}[each.value.group].id
  referenced_security_group_id = aws_security_group.{{$.Label}}[each.value.peer].id
  {{template "traffic" "each.key"}}
}
{{end}}
{{with .Inside false}}
resource "aws_vpc_security_group_ingress_rule" "{{$.Label}}_groups" {
  {{$.Provider}}
  for_each = {
    {{- range .}}{{template "groupRule" .}}{{end}}
  }

  security_group_id            = aws_security_group.{{$.Label}}[each.value.group].id
  referenced_security_group_id = aws_security_group.{{$.Label}}[each.value.peer].id
  {{template "traffic" "each.key"}}
}
{{end}}
{{with .Outside true}}
# With the outside, which has no groups.

resource "aws_vpc_security_group_egress_rule" "{{$.Label}}_addresses" {
  {{$.Provider}}
  for_each = {
    {{- range .}}{{template "addressRule" .}}{{end}}
  }

  security_group_id = aws_security_group.{{$.Label}}[each.value.group].id
  cidr_ipv4         = each.value.block
  {{template "traffic" "each.value.name"}}
}
{{end}}
{{with .Outside false}}
resource "aws_vpc_security_group_ingress_rule" "{{$.Label}}_addresses" {
  {{$.Provider}}
  for_each = {
    {{- range .}}{{template "addressRule" .}}{{end}}
  }

  security_group_id = aws_security_group.{{$.Label}}[each.value.group].id
  cidr_ipv4         = each.value.block
  {{template "traffic" "each.value.name"}}
}
{{end}}
{{define "groupRule"}}
    {{line .Place}}
    {{key .Key}} = { group = {{quote .Group}}, peer = {{.Peer}}, {{template "ports" .}}, description = {{quote .Description}} }
{{- end}}
{{define "addressRule"}}
    {{line .Place}}
    {{key .Key}} = { group = {{quote .Group}}, block = {{quote .Block}}, {{template "ports" .}}, name = {{quote .Name}}, description = {{quote .Description}} }
{{- end}}
{{define "ports"}}protocol = {{quote .Protocol}}, from = {{.From}}, to = {{.To}}{{end}}
{{define "traffic"}}
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.from
  to_port                      = each.value.to
  description                  = each.value.description

  tags = { Name = {{.}} }
{{end}}
