# acme: a production network in three tiers, and what other environments share with it.

environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]
  cidr    = "10.0.0.0/16"

  tier "public" {
    internet = "direct"
    cidrs    = ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
  }
  tier "app" {
    internet = "filtered"
    cidrs    = ["10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24"]
  }
  tier "data" {
    internet = "none"
    cidrs    = ["10.0.20.0/24", "10.0.21.0/24", "10.0.22.0/24"]
  }
}

service "prod" "loadbalancer-public" {
  tier   = "public"
  serves = ["tcp/443"]
}
service "prod" "app-server" {
  tier   = "app"
  serves = ["tcp/443"]
}
service "prod" "cache-redis" {
  tier   = "data"
  serves = ["tcp/6379"]
}
service "prod" "database-postgres" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "prod" "replica-postgres" { # reached by peering: it gets a tier of its own, and the data tier keeps no way out
  tier   = "data"
  serves = ["tcp/5432"]
}

environment "staging" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]
  cidr    = "10.1.0.0/16"

  tier "app" {
    internet = "none"
    cidrs    = ["10.1.10.0/24", "10.1.11.0/24", "10.1.12.0/24"]
  }
}

service "staging" "app-server" {
  tier = "app"
}

# A service of another team, and who uses it. Both have the same addresses: PrivateLink does not mind.

environment "platform" {
  account = "333333333333"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  cidr    = "10.2.0.0/16"

  tier "app" {
    internet = "none"
  }
}

service "platform" "data-platform" {
  tier   = "app"
  serves = ["tcp/443"]
}

environment "workload" {
  account = "444444444444"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  cidr    = "10.2.0.0/16"

  tier "app" {
    internet = "none"
  }
}

service "workload" "analytics" {
  tier = "app"
}

flow "internet" "loadbalancer-public" {}
flow "loadbalancer-public" "app-server" {}
flow "app-server" "cache-redis" { reason = "sessions" }
flow "app-server" "database-postgres" { reason = "orders" }

flow "staging/app-server" "prod/replica-postgres" {
  via    = "peering"
  reason = "anonymized copy for load tests"
  until  = "2027-06-30"
}

flow "workload/analytics" "platform/data-platform" {
  via      = "privatelink"
  hostname = "data-platform.internal.acme.example"
}

egress "prod" "app-server" {
  domains = ["*.openai.com", "*.amazonaws.com", "*.datadoghq.com"]
}

forbid "internet" "tier:data" { reason = "PCI DSS 1.4.4" }
forbid "tier:data" "internet" {}

change_window "ci" {
  principals = ["arn:aws:iam::*:role/terraform-ci"]
  schedule   = "Mon-Fri 08:00-18:00"
  timezone   = "Europe/Berlin"
}
