package tfplan

import (
	"cmp"
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

func (i *instance) vpc() {
	v := &network.VPC{}
	if block := i.get("cidr_block"); block.known() {
		if p := block.prefix(); p.IsValid() {
			v.Blocks = append(v.Blocks, p)
		}
	} else if c, ok := block.value.(chosen); ok {
		if p, err := netip.ParsePrefix(c.text); err == nil {
			v.Blocks = append(v.Blocks, p.Masked())
		} else {
			block.fault("is allocated from a pool of IPAM when it is applied")
		}
	} else {
		block.text() // notes the fault
	}
	if i.get("assign_generated_ipv6_cidr_block").yes(false) || i.get("ipv6_cidr_block").given() || i.get("ipv6_ipam_pool_id").given() {
		v.Blocks = append(v.Blocks, i.block6("ipv6_cidr_block", 56))
	}
	i.addVPC(v)
}

// block6 is an IPv6 block, or one that stands for the block that AWS will choose.
func (i *instance) block6(name string, bits int) netip.Prefix {
	n := i.get(name)
	if n.known() && n.given() {
		return n.prefix()
	}
	if c, ok := n.value.(chosen); ok && c.text != "" {
		if p, err := netip.ParsePrefix(c.text); err == nil {
			return p.Masked()
		}
	}
	i.objects.ipv6++
	n1 := i.objects.ipv6
	// 2000:: to 200f: is global and not given to anybody: no rule names it.
	a := netip.AddrFrom16([16]byte{0x20, 0x0f, 0xff, 0xff, byte(n1 >> 16), byte(n1 >> 8), byte(n1)})
	return netip.PrefixFrom(a, bits).Masked()
}

func (i *instance) defaultVPC() {
	v := &network.VPC{Default: true}
	if p := i.get("cidr_block"); p.given() {
		v.Blocks = append(v.Blocks, p.prefix())
	} else {
		v.Blocks = append(v.Blocks, netip.MustParsePrefix("172.31.0.0/16")) // UG default-vpc
	}
	i.assume("%s: the default VPC is taken to be as AWS made it, with an internet gateway; what else is in it is not in the plan", i.address)
	i.addVPC(v)
	g := &network.InternetGateway{VPC: v.ID}
	i.like(&g.Object, i.made(i.address, "aws_internet_gateway", "id"), "")
	i.out.InternetGateways = append(i.out.InternetGateways, g)
	i.objects.internet[g.ID] = g
	if t := i.objects.tables[i.objects.mainTable[v.ID]]; t != nil {
		t.Routes = append(t.Routes, network.Route{Destination: netip.MustParsePrefix("0.0.0.0/0"), Target: network.Target{Kind: network.TargetInternetGateway, ID: g.ID}, Origin: t.Origin})
	}
}

// addVPC adds a VPC, and what AWS makes with it: the default group, the default ACL and the main route table.
func (i *instance) addVPC(v *network.VPC) {
	i.settle(&v.Object, i.id())
	i.out.VPCs = append(i.out.VPCs, v)
	i.objects.vpcs[v.ID] = v

	group := &network.SecurityGroup{VPC: v.ID}
	i.like(&group.Object, i.attribute("default_security_group_id"), "default")
	everywhere := func(rule network.Rule) (rules []network.Rule) {
		for _, block := range []string{"0.0.0.0/0", "::/0"} {
			rule.Block = netip.MustParsePrefix(block)
			rules = append(rules, rule)
		}
		return rules
	}
	any := network.Rule{Protocol: -1, From: -1, To: -1, Origin: group.Origin}
	group.Outbound = everywhere(any)
	any.Group = group.ID
	group.Inbound = []network.Rule{any}
	i.addGroup(group)
	i.objects.usualGroup[v.ID] = group.ID

	acl := &network.NetworkACL{VPC: v.ID, Default: true}
	i.like(&acl.Object, i.attribute("default_network_acl_id"), "default")
	for _, outbound := range []bool{false, true} {
		for n, block := range []string{"0.0.0.0/0", "::/0"} {
			acl.Entries = append(acl.Entries, network.ACLEntry{Number: 100 + n, Outbound: outbound, Allow: true, Protocol: -1, From: -1, To: -1,
				Block: netip.MustParsePrefix(block), Origin: acl.Origin})
		}
	}
	i.addACL(acl)
	i.objects.usualACL[v.ID] = acl.ID

	main := &network.RouteTable{VPC: v.ID, Main: true}
	id := i.attribute("default_route_table_id")
	i.like(&main.Object, id, "main")
	i.addTable(main)
	i.objects.mainTable[v.ID] = id
}

// vpcBlock adds a block to a VPC.
func (i *instance) vpcBlock() {
	id := i.get("vpc_id").identity()
	v := i.objects.vpcs[id]
	var block netip.Prefix
	if i.typ == "aws_vpc_ipv6_cidr_block_association" {
		block = i.block6("ipv6_cidr_block", 56)
	} else if n := i.get("cidr_block"); n.known() {
		block = n.prefix()
	} else {
		n.fault("is allocated from a pool of IPAM when it is applied")
	}
	if v == nil {
		i.elsewhere("vpc_id", id, "a block to a VPC")
		return
	}
	if d := i.take(""); d != nil && v.Defect == nil {
		v.Defect = d
	}
	if block.IsValid() {
		if block.Addr().Is4() { // IPv4 blocks come first
			n := 0
			for n < len(v.Blocks) && v.Blocks[n].Addr().Is4() {
				n++
			}
			v.Blocks = append(v.Blocks[:n:n], append([]netip.Prefix{block}, v.Blocks[n:]...)...)
		} else {
			v.Blocks = append(v.Blocks, block)
		}
		i.addLocal(v, block)
	}
}

// addLocal adds the local route of a block to the tables of its VPC.
func (r *reader) addLocal(v *network.VPC, block netip.Prefix) {
	for _, t := range r.objects.tables {
		if t.VPC == v.ID && !t.Partial {
			t.Routes = append(t.Routes, network.Route{Destination: block, Target: network.Target{Kind: network.TargetLocal, ID: "local"}, Origin: t.Origin})
		}
	}
}

// elsewhere tells that something is added to an object that this document does not hold.
func (i *instance) elsewhere(attribute, id, what string) {
	if id == "" {
		if len(i.faults) == 0 {
			i.fault(attribute, "is not set: it is not known to what this adds "+what)
		}
		return
	}
	i.out.Problems = append(i.out.Problems, network.Problem{Origin: i.origin(attribute), Message: "adds " + what + " that is managed elsewhere (" + id +
		"): answers that need all of it are unknown. Give what manages it with --from as well", Needs: id})
}

func (i *instance) subnet() {
	s := &network.Subnet{VPC: i.get("vpc_id").identity(), Zone: i.get("availability_zone").literal(), ZoneID: i.get("availability_zone_id").literal(),
		MapPublicIPOnLaunch: i.get("map_public_ip_on_launch").yes(i.typ == "aws_default_subnet"), AssignIPv6OnCreation: i.get("assign_ipv6_address_on_creation").yes(false)}
	if v := i.objects.vpcs[s.VPC]; i.typ == "aws_default_subnet" && v == nil {
		i.fault("", "is a default subnet: what it is like is not in the plan")
	}
	if block := i.get("cidr_block"); block.given() {
		if p := block.prefix(); p.IsValid() {
			s.Blocks = append(s.Blocks, p)
		}
	} else if !i.get("ipv6_native").yes(false) {
		if i.get("ipv4_ipam_pool_id").given() {
			block.fault("is allocated from a pool of IPAM when it is applied")
		} else {
			block.fault("is not set, and no pool of IPAM allocates it: AWS refuses such a subnet")
		}
	}
	if n := i.get("ipv6_cidr_block"); n.given() {
		if n.known() {
			if p := n.prefix(); p.IsValid() {
				s.Blocks = append(s.Blocks, p)
			}
		} else { // calculated from the block that AWS will give to the VPC
			i.objects.ipv6++
			s.Blocks = append(s.Blocks, i.block6("none", 64))
		}
	}
	i.settle(&s.Object, i.id())
	if s.Defect == nil && s.VPC == "" {
		s.Defect = &network.Defect{Reason: "its VPC is not known", Origin: s.Origin}
	}
	i.out.Subnets = append(i.out.Subnets, s)
	i.objects.subnets[s.ID] = s
}

func (i *instance) blockPublicAccess() {
	b := &network.BlockPublicAccess{Mode: i.get("internet_gateway_block_mode").text()}
	p := i.place(i)
	account, region := cmp.Or(i.get("aws_account_id").literal(), p.Account), cmp.Or(i.get("aws_region").literal(), i.get("region").literal(), p.Region)
	i.settle(&b.Object, account+"/"+region)
	b.Account, b.Region = account, region
	i.out.BlockPublicAccess = append(i.out.BlockPublicAccess, b)
}

func (i *instance) exclusion() {
	e := &network.BlockPublicAccessExclusion{Mode: i.get("internet_gateway_exclusion_mode").text(), Active: true}
	e.Resource = i.get("vpc_id").identity()
	if id := i.get("subnet_id").identity(); id != "" {
		e.Resource = id
	}
	i.settle(&e.Object, i.id())
	i.out.Exclusions = append(i.out.Exclusions, e)
}
