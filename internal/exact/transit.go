package exact

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// attachmentOf is the attachment of an environment to a transit gateway; nil where there is none.
func (c *checker) attachmentOf(e *blueprint.Environment, gateway string) *network.TransitAttachment {
	s := c.siteFor(e)
	for _, a := range c.network.TransitAttachments.All() {
		if s.vpc != nil && a.Gateway == gateway && a.Type == "vpc" && a.Resource == s.vpc.ID && a.State != "deleted" && a.State != "deleting" {
			return a
		}
	}
	return nil
}

// gatewayOf is the transit gateway that stands for one of the blueprint: that to which most of its members are attached; empty where none is.
func (c *checker) gatewayOf(t *blueprint.Transit) string {
	count := map[string]int{}
	best := ""
	for _, a := range c.network.TransitAttachments.All() {
		s := c.byVPC[a.Resource]
		if a.Type != "vpc" || s == nil || !slices.Contains(t.Members, s.Environment) {
			continue
		}
		count[a.Gateway]++
		if best == "" || count[a.Gateway] > count[best] || count[a.Gateway] == count[best] && a.Gateway < best {
			best = a.Gateway
		}
	}
	return best
}

// isTransit tells whether a transit gateway is the one that stands for one of the blueprint.
func (c *checker) isTransit(t *blueprint.Transit, id string) bool {
	return id != "" && c.gatewayOf(t) == id
}

// transits holds the transit gateways, their attachments and their tables.
func (c *checker) transits() {
	declared := map[*network.TransitAttachment]bool{}
	hubs := map[string]bool{}
	for _, t := range c.Transits {
		id := c.gatewayOf(t)
		var at []*site
		seen := true
		for _, e := range t.Members {
			at = append(at, c.siteFor(e))
			seen = seen && c.siteFor(e).vpc != nil
		}
		if id == "" {
			if !seen {
				continue // which is told
			}
			f := &found{effect: report.Broken, rule: "transit-gateway", pattern: peeringPattern, at: at, because: t.Edges, kind: "VPC", object: &at[0].vpc.Object,
				message: fmt.Sprintf("No transit gateway joins %s in %s.", memberWords(t), t.Name), mend: "Apply what watertight compile writes for it."}
			if gap := c.network.Gap("TransitGatewayAttachments", "", t.Name); gap != nil {
				f.effect, f.unknown = report.Doubtful, []string{report.MissingList + gap.String()}
			}
			c.add(f)
			continue
		}
		hubs[id] = true
		c.transitGateway(t, id, at)
		for _, e := range t.Members {
			a := c.attachmentOf(e, id)
			if s := c.siteFor(e); a == nil && s.vpc != nil {
				c.add(&found{effect: report.Broken, rule: "attachment", pattern: peeringPattern, at: []*site{s}, because: t.Edges, kind: "VPC", object: &s.vpc.Object,
					message: fmt.Sprintf("The environment %s is not attached to the transit gateway %s.", e.Name, c.transitWords(id)), mend: "Apply what watertight compile writes for it."})
			} else if a != nil {
				declared[a] = true
				c.attachment(t, s, a)
			}
		}
	}
	for _, a := range c.network.TransitAttachments.All() {
		s := c.byVPC[a.Resource]
		if declared[a] || a.State == "deleted" || a.State == "deleting" || s == nil && !hubs[a.Gateway] {
			continue
		}
		f := &found{effect: report.Undeclared, rule: "attachment", pattern: peeringPattern, kind: "transit gateway attachment", object: &a.Object, mend: "Remove it, or declare the flow that needs it."}
		if s != nil {
			f.at = []*site{s}
			f.message = fmt.Sprintf("The environment %s is attached to the transit gateway %s by %s, and nothing declares it.", s.Name, c.transitWords(a.Gateway), label(&a.Object))
		} else {
			for _, t := range c.Transits {
				if c.isTransit(t, a.Gateway) {
					f.at = append(f.at, c.siteFor(t.Owner))
				}
			}
			f.message = fmt.Sprintf("%s is attached to the transit gateway %s by %s, and nothing declares it.", c.resourceWords(a), c.transitWords(a.Gateway), label(&a.Object))
		}
		c.add(f)
	}
}

func memberWords(t *blueprint.Transit) string {
	words := make([]string, len(t.Members))
	for i, e := range t.Members {
		words[i] = e.Name
	}
	return few(words)
}

func (c *checker) transitWords(id string) string {
	if g, ok := c.network.TransitGateways.Get(id); ok {
		return label(&g.Object)
	}
	return id
}

func (c *checker) resourceWords(a *network.TransitAttachment) string {
	if a.Type == "vpc" {
		return strings.ToUpper(c.vpcWords(a.Resource)[:1]) + c.vpcWords(a.Resource)[1:]
	}
	return "Something of type " + a.Type + " (" + a.Resource + ")"
}

