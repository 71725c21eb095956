# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

locals {
  # The accounts of the environments.
  accounts = {
    # watertight.hcl:3
    prod = "111111111111"
    # watertight.hcl:44
    staging = "222222222222"
    # watertight.hcl:62
    platform = "333333333333"
    # watertight.hcl:78
    workload = "444444444444"
  }
}

# watertight.hcl:3
provider "aws" {
  alias               = "prod"
  region              = "us-east-1"
  allowed_account_ids = [local.accounts.prod]

  assume_role {
    role_arn = "arn:aws:iam::${local.accounts.prod}:role/${var.role}"
  }

  default_tags {
    tags = {
      environment = "prod"
      managed-by  = "watertight"
    }
  }
}

# watertight.hcl:44
provider "aws" {
  alias               = "staging"
  region              = "us-east-1"
  allowed_account_ids = [local.accounts.staging]

  assume_role {
    role_arn = "arn:aws:iam::${local.accounts.staging}:role/${var.role}"
  }

  default_tags {
    tags = {
      environment = "staging"
      managed-by  = "watertight"
    }
  }
}

# watertight.hcl:62
provider "aws" {
  alias               = "platform"
  region              = "us-east-1"
  allowed_account_ids = [local.accounts.platform]

  assume_role {
    role_arn = "arn:aws:iam::${local.accounts.platform}:role/${var.role}"
  }

  default_tags {
    tags = {
      environment = "platform"
      managed-by  = "watertight"
    }
  }
}

# watertight.hcl:78
provider "aws" {
  alias               = "workload"
  region              = "us-east-1"
  allowed_account_ids = [local.accounts.workload]

  assume_role {
    role_arn = "arn:aws:iam::${local.accounts.workload}:role/${var.role}"
  }

  default_tags {
    tags = {
      environment = "workload"
      managed-by  = "watertight"
    }
  }
}
