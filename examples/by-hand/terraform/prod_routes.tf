# Who has a way out: the public and nat tiers by the internet gateway, the app tier by the NAT gateway of its zone,
# the data tier not at all.

resource "aws_internet_gateway" "prod" {
  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod" }
}

resource "aws_eip" "nat" {
  for_each = local.prod_tiers.nat

  domain  = "vpc"
  address = cidrhost(var.public_block, 64 + index(keys(local.prod_tiers.nat), each.key))

  tags = { Name = "prod-nat-${each.key}" }
}

resource "aws_nat_gateway" "prod" {
  for_each = local.prod_tiers.nat

  subnet_id     = aws_subnet.prod["nat-${each.key}"].id
  allocation_id = aws_eip.nat[each.key].id

  tags = { Name = "prod-${each.key}" }

  depends_on = [aws_internet_gateway.prod]
}

resource "aws_route_table" "prod_public" {
  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-public", Tier = "public" }
}

resource "aws_route" "public_to_internet" {
  route_table_id         = aws_route_table.prod_public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.prod.id
}

resource "aws_route_table" "prod_nat" {
  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-nat", Tier = "nat" }
}

resource "aws_route" "nat_to_internet" {
  route_table_id         = aws_route_table.prod_nat.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.prod.id
}

resource "aws_route_table" "prod_app" {
  for_each = local.prod_tiers.app

  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-app-${each.key}", Tier = "app" }
}

resource "aws_route" "app_to_internet" {
  for_each = local.prod_tiers.app

  route_table_id         = aws_route_table.prod_app[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.prod[each.key].id
}

resource "aws_route_table" "prod_data" {
  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-data", Tier = "data" }
}

resource "aws_route_table_association" "prod" {
  for_each = local.prod_subnets

  subnet_id = aws_subnet.prod[each.key].id
  route_table_id = {
    public = aws_route_table.prod_public.id
    nat    = aws_route_table.prod_nat.id
    app    = aws_route_table.prod_app[each.value.zone].id
    data   = aws_route_table.prod_data.id
  }[each.value.tier]
}
