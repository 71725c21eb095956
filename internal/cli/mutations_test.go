package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/report"
)

// mutation is an edit of compiled code: in a file, one text in place of another, which is there once; or a file that is added.
type mutation struct{ name, file, old, new string }

// joined is a segmentation with what acme has not: a transit gateway, a tier behind a NAT gateway alone, and an address outside.
const joined = `
environment "hub" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "edge" { internet = "direct" }
  tier "work" { internet = "nat" }
  tier "data" { internet = "none" }
}
environment "spoke" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "app" { internet = "none" }
}
service "hub" "gate" {
  tier   = "edge"
  serves = ["tcp/443"]
}
service "hub" "worker" { tier = "work" }
service "hub" "ledger" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "spoke" "reader" { tier = "app" }
flow "198.51.100.0/24" "gate" {}
flow "worker" "internet" { ports = ["tcp/443"] }
flow "reader" "ledger" { via = "transit" }
forbid "spoke/tier:app" "internet" {}
`

// mutations are edits of the code of acme, and of joined where the file is one of hub or transit.
var mutations = []mutation{
	// Security groups.
	{"a rule's port widened", "prod_groups.tf", `group = "cache-redis", peer = "app-server", protocol = "tcp", from = 6379, to = 6379`, `group = "cache-redis", peer = "app-server", protocol = "tcp", from = 6379, to = 6400`},
	{"a rule for every protocol", "prod_groups.tf", `group = "database-postgres", peer = "app-server", protocol = "tcp", from = 5432, to = 5432`, `group = "database-postgres", peer = "app-server", protocol = "-1", from = null, to = null`},
	{"a rule for another group", "prod_groups.tf", `group = "cache-redis", peer = "app-server"`, `group = "cache-redis", peer = "loadbalancer-public"`},
	{"an inbound rule moved to another role", "prod_groups.tf", `group = "database-postgres", peer = "app-server"`, `group = "replica-postgres", peer = "app-server"`},
	{"an outbound rule's port changed", "prod_groups.tf", `group = "app-server", peer = "cache-redis", protocol = "tcp", from = 6379, to = 6379`, `group = "app-server", peer = "cache-redis", protocol = "tcp", from = 80, to = 80`},
	{"everybody let out", "prod_groups.tf", `internet_from_app-server = { group = "app-server", block = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443`, `internet_from_app-server = { group = "app-server", block = "0.0.0.0/0", protocol = "-1", from = null, to = null`},
	{"port 22 for everybody", "prod_groups.tf", `block = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443, name = "loadbalancer-public_from_internet"`, `block = "0.0.0.0/0", protocol = "tcp", from = 22, to = 443, name = "loadbalancer-public_from_internet"`},
	{"the database opened by address", "debug.tf", "", `resource "aws_vpc_security_group_ingress_rule" "debug" {
  provider          = aws.prod
  security_group_id = aws_security_group.prod["database-postgres"].id
  cidr_ipv4         = "10.0.0.0/8"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}
`},
	{"a group that talks to itself", "debug.tf", "", `resource "aws_vpc_security_group_ingress_rule" "debug" {
  provider                     = aws.prod
  security_group_id            = aws_security_group.prod["app-server"].id
  referenced_security_group_id = aws_security_group.prod["app-server"].id
  ip_protocol                  = "-1"
}
resource "aws_vpc_security_group_egress_rule" "debug" {
  provider                     = aws.prod
  security_group_id            = aws_security_group.prod["app-server"].id
  referenced_security_group_id = aws_security_group.prod["app-server"].id
  ip_protocol                  = "-1"
}
`},
	{"the default group opened", "prod_tiers.tf", `resource "aws_default_security_group" "prod" {
  provider = aws.prod

  vpc_id = aws_vpc.prod.id
`, `resource "aws_default_security_group" "prod" {
  provider = aws.prod

  vpc_id = aws_vpc.prod.id

  ingress {
    protocol  = "-1"
    from_port = 0
    to_port   = 0
    self      = true
  }
`},
	{"an instance without a role", "debug.tf", "", `resource "aws_instance" "debug" {
  provider      = aws.prod
  ami           = "ami-0b301ce3ce347599c"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.prod["data-us-east-1a"].id
}
`},
	{"an instance of a role in another tier", "debug.tf", "", `resource "aws_instance" "debug" {
  provider               = aws.prod
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prod["public-us-east-1a"].id
  vpc_security_group_ids = [aws_security_group.prod["app-server"].id]
}
`},
	{"an instance of two roles", "debug.tf", "", `resource "aws_instance" "debug" {
  provider               = aws.prod
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prod["data-us-east-1a"].id
  vpc_security_group_ids = [aws_security_group.prod["cache-redis"].id, aws_security_group.prod["database-postgres"].id]
}
`},
	{"a group that another VPC may use", "debug.tf", "", `resource "aws_vpc" "debug" {
  provider   = aws.prod
  cidr_block = "10.7.0.0/16"
}
resource "aws_vpc_security_group_vpc_association" "debug" {
  provider          = aws.prod
  security_group_id = aws_security_group.prod["app-server"].id
  vpc_id            = aws_vpc.debug.id
}
`},
	{"a host in two tiers", "debug.tf", "", `resource "aws_instance" "debug" {
  provider               = aws.prod
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prod["public-us-east-1a"].id
  vpc_security_group_ids = [aws_security_group.prod["loadbalancer-public"].id]
}
resource "aws_network_interface" "debug" {
  provider        = aws.prod
  subnet_id       = aws_subnet.prod["data-us-east-1a"].id
  security_groups = [aws_security_group.prod["cache-redis"].id]
}
resource "aws_network_interface_attachment" "debug" {
  provider             = aws.prod
  instance_id          = aws_instance.debug.id
  network_interface_id = aws_network_interface.debug.id
  device_index         = 1
}
`},
	// Routes.
	{"the public table as the main one", "debug.tf", "", `resource "aws_main_route_table_association" "debug" {
  provider       = aws.prod
  vpc_id         = aws_vpc.prod.id
  route_table_id = aws_route_table.prod["public"].id
}
`},
	{"a way to the internet gateway from the data tier", "prod_tiers.tf", `    "public",
    "nat-us-east-1a",`, `    "public",
    "data",
    "nat-us-east-1a",`},
	{"a way to the NAT gateway from the data tier", "prod_tiers.tf", `    firewall-us-east-1a = "us-east-1a"
`, `    firewall-us-east-1a = "us-east-1a"
    data                = "us-east-1a"
`},
	{"around the firewall", "prod_tiers.tf", `  route_table_id = aws_route_table.prod[each.value.table].id
}

resource "aws_route" "prod_internet"`, `  route_table_id = aws_route_table.prod[each.key == "app-us-east-1a" ? "firewall-us-east-1a" : each.value.table].id
}

resource "aws_route" "prod_internet"`},
	{"no way to the firewall", "prod_tiers.tf", `    app-us-east-1a_to_internet = { table = "app-us-east-1a", block = "0.0.0.0/0", zone = "us-east-1a" }
`, ``},
	{"the firewall's endpoint of another zone", "prod_tiers.tf", `app-us-east-1b_to_internet = { table = "app-us-east-1b", block = "0.0.0.0/0", zone = "us-east-1b" }`, `app-us-east-1b_to_internet = { table = "app-us-east-1b", block = "0.0.0.0/0", zone = "us-east-1a" }`},
	{"the NAT gateway of another zone", "prod_tiers.tf", `firewall-us-east-1b = "us-east-1b"`, `firewall-us-east-1b = "us-east-1a"`},
	{"no way back through the firewall", "prod_tiers.tf", `    nat-us-east-1c_to_app      = { table = "nat-us-east-1c", block = local.prod_subnets["app-us-east-1c"].block, zone = "us-east-1c" }
`, ``},
	{"a peering's route for the whole VPC", "peering_staging-to-prod.tf", `app_to_prod_replica-postgres-us-east-1a = { table = "app", block = local.prod_subnets["replica-postgres-us-east-1a"].block }`, `app_to_prod_replica-postgres-us-east-1a = { table = "app", block = "10.0.0.0/16" }`},
	{"a peering's route one way only", "peering_staging-to-prod.tf", `    replica-postgres_to_staging_app-us-east-1b = { table = "replica-postgres", block = local.staging_subnets["app-us-east-1b"].block }
`, ``},
	{"a peering's route for another tier", "peering_staging-to-prod.tf", `replica-postgres_to_staging_app-us-east-1a = { table = "replica-postgres"`, `replica-postgres_to_staging_app-us-east-1a = { table = "data"`},
	{"routes in the main table", "prod_tiers.tf", `  route                  = []

  tags = { Name = "prod-default" }`, `  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.prod.id
  }

  tags = { Name = "prod-default" }`},
	{"a subnet without its route table", "prod_tiers.tf", `resource "aws_route_table_association" "prod" {
  provider = aws.prod
  for_each = local.prod_subnets
`, `resource "aws_route_table_association" "prod" {
  provider = aws.prod
  for_each = { for k, s in local.prod_subnets : k => s if k != "app-us-east-1a" }
`},
	{"a subnet with another tier's route table", "prod_tiers.tf", `data-us-east-1b = { tier = "data", zone = "us-east-1b", block = "10.0.21.0/24", table = "data" }`, `data-us-east-1b = { tier = "data", zone = "us-east-1b", block = "10.0.21.0/24", table = "public" }`},
	// Network ACLs.
	{"an entry widened to the VPC", "prod_acls.tf", `from = 6379, to = 6379, block = "10.0.10.0/23" }`, `from = 6379, to = 6379, block = "10.0.0.0/16" }`},
	{"an entry's ports widened", "prod_acls.tf", `"data_in_tcp-5432_app_10.0.12.0-24" = { tier = "data", egress = false, number = 1318, action = "allow", protocol = "tcp", from = 5432, to = 5432`, `"data_in_tcp-5432_app_10.0.12.0-24" = { tier = "data", egress = false, number = 1318, action = "allow", protocol = "tcp", from = 22, to = 5432`},
	{"a request's entry dropped", "prod_acls.tf", `    "app_in_tcp-443_public_10.0.2.0-24" = { tier = "app", egress = false, number = 13303, action = "allow", protocol = "tcp", from = 443, to = 443, block = "10.0.2.0/24" }
`, ``},
	{"a reply's entry dropped", "prod_acls.tf", `    "data_out_tcp-replies_app_10.0.10.0-23" = { tier = "data", egress = true, number = 10580, action = "allow", protocol = "tcp", from = 1024, to = 65535, block = "10.0.10.0/23" }
`, ``},
	{"the VPC's own addresses not denied", "prod_acls.tf", `    app_out_own_addresses = { tier = "app", egress = true, number = 20000, action = "deny", protocol = "-1", from = null, to = null, block = "10.0.0.0/16" }
`, ``},
	{"a deny turned into an allow", "prod_acls.tf", `public_in_own_addresses = { tier = "public", egress = false, number = 20000, action = "deny"`, `public_in_own_addresses = { tier = "public", egress = false, number = 20000, action = "allow"`},
	{"a subnet without its network ACL", "prod_acls.tf", `resource "aws_network_acl_association" "prod" {
  provider = aws.prod
  for_each = local.prod_subnets
`, `resource "aws_network_acl_association" "prod" {
  provider = aws.prod
  for_each = { for k, s in local.prod_subnets : k => s if k != "data-us-east-1a" }
`},
	{"the default network ACL opened", "prod_tiers.tf", `  default_network_acl_id = aws_vpc.prod.default_network_acl_id
`, `  default_network_acl_id = aws_vpc.prod.default_network_acl_id

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
`},
	{"the default network ACL with a tier's entries", "prod_tiers.tf", `  default_network_acl_id = aws_vpc.prod.default_network_acl_id
`, `  default_network_acl_id = aws_vpc.prod.default_network_acl_id

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "10.0.10.0/23"
    from_port  = 443
    to_port    = 443
  }
`},
	// Subnets and gateways.
	{"a subnet at other addresses", "prod_tiers.tf", `data-us-east-1c = { tier = "data", zone = "us-east-1c", block = "10.0.22.0/24"`, `data-us-east-1c = { tier = "data", zone = "us-east-1c", block = "10.0.23.0/24"`},
	{"a subnet of no tier", "debug.tf", "", `resource "aws_subnet" "debug" {
  provider          = aws.prod
  vpc_id            = aws_vpc.prod.id
  availability_zone = "us-east-1a"
  cidr_block        = "10.0.200.0/24"
}
`},
	{"public addresses in the application's tier", "prod_tiers.tf", `contains(["public"], each.value.tier)`, `contains(["public", "app"], each.value.tier)`},
	{"another block of the VPC", "debug.tf", "", `resource "aws_vpc_ipv4_cidr_block_association" "debug" {
  provider   = aws.prod
  vpc_id     = aws_vpc.prod.id
  cidr_block = "10.9.0.0/16"
}
`},
	{"an internet gateway in staging", "debug.tf", "", `resource "aws_internet_gateway" "debug" {
  provider = aws.staging
  vpc_id   = aws_vpc.staging.id
}
`},
	{"a NAT gateway in the public tier", "prod_egress.tf", `subnet_id     = aws_subnet.prod["nat-${each.key}"].id`, `subnet_id     = aws_subnet.prod["public-${each.key}"].id`},
	{"another VPC peered", "debug.tf", "", `resource "aws_vpc" "debug" {
  provider   = aws.prod
  cidr_block = "10.7.0.0/16"
}
resource "aws_vpc_peering_connection" "debug" {
  provider    = aws.prod
  vpc_id      = aws_vpc.prod.id
  peer_vpc_id = aws_vpc.debug.id
  auto_accept = true
}
`},
	{"a peering that nobody accepts", "peering_staging-to-prod.tf", `  auto_accept               = true
`, `  auto_accept               = false
`},
	// The firewall.
	{"the firewall alerts, and does not drop", "prod_egress.tf", `["aws:drop_established", "aws:alert_established"]`, `["aws:alert_established"]`},
	{"the firewall drops, and does not tell", "prod_egress.tf", `["aws:drop_established", "aws:alert_established"]`, `["aws:drop_established"]`},
	{"the firewall's stateless engine passes all", "prod_egress.tf", `stateless_default_actions          = ["aws:forward_to_sfe"]`, `stateless_default_actions          = ["aws:pass"]`},
	{"fragments pass the firewall", "prod_egress.tf", `stateless_fragment_default_actions = ["aws:forward_to_sfe"]`, `stateless_fragment_default_actions = ["aws:pass"]`},
	{"a domain added", "prod_egress.tf", `        ".datadoghq.com",
`, `        ".datadoghq.com",
        ".example.net",
`},
	{"a domain removed", "prod_egress.tf", `        ".datadoghq.com",
`, ``},
	{"a domain widened", "prod_egress.tf", `".openai.com"`, `".com"`},
	{"a list of what is denied", "prod_egress.tf", `"ALLOWLIST"`, `"DENYLIST"`},
	{"the list for other addresses", "prod_egress.tf", `if s.tier == each.key]`, `if s.tier == "data"]`},
	{"names of TLS only", "prod_egress.tf", `["TLS_SNI", "HTTP_HOST"]`, `["TLS_SNI"]`},
	{"the rule group detached", "prod_egress.tf", `      for_each = aws_networkfirewall_rule_group.prod
`, `      for_each = {}
`},
	// PrivateLink.
	{"everybody may connect to the service", "privatelink_platform_data-platform.tf", "toset([local.accounts.workload])", `toset([local.accounts.workload, "999999999999"])`},
	{"nobody may connect to the service", "privatelink_platform_data-platform.tf", "toset([local.accounts.workload])", `toset([])`},
	{"connections are accepted without being asked", "privatelink_platform_data-platform.tf", `acceptance_required        = true`, `acceptance_required        = false`},
	{"groups enforced on PrivateLink", "privatelink_platform_data-platform.tf", `= "off" # who may connect`, `= "on" # who may connect`},
	{"the endpoint with another group", "privatelink_platform_data-platform.tf", `[aws_security_group.workload["data-platform-endpoint"].id]`, `[aws_security_group.workload["analytics"].id]`},
	{"the load balancer in another role's group", "privatelink_platform_data-platform.tf", `[aws_security_group.platform["data-platform-balancer"].id]`, `[aws_security_group.platform["data-platform"].id]`},
	{"a listener added", "debug.tf", "", `resource "aws_lb_listener" "debug" {
  provider          = aws.platform
  load_balancer_arn = aws_lb.platform_data_platform_privatelink.arn
  protocol          = "TCP"
  port              = 22

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.platform_data_platform["tcp-443"].arn
  }
}
`},
	{"another service before the load balancer", "debug.tf", "", `resource "aws_vpc_endpoint_service" "debug" {
  provider                   = aws.platform
  acceptance_required        = false
  allowed_principals         = ["*"]
  network_load_balancer_arns = [aws_lb.platform_data_platform_privatelink.arn]
}
`},
	{"an endpoint for S3", "debug.tf", "", `resource "aws_vpc_endpoint" "debug" {
  provider        = aws.prod
  vpc_id          = aws_vpc.prod.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = [aws_route_table.prod["data"].id]
}
`},
	{"a load balancer of no role", "debug.tf", "", `resource "aws_lb" "debug" {
  provider           = aws.prod
  name               = "debug"
  load_balancer_type = "network"
  subnets            = [aws_subnet.prod["public-us-east-1a"].id]
}
`},
	{"IPv6 from the data tier", "debug.tf", "", `resource "aws_vpc_ipv6_cidr_block_association" "debug" {
  provider                         = aws.prod
  vpc_id                           = aws_vpc.prod.id
  assign_generated_ipv6_cidr_block = true
}
resource "aws_route" "debug" {
  provider                    = aws.prod
  route_table_id              = aws_route_table.prod["data"].id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.prod.id
}
`},
	{"another endpoint accepted", "debug.tf", "", `resource "aws_vpc_endpoint_connection_accepter" "debug" {
  provider                = aws.platform
  vpc_endpoint_service_id = aws_vpc_endpoint_service.platform_data_platform.id
  vpc_endpoint_id         = "vpce-0123456789abcdef0"
}
`},
	{"an instance with the group of the load balancer", "debug.tf", "", `resource "aws_instance" "debug" {
  provider               = aws.platform
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.platform["app-us-east-1a"].id
  vpc_security_group_ids = [aws_security_group.platform["data-platform-balancer"].id]
}
`},
	{"network load balancers from the internet to the database", "debug.tf", "", `resource "aws_instance" "debug" {
  provider               = aws.prod
  ami                    = "ami-0b301ce3ce347599c"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prod["data-us-east-1a"].id
  vpc_security_group_ids = [aws_security_group.prod["database-postgres"].id]
}
resource "aws_lb" "inner" {
  provider           = aws.prod
  name               = "inner"
  internal           = true
  load_balancer_type = "network"
  security_groups    = [aws_security_group.prod["app-server"].id]

  subnet_mapping {
    subnet_id            = aws_subnet.prod["app-us-east-1a"].id
    private_ipv4_address = "10.0.10.77"
  }
}
resource "aws_lb" "outer" {
  provider           = aws.prod
  name               = "outer"
  load_balancer_type = "network"
  subnets            = [aws_subnet.prod["public-us-east-1a"].id]
  security_groups    = [aws_security_group.prod["loadbalancer-public"].id]
}
resource "aws_lb_target_group" "debug" {
  provider           = aws.prod
  for_each           = { inner = { port = 5432, type = "instance" }, outer = { port = 443, type = "ip" } }
  name               = each.key
  vpc_id             = aws_vpc.prod.id
  protocol           = "TCP"
  port               = each.value.port
  target_type        = each.value.type
  preserve_client_ip = false
}
resource "aws_lb_target_group_attachment" "debug" {
  provider         = aws.prod
  for_each         = { inner = aws_instance.debug.id, outer = "10.0.10.77" }
  target_group_arn = aws_lb_target_group.debug[each.key].arn
  target_id        = each.value
}
resource "aws_lb_listener" "debug" {
  provider          = aws.prod
  for_each          = { inner = aws_lb.inner.arn, outer = aws_lb.outer.arn }
  load_balancer_arn = each.value
  protocol          = "TCP"
  port              = 443

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.debug[each.key].arn
  }
}
`},
	{"the host name leads elsewhere", "privatelink_platform_data-platform.tf", `  alias {
    name                   = aws_vpc_endpoint.workload_to_platform_data_platform.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.workload_to_platform_data_platform.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
`, `  ttl     = 60
  records = ["10.2.0.9"]
`},
	// Transit gateways, and what acme has not.
	{"a propagation", "transit_us-east-1.tf", "", `resource "aws_ec2_transit_gateway_route_table_propagation" "debug" {
  provider                       = aws.hub
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.hub.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.us_east_1["spoke"].id
}
`},
	{"a transit route widened", "transit_us-east-1.tf", `from = "spoke", to = "hub", block = local.hub_subnets["data-us-east-1a"].block`, `from = "spoke", to = "hub", block = "10.0.0.0/16"`},
	{"propagation by default", "transit_us-east-1.tf", `default_route_table_propagation    = "disable"`, `default_route_table_propagation    = "enable"`},
	{"references over the gateway disabled", "transit_us-east-1.tf", `  default_route_table_propagation    = "disable"
  security_group_referencing_support = "enable"`, `  default_route_table_propagation    = "disable"
  security_group_referencing_support = "disable"`},
	{"a partner's block widened", "hub_groups.tf", `block = "198.51.100.0/24"`, `block = "198.51.0.0/16"`},
	{"a worker that may do everything", "hub_groups.tf", `group = "worker", block = "0.0.0.0/0", protocol = "tcp", from = 443, to = 443`, `group = "worker", block = "0.0.0.0/0", protocol = "-1", from = null, to = null`},
}

