package shadow_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// facts are what the configuration in testdata/wide puts out.
func facts(t *testing.T, p plan) map[string]any {
	t.Helper()
	m, ok := p.Outputs["facts"].After.(map[string]any)
	if !ok {
		t.Fatalf("no output: %v", p.Outputs)
	}
	return m
}

// Terraform knows everything at plan time: modules, count, for_each, dynamic blocks, functions, data sources and ephemeral resources, under both schemas.
func TestPlan(t *testing.T) {
	for _, major := range []int{5, 6} {
		t.Run(fmt.Sprintf("provider %d", major), func(t *testing.T) {
			r := newRun(t, "testdata/wide", major)
			p := r.plan()
			n := 0
			for _, c := range p.Changes {
				if c.Mode == "managed" {
					n++
				}
				if u := unknowns(c.Change.Unknown, ""); len(u) > 0 {
					t.Errorf("%s: unknown are %v", c.Address, u)
				}
			}
			if n < 70 {
				t.Errorf("%d resources are planned, more were written", n)
			}
			if u := unknowns(p.Outputs["facts"].Unknown, ""); len(u) > 0 {
				t.Errorf("output: unknown are %v", u)
			}
			for _, c := range p.Checks {
				if c.Status != "pass" {
					t.Errorf("a check is %s", c.Status)
				}
			}

			f := facts(t, p)
			want := map[string]any{
				"zones": []any{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, "account": "111111111111", "built": "arn:aws:iam::1:role/x",
				"trimmed": "arn:aws:iam::111111111111:role/c", "hours": 1.5, "year": 2026.0, "exists": true, "planned": "10.1.0.0/16",
				"shared_zones": []any{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, "tags": map[string]any{"Team": "network"}, "record": "logs.example.internal",
				"peer": true, "accepter": true, "s3": []any{},
			}
			for k, v := range want {
				got := f[k]
				if k == "shared_zones" { // in the order of placeholders
					slices.SortFunc(got.([]any), func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
				}
				if d := cmp.Diff(v, got); d != "" {
					t.Errorf("%s: %s", k, d)
				}
			}
			for k, pattern := range map[string]string{
				"gateway": `^24\d\.\d+\.\d+\.\d+$`, "database": `^db\.[a-z0-9]{12}\.eu-west-1\.rds\.amazonaws\.com:5432$`,
				"issuer": `^arn:aws:iam::111111111111:oidc-provider/oidc\.eks\.eu-west-1\.amazonaws\.com/id/[0-9A-F]{32}$`, "partner": `^0000\d{8}$`,
				"partner_subnet": `^arn:aws:ec2:us-west-2:0000\d{8}:vpc/vpc-[0-9a-f]{17}$`,
			} {
				if !regexp.MustCompile(pattern).MatchString(fmt.Sprint(f[k])) {
					t.Errorf("%s is %v, which is not like %s", k, f[k], pattern)
				}
			}
			if arn := f["arn"].(map[string]any); arn["service"] != "elasticloadbalancing" || arn["account_id"] != "111111111111" ||
				!strings.HasPrefix(arn["resource"].(string), "loadbalancer/app/front/") {
				t.Errorf("the balancer's ARN is in parts %v", arn)
			}
			if e := f["endpoints"].(map[string]any); len(e) != 3 || e["eu-west-1a"] == e["eu-west-1b"] || !strings.HasPrefix(e["eu-west-1c"].(string), "vpce-") {
				t.Errorf("the firewall has endpoints %v", e)
			}
			if e := f["entries"].([]any); len(e) != 5 || !strings.Contains(e[1].(string), "-eu-west-1a.logs.eu-west-1.vpce.amazonaws.com") {
				t.Errorf("the interface endpoint has names %v", e)
			}
			if n := f["nodes"].([]any); len(n) != 2 || n[0] == n[1] {
				t.Errorf("the cache has nodes %v", n)
			}
		})
	}
}

// Every provider block is told apart, although Terraform says of no request which one it is for.
func TestAccounts(t *testing.T) {
	r := newRun(t, "testdata/wide", 6)
	p := r.plan()
	partner := facts(t, p)["partner"].(string)
	var places []string
	for _, x := range r.record.Planned {
		if x.Type == "aws_vpc" {
			places = append(places, x.Account+" "+x.Region)
		}
	}
	slices.Sort(places)
	if d := cmp.Diff([]string{partner + " us-west-2", "111111111111 eu-west-1", "111111111111 eu-west-1"}, places); d != "" {
		t.Errorf("the VPCs are in %s", d)
	}
	if d := cmp.Diff(map[string]string{partner: `profile "partner"`}, r.record.Accounts); d != "" {
		t.Error(d)
	}
	accepter := p.change(t, "aws_vpc_peering_connection_accepter.partner").Change.After
	if accepter["peer_owner_id"] != "111111111111" || accepter["peer_region"] != "eu-west-1" {
		t.Errorf("the accepter knows of its peer %v", accepter)
	}
}

// Every text that stands for something AWS will choose is on record, with its attribute; and nothing that a configuration says is.
func TestRecord(t *testing.T) {
	r := newRun(t, "testdata/wide", 6)
	p := r.plan()
	byID := map[string]int{}
	owned := map[string]string{}
	for i, x := range r.record.Planned {
		byID[x.Type+" "+x.ID] = i
		for text, path := range x.Placeholders {
			owned[text] = x.Type + "." + path
		}
	}
	computed := regexp.MustCompile(`^(vpc|subnet|sg|sgr|rtb|acl|igw|nat|eni|i|eipalloc|vpce|tgw|pcx|tgw-attach|tgw-rtb)-[0-9a-f]{17}$`)
	for _, c := range p.Changes {
		if c.Mode != "managed" {
			continue
		}
		id := fmt.Sprint(c.Change.After["id"])
		if strings.HasPrefix(c.Type, "aws_") {
			if _, ok := byID[c.Type+" "+id]; !ok {
				t.Errorf("%s has the id %s, which is not on record", c.Address, id)
			}
		}
		for name, v := range c.Change.After {
			if s, ok := v.(string); ok && computed.MatchString(s) && owned[s] == "" {
				t.Errorf("%s.%s: nobody owns %s", c.Address, name, s)
			}
		}
	}
	for _, given := range []string{"10.1.0.0/16", "front", "eu-west-1a", "server", "111111111111", "db", "example.com"} {
		if owner, ok := owned[given]; ok {
			t.Errorf("%s is taken for a placeholder of %s", given, owner)
		}
	}
	var lookups []string
	for _, l := range r.record.Lookups {
		if !l.Answered {
			lookups = append(lookups, fmt.Sprintf("%s %s %d", l.Type, l.Region, len(l.Config)))
		}
	}
	slices.Sort(lookups)
	want := []string{"aws_ami eu-west-1 2", "aws_subnet eu-west-1 1", "aws_subnet eu-west-1 1", "aws_subnet eu-west-1 1", "aws_subnets eu-west-1 1", "aws_vpc eu-west-1 1"}
	if d := cmp.Diff(want, lookups); d != "" {
		t.Error(d)
	}
}

// Addresses are where they belong: it is said of private ones in which subnet, IPv6 subnets are in the block of their VPC, adopted defaults where the VPC says.
func TestAddresses(t *testing.T) {
	r := newRun(t, "testdata/wide", 6)
	p := r.plan()
	subnet := p.change(t, `module.network["green"].aws_subnet.private["a"]`).Change.After
	server := p.change(t, `aws_instance.server[0]`).Change.After
	private, block4 := server["private_ip"].(string), subnet["cidr_block"].(string)
	within := ""
	for _, x := range r.record.Planned {
		within += x.Within[private]
	}
	if within != block4 {
		t.Errorf("nobody says that %s is to be in %s", private, block4)
	}
	if netip.MustParsePrefix(block4).Contains(netip.MustParseAddr(private)) {
		t.Errorf("%s stands for an address of %s: code may mean that very address", private, block4)
	}
	vpc := p.change(t, `module.network["green"].aws_vpc.this`).Change.After
	block := netip.MustParsePrefix(vpc["ipv6_cidr_block"].(string))
	if block.Bits() != 56 || !block.Overlaps(netip.MustParsePrefix(subnet["ipv6_cidr_block"].(string))) {
		t.Errorf("the VPC has %v, its subnet %v", block, subnet["ipv6_cidr_block"])
	}
	table := p.change(t, `module.network["green"].aws_default_route_table.this`).Change.After
	group := p.change(t, `module.network["green"].aws_default_security_group.this`).Change.After
	if table["id"] != vpc["default_route_table_id"] || table["vpc_id"] != vpc["id"] || group["id"] != vpc["default_security_group_id"] {
		t.Errorf("adopted are %v of %v, and %v", table["id"], table["vpc_id"], group["id"])
	}
	if g := server["vpc_security_group_ids"].([]any); len(g) != 1 || g[0] != vpc["default_security_group_id"] {
		t.Errorf("a server without a group has %v", g)
	}
	nat := p.change(t, `module.network["green"].aws_nat_gateway.this`).Change.After
	eip := p.change(t, `module.network["green"].aws_eip.nat`).Change.After
	if nat["public_ip"] != eip["public_ip"] {
		t.Errorf("the NAT gateway has %v, its elastic address is %v", nat["public_ip"], eip["public_ip"])
	}
	route := p.change(t, `aws_route.inspected["eu-west-1a"]`).Change.After
	for _, other := range []string{"instance_id", "network_interface_id"} {
		if route[other] != "" {
			t.Errorf("the route to an endpoint has %s %v as well", other, route[other])
		}
	}
}

// A subnet that has IPv6 only gives no IPv4 addresses.
func TestIPv6OnlySubnet(t *testing.T) {
	p := newRun(t, "testdata/ipv6only", 6).plan()
	subnet := p.change(t, "aws_subnet.a").Change.After
	server := p.change(t, "aws_instance.a").Change.After
	face := p.change(t, "aws_network_interface.a").Change.After
	if server["private_ip"] != "" || server["public_ip"] != "" || server["private_dns"] != "" || server["public_dns"] != "" {
		t.Errorf("the server has %v and %v, %v and %v", server["private_ip"], server["public_ip"], server["private_dns"], server["public_dns"])
	}
	if ips := face["private_ips"].([]any); face["private_ip"] != "" || len(ips) != 0 {
		t.Errorf("the interface has %v, %v", face["private_ip"], ips)
	}
	if a := server["ipv6_addresses"].([]any); len(a) != 1 || !netip.MustParsePrefix(subnet["ipv6_cidr_block"].(string)).Contains(netip.MustParseAddr(a[0].(string))) {
		t.Errorf("the server has %v in a subnet of %v", a, subnet["ipv6_cidr_block"])
	}
}

// The same configuration has the same placeholders, whatever order Terraform asks in. (But which of several equal instances has which is Terraform's
// chance: what differs between those that refer to them then differs, too. Whoever knows the addresses renames.)
func TestSamePlaceholders(t *testing.T) {
	var before []string
	for n := range 2 {
		r := newRun(t, "testdata/equal", 6)
		r.plan(fmt.Sprintf("-parallelism=%d", 1+9*n))
		var all []string
		for _, x := range r.record.Planned {
			for text := range x.Placeholders {
				if _, err := netip.ParseAddr(text); err != nil {
					all = append(all, text)
				}
			}
		}
		for _, x := range r.record.Lookups {
			for text := range x.Placeholders {
				all = append(all, text)
			}
		}
		slices.Sort(all)
		if n > 0 {
			if d := cmp.Diff(before, all); d != "" {
				t.Error(d)
			}
		}
		if len(all) < 90 || len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%d placeholders, some of them twice: %v", len(all), all)
		}
		before = all
	}
}

// What somebody knows of a data source is taken from there; what is asked of something planned is answered from the plan.
func TestLookup(t *testing.T) {
	r := newRun(t, "testdata/wide", 6)
	r.config.Lookup = func(provider, typ string, config map[string]any, account, region string) (map[string]any, bool) {
		where := provider + " " + account + " " + region
		if where != "hashicorp/aws 111111111111 eu-west-1" {
			t.Errorf("asked is %s", where)
		}
		switch typ {
		case "aws_vpc":
			if d := cmp.Diff(map[string]any{"tags": map[string]any{"Name": "shared"}}, config); d != "" {
				t.Error(d)
			}
			return map[string]any{"id": "vpc-0aaaaaaaaaaaaaaaa", "cidr_block": "10.9.0.0/16"}, true
		case "aws_subnets":
			return map[string]any{"ids": []any{"subnet-0aaaaaaaaaaaaaaaa"}}, true
		case "aws_subnet":
			return map[string]any{"cidr_block": "10.9.1.0/24", "availability_zone": "eu-west-1c", "vpc_id": "vpc-0aaaaaaaaaaaaaaaa"}, true
		}
		return nil, false
	}
	f := facts(t, r.plan())
	if d := cmp.Diff([]any{"10.9.1.64/26"}, f["shared"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"eu-west-1c"}, f["shared_zones"]); d != "" {
		t.Error(d)
	}
	if f["planned"] != "10.1.0.0/16" {
		t.Errorf("a data source of a planned VPC says %v", f["planned"])
	}
	for _, l := range r.record.Lookups {
		if l.Type == "aws_ami" == l.Answered {
			t.Errorf("%s: answered is %t", l.Type, l.Answered)
		}
	}
}

// Planning the 80 resources of testdata/wide, Terraform's own work included.
func BenchmarkPlan(b *testing.B) {
	r := newRun(b, "testdata/wide", 6)
	r.plan()
	for b.Loop() {
		r.terraform("plan", "-input=false", "-refresh=false", "-lock=false", "-no-color", "-out=plan.bin")
	}
}

// A balancer by the older names of its types is like one by the newer.
func TestOlderNames(t *testing.T) {
	p := newRun(t, "testdata/older", 6).plan()
	for older, newer := range map[string]string{"aws_alb.a": "aws_lb.a", "aws_alb_listener.a": "aws_lb_listener.a", "aws_alb_target_group.a": "aws_lb_target_group.a"} {
		a, b := p.change(t, older).Change.After, p.change(t, newer).Change.After
		for name, v := range b {
			text, ok := v.(string)
			if !ok {
				continue
			}
			blur := func(s string) string {
				return regexp.MustCompile(`[0-9a-f]{8,}|\d{6,}|-[ab]\b|/[ab]/`).ReplaceAllString(s, "*")
			}
			if got, _ := a[name].(string); blur(got) != blur(text) {
				t.Errorf("%s of %s is %q, that of %s is %q", name, older, got, newer, text)
			}
		}
	}
	if a := p.change(t, "aws_alb_target_group.a").Change.After; a["id"] != a["arn"] {
		t.Errorf("the target group is %v, its ARN %v", a["id"], a["arn"])
	}
}
