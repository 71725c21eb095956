terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  access_key                  = "a"
  secret_key                  = "b"
  default_tags {
    tags = { T = "1" }
  }
}
resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc" "b" {
  cidr_block                       = "10.0.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "b" }
}
resource "aws_subnet" "a" {
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
}
resource "aws_subnet" "b" {
  vpc_id                  = "vpc-1"
  cidr_block              = "10.0.0.0/24"
  availability_zone       = "us-east-1a"
  map_public_ip_on_launch = true
}
resource "aws_security_group" "a" { vpc_id = "vpc-1" }
resource "aws_security_group" "b" {
  name_prefix = "x-"
  vpc_id      = "vpc-1"
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
  egress {
    from_port        = 443
    to_port          = 443
    protocol         = "TCP"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
    description      = "d"
  }
}
resource "aws_security_group_rule" "a" {
  type              = "ingress"
  security_group_id = "sg-1"
  from_port         = 80
  to_port           = 80
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
}
resource "aws_security_group_rule" "b" {
  type                     = "ingress"
  security_group_id        = "sg-1"
  from_port                = 80
  to_port                  = 80
  protocol                 = "6"
  source_security_group_id = "sg-2"
}
resource "aws_vpc_security_group_ingress_rule" "a" {
  security_group_id = "sg-1"
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
}
resource "aws_vpc_security_group_egress_rule" "a" {
  security_group_id            = "sg-1"
  ip_protocol                  = "tcp"
  from_port                    = 1
  to_port                      = 2
  referenced_security_group_id = "sg-2"
}
resource "aws_route_table" "a" {
  vpc_id = "vpc-1"
}
resource "aws_route_table" "b" {
  vpc_id = "vpc-1"
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-1"
  }
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = "eigw-1"
  }
}
resource "aws_route" "a" {
  route_table_id         = "rtb-1"
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = "nat-1"
}
resource "aws_route_table_association" "a" {
  route_table_id = "rtb-1"
  subnet_id      = "subnet-1"
}
resource "aws_main_route_table_association" "a" {
  route_table_id = "rtb-1"
  vpc_id         = "vpc-1"
}
resource "aws_network_acl" "a" {
  vpc_id = "vpc-1"
  ingress {
    protocol   = "tcp"
    rule_no    = 100
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 1
    to_port    = 2
  }
}
resource "aws_network_acl_rule" "a" {
  network_acl_id = "acl-1"
  rule_number    = 1
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = 1
  to_port        = 2
}
resource "aws_network_acl_association" "a" {
  network_acl_id = "acl-1"
  subnet_id      = "subnet-1"
}
resource "aws_default_network_acl" "a" { default_network_acl_id = "acl-1" }
resource "aws_default_route_table" "a" { default_route_table_id = "rtb-1" }
resource "aws_default_security_group" "a" { vpc_id = "vpc-1" }
resource "aws_default_vpc" "a" {}
resource "aws_default_subnet" "a" { availability_zone = "us-east-1a" }
resource "aws_default_vpc_dhcp_options" "a" {}
resource "aws_internet_gateway" "a" { vpc_id = "vpc-1" }
resource "aws_internet_gateway" "b" {}
resource "aws_egress_only_internet_gateway" "a" { vpc_id = "vpc-1" }
resource "aws_nat_gateway" "a" {
  subnet_id     = "subnet-1"
  allocation_id = "eipalloc-1"
}
resource "aws_nat_gateway" "b" {
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
resource "aws_eip" "a" {}
resource "aws_eip" "b" { domain = "vpc" }
resource "aws_eip_association" "a" {
  allocation_id = "eipalloc-1"
  instance_id   = "i-1"
}
resource "aws_network_interface" "a" { subnet_id = "subnet-1" }
resource "aws_network_interface" "b" {
  subnet_id       = "subnet-1"
  private_ips     = ["10.0.0.10", "10.0.0.11"]
  security_groups = ["sg-1"]
  attachment {
    instance     = "i-1"
    device_index = 1
  }
}
resource "aws_instance" "a" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  subnet_id     = "subnet-1"
}
resource "aws_instance" "b" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  user_data                   = "x"
  associate_public_ip_address = true
  root_block_device { volume_size = 10 }
  metadata_options { http_tokens = "required" }
  ebs_block_device { device_name = "/dev/sdf" }
}
resource "aws_launch_template" "a" {
  name     = "abc"
  image_id = "ami-1"
  network_interfaces {
    security_groups             = ["sg-1"]
    associate_public_ip_address = true
  }
  metadata_options { http_tokens = "required" }
}
resource "aws_autoscaling_group" "a" {
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = ["subnet-1"]
  launch_template {
    id      = "lt-1"
    version = "$Latest"
  }
}
resource "aws_lb" "a" { subnets = ["subnet-1", "subnet-2"] }
resource "aws_lb" "b" {
  name               = "n"
  load_balancer_type = "network"
  internal           = true
  subnet_mapping { subnet_id = "subnet-1" }
}
resource "aws_lb_target_group" "a" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-1"
}
resource "aws_lb_target_group" "b" {
  name        = "b"
  port        = 80
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = "vpc-1"
  health_check { protocol = "TCP" }
  stickiness { type = "source_ip" }
}
resource "aws_lb_listener" "a" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/1"
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1"
  }
}
resource "aws_lb_listener_rule" "a" {
  listener_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/1/2"
  action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1"
  }
  condition {
    path_pattern { values = ["/x"] }
  }
}
resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1"
  target_id        = "i-1"
}
resource "aws_vpc_endpoint" "a" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.us-east-1.s3"
}
resource "aws_vpc_endpoint" "b" {
  vpc_id              = "vpc-1"
  service_name        = "com.amazonaws.us-east-1.logs"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-1"]
  security_group_ids  = ["sg-1"]
  private_dns_enabled = true
}
resource "aws_vpc_endpoint_service" "a" {
  acceptance_required        = true
  network_load_balancer_arns = ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/1"]
}
resource "aws_vpc_peering_connection" "a" {
  vpc_id      = "vpc-1"
  peer_vpc_id = "vpc-2"
  auto_accept = true
}
resource "aws_vpc_peering_connection_accepter" "a" {
  vpc_peering_connection_id = "pcx-1"
  auto_accept               = true
}
resource "aws_ec2_transit_gateway" "a" {}
resource "aws_ec2_transit_gateway_vpc_attachment" "a" {
  vpc_id             = "vpc-1"
  subnet_ids         = ["subnet-1"]
  transit_gateway_id = "tgw-1"
}
resource "aws_ec2_transit_gateway_route_table" "a" { transit_gateway_id = "tgw-1" }
resource "aws_ec2_transit_gateway_route" "a" {
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = "tgw-attach-1"
  transit_gateway_route_table_id = "tgw-rtb-1"
}
resource "aws_ec2_transit_gateway_route_table_association" "a" {
  transit_gateway_attachment_id  = "tgw-attach-1"
  transit_gateway_route_table_id = "tgw-rtb-1"
}
resource "aws_ec2_transit_gateway_peering_attachment" "a" {
  peer_region             = "us-west-2"
  peer_transit_gateway_id = "tgw-2"
  transit_gateway_id      = "tgw-1"
}
resource "aws_vpn_gateway" "a" { vpc_id = "vpc-1" }
resource "aws_customer_gateway" "a" {
  bgp_asn    = 65000
  ip_address = "1.2.3.4"
  type       = "ipsec.1"
}
resource "aws_vpn_connection" "a" {
  customer_gateway_id = "cgw-1"
  type                = "ipsec.1"
  transit_gateway_id  = "tgw-1"
}
resource "aws_networkfirewall_firewall" "a" {
  name                = "a"
  firewall_policy_arn = "arn:aws:network-firewall:us-east-1:123456789012:firewall-policy/x"
  vpc_id              = "vpc-1"
  subnet_mapping { subnet_id = "subnet-1" }
}
resource "aws_networkfirewall_firewall_policy" "a" {
  name = "a"
  firewall_policy {
    stateless_default_actions          = ["aws:pass"]
    stateless_fragment_default_actions = ["aws:drop"]
    stateful_engine_options { rule_order = "STRICT_ORDER" }
  }
}
resource "aws_networkfirewall_rule_group" "a" {
  name     = "a"
  capacity = 10
  type     = "STATEFUL"
  rule_group {
    rules_source { rules_string = "pass tcp any any -> any any (sid:1;)" }
  }
}
resource "aws_ec2_managed_prefix_list" "a" {
  name           = "a"
  address_family = "IPv4"
  max_entries    = 5
  entry { cidr = "10.0.0.0/8" }
}
resource "aws_flow_log" "a" {
  vpc_id               = "vpc-1"
  traffic_type         = "ALL"
  log_destination      = "arn:aws:s3:::b"
  log_destination_type = "s3"
}
resource "aws_ecs_cluster" "a" { name = "a" }
resource "aws_ecs_service" "a" {
  name            = "a"
  cluster         = "arn:aws:ecs:us-east-1:123456789012:cluster/a"
  task_definition = "a:1"
  launch_type     = "FARGATE"
  network_configuration { subnets = ["subnet-1"] }
}
resource "aws_ecs_task_definition" "a" {
  family                = "a"
  container_definitions = jsonencode([{ name = "a", image = "b", essential = true }])
  network_mode          = "awsvpc"
}
resource "aws_eks_cluster" "a" {
  name     = "a"
  role_arn = "arn:aws:iam::123456789012:role/a"
  vpc_config { subnet_ids = ["subnet-1", "subnet-2"] }
}
resource "aws_eks_node_group" "a" {
  cluster_name  = "a"
  node_role_arn = "arn:aws:iam::123456789012:role/a"
  subnet_ids    = ["subnet-1"]
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}
resource "aws_lambda_function" "a" {
  function_name = "a"
  role          = "arn:aws:iam::123456789012:role/a"
  image_uri     = "x"
  package_type  = "Image"
  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}
