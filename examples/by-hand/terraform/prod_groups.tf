# One security group for each role. A flow between roles is a pair of rules, one at either end, and both name the other group
# rather than its addresses. AWS keeps the names that begin with "sg-" for its identifiers: the Name tag carries it.

locals {
  prod_services = {
    loadbalancer-public = { tier = "public", host = 10, description = "Ends TLS for the internet" }
    app-server          = { tier = "app", host = 10, description = "The application" }
    cache-redis         = { tier = "data", host = 10, description = "Sessions" }
    database-postgres   = { tier = "data", host = 20, description = "Orders" }
  }

  prod_flows = {
    app-server_from_loadbalancer-public = { from = "loadbalancer-public", to = "app-server", port = 443 }
    cache-redis_from_app-server         = { from = "app-server", to = "cache-redis", port = 6379 }
    database-postgres_from_app-server   = { from = "app-server", to = "database-postgres", port = 5432 }
  }
}

resource "aws_security_group" "prod" {
  for_each = local.prod_services

  name        = each.key
  description = each.value.description
  vpc_id      = aws_vpc.prod.id

  tags = { Name = "sg-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "prod" {
  for_each = local.prod_flows

  security_group_id            = aws_security_group.prod[each.value.from].id
  referenced_security_group_id = aws_security_group.prod[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = each.key

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "prod" {
  for_each = local.prod_flows

  security_group_id            = aws_security_group.prod[each.value.to].id
  referenced_security_group_id = aws_security_group.prod[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = each.key

  tags = { Name = each.key }
}

# The internet has no group: only here do addresses stand for a peer.

resource "aws_vpc_security_group_ingress_rule" "loadbalancer_public_from_internet" {
  security_group_id = aws_security_group.prod["loadbalancer-public"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "loadbalancer-public_from_internet"

  tags = { Name = "loadbalancer-public_from_internet" }
}

resource "aws_vpc_security_group_egress_rule" "internet_from_app_server" {
  security_group_id = aws_security_group.prod["app-server"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "internet_from_app-server"

  tags = { Name = "internet_from_app-server" }
}
