package synth

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// atlas finds its way in a network with hubs.
type atlas struct {
	*network.Network
	tables      map[string]*network.RouteTable // by subnet
	subnets     map[string][]*network.Subnet   // by VPC
	attachments map[string]*network.TransitAttachment
	sides       map[[2]string]*network.TransitAttachment // by gateway and attachment
}

func newAtlas(o Options) *atlas {
	a := &atlas{network.New(Generate(o)), map[string]*network.RouteTable{}, map[string][]*network.Subnet{}, map[string]*network.TransitAttachment{}, map[[2]string]*network.TransitAttachment{}}
	for _, s := range a.Subnets.All() {
		a.subnets[s.VPC] = append(a.subnets[s.VPC], s)
		a.tables[s.ID], _ = a.RouteTables.Get(s.RouteTable)
	}
	for _, each := range a.TransitAttachments.All() {
		a.sides[[2]string{each.Gateway, each.Attachment}] = each
		if each.Type == "vpc" {
			a.attachments[each.Resource] = each
		}
	}
	return a
}

// tier are the subnets of a tier of a VPC.
func (a *atlas) tier(vpc, tier string) []*network.Subnet {
	return slices.DeleteFunc(slices.Clone(a.subnets[vpc]), func(s *network.Subnet) bool {
		value, _ := s.Tag("Tier")
		return value != tier
	})
}

// route is where a table leads, by the longest prefix.
func route(t *network.RouteTable, to netip.Addr) network.Target {
	best := network.Route{}
	for _, r := range t.Routes {
		if r.Destination.Contains(to) && (!best.Destination.IsValid() || r.Destination.Bits() > best.Destination.Bits()) {
			best = r
		}
	}
	return best.Target
}

// transit is the VPC to which a hub takes what a VPC sends to an address, by as many gateways as it needs; empty when none.
func (a *atlas) transit(from *network.TransitAttachment, to netip.Addr) string {
	for range 3 {
		t, ok := a.TransitRouteTables.Get(from.RouteTable)
		if !ok || t.Gateway != from.Gateway {
			return ""
		}
		prefix, next, static := netip.Prefix{}, "", false
		consider := func(p netip.Prefix, attachment string, fixed bool) {
			if p.Contains(to) && (!prefix.IsValid() || p.Bits() > prefix.Bits() || p.Bits() == prefix.Bits() && fixed && !static) {
				prefix, next, static = p, attachment, fixed
			}
		}
		for _, r := range t.Routes {
			consider(r.Destination, strings.Join(r.Attachments, ""), true)
		}
		for _, id := range t.Propagations {
			v, _ := a.VPCs.Get(a.sides[[2]string{t.Gateway, id}].Resource)
			consider(v.Blocks[0], id, false)
		}
		if next == "" {
			return ""
		}
		out := a.sides[[2]string{t.Gateway, next}]
		if out.Type == "vpc" {
			return out.Resource
		}
		from = a.sides[[2]string{out.Peer, next}]
	}
	return ""
}

// large is an organization with hubs, and more than one unit.
var large = Options{Seed: 5, Interfaces: 14_000, VPCs: 70}

// Two VPCs in five are attached to the hub of their Region, in all of their zones, and associated with a table of its gateway.
func TestHubAttachesVPCs(t *testing.T) {
	a := newAtlas(large)
	if got := len(a.attachments); got < 20 || got > 45 {
		t.Errorf("%d of %d VPCs are attached", got, a.VPCs.Len())
	}
	interfaces := map[string]int{}
	for _, i := range a.Interfaces.All() {
		if i.Type == network.TypeTransitGateway {
			interfaces[i.Owner.ID+i.Subnet]++
		}
	}
	for vpc, each := range a.attachments {
		v, _ := a.VPCs.Get(vpc)
		g, _ := a.TransitGateways.Get(each.Gateway)
		table, _ := a.TransitRouteTables.Get(each.RouteTable)
		if g == nil || g.Region != v.Region || table == nil || table.Gateway != g.ID || table.AllRoutes || !table.PropagationsKnown {
			t.Fatalf("%s is not attached as it should: %+v, %+v, %+v", v.Name, each, g, table)
		}
		if each.ApplianceMode != strings.HasPrefix(v.Name, "egress-") {
			t.Errorf("%s: appliance mode is %v", v.Name, each.ApplianceMode)
		}
		zones := map[string]bool{}
		for _, id := range each.Subnets {
			s, _ := a.Subnets.Get(id)
			if s == nil || s.VPC != vpc || interfaces[each.ID+id] != 1 {
				t.Fatalf("%s: subnet %s of the attachment", v.Name, id)
			}
			zones[s.ZoneID] = true
		}
		for _, s := range a.subnets[vpc] {
			if !zones[s.ZoneID] {
				t.Errorf("%s is not attached in %s", v.Name, s.ZoneID)
			}
		}
	}
}

