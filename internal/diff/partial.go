package diff

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

// clouded are changes for edits of which it cannot be told what they open: of objects that the new network knows in part only, since another configuration manages
// them; of such whose members are where nothing is known; and of rules, routes and entries that are not understood. What hangs on these may have been unknown before, and
// is no "no change" for that. An edit that is the cause of something that is told is left out.
func (c *comparison) clouded(edits []*edit, told []report.Change) []report.Change {
	var all []report.Change
	for _, e := range edits {
		if e.gap != nil || !e.new.IsValid() {
			continue
		}
		o := object(e.new)
		inward, outward, doubt := c.gained(e)
		if !inward && !outward || slices.ContainsFunc(told, func(change report.Change) bool {
			return slices.ContainsFunc(change.Causes, func(cause report.Edit) bool { return cause.Kind == e.kind && cause.ID == o.ID })
		}) {
			continue
		}
		why := cmp.Or(cloud(c.networks[1], e), doubt)
		if why == "" {
			continue
		}
		change := report.Change{
			Source: "anything", Destination: "anything", Before: report.Unknown, After: report.Unknown, Traffic: query.Products(query.Traffic()), Family: "any",
			Via: []string{}, Path: []report.Hop{}, Reply: []report.Hop{}, Causes: []report.Edit{e.wire(e.parts)}, Unknown: []string{e.kind + " " + o.Label() + ": " + why},
		}
		switch _, group := e.new.Interface().(*network.SecurityGroup); {
		case !group:
			change.Source = "what " + e.kind + " " + o.Label() + " is for"
		case inward:
			change.Destination = o.Label()
		default:
			change.Source = o.Label()
		}
		all = append(all, change)
	}
	return all
}

// gained tells whether an object may let more through than before: a group with a rule that it did not have, a table or an ACL with other routes or entries, where
// one that goes may have kept something away. Doubt is why one that is new is not understood; empty where all are.
func (c *comparison) gained(e *edit) (inward, outward bool, doubt string) {
	sides := [2]reflect.Value{e.old, e.new}
	// alone tells whether a list of the object has something in one network that it does not have in the other.
	alone := func(side int, name string) bool {
		if !sides[side].IsValid() {
			return false
		}
		found := false
		list := sides[side].Elem().FieldByName(name)
		for k := range list.Len() {
			there := false
			if sides[1-side].IsValid() {
				other := sides[1-side].Elem().FieldByName(name)
				for i := 0; i < other.Len() && !there; i++ {
					pair := [2]reflect.Value{other.Index(i), other.Index(i)}
					pair[side] = list.Index(k)
					there = c.same(pair[0], pair[1])
				}
			}
			if there {
				continue
			}
			found = true
			if d, _ := list.Index(k).FieldByName("Defect").Interface().(*network.Defect); d != nil && side == 1 {
				doubt = cmp.Or(doubt, d.Reason)
			}
		}
		return found
	}
	switch e.new.Interface().(type) {
	case *network.SecurityGroup:
		inward, outward = alone(1, "Inbound"), alone(1, "Outbound")
	case *network.NetworkACL:
		more, less := alone(1, "Entries"), alone(0, "Entries")
		outward = more || less
	case *network.RouteTable:
		more, less := alone(1, "Routes"), alone(0, "Routes")
		outward = more || less
	}
	return inward, outward, doubt
}

// cloud says why it cannot be told what an edit opens; empty where it can.
func cloud(n *network.Network, e *edit) string {
	const mend = ". Give what has it with --from"
	o := object(e.new)
	vpc := func(id string) string {
		if v, ok := n.VPCs.Get(id); !ok {
			return "its VPC " + id + " is not in the input" + mend
		} else if v.Defect != nil {
			return "its VPC: " + v.Defect.Reason
		}
		return ""
	}
	switch x := e.new.Interface().(type) {
	case *network.SecurityGroup:
		switch {
		case o.Partial && o.Defect != nil:
			return o.Defect.Reason + mend
		case e.action != updated: // members of a new group are told of
			return ""
		}
		for _, i := range n.Interfaces.All() {
			if !slices.Contains(i.Groups, x.ID) {
				continue
			}
			s, known := n.Subnets.Get(i.Subnet)
			switch {
			case known && s.Defect != nil:
				return "the subnet of " + i.Label() + ": " + s.Defect.Reason
			case !known:
				return "the subnet " + i.Subnet + " of " + i.Label() + " is not in the input" + mend
			case vpc(s.VPC) != "":
				return i.Label() + ": " + vpc(s.VPC)
			}
		}
	case *network.RouteTable:
		if o.Partial && o.Defect != nil {
			return o.Defect.Reason + mend
		}
		return vpc(x.VPC)
	case *network.NetworkACL:
		if o.Partial && o.Defect != nil {
			return o.Defect.Reason + mend
		}
		return vpc(x.VPC)
	}
	return ""
}
