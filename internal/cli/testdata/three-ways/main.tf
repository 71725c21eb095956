# Two VPCs with a peering, in the spellings of life, and no count and no for_each: a plan of the real provider resolves every reference then.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "image" {
  type    = string
  default = "ami-0b301ce3ce347599c"
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"

  tags = { Name = "prod" }
}

resource "aws_vpc" "tools" {
  cidr_block = "10.9.0.0/16"

  tags = { Name = "tools" }
}

resource "aws_vpc_peering_connection" "tools" {
  vpc_id      = aws_vpc.tools.id
  peer_vpc_id = aws_vpc.prod.id
  auto_accept = true
}

resource "aws_internet_gateway" "prod" {
  vpc_id = aws_vpc.prod.id
}

module "public" {
  source = "./tier"

  name   = "public"
  vpc_id = aws_vpc.prod.id
  cidr   = "10.0.0.0/24"
}

module "app" {
  source = "./tier"

  name   = "app"
  vpc_id = aws_vpc.prod.id
  cidr   = "10.0.10.0/24"
}

module "data" {
  source = "./tier"

  name   = "data"
  vpc_id = aws_vpc.prod.id
  cidr   = "10.0.20.0/24"
}

module "tools" {
  source = "./tier"

  name   = "tools"
  vpc_id = aws_vpc.tools.id
  cidr   = "10.9.1.0/24"
}

resource "aws_route" "public" {
  route_table_id         = module.public.route_table_id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.prod.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "prod" {
  allocation_id = aws_eip.nat.id
  subnet_id     = module.public.subnet_id

  depends_on = [aws_instance.front] # an emulated AWS gives both the same address otherwise
}

resource "aws_route" "app" {
  route_table_id         = module.app.route_table_id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.prod.id
}

resource "aws_route" "app_to_tools" {
  route_table_id            = module.app.route_table_id
  destination_cidr_block    = aws_vpc.tools.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.tools.id
}

resource "aws_route" "tools_to_prod" {
  route_table_id            = module.tools.route_table_id
  destination_cidr_block    = aws_vpc.prod.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.tools.id
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 2

  entry {
    cidr = "203.0.113.0/24"
  }
}

# Rules in the group, rules of their own, and both.
resource "aws_security_group" "front" {
  name        = "front"
  description = "Takes what comes from the internet"
  vpc_id      = aws_vpc.prod.id

  ingress {
    description = "Everybody"
    from_port   = 443
    to_port     = 443
    protocol    = "TCP"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port       = 8080
    to_port         = 8080
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
}

resource "aws_security_group" "app" {
  name        = "app"
  description = "The application"
  vpc_id      = aws_vpc.prod.id
}

resource "aws_security_group_rule" "app_from_front" {
  security_group_id        = aws_security_group.app.id
  type                     = "ingress"
  protocol                 = "6"
  from_port                = "8080"
  to_port                  = "8080"
  source_security_group_id = aws_security_group.front.id
}

resource "aws_security_group_rule" "app_ping" {
  security_group_id = aws_security_group.app.id
  type              = "ingress"
  protocol          = "icmp"
  from_port         = 8
  to_port           = 0
  cidr_blocks       = [aws_vpc.tools.cidr_block]
}

resource "aws_security_group_rule" "app_out" {
  security_group_id = aws_security_group.app.id
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group" "database" {
  name        = "database"
  description = "Keeps the data"
  vpc_id      = aws_vpc.prod.id
}

resource "aws_vpc_security_group_ingress_rule" "database_from_app" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.app.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_offices" {
  security_group_id = aws_security_group.database.id
  prefix_list_id    = aws_ec2_managed_prefix_list.offices.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_security_group" "tools" {
  name        = "tools"
  description = "Looks after the rest"
  vpc_id      = aws_vpc.tools.id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# The data tier lets in and out what its flows need.
resource "aws_network_acl" "data" {
  vpc_id     = aws_vpc.prod.id
  subnet_ids = [module.data.subnet_id]

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 5432
    to_port    = 5432
    cidr_block = "10.0.10.0/24"
  }

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 32768
    to_port    = 60999
    cidr_block = "10.0.10.0/24"
  }
}

resource "aws_instance" "front" {
  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = module.public.subnet_id
  vpc_security_group_ids = [aws_security_group.front.id]

  tags = { Name = "front-1" }
}

resource "aws_eip" "front" {
  domain   = "vpc"
  instance = aws_instance.front.id
}

resource "aws_instance" "app" {
  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = module.app.subnet_id
  vpc_security_group_ids = [aws_security_group.app.id]

  tags = { Name = "app-1" }
}

resource "aws_instance" "database" {
  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = module.data.subnet_id
  vpc_security_group_ids = [aws_security_group.database.id]

  tags = { Name = "database-1" }
}

resource "aws_instance" "tools" {
  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = module.tools.subnet_id
  vpc_security_group_ids = [aws_security_group.tools.id]

  tags = { Name = "tools-1" }
}
