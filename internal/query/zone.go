package query

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// recordsOf are the records of a zone that answer for a name: those of the name itself, or else those of the wildcard below the closest
// ancestor that the zone has (RFC 4592).
func recordsOf(z *network.HostedZone, name string) []network.Record {
	domain := canonical(z.Name)
	of := func(name string) []network.Record {
		return choose(z.Records, func(r network.Record) bool { return canonical(r.Name) == name })
	}
	if list := of(name); len(list) > 0 || exists(z, name) {
		return list
	}
	for name != domain {
		_, parent, ok := strings.Cut(name, ".")
		if !ok || len(parent) < len(domain) {
			return nil
		}
		if list := of("*." + parent); len(list) > 0 {
			return list
		}
		if exists(z, parent) {
			return nil
		}
		name = parent
	}
	return nil
}

// exists tells whether a zone has a name, or one below it: a wildcard above does not answer for it then.
func exists(z *network.HostedZone, name string) bool {
	return slices.ContainsFunc(z.Records, func(r network.Record) bool {
		return canonical(r.Name) == name || strings.HasSuffix(canonical(r.Name), "."+name)
	})
}
