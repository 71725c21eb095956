package reach

import (
	"github.com/watertight/watertight/internal/network"
)

// outByGateway is a packet that a route sends to an internet gateway.
func (w walk) outByGateway(g *network.InternetGateway, at *subnet) {
	w.pass("internet gateway", &g.Object, nil)
	switch {
	case g.VPC != at.vpc.ID:
		w.drop("internet gateway", &g.Object, "BAD_STATE_ATTACHMENT", "the gateway is not attached to "+at.vpc.Label()) // RT-9
		return
	case w.owner.subnet == nil || w.owner.subnet.vpc != at.vpc:
		w.drop("internet gateway", &g.Object, "GATEWAY_REJECTS_SPOOFED_TRAFFIC", w.source.address.String()+" is no address of "+at.vpc.Label()) // IGW-1
		return
	}
	if !w.publicAccess(at, w.owner.nat, w.owner.subnet) {
		return
	}
	if w.source.address.Is4() {
		if !w.owner.public.valid() {
			w.drop("internet gateway", &g.Object, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", w.source.address.String()+" has no public address") // IGW-1, NAT-3, LAMBDA-1
			return
		}
		if w.destination.in(private4[:3]...) {
			w.drop("internet gateway", &g.Object, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", w.destination.address.String()+" is private") // IGW-2
			return
		}
		if w.destination.in(private4[3]) {
			w.drop("internet gateway", &g.Object, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", w.destination.address.String()+" is shared address space") // IGW-2
			return
		}
		w.source = w.owner.public
		w.hop("internet gateway", &g.Object, Translate, "source becomes "+w.source.address.String())
	} else {
		if !w.source.in(global6) || !w.destination.in(global6) {
			w.drop("internet gateway", &g.Object, "IGW_ADDRESS_NOT_GLOBAL", "only global IPv6 addresses cross") // IGW-3
			return
		}
		w.hop("internet gateway", &g.Object, Forward, "to the internet")
	}
	w.exit()
}

// outEgressOnly is a packet that a route sends to an egress-only internet gateway.
func (w walk) outEgressOnly(g *network.EgressOnlyGateway, at *subnet) {
	switch {
	case g.VPC != at.vpc.ID:
		w.drop("egress-only internet gateway", &g.Object, "BAD_STATE_ATTACHMENT", "the gateway is not attached to "+at.vpc.Label()) // RT-9
		return
	case !w.source.address.Is6() || !w.source.in(global6) || !w.destination.in(global6):
		w.drop("egress-only internet gateway", &g.Object, "IGW_ADDRESS_NOT_GLOBAL", "only global IPv6 addresses cross") // EIGW-1
		return
	case w.owner.subnet == nil || w.owner.subnet.vpc != at.vpc:
		w.drop("egress-only internet gateway", &g.Object, "GATEWAY_REJECTS_SPOOFED_TRAFFIC", w.source.address.String()+" is no address of "+at.vpc.Label())
		return
	}
	if !w.publicAccess(at, true, w.owner.subnet) {
		return
	}
	if w.replying {
		w.drop("egress-only internet gateway", &g.Object, "EIGW_HOLDS_NO_CONNECTION", "the reply is sent into an egress-only gateway that does not hold its connection") // V-15
		return
	}
	w.egress = at.vpc
	w.pass("egress-only internet gateway", &g.Object, nil)
	w.hop("egress-only internet gateway", &g.Object, Forward, "to the internet")
	w.exit()
}

// exit is a packet on the internet. A request ends a leg here; a reply has arrived when it is from whom the request was sent to.
func (w walk) exit() {
	far := w.server
	if w.replying {
		far = w.client
	} else {
		w.crossed = crossing{count: w.crossed.count + 1}
		if w.kind == SameVPC {
			w.kind = ByInternet
		}
	}
	if w.destination.address.Is6() { // IGW-3: it is one address everywhere
		if far != nil {
			w.fromInternet()
			return
		}
		if v := w.session.engine.index.holder(w.destination); v != nil {
			w.stray(v)
			return
		}
	}
	if !w.replying {
		if g := w.session.engine.index.translators[w.destination.address]; g != nil {
			w.drop("NAT gateway", &g.Object, "NAT_ACCEPTS_NO_CONNECTION", "nothing opens a connection to or through a NAT gateway") // NAT-2
			return
		}
		w.finish(exited)
		return
	}
	if w.client != nil {
		w.drop("internet", &network.Object{ID: "internet"}, "REPLY_LOST", "the reply leaves for the internet, with "+w.source.address.String()+" as its source")
		return
	}
	expected := w.server.home
	if w.server.public.valid() {
		expected = w.server.public
	}
	if w.source.address != expected.address {
		w.drop("internet", &network.Object{ID: "internet"}, "REPLY_LOST", "the reply comes from "+w.source.address.String()+", and is no answer to what was sent to "+expected.address.String())
		return
	}
	w.finish(exited)
}

// fromInternet is a packet that comes in by the internet gateway of the VPC that has its destination address.
func (w walk) fromInternet() {
	w.hops++
	var at owner
	var home place // the private address that the destination stands for
	switch {
	case w.replying && w.inForce > 0:
		t := w.translations[w.inForce-1]
		at, home = owner{subnet: t.home, nat: true}, t.outer
	case w.replying:
		at, home = owner{subnet: w.client.subnet, nat: w.client.role == nat}, w.client.home
	default:
		at, home = owner{subnet: w.server.subnet, nat: w.server.role == nat}, w.server.home
	}
	v := at.subnet.vpc
	opened := w.replying && w.destination.address.Is6() && w.egress == v
	if w.source.address.Is4() {
		if w.source.in(private4[:3]...) {
			w.drop("internet gateway", &v.Object, "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", w.source.address.String()+" is private") // IGW-2
			return
		}
		if w.source.in(private4[3]) {
			w.drop("internet gateway", &v.Object, "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS", w.source.address.String()+" is shared address space") // IGW-2
			return
		}
		if !w.replying && !w.server.public.valid() {
			w.drop("internet gateway", &v.Object, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", w.destination.address.String()+" is no public address") // IGW-1
			return
		}
	} else if !w.source.in(global6) || !w.destination.in(global6) {
		w.drop("internet gateway", &v.Object, "IGW_ADDRESS_NOT_GLOBAL", "only global IPv6 addresses cross") // IGW-3
		return
	}
	if v.gateway == nil && !opened {
		if v.noGateway != "" {
			w.unknown("internet gateway", &v.Object, "whether "+v.Label()+" has one is not known: "+v.noGateway)
			return
		}
		w.drop("VPC", &v.Object, "NO_INTERNET_GATEWAY", v.Label()+" has no internet gateway") // IGW-1, EIGW-1
		return
	}
	if !w.publicAccess(at.subnet, opened || at.nat, nil) {
		return
	}
	if opened {
		w.hop("egress-only internet gateway", &v.Object, Forward, "the reply comes back in")
	} else if home != w.destination {
		w.hop("internet gateway", &v.gateway.Object, Translate, "destination becomes "+home.address.String())
	} else {
		w.hop("internet gateway", &v.gateway.Object, Forward, "into "+v.Label())
	}
	if v.gateway != nil {
		w.pass("internet gateway", &v.gateway.Object, nil)
	}
	w.destination = home
	if v.edge == nil || opened {
		w.enter(v, nil)
		return
	}
	if at.subnet.gateway != nil {
		w.unknown("route table", &v.edge.Object, "what it does with a packet for a regional NAT gateway is not documented")
		return
	}
	// RT-7: the gateway's own route table.
	d := w.session.lookup(v.edge, w.destination)
	switch {
	case d.doubt != "":
		w.unknown("route table", &v.edge.Object, d.doubt)
	case len(d.routes) == 0:
		w.drop("route table", &v.edge.Object, "NO_ROUTE_TO_DESTINATION", "no route to "+w.destination.address.String())
	default:
		stands := &subnet{Subnet: &network.Subnet{Object: v.gateway.Object}, vpc: v, table: v.edge}
		w.choose("route of "+v.edge.ID, len(d.routes), func(i int) string { return v.edge.ID + " uses the route to " + d.routes[i].Target.ID }, func(w walk, i int) {
			w.follow(d.routes[i], stands)
		})
	}
}

// publicAccess applies VPC Block Public Access to a packet that leaves or reaches a subnet by an internet or egress-only gateway (BPA-1). It
// returns false when it ended the walk.
func (w *walk) publicAccess(at *subnet, throughNAT bool, own *subnet) bool {
	v := at.vpc
	if g := w.session.engine.network.Gap("VpcBlockPublicAccessOptions", v.Account, v.Region); g != nil {
		w.doubt("block public access", &v.Object, "its mode is not known: "+g.String())
		return true
	}
	switch v.mode {
	case "off":
		return true
	case "block-ingress", "block-bidirectional":
	default:
		w.doubt("block public access", &v.Object, "its mode is "+v.mode)
		return true
	}
	passes := func(s *subnet) bool {
		has := func(mode string) bool { return s.exclusion == mode || v.exclusion == mode }
		return has("allow-bidirectional") || throughNAT && (v.mode == "block-ingress" || has("allow-egress"))
	}
	if own != nil && passes(own) != passes(at) {
		w.doubt("block public access", &at.Object, "what counts when a packet leaves by another subnet than its own, and only one is excluded, is not documented")
		return true
	}
	if passes(at) {
		return true
	}
	if g := w.session.engine.network.Gap("VpcBlockPublicAccessExclusions", v.Account, v.Region); g != nil {
		w.doubt("block public access", &v.Object, "its exclusions are not known: "+g.String())
		return true
	}
	if at.exclusion == notUnderstood || v.exclusion == notUnderstood {
		w.doubt("block public access", &v.Object, "an exclusion from it is not understood")
		return true
	}
	w.drop("block public access", &network.Object{ID: v.Account + "/" + v.Region, Origin: v.Origin}, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC Block Public Access ("+v.mode+") of the account in this Region")
	return false
}
