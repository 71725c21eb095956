package synth

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// buildMembers makes load balancers and endpoints, and then the interfaces of the roles, until the VPC has as many as it should.
func (v *vpc) buildMembers() {
	v.buildBalancers()
	v.buildEndpoints()
	counts := make([]int, len(v.groups))
	left, total := v.size-v.interfaces, 0
	for i, r := range v.groups {
		if left > 0 && !kinds[r.kind].aws {
			counts[i]++
			left--
		}
		total += kinds[r.kind].weight
	}
	before := 0
	for i, r := range v.groups {
		weight := kinds[r.kind].weight
		counts[i] += (before+weight)*left/total - before*left/total
		before += weight
	}
	for i, r := range v.groups {
		switch {
		case counts[i] == 0:
		case r.kind == "functions":
			v.workload(r, counts[i], network.OwnerFunction)
		case r.kind == "db" && v.dice.chance(50):
			v.workload(r, counts[i], network.OwnerDatabase)
		default:
			v.instances(r, counts[i])
		}
	}
	v.buildTargets()
	for _, r := range v.groups {
		r.members = nil
	}
}

// instances makes instances of a role, one interface each. One in thirty has a second address, as hosts of containers have.
func (v *vpc) instances(r *role, count int) {
	for range count {
		s := v.roomiest(r.tier)
		i := v.newInterface(s, network.TypeInterface, r.carry)
		i.Description = "Primary network interface"
		if r.kind == "bastion" || r.tier == public && v.dice.chance(50) {
			i.Addresses[0].Public = v.nextPublic()
		}
		if v.dice.chance(3) && s.room() > 64 {
			// private IPv4 addresses come first
			second := network.Address{IP: s.take()}
			i.Addresses = append([]network.Address{i.Addresses[0], second}, i.Addresses[1:]...)
		}
		instance := &network.Instance{Object: v.object("i", r.Name), VPC: v.ID, Subnet: s.ID, State: "running", Interfaces: []string{i.ID}, Primary: i.ID}
		if v.dice.chance(2) {
			instance.State = "stopped"
		}
		i.Owner = network.Owner{Kind: network.OwnerInstance, ID: instance.ID, Sure: true}
		v.org.contents.Instances = append(v.org.contents.Instances, instance)
		r.members = append(r.members, i)
	}
}

// workload makes a function or a database: interfaces that no instance has.
func (v *vpc) workload(r *role, count int, kind network.OwnerKind) {
	w := &network.Workload{Kind: kind, VPC: v.ID, Groups: r.carry}
	name := v.Name + "-" + r.Name
	description, of := "AWS Lambda VPC ENI-"+r.Name, network.TypeLambda
	w.Object = v.arn("lambda", "function:"+name, name)
	if kind == network.OwnerDatabase {
		description, of = "RDSNetworkInterface", network.TypeInterface
		w.Object = v.arn("rds", "cluster:"+name, name)
	}
	for _, s := range v.subnets[r.tier] {
		w.Subnets = append(w.Subnets, s.ID)
	}
	for range count {
		i := v.newInterface(v.roomiest(r.tier), of, r.carry)
		i.Description = description
		i.Owner = network.Owner{Kind: kind, ID: w.ID, Sure: true}
		w.Interfaces = append(w.Interfaces, i.ID)
		r.members = append(r.members, i)
	}
	v.org.contents.Workloads = append(v.org.contents.Workloads, w)
}

// newInterface makes an interface with an address, and an IPv6 address where the subnet has a block and a member would get one.
func (v *vpc) newInterface(s *subnet, of network.InterfaceType, groups []string) *network.Interface {
	ip := s.take()
	i := &network.Interface{Object: v.object("eni", ""), VPC: v.ID, Subnet: s.ID, Type: of, Groups: groups, SourceDestCheck: true,
		Addresses: []network.Address{{IP: ip}}}
	if len(s.Blocks) > 1 && of != network.TypeEndpoint && of != network.TypeNetworkLoadBalancer {
		i.Addresses = append(i.Addresses, network.Address{IP: offset(s.Blocks[1].Addr(), v.dice.Uint64()>>8<<16|s.next)})
	}
	v.interfaces++
	v.org.contents.Interfaces = append(v.org.contents.Interfaces, i)
	return i
}

func (v *vpc) nextPublic() netip.Addr {
	a := v.public
	v.public = a.Next()
	return a
}

// roomiest is the subnet of a tier with the fewest addresses taken.
func (v *vpc) roomiest(t tier) *subnet {
	best := v.subnets[t][0]
	for _, s := range v.subnets[t][1:] {
		if s.next < best.next {
			best = s
		}
	}
	return best
}

// take takes the next address of the subnet.
func (s *subnet) take() netip.Addr {
	s.next++
	return offset(s.Blocks[0].Addr(), s.next-1)
}

// room is how many addresses are left. AWS keeps the last.
func (s *subnet) room() int { return 1<<(32-s.Blocks[0].Bits()) - 1 - int(s.next) }
