package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// page is what the templates of an environment's files get.
type page struct {
	*environment
	root *root
}

// Provider is that of the environment.
func (p *page) Provider() string { return p.root.In(p.environment) }

// Account is that of the environment.
func (p *page) Account() string { return p.root.Account(p.environment) }

// ARN is how names of global things of the environment's account begin.
func (p *page) ARN() string { return p.root.ARN(p.environment) }

// Filters are the lists of domains, by tier. Roles of a tier have the same.
func (p *page) Filters() []Filter { return p.filters(p.root.Edges) }

// environment writes the files of an environment.
func (r *root) environment(e *environment) {
	prefix := ""
	if r.Single() {
		prefix = e.Name + "_"
	}
	for _, name := range []string{"tiers.tf", "acls.tf", "groups.tf", "egress.tf", "services.tf", "monitoring.tf"} {
		r.write(prefix+name, name, &page{e, r})
	}
}

// Subnet is one of an environment.
type Subnet struct{ Key, Tier, Zone, Block, Table string }

// Row is a tier with its subnets.
type Row struct {
	*blueprint.Tier
	Subnets []Subnet
}

// Purposes says what a tier is for that no role lives in.
func (r Row) Purposes() string {
	return map[intent.Purpose]string{intent.ForNAT: "NAT gateways", intent.ForFirewall: "firewall endpoints", intent.ForTransit: "the transit gateway's attachment"}[r.Purpose]
}

// Rows are the tiers, with their subnets.
func (e *environment) Rows() []Row {
	var all []Row
	for _, t := range e.Tiers {
		row := Row{Tier: t}
		for zone, block := range t.Subnets {
			row.Subnets = append(row.Subnets, Subnet{Key: subnetKey(t, zone), Tier: t.Name, Zone: e.Zones[zone], Block: block.String(), Table: tableKey(t, zone)})
		}
		all = append(all, row)
	}
	return all
}

// Direct are the tiers whose members get public addresses.
func (e *environment) Direct() []string {
	var all []string
	for _, t := range e.Tiers {
		if t.Internet == intent.Direct && t.Purpose == intent.ForRoles {
			all = append(all, t.Name)
		}
	}
	return all
}

func subnetKey(t *blueprint.Tier, zone int) string { return t.Name + "-" + t.Environment.Zones[zone] }

// tableKey is the route table of the subnet of a zone.
func tableKey(t *blueprint.Tier, zone int) string {
	if t.Zonal() {
		return subnetKey(t, zone)
	}
	return t.Name
}

// tableKeys are the tables that have a route.
func tableKeys(t *blueprint.Tier, r blueprint.Route) []string {
	switch {
	case r.Zone >= 0:
		return []string{tableKey(t, r.Zone)}
	case !t.Zonal():
		return []string{t.Name}
	}
	var all []string
	for zone := range t.Subnets {
		all = append(all, tableKey(t, zone))
	}
	return all
}

// RouteTo is a route of a table.
type RouteTo struct {
	Key, Table, Zone string
	Block            string // an expression
	Because          []*blueprint.Edge
}

// routesTo are the routes that lead to a kind of target.
func (e *environment) routesTo(kind blueprint.TargetKind) []RouteTo {
	var all []RouteTo
	for _, t := range e.Tiers {
		for _, r := range t.Routes {
			if r.Kind != kind {
				continue
			}
			for _, table := range tableKeys(t, r) {
				one := RouteTo{Key: table + "_to_internet", Table: table, Block: quote(r.Destination)}
				if r.Zone >= 0 {
					one.Zone = e.Zones[r.Zone]
				}
				if r.To != nil {
					one.Key = table + "_to_" + r.To.Name
					one.Block = fmt.Sprintf("local.%s_subnets[%s].block", e.Label, quote(subnetKey(r.To, slices.Index(r.To.Subnets, r.Destination))))
				}
				all = append(all, one)
			}
		}
	}
	return all
}

// ToInternet, ToNAT and ToFirewall are the routes of the ways out.
func (e *environment) ToInternet() []RouteTo { return e.routesTo(blueprint.ToInternetGateway) }

// ToNAT are routes to the NAT gateway of a zone.
func (e *environment) ToNAT() []RouteTo { return e.routesTo(blueprint.ToNAT) }

// ToFirewall are routes to the firewall endpoint of a zone.
func (e *environment) ToFirewall() []RouteTo { return e.routesTo(blueprint.ToFirewall) }

// Entries has the entries of a network ACL as Terraform writes them.
type Entries struct {
	Tier *blueprint.Tier
	List []Entry
}

// Entry is an entry of a network ACL as Terraform writes it.
type Entry struct {
	Key, Tier, Action, Protocol, From, To, Block string
	Outbound                                     bool
	Number                                       int
	Because                                      []*blueprint.Edge
}

