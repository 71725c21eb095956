package shadow

import (
	"fmt"
	"net/netip"
)

// peering is what an accepter knows from the connection that it accepts.
func peering(attribute string) shape {
	return func(f *filling, path string, _ map[string]any) any {
		o := f.provider.book.object("aws_vpc_peering_connection", str(f.values["vpc_peering_connection_id"]))
		if o != nil {
			switch attribute {
			case "region":
				return o.region
			case "owner_id":
				return o.account
			}
			return str(o.values[attribute])
		}
		switch attribute {
		case "region":
			return f.region
		case "owner_id":
			return f.account
		}
		return f.id("vpc", path)
	}
}

var attachments = map[string][2]string{
	"aws_ec2_transit_gateway_vpc_attachment": {"vpc", "vpc_id"}, "aws_ec2_transit_gateway_peering_attachment": {"peering", "peer_transit_gateway_id"},
	"aws_ec2_transit_gateway_connect": {"connect", "id"},
}

// attached is what a transit gateway attachment attaches.
func attached(f *filling, path string, _ map[string]any) any {
	id := str(f.values["transit_gateway_attachment_id"])
	for typ, a := range attachments {
		if v := f.provider.book.find(typ, id); v != nil {
			return str(v[a[1]])
		}
	}
	if v := f.provider.book.where("aws_vpn_connection", "transit_gateway_attachment_id", id); v != nil {
		return str(v["id"])
	}
	return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
}

func attachedType(f *filling, path string, _ map[string]any) any {
	id := str(f.values["transit_gateway_attachment_id"])
	for typ, a := range attachments {
		if f.provider.book.find(typ, id) != nil {
			return a[0]
		}
	}
	if f.provider.book.where("aws_vpn_connection", "transit_gateway_attachment_id", id) != nil {
		return "vpn"
	}
	f.choose(path)
	return "vpc"
}

func vpnPublic(f *filling, path string, _ map[string]any) any { return f.note(f.public(path), path) }

// vpnInside is the /30 of a tunnel.
func vpnInside(n int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		x := f.numeral("tunnels", "inside")
		return f.note(fmt.Sprintf("169.254.%d.%d/30", 8+int(x[0])%240, int(x[1])/8*8+n), path)
	}
}

func vpnHost(block string, n int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		p, err := netip.ParsePrefix(str(f.attribute(block)))
		if err != nil {
			return ""
		}
		a := p.Masked().Addr()
		for range n {
			a = a.Next()
		}
		return f.note(a.String(), path)
	}
}
