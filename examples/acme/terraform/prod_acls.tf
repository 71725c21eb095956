# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# What passes between the subnets of prod: connections and their replies, for network ACLs keep no state.

locals {
  # Entries by tier. Each has a number that is made of its key, so that adding one changes no other: from 1000 for what is admitted from or to known addresses, from 21000 for
  # the internet, and in between 20000, which denies the VPC's own addresses: these are not the internet.
  prod_acl_entries = {
    # watertight.hcl:9: tier public

    # watertight.hcl:93
    public_in_tcp-443_internet = { tier = "public", egress = false, number = 30030, action = "allow", protocol = "tcp", from = 443, to = 443, block = "0.0.0.0/0" }
    # watertight.hcl:94
    "public_in_tcp-replies_app_10.0.10.0-23" = { tier = "public", egress = false, number = 10736, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.10.0/23" }
    # watertight.hcl:94
    "public_in_tcp-replies_app_10.0.12.0-24" = { tier = "public", egress = false, number = 17515, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.12.0/24" }
    # not the internet
    public_in_own_addresses = { tier = "public", egress = false, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
    # watertight.hcl:93
    public_out_tcp-replies_internet = { tier = "public", egress = true, number = 27949, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "0.0.0.0/0" }
    # watertight.hcl:94
    "public_out_tcp-443_app_10.0.10.0-23" = { tier = "public", egress = true, number = 1268, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.10.0/23" }
    # watertight.hcl:94
    "public_out_tcp-443_app_10.0.12.0-24" = { tier = "public", egress = true, number = 12687, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.12.0/24" }
    # not the internet
    public_out_own_addresses = { tier = "public", egress = true, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }

    # watertight.hcl:13: tier app

    # watertight.hcl:94
    "app_in_tcp-443_public_10.0.0.0-23" = { tier = "app", egress = false, number = 7612, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.0.0/23" }
    # watertight.hcl:94
    "app_in_tcp-443_public_10.0.2.0-24" = { tier = "app", egress = false, number = 13303, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.2.0/24" }
    # watertight.hcl:95
    "app_in_tcp-replies_data_10.0.20.0-23" = { tier = "app", egress = false, number = 6732, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.20.0/23" }
    # watertight.hcl:95
    "app_in_tcp-replies_data_10.0.22.0-24" = { tier = "app", egress = false, number = 9991, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.22.0/24" }
    # watertight.hcl:109
    app_in_tcp-replies_internet = { tier = "app", egress = false, number = 22563, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "0.0.0.0/0" }
    # not the internet
    app_in_own_addresses = { tier = "app", egress = false, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
    # watertight.hcl:94
    "app_out_tcp-replies_public_10.0.0.0-23" = { tier = "app", egress = true, number = 3088, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.0.0/23" }
    # watertight.hcl:94
    "app_out_tcp-replies_public_10.0.2.0-24" = { tier = "app", egress = true, number = 3747, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.2.0/24" }
    # watertight.hcl:95
    "app_out_tcp-6379_data_10.0.20.0-23" = { tier = "app", egress = true, number = 14234, action = "allow", protocol = "tcp", from = 6379, to = 6379, block = "10.0.20.0/23" }
    # watertight.hcl:95
    "app_out_tcp-6379_data_10.0.22.0-24" = { tier = "app", egress = true, number = 8693, action = "allow", protocol = "tcp", from = 6379, to = 6379, block = "10.0.22.0/24" }
    # watertight.hcl:96
    "app_out_tcp-5432_data_10.0.20.0-23" = { tier = "app", egress = true, number = 7969, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.0.20.0/23" }
    # watertight.hcl:96
    "app_out_tcp-5432_data_10.0.22.0-24" = { tier = "app", egress = true, number = 4578, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.0.22.0/24" }
    # watertight.hcl:109
    app_out_tcp-443_internet = { tier = "app", egress = true, number = 31028, action = "allow", protocol = "tcp", from = 443, to = 443, block = "0.0.0.0/0" }
    # watertight.hcl:109
    app_out_tcp-80_internet = { tier = "app", egress = true, number = 27893, action = "allow", protocol = "tcp", from = 80, to = 80, block = "0.0.0.0/0" }
    # not the internet
    app_out_own_addresses = { tier = "app", egress = true, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }

    # watertight.hcl:17: tier data

    # watertight.hcl:95
    "data_in_tcp-6379_app_10.0.10.0-23" = { tier = "data", egress = false, number = 6952, action = "allow", protocol = "tcp", from = 6379, to = 6379, block = "10.0.10.0/23" }
    # watertight.hcl:95
    "data_in_tcp-6379_app_10.0.12.0-24" = { tier = "data", egress = false, number = 13731, action = "allow", protocol = "tcp", from = 6379, to = 6379, block = "10.0.12.0/24" }
    # watertight.hcl:96
    "data_in_tcp-5432_app_10.0.10.0-23" = { tier = "data", egress = false, number = 18045, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.0.10.0/23" }
    # watertight.hcl:96
    "data_in_tcp-5432_app_10.0.12.0-24" = { tier = "data", egress = false, number = 1318, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.0.12.0/24" }
    # watertight.hcl:95
    "data_out_tcp-replies_app_10.0.10.0-23" = { tier = "data", egress = true, number = 10580, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.10.0/23" }
    # watertight.hcl:95
    "data_out_tcp-replies_app_10.0.12.0-24" = { tier = "data", egress = true, number = 13839, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.12.0/24" }

    # watertight.hcl:39: tier replica-postgres

    # watertight.hcl:98
    "replica-postgres_in_tcp-5432_staging_app_10.1.10.0-23" = { tier = "replica-postgres", egress = false, number = 18788, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.1.10.0/23" }
    # watertight.hcl:98
    "replica-postgres_in_tcp-5432_staging_app_10.1.12.0-24" = { tier = "replica-postgres", egress = false, number = 3047, action = "allow", protocol = "tcp", from = 5432, to = 5432, block = "10.1.12.0/24" }
    # watertight.hcl:98
    "replica-postgres_out_tcp-replies_staging_app_10.1.10.0-23" = { tier = "replica-postgres", egress = true, number = 18557, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.1.10.0/23" }
    # watertight.hcl:98
    "replica-postgres_out_tcp-replies_staging_app_10.1.12.0-24" = { tier = "replica-postgres", egress = true, number = 1830, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.1.12.0/24" }

    # watertight.hcl:3: tier nat

    # watertight.hcl:109
    "nat_in_tcp-443_app_10.0.10.0-23" = { tier = "nat", egress = false, number = 2887, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "nat_in_tcp-443_app_10.0.12.0-24" = { tier = "nat", egress = false, number = 1712, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.12.0/24" }
    # watertight.hcl:109
    nat_in_tcp-replies_internet = { tier = "nat", egress = false, number = 29607, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "0.0.0.0/0" }
    # watertight.hcl:109
    "nat_in_tcp-80_app_10.0.10.0-23" = { tier = "nat", egress = false, number = 13250, action = "allow", protocol = "tcp", from = 80, to = 80, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "nat_in_tcp-80_app_10.0.12.0-24" = { tier = "nat", egress = false, number = 7709, action = "allow", protocol = "tcp", from = 80, to = 80, block = "10.0.12.0/24" }
    # not the internet
    nat_in_own_addresses = { tier = "nat", egress = false, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
    # watertight.hcl:109
    "nat_out_tcp-replies_app_10.0.10.0-23" = { tier = "nat", egress = true, number = 10499, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "nat_out_tcp-replies_app_10.0.12.0-24" = { tier = "nat", egress = true, number = 2908, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.12.0/24" }
    # watertight.hcl:109
    nat_out_tcp-443_internet = { tier = "nat", egress = true, number = 27972, action = "allow", protocol = "tcp", from = 443, to = 443, block = "0.0.0.0/0" }
    # watertight.hcl:109
    nat_out_tcp-80_internet = { tier = "nat", egress = true, number = 29141, action = "allow", protocol = "tcp", from = 80, to = 80, block = "0.0.0.0/0" }
    # not the internet
    nat_out_own_addresses = { tier = "nat", egress = true, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }

    # watertight.hcl:3: tier firewall

    # watertight.hcl:109
    "firewall_in_tcp-443_app_10.0.10.0-23" = { tier = "firewall", egress = false, number = 2598, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "firewall_in_tcp-443_app_10.0.12.0-24" = { tier = "firewall", egress = false, number = 19577, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.12.0/24" }
    # watertight.hcl:109
    firewall_in_tcp-replies_internet = { tier = "firewall", egress = false, number = 25962, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "0.0.0.0/0" }
    # watertight.hcl:109
    "firewall_in_tcp-80_app_10.0.10.0-23" = { tier = "firewall", egress = false, number = 7501, action = "allow", protocol = "tcp", from = 80, to = 80, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "firewall_in_tcp-80_app_10.0.12.0-24" = { tier = "firewall", egress = false, number = 4190, action = "allow", protocol = "tcp", from = 80, to = 80, block = "10.0.12.0/24" }
    # not the internet
    firewall_in_own_addresses = { tier = "firewall", egress = false, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
    # watertight.hcl:109
    "firewall_out_tcp-replies_app_10.0.10.0-23" = { tier = "firewall", egress = true, number = 19544, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.10.0/23" }
    # watertight.hcl:109
    "firewall_out_tcp-replies_app_10.0.12.0-24" = { tier = "firewall", egress = true, number = 16955, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.12.0/24" }
    # watertight.hcl:109
    firewall_out_tcp-443_internet = { tier = "firewall", egress = true, number = 21360, action = "allow", protocol = "tcp", from = 443, to = 443, block = "0.0.0.0/0" }
    # watertight.hcl:109
    firewall_out_tcp-80_internet = { tier = "firewall", egress = true, number = 21681, action = "allow", protocol = "tcp", from = 80, to = 80, block = "0.0.0.0/0" }
    # not the internet
    firewall_out_own_addresses = { tier = "firewall", egress = true, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
  }
}

resource "aws_network_acl" "prod" {
  provider = aws.prod
  for_each = toset([for s in local.prod_subnets : s.tier])

  vpc_id = aws_vpc.prod.id

  tags = { Name = "prod-${each.key}" }
}

resource "aws_network_acl_association" "prod" {
  provider = aws.prod
  for_each = local.prod_subnets

  network_acl_id = aws_network_acl.prod[each.value.tier].id
  subnet_id      = aws_subnet.prod[each.key].id
}

resource "aws_network_acl_rule" "prod" {
  provider = aws.prod
  for_each = local.prod_acl_entries

  network_acl_id = aws_network_acl.prod[each.value.tier].id
  egress         = each.value.egress
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.protocol
  from_port      = each.value.from
  to_port        = each.value.to
  cidr_block     = each.value.block
}
