# What every service has: for now, its security group.
variable "name" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "callers" {
  type = map(object({ group = string, port = number }))
}

module "guard" {
  source = "../guard"

  name    = var.name
  vpc_id  = var.vpc_id
  callers = var.callers
}

output "group_id" {
  value = module.guard.group_id
}
