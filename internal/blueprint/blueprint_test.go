package blueprint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/synth"
)

func acme(t *testing.T) *Blueprint {
	t.Helper()
	s, err := intent.Load("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return New(s)
}

func (b *Blueprint) environment(name string) *Environment {
	return b.Environments[slices.IndexFunc(b.Environments, func(e *Environment) bool { return e.Name == name })]
}

func (e *Environment) tier(name string) *Tier {
	return e.Tiers[slices.IndexFunc(e.Tiers, func(t *Tier) bool { return t.Name == name })]
}

func compare(t *testing.T, what string, got []string, want string) {
	t.Helper()
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(want), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	if !slices.Equal(got, lines) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// TestEdges: a connection for every flow, in the order of the segmentation; two by way of PrivateLink.
func TestEdges(t *testing.T) {
	b := acme(t)
	var got []string
	for _, e := range b.Edges {
		got = append(got, strings.TrimSpace(fmt.Sprint(e.From, " → ", e.To, " ", e.Ports, " ", e.Via)))
	}
	compare(t, "edges", got, `
		internet → prod/loadbalancer-public [tcp/443]
		prod/loadbalancer-public → prod/app-server [tcp/443]
		prod/app-server → prod/cache-redis [tcp/6379]
		prod/app-server → prod/database-postgres [tcp/5432]
		staging/app-server → prod/replica-postgres [tcp/5432] peering
		workload/analytics → workload/data-platform-endpoint [tcp/443] privatelink
		platform/data-platform-balancer → platform/data-platform [tcp/443] privatelink
		prod/app-server → internet [tcp/443 tcp/80]`)
	if len(b.Peerings) != 1 || b.Peerings[0].Name != "staging-to-prod" || len(b.Services) != 1 || len(b.Endpoints) != 1 || len(b.Transits) != 0 {
		t.Errorf("%+v %+v %+v", b.Peerings, b.Services, b.Endpoints)
	}
	if s := b.Services[0]; !slices.Equal(s.Consumers, []string{"444444444444"}) || b.Endpoints[0].Hostnames[0] != "data-platform.internal.acme.example" {
		t.Errorf("%+v", s)
	}
}

// TestRules: every connection is a pair of rules, by reference where AWS takes one.
func TestRules(t *testing.T) {
	b := acme(t)
	var got []string
	for _, e := range b.Environments {
		for _, g := range e.Groups {
			for _, r := range g.Rules {
				direction, peer := "in", fmt.Sprint(r.Blocks)
				if r.Outbound {
					direction = "out"
				}
				if r.Peer != nil {
					peer = r.Peer.String()
				}
				got = append(got, fmt.Sprint(g, " ", direction, " ", r.Name, " ", peer, " ", r.Port))
			}
		}
	}
	compare(t, "rules", got, `
		prod/loadbalancer-public in loadbalancer-public_from_internet [0.0.0.0/0] tcp/443
		prod/loadbalancer-public out app-server_from_loadbalancer-public prod/app-server tcp/443
		prod/app-server in app-server_from_loadbalancer-public prod/loadbalancer-public tcp/443
		prod/app-server out cache-redis_from_app-server prod/cache-redis tcp/6379
		prod/app-server out database-postgres_from_app-server prod/database-postgres tcp/5432
		prod/app-server out internet_from_app-server [0.0.0.0/0] tcp/443
		prod/app-server out internet_from_app-server_80 [0.0.0.0/0] tcp/80
		prod/cache-redis in cache-redis_from_app-server prod/app-server tcp/6379
		prod/database-postgres in database-postgres_from_app-server prod/app-server tcp/5432
		prod/replica-postgres in prod-replica-postgres_from_staging-app-server staging/app-server tcp/5432
		staging/app-server out prod-replica-postgres_from_staging-app-server prod/replica-postgres tcp/5432
		platform/data-platform in data-platform_from_data-platform-balancer platform/data-platform-balancer tcp/443
		platform/data-platform-balancer out data-platform_from_data-platform-balancer platform/data-platform tcp/443
		workload/analytics out data-platform-endpoint_from_analytics workload/data-platform-endpoint tcp/443
		workload/data-platform-endpoint in data-platform-endpoint_from_analytics workload/analytics tcp/443`)
}

// TestRoutes: the data tier has none; the way out of the app tier is by the firewall and the NAT gateway of its zone, and back; a peering is routed for two tiers.
func TestRoutes(t *testing.T) {
	b := acme(t)
	var got []string
	for _, e := range b.Environments {
		for _, tier := range e.Tiers {
			for _, r := range tier.Routes {
				zone := "all"
				if r.Zone >= 0 {
					zone = e.Zones[r.Zone]
				}
				got = append(got, fmt.Sprint(e.Name, " ", tier.Name, " ", zone, " ", r.Destination, " ", r.Kind))
			}
		}
	}
	compare(t, "routes", got, `
		prod public all 0.0.0.0/0 internet gateway
		prod app us-east-1a 0.0.0.0/0 firewall endpoint
		prod app us-east-1b 0.0.0.0/0 firewall endpoint
		prod app us-east-1c 0.0.0.0/0 firewall endpoint
		prod replica-postgres all 10.1.10.0/24 peering connection
		prod replica-postgres all 10.1.11.0/24 peering connection
		prod replica-postgres all 10.1.12.0/24 peering connection
		prod nat all 0.0.0.0/0 internet gateway
		prod nat us-east-1a 10.0.10.0/24 firewall endpoint
		prod nat us-east-1b 10.0.11.0/24 firewall endpoint
		prod nat us-east-1c 10.0.12.0/24 firewall endpoint
		prod firewall us-east-1a 0.0.0.0/0 NAT gateway
		prod firewall us-east-1b 0.0.0.0/0 NAT gateway
		prod firewall us-east-1c 0.0.0.0/0 NAT gateway
		staging app all 10.0.192.0/23 peering connection
		staging app all 10.0.194.0/23 peering connection
		staging app all 10.0.196.0/23 peering connection`)
}

func (p Permit) words() string {
	direction, remote, reply := "in from", "", ""
	if p.Outbound {
		direction = "out to"
	}
	switch {
	case p.Tier != nil:
		remote = p.Tier.Environment.Name + "/" + p.Tier.Name
	case p.Internet:
		remote = "internet"
	default:
		remote = p.Block.String()
	}
	if p.Reply {
		reply = " reply"
	}
	return fmt.Sprint(direction, " ", remote, " ", p.Port, reply)
}

// TestPermits: what flows need and their replies, at every subnet on the way.
func TestPermits(t *testing.T) {
	b := acme(t)
	for name, want := range map[string]string{
		"data": `
			in from prod/app tcp/6379
			out to prod/app tcp/1024-65535 reply
			in from prod/app tcp/5432`,
		"public": `
			in from internet tcp/443
			out to internet tcp/1024-65535 reply
			out to prod/app tcp/443
			in from prod/app tcp/1024-65535 reply`,
		"nat": `
			in from prod/app tcp/443
			out to prod/app tcp/1024-65535 reply
			out to internet tcp/443
			in from internet tcp/1024-65535 reply
			in from prod/app tcp/80
			out to internet tcp/80`,
		"replica-postgres": `
			in from staging/app tcp/5432
			out to staging/app tcp/1024-65535 reply`,
	} {
		var got []string
		for _, p := range b.environment("prod").tier(name).Permits {
			got = append(got, p.words())
		}
		compare(t, name, got, want)
	}
}

// TestTransit: routes both ways, attachments' subnets that see the near side only (NACL-8), and references inbound only (SG-4).
func TestTransit(t *testing.T) {
	environment := func(name string) string {
		return "environment \"" + name + "\" {\n account = \"111111111111\"\n region = \"us-east-1\"\n zones = [\"us-east-1a\"]\n tier \"app\" {\n internet = \"none\"\n }\n}\nservice \"" + name + "\" \"x\" {\n tier = \"app\"\n serves = [\"tcp/1\"]\n}\n"
	}
	s, err := intent.Parse(map[string][]byte{"a.hcl": []byte(environment("a") + environment("b") + "flow \"a/x\" \"b/x\" { via = \"transit\" }\n")})
	if err != nil {
		t.Fatal(err)
	}
	b := New(s)
	var got []string
	for _, r := range b.Transits[0].Routes {
		got = append(got, fmt.Sprint(r.From.Name, " ", r.Destination, " ", r.To.Name))
	}
	for _, p := range slices.Concat(b.environment("a").tier("transit").Permits, b.environment("b").tier("transit").Permits) {
		got = append(got, p.words())
	}
	for _, g := range []*Group{b.environment("a").Groups[0], b.environment("b").Groups[0]} {
		got = append(got, fmt.Sprint(g.Rules[0].Outbound, " ", g.Rules[0].Peer != nil, " ", g.Rules[0].Blocks))
	}
	compare(t, "transit", got, `
		a 10.1.0.0/23 b
		b 10.0.0.0/23 a
		in from a/app tcp/1
		out to a/app tcp/1024-65535 reply
		out to b/app tcp/1
		in from b/app tcp/1024-65535 reply
		true false [10.1.0.0/20]
		false true []`)
}

// TestRandom: of every segmentation, each rule has its counterpart or an address at the other end, names are unique, and every route between environments has one back.
func TestRandom(t *testing.T) {
	for seed := range uint64(300) {
		text := random.Segmentation(seed)
		s, err := intent.Parse(map[string][]byte{"x.hcl": []byte(text)})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		b := New(s)
		for _, e := range b.Environments {
			names := map[string]bool{}
			for _, g := range e.Groups {
				for _, r := range g.Rules {
					key := fmt.Sprint(r.Outbound, r.Name)
					if names[key] {
						t.Errorf("seed %d: two rules %s", seed, key)
					}
					names[key] = true
					if r.Peer != nil && !slices.ContainsFunc(r.Peer.Rules, func(o *Rule) bool {
						return o.Outbound != r.Outbound && o.Port == r.Port && (o.Peer == g || o.Peer == nil && r.Because.Via == intent.Transit)
					}) {
						t.Errorf("seed %d: %s of %s has no counterpart", seed, r.Name, g)
					}
				}
			}
			for _, tier := range e.Tiers {
				if tier.Internet == intent.None && tier.Purpose == intent.ForRoles && slices.ContainsFunc(tier.Routes, func(r Route) bool { return r.Kind != ToPeering && r.Kind != ToTransit }) {
					t.Errorf("seed %d: %s has a way out", seed, tier.Name)
				}
				for _, r := range tier.Routes {
					if r.To != nil && r.To.Environment != e && !slices.ContainsFunc(r.To.Routes, func(back Route) bool { return back.To == tier && back.Kind == r.Kind }) {
						t.Errorf("seed %d: no route back from %s", seed, r.To.Name)
					}
				}
			}
		}
	}
}

// TestOrganization: a large one is read and worked out in a moment, and is as large as it says.
func TestOrganization(t *testing.T) {
	s, err := intent.Parse(map[string][]byte{"x.hcl": []byte(synth.Segmentation(50, 2000))})
	if err != nil {
		t.Fatal(err)
	}
	b := New(s)
	roles := 0
	for _, e := range s.Environments {
		roles += len(e.Services)
	}
	if len(b.Environments) != 50 || roles != 2100 || len(b.Peerings) != 50 || len(b.Services) != 50 || len(b.Endpoints) != 50 {
		t.Errorf("%d environments, %d roles, %d peerings, %d services, %d endpoints", len(b.Environments), roles, len(b.Peerings), len(b.Services), len(b.Endpoints))
	}
}
