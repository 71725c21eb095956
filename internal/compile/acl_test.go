package compile

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"pgregory.net/rapid"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/random"
)

// probe is a packet as a network ACL sees it.
type probe struct {
	remote   netip.Addr
	protocol string // "tcp", "udp", "icmp", "gre"
	port     int
}

// permits tells whether some permit admits a packet: the definition.
func permits(t *blueprint.Tier, outbound bool, p probe) bool {
	return slices.ContainsFunc(t.Permits, func(each blueprint.Permit) bool {
		if each.Outbound != outbound {
			return false
		}
		switch {
		case each.Internet:
			if t.Environment.Block.Contains(p.remote) {
				return false
			}
		case each.Tier != nil:
			if !slices.ContainsFunc(each.Tier.Prefixes(), func(b netip.Prefix) bool { return b.Contains(p.remote) }) {
				return false
			}
		case !each.Block.Contains(p.remote):
			return false
		}
		return each.Port.Protocol == "any" || each.Port.Protocol == p.protocol && (p.protocol == "icmp" || each.Port.From <= p.port && p.port <= each.Port.To)
	})
}

// admits walks entries as AWS does: in the order of their numbers, the first that matches decides.
func admits(all []*entry, outbound bool, p probe) bool {
	var list []*entry
	for _, e := range all {
		if e.Outbound == outbound {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return a.Number - b.Number })
	for _, e := range list {
		port := e.span.port()
		if e.Block.Contains(p.remote) && (port.Protocol == "any" || port.Protocol == p.protocol && (p.protocol == "icmp" || port.From <= p.port && p.port <= port.To)) {
			return !e.Deny
		}
	}
	return false
}

// probes are packets from both sides of every edge that permits and entries have.
func probes(t *blueprint.Tier, all []*entry) []probe {
	addresses := map[netip.Addr]bool{netip.MustParseAddr("0.0.0.0"): true, netip.MustParseAddr("255.255.255.255"): true}
	numbers := map[int]bool{0: true, 65535: true}
	block := func(b netip.Prefix) {
		if !b.IsValid() {
			return
		}
		first := b.Masked().Addr()
		last := lastOf(b)
		for _, a := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			if a.IsValid() {
				addresses[a] = true
			}
		}
	}
	port := func(p intent.Port) {
		for _, n := range []int{p.From - 1, p.From, p.To, p.To + 1} {
			if 0 <= n && n <= 65535 {
				numbers[n] = true
			}
		}
	}
	block(t.Environment.Block)
	for _, p := range t.Permits {
		block(p.Block)
		if p.Tier != nil {
			for _, b := range p.Tier.Prefixes() {
				block(b)
			}
		}
		port(p.Port)
	}
	for _, e := range all {
		block(e.Block)
		port(e.span.port())
	}
	var out []probe
	for a := range addresses {
		out = append(out, probe{a, "icmp", 0}, probe{a, "gre", 0})
		for n := range numbers {
			out = append(out, probe{a, "tcp", n}, probe{a, "udp", n})
		}
	}
	return out
}

