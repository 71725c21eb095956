package audit

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

var addressRule = &Rule{
	Name:     "address-rule",
	Title:    "A rule by addresses where a group reference would do",
	Severity: report.Note,
	Grades:   "note",
	Why:      "A block stands for whatever is put there next; a group stands for a role. Where every interface in the block carries one group, and nobody outside it does, the reference admits the same today and stays right tomorrow.",
	Mend:     "Name the group in place of the block. Not where a reference would not match: to another Region, or where the way passes a firewall, an appliance or a Gateway Load Balancer endpoint (SG-4, SG-5); such rules are not found here.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
subnet prod-data vpc-prod 10.0.2.0/24
group app vpc-prod
  out tcp 5432 database
group database vpc-prod
  in  tcp 5432 10.0.1.0/24     # all of it is app
  out nothing
eni app-1 prod-app 10.0.1.5 app
eni app-2 prod-app 10.0.1.6 app
eni database-1 prod-data 10.0.2.5 database
`,
	check: checkAddressRule,
}

func checkAddressRule(s *survey) error {
	s.profiles()
	byVPC := map[string][]*network.Interface{}
	for _, i := range s.network.Interfaces.All() {
		byVPC[i.VPC] = append(byVPC[i.VPC], i)
	}
	for _, list := range byVPC {
		slices.SortStableFunc(list, func(a, b *network.Interface) int { return firstAddress(a).Compare(firstAddress(b)) })
	}
	for _, g := range s.network.SecurityGroups.All() {
		if g.Defect != nil || len(g.VPCs) > 0 || s.network.Gap("NetworkInterfaces", g.Account, g.Region) != nil {
			continue
		}
		for _, outbound := range []bool{false, true} {
			rules := g.Inbound
			if outbound {
				rules = g.Outbound
			}
			done := make([]bool, len(rules))
			for i, r := range rules {
				if done[i] || r.Defect != nil || r.Group != "" || r.PrefixList != "" || !private(r.Block) && !inVPC(s, r.Block) {
					continue
				}
				var same []network.Rule // those for the same traffic: a role may have a block in each zone
				for k := i; k < len(rules); k++ {
					o := rules[k]
					if o.Defect == nil && o.Block.IsValid() && o.Protocol == r.Protocol && o.From == r.From && o.To == r.To {
						done[k] = true
						same = append(same, o)
					}
				}
				s.byAddress(g, same, outbound, byVPC)
			}
		}
	}
	return nil
}

func firstAddress(i *network.Interface) netip.Addr {
	if len(i.Addresses) == 0 {
		return netip.Addr{}
	}
	return i.Addresses[0].IP
}

func inVPC(s *survey, block netip.Prefix) bool {
	return block.Addr().Is6() && slices.ContainsFunc(s.network.VPCs.All(), func(v *network.VPC) bool {
		return slices.ContainsFunc(v.Blocks, func(b netip.Prefix) bool { return holds(b, block) })
	})
}

// byAddress reports rules of a group for the same traffic whose blocks are a group's members.
func (s *survey) byAddress(g *network.SecurityGroup, rules []network.Rule, outbound bool, byVPC map[string][]*network.Interface) {
	members := make([][]*network.Interface, len(rules)) // in the block of each rule
	common := make([][]string, len(rules))
	for k, r := range rules {
		vpc := s.vpcOf(g.VPC, r.Block)
		if vpc == "" || slices.ContainsFunc(s.blocksOf(vpc), func(b netip.Prefix) bool { return holds(r.Block, b) }) || !s.referenceWorks(g.VPC, vpc, r.Block) {
			continue
		}
		list, sure := s.inBlock(byVPC[vpc], r.Block)
		if !sure || len(list) == 0 {
			continue
		}
		members[k], common[k] = list, slices.Clone(list[0].Groups)
		for _, i := range list[1:] {
			common[k] = slices.DeleteFunc(common[k], func(id string) bool { return !slices.Contains(i.Groups, id) })
		}
	}
	told := make([]bool, len(rules))
	for k := range rules {
		for _, id := range common[k] {
			if told[k] {
				break
			}
			other, ok := s.network.SecurityGroups.Get(id)
			if !ok || other.Name == "default" {
				continue
			}
			// All members of the group must be in blocks of such rules: the reference must admit nobody else.
			var blocks []string
			var which []int
			covered := map[string]bool{}
			for j := range rules {
				if slices.Contains(common[j], id) {
					which = append(which, j)
					blocks = append(blocks, rules[j].Block.String())
					for _, i := range members[j] {
						covered[i.ID] = true
					}
				}
			}
			all := 0
			for _, p := range s.carriers[id] {
				all += len(p.members)
			}
			if len(covered) != all {
				continue
			}
			for _, j := range which {
				told[j] = true
			}
			r := rules[k]
			way, what := "inbound", "source"
			if outbound {
				way, what = "outbound", "destination"
			}
			slices.Sort(blocks)
			preposition := "from"
			if outbound {
				preposition = "to"
			}
			s.report(finding{severity: report.Note, kind: "security group", object: &g.Object, at: r.Origin,
				message: fmt.Sprintf("The group %s admits %s %s %s %s by address, and all that is there carries the group %s.", label(&g.Object), way, query.Words(traffic(r)), preposition, few(blocks), label(&other.Object)),
				mend:    fmt.Sprintf("Name %s as the %s of the %s rule of %s, in place of %s.", label(&other.Object), what, way, label(&g.Object), few(blocks)),
			})
		}
	}
}

// inBlock are the interfaces of a VPC that a block of a rule may stand for; not sure when some of them may or may not be in it, or cannot be named by group.
func (s *survey) inBlock(list []*network.Interface, block netip.Prefix) (in []*network.Interface, sure bool) {
	sure = true
	for _, i := range list {
		nat := i.Type == network.TypeNAT || i.Owner.Kind == network.OwnerNAT
		if i.Conduit() && !nat { // sends nothing of its own
			continue
		}
		some := slices.ContainsFunc(i.Addresses, func(a network.Address) bool { return block.Contains(a.IP) })
		if block.Addr().Is4() && i.Open.IPv4 || block.Addr().Is6() && i.Open.IPv6 { // any address of the subnet
			subnet, ok := s.network.Subnets.Get(i.Subnet)
			whole := ok && slices.ContainsFunc(subnet.Blocks, func(b netip.Prefix) bool { return holds(block, b) })
			if some || !ok || slices.ContainsFunc(subnet.Blocks, block.Overlaps) {
				sure = sure && whole
			}
		}
		if some {
			in = append(in, i)
			sure = sure && !nat
		}
	}
	return in, sure
}

// vpcOf is the VPC that a block in a rule of a group in a VPC stands for: that VPC, or one that is peered with it in the same Region. Empty when it is none, several, or more than one VPC has.
func (s *survey) vpcOf(vpc string, block netip.Prefix) string {
	var found []string
	for _, v := range s.network.VPCs.All() {
		if p := s.peers[pairOf(vpc, v.ID)]; v.ID != vpc && (p == nil || p.Requester.Region != p.Accepter.Region) {
			continue
		}
		for _, b := range v.Blocks {
			if holds(b, block) {
				found = append(found, v.ID)
			} else if b.Overlaps(block) {
				return ""
			}
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// referenceWorks tells whether a group of one VPC can be named in a rule of another, for what goes between the two by address: nothing on the way may be a middlebox (SG-5), and
// between two VPCs the way must be the peering (SG-4).
func (s *survey) referenceWorks(here, there string, block netip.Prefix) bool {
	for _, t := range s.tables() {
		if t.VPC != here && t.VPC != there {
			continue
		}
		for _, r := range t.Routes {
			if r.Target.Kind == network.TargetLocal || !r.Destination.IsValid() || r.Destination.Bits() == 0 {
				continue
			}
			inside := r.Destination.Overlaps(block)
			for _, vpc := range []string{here, there} {
				inside = inside || slices.ContainsFunc(s.blocksOf(vpc), r.Destination.Overlaps)
			}
			if inside && r.Target.Kind != network.TargetPeering {
				return false
			}
		}
	}
	return true
}
