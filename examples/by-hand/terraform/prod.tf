# Production: one VPC in three zones, a tier of subnets for each way of meeting the internet.

provider "aws" {
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/terraform"
  }

  default_tags {
    tags = {
      Project     = "acme"
      Environment = "prod"
      ManagedBy   = "terraform"
    }
  }
}

locals {
  prod_cidr = "10.0.0.0/16"

  # The blocks of each tier, by zone.
  prod_tiers = {
    public = {
      us-east-1a = "10.0.0.0/24"
      us-east-1b = "10.0.1.0/24"
      us-east-1c = "10.0.2.0/24"
    }
    app = {
      us-east-1a = "10.0.10.0/24"
      us-east-1b = "10.0.11.0/24"
      us-east-1c = "10.0.12.0/24"
    }
    data = {
      us-east-1a = "10.0.20.0/24"
      us-east-1b = "10.0.21.0/24"
      us-east-1c = "10.0.22.0/24"
    }
    # The NAT gateways live apart, so that nothing else shares their way to the internet.
    nat = {
      us-east-1a = "10.0.30.0/28"
      us-east-1b = "10.0.30.16/28"
      us-east-1c = "10.0.30.32/28"
    }
  }

  # Every subnet, by its name: "app-us-east-1a".
  prod_subnets = merge([
    for tier, zones in local.prod_tiers : {
      for zone, block in zones : "${tier}-${zone}" => { tier = tier, zone = zone, block = block }
    }
  ]...)
}

resource "aws_vpc" "prod" {
  cidr_block           = local.prod_cidr
  enable_dns_hostnames = true

  tags = { Name = "prod" }
}

resource "aws_subnet" "prod" {
  for_each = local.prod_subnets

  vpc_id            = aws_vpc.prod.id
  availability_zone = each.value.zone
  cidr_block        = each.value.block

  tags = {
    Name = "prod-${each.key}"
    Tier = each.value.tier
  }
}

# Nobody uses the default group. Without rules it admits nothing if somebody ever does.
resource "aws_default_security_group" "prod" {
  vpc_id = aws_vpc.prod.id
}
