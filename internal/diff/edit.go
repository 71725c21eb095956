package diff

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// edit is an object that differs between two networks.
type edit struct {
	field, kind string
	action      string
	old, new    reflect.Value // pointers to the objects; not valid where there is none
	parts       []part
	gap         *network.Gap // of a list that one network lacks, instead of an object
}

// part is one thing that differs in an object: a rule that was added, a route that leads elsewhere.
type part struct {
	words string
	// origins are where it is written in either network; zero where it is not.
	origins [2]network.Origin
}

// The actions of edits.
const (
	created = "create"
	updated = "update"
	deleted = "delete"
)

// object is that of the new network or, where it is gone, of the old one.
func (e *edit) object() *network.Object {
	if e.new.IsValid() {
		return object(e.new)
	}
	return object(e.old)
}

// id is the identifier of the object in a network; empty where it is not in it.
func (e *edit) id(side int) string {
	v := [2]reflect.Value{e.old, e.new}[side]
	if !v.IsValid() {
		return ""
	}
	return object(v).ID
}

// wire is an edit, or some parts of it, for the wire.
func (e *edit) wire(parts []part) report.Edit {
	w := report.Edit{Action: e.action, Kind: e.kind, Summary: []string{}}
	if e.gap != nil {
		w.ID, w.Origin, w.Location = e.gap.List, e.gap.Origin.String(), locate(e.gap.Origin)
		w.Name = strings.Trim(e.gap.Account+"/"+e.gap.Region, "/")
		w.Summary = append(w.Summary, e.parts[0].words)
		return w
	}
	o := e.object()
	w.ID, w.Name, w.Address = o.ID, o.Name, o.Address
	if w.Name == w.ID {
		w.Name = ""
	}
	at := o.Origin
	for k, p := range parts {
		w.Summary = append(w.Summary, p.words)
		if where := cmp.Or(p.origins[1], p.origins[0]); k == 0 && len(parts) == 1 && where != (network.Origin{}) {
			at = where
		}
	}
	w.Origin, w.Location = at.String(), locate(at)
	return w
}

// locate is the place of an origin; nil when it has none.
func locate(o network.Origin) *report.Location {
	if o.Source == "" {
		return nil
	}
	return &report.Location{File: filepath.ToSlash(o.Source), Line: o.Line}
}

// edits are all objects that differ, in the order of kinds, by identifier.
func (p *pairing) edits(old, new *network.Network) []*edit {
	var all []*edit
	for _, t := range p.tables {
		byID := map[string]reflect.Value{}
		for _, v := range t.all[0] {
			byID[object(v).ID] = v
		}
		c := &comparison{pairing: p, networks: [2]*network.Network{old, new}}
		var list []*edit
		for _, v := range t.all[1] {
			was, ok := reflect.Value{}, false
			if id, known := p.back[object(v).ID]; known {
				was, ok = byID[id]
			}
			if !ok {
				list = append(list, &edit{field: t.field, kind: kindOf(t.kind, v), action: created, new: v, parts: c.whole(v, 1)})
				continue
			}
			delete(byID, object(was).ID)
			if was.Pointer() == v.Pointer() || c.same(was.Elem(), v.Elem()) {
				continue
			}
			if parts := c.parts(undecided(was), undecided(v)); len(parts) > 0 {
				list = append(list, &edit{field: t.field, kind: kindOf(t.kind, v), action: updated, old: was, new: v, parts: parts})
			}
		}
		for _, v := range byID {
			list = append(list, &edit{field: t.field, kind: kindOf(t.kind, v), action: deleted, old: v, parts: c.whole(v, 0)})
		}
		slices.SortFunc(list, func(a, b *edit) int {
			return cmp.Or(cmp.Compare(a.object().ID, b.object().ID), cmp.Compare(a.action, b.action))
		})
		all = append(all, list...)
	}
	return append(all, gapEdits(old, new)...)
}

// reserved are the addresses that stand for public ones which AWS has yet to choose (RFC 1112).
var reserved = netip.MustParsePrefix("240.0.0.0/4")