func lastOf(b netip.Prefix) netip.Addr {
	a := b.Masked().Addr().As4()
	for bit := b.Bits(); bit < 32; bit++ {
		a[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(a)
}

// exact fails where entries admit something else than the permits of a tier, or break a rule of AWS's.
func exact(t interface {
	Fatalf(string, ...any)
}, tier *blueprint.Tier, all []*entry) {
	numbers, keys, count := map[string]bool{}, map[string]bool{}, map[bool]int{}
	for _, e := range all {
		number := fmt.Sprint(e.Outbound, e.Number)
		if numbers[number] || keys[e.Key] || e.Number < 1 || e.Number > 32766 {
			t.Fatalf("%s: the number %d or the key is there already, or is none", e.Key, e.Number)
		}
		numbers[number], keys[e.Key] = true, true
		count[e.Outbound]++
		if !e.Deny && len(e.Because) == 0 {
			t.Fatalf("%s has no reason", e.Key)
		}
	}
	for outbound, n := range count {
		if n > tier.Environment.Quotas.ACLEntries {
			t.Fatalf("%d entries (outbound %t) are more than %d", n, outbound, tier.Environment.Quotas.ACLEntries)
		}
	}
	for _, outbound := range []bool{false, true} {
		for _, p := range probes(tier, all) {
			if want, got := permits(tier, outbound, p), admits(all, outbound, p); want != got {
				t.Fatalf("%v (outbound %t): permits say %t, entries say %t\n%s", p, outbound, want, got, show(tier, all))
			}
		}
	}
}

func show(tier *blueprint.Tier, all []*entry) string {
	var b strings.Builder
	for _, p := range tier.Permits {
		remote := p.Block.String()
		if p.Tier != nil {
			remote = fmt.Sprint(p.Tier.Prefixes())
		}
		fmt.Fprintf(&b, "permit outbound %t internet %t %s %s\n", p.Outbound, p.Internet, remote, p.Port)
	}
	for _, e := range all {
		fmt.Fprintf(&b, "%5d %s outbound %t deny %t %s %s\n", e.Number, e.Key, e.Outbound, e.Deny, e.Block, e.span.port())
	}
	return b.String()
}

// What network ACLs admit is exactly what the permits of their tiers say, however much has to be merged to keep to a quota.
func TestExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tier := randomTier(t)
		problems := &Error{}
		all := entries(tier, problems)
		if len(problems.Problems) > 0 { // too many, whatever is merged: without a quota they still are exact
			tier.Environment.Quotas.ACLEntries = 1 << 20
			all = entries(tier, &Error{})
		}
		exact(t, tier, all)
	})
}

// Merging makes them no more than they were, and is exact when it has to be.
func TestMerged(t *testing.T) {
	fewer := 0
	rapid.Check(t, func(t *rapid.T) {
		tier := randomTier(t)
		tier.Environment.Quotas.ACLEntries = 1 << 20
		var all []*entry
		for _, outbound := range []bool{false, true} {
			plain := permitted(tier, outbound)
			less := merged(tier, outbound, plain)
			if len(less) < len(plain) {
				fewer++
			}
			if denials(less) > 0 {
				less = append(less, &entry{Key: fmt.Sprintf("own_%t", outbound), Outbound: outbound, Deny: true, Block: tier.Environment.Block, span: anything})
			}
			number(less)
			all = append(all, less...)
		}
		exact(t, tier, all)
	})
	if fewer == 0 {
		t.Error("nothing was ever merged")
	}
}

// randomTier is a tier with permits at random.
func randomTier(t *rapid.T) *blueprint.Tier {
	edge := &blueprint.Edge{Flow: &intent.Flow{Accountable: intent.Accountable{At: hcl.Range{Filename: "w.hcl"}}}}
	environment := func(name, block string, quota int) *blueprint.Environment {
		return &blueprint.Environment{Environment: &intent.Environment{Name: name, Block: netip.MustParsePrefix(block), Zones: []string{"a", "b", "c"}, Quotas: intent.Quotas{ACLEntries: quota}}}
	}
	own := environment("own", "10.0.0.0/16", rapid.SampledFrom([]int{3, 5, 8, 12, 20}).Draw(t, "quota"))
	other := environment("other", "10.1.0.0/16", 20)
	var tiers []*blueprint.Tier
	for _, e := range []*blueprint.Environment{own, own, own, other, other} {
		one := &blueprint.Tier{Environment: e, Tier: &intent.Tier{Name: fmt.Sprintf("tier-%d", len(tiers))}}
		base := e.Block.Addr().As4()
		base[2] = byte(len(tiers) * 16)
		if rapid.Bool().Draw(t, "reserve") {
			one.Reserve = netip.PrefixFrom(netip.AddrFrom4(base), 20)
		}
		for range 3 {
			one.Subnets = append(one.Subnets, netip.PrefixFrom(netip.AddrFrom4(base), 24))
			base[2] += byte(rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "gap"))
		}
		tiers = append(tiers, one)
	}
	tier := tiers[0]
	port := rapid.Custom(func(t *rapid.T) intent.Port {
		switch protocol := rapid.SampledFrom([]string{"tcp", "tcp", "tcp", "udp", "icmp", "any"}).Draw(t, "protocol"); protocol {
		case "tcp", "udp":
			from := rapid.SampledFrom([]int{0, 80, 443, 444, 1023, 1024, 5432, 6379, 8000}).Draw(t, "from")
			to := rapid.SampledFrom([]int{from, from, from + 1, 1023, 65535}).Draw(t, "to")
			return intent.Port{Protocol: protocol, From: from, To: max(from, to)}
		default:
			return intent.Port{Protocol: protocol}
		}
	})
	for range rapid.IntRange(0, 25).Draw(t, "permits") {
		p := blueprint.Permit{Outbound: rapid.Bool().Draw(t, "outbound"), Port: port.Draw(t, "port"), Reply: rapid.Bool().Draw(t, "reply"), Because: edge}
		switch rapid.IntRange(0, 5).Draw(t, "remote") {
		case 0:
			p.Internet = true
		case 1:
			p.Block = netip.MustParsePrefix(rapid.SampledFrom([]string{"198.51.100.0/24", "198.51.100.7/32", "198.51.101.0/24", "192.0.2.0/25"}).Draw(t, "block"))
		default:
			p.Tier = rapid.SampledFrom(tiers).Draw(t, "tier")
		}
		tier.Permits = append(tier.Permits, p)
	}
	return tier
}

