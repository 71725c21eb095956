package synth

import "math"

const (
	// most is how many interfaces a VPC can hold for sure: its largest block is a /16, a subnet a sixteenth of it, and all
	// interfaces may be in one tier.
	most = 10_000
	// small is a VPC with fewer interfaces than this: it has no NAT gateways, endpoints or balancers, and is not attached to a hub.
	small = 40
	// fewest is how many VPCs an organization with hubs has at least. Two of them are for egress.
	fewest = 7
)

// Options say what to make. What is 0 follows from the number of interfaces.
type Options struct {
	Seed       uint64
	Interfaces int // of all kinds, those of gateways, balancers, endpoints and attachments among them; 200
	VPCs       int // one, or one for every 500 interfaces beyond 10,000; never fewer than one for every 10,000. Those for egress are among them
	Accounts   int // one for every five VPCs. With hubs, the last one is that of the network
	Roles      int // security groups in a VPC that is not for egress, besides the default group: the root of its interfaces, and not fewer than 20
	Peerings   int // as many as VPCs; negative for none. Fewer where no pair is left that may be joined
}

// Complete fills in what follows from the number of interfaces, and mends what cannot be.
func (o Options) Complete() Options {
	if o.Interfaces <= 0 {
		o.Interfaces = 200
	}
	if o.VPCs <= 0 {
		o.VPCs = 1
		if o.Interfaces > most {
			o.VPCs = (o.Interfaces + 499) / 500
		}
	}
	needed := (o.Interfaces + most - 1) / most
	o.VPCs = max(o.VPCs, needed)
	if o.hubs() > 0 {
		o.VPCs = max(o.VPCs, needed+o.hubs())
	}
	if o.Accounts <= 0 {
		o.Accounts = (o.VPCs + 4) / 5
	}
	o.Accounts = min(o.Accounts, o.VPCs)
	if o.hubs() > 0 {
		o.Accounts = min(o.Accounts, o.VPCs-o.hubs()+1)
	}
	if o.Roles <= 0 {
		o.Roles = max(20, int(math.Sqrt(float64(o.Interfaces/o.VPCs))))
	}
	switch {
	case o.Peerings < 0 || o.VPCs == 1:
		o.Peerings = -1
	case o.Peerings == 0:
		o.Peerings = o.VPCs
	}
	return o
}

// hubs is how many transit gateways there are, and VPCs for egress: one a Region, unless the organization is small.
func (o Options) hubs() int {
	if o.VPCs < fewest || o.Interfaces/o.VPCs < small {
		return 0
	}
	return len(regions)
}
