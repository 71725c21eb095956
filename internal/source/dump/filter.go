package dump

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// networkACL is a NetworkAcl of the EC2 API.
type networkACL struct {
	NetworkAclId string
	VpcId        string
	OwnerId      string `json:",omitzero"`
	IsDefault    bool
	Associations []aclAssociation
	Entries      []aclEntry
	record
}

type aclAssociation struct{ SubnetId string }

type aclEntry struct {
	RuleNumber    int
	Egress        *bool
	RuleAction    string
	Protocol      string
	CidrBlock     cidr       `json:",omitzero"`
	Ipv6CidrBlock cidr       `json:",omitzero"`
	PortRange     *portRange `json:",omitzero"`
	IcmpTypeCode  *icmpType  `json:",omitzero"`
	Watertight    *extra     `json:",omitzero"`
}

type portRange struct{ From, To *int }

type icmpType struct{ Type, Code *int }

// lastEntry is the highest number that a person can give to an entry: what comes after is the final deny of each family.
const lastEntry = 32766

func readNetworkACL(e *element, r *networkACL) {
	a := &network.NetworkACL{VPC: e.require("VpcId", r.VpcId), Default: r.IsDefault}
	for i, each := range r.Associations {
		if each.SubnetId == "" {
			e.fault(at("Associations", i), "has no SubnetId")
		}
		a.Subnets = append(a.Subnets, each.SubnetId)
	}
	a.Subnets = e.shareAll(a.Subnets)
	for i := range r.Entries {
		path, each := at("Entries", i), &r.Entries[i]
		if each.RuleNumber > lastEntry {
			e.take(path)
			continue
		}
		if each.Egress == nil { // neither direction can be trusted then
			if !e.faulty(path) {
				e.fault(path, "is not known to be inbound or outbound: it has no Egress")
			}
			continue // its faults are the ACL's
		}
		a.Entries = append(a.Entries, e.entry(path, each))
	}
	e.settle(&a.Object, "NetworkAclId", r.NetworkAclId, r.OwnerId, &r.record)
	e.out.NetworkACLs = append(e.out.NetworkACLs, a)
}

func (e *element) entry(path string, r *aclEntry) network.ACLEntry {
	out := network.ACLEntry{Number: r.RuleNumber, Outbound: *r.Egress, Allow: r.RuleAction == "allow", From: -1, To: -1, Origin: e.origin(path)}
	out.Block = r.CidrBlock.Prefix
	if r.Ipv6CidrBlock.IsValid() {
		out.Block = r.Ipv6CidrBlock.Prefix
	}
	protocol, strange := network.ParseProtocol(r.Protocol)
	out.Protocol = protocol
	var low, high *int
	switch {
	case isICMP(protocol) && r.IcmpTypeCode != nil:
		low, high = r.IcmpTypeCode.Type, r.IcmpTypeCode.Code
	case !isICMP(protocol) && r.PortRange != nil:
		low, high = r.PortRange.From, r.PortRange.To
	}
	out.From, out.To = ports(low, high)
	wrong := network.CheckPorts(protocol, out.From, out.To)
	if !e.faulty(path) {
		switch {
		case r.RuleNumber < 1:
			e.fault(path, "has no RuleNumber of 1 or more")
		case r.RuleAction != "allow" && r.RuleAction != "deny":
			e.fault(path, fmt.Sprintf("has the RuleAction %q: the API gives allow or deny", r.RuleAction))
		case r.CidrBlock.IsValid() == r.Ipv6CidrBlock.IsValid():
			e.fault(path, "has not exactly one of CidrBlock and Ipv6CidrBlock")
		case strange != nil:
			e.fault(path, strange.Error())
		case wrong != nil:
			e.fault(path, wrong.Error())
		}
	}
	out.Defect = e.part(path, r.Watertight)
	return out
}

