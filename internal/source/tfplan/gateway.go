package tfplan

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

func (i *instance) internetGateway() {
	g := &network.InternetGateway{VPC: i.get("vpc_id").identity()}
	i.settle(&g.Object, i.id())
	i.out.InternetGateways = append(i.out.InternetGateways, g)
	i.objects.internet[g.ID] = g
}

func (i *instance) internetGatewayAttachment() {
	id := i.get("internet_gateway_id").identity()
	g := i.objects.internet[id]
	if g == nil {
		i.elsewhere("internet_gateway_id", id, "a VPC to an internet gateway")
		if id == "" {
			return
		}
		g = &network.InternetGateway{}
		i.like(&g.Object, id, "")
		i.out.InternetGateways = append(i.out.InternetGateways, g)
		i.objects.internet[id] = g
	}
	g.VPC = i.get("vpc_id").identity()
	if d := i.take(""); d != nil && g.Defect == nil {
		g.Defect = d
	}
}

func (i *instance) egressOnlyGateway() {
	g := &network.EgressOnlyGateway{VPC: i.get("vpc_id").identity()}
	i.settle(&g.Object, i.id())
	i.out.EgressOnlyGateways = append(i.out.EgressOnlyGateways, g)
}

func (i *instance) carrierGateway() {
	g := &network.CarrierGateway{VPC: i.get("vpc_id").identity(), State: "available"}
	i.settle(&g.Object, i.id())
	i.out.CarrierGateways = append(i.out.CarrierGateways, g)
}

func (i *instance) natGateway() {
	g := &network.NATGateway{Subnet: i.get("subnet_id").identity(), State: "available", Private: i.get("connectivity_type").text() == "private",
		Regional: i.get("availability_mode").text() == "regional"}
	if g.Regional {
		g.VPC = i.get("vpc_id").identity()
		g.RouteTable = i.get("route_table_id").identity()
		for _, n := range i.get("availability_zone_address").list() {
			for _, allocation := range n.get("allocation_ids").list() {
				g.Addresses = append(g.Addresses, network.NATAddress{Public: i.allocated(allocation.identity()), Zone: n.get("availability_zone").literal() + n.get("availability_zone_id").literal()})
			}
		}
		if len(g.Addresses) == 0 {
			g.Addresses = append(g.Addresses, network.NATAddress{Public: i.undecided(i.get("public_ip").placeholderAddress())})
		}
		i.settle(&g.Object, i.id())
		i.out.NATGateways = append(i.out.NATGateways, g)
		return
	}
	g.VPC = i.vpcOf(g.Subnet)
	id := i.attribute("network_interface_id")
	f := i.face(id, "", g.Subnet, nil, network.TypeNAT, network.Owner{Kind: network.OwnerNAT, ID: i.id(), Sure: true})
	f.SourceDestCheck = false
	private := i.get("private_ip")
	if private.known() && private.given() {
		if a := private.address(); a.IsValid() {
			f.Addresses = append(f.Addresses, network.Address{IP: a})
			i.objects.taken[a] = true
		}
	} else {
		i.await(f, private.placeholderAddress())
		i.findAddress(f)
	}
	f.Open = network.Open{} // nothing is asked about a NAT gateway itself
	address := network.NATAddress{Interface: id}
	if len(f.Addresses) > 0 {
		address.IP = f.Addresses[0].IP
	}
	if !g.Private {
		allocation := i.get("allocation_id").identity()
		address.Public = i.allocated(allocation)
		if !address.Public.IsValid() {
			address.Public = i.undecided(i.get("public_ip").placeholderAddress())
		}
		if len(f.Addresses) > 0 {
			f.Addresses[0].Public = address.Public
		}
	}
	g.Addresses = append(g.Addresses, address)
	for _, n := range i.get("secondary_allocation_ids").list() {
		if public := i.allocated(n.identity()); public.IsValid() && len(f.Addresses) > 0 {
			if a := i.privateOf(n.identity(), g.Subnet); a.IsValid() {
				g.Addresses = append(g.Addresses, network.NATAddress{Interface: id, IP: a, Public: public})
				f.Addresses = append(f.Addresses, network.Address{IP: a, Public: public})
			}
		}
	}
	i.settle(&g.Object, i.id())
	f.Defect = g.Defect
	i.out.NATGateways = append(i.out.NATGateways, g)
}

