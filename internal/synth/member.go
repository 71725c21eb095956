package synth

import (
	"fmt"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// buildMembers makes the interfaces of the roles, until the VPC has as many as it should.
func (v *vpc) buildMembers() {
	v.interfaceEndpoint()
	counts := make([]int, len(v.groups))
	left, total := v.size-v.interfaces, 0
	for i, r := range v.groups {
		if left > 0 && r.kind != "endpoints" {
			counts[i]++
			left--
		}
		total += r.weight
	}
	before := 0
	for i, r := range v.groups {
		counts[i] += (before+r.weight)*left/total - before*left/total
		before += r.weight
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
}

// instances makes instances of a role, one interface each. One in thirty has a second address, as hosts of containers have.
func (v *vpc) instances(r *role, count int) {
	for range count {
		s := v.roomiest(r.tier)
		i := v.newInterface(s, network.TypeInterface, r.carry)
		i.Description = "Primary network interface"
		if r.kind == "bastion" || r.kind == "web" && v.dice.chance(50) {
			i.Addresses[0].Public = v.nextPublic()
		}
		if v.dice.chance(3) && s.room() > 64 {
			// private IPv4 addresses come first
			second := network.Address{IP: s.take()}
			i.Addresses = append([]network.Address{i.Addresses[0], second}, i.Addresses[1:]...)
		}
		instance := &network.Instance{Object: v.object("i", r.Name), VPC: v.ID, Subnet: s.ID, State: "running", Interfaces: []string{i.ID}}
		if v.dice.chance(2) {
			instance.State = "stopped"
		}
		i.Owner = network.Owner{Kind: network.OwnerInstance, ID: instance.ID, Sure: true}
		v.org.contents.Instances = append(v.org.contents.Instances, instance)
	}
}

// workload makes a function or a database: interfaces that no instance has.
func (v *vpc) workload(r *role, count int, kind network.OwnerKind) {
	w := &network.Workload{Kind: kind, VPC: v.ID, Groups: r.carry}
	arn, description, of := "arn:aws:lambda:%s:%s:function:%s-%s", "AWS Lambda VPC ENI-%s", network.TypeLambda
	if kind == network.OwnerDatabase {
		arn, description, of = "arn:aws:rds:%s:%s:cluster:%s-%s", "RDSNetworkInterface", network.TypeInterface
	} else {
		description = fmt.Sprintf(description, r.Name)
	}
	id := fmt.Sprintf(arn, v.region.name, v.account, v.Name, r.Name)
	w.Object = network.Object{ID: id, Name: v.Name + "-" + r.Name, Account: v.account, Region: v.region.name, Origin: network.Origin{Source: source, Path: "/" + id}}
	for _, s := range v.subnets[r.tier] {
		w.Subnets = append(w.Subnets, s.ID)
	}
	for range count {
		i := v.newInterface(v.roomiest(r.tier), of, r.carry)
		i.Description = description
		i.Owner = network.Owner{Kind: kind, ID: id, Sure: true}
		w.Interfaces = append(w.Interfaces, i.ID)
	}
	v.org.contents.Workloads = append(v.org.contents.Workloads, w)
}

// interfaceEndpoint makes the endpoint of Systems Manager, with an interface in every zone. A VPC of few interfaces has none.
func (v *vpc) interfaceEndpoint() {
	r := v.find(4, "endpoints")
	if r == nil || v.size < 40 {
		return
	}
	service := "com.amazonaws." + v.region.name + ".ssm"
	e := &network.Endpoint{Object: v.object("vpce", "ssm"), VPC: v.ID, Type: network.EndpointInterface, Service: service, State: "available",
		Groups: r.carry, PrivateDNS: true, DNSNames: []string{"ssm." + v.region.name + ".amazonaws.com"}}
	for _, s := range v.subnets[app] {
		i := v.newInterface(s, network.TypeEndpoint, r.carry)
		i.Description = "VPC Endpoint Interface " + e.ID
		i.Owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
		e.Subnets = append(e.Subnets, s.ID)
		e.Interfaces = append(e.Interfaces, i.ID)
	}
	v.org.contents.Endpoints = append(v.org.contents.Endpoints, e)
}

// newInterface makes an interface with an address, and an IPv6 address where the subnet has a block and a member would get one.
func (v *vpc) newInterface(s *subnet, of network.InterfaceType, groups []string) *network.Interface {
	ip := s.take()
	i := &network.Interface{Object: v.object("eni", ""), VPC: v.ID, Subnet: s.ID, Type: of, Groups: groups, SourceDestCheck: true,
		Addresses: []network.Address{{IP: ip}}}
	if len(s.Blocks) > 1 && of != network.TypeNAT && of != network.TypeEndpoint {
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
