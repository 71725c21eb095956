package compile

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
)

// entry is an entry of a network ACL.
type entry struct {
	Key      string
	Tier     *blueprint.Tier
	Outbound bool
	Number   int
	Deny     bool
	Block    netip.Prefix
	span     span
	Because  []*blueprint.Edge // none: it keeps the VPC's own addresses out of the internet
}

// Where numbers of entries come from. An entry's number is made of its key, so that no other entry has any bearing on it. What is between the bands matters: an ACL is read in the
// order of its numbers, and the internet is what is left when the VPC's own addresses are denied, of which those that are to be admitted have been before.
const (
	firstExact, lastExact       = 1000, 19999
	ownAddresses                = 20000
	firstInternet, lastInternet = 21000, 32000
)

// entries are those of the network ACL of a tier: what they admit is exactly what the permits say. The error says that they are more than AWS takes, which counts the deny at the end that is its own.
func entries(t *blueprint.Tier, problems *Error) []*entry {
	var all []*entry
	for _, outbound := range []bool{false, true} {
		plain := permitted(t, outbound)
		if limit := t.Environment.Quotas.ACLEntries - 1; len(plain)+denials(plain) > limit {
			if fewer := merged(t, outbound, plain); len(fewer) < len(plain) {
				plain = fewer
			}
			if count := len(plain) + denials(plain); count > limit {
				tooMany(t, outbound, count, plain, problems)
			}
		}
		if denials(plain) > 0 {
			plain = append(plain, &entry{Key: fmt.Sprintf("%s_%s_own_addresses", t.Name, direction(outbound)), Tier: t, Outbound: outbound, Deny: true, Block: t.Environment.Block, span: anything})
		}
		number(plain)
		all = append(all, plain...)
	}
	return all
}

// direction is the word for it in keys.
func direction(outbound bool) string {
	if outbound {
		return "out"
	}
	return "in"
}

// permitted is an entry for each permit and each block of its remote end. Some may say the same.
func permitted(t *blueprint.Tier, outbound bool) []*entry {
	var all []*entry
	for _, p := range t.Permits {
		if p.Outbound != outbound {
			continue
		}
		blocks, remote := []netip.Prefix{p.Block}, strings.ReplaceAll(p.Block.String(), "/", "-")
		switch {
		case p.Internet:
			blocks, remote = []netip.Prefix{everywhere}, "internet"
		case p.Tier != nil:
			blocks, remote = joined(p.Tier.Prefixes()), p.Tier.Name
			if p.Tier.Environment != t.Environment {
				remote = p.Tier.Environment.Name + "_" + p.Tier.Name
			}
		}
		what := portKey(p.Port)
		if p.Reply && (p.Port.Protocol == "tcp" || p.Port.Protocol == "udp") {
			what = p.Port.Protocol + "-replies"
		}
		key := fmt.Sprintf("%s_%s_%s_%s", t.Name, direction(outbound), what, remote)
		for _, block := range blocks {
			each := &entry{Key: key, Tier: t, Outbound: outbound, Block: block, span: spanOf(p.Port), Because: []*blueprint.Edge{p.Because}}
			if len(blocks) > 1 {
				each.Key += "_" + strings.ReplaceAll(block.String(), "/", "-")
			}
			all = add(all, each)
		}
	}
	return all
}

// add adds an entry, unless there is one that says the same.
func add(all []*entry, e *entry) []*entry {
	for _, other := range all {
		if other.Block == e.Block && other.span == e.span {
			other.because(e.Because)
			return all
		}
	}
	for slices.ContainsFunc(all, func(other *entry) bool { return other.Key == e.Key }) {
		e.Key += "_too"
	}
	return append(all, e)
}

func (e *entry) because(edges []*blueprint.Edge) {
	for _, each := range edges {
		if !slices.Contains(e.Because, each) {
			e.Because = append(e.Because, each)
		}
	}
}

// denials is 1 where entries admit the internet, from which the VPC's own addresses have to be kept apart.
func denials(all []*entry) int {
	if slices.ContainsFunc(all, func(e *entry) bool { return e.Block == everywhere }) {
		return 1
	}
	return 0
}

// number gives each entry its number, the ones that were declared first first.
func number(all []*entry) {
	taken := map[int]bool{}
	for _, e := range all {
		first, last := firstExact, lastExact
		switch {
		case e.Deny:
			first, last = ownAddresses, ownAddresses
		case e.Block == everywhere:
			first, last = firstInternet, lastInternet
		}
		e.Number = numbered(e.Key, first, last, taken)
	}
}

// numbered is a number that is made of a key, so that what else there is has no bearing on it. Where it is taken, it is the next.
func numbered(key string, first, last int, taken map[int]bool) int {
	h := fnv.New32a()
	h.Write([]byte(key)) // never fails
	size := last - first + 1
	n := int(h.Sum32() % uint32(size))
	for taken[first+n] {
		n = (n + 1) % size
	}
	taken[first+n] = true
	return first + n
}

func tooMany(t *blueprint.Tier, outbound bool, count int, all []*entry, problems *Error) {
	way := "inbound"
	if outbound {
		way = "outbound"
	}
	advice := ""
	if !t.Reserve.IsValid() || slices.ContainsFunc(t.Permits, func(p blueprint.Permit) bool { return p.Tier != nil && !p.Tier.Reserve.IsValid() }) {
		advice = "; or leave out the cidrs of the tiers that it talks to, which are then laid out as one block each"
	}
	var edges []*blueprint.Edge
	for _, e := range all {
		edges = append(edges, e.Because...)
	}
	raise := fmt.Sprintf("Have the quota raised in AWS, and say quotas { acl_entries = %d } in the environment", count+1)
	if count > 39 {
		raise = "AWS raises that quota to 40 at most"
	}
	problems.add(t.At, fmt.Sprintf("the network ACL of tier %q of environment %q needs %d %s entries, and AWS takes %d beside its own", t.Name, t.Environment.Name, count, way, t.Environment.Quotas.ACLEntries-1),
		"They come from the flows at %s. %s%s; or split the tier in two, by what its roles talk to.", lines(edges), raise, advice)
}