// privateOf is the private address to which an allocation is mapped in a subnet: known, or one that nothing has.
func (r *reader) privateOf(allocation, subnet string) netip.Addr {
	if e := r.byID[allocation]; e != nil && e.typ == "aws_eip" {
		if a, err := netip.ParseAddr(e.get("private_ip").literal()); err == nil {
			return a
		}
	}
	return r.spare(subnet)
}

// allocated is the public address of an allocation: known, or standing for the one that AWS will choose.
func (r *reader) allocated(allocation string) netip.Addr {
	if allocation == "" {
		return netip.Addr{}
	}
	if e := r.byID[allocation]; e != nil && e.typ == "aws_eip" {
		return r.undecided(e.get("public_ip").placeholderAddress())
	}
	for _, e := range r.byType["aws_eip"] {
		if e.attribute("allocation_id") == allocation {
			return r.undecided(e.get("public_ip").placeholderAddress())
		}
	}
	return r.undecided(netip.Addr{})
}

// undecided is an address, or one that stands for an address that AWS has yet to choose.
func (r *reader) undecided(a netip.Addr) netip.Addr {
	if a.IsValid() {
		return a
	}
	r.objects.public++
	n := r.objects.public
	r.assumeUndecided()
	return netip.AddrFrom4([4]byte{246, byte(n >> 16), byte(n >> 8), byte(n)})
}

func (r *reader) assumeUndecided() {
	r.assume("addresses in %s stand for public ones that AWS has yet to choose: any that no rule names", undecided)
}

// spare is an address of a subnet that nothing has.
func (r *reader) spare(subnet string) netip.Addr {
	f := &network.Interface{Subnet: subnet, Open: network.Open{IPv4: true}}
	r.findAddress(f)
	if len(f.Addresses) == 0 {
		return netip.Addr{}
	}
	return f.Addresses[0].IP
}

func (i *instance) peeringConnection() {
	p := &network.PeeringConnection{State: i.get("accept_status").literal()}
	own := i.place(i)
	p.Requester = i.side("vpc_id", own.Account, own.Region)
	account, region := i.get("peer_owner_id").literal(), i.get("peer_region").literal()
	if account == "" {
		account = own.Account
	}
	if region == "" {
		region = own.Region
	}
	p.Accepter = i.side("peer_vpc_id", account, region)
	if i.planned || p.State == "" {
		p.State = "pending-acceptance"
		switch accepts := i.get("auto_accept").yes(false); {
		case !accepts:
		case region != own.Region && region != "" && own.Region != "", account != own.Account && i.sure(account) && i.sure(own.Account):
			i.problem("auto_accept", "accepts a peering of another account or Region, which AWS does not let it do: an aws_vpc_peering_connection_accepter there can")
		default:
			p.State = "active"
		}
		if s := i.get("accept_status").literal(); s == "active" {
			p.State = s
		}
	}
	i.settle(&p.Object, i.id())
	i.out.PeeringConnections = append(i.out.PeeringConnections, p)
	i.objects.peerings[p.ID] = p
}

// sure tells whether an account is that of somebody, and not one that was made up.
func (r *reader) sure(account string) bool {
	if r.notes != nil {
		if _, madeUp := r.notes.Accounts[account]; madeUp {
			return false
		}
	}
	return account != ""
}

func (i *instance) side(attribute, account, region string) network.PeeringSide {
	s := network.PeeringSide{VPC: i.get(attribute).identity(), Account: account, Region: region}
	if v := i.objects.vpcs[s.VPC]; v != nil {
		s.Blocks = v.Blocks
		s.Account, s.Region = v.Account, v.Region
	}
	return s
}

func (i *instance) peeringAccepter() {
	id := i.get("vpc_peering_connection_id").identity()
	p := i.objects.peerings[id]
	if p == nil {
		p = &network.PeeringConnection{State: "pending-acceptance"}
		own := i.place(i)
		p.Accepter = i.side("vpc_id", own.Account, own.Region)
		p.Requester = i.side("peer_vpc_id", i.get("peer_owner_id").literal(), i.get("peer_region").literal())
		i.settle(&p.Object, id)
		if id == "" {
			return
		}
		if i.planned && i.prior[i.address] == nil { // what it joins is for the configuration to say that requests it
			i.elsewhere("vpc_peering_connection_id", id, "an acceptance to a peering connection")
			i.partial(&p.Object, id)
		}
		i.out.PeeringConnections = append(i.out.PeeringConnections, p)
		i.objects.peerings[id] = p
	}
	if i.get("auto_accept").yes(false) || i.get("accept_status").literal() == "active" {
		p.State = "active"
	}
}