// What may speak by the hub may be answered: each VPC has routes to the other, and each gateway too. Production and the rest are apart, and units are.
func TestHubLeadsBothWays(t *testing.T) {
	a := newAtlas(large)
	kind := func(v *network.VPC) (kind, number string) {
		kind, number, _ = strings.Cut(v.Name, "-")
		if table, _ := a.TransitRouteTables.Get(a.attachments[v.ID].RouteTable); table.Name == "central" {
			kind = "central"
		}
		return kind, number
	}
	unit := func(number string) int {
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		return n / 20
	}
	may := func(one, two *network.VPC) bool {
		k, n := kind(one)
		l, m := kind(two)
		switch {
		case k == "central" || l == "central":
			return true
		case k == "egress" || l == "egress" || one.Region != two.Region || unit(n) != unit(m):
			return false
		case k == "shared" || l == "shared":
			return true
		}
		return (k == "prod") == (l == "prod")
	}
	centrals, pairs := 0, 0
	for from := range a.attachments {
		one, _ := a.VPCs.Get(from)
		if k, _ := kind(one); k == "egress" {
			continue
		} else if k == "central" {
			centrals++
		}
		for to := range a.attachments {
			two, _ := a.VPCs.Get(to)
			k, _ := kind(two)
			if from == to || k == "egress" {
				continue
			}
			address := two.Blocks[0].Addr()
			if got, want := a.transit(a.attachments[from], address), map[bool]string{true: to}[may(one, two)]; got != want {
				t.Fatalf("%s → %s: leads to %q, want %q", one.Name, two.Name, got, want)
			}
			for _, tier := range []string{"public", "app", "data"} {
				for _, s := range a.tier(from, tier) {
					if r := route(a.tables[s.ID], address); r.Kind != network.TargetTransitGateway && r.Kind != network.TargetPeering {
						t.Fatalf("%s → %s: leads to %v", s.Name, two.Name, r)
					}
				}
			}
			pairs++
		}
	}
	if centrals != 2 || pairs < 500 {
		t.Errorf("%d central VPCs, %d pairs", centrals, pairs)
	}
}

// A VPC without a way of its own reaches the internet by the hub: through the firewall's endpoint of one zone and its NAT gateway, and back
// through the same.
func TestEgressLeadsBothWays(t *testing.T) {
	a := newAtlas(large)
	outside := netip.MustParseAddr("93.184.216.34")
	central, own := 0, 0
	for _, v := range a.VPCs.All() {
		subnets := a.tier(v.ID, "app")
		if len(subnets) == 0 {
			continue
		}
		if route(a.tables[subnets[0].ID], outside).Kind != network.TargetTransitGateway {
			own++
			continue
		}
		central++
		hub, _ := a.VPCs.Get(a.transit(a.attachments[v.ID], outside))
		if hub == nil || !strings.HasPrefix(hub.Name, "egress-") || hub.Region != v.Region {
			t.Fatalf("%s: the default route leads to %v", v.Name, hub)
		}
		for _, id := range a.attachments[hub.ID].Subnets {
			wall := route(a.tables[id], outside)
			inspection := a.subnetOf(t, wall)
			exit, _ := a.NATGateways.Get(route(a.tables[inspection.ID], outside).ID)
			if exit == nil || route(a.tables[exit.Subnet], outside).Kind != network.TargetInternetGateway {
				t.Fatalf("%s: nothing leads out of %s", v.Name, inspection.Name)
			}
			inside := v.Blocks[0].Addr()
			if back := route(a.tables[exit.Subnet], inside); back != wall {
				t.Errorf("%s: what comes back to %s passes %v, not %v", hub.Name, inside, back, wall)
			}
			if back := route(a.tables[inspection.ID], inside); back.Kind != network.TargetTransitGateway {
				t.Errorf("%s: what comes back to %s leaves by %v", hub.Name, inside, back)
			}
			if at, _ := a.Subnets.Get(id); at.ZoneID != inspection.ZoneID {
				t.Errorf("%s: %s is sent to %s", hub.Name, at.Name, inspection.Name)
			}
		}
		if back := a.transit(a.attachments[hub.ID], v.Blocks[0].Addr()); back != v.ID {
			t.Errorf("%s: what comes back is sent to %q", v.Name, back)
		}
	}
	if central < 10 || own < 15 {
		t.Errorf("%d VPCs use the hub, %d their own gateways", central, own)
	}
}