resource "aws_db_instance" "a" {
  instance_class    = "db.t3.micro"
  engine            = "mysql"
  allocated_storage = 10
  username          = "x"
  password          = "yyyyyyyyy"
}
resource "aws_db_subnet_group" "a" { subnet_ids = ["subnet-1"] }
resource "aws_rds_cluster" "a" {
  engine          = "aurora-mysql"
  master_username = "x"
  master_password = "yyyyyyyyy"
}
resource "aws_rds_cluster_instance" "a" {
  cluster_identifier = "a"
  engine             = "aurora-mysql"
  instance_class     = "db.t3.small"
}
resource "aws_elasticache_cluster" "a" {
  cluster_id      = "a"
  engine          = "redis"
  node_type       = "cache.t3.micro"
  num_cache_nodes = 1
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description          = "d"
  node_type            = "cache.t3.micro"
}
resource "aws_elasticache_subnet_group" "a" {
  name       = "a"
  subnet_ids = ["subnet-1"]
}
resource "aws_opensearch_domain" "a" {
  domain_name = "abc"
  vpc_options {
    subnet_ids = ["subnet-1"]
  }
  ebs_options { ebs_enabled = false }
}
resource "aws_route53_zone" "a" {
  name = "example.com"
  vpc { vpc_id = "vpc-1" }
}
resource "aws_route53_record" "a" {
  zone_id = "Z1"
  name    = "x.example.com"
  type    = "A"
  ttl     = 60
  records = ["10.0.0.1"]
}
resource "aws_route53_resolver_endpoint" "a" {
  direction          = "INBOUND"
  security_group_ids = ["sg-1"]
  ip_address { subnet_id = "subnet-1" }
  ip_address { subnet_id = "subnet-2" }
}
resource "aws_route53_zone_association" "a" {
  zone_id = "Z1"
  vpc_id  = "vpc-1"
}
resource "aws_efs_file_system" "a" {}
resource "aws_efs_mount_target" "a" {
  file_system_id = "fs-1"
  subnet_id      = "subnet-1"
}
resource "aws_vpc_dhcp_options" "a" { domain_name = "x" }
resource "aws_ec2_client_vpn_endpoint" "a" {
  client_cidr_block      = "10.1.0.0/16"
  server_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/x"
  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:us-east-1:123456789012:certificate/x"
  }
  connection_log_options { enabled = false }
}
resource "aws_iam_role" "a" {
  name               = "a"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_instance_profile" "a" { role = "a" }
resource "aws_s3_bucket" "a" { bucket = "a" }
resource "aws_kms_key" "a" {}
resource "aws_secretsmanager_secret" "a" { name = "a" }
resource "aws_cloudwatch_log_group" "a" { name = "a" }
resource "aws_sqs_queue" "a" { name = "a" }
resource "aws_sns_topic" "a" { name = "a" }
resource "aws_elb" "a" {
  subnets = ["subnet-1"]
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
}
resource "aws_msk_cluster" "a" {
  cluster_name           = "a"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 1
  broker_node_group_info {
    client_subnets  = ["subnet-1"]
    instance_type   = "kafka.t3.small"
    security_groups = ["sg-1"]
  }
}
resource "aws_redshift_cluster" "a" {
  cluster_identifier = "a"
  node_type          = "ra3.large"
  master_username    = "x"
  master_password    = "Yyyyyyyyy1"
}
# In elements of a set, strings that are not given are empty, and numbers and bools are null.
resource "aws_default_network_acl" "set" {
  default_network_acl_id = "acl-1"
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}
resource "aws_networkfirewall_rule_group" "set" {
  name     = "set"
  type     = "STATELESS"
  capacity = 10
  rule_group {
    rules_source {
      stateless_rules_and_custom_actions {
        stateless_rule {
          priority = 1
          rule_definition {
            actions = ["aws:drop"]
            match_attributes {
              protocols = [6]
              destination_port {
                from_port = 443
              }
            }
          }
        }
      }
    }
  }
}