// madeUp are the addresses that AWS would choose: they hang on the path of the folder, which is a new one every time.
var madeUp = regexp.MustCompile(`(2[45]\d(\.\d+){3}|2001:db8:[0-9a-f:]+)/\d+`)

// Each edit of compiled code is found, precisely: what was edited, and what follows from it, as the file has them; and none stays exact.
//
// go test ./internal/cli -run MutatedCode -update writes the file, to be reviewed.
func TestMutatedCode(t *testing.T) {
	terraform(t)
	const file = "testdata/mutations.txtar"
	golden, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range golden.Files {
		want[f.Name] = string(f.Data)
	}
	acme, err := os.ReadFile("../../" + acmeIntent)
	if err != nil {
		t.Fatal(err)
	}
	var lock sync.Mutex
	got := map[string]string{}
	t.Run("each", func(t *testing.T) {
		for _, m := range mutations {
			text := string(acme)
			if strings.HasPrefix(m.file, "hub_") || strings.HasPrefix(m.file, "transit_") {
				text = joined
			}
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				segmentation, code, ok := compiled(t, text, compile.One)
				if !ok {
					t.Fatal("it is refused")
				}
				m.apply(t, code)
				d := held(t, segmentation, code)
				if d.Verdict != report.Inexact {
					t.Errorf("it is %s\n%s", d.Verdict, deviations(d))
				}
				shown := false
				for i := range d.Deviations {
					v := &d.Deviations[i]
					shown = shown || v.Witness != nil || v.ID != ""
					if v.Connection() && v.Effect == report.Undeclared && v.Witness == nil || v.Connection() && len(v.Path)+len(v.Reply) == 0 {
						t.Errorf("neither a packet nor what stops it: %s", v.Message)
					}
				}
				for _, g := range d.Guardrails {
					shown = shown || g.State == report.Violated && g.Witness != nil
				}
				if !shown {
					t.Errorf("neither a packet nor a control\n%s", deviations(d))
				}
				all := madeUp.ReplaceAllString(strings.ReplaceAll(deviations(d), code+string(filepath.Separator), ""), "ADDRESSES")
				if !*update && all != want[m.name] {
					t.Errorf("it is\n%s\nand %s has\n%s", all, file, want[m.name])
				}
				lock.Lock()
				got[m.name] = all
				lock.Unlock()
			})
		}
	})
	if *update {
		golden.Files = nil
		for _, m := range mutations {
			golden.Files = append(golden.Files, txtar.File{Name: m.name, Data: []byte(got[m.name])})
		}
		if err := os.WriteFile(file, txtar.Format(golden), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(golden.Files) != len(mutations) {
		t.Errorf("%s has %d edits, and there are %d", file, len(golden.Files), len(mutations))
	}
}

// apply edits a file, or adds one. What is added to a file that is there is appended.
func (m mutation) apply(t *testing.T, code string) {
	t.Helper()
	path := filepath.Join(code, m.file)
	content, err := os.ReadFile(path)
	if err != nil && m.old != "" {
		t.Fatal(err)
	}
	text := string(content)
	switch {
	case m.old == "":
		text += m.new
	case strings.Count(text, m.old) != 1:
		t.Fatalf("%s has %d times\n%s", m.file, strings.Count(text, m.old), m.old)
	default:
		text = strings.Replace(text, m.old, m.new, 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
