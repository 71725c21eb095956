variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  type = list(string)
}

locals {
  subnets = merge([for t, tier in ["public", "app", "data"] : {
    for z, zone in var.zones : "${tier}-${zone}" => { tier = tier, zone = zone, cidr = cidrsubnet(var.cidr, 8, t * 16 + z) }
  }]...)
  # The public and the data tier have a table each, the applications one for each zone.
  tables = toset(concat(["public", "data"], [for zone in var.zones : "app-${zone}"]))
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value.cidr
  availability_zone = each.value.zone

  tags = { Name = "${var.name}-${each.key}", Tier = each.value.tier }
}

resource "aws_route_table" "this" {
  for_each = local.tables

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.tier == "app" ? each.key : each.value.tier].id
}

resource "aws_eip" "nat" {
  domain = "vpc"

  tags = { Name = "${var.name}-nat" }
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.this["public-${var.zones[0]}"].id

  tags = { Name = var.name }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.this["public"].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route" "app" {
  for_each = toset(var.zones)

  route_table_id         = aws_route_table.this["app-${each.key}"].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [for zone in var.zones : aws_route_table.this["app-${zone}"].id]

  tags = { Name = "${var.name}-s3" }
}

resource "aws_network_acl" "data" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in var.zones : aws_subnet.this["data-${zone}"].id]

  dynamic "ingress" {
    for_each = var.zones
    content {
      rule_no    = 100 + ingress.key
      action     = "allow"
      protocol   = "tcp"
      from_port  = 5432
      to_port    = 5432
      cidr_block = aws_subnet.this["app-${ingress.value}"].cidr_block
    }
  }

  dynamic "egress" {
    for_each = var.zones
    content {
      rule_no    = 100 + egress.key
      action     = "allow"
      protocol   = "tcp"
      from_port  = 1024
      to_port    = 65535
      cidr_block = aws_subnet.this["app-${egress.value}"].cidr_block
    }
  }

  tags = { Name = "${var.name}-data" }
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "subnet_ids" {
  value = { for tier in ["public", "app", "data"] : tier => [for zone in var.zones : aws_subnet.this["${tier}-${zone}"].id] }
}
