package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

var aclLosesReplies = &Rule{
	Name:     "acl-loses-replies",
	Title:    "A network ACL loses the replies of connections that everything else allows",
	Severity: report.Error,
	Grades:   "error where the replies to every port that clients on Linux use (32768-60999) are lost; warning where those to some ports of 1024-65535 are, those of some ports that a NAT gateway may choose, or only those of UDP",
	Why:      "Network ACLs are stateless: the reply needs an entry of its own, for the client's port. The first packet arrives, the reply does not, and the client waits for a timeout.",
	Mend:     "Allow the client ports on the way back, to or from the block of the client; or, if the connection should not be, stop its first packet as well.",
	Example: `vpc vpc-prod 10.0.0.0/16
subnet prod-app vpc-prod 10.0.1.0/24
subnet prod-data vpc-prod 10.0.2.0/24 acl=acl-data
acl acl-data vpc-prod
  in  100 allow tcp 5432 10.0.1.0/24
  out 100 allow tcp 5432 10.0.1.0/24    # the reply goes to a high port, not to 5432
group app vpc-prod
  out tcp 5432 database
group database vpc-prod
  in  tcp 5432 app
  out nothing
eni app-1 prod-app 10.0.1.5 app
eni database-1 prod-data 10.0.2.5 database
`,
	check: checkACLLosesReplies,
}

func checkACLLosesReplies(s *survey) error {
	list, err := s.brokenConnections()
	if err != nil {
		return err
	}
	type loss struct {
		worst  broken
		others map[string]bool
	}
	byACL := map[string]*loss{}
	var order []string
	for _, b := range list {
		if b.lost.Kind != "network ACL" {
			continue
		}
		l := byACL[b.lost.ID]
		if l == nil {
			l = &loss{worst: b, others: map[string]bool{}}
			byACL[b.lost.ID] = l
			order = append(order, b.lost.ID)
		}
		l.others[b.from+" → "+b.to] = true
	}
	for _, id := range order {
		acl, ok := s.network.NetworkACLs.Get(id)
		if !ok {
			continue
		}
		l, f := byACL[id], finding{kind: "network ACL", object: &acl.Object, severity: report.Warning}
		b := l.worst
		tcp := b.ports().Intersect(packet.Protocol(packet.TCP))
		ports := tcp
		if ports.IsEmpty() {
			ports = b.ports()
		}
		lost := "the replies"
		if b.whole && !tcp.AllClients(linuxLow, linuxHigh).IsEmpty() {
			f.severity = report.Error
		} else if b.choice != "" {
			lost = "the replies, where " + b.choice + ","
		} else if !b.whole {
			lost = "the replies to client ports " + clientPorts(ports)
		}
		more := ""
		if n := len(l.others) - 1; n > 0 {
			more = fmt.Sprintf(", and between %s of subnets", plural(n, "other pair"))
		}
		f.message = fmt.Sprintf("The network ACL %s loses %s of connections from %s to %s (%s)%s.", label(&acl.Object), lost, b.from, b.to, query.Words(ports), more)
		f.mend = mendACL(acl, b)
		f.evidence = b.part
		s.report(f)
	}
	return nil
}

// mendACL says which entry is missing.
func mendACL(acl *network.NetworkACL, b broken) string {
	direction, side := "an inbound", "from"
	block := b.toBlock
	if strings.HasPrefix(b.lost.Rule, "outbound") {
		direction, side, block = "an outbound", "to", b.fromBlock
	}
	if _, entry, ok := strings.Cut(b.lost.Rule, ": entry "); ok {
		number, does, _ := strings.Cut(entry, " ")
		return fmt.Sprintf("Put an entry before number %s of %s, which %s, that allows the client ports (1024-65535) %s %s; or stop the first packet of such connections too.", number, label(&acl.Object), does, side, block)
	}
	return fmt.Sprintf("Add %s entry to %s that allows the client ports (1024-65535) %s %s, or stop the first packet of such connections too.", direction, label(&acl.Object), side, block)
}

// clientPorts are the client ports of some connections, in words.
func clientPorts(set packet.Set) string {
	var spans []packet.Span
	for _, slab := range set.Slabs() {
		spans = append(spans, slab.Seconds()...)
	}
	slices.SortFunc(spans, func(a, b packet.Span) int { return cmp.Compare(a.Low, b.Low) })
	merged := spans[:0]
	for _, x := range spans {
		if n := len(merged) - 1; n >= 0 && int(x.Low) <= int(merged[n].High)+1 {
			merged[n].High = max(merged[n].High, x.High)
			continue
		}
		merged = append(merged, x)
	}
	return packet.FormatSpans(merged)
}