// undecided is an object without what stands for choices of AWS: that something else stands for the same choice is no difference.
func undecided(v reflect.Value) reflect.Value {
	public := func(a *netip.Addr) {
		if reserved.Contains(*a) {
			*a = reserved.Addr()
		}
	}
	switch o := v.Interface().(type) {
	case *network.Interface:
		one := *o
		one.Addresses = slices.Clone(o.Addresses)
		for k := range one.Addresses {
			switch a := &one.Addresses[k]; {
			case a.IP.Is4() && o.Open.IPv4:
				a.IP = netip.IPv4Unspecified()
			case a.IP.Is6() && o.Open.IPv6:
				a.IP = netip.IPv6Unspecified()
			}
			public(&one.Addresses[k].Public)
		}
		return reflect.ValueOf(&one)
	case *network.NATGateway:
		one := *o
		one.Addresses = slices.Clone(o.Addresses)
		for k := range one.Addresses {
			public(&one.Addresses[k].Public)
		}
		return reflect.ValueOf(&one)
	}
	return v
}

// kindOf is the kind of an object: a workload is a database, a function, a service.
func kindOf(kind string, v reflect.Value) string {
	if w, ok := v.Interface().(*network.Workload); ok && w.Kind != "" {
		return string(w.Kind)
	}
	return kind
}

// gapEdits are the lists that one network lacks and the other does not.
func gapEdits(old, new *network.Network) []*edit {
	type key struct{ list, account, region, reason string }
	of := func(n *network.Network) map[key]*network.Gap {
		all := map[key]*network.Gap{}
		for i := range n.Gaps {
			if g := &n.Gaps[i]; !g.Assumed { // nothing is known differently for that
				all[key{g.List, g.Account, g.Region, g.Reason}] = g
			}
		}
		return all
	}
	before, after := of(old), of(new)
	var all []*edit
	add := func(g *network.Gap, action, words string) {
		all = append(all, &edit{kind: "list", action: action, gap: g, parts: []part{{words: words}}})
	}
	for k, g := range after {
		if _, ok := before[k]; !ok {
			add(g, deleted, "not in the new network: "+g.Reason)
		}
	}
	for k, g := range before {
		if _, ok := after[k]; !ok {
			add(g, created, "was not in the old network: "+g.Reason)
		}
	}
	slices.SortFunc(all, func(a, b *edit) int {
		return cmp.Or(cmp.Compare(a.gap.List, b.gap.List), cmp.Compare(a.gap.Account, b.gap.Account), cmp.Compare(a.gap.Region, b.gap.Region), cmp.Compare(a.action, b.action), cmp.Compare(a.gap.Reason, b.gap.Reason))
	})
	return all
}

// comparison compares objects of two networks.
type comparison struct {
	*pairing
	networks [2]*network.Network
}

var (
	objectType = reflect.TypeFor[network.Object]()
	originType = reflect.TypeFor[network.Origin]()
	ruleType   = reflect.TypeFor[network.Rule]()
	defectType = reflect.TypeFor[*network.Defect]()
)

// overlooked are fields that no packet meets: the descriptions and identifiers of rules, and what [network.New] works out from other objects.
func overlooked(t reflect.Type, name string) bool {
	switch t {
	case ruleType:
		return name == "ID" || name == "Description"
	case reflect.TypeFor[network.Subnet]():
		return name == "RouteTable" || name == "NetworkACL"
	case objectType:
		return name == "Address" || name == "Origin" || name == "Partial"
	}
	return false
}