// What adds an entry neither moves nor renames another one.
func TestStableNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tier := randomTier(t)
		tier.Environment.Quotas.ACLEntries = 1 << 20
		before := map[string]int{}
		last := len(tier.Permits) - 1
		if last < 0 {
			return
		}
		more := tier.Permits[last]
		tier.Permits = tier.Permits[:last]
		for _, e := range entries(tier, &Error{}) {
			before[e.Key] = e.Number
		}
		tier.Permits = append(tier.Permits, more)
		for _, e := range entries(tier, &Error{}) {
			if n, ok := before[e.Key]; ok && n != e.Number {
				t.Fatalf("%s had the number %d, and has %d", e.Key, n, e.Number)
			}
			delete(before, e.Key)
		}
		for key := range before {
			t.Fatalf("%s is gone", key)
		}
	})
}

// A port inside the replies of the same addresses, ports that adjoin, and blocks that adjoin need no entries of their own.
func TestMergedAsPeopleWould(t *testing.T) {
	edge := &blueprint.Edge{Flow: &intent.Flow{}}
	own := &blueprint.Environment{Environment: &intent.Environment{Name: "own", Block: netip.MustParsePrefix("10.0.0.0/16"), Zones: []string{"a"}, Quotas: intent.Quotas{ACLEntries: 3}}}
	at := func(block string) *blueprint.Tier {
		p := netip.MustParsePrefix(block)
		return &blueprint.Tier{Environment: own, Tier: &intent.Tier{Name: "t-" + p.Addr().String(), Subnets: []netip.Prefix{p}}}
	}
	tier := at("10.0.0.0/24")
	one, two, three := at("10.0.2.0/24"), at("10.0.3.0/24"), at("10.0.5.0/24")
	add := func(to *blueprint.Tier, from, to2 int) {
		tier.Permits = append(tier.Permits, blueprint.Permit{Tier: to, Port: intent.Port{Protocol: "tcp", From: from, To: to2}, Because: edge})
	}
	add(one, 1024, 65535)
	add(one, 5432, 5432)
	add(two, 1024, 65535)
	add(three, 443, 443)
	add(three, 444, 450)
	var got []string
	for _, e := range entries(tier, &Error{}) {
		got = append(got, e.Block.String()+" "+e.span.port().String())
	}
	want := []string{"10.0.2.0/23 tcp/1024-65535", "10.0.5.0/24 tcp/443-450"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	exact(t, tier, entries(tier, &Error{}))
}

// The entries of whole segmentations.
func TestExactSegmentations(t *testing.T) {
	seen := 0
	for seed := range uint64(60) {
		b := randomBlueprint(t, seed)
		for _, e := range b.Environments {
			for _, tier := range e.Tiers {
				problems := &Error{}
				all := entries(tier, problems)
				if len(problems.Problems) > 0 {
					continue
				}
				seen += len(all)
				exact(t, tier, all)
			}
		}
	}
	if seen < 1000 {
		t.Errorf("%d entries only", seen)
	}
}

func randomBlueprint(t *testing.T, seed uint64) *blueprint.Blueprint {
	t.Helper()
	s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(random.Segmentation(seed))})
	if err != nil {
		t.Fatal(err)
	}
	return blueprint.New(s)
}