// subnetOf is the subnet of the firewall endpoint that a route leads to.
func (a *atlas) subnetOf(t *testing.T, to network.Target) *network.Subnet {
	t.Helper()
	for _, f := range a.Firewalls.All() {
		for _, e := range f.Endpoints {
			if e.ID == to.ID {
				s, _ := a.Subnets.Get(e.Subnet)
				return s
			}
		}
	}
	t.Fatalf("%v is no endpoint of a firewall", to)
	return nil
}

// What a route sends to a firewall comes back through the same endpoint, in the same zone (FW-1).
func TestFirewallRoutesReturn(t *testing.T) {
	a := newAtlas(large)
	out, back := map[string][]netip.Prefix{}, map[string][]netip.Prefix{} // by endpoint: whose packets pass it, and whose replies do
	for _, table := range a.RouteTables.All() {
		for _, r := range table.Routes {
			if !strings.HasPrefix(r.Target.ID, "vpce-") || r.PrefixList != "" {
				continue
			}
			at := a.subnetOf(t, r.Target)
			if r.Destination != all4 {
				back[r.Target.ID] = append(back[r.Target.ID], r.Destination)
				continue
			}
			for _, id := range table.Subnets {
				s, _ := a.Subnets.Get(id)
				if s.VPC != at.VPC || s.ZoneID != at.ZoneID {
					t.Errorf("%s is sent to %s", s.Name, at.Name)
				}
				if tier, _ := s.Tag("Tier"); tier == "transit" {
					out[r.Target.ID] = append(out[r.Target.ID], private...)
				} else {
					out[r.Target.ID] = append(out[r.Target.ID], s.Blocks[0])
				}
			}
		}
	}
	if a.Firewalls.Len() < 6 {
		t.Errorf("there are %d firewalls", a.Firewalls.Len())
	}
	order := func(a, b netip.Prefix) int { return cmp.Compare(a.String(), b.String()) }
	for _, f := range a.Firewalls.All() {
		if len(f.Endpoints) != 3 {
			t.Errorf("%s has %d endpoints", f.Name, len(f.Endpoints))
		}
		for _, e := range f.Endpoints {
			slices.SortFunc(out[e.ID], order)
			slices.SortFunc(back[e.ID], order)
			if len(out[e.ID]) == 0 || !slices.Equal(out[e.ID], back[e.ID]) {
				t.Errorf("%s %s: out for %s, back for %s", f.Name, e.Zone, out[e.ID], back[e.ID])
			}
			if listed, _ := a.Endpoints.Get(e.ID); listed == nil || listed.Type != network.EndpointGatewayLoadBalancer || listed.Subnets[0] != e.Subnet {
				t.Errorf("%s is not among the VPC endpoints: %+v", e.ID, listed)
			}
		}
	}
}

// Firewalls have a policy in strict order whose groups are there, with an allow list of names, and which says what is home.
func TestFirewallPolicies(t *testing.T) {
	a := newAtlas(large)
	for _, f := range a.Firewalls.All() {
		p, _ := a.FirewallPolicies.Get(f.Policy)
		if p == nil || p.Region != f.Region || !p.Strict || !slices.Equal(p.StatelessDefaults, []string{"aws:forward_to_sfe"}) || !slices.Contains(p.StatefulDefaults, "aws:drop_established") ||
			len(p.IPSets["HOME_NET"]) != len(private) {
			t.Fatalf("%s has the policy %+v", f.Name, p)
		}
		names, rules, priority := 0, 0, 0
		for _, r := range p.StatefulGroups {
			g, _ := a.FirewallRuleGroups.Get(r.RuleGroup)
			if g == nil || !g.Strict || r.Priority <= priority {
				t.Fatalf("%s has the group %+v", p.Name, g)
			}
			priority = r.Priority
			if g.Domains != nil {
				names += len(g.Domains.Targets)
			}
			rules += len(g.Rules)
			for _, reference := range g.References {
				if _, ok := a.PrefixLists.Get(reference[strings.LastIndexByte(reference, '/')+1:]); !ok {
					t.Errorf("%s refers to %s", g.Name, reference)
				}
			}
		}
		if names < 10 || rules < 2 {
			t.Errorf("%s has %d names and %d rules", p.Name, names, rules)
		}
	}
}

// An organization of few VPCs, or of small ones, has no hub.
func TestNoHub(t *testing.T) {
	for _, o := range []Options{{}, {Interfaces: 10_000}, {Interfaces: 1000, VPCs: 6}, {Interfaces: 390, VPCs: 10}} {
		c := Generate(o)
		if len(c.TransitGateways)+len(c.TransitAttachments)+len(c.Firewalls)+len(c.FirewallPolicies) > 0 {
			t.Errorf("%+v: has a hub", o)
		}
	}
}