// Entries are those of the network ACLs, by tier.
func (e *environment) Entries() []Entries {
	var all []Entries
	for i, t := range e.Tiers {
		one := Entries{Tier: t}
		for _, each := range e.ACLs[i] {
			port := each.span.port()
			entry := Entry{Key: each.Key, Tier: t.Name, Action: "allow", Protocol: protocol(port), From: bound(port, port.From, "null"), To: bound(port, port.To, "null"),
				Block: each.Block.String(), Outbound: each.Outbound, Number: each.Number, Because: each.Because}
			if each.Deny {
				entry.Action = "deny"
			}
			one.List = append(one.List, entry)
		}
		all = append(all, one)
	}
	return all
}

// ICMP tells whether an entry names it: its types and codes are an argument of their own.
func (e *environment) ICMP() bool {
	return slices.ContainsFunc(e.ACLs, func(all []*entry) bool {
		return slices.ContainsFunc(all, func(one *entry) bool { return one.span == lanes[2] })
	})
}

// Filter is what the firewall lets through from a tier.
type Filter struct {
	Tier     *blueprint.Tier
	Targets  []Name
	Capacity int
	Priority int
}

// Name is a domain as AWS's domain lists have it, and what it is declared by.
type Name struct {
	Name    string
	Because []*blueprint.Edge
}

func (e *environment) filters(edges []*blueprint.Edge) []Filter {
	var all []Filter
	for _, t := range e.Tiers {
		one := Filter{Tier: t}
		for _, edge := range edges {
			if edge.Egress == nil || edge.From.Group.Tier != t {
				continue
			}
			for _, d := range edge.Egress.Domains {
				i := slices.IndexFunc(one.Targets, func(n Name) bool { return n.Name == target(d) })
				if i < 0 {
					i = len(one.Targets)
					one.Targets = append(one.Targets, Name{Name: target(d)})
				}
				one.Targets[i].Because = append(one.Targets[i].Because, edge)
			}
		}
		if len(one.Targets) > 0 {
			// AWS counts a rule for each name and protocol, and one for what it generates. A group keeps its capacity for good: there is room to grow.
			one.Capacity = 1000 * (1 + (2*len(one.Targets)+2)/1000)
			all = append(all, one)
		}
	}
	taken := map[int]bool{} // which list comes first does not matter: none drops anything
	for i := range all {
		all[i].Priority = numbered(all[i].Tier.Name, 1, 9999, taken)
	}
	return all
}

// target is a domain as AWS has it: ".example.com" is that name and all below.
func target(domain string) string {
	if len(domain) > 2 && domain[:2] == "*." {
		return domain[1:]
	}
	return domain
}

// Concerned are the calls that the environment's Region is told of, in Terraform's words: those of Route 53 are told in one Region only.
func (p *page) Concerned() string {
	if p.Region == "us-east-1" {
		return "local.reachability_calls"
	}
	return `{ for k, c in local.reachability_calls : k => c if k != "names" }`
}

// Expected tells whether there are principals by whom changes are expected.
func (p *page) Expected() bool { return len(p.root.Principals()) > 0 }

// Topics are those of the environment: what changes, what changes by others than those by whom changes are expected, and what the firewall drops.
func (p *page) Topics() []string {
	topics := []string{"changes"}
	if p.Expected() {
		topics = append(topics, "unexpected")
	}
	if p.Firewall {
		topics = append(topics, "firewall-drops")
	}
	return topics
}

func (e *environment) ofKind(kinds ...intent.Kind) []*intent.Service {
	var all []*intent.Service
	for _, s := range e.Services {
		if slices.Contains(kinds, s.Kind) {
			all = append(all, s)
		}
	}
	return all
}

// Databases are the roles that need a subnet group of RDS.
func (e *environment) Databases() []*intent.Service { return e.ofKind(intent.RDS) }

// Caches are the roles that need a subnet group of ElastiCache.
func (e *environment) Caches() []*intent.Service { return e.ofKind(intent.ElastiCache) }

// Balancer is a role that is a load balancer.
type Balancer struct {
	Service    *intent.Service
	Name, Type string
	Internal   bool
}

// Balancers are the roles that are load balancers.
func (e *environment) Balancers() []Balancer {
	var all []Balancer
	for _, s := range e.ofKind(intent.ALB, intent.NLB) {
		one := Balancer{Service: s, Name: short(e.Name + "-" + s.Name), Type: "application", Internal: s.Tier.Internet != intent.Direct}
		if s.Kind == intent.NLB {
			one.Type = "network"
		}
		all = append(all, one)
	}
	return all
}

// short is a name for load balancers and target groups: AWS takes 32 characters, and keeps names that begin with "internal-" for itself.
func short(name string) string {
	if len(name) <= 32 && !strings.HasPrefix(name, "internal-") {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight("lb-"+name[:min(len(name), 20)], "-") + "-" + hex.EncodeToString(sum[:4])
}
