# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

variable "role" {
  description = "The role of each account that Terraform assumes."
  type        = string
  default     = "terraform"
}

variable "collectors" {
  description = "ARNs of those who may read the network by the collector's role; none: whom the account itself allows to assume it."
  type        = list(string)
  default     = []
}

variable "protect" {
  description = "Whether firewalls and load balancers are protected from being deleted, and firewalls from losing a subnet. AWS refuses another zone, too, until it is false."
  type        = bool
  default     = true
}
