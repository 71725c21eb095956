# Two environments that are peered, and the services of one of them.
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]

  default_tags {
    tags = { managed-by = "terraform" }
  }
}

module "prod" {
  source = "./modules/network"

  name = "prod"
  cidr = "10.0.0.0/16"
  tiers = {
    app  = ["10.0.10.0/24", "10.0.11.0/24"]
    data = ["10.0.20.0/24", "10.0.21.0/24"]
  }
}

module "dev" {
  source = "./modules/network"

  name  = "dev"
  cidr  = "10.1.0.0/16"
  tiers = { app = ["10.1.10.0/24", "10.1.11.0/24"] }
}

resource "aws_vpc_peering_connection" "dev_to_prod" {
  vpc_id      = module.dev.vpc_id
  peer_vpc_id = module.prod.vpc_id
  auto_accept = true

  tags = { Name = "dev-to-prod" }
}

# Developers replay production traffic: both sides route to all of the other.
resource "aws_route" "dev_to_prod" {
  for_each = module.dev.route_table_ids

  route_table_id            = each.value
  destination_cidr_block    = module.prod.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.dev_to_prod.id
}

resource "aws_route" "prod_to_dev" {
  for_each = module.prod.route_table_ids

  route_table_id            = each.value
  destination_cidr_block    = module.dev.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.dev_to_prod.id
}

module "platform" {
  source = "./modules/platform"

  vpc_id  = module.prod.vpc_id
  subnets = module.prod.subnet_ids
}

resource "aws_security_group" "workstation" {
  name        = "workstation"
  description = "Machines of developers"
  vpc_id      = module.dev.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "workstation" {
  security_group_id = aws_security_group.workstation.id
  description       = "Whatever a developer needs"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_instance" "workstation" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.large"
  subnet_id              = module.dev.subnet_ids["app"][0]
  vpc_security_group_ids = [aws_security_group.workstation.id]

  tags = { Name = "workstation" }
}
