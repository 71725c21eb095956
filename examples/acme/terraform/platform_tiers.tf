# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The VPC of platform: its subnets, and where their packets go.

locals {
  # Subnets by tier and zone, each with its route table.
  platform_subnets = {
    # watertight.hcl:68
    app-us-east-1a = { tier = "app", zone = "us-east-1a", block = "10.2.0.0/23", table = "app" }
    app-us-east-1b = { tier = "app", zone = "us-east-1b", block = "10.2.2.0/23", table = "app" }
  }
}

# watertight.hcl:62
resource "aws_vpc" "platform" {
  provider = aws.platform

  cidr_block           = "10.2.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "platform" }
}

# What AWS makes with every VPC is kept empty: whatever names no group, no network ACL or no route table of its own gets nothing.

resource "aws_default_security_group" "platform" {
  provider = aws.platform

  vpc_id = aws_vpc.platform.id

  tags = { Name = "platform-default" }
}

resource "aws_default_network_acl" "platform" {
  provider = aws.platform

  default_network_acl_id = aws_vpc.platform.default_network_acl_id

  tags = { Name = "platform-default" }

  lifecycle {
    ignore_changes = [subnet_ids] # a subnet is here until it is associated with its own
  }
}

resource "aws_default_route_table" "platform" {
  provider = aws.platform

  default_route_table_id = aws_vpc.platform.default_route_table_id
  route                  = []

  tags = { Name = "platform-default" }
}

resource "aws_subnet" "platform" {
  provider = aws.platform
  for_each = local.platform_subnets

  vpc_id            = aws_vpc.platform.id
  availability_zone = each.value.zone
  cidr_block        = each.value.block

  tags = {
    Name = "platform-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table" "platform" {
  provider = aws.platform
  for_each = toset([for s in local.platform_subnets : s.table])

  vpc_id = aws_vpc.platform.id

  tags = { Name = "platform-${each.key}" }
}

resource "aws_route_table_association" "platform" {
  provider = aws.platform
  for_each = local.platform_subnets

  subnet_id      = aws_subnet.platform[each.key].id
  route_table_id = aws_route_table.platform[each.value.table].id
}
