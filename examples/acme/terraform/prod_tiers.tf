# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The VPC of prod: its subnets, and where their packets go.

locals {
  # Subnets by tier and zone, each with its route table.
  prod_subnets = {
    # watertight.hcl:9
    public-us-east-1a = { tier = "public", zone = "us-east-1a", block = "10.0.0.0/24", table = "public" }
    public-us-east-1b = { tier = "public", zone = "us-east-1b", block = "10.0.1.0/24", table = "public" }
    public-us-east-1c = { tier = "public", zone = "us-east-1c", block = "10.0.2.0/24", table = "public" }

    # watertight.hcl:13
    app-us-east-1a = { tier = "app", zone = "us-east-1a", block = "10.0.10.0/24", table = "app-us-east-1a" }
    app-us-east-1b = { tier = "app", zone = "us-east-1b", block = "10.0.11.0/24", table = "app-us-east-1b" }
    app-us-east-1c = { tier = "app", zone = "us-east-1c", block = "10.0.12.0/24", table = "app-us-east-1c" }

    # watertight.hcl:17
    data-us-east-1a = { tier = "data", zone = "us-east-1a", block = "10.0.20.0/24", table = "data" }
    data-us-east-1b = { tier = "data", zone = "us-east-1b", block = "10.0.21.0/24", table = "data" }
    data-us-east-1c = { tier = "data", zone = "us-east-1c", block = "10.0.22.0/24", table = "data" }

    # watertight.hcl:39
    replica-postgres-us-east-1a = { tier = "replica-postgres", zone = "us-east-1a", block = "10.0.192.0/23", table = "replica-postgres" }
    replica-postgres-us-east-1b = { tier = "replica-postgres", zone = "us-east-1b", block = "10.0.194.0/23", table = "replica-postgres" }
    replica-postgres-us-east-1c = { tier = "replica-postgres", zone = "us-east-1c", block = "10.0.196.0/23", table = "replica-postgres" }

    # watertight.hcl:3: for NAT gateways
    nat-us-east-1a = { tier = "nat", zone = "us-east-1a", block = "10.0.240.0/28", table = "nat-us-east-1a" }
    nat-us-east-1b = { tier = "nat", zone = "us-east-1b", block = "10.0.242.0/28", table = "nat-us-east-1b" }
    nat-us-east-1c = { tier = "nat", zone = "us-east-1c", block = "10.0.244.0/28", table = "nat-us-east-1c" }

    # watertight.hcl:3: for firewall endpoints
    firewall-us-east-1a = { tier = "firewall", zone = "us-east-1a", block = "10.0.224.0/28", table = "firewall-us-east-1a" }
    firewall-us-east-1b = { tier = "firewall", zone = "us-east-1b", block = "10.0.226.0/28", table = "firewall-us-east-1b" }
    firewall-us-east-1c = { tier = "firewall", zone = "us-east-1c", block = "10.0.228.0/28", table = "firewall-us-east-1c" }
  }
}

# watertight.hcl:3
resource "aws_vpc" "prod" {
  provider = aws.prod

  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "prod" }
}

# What AWS makes with every VPC is kept empty: whatever names no group, no network ACL or no route table of its own gets nothing.

resource "aws_default_security_group" "prod" {
  provider = aws.prod

  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-default" }
}

resource "aws_default_network_acl" "prod" {
  provider = aws.prod

  default_network_acl_id = aws_vpc.prod.default_network_acl_id

  tags = { Name = "prod-default" }

  lifecycle {
    ignore_changes = [subnet_ids] # a subnet is here until it is associated with its own
  }
}

resource "aws_default_route_table" "prod" {
  provider = aws.prod

  default_route_table_id = aws_vpc.prod.default_route_table_id
  route                  = []

  tags = { Name = "prod-default" }
}

resource "aws_internet_gateway" "prod" {
  provider = aws.prod

  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod" }
}

resource "aws_subnet" "prod" {
  provider = aws.prod
  for_each = local.prod_subnets

  vpc_id                  = aws_vpc.prod.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.block
  map_public_ip_on_launch = contains(["public"], each.value.tier)

  tags = {
    Name = "prod-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table" "prod" {
  provider = aws.prod
  for_each = toset([for s in local.prod_subnets : s.table])

  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-${each.key}" }
}

resource "aws_route_table_association" "prod" {
  provider = aws.prod
  for_each = local.prod_subnets

  subnet_id      = aws_subnet.prod[each.key].id
  route_table_id = aws_route_table.prod[each.value.table].id
}

resource "aws_route" "prod_internet" {
  provider = aws.prod
  for_each = toset([
    "public",
    "nat-us-east-1a",
    "nat-us-east-1b",
    "nat-us-east-1c",
  ])

  route_table_id         = aws_route_table.prod[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.prod.id
}

# To the firewall's endpoint of the zone: what leaves a filtered tier, and what comes back to it.
resource "aws_route" "prod_firewall" {
  provider = aws.prod
  for_each = {
    app-us-east-1a_to_internet = { table = "app-us-east-1a", block = "0.0.0.0/0", zone = "us-east-1a" }
    app-us-east-1b_to_internet = { table = "app-us-east-1b", block = "0.0.0.0/0", zone = "us-east-1b" }
    app-us-east-1c_to_internet = { table = "app-us-east-1c", block = "0.0.0.0/0", zone = "us-east-1c" }
    nat-us-east-1a_to_app      = { table = "nat-us-east-1a", block = local.prod_subnets["app-us-east-1a"].block, zone = "us-east-1a" }
    nat-us-east-1b_to_app      = { table = "nat-us-east-1b", block = local.prod_subnets["app-us-east-1b"].block, zone = "us-east-1b" }
    nat-us-east-1c_to_app      = { table = "nat-us-east-1c", block = local.prod_subnets["app-us-east-1c"].block, zone = "us-east-1c" }
  }

  route_table_id         = aws_route_table.prod[each.value.table].id
  destination_cidr_block = each.value.block
  vpc_endpoint_id        = local.prod_firewall_endpoints[each.value.zone]
}

# To the NAT gateway of the zone.
resource "aws_route" "prod_nat" {
  provider = aws.prod
  for_each = {
    firewall-us-east-1a = "us-east-1a"
    firewall-us-east-1b = "us-east-1b"
    firewall-us-east-1c = "us-east-1c"
  }

  route_table_id         = aws_route_table.prod[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.prod[each.value].id
}
