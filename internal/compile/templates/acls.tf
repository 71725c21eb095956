# What passes between the subnets of {{.Name}}: connections and their replies, for network ACLs keep no state.

locals {
  # Entries by tier. Each has a number that is made of its key, so that adding one changes no other: from 1000 for what is admitted from or to known addresses, from 21000 for
  # the internet, and in between 20000, which denies the VPC's own addresses: these are not the internet.
  {{.Label}}_acl_entries = {
    {{- range .Entries}}
    {{line .Tier.At}}: tier {{.Tier.Name}}
    {{range .List}}
    {{if .Because}}{{because .Because}}{{else}}# not the internet{{end}}
    {{key .Key}} = { tier = {{quote .Tier}}, egress = {{.Outbound}}, number = {{.Number}}, action = {{quote .Action}}, protocol = {{quote .Protocol}}, from = {{.From}}, to = {{.To}}, block = {{quote .Block}} }
    {{- end}}
    {{end}}
  }
}

resource "aws_network_acl" "{{.Label}}" {
  {{.Provider}}
  for_each = toset([for s in local.{{.Label}}_subnets : s.tier])

  vpc_id = aws_vpc.{{.Label}}.id

  tags = { Name = "{{.Name}}-${each.key}" }
}

resource "aws_network_acl_association" "{{.Label}}" {
  {{.Provider}}
  for_each = local.{{.Label}}_subnets

  network_acl_id = aws_network_acl.{{.Label}}[each.value.tier].id
  subnet_id      = aws_subnet.{{.Label}}[each.key].id
}

resource "aws_network_acl_rule" "{{.Label}}" {
  {{.Provider}}
  for_each = local.{{.Label}}_acl_entries

  network_acl_id = aws_network_acl.{{.Label}}[each.value.tier].id
  egress         = each.value.egress
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.protocol
  from_port      = each.value.from
  to_port        = each.value.to
  {{- if .ICMP}}
  icmp_type      = each.value.protocol == "icmp" ? -1 : null
  icmp_code      = each.value.protocol == "icmp" ? -1 : null
  {{- end}}
  cidr_block     = each.value.block
}
