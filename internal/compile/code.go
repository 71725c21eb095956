package compile

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
)

// code is what is compiled, with how everything is called.
type code struct {
	*blueprint.Blueprint
	problems     *Error
	files        map[string][]byte
	environments []*environment
	of           map[*blueprint.Environment]*environment
	peerings     []*peering
	services     []*service
	transits     []*transit
}

// newCode names everything, and works out the entries of the network ACLs.
func newCode(b *blueprint.Blueprint, problems *Error) *code {
	c := &code{Blueprint: b, problems: problems, files: map[string][]byte{}, of: map[*blueprint.Environment]*environment{}}
	for _, e := range b.Environments {
		one := &environment{Environment: e, Label: label(e.Name), Windows: b.Segmentation.Windows}
		for _, t := range e.Tiers {
			one.ACLs = append(one.ACLs, entries(t, problems))
		}
		c.environments, c.of[e] = append(c.environments, one), one
	}
	taken := labels{}
	for _, p := range b.Peerings {
		c.peerings = append(c.peerings, &peering{Peering: p, Label: taken.take("peering", label(p.Name)), File: taken.take("file", p.Name), Requester: c.of[p.Requester], Accepter: c.of[p.Accepter]})
	}
	for _, s := range b.Services {
		c.addService(s, taken)
	}
	for _, t := range b.Transits {
		c.addTransit(t)
	}
	return c
}

// label is a name as Terraform's identifiers have it.
func label(name string) string { return strings.ReplaceAll(name, "-", "_") }

// labels are those that are taken, by kind.
type labels map[string]bool

// take finds a label that is free: the one that is given, unless another thing of the kind is called the same. Only names with the words that join them inside can be.
func (l labels) take(kind, name string) string {
	for l[kind+" "+name] {
		name += "_too"
	}
	l[kind+" "+name] = true
	return name
}

// root is one configuration: all of the code, or an environment's part of it.
type root struct {
	*code
	Folder string // with a slash at its end; empty: there is one root only
	Own    []*environment
}

func (c *code) root(name string, own ...*environment) {
	r := &root{code: c, Own: own}
	if name != "" {
		r.Folder = name + "/"
	}
	r.write("versions.tf", "versions.tf", r)
	r.write("providers.tf", "providers.tf", r)
	r.write("variables.tf", "variables.tf", r)
	r.write("watch.tf", "watch.tf", r)
	for _, e := range own {
		r.environment(e)
	}
	r.joins()
	r.write("crossing.tf", "crossing.tf", r)
	r.write("outputs.tf", "outputs.tf", r)
}

// Single tells that there is one root for all environments.
func (r *root) Single() bool { return r.Folder == "" }

// Has tells whether an environment is one of the root's own.
func (r *root) Has(e *environment) bool { return slices.Contains(r.Own, e) }

// In is the argument that picks the account and the Region of an environment. A root with one environment has one of each.
func (r *root) In(e *environment) string {
	if !r.Single() {
		return ""
	}
	return "provider = aws." + e.Label
}

// Account is the number of the account of an environment.
func (r *root) Account(e *environment) string { return "local.accounts." + e.Name }

// ARN is how names of global things of an account begin, with the account in Terraform's words: "arn:aws:iam::${local.accounts.prod}".
func (r *root) ARN(e *environment) string {
	return "arn:" + e.Partition() + ":iam::${" + r.Account(e) + "}"
}

// Protected tells whether there is something that is protected from being deleted.
func (r *root) Protected() bool {
	return slices.ContainsFunc(r.Own, func(e *environment) bool {
		return e.Firewall || len(e.Balancers()) > 0 || slices.ContainsFunc(r.services, func(s *service) bool { return s.Home == e })
	})
}

// environment is an environment with how it is called.
type environment struct {
	*blueprint.Environment
	Label   string
	ACLs    [][]*entry // of its tiers, in their order
	Windows []*intent.ChangeWindow
}

// Partition is the part of AWS that a Region is in.
func (e *environment) Partition() string {
	switch {
	case strings.HasPrefix(e.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(e.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// Tag is a tag of everything in an environment.
type Tag struct{ Key, Value string }

// DefaultTags are the environment's, and two that say where things come from. IAM takes no two keys that differ in case only.
func (e *environment) DefaultTags() []Tag {
	all := map[string]string{"environment": e.Name, "managed-by": "watertight"}
	for key, value := range e.Tags {
		for own := range all {
			if strings.EqualFold(own, key) {
				delete(all, own)
			}
		}
		all[key] = value
	}
	var tags []Tag
	for _, key := range slices.Sorted(maps.Keys(all)) {
		tags = append(tags, Tag{key, all[key]})
	}
	return tags
}

// at is where an edge is declared.
func at(e *blueprint.Edge) hcl.Range {
	if e.Flow != nil {
		return e.Flow.At
	}
	return e.Egress.At
}

// lines name the places where edges are declared, each once, in order.
func lines(edges []*blueprint.Edge) string {
	var places []hcl.Range
	for _, e := range edges {
		places = append(places, at(e))
	}
	slices.SortFunc(places, func(a, b hcl.Range) int {
		return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Line, b.Start.Line))
	})
	var words []string
	for _, p := range places {
		if word := intent.Line(p); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}
