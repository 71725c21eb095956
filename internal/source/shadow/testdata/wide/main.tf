terraform {
  required_providers {
    aws    = { source = "hashicorp/aws" }
    random = { source = "hashicorp/random" }
    tls    = { source = "hashicorp/tls" }
    time   = { source = "hashicorp/time" }
    local  = { source = "hashicorp/local" }
  }
}

provider "aws" {
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/deploy"
  }

  default_tags {
    tags = { Team = "network" }
  }
}

provider "aws" {
  alias   = "partner"
  region  = "us-west-2"
  profile = "partner"
}

data "aws_availability_zones" "all" {
  state = "available"
}

data "aws_caller_identity" "here" {}

data "aws_caller_identity" "partner" {
  provider = aws.partner
}

data "aws_region" "here" {}

data "aws_partition" "here" {}

locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 3)
}

module "network" {
  source   = "./network"
  for_each = { blue = "10.1.0.0/16", green = "10.2.0.0/16" }
  name     = each.key
  cidr     = each.value
  zones    = local.zones
}

module "partner" {
  source    = "./network"
  providers = { aws = aws.partner }
  name      = "partner"
  cidr      = "10.3.0.0/16"
  zones     = ["us-west-2a", "us-west-2b"]
}

# --- between VPCs

resource "aws_ec2_transit_gateway" "hub" {
  description = "hub"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "spoke" {
  for_each           = module.network
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = each.value.vpc.id
  subnet_ids         = values(each.value.private)
}

resource "aws_ec2_transit_gateway_route_table" "hub" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
}

resource "aws_ec2_transit_gateway_route_table_association" "spoke" {
  for_each                       = aws_ec2_transit_gateway_vpc_attachment.spoke
  transit_gateway_attachment_id  = each.value.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.hub.id
}

resource "aws_vpc_peering_connection" "partner" {
  vpc_id        = module.network["blue"].vpc.id
  peer_vpc_id   = module.partner.vpc.id
  peer_owner_id = data.aws_caller_identity.partner.account_id
  peer_region   = "us-west-2"
}

resource "aws_vpc_peering_connection_accepter" "partner" {
  provider                  = aws.partner
  vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
  auto_accept               = true
}

# --- a firewall, and routes to its endpoints

resource "aws_networkfirewall_firewall" "this" {
  name                = "inspection"
  vpc_id              = module.network["blue"].vpc.id
  firewall_policy_arn = "arn:aws:network-firewall:eu-west-1:111111111111:firewall-policy/p"

  dynamic "subnet_mapping" {
    for_each = module.network["blue"].private
    content {
      subnet_id = subnet_mapping.value
    }
  }
}

locals {
  endpoints = { for s in aws_networkfirewall_firewall.this.firewall_status[0].sync_states : s.availability_zone => s.attachment[0].endpoint_id }
}

resource "aws_route_table" "inspected" {
  for_each = toset(local.zones)
  vpc_id   = module.network["blue"].vpc.id
}

resource "aws_route" "inspected" {
  for_each               = aws_route_table.inspected
  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  vpc_endpoint_id        = local.endpoints[each.key]
}

# --- endpoints

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = module.network["blue"].vpc.id
  service_name    = "com.amazonaws.${data.aws_region.here.id}.s3"
  route_table_ids = [for t in aws_route_table.inspected : t.id]
}

resource "aws_vpc_endpoint" "logs" {
  vpc_id              = module.network["blue"].vpc.id
  service_name        = "com.amazonaws.${data.aws_region.here.id}.logs"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = values(module.network["blue"].private)
  private_dns_enabled = true
}

resource "aws_security_group_rule" "s3" {
  type              = "egress"
  security_group_id = module.network["blue"].vpc.default_security_group_id
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_ids   = [aws_vpc_endpoint.s3.prefix_list_id]
}

resource "aws_route53_record" "logs" {
  zone_id = aws_route53_zone.internal.zone_id
  name    = "logs"
  type    = "CNAME"
  ttl     = 60
  records = [aws_vpc_endpoint.logs.dns_entry[0].dns_name]
}

resource "aws_route53_zone" "internal" {
  name = "example.internal"
  vpc {
    vpc_id = module.network["blue"].vpc.id
  }
}

# --- servers

resource "aws_iam_role" "server" {
  name               = "server"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_instance" "server" {
  count         = 2
  ami           = data.aws_ami.linux.id
  instance_type = "t3.micro"
  subnet_id     = element(values(module.network["green"].private), count.index)
  key_name      = aws_key_pair.this.key_name
  user_data     = "gateway=${aws_instance.gateway.private_ip}"
}

resource "aws_instance" "gateway" {
  ami                         = data.aws_ami.linux.id
  instance_type               = "t3.micro"
  subnet_id                   = module.network["green"].public[0]
  associate_public_ip_address = true
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
}

