package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// carriers reads the addresses of an interface and the groups that it carries.
func (p *parser) carriers(at *network.Subnet, words []string) (addresses []network.Address, groups []string) {
	for _, w := range words {
		ip, public, mapped := strings.Cut(w, "=")
		if _, err := netip.ParseAddr(ip); err != nil {
			groups = append(groups, w)
			p.check(func() { p.must("group", w, p.groups[w] != nil) })
			continue
		}
		a := network.Address{IP: p.address(ip)}
		if mapped {
			a.Public = p.address(public)
		}
		if !within(netip.PrefixFrom(a.IP, a.IP.BitLen()), at.Blocks) {
			p.fail("%s is not in a block of subnet %s", a.IP, at.ID)
		}
		addresses = append(addresses, a)
	}
	slices.Sort(groups)
	slices.SortStableFunc(addresses, func(a, b network.Address) int { return a.IP.BitLen() - b.IP.BitLen() })
	return addresses, groups
}

// usualGroup is the default security group of a VPC, made when something needs it: its members talk to each other, and to everybody.
func (p *parser) usualGroup(v *network.VPC) string {
	id := "sg-default-" + v.ID
	if p.groups[id] == nil {
		g := &network.SecurityGroup{Object: network.Object{ID: id, Name: "default", Account: v.Account, Region: v.Region, Origin: v.Origin}, VPC: v.ID,
			Inbound: []network.Rule{{Protocol: -1, From: -1, To: -1, Group: id, Origin: v.Origin}}, Outbound: everywhere(v, v.Origin)}
		p.groups[id] = g
		p.out.SecurityGroups = append(p.out.SecurityGroups, g)
	}
	return id
}

// node is where something of several subnets has an interface.
type node struct {
	subnet    string
	addresses []string // as [parser.carriers] reads them
}

// nodes reads a subnet with its addresses, as often as there is one, and leaves the words behind these.
func (p *parser) nodes(words []string) (all []node, rest []string) {
	for i, w := range words {
		ip, _, _ := strings.Cut(w, "=")
		_, err := netip.ParseAddr(ip)
		switch {
		case p.subnets[w] != nil:
			all = append(all, node{subnet: w})
		case len(all) == 0:
			p.ofSubnet(w)
			return nil, nil
		case err != nil:
			return all, words[i:]
		default:
			last := &all[len(all)-1]
			last.addresses = append(last.addresses, w)
		}
	}
	return all, nil
}

// numbered are identifiers of the interfaces of one thing: that of the first has no number.
func numbered(id string, i int) string {
	if i == 0 {
		return id
	}
	return fmt.Sprintf("%s-%d", id, i+1)
}

// groupless are the interfaces that carry no group, unless they are given one.
var groupless = []network.InterfaceType{network.TypeNetworkLoadBalancer, network.TypeGatewayLoadBalancer, network.TypeGatewayLBEndpoint}

func (p *parser) iface(id, subnet string, words []string, kind network.InterfaceType) *network.Interface {
	at := p.ofSubnet(subnet)
	i := &network.Interface{Object: p.object(id, at.VPC), VPC: at.VPC, Subnet: subnet, Type: kind, SourceDestCheck: p.line.option("check", "on") != "off"}
	i.Addresses, i.Groups = p.carriers(at, words)
	if len(i.Addresses) == 0 {
		p.fail("%s has no address", id)
	}
	if v := p.vpcs[at.VPC]; len(i.Groups) == 0 && v != nil && !slices.Contains(groupless, kind) {
		i.Groups = []string{p.usualGroup(v)}
	}
	p.known[id] = network.TargetInterface
	p.out.Interfaces = append(p.out.Interfaces, i)
	return i
}

func (p *parser) eni(w []string) {
	kind := network.InterfaceType(p.line.option("type", string(network.TypeInterface)))
	i := p.iface(w[0], w[1], w[2:], kind)
	if kind != network.TypeInterface || i.Defect != nil {
		return
	}
	i.Name = ""
	if first := p.line.option("instance", ""); first != "" {
		n := p.instances[first]
		if n == nil {
			p.fail("there is no instance with the interface %s above", first)
			return
		}
		n.Interfaces = append(n.Interfaces, i.ID)
		slices.Sort(n.Interfaces)
		i.Owner = network.Owner{Kind: network.OwnerInstance, ID: n.ID, Sure: true}
		return
	}
	o := i.Object
	o.ID, o.Name = "i-"+o.ID, o.ID
	i.Owner = network.Owner{Kind: network.OwnerInstance, ID: o.ID, Sure: true}
	n := &network.Instance{Object: o, VPC: i.VPC, Subnet: i.Subnet, State: p.line.option("state", "running"), Interfaces: []string{i.ID}, Primary: i.ID}
	p.instances[i.ID] = n
	p.out.Instances = append(p.out.Instances, n)
}

func (p *parser) function(w []string) {
	i := p.iface(w[0], w[1], w[2:], network.TypeLambda)
	i.Owner = network.Owner{Kind: network.OwnerFunction, ID: w[0], Sure: true}
	o := i.Object
	i.Name = ""
	o.ID = fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", o.Region, o.Account, w[0])
	p.functions[w[0]] = o.ID
	p.out.Workloads = append(p.out.Workloads, &network.Workload{Object: o, Kind: network.OwnerFunction, VPC: i.VPC, Groups: i.Groups, Subnets: []string{i.Subnet}, Interfaces: []string{i.ID}})
}

// launch is a function that has no interface yet: the one thing in AWS's answers that names groups and subnets, and carries them nowhere.
func (p *parser) launch(w []string) {
	var subnets, groups []string
	for _, id := range w[1:] {
		if p.subnets[id] != nil {
			subnets = append(subnets, id)
			continue
		}
		groups = append(groups, id)
		p.check(func() { p.must("group", id, p.groups[id] != nil) })
	}
	if len(subnets) == 0 || len(groups) == 0 {
		p.fail("launch needs a subnet above, and a group")
		return
	}
	slices.Sort(groups)
	slices.Sort(subnets)
	o := p.object(w[0], p.subnets[subnets[0]].VPC)
	o.ID = fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", o.Region, o.Account, w[0])
	p.out.Workloads = append(p.out.Workloads, &network.Workload{Object: o, Kind: network.OwnerFunction, VPC: p.subnets[subnets[0]].VPC, Groups: groups, Subnets: subnets})
}
