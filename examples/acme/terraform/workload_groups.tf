# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The security groups of workload, one for each role, and who talks to whom.

resource "aws_security_group" "workload" {
  provider = aws.workload
  for_each = {
    # watertight.hcl:89
    analytics = "Members of the role analytics"
    # watertight.hcl:104
    data-platform-endpoint = "The endpoint for data-platform of platform"
  }

  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.workload.id

  tags = { Name = "sg-${each.key}" }
}

# Between roles: a pair of rules for each port, outbound at the source and inbound at the destination.

resource "aws_vpc_security_group_egress_rule" "workload_groups" {
  provider = aws.workload
  for_each = {
    # watertight.hcl:104
    data-platform-endpoint_from_analytics = { group = "analytics", peer = "data-platform-endpoint", protocol = "tcp", from = 443, to = 443, description = "data-platform-endpoint_from_analytics" }
  }

  security_group_id            = aws_security_group.workload[each.value.group].id
  referenced_security_group_id = aws_security_group.workload[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "workload_groups" {
  provider = aws.workload
  for_each = {
    # watertight.hcl:104
    data-platform-endpoint_from_analytics = { group = "data-platform-endpoint", peer = "analytics", protocol = "tcp", from = 443, to = 443, description = "data-platform-endpoint_from_analytics" }
  }

  security_group_id            = aws_security_group.workload[each.value.group].id
  referenced_security_group_id = aws_security_group.workload[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}