// same tells whether two values say the same, wherever they were read. Identifiers are the same when they are of one object.
func (c *comparison) same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if a.Type() == defectType {
			return a.Interface().(*network.Defect).Reason == b.Interface().(*network.Defect).Reason
		}
		return c.same(a.Elem(), b.Elem())
	case reflect.Struct:
		if a.Type() == originType {
			return true
		}
		if a.Comparable() && a.Type().PkgPath() != objectType.PkgPath() { // addresses
			return a.Interface() == b.Interface()
		}
		for i := range a.NumField() {
			if !overlooked(a.Type(), a.Type().Field(i).Name) && !c.same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		first := 0
		for first < a.Len() && c.same(a.Index(first), b.Index(first)) {
			first++
		}
		return first == a.Len() || !ordered[a.Type().Elem()] && c.sameInAnyOrder(a, b, first)
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, k := range a.MapKeys() {
			if other := b.MapIndex(k); !other.IsValid() || !c.same(a.MapIndex(k), other) {
				return false
			}
		}
		return true
	case reflect.String:
		return a.String() == b.String() || c.renamed && c.in(0, a.String()) == b.String()
	}
	return a.Interface() == b.Interface()
}

// ordered are the elements of lists whose order has a meaning.
var ordered = map[reflect.Type]bool{
	reflect.TypeFor[network.StatefulRule](): true, reflect.TypeFor[network.ListenerRule](): true, reflect.TypeFor[network.ListenerAction](): true,
	reflect.TypeFor[network.FirewallReference](): true, reflect.TypeFor[network.StatelessRule](): true,
}

func (c *comparison) sameInAnyOrder(a, b reflect.Value, first int) bool {
	taken := make([]bool, b.Len())
next:
	for i := first; i < a.Len(); i++ {
		for k := first; k < b.Len(); k++ {
			if !taken[k] && c.same(a.Index(i), b.Index(k)) {
				taken[k] = true
				continue next
			}
		}
		return false
	}
	return true
}

// whole is what is to be said of an object that is in one network only: its rules, routes and entries.
func (c *comparison) whole(v reflect.Value, side int) []part {
	zero := reflect.New(v.Type().Elem())
	pair := [2]reflect.Value{v, zero}
	if side == 1 {
		pair = [2]reflect.Value{zero, v}
	}
	var parts []part
	for i := range v.Elem().NumField() {
		if f := v.Elem().Type().Field(i); f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct && f.Type.Elem().PkgPath() == objectType.PkgPath() {
			parts = append(parts, c.field(f.Name, pair[0].Elem().Field(i), pair[1].Elem().Field(i), pair)...)
		}
	}
	return parts
}

// parts says in words how two objects differ.
func (c *comparison) parts(old, new reflect.Value) []part {
	both := [2]reflect.Value{old, new}
	was, is := object(old), object(new)
	var parts []part
	say := func(format string, values ...any) {
		parts = append(parts, part{words: fmt.Sprintf(format, values...), origins: [2]network.Origin{was.Origin, is.Origin}})
	}
	t := old.Elem().Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type == objectType || overlooked(t, f.Name) || c.same(old.Elem().Field(i), new.Elem().Field(i)) {
			continue
		}
		parts = append(parts, c.field(f.Name, old.Elem().Field(i), new.Elem().Field(i), both)...)
	}
	for _, each := range []struct{ what, was, is string }{{"name", was.Name, is.Name}, {"account", was.Account, is.Account}, {"region", was.Region, is.Region}} {
		if each.was != each.is {
			say("%s: %s → %s", each.what, quoted(each.was), quoted(each.is))
		}
	}
	tags := [2]map[string]string{{}, {}}
	for side, o := range []*network.Object{was, is} {
		for _, each := range o.Tags {
			tags[side][each.Key] = each.Value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(union(tags[0], tags[1]))) {
		before, had := tags[0][key]
		after, has := tags[1][key]
		switch {
		case !had:
			say("tag %s added: %s", key, quoted(after))
		case !has:
			say("tag %s removed", key)
		case before != after:
			say("tag %s: %s → %s", key, quoted(before), quoted(after))
		}
	}
	switch {
	case was.Defect == nil && is.Defect != nil:
		say("not understood any more: %s", is.Defect.Reason)
	case was.Defect != nil && is.Defect == nil:
		say("understood now, which it was not: %s", was.Defect.Reason)
	case was.Defect != nil && was.Defect.Reason != is.Defect.Reason:
		say("not understood: %s", is.Defect.Reason)
	}
	return parts
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func quoted(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
