# {{.Requester.Name}} and {{.Accepter.Name}} by a peering connection: routes between the subnets of the roles that talk to each other, both ways, for replies take the table of who answers.
# Who opens connections is a matter of groups and network ACLs.
{{because .Edges}}

{{if .Has .Requester}}
resource "aws_vpc_peering_connection" "{{.Label}}" {
  {{.In .Requester}}
  {{if not .Single}}count = {{.Known}} ? 1 : 0{{end}}

  vpc_id        = aws_vpc.{{.Requester.Label}}.id
  peer_vpc_id   = {{.VPC .Accepter}}
  peer_owner_id = {{.Account .Accepter}}
  {{if .CrossRegion}}peer_region = {{quote .Accepter.Region}}{{end}}

  tags = { Name = {{quote .Name}} }
}
{{end}}
{{if .Has .Accepter}}
resource "aws_vpc_peering_connection_accepter" "{{.Label}}" {
  {{.In .Accepter}}
  {{if not .Single}}count = {{.Requested}} ? 1 : 0{{end}}

  vpc_peering_connection_id = {{.Connection}}
  auto_accept               = true

  tags = { Name = {{quote .Name}} }
}
{{end}}
{{range .Sides}}
{{$side := .}}
# {{.Name}}'s side
{{with .Routes}}
resource "aws_route" "{{$.Label}}_{{$side.Word}}" {
  {{$side.Provider}}
  for_each = {{if not $.Single}}{ for k, r in {{end}}{
    {{- range .}}
    {{because .Because}}
    {{key .Key}} = { table = {{quote .Table}}, block = {{.Block}} }
    {{- end}}
  }{{if not $.Single}} : k => r if {{if eq $side.Word "requester"}}{{$.Known}}{{else}}{{$.Requested}}{{end}} }{{end}}

  route_table_id            = aws_route_table.{{$side.Label}}[each.value.table].id
  destination_cidr_block    = each.value.block
  vpc_peering_connection_id = {{$side.Active}}
}
{{end}}
{{with .GroupRules true}}
resource "aws_vpc_security_group_egress_rule" "{{$.Label}}_{{$side.Word}}" {
  {{$side.Provider}}
  for_each = {{if not $.Single}}{ for k, r in {{end}}{
    {{- range .}}{{template "groupRule" .}}{{end}}
  }{{if not $.Single}} : k => r if r.peer != null && {{$side.Ready}} }{{end}}

  security_group_id            = aws_security_group.{{$side.Label}}[each.value.group].id
  referenced_security_group_id = each.value.peer
  {{template "traffic" "each.key"}}
  {{$side.DependsOn}}
}
{{end}}
{{with .GroupRules false}}
resource "aws_vpc_security_group_ingress_rule" "{{$.Label}}_{{$side.Word}}" {
  {{$side.Provider}}
  for_each = {{if not $.Single}}{ for k, r in {{end}}{
    {{- range .}}{{template "groupRule" .}}{{end}}
  }{{if not $.Single}} : k => r if r.peer != null && {{$side.Ready}} }{{end}}

  security_group_id            = aws_security_group.{{$side.Label}}[each.value.group].id
  referenced_security_group_id = each.value.peer
  {{template "traffic" "each.key"}}
  {{$side.DependsOn}}
}
{{end}}
{{with .AddressRules true}}
# Groups of another Region cannot be referenced.
resource "aws_vpc_security_group_egress_rule" "{{$.Label}}_{{$side.Word}}" {
  {{$side.Provider}}
  for_each = {
    {{- range .}}{{template "addressRule" .}}{{end}}
  }

  security_group_id = aws_security_group.{{$side.Label}}[each.value.group].id
  cidr_ipv4         = each.value.block
  {{template "traffic" "each.value.name"}}
}
{{end}}
{{with .AddressRules false}}
resource "aws_vpc_security_group_ingress_rule" "{{$.Label}}_{{$side.Word}}" {
  {{$side.Provider}}
  for_each = {
    {{- range .}}{{template "addressRule" .}}{{end}}
  }

  security_group_id = aws_security_group.{{$side.Label}}[each.value.group].id
  cidr_ipv4         = each.value.block
  {{template "traffic" "each.value.name"}}
}
{{end}}
{{end}}
