# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# What passes between the subnets of staging: connections and their replies, for network ACLs keep no state.

locals {
  # Entries by tier. Each has a number that is made of its key, so that adding one changes no other: from 1000 for what is admitted from or to known addresses, from 21000 for
  # the internet, and in between 20000, which denies the VPC's own addresses: these are not the internet.
  staging_acl_entries = {
    # watertight.hcl:50: tier app

    # watertight.hcl:98
    app_in_tcp-replies_prod_replica-postgres = { tier = "app", egress = false, number = 18146, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.192.0/20" }
    # watertight.hcl:98
    app_out_tcp-5432_prod_replica-postgres = { tier = "app", egress = true, number = 1015, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.0.192.0/20" }
  }
}

resource "aws_network_acl" "staging" {
  provider = aws.staging
  for_each = toset([for s in local.staging_subnets : s.tier])

  vpc_id = aws_vpc.staging.id

  tags = { Name = "staging-${each.key}" }
}

resource "aws_network_acl_association" "staging" {
  provider = aws.staging
  for_each = local.staging_subnets

  network_acl_id = aws_network_acl.staging[each.value.tier].id
  subnet_id      = aws_subnet.staging[each.key].id
}

resource "aws_network_acl_rule" "staging" {
  provider = aws.staging
  for_each = local.staging_acl_entries

  network_acl_id = aws_network_acl.staging[each.value.tier].id
  egress         = each.value.egress
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.protocol
  from_port      = each.value.from
  to_port        = each.value.to
  cidr_block     = each.value.block
}
