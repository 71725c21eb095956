package synth

import "math"

// most is how many interfaces a VPC can hold for sure: its largest block is a /16, a subnet a sixteenth of it, and all
// interfaces may be in one tier.
const most = 10_000

// Options say what to make. What is 0 follows from the number of interfaces.
type Options struct {
	Seed       uint64
	Interfaces int // of all kinds, those of NAT gateways and endpoints among them; 200
	VPCs       int // one, or one for every 500 interfaces beyond 10,000; never fewer than one for every 10,000
	Accounts   int // one for every five VPCs
	Roles      int // security groups in a VPC, besides the default group: the root of its interfaces, and not fewer than 20
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
	o.VPCs = max(o.VPCs, (o.Interfaces+most-1)/most)
	if o.Accounts <= 0 {
		o.Accounts = (o.VPCs + 4) / 5
	}
	o.Accounts = min(o.Accounts, o.VPCs)
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
