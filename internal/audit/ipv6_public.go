package audit

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

var ipv6Public = &Rule{
	Name:     "ipv6-public",
	Title:    "Open to the internet by IPv6 alone",
	Severity: report.Error,
	Grades: "error where anybody reaches by IPv6 what IPv4 keeps closed; warning where that is in a public tier, on a port that is neither for administration nor of a database, and where a first packet arrives without a way back; unknown where that hangs on something that is not known. " +
		"Load balancers that face the internet are left out",
	Why:  "Every IPv6 address of a VPC is a public one: a route to an internet gateway opens what needs no public IPv4 address, and no NAT gateway hides it. It is seldom meant where IPv4 is closed.",
	Mend: "Take ::/0 out of the rule, or lead ::/0 to an egress-only internet gateway, which lets connections out and none in.",
	Example: `vpc vpc-prod 10.0.0.0/16 2600:1f18:1:1100::/56
subnet prod-app vpc-prod 10.0.1.0/24 2600:1f18:1:1101::/64 table=rtb-app
igw igw-prod vpc-prod
table rtb-app vpc-prod
  ::/0 igw-prod
group app vpc-prod
  in  tcp 8080 0.0.0.0/0
  in  tcp 8080 ::/0
eni app-1 prod-app 10.0.1.5 2600:1f18:1:1101::5 app
`,
	check: func(s *survey) error {
		s.ways()
		for _, o := range s.openings() {
			if !o.family[1] {
				continue
			}
			if err := s.byIPv6(o); err != nil {
				return err
			}
		}
		return nil
	},
}

func (s *survey) byIPv6(o *opening) error {
	var worst *profile
	var members, doubts []string
	severity, what, verdict := report.Note, packet.None, reach.Reachable
	for _, p := range s.carriers[o.group.ID] {
		if p.balancer != nil && !p.balancer.Internal {
			continue
		}
		open := p.in[1].reachable.Intersect(o.what).Subtract(p.in[0].reachable)
		once := p.in[1].oneWay.Intersect(o.what).Subtract(p.in[0].reachable).Subtract(p.in[0].oneWay)
		if open.IsEmpty() && once.IsEmpty() {
			if maybe := p.in[1].unknown.Intersect(o.what).Subtract(p.in[0].reachable); !maybe.IsEmpty() {
				doubts = append(doubts, p.in[1].blame...)
			}
			continue
		}
		now, how := report.Error, reach.Reachable
		switch {
		case open.IsEmpty():
			now, how, open = report.Warning, reach.OneWay, once
		case s.public(p.subnet) && open.Intersect(sensitive).IsEmpty():
			now = report.Warning
		}
		if worst == nil || now == report.Error && severity != report.Error {
			worst, severity, what, verdict, members = p, now, open, how, nil
		}
		if now == severity && how == verdict {
			members = append(members, s.called(p, reach.IPv6)...)
		}
	}
	at := o.at
	for _, r := range o.group.Inbound {
		if r.Protocol == o.protocol && r.From == o.from && r.To == o.to && slices.ContainsFunc(s.blocks(r.Block, r.PrefixList), wide6) {
			at = r.Origin
			break
		}
	}
	f := finding{severity: severity, kind: "security group", object: &o.group.Object, at: at}
	f.mend = fmt.Sprintf("Remove ::/0 from inbound %s of %s, or name who should get in; or lead ::/0 of its subnets to an egress-only internet gateway.", o.words, label(&o.group.Object))
	switch {
	case worst != nil:
		slices.Sort(members)
		reaches := "Anybody on the internet reaches"
		if verdict == reach.OneWay {
			reaches = "Packets of anybody on the internet, whose replies are lost, reach"
		}
		f.message = fmt.Sprintf("%s %s on %s by IPv6, and nobody does by IPv4: by the rule inbound %s from ::/0 of the group %s.", reaches, few(members), query.Words(what), o.words, label(&o.group.Object))
		e := s.session.Engine()
		part, _, err := s.evidence(reach.Question{Sources: e.AtLarge(), Destinations: e.Interfaces(worst.members...), Family: reach.IPv6, Traffic: what}, "internet", members[0], verdict)
		if err != nil {
			return err
		}
		f.evidence = part
	case len(doubts) > 0:
		slices.Sort(doubts)
		f.severity = report.Unverified
		f.message = fmt.Sprintf("Whether anybody on the internet reaches what carries the group %s on %s by IPv6 is not known: %s.", label(&o.group.Object), o.words, few(slices.Compact(doubts)))
	default:
		return nil
	}
	s.report(f)
	return nil
}

func wide6(p netip.Prefix) bool { return wide(p) && p.Addr().Is6() }
