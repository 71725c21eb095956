package compile

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// Group is a security group as Terraform writes it. Its description is for good: AWS replaces a group to change it.
type Group struct {
	Name, Description string
	Place             hcl.Range
}

// SecurityGroups are those of an environment.
func (p *page) SecurityGroups() []Group {
	var all []Group
	for _, g := range p.Groups {
		one := Group{Name: g.Name}
		if g.Service != nil {
			one.Description, one.Place = "Members of the role "+g.Name, g.Service.At
		}
		all = append(all, one)
	}
	for _, s := range p.root.Services {
		for i, g := range p.Groups {
			if g == s.Balancer {
				all[i].Description, all[i].Place = "The load balancer in front of "+s.Name, s.Provider.Service.At
			}
			for _, e := range s.Endpoints {
				if g == e.Group {
					all[i].Description, all[i].Place = "The endpoint for "+s.Name+" of "+s.Environment.Name, at(e.Edges[0])
				}
			}
		}
	}
	return all
}

// Rule is a rule of a security group as Terraform writes it.
type Rule struct {
	Key, Name, Group, Peer    string // Peer is an expression
	Protocol, From, To, Block string
	Description               string
	Because                   *blueprint.Edge
	peer                      *blueprint.Group // nil for addresses
}

// Place is where the rule is declared.
func (r Rule) Place() hcl.Range { return at(r.Because) }

// rules are those of groups, as far as they are wanted: one for each block of addresses.
func (r *root) rules(e *environment, wanted func(*blueprint.Rule) bool) []Rule {
	var all []Rule
	for _, g := range e.Groups {
		for _, rule := range g.Rules {
			if !wanted(rule) {
				continue
			}
			one := Rule{Key: rule.Name, Name: rule.Name, Group: g.Name, Protocol: protocol(rule.Port), From: bound(rule.Port, rule.Port.From, anyType(rule.Port)),
				To: bound(rule.Port, rule.Port.To, anyType(rule.Port)), Description: describe(rule), Because: rule.Because}
			if rule.Peer != nil {
				one.Peer, one.peer = quote(rule.Peer.Name), rule.Peer
				all = append(all, one)
				continue
			}
			for i, block := range rule.Blocks {
				each := one
				each.Block = block.String()
				if len(rule.Blocks) > 1 {
					each.Key += "_" + place(rule, i, block)
				}
				all = append(all, each)
			}
		}
	}
	return all
}

// anyType stands for all types of ICMP; other protocols than that have no ports.
func anyType(p intent.Port) string {
	if p.Protocol == "icmp" {
		return "-1"
	}
	return "null"
}

// place says where the addresses of a rule are: the zone of the subnet.
func place(r *blueprint.Rule, i int, block netip.Prefix) string {
	other := r.Because.From.Group
	if r.Outbound {
		other = r.Because.To.Group
	}
	if other != nil && i < len(other.Tier.Subnets) && other.Tier.Subnets[i] == block {
		return other.Environment.Zones[i]
	}
	return strings.ReplaceAll(block.String(), "/", "-")
}

// Inside and Outside are the rules of an environment that reference groups of its own, and those for addresses outside of all environments.
func (p *page) Inside(outbound bool) []Rule {
	return p.root.rules(p.environment, func(r *blueprint.Rule) bool {
		return r.Outbound == outbound && r.Peer != nil && r.Peer.Environment == p.Environment
	})
}

// Outside are rules for addresses.
func (p *page) Outside(outbound bool) []Rule {
	return p.root.rules(p.environment, func(r *blueprint.Rule) bool {
		return r.Outbound == outbound && r.Peer == nil && r.Because.Via == intent.Inside
	})
}

// longest is how much AWS takes as a description.
const longest = 255

// describe is the description of a rule: its name, why it is there, whose it is, until when.
func describe(r *blueprint.Rule) string {
	var a intent.Accountable
	if r.Because.Flow != nil {
		a = r.Because.Flow.Accountable
	} else {
		a = r.Because.Egress.Accountable
	}
	text := r.Name
	if a.Reason != "" {
		text += ": " + plain(a.Reason)
	}
	if a.Owner != "" {
		text += "; owner " + plain(a.Owner)
	}
	if !a.Until.IsZero() {
		text += "; until " + a.Until.Format("2006-01-02")
	}
	if len(text) > longest {
		text = text[:longest-3] + "..."
	}
	return text
}

// plain is a text in the characters that AWS takes in descriptions. Quotes are left out, and what else it refuses is an underscore.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(". _-:/()#,@[]+=&;{}!$*", r):
			return r
		case strings.ContainsRune("'\"`´‘’“”„«»", r):
			return -1
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case r == '–', r == '—':
			return '-'
		}
		return '_'
	}, text)
}

// checkGroups holds the rules of groups to AWS's quotas.
func (c *code) checkGroups(e *environment) {
	q := e.Quotas
	if q.RulesPerGroup*q.GroupsPerInterface > 1000 {
		c.problems.add(e.At, fmt.Sprintf("environment %q has %d rules for each group, and %d groups for each interface", e.Name, q.RulesPerGroup, q.GroupsPerInterface),
			"AWS grants the two quotas only as far as one times the other is 1000 at most: lower one of rules_per_group and groups_per_interface to what the account has.")
	}
	for _, g := range e.Groups {
		for _, outbound := range []bool{false, true} {
			count, way := 0, "inbound"
			if outbound {
				way = "outbound"
			}
			var edges []*blueprint.Edge
			for _, r := range g.Rules {
				if r.Outbound == outbound {
					count += max(1, len(r.Blocks))
					edges = append(edges, r.Because)
				}
			}
			if count > q.RulesPerGroup {
				place := e.At
				if g.Service != nil {
					place = g.Service.At
				}
				c.problems.add(place, fmt.Sprintf("the security group of %s needs %d %s rules, and AWS takes %d", g, count, way, q.RulesPerGroup),
					"They come from the flows at %s. Have the quota raised in AWS, and say quotas { rules_per_group = %d } in the environment; or let roles that are used alike be one role.", lines(edges), count)
			}
		}
	}
}
