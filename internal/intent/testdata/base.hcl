environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]

  tier "public" {
    internet = "direct"
  }
  tier "app" {
    internet = "filtered"
  }
  tier "jobs" {
    internet = "nat"
  }
  tier "data" {
    internet = "none"
  }
}
environment "staging" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a"]

  tier "app" {
    internet = "none"
  }
}
environment "far" {
  account = "222222222222"
  region  = "eu-west-1"
  zones   = ["eu-west-1a"]

  tier "app" {
    internet = "none"
  }
}
service "prod" "web" {
  tier   = "public"
  serves = ["tcp/443"]
}
service "prod" "api" {
  tier   = "app"
  serves = ["tcp/8000-8100", "icmp"]
}
service "prod" "worker" {
  tier = "app"
}
service "prod" "batch" {
  tier = "jobs"
}
service "prod" "db" {
  tier   = "data"
  serves = ["tcp/5432", "udp/514"]
}
service "staging" "client" {
  tier = "app"
}
service "far" "client" {
  tier   = "app"
  serves = ["tcp/443"]
}
