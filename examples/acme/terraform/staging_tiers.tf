# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The VPC of staging: its subnets, and where their packets go.

locals {
  # Subnets by tier and zone, each with its route table.
  staging_subnets = {
    # watertight.hcl:50
    app-us-east-1a = { tier = "app", zone = "us-east-1a", block = "10.1.10.0/24", table = "app" }
    app-us-east-1b = { tier = "app", zone = "us-east-1b", block = "10.1.11.0/24", table = "app" }
    app-us-east-1c = { tier = "app", zone = "us-east-1c", block = "10.1.12.0/24", table = "app" }
  }
}

# watertight.hcl:44
resource "aws_vpc" "staging" {
  provider = aws.staging

  cidr_block           = "10.1.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "staging" }
}

# What AWS makes with every VPC is kept empty: whatever names no group, no network ACL or no route table of its own gets nothing.

resource "aws_default_security_group" "staging" {
  provider = aws.staging

  vpc_id = aws_vpc.staging.id

  tags = { Name = "staging-default" }
}

resource "aws_default_network_acl" "staging" {
  provider = aws.staging

  default_network_acl_id = aws_vpc.staging.default_network_acl_id

  tags = { Name = "staging-default" }

  lifecycle {
    ignore_changes = [subnet_ids] # a subnet is here until it is associated with its own
  }
}

resource "aws_default_route_table" "staging" {
  provider = aws.staging

  default_route_table_id = aws_vpc.staging.default_route_table_id
  route                  = []

  tags = { Name = "staging-default" }
}

resource "aws_subnet" "staging" {
  provider = aws.staging
  for_each = local.staging_subnets

  vpc_id            = aws_vpc.staging.id
  availability_zone = each.value.zone
  cidr_block        = each.value.block

  tags = {
    Name = "staging-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table" "staging" {
  provider = aws.staging
  for_each = toset([for s in local.staging_subnets : s.table])

  vpc_id = aws_vpc.staging.id

  tags = { Name = "staging-${each.key}" }
}

resource "aws_route_table_association" "staging" {
  provider = aws.staging
  for_each = local.staging_subnets

  subnet_id      = aws_subnet.staging[each.key].id
  route_table_id = aws_route_table.staging[each.value.table].id
}
