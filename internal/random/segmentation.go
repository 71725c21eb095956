package random

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Segmentation is the segmentation of a seed, in the language of docs/language.md. It is one that the compiler takes: whatever would be refused is not made.
func Segmentation(seed uint64) string {
	s := &segmentation{Rand: rand.New(rand.NewPCG(seed, 1)), flows: map[string]bool{}, ways: map[string]string{}, lists: map[string][]string{}, out: map[string]bool{}, in: map[string]bool{}}
	for i := range 1 + s.IntN(4) {
		s.environment(i)
	}
	for range 2 + s.IntN(1+3*len(s.roles)) {
		s.flow()
	}
	for _, r := range s.roles {
		s.egress(r)
	}
	s.forbid()
	return s.text.String()
}

// segmentation is one in the making.
type segmentation struct {
	*rand.Rand
	text         strings.Builder
	environments []*declared
	roles        []*role
	flows        map[string]bool
	lists        map[string][]string // of domains, by tier
	ways         map[string]string   // peering or transit, by pair of environments
	out, in      map[string]bool     // roles that may go to the internet, and that take connections from there
}

type declared struct {
	name, region string
	zones        int
}

type role struct {
	at             *declared
	name           string
	tier, internet string
	kind           string
	serves         []string
}

func (r *role) String() string { return r.at.name + "/" + r.name }

// public tells whether members may have public addresses.
func (r *role) public() bool { return r.kind != "lambda" && r.kind != "elasticache" }

func (s *segmentation) chance(percent int) bool { return s.IntN(100) < percent }

func (s *segmentation) say(format string, values ...any) {
	fmt.Fprintf(&s.text, format+"\n", values...)
}

func (s *segmentation) environment(i int) {
	e := &declared{name: fmt.Sprintf("%s-%d", pick(s.Rand, "prod", "staging", "shared", "lab"), i), region: "us-east-1", zones: 1 + s.IntN(3)}
	if s.chance(20) {
		e.region = "eu-west-1"
	}
	s.environments = append(s.environments, e)
	var zones []string
	for k := range e.zones {
		zones = append(zones, fmt.Sprintf("%q", e.region+string(rune('a'+k))))
	}
	s.say("environment %q {\n  account = %q\n  region = %q\n  zones = [%s]", e.name, fmt.Sprintf("%012d", 111111111111*(1+s.IntN(3))), e.region, strings.Join(zones, ", "))
	written := s.chance(40)
	if written {
		s.say("  cidr = \"10.%d.0.0/16\"", 100+i)
	}
	if s.chance(30) {
		s.say("  quotas {\n    acl_entries = 40\n  }")
	}
	ways := []string{"direct", "filtered", "nat", "none", "none"}
	s.Shuffle(len(ways), func(a, b int) { ways[a], ways[b] = ways[b], ways[a] })
	for k, way := range ways[:1+s.IntN(len(ways))] {
		tier := fmt.Sprintf("%s-%d", way, k)
		s.say("  tier %q {\n    internet = %q", tier, way)
		if written && s.chance(50) {
			var blocks []string
			for z := range e.zones {
				blocks = append(blocks, fmt.Sprintf("\"10.%d.%d.0/24\"", 100+i, 16*k+z))
			}
			s.say("    cidrs = [%s]", strings.Join(blocks, ", "))
		}
		s.say("  }")
		for n := range s.IntN(4) {
			s.roles = append(s.roles, s.role(e, fmt.Sprintf("role-%d-%d", k, n), tier, way))
		}
	}
	s.say("}")
	for _, r := range s.roles {
		if r.at != e {
			continue
		}
		s.say("service %q %q {\n  tier = %q", e.name, r.name, r.tier)
		if r.kind != "" {
			s.say("  kind = %q", r.kind)
		}
		if len(r.serves) > 0 {
			s.say("  serves = [\"%s\"]", strings.Join(r.serves, `", "`))
		}
		s.say("}")
	}
}

