package walker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

const kindTransitTable = "transit gateway route table"

// Ranks of transit gateway routes with one prefix: the higher wins (TGW-2).
const (
	fromVPN = iota
	fromConnect
	fromDirectConnect
	fromVPC
	transitList
	transitStatic
)

// transitMatch is a transit gateway route that covers a destination.
type transitMatch struct {
	prefix netip.Prefix
	rank   int
	to     string // an attachment; empty for a blackhole
	defect *network.Defect
}

// transitRoute is the attachment to which the route of a table leads that decides (TGW-2).
func (f *flow) transitRoute(t *network.TransitRouteTable, destination netip.Addr) (string, *stop) {
	if t.Defect != nil {
		return "", unclear(kindTransitTable, t.ID, codeUnknown, t.ID+" is not understood: "+t.Defect.String())
	}
	matches, hidden := f.transitMatches(t, destination)
	if hidden.why != "" {
		// A static route decides against what is not known where that has no longer prefix (TGW-7).
		if len(matches) == 0 || matches[0].rank != transitStatic || matches[0].prefix.Bits() < hidden.length {
			return "", unclear(kindTransitTable, t.ID, codeUnknown, "which route of "+t.ID+" is for "+destination.String()+" is not known: "+hidden.why)
		}
	}
	if len(matches) == 0 {
		code := codeNoTransitRoute
		if f.replying {
			code = codeNoReturnRoute // PEER-2
		}
		return "", drop(kindTransitTable, t.ID, "no route", code, t.ID+" has no route to "+destination.String())
	}
	best := matches[0]
	var options []string
	for _, m := range matches {
		if m.prefix != best.prefix {
			continue
		}
		if m.defect != nil { // RT-5; whether it wins is not known either
			return "", unclear(kindTransitTable, t.ID, codeUnknown, "a route of "+t.ID+" for "+m.prefix.String()+" is not understood: "+m.defect.String())
		}
		if m.rank == best.rank && !slices.Contains(options, m.to) {
			options = append(options, m.to)
		}
	}
	labels := make([]string, len(options))
	for i, to := range options {
		labels[i] = cmp.Or(to, "nowhere")
	}
	option := f.pick(t.ID+" route to "+destination.String(), labels) // V-10
	rule := fmt.Sprintf("%s to %s", best.prefix, cmp.Or(options[option], "nothing"))
	if options[option] == "" {
		return "", drop(kindTransitTable, t.ID, rule, codeTransitBlackhole, "the route of "+t.ID+" for "+best.prefix.String()+" is a blackhole")
	}
	f.meet(kindTransitTable, t.ID, Forward, rule)
	return options[option], nil
}

// hiddenRoutes are those of a table that are not known: why, and the length of the longest prefix that they can have. There are none without a why.
type hiddenRoutes struct {
	length int
	why    string
}

func (h *hiddenRoutes) add(length int, why string) {
	if h.why == "" || length > h.length {
		h.length, h.why = length, why
	}
}

// transitMatches are the routes of a table that cover a destination, the one that decides first, and the routes that may cover it as well.
func (f *flow) transitMatches(t *network.TransitRouteTable, destination netip.Addr) (matches []transitMatch, hidden hiddenRoutes) {
	if !t.RoutesKnown {
		hidden.add(destination.BitLen(), "its routes were not collected in full")
	}
	if !t.ListsKnown {
		hidden.add(destination.BitLen(), "its references to prefix lists were not collected in full")
	}
	for _, r := range t.Routes {
		m := transitMatch{prefix: r.Destination, rank: transitStatic, defect: r.Defect}
		switch {
		case r.PrefixList != "":
			l, ok := f.network.PrefixLists.Get(r.PrefixList)
			if !ok || l.Defect != nil {
				hidden.add(destination.BitLen(), "the entries of prefix list "+r.PrefixList+" are not known")
				continue
			}
			m.prefix, m.rank = longest(l.Entries, destination), transitList
		case !r.Destination.IsValid():
			hidden.add(destination.BitLen(), "a route is not understood")
		}
		if !m.prefix.IsValid() || !m.prefix.Contains(destination) {
			continue
		}
		if r.Type == "propagated" {
			m.rank = fromVPC
		}
		if r.Blackhole || r.Defect != nil || len(r.Attachments) == 0 {
			matches = append(matches, m)
			continue
		}
		for _, id := range r.Attachments {
			m.to = id
			if r.Type == "propagated" {
				m.rank = f.propagatedRank(t.Gateway, id)
			}
			matches = append(matches, m)
		}
	}
	if !t.AllRoutes {
		matches = append(matches, f.propagations(t, destination, &hidden)...)
	}
	slices.SortStableFunc(matches, func(a, b transitMatch) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), cmp.Compare(b.rank, a.rank), cmp.Compare(a.to, b.to))
	})
	return matches, hidden
}

// propagations are the routes that the propagations of a table stand for, of those that cover a destination: the blocks of VPCs. It adds to those that are not known.
func (f *flow) propagations(t *network.TransitRouteTable, destination netip.Addr, hidden *hiddenRoutes) (matches []transitMatch) {
	if !t.PropagationsKnown {
		hidden.add(destination.BitLen(), "its propagations were not collected in full")
	}
	smallest := 28 // the smallest block that a VPC can have (TGW-7)
	if destination.Is6() {
		smallest = 60
	}
	for _, id := range t.Propagations {
		a := f.transitAttachment(t.Gateway, id)
		switch {
		case a == nil:
			hidden.add(destination.BitLen(), "attachment "+id+", which propagates routes to it, is not in the network")
			continue
		case a.Type == "peering": // TGW-6
			continue
		case a.Type != "vpc":
			hidden.add(destination.BitLen(), "the routes that "+a.Label()+", of type "+a.Type+", propagates to it are not known")
			continue
		case a.Defect != nil:
			hidden.add(smallest, a.Label()+", which propagates routes to it, is not understood: "+a.Defect.String())
			continue
		}
		v, ok := f.network.VPCs.Get(a.Resource)
		switch {
		case !ok:
			hidden.add(smallest, "VPC "+a.Resource+", whose blocks are propagated to it, was not collected")
		case v.Defect != nil:
			hidden.add(smallest, v.Label()+", whose blocks are propagated to it, is not understood: "+v.Defect.String())
		default:
			if block := longest(v.Blocks, destination); block.IsValid() {
				matches = append(matches, transitMatch{prefix: block, rank: fromVPC, to: id})
			}
		}
	}
	return matches
}

// propagatedRank is that of a route that an attachment propagated (TGW-2). One that is not known has the highest: if it decides, its target is not known
// either.
func (f *flow) propagatedRank(gateway, id string) int {
	a := f.transitAttachment(gateway, id)
	if a == nil {
		return fromVPC
	}
	switch a.Type {
	case "vpn":
		return fromVPN
	case "connect":
		return fromConnect
	case "direct-connect-gateway":
		return fromDirectConnect
	}
	return fromVPC
}

// longest is the longest block that holds an address; not valid when none does.
func longest(blocks []netip.Prefix, a netip.Addr) netip.Prefix {
	var found netip.Prefix
	for _, b := range blocks {
		if b.Contains(a) && (!found.IsValid() || b.Bits() > found.Bits()) {
			found = b
		}
	}
	return found
}
