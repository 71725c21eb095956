# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# What passes between the subnets of workload: connections and their replies, for network ACLs keep no state.

locals {
  # Entries by tier. Each has a number that is made of its key, so that adding one changes no other: from 1000 for what is admitted from or to known addresses, from 21000 for
  # the internet, and in between 20000, which denies the VPC's own addresses: these are not the internet.
  workload_acl_entries = {
    # watertight.hcl:84: tier app

    # watertight.hcl:104
    app_in_tcp-replies_app = { tier = "app", egress = false, number = 19683, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.2.0.0/20" }
    # watertight.hcl:104
    app_in_tcp-443_app = { tier = "app", egress = false, number = 9986, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.2.0.0/20" }
    # watertight.hcl:104
    app_out_tcp-443_app = { tier = "app", egress = true, number = 13495, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.2.0.0/20" }
    # watertight.hcl:104
    app_out_tcp-replies_app = { tier = "app", egress = true, number = 6686, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.2.0.0/20" }
  }
}

resource "aws_network_acl" "workload" {
  provider = aws.workload
  for_each = toset([for s in local.workload_subnets : s.tier])

  vpc_id = aws_vpc.workload.id

  tags = { Name = "workload-${each.key}" }
}

resource "aws_network_acl_association" "workload" {
  provider = aws.workload
  for_each = local.workload_subnets

  network_acl_id = aws_network_acl.workload[each.value.tier].id
  subnet_id      = aws_subnet.workload[each.key].id
}

resource "aws_network_acl_rule" "workload" {
  provider = aws.workload
  for_each = local.workload_acl_entries

  network_acl_id = aws_network_acl.workload[each.value.tier].id
  egress         = each.value.egress
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.protocol
  from_port      = each.value.from
  to_port        = each.value.to
  cidr_block     = each.value.block
}
