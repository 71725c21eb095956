package request

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/report"
)

// pair are the two ends of what a blueprint makes possible.
type pair struct{ source, destination string }

// reach is what a blueprint makes possible.
type reach struct {
	pairs []pair // in the order of the blueprint
	ports map[pair][]intent.Port
}

func reachOf(b *blueprint.Blueprint) *reach {
	r := &reach{ports: map[pair][]intent.Port{}}
	for _, e := range b.Edges {
		if e.Egress == nil {
			r.add(pair{e.From.String(), e.To.String()}, e.Ports)
			continue
		}
		for _, domain := range e.Egress.Domains {
			r.add(pair{e.From.String(), domain}, e.Ports)
		}
	}
	return r
}

func (r *reach) add(p pair, ports []intent.Port) {
	if _, known := r.ports[p]; !known {
		r.pairs = append(r.pairs, p)
	}
	r.ports[p] = append(r.ports[p], ports...)
}

// compare lists what one blueprint makes possible and another does not: first what is gained, then what is lost.
func compare(before, after *blueprint.Blueprint) []report.Reach {
	old, new := reachOf(before), reachOf(after)
	list := []report.Reach{}
	for _, each := range []struct {
		has, lacks *reach
		effect     string
	}{{new, old, report.Opened}, {old, new, report.Closed}} {
		for _, p := range each.has.pairs {
			if ports := minus(union(each.has.ports[p]), each.lacks.ports[p]); len(ports) > 0 {
				list = append(list, report.Reach{Source: p.source, Destination: p.destination, Ports: words(ports), Effect: each.effect})
			}
		}
	}
	return list
}

// moved says which roles get other subnets: those that get a tier of their own, because they are joined to another environment.
func moved(before, after *intent.Segmentation) []string {
	tiers := map[string]*intent.Tier{}
	for _, e := range before.Environments {
		for _, s := range e.Services {
			tiers[s.String()] = s.Tier
		}
	}
	var notes []string
	for _, e := range after.Environments {
		for _, s := range e.Services {
			old := tiers[s.String()]
			if old == nil || slices.Equal(old.Subnets, s.Tier.Subnets) {
				continue
			}
			why := ""
			if s.Tier.Own != nil {
				why = " It is joined to another environment, and the others of " + s.Declared.Name + " are to have no way out."
			}
			notes = append(notes, fmt.Sprintf("The members of %s move from tier %s (%s) to tier %s (%s), and are made anew there.%s",
				s, old.Name, prefixes(old), s.Tier.Name, prefixes(s.Tier), why))
		}
	}
	return notes
}

func prefixes(t *intent.Tier) string {
	words := make([]string, len(t.Subnets))
	for i, p := range t.Subnets {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}
