package audit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

var openToInternet = &Rule{
	Name:     "open-to-internet",
	Title:    "A security group rule for everybody",
	Severity: report.Error,
	Grades: "error where anybody on the internet reaches a port for administration or of a database (SSH, RDP, Telnet, SMB, WinRM, VNC, Docker, Kubernetes nodes, etcd, and the usual databases, caches and search engines), on " +
		"anything but a load balancer; warning where it is another port, of something that is neither a load balancer nor in a public tier, a load balancer that listens on such a port, or a first packet that arrives without a way back; " +
		"unknown where that hangs on something that is not known; note where nothing leads to it. What is open by IPv6 alone is ipv6-public",
	Why:  "Whatever listens there is tried by everybody, all day. A rule for all addresses that no route leads to today is one route away from that.",
	Mend: "Name who should get in: the group of the load balancer or of the bastion, or the block of the office. For administration use Session Manager or an instance connect endpoint, which need no open port.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-public vpc-prod 10.0.0.0/24 table=rtb-public public
igw igw-prod vpc-prod
table rtb-public vpc-prod
  0.0.0.0/0 igw-prod
group bastion vpc-prod
  in  tcp 22 0.0.0.0/0
eni bastion-1 prod-public 10.0.0.5=54.1.2.3 bastion
`,
	check: checkOpenToInternet,
}

// sensitive are the ports that nobody means to open to everybody.
var sensitive = func() packet.Set {
	set := packet.None
	for _, p := range []int{22, 23, 135, 139, 445, 1433, 1434, 1521, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5433, 5439, 5601, 5900, 5984, 5985, 5986, 6379, 7474, 8086, 9042, 9092, 9200, 9300, 10250, 11211, 27017, 27018, 27019} {
		set = set.Union(packet.Ports(packet.TCP, uint16(p), uint16(p)))
	}
	for _, p := range []int{161, 389, 1434, 3389, 11211} {
		set = set.Union(packet.Ports(packet.UDP, uint16(p), uint16(p)))
	}
	return set.Intersect(packet.Clients(1024, 65535))
}()

// opening is all rules of a group for everybody that differ by family only.
type opening struct {
	group              *network.SecurityGroup
	protocol, from, to int
	family             [2]bool
	what               packet.Set // that it admits, of connections with ports
	words              string
	sources            []string // blocks and lists for everybody, as rules name them
	at                 network.Origin
}

// openings are the inbound rules for everybody of all groups.
func (s *survey) openings() []*opening {
	var list []*opening
	for _, g := range s.network.SecurityGroups.All() {
		first := len(list)
		for _, r := range g.Inbound {
			if r.Defect != nil || r.Group != "" {
				continue
			}
			var family [2]bool
			for _, b := range s.blocks(r.Block, r.PrefixList) {
				if wide(b) {
					family[familyIndex(familyOf(b.Addr().Is4()))] = true
				}
			}
			if family == [2]bool{} {
				continue
			}
			what := traffic(r).Intersect(connections).Intersect(tcpAndUDP)
			if what.IsEmpty() { // ping, tunnels
				continue
			}
			k := slices.IndexFunc(list[first:], func(o *opening) bool { return o.protocol == r.Protocol && o.from == r.From && o.to == r.To })
			if k < 0 {
				list = append(list, &opening{group: g, protocol: r.Protocol, from: r.From, to: r.To, what: what, words: query.Words(traffic(r)), at: r.Origin})
				k = len(list) - first - 1
			}
			o := list[first+k]
			o.family[0], o.family[1] = o.family[0] || family[0], o.family[1] || family[1]
			o.sources = append(o.sources, cmp.Or(r.PrefixList, prefixWord(r.Block)))
		}
	}
	return list
}

func familyOf(is4 bool) reach.Family {
	if is4 {
		return reach.IPv4
	}
	return reach.IPv6
}

// exposed is what of an opening is open, by one profile.
type exposed struct {
	severity report.Severity
	profile  *profile
	family   reach.Family
	what     packet.Set
	verdict  reach.Verdict
}

func checkOpenToInternet(s *survey) error {
	s.ways()
	for _, o := range s.openings() {
		var worst *exposed
		var members []string
		doubts, fine := []string{}, false
		consider := func(x exposed) {
			rank := func(s report.Severity) int { return slices.Index(report.Severities, s) }
			if worst == nil || rank(x.severity) < rank(worst.severity) {
				worst, members = &x, nil
			}
			if x.severity == worst.severity {
				members = append(members, s.called(x.profile, x.family)...)
			}
		}
		for _, p := range s.carriers[o.group.ID] {
			a := p.in[0] // what IPv6 alone opens is ipv6-public
			if six := p.in[1]; o.family[1] && six.reachable.Union(six.oneWay).Union(six.unknown).Overlaps(o.what) {
				fine = true // told there
			}
			if !o.family[0] {
				continue
			}
			open, once, unknown := a.reachable.Intersect(o.what), a.oneWay.Intersect(o.what), a.unknown.Intersect(o.what)
			bad := open.Intersect(sensitive)
			switch {
			case !bad.IsEmpty() && p.balancer == nil:
				consider(exposed{report.Error, p, reach.IPv4, bad, reach.Reachable})
			case !bad.IsEmpty():
				consider(exposed{report.Warning, p, reach.IPv4, bad, reach.Reachable})
			case !open.IsEmpty() && (p.balancer != nil || p.owner == network.OwnerLoadBalancer || s.public(p.subnet)):
				fine = true
			case !open.IsEmpty():
				consider(exposed{report.Warning, p, reach.IPv4, open, reach.Reachable})
			case !once.IsEmpty():
				consider(exposed{report.Warning, p, reach.IPv4, once, reach.OneWay})
			case !unknown.IsEmpty():
				doubts = append(doubts, a.blame...)
			}
		}
		f := finding{kind: "security group", object: &o.group.Object, at: o.at}
		f.mend = fmt.Sprintf("Replace the source %s of inbound %s in %s by the groups or blocks that should get in.", few(o.sources), o.words, label(&o.group.Object))
		switch {
		case worst != nil:
			f.severity = worst.severity
			slices.Sort(members)
			reaches := "Anybody on the internet reaches"
			if worst.verdict == reach.OneWay {
				reaches = "Packets of anybody on the internet, whose replies are lost, reach"
			}
			what := query.Words(worst.what)
			if !worst.what.Intersect(sensitive).IsEmpty() {
				if what = named(worst.what); !sensitive.Covers(o.what) {
					what = o.words + ", " + what + " among it"
				}
			}
			f.message = fmt.Sprintf("%s %s on %s, by the rule inbound %s from %s of the group %s.", reaches, few(members), what, o.words, few(o.sources), label(&o.group.Object))
			e := s.session.Engine()
			part, _, err := s.evidence(reach.Question{Sources: e.AtLarge(), Destinations: e.Interfaces(worst.profile.members...), Family: worst.family, Traffic: worst.what}, "internet", members[0], worst.verdict)
			if err != nil {
				return err
			}
			f.evidence = part
		case len(doubts) > 0:
			slices.Sort(doubts)
			f.severity = report.Unverified
			f.message = fmt.Sprintf("Whether anybody on the internet reaches what carries the group %s on %s is not known: %s.", label(&o.group.Object), o.words, few(slices.Compact(doubts)))
		case fine:
			continue
		default:
			f.severity = report.Note
			f.message = fmt.Sprintf("The group %s lets everybody in on %s, and nothing leads there: %s.", label(&o.group.Object), o.words, s.closedBecause(o))
		}
		s.report(f)
	}
	return s.bareBalancers()
}

// named are sensitive ports, in words: those that people know first.
func named(set packet.Set) string {
	known := []struct {
		protocol, port int
		name           string
	}{
		{packet.TCP, 22, "SSH"}, {packet.TCP, 3389, "RDP"}, {packet.TCP, 5432, "PostgreSQL"}, {packet.TCP, 3306, "MySQL"}, {packet.TCP, 6379, "Redis"}, {packet.TCP, 27017, "MongoDB"},
		{packet.TCP, 1433, "SQL Server"}, {packet.TCP, 1521, "Oracle"}, {packet.TCP, 9200, "OpenSearch"}, {packet.TCP, 11211, "memcached"}, {packet.TCP, 445, "SMB"}, {packet.TCP, 23, "Telnet"},
	}
	var words []string
	for _, k := range known {
		if one := packet.Ports(k.protocol, uint16(k.port), uint16(k.port)); set.Overlaps(one) {
			words = append(words, fmt.Sprintf("%s %d (%s)", packet.ProtocolName(k.protocol), k.port, k.name))
			set = set.Subtract(one)
		}
	}
	for _, b := range set.Intersect(sensitive).SomeClients(1024, 65535).Boxes() {
		for port := int(b.First.Low); port <= int(b.First.High); port++ {
			words = append(words, fmt.Sprintf("%s %d", packet.ProtocolName(int(b.Protocols.Low)), port))
		}
	}
	return few(words)
}

// called are the members of a profile that the internet can mean at all, in words.
func (s *survey) called(p *profile, family reach.Family) []string {
	var words []string
	for _, i := range p.members {
		if slices.ContainsFunc(i.Addresses, func(a network.Address) bool {
			return family == reach.IPv4 && a.Public.IsValid() || family == reach.IPv6 && a.IP.Is6()
		}) {
			words = append(words, s.name(i))
		}
	}
	if len(words) == 0 { // by a way that knows their private addresses
		for _, i := range p.members {
			words = append(words, s.name(i))
		}
	}
	return words
}

// closedBecause says why nothing leads to an opening.
func (s *survey) closedBecause(o *opening) string {
	list := s.carriers[o.group.ID]
	if len(list) == 0 {
		return "nothing carries it" + s.inPlan(o.group.Address)
	}
	public := slices.ContainsFunc(list, func(p *profile) bool {
		return slices.ContainsFunc(p.members, func(i *network.Interface) bool {
			return slices.ContainsFunc(i.Addresses, func(a network.Address) bool {
				return o.family[0] && a.Public.IsValid() || o.family[1] && a.IP.Is6()
			})
		})
	})
	deaf := !slices.ContainsFunc(list, func(p *profile) bool { return p.balancer == nil || p.listening().Overlaps(o.what) })
	switch {
	case deaf:
		return "the load balancers that carry it listen on no such port"
	case !public:
		return "what carries it has no public address"
	}
	return "routes and network ACLs keep the internet out"
}

// inPlan says that a Terraform configuration knows only what is in it.
func (s *survey) inPlan(address string) string {
	if address == "" {
		return ""
	}
	return " in this plan"
}

// bareBalancers reports load balancers without groups that listen for everybody on a sensitive port.
func (s *survey) bareBalancers() error {
	seen := map[string]bool{}
	for _, p := range s.ways() {
		b := p.balancer
		if b == nil || len(p.groups) > 0 || !b.ListenersKnown || seen[b.ID] {
			continue
		}
		for k, family := range families {
			open := p.in[k].reachable.Intersect(sensitive)
			if open.IsEmpty() {
				continue
			}
			seen[b.ID] = true
			e := s.session.Engine()
			part, _, err := s.evidence(reach.Question{Sources: e.AtLarge(), Destinations: e.Interfaces(p.members...), Family: family, Traffic: open}, "internet", cmp.Or(b.Name, b.ID), reach.Reachable)
			if err != nil {
				return err
			}
			s.report(finding{severity: report.Warning, kind: "load balancer", object: &b.Object, evidence: part,
				message: fmt.Sprintf("The load balancer %s, which carries no security group, listens for anybody on the internet on %s.", cmp.Or(b.Name, b.ID), query.Words(open)),
				mend:    fmt.Sprintf("Make %s internal, or make it anew with a security group that names who should get in.", cmp.Or(b.Name, b.ID)),
			})
			break
		}
	}
	return nil
}
