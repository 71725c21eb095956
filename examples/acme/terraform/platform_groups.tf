# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The security groups of platform, one for each role, and who talks to whom.

resource "aws_security_group" "platform" {
  provider = aws.platform
  for_each = {
    # watertight.hcl:73
    data-platform = "Members of the role data-platform"
    # watertight.hcl:73
    data-platform-balancer = "The load balancer in front of data-platform"
  }

  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.platform.id

  tags = { Name = "sg-${each.key}" }
}

# Between roles: a pair of rules for each port, outbound at the source and inbound at the destination.

resource "aws_vpc_security_group_egress_rule" "platform_groups" {
  provider = aws.platform
  for_each = {
    # watertight.hcl:104
    data-platform_from_data-platform-balancer = { group = "data-platform-balancer", peer = "data-platform", protocol = "tcp", from = 443, to = 443, description = "data-platform_from_data-platform-balancer" }
  }

  security_group_id            = aws_security_group.platform[each.value.group].id
  referenced_security_group_id = aws_security_group.platform[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "platform_groups" {
  provider = aws.platform
  for_each = {
    # watertight.hcl:104
    data-platform_from_data-platform-balancer = { group = "data-platform", peer = "data-platform-balancer", protocol = "tcp", from = 443, to = 443, description = "data-platform_from_data-platform-balancer" }
  }

  security_group_id            = aws_security_group.platform[each.value.group].id
  referenced_security_group_id = aws_security_group.platform[each.value.peer].id

  ip_protocol = each.value.protocol
  from_port   = each.value.from
  to_port     = each.value.to
  description = each.value.description

  tags = { Name = each.key }
}
