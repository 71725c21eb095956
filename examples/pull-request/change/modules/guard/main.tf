# The security group of a service: who may call it, and on which port.
variable "name" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "callers" {
  type = map(object({ group = string, port = number }))
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Members of ${var.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "caller" {
  for_each = var.callers

  security_group_id            = aws_security_group.this.id
  description                  = "${each.key} calls ${var.name}"
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "metrics" {
  security_group_id = aws_security_group.this.id
  description       = "Prometheus scrapes exporters, which listen on high ports"
  cidr_ipv4         = "10.0.0.0/8"
  ip_protocol       = "tcp"
  from_port         = 1024
  to_port           = 65535
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.this.id
  description       = "Replies need none, updates do"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

output "group_id" {
  value = aws_security_group.this.id
}
