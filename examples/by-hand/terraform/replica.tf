# What staging reaches in production: a replica of the orders, anonymized, in a tier of its own. The data tier itself keeps no
# route that leaves the VPC.

locals {
  replica = {
    us-east-1a = "10.0.40.0/24"
    us-east-1b = "10.0.41.0/24"
    us-east-1c = "10.0.42.0/24"
  }
}

resource "aws_subnet" "replica" {
  for_each = local.replica

  vpc_id            = aws_vpc.prod.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "prod-replica-${each.key}", Tier = "replica" }
}

resource "aws_route_table" "replica" {
  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-replica", Tier = "replica" }
}

resource "aws_route_table_association" "replica" {
  for_each = local.replica

  subnet_id      = aws_subnet.replica[each.key].id
  route_table_id = aws_route_table.replica.id
}

resource "aws_network_acl" "replica" {
  vpc_id     = aws_vpc.prod.id
  subnet_ids = [for zone in keys(local.replica) : aws_subnet.replica[zone].id]

  tags = { Name = "prod-replica", Tier = "replica" }
}

resource "aws_security_group" "replica_postgres" {
  name        = "replica-postgres"
  description = "Anonymized copy for load tests"
  vpc_id      = aws_vpc.prod.id

  tags = { Name = "sg-replica-postgres" }
}

resource "aws_instance" "replica_postgres" {
  for_each = local.replica

  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.replica[each.key].id
  private_ip             = cidrhost(each.value, 10)
  vpc_security_group_ids = [aws_security_group.replica_postgres.id]

  tags = { Name = "prod-replica-postgres-${each.key}", Service = "replica-postgres" }
}
