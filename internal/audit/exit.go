package audit

import (
	"cmp"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

// exit is how the subnets of one route table and zone get out to the internet, in one family.
type exit struct {
	table, zone string
	vpc         string
	family      reach.Family
	subnets     []*network.Subnet
	member      *network.Interface
	firewalls   []string     // that the way passes, by identifier, sorted
	past        *report.Part // a way that passes none; nil where there is none
}

// ways out of the internet, one for each route table, zone and family of which something can open connections to anybody. Where the network has no firewall none is
// looked at.
func (s *survey) waysOut() ([]*exit, error) {
	if s.exited || s.network.Firewalls.Len() == 0 {
		return s.exits, nil
	}
	s.exited = true
	type key struct {
		table, zone string
		family      reach.Family
	}
	byKey := map[key]*exit{}
	e := s.session.Engine()
	for _, p := range s.ways() {
		if p.subnet == nil || p.subnet.RouteTable == "" {
			continue
		}
		for k, family := range families {
			open := p.out[k].reachable
			if open.IsEmpty() {
				continue
			}
			at := key{p.subnet.RouteTable, cmp.Or(p.subnet.ZoneID, p.subnet.Zone), family}
			x := byKey[at]
			if x != nil {
				if !slices.Contains(x.subnets, p.subnet) {
					x.subnets = append(x.subnets, p.subnet)
				}
				continue
			}
			x = &exit{table: at.table, zone: at.zone, vpc: p.vpc, family: family, subnets: []*network.Subnet{p.subnet}, member: p.members[0]}
			byKey[at] = x
			q := reach.Question{Sources: e.Interfaces(p.members...), Destinations: e.AtLarge(), Family: family, Traffic: telling(open), Passes: func(passed reach.Passage) bool { return x.note(s, passed) }}
			if _, _, err := s.evidenceOf(q, s.name(x.member), "internet", reach.Wanted{Verdict: reach.Reachable, Passes: &yes}); err != nil {
				return nil, err
			}
			part, found, err := s.evidenceOf(q, s.name(x.member), "internet", reach.Wanted{Verdict: reach.Reachable, Passes: &no})
			if err != nil {
				return nil, err
			}
			if x.past = part; found != nil {
				x.member = cmp.Or(found.Witness.From, x.member)
			}
			s.exits = append(s.exits, x)
		}
	}
	return s.exits, nil
}

var yes, no = true, false

// note remembers a firewall that is passed, and tells whether something is one.
func (x *exit) note(s *survey, passed reach.Passage) bool {
	if passed.Kind != "network firewall" {
		return false
	}
	id := passed.ID
	for _, other := range append([]string{passed.ID}, passed.Also...) {
		if w := s.firewall(other); w != nil {
			id = w.ID
			break
		}
	}
	if i, known := slices.BinarySearch(x.firewalls, id); !known {
		x.firewalls = slices.Insert(x.firewalls, i, id)
	}
	return true
}

// firewall is the firewall with an identifier, or with an endpoint that has it; nil where there is none.
func (s *survey) firewall(id string) *network.Firewall {
	if w, ok := s.network.Firewalls.Get(id); ok {
		return w
	}
	for _, w := range s.network.Firewalls.All() {
		if slices.ContainsFunc(w.Endpoints, func(e network.FirewallEndpoint) bool { return e.ID == id }) {
			return w
		}
	}
	return nil
}

// exitOf is how a profile gets out; nil where it does not, or where the network has no firewall.
func (s *survey) exitOf(p *profile, family reach.Family) (*exit, error) {
	exits, err := s.waysOut()
	if err != nil || p.subnet == nil {
		return nil, err
	}
	for _, x := range exits {
		if x.family == family && x.table == p.subnet.RouteTable && slices.Contains(x.subnets, p.subnet) {
			return x, nil
		}
	}
	return nil, nil
}