// transitGateway holds the gateway itself: nothing joins it, or is routed by it, by default.
func (c *checker) transitGateway(t *blueprint.Transit, id string, at []*site) {
	g, ok := c.network.TransitGateways.Get(id)
	if !ok || g.Defect != nil {
		why := "it is not in the input"
		if ok {
			why = g.Defect.Reason
		}
		f := &found{effect: report.Doubtful, rule: "transit-gateway", pattern: peeringPattern, at: at, because: t.Edges, unknown: []string{"transit gateway " + id + ": " + why},
			message: fmt.Sprintf("What the transit gateway %s does is not known: %s.", id, why), mend: "Give the input that tells."}
		if ok {
			f.kind, f.object = "transit gateway", &g.Object
		}
		c.add(f)
		return
	}
	add := func(effect report.Effect, message, mend string) {
		c.add(&found{effect: effect, rule: "transit-gateway", pattern: peeringPattern, at: at, kind: "transit gateway", object: &g.Object, message: message, mend: mend})
	}
	if g.State != "available" && g.State != "pending" && g.State != "" {
		add(report.Broken, fmt.Sprintf("The transit gateway %s is %s.", label(&g.Object), g.State), "Make one that is there.")
	}
	if g.DefaultRouteTable != "" {
		add(report.Undeclared, fmt.Sprintf("The transit gateway %s associates what is attached with its default route table, %s.", label(&g.Object), g.DefaultRouteTable), "Turn the default association off.")
	}
	if g.DefaultPropagation != "" {
		add(report.Undeclared, fmt.Sprintf("The transit gateway %s propagates the routes of what is attached to its default route table, %s.", label(&g.Object), g.DefaultPropagation), "Turn the default propagation off.")
	}
	if !g.SecurityGroupReferencing {
		add(report.Broken, fmt.Sprintf("The transit gateway %s does not support references to security groups, which the inbound rules of roles have.", label(&g.Object)), "Turn security group referencing on.")
	}
}

// attachment holds the attachment of an environment, and the table of the gateway for what comes from it.
func (c *checker) attachment(t *blueprint.Transit, s *site, a *network.TransitAttachment) {
	add := func(effect report.Effect, rule, message, mend string, unknown ...string) {
		c.add(&found{effect: effect, rule: rule, pattern: peeringPattern, at: []*site{s}, kind: "transit gateway attachment", object: &a.Object, message: message, mend: mend, unknown: unknown})
	}
	name := label(&a.Object)
	if a.Defect != nil {
		add(report.Doubtful, "attachment", fmt.Sprintf("The attachment %s of the environment %s is not understood: %s.", name, s.Name, a.Defect.Reason), "Give the input that tells.", "attachment "+name+": "+a.Defect.Reason)
		return
	}
	if a.State != "available" {
		add(report.Broken, "attachment", fmt.Sprintf("The attachment %s of the environment %s is %s.", name, s.Name, a.State), "Accept it.")
	}
	if a.Detailed {
		for _, tier := range s.Tiers {
			if tier.Purpose != intent.ForTransit {
				continue
			}
			for zone, x := range s.rows[tier] {
				if x != nil && !slices.Contains(a.Subnets, x.ID) {
					add(report.Broken, "attachment", fmt.Sprintf("The attachment %s of the environment %s is not in %s, its subnet in %s.", name, s.Name, label(&x.Object), s.Zones[zone]), "Add the subnet to the attachment.")
				}
			}
			for _, id := range a.Subnets {
				if at, ok := s.place[id]; !ok || at.tier != tier {
					add(report.Undeclared, "attachment", fmt.Sprintf("The attachment %s of the environment %s is in %s, too.", name, s.Name, s.subnetWords(id)), "Take the subnet from the attachment.")
				}
			}
		}
		if !a.SecurityGroupReferencing {
			add(report.Broken, "attachment", fmt.Sprintf("The attachment %s of the environment %s does not support references to security groups.", name, s.Name), "Turn security group referencing on.")
		}
	}
	table, ok := c.network.TransitRouteTables.Get(a.RouteTable)
	switch {
	case a.RouteTable == "":
		add(report.Broken, "transit-route", fmt.Sprintf("The attachment %s of the environment %s is associated with no route table.", name, s.Name), "Associate it with the table of the environment.")
	case !ok || table.Defect != nil || !table.RoutesKnown && !table.AllRoutes:
		add(report.Doubtful, "transit-route", fmt.Sprintf("Where the transit gateway leads what comes from the environment %s is not known.", s.Name), "Give the input that tells.", "transit gateway route table "+a.RouteTable)
	default:
		c.transitTable(t, s, table)
	}
}

