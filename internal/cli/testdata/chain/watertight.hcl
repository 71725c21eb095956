# What an emulated AWS can hold: it refuses references to groups of other accounts, and has no policies of firewalls and no connections of PrivateLink.

environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "public" { internet = "direct" }
  tier "app" { internet = "nat" }
  tier "data" { internet = "none" }
}
environment "staging" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "app" { internet = "none" }
}
environment "lab" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a"]
  tier "app" { internet = "nat" }
}
service "prod" "loadbalancer-public" {
  tier   = "public"
  serves = ["tcp/443"]
}
service "prod" "app-server" {
  tier   = "app"
  serves = ["tcp/443"]
}
service "prod" "database-postgres" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "prod" "replica-postgres" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "staging" "app-server" { tier = "app" }
service "lab" "probe" { tier = "app" }
flow "internet" "loadbalancer-public" {}
flow "loadbalancer-public" "prod/app-server" {}
flow "prod/app-server" "database-postgres" {}
flow "prod/app-server" "198.51.100.0/24" { ports = ["tcp/443"] }
flow "staging/app-server" "prod/replica-postgres" { via = "peering" }
flow "probe" "internet" { ports = ["tcp/443"] }
forbid "internet" "tier:data" {}
change_window "ci" {
  principals = ["arn:aws:iam::*:role/terraform-ci"]
  schedule   = "Mon-Fri 08:00-18:00"
  timezone   = "Europe/Berlin"
}
