# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# platform offers data-platform to workload by PrivateLink: an endpoint there leads to a load balancer here. There are no routes, and
# the two sides may have the same addresses.

resource "aws_lb" "platform_data_platform_privatelink" {
  provider = aws.platform

  name                                                         = "platform-data-platform-balancer"
  load_balancer_type                                           = "network"
  internal                                                     = true
  security_groups                                              = [aws_security_group.platform["data-platform-balancer"].id]
  subnets                                                      = [for k, s in local.platform_subnets : aws_subnet.platform[k].id if s.tier == "app"]
  enable_cross_zone_load_balancing                             = true
  enforce_security_group_inbound_rules_on_private_link_traffic = "off" # who may connect is up to the service: its principals and what it accepts
  enable_deletion_protection                                   = var.protect

  tags = { Name = "platform-data-platform-balancer" }
}

# Whose members are the targets, registers them.
resource "aws_lb_target_group" "platform_data_platform" {
  provider = aws.platform
  for_each = {
    tcp-443 = { name = "platform-data-platform-tcp-443", port = 443 }
  }

  name               = each.value.name
  vpc_id             = aws_vpc.platform.id
  protocol           = "TCP"
  port               = each.value.port
  target_type        = "instance"
  preserve_client_ip = false
}

resource "aws_lb_listener" "platform_data_platform" {
  provider = aws.platform
  for_each = aws_lb_target_group.platform_data_platform

  load_balancer_arn = aws_lb.platform_data_platform_privatelink.arn
  protocol          = "TCP"
  port              = each.value.port

  default_action {
    type             = "forward"
    target_group_arn = each.value.arn
  }
}

resource "aws_vpc_endpoint_service" "platform_data_platform" {
  provider = aws.platform

  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.platform_data_platform_privatelink.arn]

  tags = { Name = "data-platform" }
}

resource "aws_vpc_endpoint_service_allowed_principal" "platform_data_platform" {
  provider = aws.platform
  for_each = toset([local.accounts.workload])

  vpc_endpoint_service_id = aws_vpc_endpoint_service.platform_data_platform.id
  principal_arn           = "arn:aws:iam::${each.key}:root"
}

locals {
  # The zones that the load balancer is in, by identifier: which one is us-east-1a, differs between accounts.
  platform_data_platform_zones = distinct([for k, s in local.platform_subnets : aws_subnet.platform[k].availability_zone_id if s.tier == "app"])
}

# workload's endpoint, in the zones of its tier in which the load balancer is.
# watertight.hcl:104

resource "aws_vpc_endpoint" "workload_to_platform_data_platform" {
  provider = aws.workload

  vpc_id              = aws_vpc.workload.id
  service_name        = aws_vpc_endpoint_service.platform_data_platform.service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = false
  subnet_ids = [
    for k, s in local.workload_subnets : aws_subnet.workload[k].id
    if s.tier == "app" && contains(local.platform_data_platform_zones, aws_subnet.workload[k].availability_zone_id)
  ]
  security_group_ids = [aws_security_group.workload["data-platform-endpoint"].id]

  tags = { Name = "data-platform" }

  depends_on = [aws_vpc_endpoint_service_allowed_principal.platform_data_platform]
}

resource "aws_route53_zone" "workload_to_platform_data_platform" {
  provider = aws.workload
  for_each = toset(["data-platform.internal.acme.example"])

  name    = each.key
  comment = "Leads to the endpoint for data-platform of platform"

  vpc {
    vpc_id = aws_vpc.workload.id
  }
}

resource "aws_route53_record" "workload_to_platform_data_platform" {
  provider = aws.workload
  for_each = aws_route53_zone.workload_to_platform_data_platform

  zone_id = each.value.zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.workload_to_platform_data_platform.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.workload_to_platform_data_platform.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_vpc_endpoint_connection_accepter" "workload_to_platform_data_platform" {
  provider = aws.platform

  vpc_endpoint_service_id = aws_vpc_endpoint_service.platform_data_platform.id
  vpc_endpoint_id         = aws_vpc_endpoint.workload_to_platform_data_platform.id
}
