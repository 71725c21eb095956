# The one flow between the environments: replica-postgres from staging's app-server, port 5432.
# Routes are for exactly the subnets of the two. That production cannot open a connection to staging is a matter of groups and
# ACLs: AWS needs the return route for the replies.

locals {
  # By position: 0, 1, 2. Network ACL rules are numbered by it.
  peering_clients = values(local.staging_app)
  peering_servers = values(local.replica)
}

resource "aws_vpc_peering_connection" "staging_to_prod" {
  provider = aws.staging

  vpc_id        = aws_vpc.staging.id
  peer_vpc_id   = aws_vpc.prod.id
  peer_owner_id = aws_vpc.prod.owner_id

  tags = { Name = "staging-to-prod" }
}

resource "aws_vpc_peering_connection_accepter" "staging_to_prod" {
  vpc_peering_connection_id = aws_vpc_peering_connection.staging_to_prod.id
  auto_accept               = true

  tags = { Name = "staging-to-prod" }
}

# Routes

resource "aws_route" "staging_to_replica" {
  provider = aws.staging
  for_each = local.replica

  route_table_id            = aws_route_table.staging_app.id
  destination_cidr_block    = each.value
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.staging_to_prod.id
}

resource "aws_route" "replica_to_staging" {
  for_each = local.staging_app

  route_table_id            = aws_route_table.replica.id
  destination_cidr_block    = each.value
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.staging_to_prod.id
}

# Network ACLs

resource "aws_network_acl_rule" "staging_out" {
  provider = aws.staging
  count    = length(local.peering_servers)

  network_acl_id = aws_network_acl.staging_app.id
  egress         = true
  rule_number    = 100 + 10 * count.index
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 5432
  to_port        = 5432
  cidr_block     = local.peering_servers[count.index]
}

resource "aws_network_acl_rule" "staging_replies" {
  provider = aws.staging
  count    = length(local.peering_servers)

  network_acl_id = aws_network_acl.staging_app.id
  egress         = false
  rule_number    = 100 + 10 * count.index
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 1024
  to_port        = 65535
  cidr_block     = local.peering_servers[count.index]
}

resource "aws_network_acl_rule" "replica_in" {
  count = length(local.peering_clients)

  network_acl_id = aws_network_acl.replica.id
  egress         = false
  rule_number    = 100 + 10 * count.index
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 5432
  to_port        = 5432
  cidr_block     = local.peering_clients[count.index]
}

resource "aws_network_acl_rule" "replica_replies" {
  count = length(local.peering_clients)

  network_acl_id = aws_network_acl.replica.id
  egress         = true
  rule_number    = 100 + 10 * count.index
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 1024
  to_port        = 65535
  cidr_block     = local.peering_clients[count.index]
}

# Groups. Within a Region a peer's group may be referenced; the emulated AWS that this example is recorded from refuses groups of
# another account, so that the ranges of the two roles' subnets stand for them.

resource "aws_vpc_security_group_egress_rule" "replica_postgres_from_staging" {
  provider = aws.staging
  for_each = local.replica

  security_group_id = aws_security_group.staging_app_server.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  description       = "replica-postgres_from_staging-app-server"

  tags = { Name = "replica-postgres_from_staging-app-server" }
}

resource "aws_vpc_security_group_ingress_rule" "replica_postgres_from_staging" {
  for_each = local.staging_app

  security_group_id = aws_security_group.replica_postgres.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  description       = "replica-postgres_from_staging-app-server"

  tags = { Name = "replica-postgres_from_staging-app-server" }
}
