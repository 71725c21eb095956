# So many environments of 60 resources each, in modules within modules: what is planned to measure how long it takes.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "environments" {
  type    = number
  default = 1
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { managed-by = "terraform" }
  }
}

module "environment" {
  source   = "./environment"
  for_each = { for i in range(var.environments) : format("env%02d", i) => cidrsubnet("10.0.0.0/8", 8, i) }

  name = each.key
  cidr = each.value

  services = {
    web     = { port = 8080, from = "entrance" }
    api     = { port = 9090, from = "web" }
    worker  = { port = 9100, from = "api" }
    metrics = { port = 9200, from = "worker" }
  }
}
