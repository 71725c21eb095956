# The network of ../terraform, and two rules that somebody added while looking for an error.

module "acme" {
  source = "../terraform"
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc_security_group_egress_rule" "debug" {
  security_group_id            = module.acme.prod.groups["app-server"]
  referenced_security_group_id = module.acme.prod.groups["database-postgres"]
  ip_protocol                  = "tcp"
  from_port                    = 1024
  to_port                      = 65535
}

resource "aws_vpc_security_group_ingress_rule" "debug" {
  security_group_id            = module.acme.prod.groups["database-postgres"]
  referenced_security_group_id = module.acme.prod.groups["app-server"]
  ip_protocol                  = "tcp"
  from_port                    = 1024
  to_port                      = 65535
}
