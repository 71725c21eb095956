package walker

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// groups asks the security groups of an interface about the first packet of a connection. Replies are not asked about (SG-2).
func (f *flow) groups(i *network.Interface, p Packet, outbound bool) *stop {
	switch i.Type {
	case network.TypeNAT, network.TypeTransitGateway: // SG-13
		return nil
	}
	if f.ungrouped(i) { // LB-2
		return nil
	}
	const kind = "security group"
	way, remote := "inbound", p.Source
	if outbound {
		way, remote = "outbound", p.Destination
	}
	var doubts []Hop
	var references []reference
	rules := 0
	for _, id := range i.Groups { // SG-1: united, and only allowing
		g, ok := f.network.SecurityGroups.Get(id)
		if !ok {
			doubts = append(doubts, Hop{kind, id, Doubt, "security group " + id + " is not in the network", codeUnknown})
			continue
		}
		if g.Defect != nil {
			doubts = append(doubts, Hop{kind, id, Doubt, "security group " + id + " is not understood: " + g.Defect.String(), codeUnknown})
			continue
		}
		list := g.Inbound
		if outbound {
			list = g.Outbound
		}
		rules += len(list)
		for _, r := range list {
			if r.Defect != nil && !(r.PeerOnly && !covers(r.Protocol, r.From, r.To, p)) {
				doubts = append(doubts, Hop{kind, id, Doubt, "a rule of " + id + " is not understood: " + r.Defect.String(), codeUnknown})
				continue
			}
			if !covers(r.Protocol, r.From, r.To, p) { // SG-8
				continue
			}
			words := strings.TrimSpace(fmt.Sprintf("%s %s %s", r.ID, way, service(r.Protocol, r.From, r.To)))
			switch {
			case r.Group != "":
				references = append(references, reference{id, r.Group, words + " by reference to " + r.Group})
			case r.PrefixList != "": // SG-10
				l, ok := f.network.PrefixLists.Get(r.PrefixList)
				if !ok || l.Defect != nil {
					doubts = append(doubts, Hop{kind, id, Doubt, "the entries of prefix list " + r.PrefixList + " are not known", codeUnknown})
				} else if found := f.covers(l.Entries, remote); found == yes {
					f.meet(kind, id, Allow, words+" by "+r.PrefixList)
					return nil
				} else if found == unsure {
					doubts = append(doubts, Hop{kind, id, Doubt, words + " by " + r.PrefixList + ": " + unknownClient, codeUnknown})
				}
			case r.Block.IsValid():
				if found := f.covers([]netip.Prefix{r.Block}, remote); found == yes { // SG-9
					f.meet(kind, id, Allow, words+" by "+r.Block.String())
					return nil
				} else if found == unsure {
					doubts = append(doubts, Hop{kind, id, Doubt, words + " by " + r.Block.String() + ": " + unknownClient, codeUnknown})
				}
			}
		}
	}
	// References come last: an address that a rule names needs no assumption about the path.
	var members []*network.Interface
	var by reference
	code := codeGroups
	for _, r := range references {
		if outbound {
			found, why := f.outboundMembers(r.to, i, remote)
			if len(found) > 0 && members == nil {
				by = r
			}
			members = append(members, found...)
			if why != "" {
				doubts = append(doubts, Hop{kind, r.in, Doubt, why, codeUnknown})
			}
			continue
		}
		switch stands, why := f.standsForSender(r.to, i, p); stands {
		case yes:
			f.meet(kind, r.in, Allow, r.words)
			return nil
		case unsure:
			doubts = append(doubts, Hop{kind, r.in, Doubt, why, codeReferenceLost})
		case no:
			if f.client != nil && slices.Contains(f.client.Groups, r.to) {
				code = codeReferenceLost // the path, not the rule, is what is wrong
			}
		}
	}
	if members != nil {
		f.members = members
		f.meet(kind, by.in, Allow, by.words)
		return nil
	}
	if len(doubts) > 0 {
		for _, d := range doubts {
			f.doubt(d.Kind, d.ID, d.Code, d.Rule)
		}
		return nil
	}
	if rules == 0 {
		code = codeNoRules
	}
	ids := strings.Join(i.Groups, ",")
	reason := fmt.Sprintf("no %s rule of the groups of %s admits %s", way, i.Label(), p)
	return drop(kind, ids, "no "+way+" rule admits "+p.String(), code, reason)
}

// unknownClient says why a rule about addresses is in doubt where a balancer's connection carries the address of its client.
const unknownClient = "which client's address the packet carries is not known"

// covers tells whether one of the blocks holds an address, or any that may be in its place.
func (f *flow) covers(blocks []netip.Prefix, a netip.Addr) answer {
	if !f.veils(a) {
		return when(within(blocks, a))
	}
	found := no
	for _, b := range blocks {
		if b.Addr().Is4() == a.Is4() {
			found = some(found, when(b.Bits() == 0), unsure)
		}
	}
	return found
}

// reference is a rule that names a group.
type reference struct{ in, to, words string }

