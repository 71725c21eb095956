# The VPC of {{.Name}}: its subnets, and where their packets go.

locals {
  # Subnets by tier and zone, each with its route table.
  {{.Label}}_subnets = {
    {{- range .Rows}}
    {{line .At}}{{if .Purpose}}: for {{.Purposes}}{{end}}
    {{- range .Subnets}}
    {{key .Key}} = { tier = {{quote .Tier}}, zone = {{quote .Zone}}, block = {{quote .Block}}, table = {{quote .Table}} }
    {{- end}}
    {{end}}
  }
}

{{line .At}}
resource "aws_vpc" "{{.Label}}" {
  {{.Provider}}

  cidr_block           = {{quote .Block}}
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = {{quote .Name}} }
}

# What AWS makes with every VPC is kept empty: whatever names no group, no network ACL or no route table of its own gets nothing.

resource "aws_default_security_group" "{{.Label}}" {
  {{.Provider}}

  vpc_id = aws_vpc.{{.Label}}.id

  tags = { Name = "{{.Name}}-default" }
}

resource "aws_default_network_acl" "{{.Label}}" {
  {{.Provider}}

  default_network_acl_id = aws_vpc.{{.Label}}.default_network_acl_id

  tags = { Name = "{{.Name}}-default" }

  lifecycle {
    ignore_changes = [subnet_ids] # a subnet is here until it is associated with its own
  }
}

resource "aws_default_route_table" "{{.Label}}" {
  {{.Provider}}

  default_route_table_id = aws_vpc.{{.Label}}.default_route_table_id
  route                  = []

  tags = { Name = "{{.Name}}-default" }
}
{{if .InternetGateway}}
resource "aws_internet_gateway" "{{.Label}}" {
  {{.Provider}}

  vpc_id = aws_vpc.{{.Label}}.id

  tags = { Name = {{quote .Name}} }
}
{{end}}
resource "aws_subnet" "{{.Label}}" {
  {{.Provider}}
  for_each = local.{{.Label}}_subnets

  vpc_id                  = aws_vpc.{{.Label}}.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.block
  {{if .Direct}}map_public_ip_on_launch = contains({{list .Direct}}, each.value.tier){{end}}

  tags = {
    Name = "{{.Name}}-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table" "{{.Label}}" {
  {{.Provider}}
  for_each = toset([for s in local.{{.Label}}_subnets : s.table])

  vpc_id = aws_vpc.{{.Label}}.id

  tags = { Name = "{{.Name}}-${each.key}" }
}

resource "aws_route_table_association" "{{.Label}}" {
  {{.Provider}}
  for_each = local.{{.Label}}_subnets

  subnet_id      = aws_subnet.{{.Label}}[each.key].id
  route_table_id = aws_route_table.{{.Label}}[each.value.table].id
}
{{with .ToInternet}}
resource "aws_route" "{{$.Label}}_internet" {
  {{$.Provider}}
  for_each = toset([
    {{- range .}}
    {{quote .Table}},
    {{- end}}
  ])

  route_table_id         = aws_route_table.{{$.Label}}[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.{{$.Label}}.id
}
{{end}}
{{with .ToFirewall}}
# To the firewall's endpoint of the zone: what leaves a filtered tier, and what comes back to it.
resource "aws_route" "{{$.Label}}_firewall" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{key .Key}} = { table = {{quote .Table}}, block = {{.Block}}, zone = {{quote .Zone}} }
    {{- end}}
  }

  route_table_id         = aws_route_table.{{$.Label}}[each.value.table].id
  destination_cidr_block = each.value.block
  vpc_endpoint_id        = local.{{$.Label}}_firewall_endpoints[each.value.zone]
}
{{end}}
{{with .ToNAT}}
# To the NAT gateway of the zone.
resource "aws_route" "{{$.Label}}_nat" {
  {{$.Provider}}
  for_each = {
    {{- range .}}
    {{key .Table}} = {{quote .Zone}}
    {{- end}}
  }

  route_table_id         = aws_route_table.{{$.Label}}[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.{{$.Label}}[each.value].id
}
{{end}}
