variable "name" {
  type = string
}

variable "group_id" {
  type = string
}

variable "port" {
  type = number
}

variable "client" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "destination" {
  type = string
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  security_group_id            = var.group_id
  referenced_security_group_id = var.client
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
}

resource "aws_vpc_security_group_egress_rule" "inside" {
  security_group_id = var.group_id
  cidr_ipv4         = var.destination
  ip_protocol       = "-1"
}

resource "aws_instance" "this" {
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = var.subnet_id
  vpc_security_group_ids = [var.group_id]

  tags = { Name = var.name }
}

output "group_id" {
  value = var.group_id
}

output "instance_id" {
  value = aws_instance.this.id
}
