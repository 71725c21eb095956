# The transit gateway of {{.Name}}: what joins {{range $i, $m := .Members}}{{if $i}}, {{end}}{{$m.Name}}{{end}}. Nothing is associated or propagated by default: each member has a table with exactly the routes that are declared.
{{because .Edges}}

{{if .Has .Owner}}
resource "aws_ec2_transit_gateway" "{{.Label}}" {
  {{.In .Owner}}

  description                        = "Joins the environments of {{.Name}}"
  auto_accept_shared_attachments     = "disable"
  default_route_table_association    = "disable"
  default_route_table_propagation    = "disable"
  security_group_referencing_support = "enable"

  tags = { Name = {{quote .Name}} }
}
{{with .Accounts}}
# The accounts have to be of one organization, in which sharing by RAM is enabled.
resource "aws_ram_resource_share" "{{$.Label}}" {
  {{$.In $.Owner}}

  name                      = "transit-gateway-{{$.Name}}"
  allow_external_principals = false
}

resource "aws_ram_resource_association" "{{$.Label}}" {
  {{$.In $.Owner}}

  resource_share_arn = aws_ram_resource_share.{{$.Label}}.arn
  resource_arn       = aws_ec2_transit_gateway.{{$.Label}}.arn
}

resource "aws_ram_principal_association" "{{$.Label}}" {
  {{$.In $.Owner}}
  for_each = toset([{{range $i, $a := .}}{{if $i}}, {{end}}{{$a}}{{end}}])

  resource_share_arn = aws_ram_resource_share.{{$.Label}}.arn
  principal          = each.key
}
{{end}}
locals {
  {{.Label}}_members = {{.Joined}}
  {{.Label}}_attachments = {
    {{- range .Members}}
    {{key .Name}} = {{$.Attachment .}}
    {{- end}}
  }
}

resource "aws_ec2_transit_gateway_route_table" "{{.Label}}" {
  {{.In .Owner}}
  for_each = local.{{.Label}}_members

  transit_gateway_id = aws_ec2_transit_gateway.{{.Label}}.id

  tags = { Name = "{{.Name}}-${each.key}" }
}

resource "aws_ec2_transit_gateway_route_table_association" "{{.Label}}" {
  {{.In .Owner}}
  for_each = local.{{.Label}}_members

  transit_gateway_attachment_id  = local.{{.Label}}_attachments[each.key]
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.{{.Label}}[each.key].id
}

resource "aws_ec2_transit_gateway_route" "{{.Label}}" {
  {{.In .Owner}}
  for_each = {{if not .Single}}{ for k, r in {{end}}{
    {{- range .TransitRoutes}}
    {{because .Because}}
    {{key .Key}} = { from = {{quote .From}}, to = {{quote .To}}, block = {{.Block}} }
    {{- end}}
  }{{if not .Single}} : k => r if contains(local.{{.Label}}_members, r.from) && contains(local.{{.Label}}_members, r.to) }{{end}}

  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.{{.Label}}[each.value.from].id
  transit_gateway_attachment_id  = local.{{.Label}}_attachments[each.value.to]
  destination_cidr_block         = each.value.block
}
{{end}}
{{if .Has .Owner}}
{{range .Members}}
{{if $.Foreign .}}
resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "{{.Label}}" {
  {{$.In $.Owner}}
  {{if not $.Single}}count = var.{{.Variable}}.attachment == null ? 0 : 1{{end}}

  transit_gateway_attachment_id                   = {{if $.Single}}aws_ec2_transit_gateway_vpc_attachment.{{.Label}}.id{{else}}var.{{.Variable}}.attachment{{end}}
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false

  tags = { Name = {{quote .Name}} }
}
{{end}}
{{end}}
{{end}}
{{range .OwnMembers}}
{{$member := .}}
# {{.Name}}'s side

resource "aws_ec2_transit_gateway_vpc_attachment" "{{.Label}}" {
  {{.Provider}}
  {{.Count}}

  transit_gateway_id = {{$.Gateway}}
  vpc_id             = aws_vpc.{{.Label}}.id
  subnet_ids         = [for k, s in local.{{.Label}}_subnets : aws_subnet.{{.Label}}[k].id if s.tier == "transit"]
  {{if not .Foreign}}
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  {{end}}
  security_group_referencing_support = "enable"

  tags = { Name = {{quote .Name}} }
  {{if and $.Single .Foreign}}
  depends_on = [aws_ram_principal_association.{{$.Label}}, aws_ram_resource_association.{{$.Label}}]
  {{end}}
}
{{with .VPCRoutes}}
resource "aws_route" "{{$member.Label}}_transit" {
  {{$member.Provider}}
  for_each = {{if $member.Ready}}{ for k, r in {{end}}{
    {{- range .}}
    {{because .Because}}
    {{key .Key}} = { table = {{quote .Table}}, block = {{.Block}} }
    {{- end}}
  }{{if $member.Ready}} : k => r if {{$member.Ready}} }{{end}}

  route_table_id         = aws_route_table.{{$member.Label}}[each.value.table].id
  destination_cidr_block = each.value.block
  transit_gateway_id     = {{$.Gateway}}

  {{$member.DependsOn}}
}
{{end}}
{{with .AddressRules true}}
# Groups are referenced across a transit gateway by inbound rules only.
resource "aws_vpc_security_group_egress_rule" "{{$member.Label}}_transit" {
  {{$member.Provider}}
  for_each = {
    {{- range .}}{{template "addressRule" .}}{{end}}
  }

  security_group_id = aws_security_group.{{$member.Label}}[each.value.group].id
  cidr_ipv4         = each.value.block
  {{template "traffic" "each.value.name"}}
}
{{end}}
{{with .GroupRules}}
resource "aws_vpc_security_group_ingress_rule" "{{$member.Label}}_transit" {
  {{$member.Provider}}
  for_each = {{if not $.Single}}{ for k, r in {{end}}{
    {{- range .}}{{template "groupRule" .}}{{end}}
  }{{if not $.Single}} : k => r if r.peer != null{{with $member.Ready}} && {{.}}{{end}} }{{end}}

  security_group_id            = aws_security_group.{{$member.Label}}[each.value.group].id
  referenced_security_group_id = each.value.peer
  {{template "traffic" "each.key"}}
  {{$member.RulesDependOn}}
}
{{end}}
{{end}}