func (s *segmentation) role(e *declared, name, tier, way string) *role {
	r := &role{at: e, name: name, tier: tier, internet: way}
	if s.chance(40) {
		r.kind = pick(s.Rand, "instances", "rds", "elasticache", "lambda", "ecs", "nlb", "alb")
		if (r.kind == "alb" || r.kind == "rds") && e.zones < 2 { // AWS wants two
			r.kind = "nlb"
		}
	}
	if r.kind == "lambda" { // nothing connects to a function
		return r
	}
	ports := []string{"tcp/443", "tcp/5432", "tcp/8000-8100", "udp/514", "tcp/22", "icmp"}
	s.Shuffle(len(ports), func(a, b int) { ports[a], ports[b] = ports[b], ports[a] })
	r.serves = slices.Clone(ports[:s.IntN(4)])
	return r
}

func (s *segmentation) flow() {
	if len(s.roles) == 0 {
		return
	}
	from, to := s.roles[s.IntN(len(s.roles))], s.roles[s.IntN(len(s.roles))]
	outside := pick(s.Rand, "internet", "internet", "198.51.100.0/24", "203.0.113.7/32")
	switch s.IntN(5) {
	case 0:
		if to.internet == "direct" && len(to.serves) > 0 && to.public() {
			s.in[to.String()] = true
			s.connect(outside, to.String(), "", to.serves)
		}
		return
	case 1:
		if from.internet == "direct" && from.public() || from.internet == "nat" {
			s.out[from.String()] = true
			s.connect(from.String(), outside, "", []string{pick(s.Rand, "tcp/443", "udp/123", "tcp/8000-8010")})
		}
		return
	}
	if len(to.serves) == 0 || from == to && s.chance(70) {
		return
	}
	via := ""
	if from.at != to.at {
		choices := []string{"peering"}
		if from.at.region == to.at.region {
			choices = append(choices, "peering", "transit")
			if !slices.ContainsFunc(to.serves, func(p string) bool { return !strings.HasPrefix(p, "tcp/") || strings.Contains(p, "-") }) && to.kind != "alb" && to.kind != "nlb" {
				choices = append(choices, "privatelink", "privatelink")
			}
		}
		via = pick(s.Rand, choices...)
		if via != "privatelink" { // a route table has one way to a subnet
			pair := min(from.at.name, to.at.name) + " " + max(from.at.name, to.at.name)
			if s.ways[pair] == "" {
				s.ways[pair] = via
			}
			via = s.ways[pair]
		}
	}
	s.connect(from.String(), to.String(), via, to.serves)
}

// connect writes a flow, once.
func (s *segmentation) connect(from, to, via string, ports []string) {
	if s.flows[from+" "+to] {
		return
	}
	s.flows[from+" "+to] = true
	s.say("flow %q %q {", from, to)
	if via != "" {
		s.say("  via = %q", via)
	}
	if some := ports[:1+s.IntN(len(ports))]; len(some) < len(ports) || !strings.Contains(to, "/role") {
		s.say("  ports = [\"%s\"]", strings.Join(some, `", "`))
	}
	if via == "privatelink" && s.chance(60) {
		s.say("  hostname = %q", strings.ReplaceAll(to, "/", ".")+".example")
	}
	if s.chance(30) {
		s.say("  reason = \"because, as they say: it's so\"\n  owner = \"team-a\"")
	}
	s.say("}")
}

func (s *segmentation) egress(r *role) {
	if r.internet != "filtered" || s.chance(30) {
		return
	}
	tier := r.at.name + "/" + r.tier
	if s.lists[tier] == nil {
		names := []string{"*.example.com", "api.example.org", "*.amazonaws.com", "example.net"}
		s.lists[tier] = names[:1+s.IntN(len(names))]
	}
	s.out[r.String()] = true
	s.say("egress %q %q {\n  domains = [\"%s\"]\n}", r.at.name, r.name, strings.Join(s.lists[tier], `", "`))
}

// forbid rules out what no flow declares, and what does not meet on the internet.
func (s *segmentation) forbid() {
	for range s.IntN(4) {
		if len(s.roles) < 2 {
			return
		}
		from, to := s.roles[s.IntN(len(s.roles))], s.roles[s.IntN(len(s.roles))]
		if from != to && !s.flows[from.String()+" "+to.String()] && !(s.out[from.String()] && s.in[to.String()]) {
			s.say("forbid %q %q {\n  reason = \"no\"\n}", from, to)
		}
	}
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }
