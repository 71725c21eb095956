package tfplan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// place is the account and the Region of an instance.
func (r *reader) place(i *instance) network.Place {
	if r.notes != nil {
		if a, ok := r.notes.Resources[i.address]; ok {
			return network.Place{Account: a.Account, Region: a.Region}
		}
	}
	return r.places[r.keyOf(i)]
}

func (r *reader) keyOf(i *instance) string {
	if i.key != "" {
		return i.key
	}
	if c := r.config.resources[plain(i.address)]; c != nil {
		return c.Key
	}
	return ""
}

// findPlaces finds the account and the Region of each provider configuration: as it says itself, or else as the ARNs of what was made with it say.
func (r *reader) findPlaces() {
	r.places = map[string]network.Place{}
	for key, c := range r.config.Providers {
		var p network.Place
		p.Region = constant(c.Expressions["region"])
		if roles, ok := c.Expressions["assume_role"].([]any); ok && len(roles) > 0 {
			if role, ok := roles[0].(map[string]any); ok {
				_, p.Account = arnPlace(constant(role["role_arn"]))
			}
		}
		if allowed, ok := c.Expressions["allowed_account_ids"].(map[string]any); ok {
			if list, ok := allowed["constant_value"].([]any); ok && len(list) == 1 {
				if s, ok := list[0].(string); ok {
					p.Account = cmp.Or(p.Account, s)
				}
			}
		}
		r.places[key] = p
	}
	for _, list := range [][]*instance{r.all, r.before()} {
		for _, i := range list {
			key := r.keyOf(i)
			p := r.places[key]
			region, account := arnPlace(i.get("arn").literal())
			p.Account = cmp.Or(p.Account, i.get("owner_id").literal(), account)
			p.Region = cmp.Or(p.Region, region)
			r.places[key] = p
		}
	}
}

// before are the instances of the state before a plan, in order.
func (r *reader) before() []*instance {
	if len(r.ordered) != len(r.prior) {
		r.ordered = slices.SortedFunc(maps.Values(r.prior), func(a, b *instance) int { return natural(a.address, b.address) })
	}
	return r.ordered
}

func constant(expression any) string {
	if m, ok := expression.(map[string]any); ok {
		s, _ := m["constant_value"].(string)
		return s
	}
	return ""
}

// location is where the code of an instance is.
func (r *reader) location(address string) (Resource, bool) {
	if r.notes != nil {
		if a, ok := r.notes.Resources[address]; ok && a.File != "" {
			return a, true
		}
	}
	if r.options.Locate != nil {
		if file, line, ok := r.options.Locate(plain(address)); ok {
			return Resource{File: file, Line: line}, true
		}
	}
	return Resource{}, false
}
