# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The security groups of prod, one for each role, and who talks to whom.

resource "aws_security_group" "prod" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:23
    loadbalancer-public = "Members of the role loadbalancer-public"
    # watertight.hcl:27
    app-server = "Members of the role app-server"
    # watertight.hcl:31
    cache-redis = "Members of the role cache-redis"
    # watertight.hcl:35
    database-postgres = "Members of the role database-postgres"
    # watertight.hcl:39
    replica-postgres = "Members of the role replica-postgres"
  }

  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.prod.id

  tags = { Name = "sg-${each.key}" }
}

# Between roles: a pair of rules for each port, outbound at the source and inbound at the destination.

resource "aws_vpc_security_group_egress_rule" "prod_groups" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:94
    app-server_from_loadbalancer-public = { group = "loadbalancer-public", peer = "app-server", protocol = "tcp", from = 443, to = 443, description = "app-server_from_loadbalancer-public" }
    # watertight.hcl:95
    cache-redis_from_app-server = { group = "app-server", peer = "cache-redis", protocol = "tcp", from = 6379, to = 6379, description = "cache-redis_from_app-server: sessions" }
    # watertight.hcl:96
    database-postgres_from_app-server = { group = "app-server", peer = "database-postgres", protocol = "tcp", from = 5432, to = 5432, description = "database-postgres_from_app-server: orders" }
  }

  security_group_id            = aws_security_group.prod[each.value.group].id
  referenced_security_group_id = aws_security_group.prod[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "prod_groups" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:94
    app-server_from_loadbalancer-public = { group = "app-server", peer = "loadbalancer-public", protocol = "tcp", from = 443, to = 443, description = "app-server_from_loadbalancer-public" }
    # watertight.hcl:95
    cache-redis_from_app-server = { group = "cache-redis", peer = "app-server", protocol = "tcp", from = 6379, to = 6379, description = "cache-redis_from_app-server: sessions" }
    # watertight.hcl:96
    database-postgres_from_app-server = { group = "database-postgres", peer = "app-server", protocol = "tcp", from = 5432, to = 5432, description = "database-postgres_from_app-server: orders" }
  }

  security_group_id            = aws_security_group.prod[each.value.group].id
  referenced_security_group_id = aws_security_group.prod[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}

# With the outside, which has no groups.

resource "aws_vpc_security_group_egress_rule" "prod_addresses" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:109
    internet_from_app-server = { group = "app-server", block = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443, name = "internet_from_app-server", description = "internet_from_app-server" }
    # watertight.hcl:109
    internet_from_app-server_80 = { group = "app-server", block = "0.0.0.0/0", protocol = "tcp", from = 80, to = 80, name = "internet_from_app-server_80", description = "internet_from_app-server_80" }
  }

  security_group_id = aws_security_group.prod[each.value.group].id
  cidr_ipv4         = each.value.block

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.value.name }
}

resource "aws_vpc_security_group_ingress_rule" "prod_addresses" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:93
    loadbalancer-public_from_internet = { group = "loadbalancer-public", block = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443, name = "loadbalancer-public_from_internet", description = "loadbalancer-public_from_internet" }
  }

  security_group_id = aws_security_group.prod[each.value.group].id
  cidr_ipv4         = each.value.block

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.value.name }
}