resource "aws_key_pair" "this" {
  key_name_prefix = "wide-"
  public_key      = tls_private_key.this.public_key_openssh
}

resource "tls_private_key" "this" {
  algorithm = "ED25519"
}

resource "aws_lb" "front" {
  name     = "front"
  subnets  = module.network["green"].public
  internal = false
}

resource "aws_lb_target_group" "front" {
  name     = "front"
  port     = 80
  protocol = "HTTP"
  vpc_id   = module.network["green"].vpc.id
}

resource "aws_lb_listener" "front" {
  load_balancer_arn = aws_lb.front.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.front.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.front.arn
  }
}

resource "aws_lb_target_group_attachment" "front" {
  count            = length(aws_instance.server)
  target_group_arn = aws_lb_target_group.front.arn
  target_id        = aws_instance.server[count.index].id
}

resource "aws_acm_certificate" "front" {
  domain_name               = "example.com"
  subject_alternative_names = ["www.example.com"]
  validation_method         = "DNS"
}

resource "aws_route53_record" "validation" {
  for_each = { for o in aws_acm_certificate.front.domain_validation_options : o.domain_name => o }
  zone_id  = "Z0"
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  ttl      = 60
  records  = [each.value.resource_record_value]
}

resource "aws_eks_cluster" "this" {
  name     = "this"
  role_arn = aws_iam_role.server.arn
  vpc_config {
    subnet_ids = values(module.network["green"].private)
  }
}

resource "aws_iam_openid_connect_provider" "eks" {
  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

# --- data, and secrets that are never kept

ephemeral "random_password" "db" {
  length = 20
}

resource "aws_db_subnet_group" "db" {
  subnet_ids = values(module.network["green"].private)
}

resource "aws_db_instance" "db" {
  identifier           = "db"
  engine               = "postgres"
  instance_class       = "db.t3.micro"
  allocated_storage    = 20
  db_subnet_group_name = aws_db_subnet_group.db.name
  username             = "app"
  password_wo          = ephemeral.random_password.db.result
  password_wo_version  = 1
}

resource "aws_secretsmanager_secret" "db" {
  name = "db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id                = aws_secretsmanager_secret.db.id
  secret_string_wo         = ephemeral.random_password.db.result
  secret_string_wo_version = 1
}

ephemeral "aws_secretsmanager_secret_version" "db" {
  secret_id = aws_secretsmanager_secret_version.db.secret_id
}

resource "aws_elasticache_cluster" "cache" {
  cluster_id      = "cache"
  engine          = "memcached"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 2
}

# --- what else there is

data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}

data "aws_subnets" "shared" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.shared.id]
  }
}

data "aws_subnet" "shared" {
  for_each = toset(data.aws_subnets.shared.ids)
  id       = each.value
}

data "aws_vpc" "planned" {
  id = module.network["blue"].vpc.id
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "aws_s3_bucket" "logs" {
  bucket = "logs-${random_id.suffix.hex}"
}

check "health" {
  assert {
    condition     = length(data.aws_subnet.shared) > 0
    error_message = "no subnets"
  }
}

output "facts" {
  value = {
    zones          = local.zones
    account        = data.aws_caller_identity.here.account_id
    partner        = data.aws_caller_identity.partner.account_id
    arn            = provider::aws::arn_parse(aws_lb.front.arn)
    built          = provider::aws::arn_build("aws", "iam", "", "1", "role/x")
    trimmed        = provider::aws::trim_iam_role_path("arn:aws:iam::111111111111:role/a/b/c")
    hours          = provider::time::duration_parse("90m").hours
    year           = provider::time::rfc3339_parse("2026-01-31T12:00:00Z").year
    exists         = provider::local::direxists(path.module)
    endpoints      = local.endpoints
    planned        = data.aws_vpc.planned.cidr_block
    shared         = [for s in data.aws_subnet.shared : cidrsubnet(s.cidr_block, 2, 1)]
    shared_zones   = [for s in data.aws_subnet.shared : s.availability_zone]
    issuer         = aws_iam_openid_connect_provider.eks.arn
    nodes          = [for n in aws_elasticache_cluster.cache.cache_nodes : n.address]
    gateway        = aws_instance.gateway.public_ip
    server         = aws_instance.server[0].private_ip
    entries        = [for e in aws_vpc_endpoint.logs.dns_entry : e.dns_name]
    s3             = aws_vpc_endpoint.s3.dns_entry
    database       = aws_db_instance.db.endpoint
    tags           = aws_lb.front.tags_all
    policy         = data.aws_iam_policy_document.assume.json
    record         = aws_route53_record.logs.fqdn
    peer           = aws_vpc_peering_connection_accepter.partner.vpc_id == module.partner.vpc.id
    accepter       = aws_vpc_peering_connection_accepter.partner.peer_vpc_id == module.network["blue"].vpc.id
    partner_subnet = module.partner.vpc.arn
  }
}
