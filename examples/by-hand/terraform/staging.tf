# Staging: an account and a VPC of its own, with an app tier that has no way to the internet.

provider "aws" {
  alias  = "staging"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/terraform"
  }

  default_tags {
    tags = {
      Project     = "acme"
      Environment = "staging"
      ManagedBy   = "terraform"
    }
  }
}

locals {
  staging_app = {
    us-east-1a = "10.1.10.0/24"
    us-east-1b = "10.1.11.0/24"
    us-east-1c = "10.1.12.0/24"
  }
}

resource "aws_vpc" "staging" {
  provider = aws.staging

  cidr_block           = "10.1.0.0/16"
  enable_dns_hostnames = true

  tags = { Name = "staging" }
}

resource "aws_default_security_group" "staging" {
  provider = aws.staging

  vpc_id = aws_vpc.staging.id
}

resource "aws_subnet" "staging_app" {
  provider = aws.staging
  for_each = local.staging_app

  vpc_id            = aws_vpc.staging.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "staging-app-${each.key}", Tier = "app" }
}

resource "aws_route_table" "staging_app" {
  provider = aws.staging

  vpc_id = aws_vpc.staging.id

  tags = { Name = "staging-app", Tier = "app" }
}

resource "aws_route_table_association" "staging_app" {
  provider = aws.staging
  for_each = local.staging_app

  subnet_id      = aws_subnet.staging_app[each.key].id
  route_table_id = aws_route_table.staging_app.id
}

resource "aws_network_acl" "staging_app" {
  provider = aws.staging

  vpc_id     = aws_vpc.staging.id
  subnet_ids = [for zone in keys(local.staging_app) : aws_subnet.staging_app[zone].id]

  tags = { Name = "staging-app", Tier = "app" }
}

resource "aws_security_group" "staging_app_server" {
  provider = aws.staging

  name        = "app-server"
  description = "The application, under load tests"
  vpc_id      = aws_vpc.staging.id

  tags = { Name = "sg-app-server" }
}

resource "aws_instance" "staging_app_server" {
  provider = aws.staging
  for_each = local.staging_app

  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.staging_app[each.key].id
  private_ip             = cidrhost(each.value, 10)
  vpc_security_group_ids = [aws_security_group.staging_app_server.id]

  tags = { Name = "staging-app-server-${each.key}", Service = "app-server" }
}
