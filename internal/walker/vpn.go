package walker

// throughVPNGateway sends a packet out by a virtual private gateway. The answer ends at the edge: the network behind it is known by the prefixes
// that are routed there (VPN-1).
func (f *flow) throughVPNGateway(id, vpc string, p Packet) (arrival, *stop) {
	const kind = "virtual private gateway"
	g, ok := f.network.VPNGateways.Get(id)
	switch {
	case !ok:
		return arrival{}, unclear(kind, id, codeUnknown, "virtual private gateway "+id+" is not in the network")
	case g.Defect != nil:
		return arrival{}, unclear(kind, id, codeUnknown, g.Label()+" is not understood: "+g.Defect.String())
	case g.VPC != vpc: // RT-9
		return arrival{}, drop(kind, id, "", codeAttachment, g.Label()+" is not attached to "+vpc)
	case !f.ownSource(vpc, p.Source):
		return arrival{}, drop(kind, id, "", codeVPNSource, p.Source.String()+" is not an address of "+vpc)
	}
	known, open := false, ""
	for _, c := range f.network.VPNConnections.All() {
		if c.VPNGateway != id {
			continue
		}
		switch {
		case c.Defect != nil:
			open = c.Label() + " is not understood: " + c.Defect.String()
			continue
		case c.State == "deleted" || c.State == "deleting":
			continue
		case within(c.Routes, p.Destination) && c.State == "available":
			f.meet(kind, id, Forward, "by "+c.ID+", to a network beyond the model")
			return arrival{place{kind: onPremises, vpc: vpc, gateway: id}, p}, nil
		}
		known = true
		switch {
		case c.State != "available":
			open = c.Label() + " is " + c.State
		case !c.StaticOnly:
			open = c.Label() + " learns routes by BGP, which are not known"
		}
	}
	if gap := f.network.Gap("VpnConnections", g.Account, g.Region); gap != nil {
		open = gap.String()
	} else if !known && open == "" {
		open = "it has no VPN connection: whether Direct Connect is behind it is not known"
	}
	if open != "" {
		return arrival{}, unclear(kind, id, codeUnknown, "whether "+g.Label()+" has a route to "+p.Destination.String()+" is not known: "+open)
	}
	return arrival{}, drop(kind, id, "", codeNotOnPremises, "no VPN connection of "+g.Label()+" has a route to "+p.Destination.String())
}
