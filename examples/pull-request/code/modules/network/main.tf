# A VPC with a route table for each tier.
variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "tiers" {
  description = "The blocks of each tier, one for each zone."
  type        = map(list(string))
}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  subnets = merge([for tier, blocks in var.tiers : {
    for index, block in blocks : "${tier}-${index}" => { tier = tier, zone = data.aws_availability_zones.available.names[index], block = block }
  }]...)
}

resource "aws_vpc" "this" {
  cidr_block = var.cidr

  tags = { Name = var.name }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value.block
  availability_zone = each.value.zone

  tags = { Name = "${var.name}-${each.value.tier}-${each.value.zone}", tier = each.value.tier }
}

resource "aws_route_table" "this" {
  for_each = var.tiers

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.tier].id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "cidr" {
  value = aws_vpc.this.cidr_block
}

output "subnet_ids" {
  value = { for tier, blocks in var.tiers : tier => [for index, block in blocks : aws_subnet.this["${tier}-${index}"].id] }
}

output "route_table_ids" {
  value = { for tier, table in aws_route_table.this : tier => table.id }
}
