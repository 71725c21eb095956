package tfplan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

func (r *reader) addACL(a *network.NetworkACL) {
	r.out.NetworkACLs = append(r.out.NetworkACLs, a)
	r.objects.acls[a.ID] = a
}

func (i *instance) networkACL() {
	a := &network.NetworkACL{VPC: i.get("vpc_id").identity()}
	i.subnetsOf(a)
	i.inlineEntries(a)
	i.settle(&a.Object, i.id())
	i.addACL(a)
}

// subnetsOf associates the subnets that an ACL names.
func (i *instance) subnetsOf(a *network.NetworkACL) {
	before := len(i.faults)
	a.Subnets = append(a.Subnets, identities(i.get("subnet_ids").list())...)
	if len(i.faults) > before {
		i.gap("NetworkAcls")
		i.take("subnet_ids")
	}
}

func (i *instance) inlineEntries(a *network.NetworkACL) {
	for _, name := range []string{"ingress", "egress"} {
		list := i.get(name).list()
		if i.planned && !i.set(name) {
			list = i.unmanagedEntries(list, name == "egress")
		}
		for _, n := range list {
			i.addEntries(a, i.entriesOf(n, name == "egress", "rule_no", "action"))
		}
		if d := i.take(name); d != nil && a.Defect == nil {
			a.Defect = d
		}
	}
}

// unmanagedEntries leaves out of the entries that a state lists those that resources of their own manage.
func (i *instance) unmanagedEntries(list []node, outbound bool) []node {
	managed := map[int]bool{}
	for _, other := range i.before() {
		if other.typ == "aws_network_acl_rule" && other.get("network_acl_id").literal() == i.id() && other.get("egress").yes(false) == outbound {
			number, _ := other.get("rule_number").number()
			managed[number] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(n node) bool { number, _ := n.get("rule_no").number(); return managed[number] })
}

// entriesOf reads an entry: one for each family that it names a block of.
func (i *instance) entriesOf(n node, outbound bool, number, action string) []network.ACLEntry {
	e := network.ACLEntry{Outbound: outbound, From: -1, To: -1, Origin: i.origin(n.path)}
	e.Number, _ = n.get(number).number()
	switch word := strings.ToLower(n.get(action).text()); word {
	case "allow":
		e.Allow = true
	case "deny", "":
	default:
		n.get(action).fault("is neither allow nor deny")
	}
	var traffic network.Rule
	i.traffic(&traffic, n, "protocol")
	e.Protocol, e.From, e.To = traffic.Protocol, traffic.From, traffic.To
	if e.Protocol == 1 || e.Protocol == 58 {
		e.From, e.To = -1, -1
		if v, ok := n.get("icmp_type").number(); ok {
			e.From = v
		}
		if v, ok := n.get("icmp_code").number(); ok && e.From != -1 {
			e.To = v
		}
	}
	var all []network.ACLEntry
	for _, name := range []string{"cidr_block", "ipv6_cidr_block"} {
		if each := n.get(name); each.given() {
			one := e
			one.Block = each.prefix()
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		n.fault("has no block of addresses")
		all = append(all, e)
	}
	d := i.take(n.path)
	for k := range all {
		all[k].Defect = d
		if d != nil && !all[k].Block.IsValid() {
			all[k].Block = netip.Prefix{}
		}
	}
	return all
}

// addEntries adds entries to an ACL. AWS refuses a number that is there already: both are kept then, and it is said.
func (i *instance) addEntries(a *network.NetworkACL, entries []network.ACLEntry) {
	for _, e := range entries {
		k := slices.IndexFunc(a.Entries, func(o network.ACLEntry) bool { return o.Number == e.Number && o.Outbound == e.Outbound })
		if k < 0 {
			a.Entries = append(a.Entries, e)
			continue
		}
		o := a.Entries[k]
		same := o.Allow == e.Allow && o.Protocol == e.Protocol && o.Block == e.Block && o.From == e.From && o.To == e.To
		if same && o.Defect == nil && e.Defect == nil {
			a.Entries[k].Origin = e.Origin
			continue
		}
		direction := "inbound"
		if e.Outbound {
			direction = "outbound"
		}
		if e.Defect == nil {
			e.Defect = &network.Defect{Reason: "has the same number as another " + direction + " entry, at " + o.Origin.String() + ": AWS refuses the second", Origin: e.Origin}
		}
		i.out.Problems = append(i.out.Problems, network.Problem{Origin: e.Origin, Message: e.Defect.Reason})
		a.Entries = append(a.Entries, e)
	}
}

func (i *instance) defaultNetworkACL() {
	id := i.get("default_network_acl_id").identity()
	a := i.objects.acls[id]
	if a == nil {
		a = &network.NetworkACL{Default: true, VPC: i.get("vpc_id").identity()}
		i.settle(&a.Object, id)
		i.addACL(a)
	} else {
		account, region := a.Account, a.Region
		i.settle(&a.Object, id)
		a.Account, a.Region = account, region
	}
	a.Entries = nil
	i.subnetsOf(a)
	i.inlineEntries(a)
}

// aclOf is the ACL that something is added to.
func (i *instance) aclOf(attribute, what string) *network.NetworkACL {
	id := i.get(attribute).identity()
	if a := i.objects.acls[id]; a != nil {
		return a
	}
	i.elsewhere(attribute, id, what)
	if id == "" {
		return nil
	}
	a := &network.NetworkACL{}
	i.partial(&a.Object, id)
	i.addACL(a)
	return a
}

func (i *instance) networkACLRule() {
	a := i.aclOf("network_acl_id", "an entry to an ACL")
	if a == nil { // it may be any
		for _, a := range i.out.NetworkACLs {
			a.Defect = cmp.Or(a.Defect, i.loose())
		}
		return
	}
	i.addEntries(a, i.entriesOf(i.node, i.get("egress").yes(false), "rule_number", "rule_action"))
}

func (i *instance) networkACLAssociation() {
	a := i.aclOf("network_acl_id", "a subnet to an ACL")
	subnet := i.get("subnet_id").identity()
	if a == nil { // one that stands for the ACL that it is
		a = &network.NetworkACL{VPC: i.vpcOf(subnet)}
		i.like(&a.Object, i.made(i.address, "aws_network_acl", "network_acl_id"), "")
		a.Defect = i.loose()
		i.addACL(a)
	}
	if subnet == "" {
		i.gap("NetworkAcls")
		return
	}
	a.Subnets = append(a.Subnets, subnet)
}