// transitTable holds the table for what comes from an environment to its routes.
func (c *checker) transitTable(t *blueprint.Transit, s *site, table *network.TransitRouteTable) {
	add := func(f *found) {
		f.pattern, f.at, f.kind, f.object = peeringPattern, []*site{s}, "transit gateway route table", &table.Object
		c.add(f)
	}
	doubt := func(at network.Origin, why string) {
		add(&found{effect: report.Doubtful, rule: "transit-route", origin: at, unknown: []string{"transit gateway route table " + label(&table.Object) + ": " + why},
			message: fmt.Sprintf("Where the transit gateway leads what comes from the environment %s is not known: %s.", s.Name, why), mend: "Give the input that tells."})
	}
	for _, id := range table.Propagations {
		what := id
		if k := slices.IndexFunc(c.network.TransitAttachments.All(), func(a *network.TransitAttachment) bool { return a.Attachment == id }); k >= 0 {
			what = lower(c.resourceWords(c.network.TransitAttachments.All()[k])) + " (" + id + ")"
		}
		add(&found{effect: report.Undeclared, rule: "propagation", message: fmt.Sprintf("Routes of %s are propagated to %s, the table for what comes from the environment %s.", what, label(&table.Object), s.Name),
			mend: "Turn the propagation off: each flow has its routes."})
	}
	if !table.PropagationsKnown && !table.AllRoutes {
		doubt(table.Origin, "which routes are propagated to it")
	}
	id := c.gatewayOf(t)
	var wanted longest[*blueprint.TransitRoute]
	var is longest[*network.TransitRoute]
	var cuts []netip.Prefix
	for i := range t.Routes {
		if r := &t.Routes[i]; r.From == s.Environment {
			wanted.add(r.Destination, r)
			cuts = append(cuts, r.Destination)
		}
	}
	for i := range table.Routes {
		r := &table.Routes[i]
		if r.Type == "propagated" {
			continue // told
		}
		list := []netip.Prefix{r.Destination}
		if r.PrefixList != "" {
			l, ok := c.network.PrefixLists.Get(r.PrefixList)
			if !ok || l.Defect != nil {
				doubt(r.Origin, "the prefix list "+r.PrefixList+" is not known")
				return
			}
			list = l.Entries
		}
		if r.Defect != nil {
			doubt(r.Origin, r.Defect.Reason)
			return
		}
		for _, p := range list {
			if r.Blackhole && len(r.Attachments) == 0 {
				is.add(p, nil)
			} else {
				is.add(p, r)
			}
			cuts = append(cuts, p)
		}
	}
	type step struct {
		want *blueprint.TransitRoute
		is   *network.TransitRoute
	}
	space := cut(cuts...)
	parts := map[step][]region{}
	var order []step
	for _, g := range space.regions() {
		want, _ := wanted.of(g.example)
		real, _ := is.of(g.example)
		if want == nil && real == nil {
			continue
		}
		if want != nil && real != nil && !real.Blackhole {
			if a := c.attachmentOf(want.To, id); a != nil && slices.Equal(real.Attachments, []string{a.Attachment}) {
				continue
			}
		}
		at := step{want, real}
		if parts[at] == nil {
			order = append(order, at)
		}
		parts[at] = append(parts[at], g)
	}
	for _, at := range order {
		blocks := space.blocks(parts[at])
		f := &found{effect: report.Broken, rule: "transit-route", addresses: blocks}
		switch {
		case at.want == nil:
			f.effect, f.origin = report.Undeclared, at.is.Origin
			f.message = fmt.Sprintf("%s, for what comes from the environment %s, leads %s to %s, and nothing declares it.", label(&table.Object), s.Name, prefixWords(blocks), c.attachmentWords(at.is))
			f.mend = "Remove the route, or lead no more by it than what is declared."
		case at.is == nil || at.is.Blackhole:
			f.because = at.want.Because
			f.message = fmt.Sprintf("%s, for what comes from the environment %s, has no route for %s, which is to go to %s (%s).", label(&table.Object), s.Name, prefixWords(blocks), at.want.To.Name, lines(at.want.Because))
			f.mend = fmt.Sprintf("Add the route %s → %s.", at.want.Destination, at.want.To.Name)
		default:
			f.because, f.origin = at.want.Because, at.is.Origin
			f.message = fmt.Sprintf("%s, for what comes from the environment %s, leads %s to %s, and it is to go to %s (%s).", label(&table.Object), s.Name, prefixWords(blocks), c.attachmentWords(at.is), at.want.To.Name, lines(at.want.Because))
			f.mend = fmt.Sprintf("Lead it to %s.", at.want.To.Name)
		}
		add(f)
	}
}

func (c *checker) attachmentWords(r *network.TransitRoute) string {
	var words []string
	for _, id := range r.Attachments {
		word := id
		for _, a := range c.network.TransitAttachments.All() {
			if a.Attachment == id {
				word = lower(c.resourceWords(a))
			}
		}
		words = append(words, word)
	}
	return few(words)
}

func lower(words string) string { return strings.ToLower(words[:1]) + words[1:] }