// faulty tells whether something at or below a path is known to be wrong already.
func (e *element) faulty(path string) bool {
	for _, f := range e.faults {
		if rest, under := strings.CutPrefix(f.path, path); under && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

func writeNetworkACL(a *network.NetworkACL) networkACL {
	r := networkACL{NetworkAclId: a.ID, VpcId: a.VPC, OwnerId: a.Account, IsDefault: a.Default, Associations: []aclAssociation{}, Entries: []aclEntry{}, record: mark(&a.Object)}
	for _, id := range a.Subnets {
		r.Associations = append(r.Associations, aclAssociation{id})
	}
	for _, each := range a.Entries {
		entry := aclEntry{RuleNumber: each.Number, Egress: &each.Outbound, RuleAction: "deny", Protocol: strconv.Itoa(each.Protocol), Watertight: flaw(each.Defect)}
		if each.Allow {
			entry.RuleAction = "allow"
		}
		if each.Block.Addr().Is4() {
			entry.CidrBlock = cidr{each.Block}
		} else {
			entry.Ipv6CidrBlock = cidr{each.Block}
		}
		switch {
		case each.From == -1 && each.To == -1:
		case isICMP(each.Protocol):
			entry.IcmpTypeCode = &icmpType{&each.From, &each.To}
		default:
			entry.PortRange = &portRange{&each.From, &each.To}
		}
		r.Entries = append(r.Entries, entry)
	}
	return r
}

// securityGroup is a SecurityGroup of the EC2 API.
type securityGroup struct {
	GroupId             string
	GroupName           string
	VpcId               string `json:",omitzero"`
	OwnerId             string `json:",omitzero"`
	IpPermissions       []permission
	IpPermissionsEgress []permission
	record
}

type permission struct {
	IpProtocol       string
	FromPort         *int       `json:",omitzero"`
	ToPort           *int       `json:",omitzero"`
	UserIdGroupPairs []rulePeer `json:",omitzero"`
	IpRanges         []rulePeer `json:",omitzero"`
	Ipv6Ranges       []rulePeer `json:",omitzero"`
	PrefixListIds    []rulePeer `json:",omitzero"`
	Watertight       *extra     `json:",omitzero"`
}

// rulePeer is what one rule admits: of the four lists of a permission, each uses one of the fields.
type rulePeer struct {
	GroupId      string `json:",omitzero"`
	CidrIp       cidr   `json:",omitzero"`
	CidrIpv6     cidr   `json:",omitzero"`
	PrefixListId string `json:",omitzero"`
	Description  string `json:",omitzero"`
	Watertight   *extra `json:",omitzero"`
}

func readSecurityGroup(e *element, r *securityGroup) {
	g := &network.SecurityGroup{VPC: e.require("VpcId", r.VpcId)}
	g.Name = e.share(r.GroupName)
	g.Inbound = e.rules("IpPermissions", r.IpPermissions)
	g.Outbound = e.rules("IpPermissionsEgress", r.IpPermissionsEgress)
	e.settle(&g.Object, "GroupId", r.GroupId, r.OwnerId, &r.record)
	e.out.SecurityGroups = append(e.out.SecurityGroups, g)
}

// rules flattens permissions to one rule for each peer. A permission without any admits nothing, and gives no rule.
func (e *element) rules(list string, permissions []permission) []network.Rule {
	var rules []network.Rule
	for i := range permissions {
		p, path := &permissions[i], at(list, i)
		protocol, strange := network.ParseProtocol(p.IpProtocol)
		from, to := ports(p.FromPort, p.ToPort)
		wrong := network.CheckPorts(protocol, from, to)
		sound := strange == nil && wrong == nil && !e.faulty(path) && (p.Watertight == nil || p.Watertight.Defect == "" || p.Watertight.PeerOnly)
		start := len(rules)
		add := func(name string, peers []rulePeer, has func(*network.Rule, *rulePeer) bool) {
			for j := range peers {
				peer, place := &peers[j], path+at(name, j)
				rule := network.Rule{Protocol: protocol, From: from, To: to, Description: e.share(peer.Description), Origin: e.origin(place)}
				if !has(&rule, peer) && !e.faulty(place) {
					e.fault(place, "names no peer")
				}
				if peer.Watertight != nil {
					rule.ID = peer.Watertight.ID
				}
				rule.Defect = e.part(place, peer.Watertight)
				rule.PeerOnly = peer.Watertight.peerOnly() && sound
				rules = append(rules, rule)
			}
		}
		add("UserIdGroupPairs", p.UserIdGroupPairs, func(r *network.Rule, p *rulePeer) bool { r.Group = e.share(p.GroupId); return r.Group != "" })
		add("IpRanges", p.IpRanges, func(r *network.Rule, p *rulePeer) bool { r.Block = p.CidrIp.Prefix; return r.Block.IsValid() })
		add("Ipv6Ranges", p.Ipv6Ranges, func(r *network.Rule, p *rulePeer) bool { r.Block = p.CidrIpv6.Prefix; return r.Block.IsValid() })
		add("PrefixListIds", p.PrefixListIds, func(r *network.Rule, p *rulePeer) bool {
			r.PrefixList = e.share(p.PrefixListId)
			return r.PrefixList != ""
		})
		if !e.faulty(path) {
			switch {
			case strange != nil:
				e.fault(path, strange.Error())
			case wrong != nil:
				e.fault(path, wrong.Error())
			}
		}
		defect := e.part(path, p.Watertight)
		if defect == nil {
			continue
		}
		if len(rules) == start { // what it admits is not known: it must not vanish
			rule := network.Rule{Protocol: protocol, From: from, To: to, Origin: e.origin(path), Defect: defect, PeerOnly: p.Watertight.peerOnly() && sound}
			if p.Watertight != nil {
				rule.ID = p.Watertight.ID
			}
			rules = append(rules, rule)
		}
		for j := start; j < len(rules); j++ {
			if rules[j].Defect == nil {
				rules[j].Defect = defect
			}
		}
	}
	return rules
}

func writeSecurityGroup(g *network.SecurityGroup) securityGroup {
	return securityGroup{GroupId: g.ID, GroupName: g.Name, VpcId: g.VPC, OwnerId: g.Account, IpPermissions: writeRules(g.Inbound),
		IpPermissionsEgress: writeRules(g.Outbound), record: markUnnamed(&g.Object)}
}

// writeRules makes one permission of rules that follow each other with the same protocol, ports and kind of peer.
func writeRules(rules []network.Rule) []permission {
	permissions := []permission{}
	var last *network.Rule
	kind := func(r *network.Rule) int {
		switch {
		case r.Group != "":
			return 0
		case r.PrefixList != "":
			return 3
		case r.Block.IsValid() && r.Block.Addr().Is4():
			return 1
		case r.Block.IsValid():
			return 2
		}
		return -1
	}
	for i := range rules {
		r := &rules[i]
		if last == nil || kind(r) < 0 || kind(last) < 0 || kind(r) < kind(last) || r.Protocol != last.Protocol || r.From != last.From || r.To != last.To {
			p := permission{IpProtocol: protocolName(r.Protocol)}
			if r.From != -1 || r.To != -1 {
				p.FromPort, p.ToPort = &r.From, &r.To
			}
			permissions = append(permissions, p)
		}
		last = r
		p := &permissions[len(permissions)-1]
		peer := rulePeer{Description: r.Description, Watertight: flaw(r.Defect)}
		if r.PeerOnly {
			peer.Watertight.PeerOnly = true
		}
		if r.ID != "" {
			if peer.Watertight == nil {
				peer.Watertight = &extra{}
			}
			peer.Watertight.ID = r.ID
		}
		switch kind(r) {
		case 0:
			peer.GroupId = r.Group
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, peer)
		case 1:
			peer.CidrIp = cidr{r.Block}
			p.IpRanges = append(p.IpRanges, peer)
		case 2:
			peer.CidrIpv6 = cidr{r.Block}
			p.Ipv6Ranges = append(p.Ipv6Ranges, peer)
		case 3:
			peer.PrefixListId = r.PrefixList
			p.PrefixListIds = append(p.PrefixListIds, peer)
		default:
			p.Watertight = peer.Watertight
		}
	}
	return permissions
}

// groupAssociation is a SecurityGroupVpcAssociation of the EC2 API.
type groupAssociation struct {
	GroupId      string
	VpcId        string
	GroupOwnerId string `json:",omitzero"`
	State        string
}

// assembleGroups adds the further VPCs of groups (SG-11).
func (d *dump) assembleGroups(all *part) {
	if len(all.GroupAssociations) == 0 {
		return
	}
	groups := map[string][]*network.SecurityGroup{} // one that is shared is listed by several accounts
	for _, g := range all.SecurityGroups {
		groups[g.ID] = append(groups[g.ID], g)
	}
	for i := range all.GroupAssociations {
		r, e := all.GroupAssociations[i].open(all)
		switch r.State {
		case associated, "disassociated", "association-failed":
		default:
			e.fault("", fmt.Sprintf("is in state %q: whether it counts is not known", r.State))
		}
		defect := e.take("")
		if r.State == associated || defect != nil {
			for _, g := range groups[r.GroupId] {
				if defect != nil {
					g.Defect = defect
				} else if r.VpcId != g.VPC {
					g.VPCs = e.shareAll(append(append([]string{}, g.VPCs...), r.VpcId))
				}
			}
		}
		if defect != nil && len(groups[r.GroupId]) == 0 {
			e.gap("an association is not understood")
		}
	}
}

func protocolName(n int) string {
	switch n {
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 1:
		return "icmp"
	case 58:
		return "icmpv6"
	}
	return strconv.Itoa(n)
}

func isICMP(protocol int) bool { return protocol == 1 || protocol == 58 }

// ports are those of a rule, -1 for any. Where the protocol has none (SG-8, NACL-5) they are kept as they are.
func ports(low, high *int) (from, to int) {
	from, to = -1, -1
	if low != nil {
		from = *low
	}
	if high != nil {
		to = *high
	}
	return from, to
}
