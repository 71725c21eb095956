# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# staging and prod by a peering connection: routes between the subnets of the roles that talk to each other, both ways, for replies take the table of who answers.
# Who opens connections is a matter of groups and network ACLs.
# watertight.hcl:98

resource "aws_vpc_peering_connection" "staging_to_prod" {
  provider = aws.staging

  vpc_id        = aws_vpc.staging.id
  peer_vpc_id   = aws_vpc.prod.id
  peer_owner_id = local.accounts.prod

  tags = { Name = "staging-to-prod" }
}

resource "aws_vpc_peering_connection_accepter" "staging_to_prod" {
  provider = aws.prod

  vpc_peering_connection_id = aws_vpc_peering_connection.staging_to_prod.id
  auto_accept               = true

  tags = { Name = "staging-to-prod" }
}

# staging's side

resource "aws_route" "staging_to_prod_requester" {
  provider = aws.staging
  for_each = {
    # watertight.hcl:98
    app_to_prod_replica-postgres-us-east-1a = { table = "app", block = local.prod_subnets["replica-postgres-us-east-1a"].block }
    # watertight.hcl:98
    app_to_prod_replica-postgres-us-east-1b = { table = "app", block = local.prod_subnets["replica-postgres-us-east-1b"].block }
    # watertight.hcl:98
    app_to_prod_replica-postgres-us-east-1c = { table = "app", block = local.prod_subnets["replica-postgres-us-east-1c"].block }
  }

  route_table_id            = aws_route_table.staging[each.value.table].id
  destination_cidr_block    = each.value.block
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.staging_to_prod.id
}

resource "aws_vpc_security_group_egress_rule" "staging_to_prod_requester" {
  provider = aws.staging
  for_each = {
    # watertight.hcl:98
    prod-replica-postgres_from_staging-app-server = { group = "app-server", peer = "${local.accounts.prod}/${aws_security_group.prod["replica-postgres"].id}", protocol = "tcp", from = 5432, to = 5432, description = "prod-replica-postgres_from_staging-app-server: anonymized copy for load tests; until 2027-06-30" }
  }

  security_group_id            = aws_security_group.staging[each.value.group].id
  referenced_security_group_id = each.value.peer

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }

  depends_on = [aws_vpc_peering_connection_accepter.staging_to_prod]
}

# prod's side

resource "aws_route" "staging_to_prod_accepter" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:98
    replica-postgres_to_staging_app-us-east-1a = { table = "replica-postgres", block = local.staging_subnets["app-us-east-1a"].block }
    # watertight.hcl:98
    replica-postgres_to_staging_app-us-east-1b = { table = "replica-postgres", block = local.staging_subnets["app-us-east-1b"].block }
    # watertight.hcl:98
    replica-postgres_to_staging_app-us-east-1c = { table = "replica-postgres", block = local.staging_subnets["app-us-east-1c"].block }
  }

  route_table_id            = aws_route_table.prod[each.value.table].id
  destination_cidr_block    = each.value.block
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.staging_to_prod.id
}

resource "aws_vpc_security_group_ingress_rule" "staging_to_prod_accepter" {
  provider = aws.prod
  for_each = {
    # watertight.hcl:98
    prod-replica-postgres_from_staging-app-server = { group = "replica-postgres", peer = "${local.accounts.staging}/${aws_security_group.staging["app-server"].id}", protocol = "tcp", from = 5432, to = 5432, description = "prod-replica-postgres_from_staging-app-server: anonymized copy for load tests; until 2027-06-30" }
  }

  security_group_id            = aws_security_group.prod[each.value.group].id
  referenced_security_group_id = each.value.peer

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }

  depends_on = [aws_vpc_peering_connection_accepter.staging_to_prod]
}