// standsForSender tells whether an inbound reference to a group stands for the source of the packet (SG-3 to SG-7).
func (f *flow) standsForSender(group string, at *network.Interface, p Packet) (answer, string) {
	if f.relay != nil || f.veiled || f.hidden {
		return f.standsForBalancer(group, at)
	}
	sender := f.sender
	if f.mayBeMember(group) {
		return unsure, "a member of " + group + " may be in a network that was not collected"
	}
	if sender == nil || !slices.Contains(sender.Groups, group) || !has(sender, p.Source) {
		return no, "" // SG-3, SG-6: not a private or IPv6 address of a member
	}
	for _, c := range f.crossed {
		if c.kind == overMiddlebox {
			return no, "" // SG-5
		}
	}
	switch {
	case len(f.crossed) == 0:
		return yes, ""
	case len(f.crossed) == 1 && f.crossed[0].kind == overPeering:
		peering := f.crossed[0].peering
		switch f.sameRegion(peering) { // SG-4, PEER-5
		case yes:
			return yes, ""
		case no:
			return no, ""
		}
		return unsure, "the Regions of " + peering.ID + " are not known: references work inside one Region only"
	case len(f.crossed) == 1 && f.crossed[0].references == yes: // SG-4
		return yes, ""
	case sender.VPC == at.VPC:
		return unsure, "a reference to " + group + " inside a VPC, for a packet that left the VPC"
	}
	if f.peered(sender.VPC, at.VPC) == no {
		if len(f.crossed) == 1 && f.crossed[0].references == unsure {
			return unsure, "whether the transit gateway between " + sender.VPC + " and " + at.VPC + " supports references is not known"
		}
		return no, ""
	}
	return unsure, "a reference to " + group + " between peered VPCs, for a packet that came another way" // SG-4
}

// outboundMembers are the interfaces at an address for which an outbound reference to a group stands; why is not empty when there may be others (SG-3,
// SG-4, SG-14).
func (f *flow) outboundMembers(group string, from *network.Interface, remote netip.Addr) (members []*network.Interface, why string) {
	for _, m := range f.network.InterfacesAt(remote) {
		reach := yes
		if m.VPC != from.VPC {
			reach = f.peered(m.VPC, from.VPC)
		}
		carries := slices.Contains(m.Groups, group)
		switch {
		case reach == no || !carries && m.Defect == nil:
		case reach == unsure || m.Defect != nil:
			why = "it is not known whether a reference to " + group + " stands for " + m.Label()
		default:
			members = append(members, m)
		}
	}
	if f.mayHideMember(group, from.VPC, nil, remote) {
		return members, "a member of " + group + " may have " + remote.String() + ", in " + from.VPC
	}
	for _, p := range f.peerings[from.VPC] {
		_, other, _ := p.Side(from.VPC)
		if p.State == "active" && f.sameRegion(p) != no && f.mayHideMember(group, other.VPC, other.Blocks, remote) {
			return members, "a member of " + group + " may have " + remote.String() + ", in " + other.VPC
		}
	}
	return members, why
}

// mayHideMember tells whether an interface that is not in the network may have an address and carry a group. The blocks are those of a VPC that was
// not collected.
func (f *flow) mayHideMember(group, vpc string, blocks []netip.Prefix, a netip.Addr) bool {
	if f.network.InterfaceAt(vpc, a) != nil {
		return false
	}
	if g, ok := f.network.SecurityGroups.Get(group); ok && g.Defect == nil && g.VPC != vpc && !slices.Contains(g.VPCs, vpc) {
		return false // SG-11: the group is not associated with that VPC
	}
	if v, ok := f.network.VPCs.Get(vpc); ok {
		return within(v.Blocks, a) && f.mayHideInterface(v) != ""
	}
	return len(blocks) == 0 || within(blocks, a)
}

// peered tells whether an active peering inside one Region joins two VPCs.
func (f *flow) peered(a, b string) answer {
	best := no
	for _, p := range f.peerings[a] {
		_, other, _ := p.Side(a)
		if other.VPC != b {
			continue
		}
		switch {
		case p.Defect != nil:
			best = unsure
		case p.State == "active":
			if same := f.sameRegion(p); same != no {
				best = same
			}
		}
		if best == yes {
			return yes
		}
	}
	if best == no {
		for _, id := range []string{a, b} {
			if v, ok := f.network.VPCs.Get(id); ok && f.network.Gap("VpcPeeringConnections", v.Account, v.Region) == nil {
				return no // either side lists it
			}
		}
		return unsure
	}
	return best
}

// sameRegion tells whether both sides of a peering are in one Region.
func (f *flow) sameRegion(p *network.PeeringConnection) answer {
	region := func(s network.PeeringSide) string {
		if v, ok := f.network.VPCs.Get(s.VPC); ok {
			return cmp.Or(s.Region, v.Region)
		}
		return s.Region
	}
	a, b := region(p.Requester), region(p.Accepter)
	switch {
	case a == b:
		return yes
	case a == "" || b == "":
		return unsure
	}
	return no
}

func has(i *network.Interface, a netip.Addr) bool {
	return slices.ContainsFunc(i.Addresses, func(each network.Address) bool { return each.IP == a })
}
