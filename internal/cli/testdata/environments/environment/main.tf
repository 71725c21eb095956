variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "services" {
  type = map(object({ port = number, from = string }))
}

module "network" {
  source = "../network"

  name  = var.name
  cidr  = var.cidr
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

module "entrance" {
  source = "../entrance"

  name        = var.name
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.subnet_ids["public"]
  port        = var.services["web"].port
  service     = module.service["web"].group_id
  instance_id = module.service["web"].instance_id
}

# A group for each service is made before the services are, so that they may name each other.
resource "aws_security_group" "service" {
  for_each = var.services

  name        = "${var.name}-${each.key}"
  description = "The service ${each.key}"
  vpc_id      = module.network.vpc_id
}

module "service" {
  source   = "../service"
  for_each = var.services

  name        = "${var.name}-${each.key}"
  group_id    = aws_security_group.service[each.key].id
  port        = each.value.port
  client      = each.value.from == "entrance" ? module.entrance.group_id : aws_security_group.service[each.value.from].id
  subnet_id   = module.network.subnet_ids["app"][index(keys(var.services), each.key) % 3]
  destination = "10.0.0.0/8"
}

module "database" {
  source = "../database"

  name       = "${var.name}-database"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.subnet_ids["data"]
  client     = aws_security_group.service["api"].id
}
