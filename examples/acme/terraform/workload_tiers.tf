# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The VPC of workload: its subnets, and where their packets go.

locals {
  # Subnets by tier and zone, each with its route table.
  workload_subnets = {
    # watertight.hcl:84
    app-us-east-1a = { tier = "app", zone = "us-east-1a", block = "10.2.0.0/23", table = "app" }
    app-us-east-1b = { tier = "app", zone = "us-east-1b", block = "10.2.2.0/23", table = "app" }
  }
}

# watertight.hcl:78
resource "aws_vpc" "workload" {
  provider = aws.workload

  cidr_block           = "10.2.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "workload" }
}

# What AWS makes with every VPC is kept empty: whatever names no group, no network ACL or no route table of its own gets nothing.

resource "aws_default_security_group" "workload" {
  provider = aws.workload

  vpc_id = aws_vpc.workload.id

  tags = { Name = "workload-default" }
}

resource "aws_default_network_acl" "workload" {
  provider = aws.workload

  default_network_acl_id = aws_vpc.workload.default_network_acl_id

  tags = { Name = "workload-default" }

  lifecycle {
    ignore_changes = [subnet_ids] # a subnet is here until it is associated with its own
  }
}

resource "aws_default_route_table" "workload" {
  provider = aws.workload

  default_route_table_id = aws_vpc.workload.default_route_table_id
  route                  = []

  tags = { Name = "workload-default" }
}

resource "aws_subnet" "workload" {
  provider = aws.workload
  for_each = local.workload_subnets

  vpc_id            = aws_vpc.workload.id
  availability_zone = each.value.zone
  cidr_block        = each.value.block

  tags = {
    Name = "workload-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table" "workload" {
  provider = aws.workload
  for_each = toset([for s in local.workload_subnets : s.table])

  vpc_id = aws_vpc.workload.id

  tags = { Name = "workload-${each.key}" }
}

resource "aws_route_table_association" "workload" {
  provider = aws.workload
  for_each = local.workload_subnets

  subnet_id      = aws_subnet.workload[each.key].id
  route_table_id = aws_route_table.workload[each.value.table].id
}
