package compile

import (
	"slices"

	"github.com/watertight/watertight/internal/intent"
)

// Neighbour is an environment that an environment is joined to, and what it has to know of it.
type Neighbour struct {
	*environment
	VPC, Groups, Connections, Services, Endpoints, TransitGateway, Attachment, Accepted bool
}

// Output is the name of the output of an environment. Every root of several has one that is called crossing.
func (e *environment) Output() string {
	if e.Label == "crossing" {
		return "crossing_environment"
	}
	return e.Label
}

// variable is the variable by which an environment's root is told of another one. Those that every root has, and names that Terraform keeps, are called otherwise.
func (e *environment) variable() string {
	if slices.Contains([]string{"role", "collectors", "protect", "source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"}, e.Label) {
		return e.Label + "_environment"
	}
	return e.Label
}

// Variable is the name of the variable.
func (e *environment) Variable() string { return e.variable() }

// Neighbours are those of the root's environment. One root for all has none.
func (r *root) Neighbours() []*Neighbour {
	if r.Single() {
		return nil
	}
	var all []*Neighbour
	for _, e := range r.environments {
		if n := r.knows(r.Own[0], e); n != nil {
			all = append(all, n)
		}
	}
	return all
}

// knows is what an environment has to know of another one; nil where it is not joined to it.
func (c *code) knows(e, of *environment) *Neighbour {
	n := &Neighbour{environment: of}
	joined := false
	for _, p := range c.peerings {
		switch {
		case e == p.Requester && of == p.Accepter:
			n.VPC, n.Accepted, joined = true, true, true
		case e == p.Accepter && of == p.Requester:
			n.Connections, joined = true, true
		}
	}
	for _, s := range c.services {
		for _, consumer := range s.Consumers {
			switch {
			case e == s.Home && of == consumer.Environment:
				n.Endpoints, joined = true, true
			case e == consumer.Environment && of == s.Home:
				n.Services, joined = true, true
			}
		}
	}
	for _, t := range c.transits {
		if e == of || !slices.Contains(t.Members, e) || !slices.Contains(t.Members, of) {
			continue
		}
		switch {
		case e == t.Owner:
			n.Attachment, joined = true, true
		case of == t.Owner:
			n.TransitGateway, n.Accepted, joined = true, true, true
		}
	}
	for _, g := range e.Groups {
		for _, rule := range g.Rules {
			if rule.Peer != nil && rule.Peer.Environment == of.Environment && e != of {
				n.Groups, joined = true, true
			}
		}
	}
	if !joined {
		return nil
	}
	return n
}

// Known are the environments whose accounts the root names.
func (r *root) Known() []*environment {
	all := slices.Clone(r.Own)
	for _, n := range r.Neighbours() {
		all = append(all, n.environment)
	}
	return all
}

// Told is what an environment is told of the root's own.
type Told struct {
	*Neighbour              // what it has to know; its environment is the one that is told
	Own        *environment // the root's own
	Qualified  bool         // groups carry the account in front
	Requested  []*peering   // that the root's environment asks the other for
	Granted    []*peering   // that it accepts
	Offered    []*service   // that it provides
	Used       []*consumer  // that it uses
	Gateway    *transit     // that it owns and the other one uses
	Member     *environment // that attaches itself to a gateway of the other one
}

// Tells is what each neighbour is told, in one root of several.
func (r *root) Tells() []*Told {
	if r.Single() {
		return nil
	}
	own := r.Own[0]
	var all []*Told
	for _, e := range r.environments {
		needs := r.knows(e, own)
		if needs == nil {
			continue
		}
		needs.environment = e
		one := &Told{Neighbour: needs, Own: own, Qualified: own.Account != e.Account}
		for _, p := range r.peerings {
			switch {
			case p.Requester == own && p.Accepter == e:
				one.Requested = append(one.Requested, p)
			case p.Accepter == own && p.Requester == e:
				one.Granted = append(one.Granted, p)
			}
		}
		for _, s := range r.services {
			for _, c := range s.Consumers {
				switch {
				case s.Home == own && c.Environment == e:
					one.Offered = append(one.Offered, s)
				case s.Home == e && c.Environment == own:
					one.Used = append(one.Used, c)
				}
			}
		}
		for _, t := range r.transits {
			switch {
			case t.Owner == own && slices.Contains(t.Members, e):
				one.Gateway = t
			case t.Owner == e && slices.Contains(t.Members, own):
				one.Member = own
			}
		}
		all = append(all, one)
	}
	return all
}

// RoleTiers are the tiers of an environment that roles live in.
func (e *environment) RoleTiers() []string {
	var all []string
	for _, t := range e.Tiers {
		if t.Purpose == intent.ForRoles {
			all = append(all, t.Name)
		}
	}
	return all
}

// Provided are the services of an environment that others use by PrivateLink.
func (r *root) Provided(e *environment) []*service {
	var all []*service
	for _, s := range r.services {
		if s.Home == e {
			all = append(all, s)
		}
	}
	return all
}
