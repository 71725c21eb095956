package query

import (
	"testing"

	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/report"
)

func TestWords(t *testing.T) {
	clients := packet.Clients(1024, 65535)
	for _, test := range []struct {
		set  packet.Set
		want string
	}{
		{packet.All, "everything"},
		{packet.All.Intersect(clients), "everything"},
		{packet.Ports(packet.TCP, 22, 22).Union(packet.Ports(packet.TCP, 443, 444)).Intersect(clients), "tcp 22,443-444"},
		{packet.Protocol(packet.UDP), "udp, any port"},
		{packet.Protocol(packet.TCP).Union(packet.Protocol(packet.UDP)), "any port"},
		{packet.Ports(packet.TCP, 80, 80).Union(packet.Type(packet.ICMP, 8, -1)), "icmp type 8; tcp 80"},
		{packet.Protocol(47), "47"},
	} {
		if got := Words(test.set); got != test.want {
			t.Errorf("%s: %q, and not %q", test.set, got, test.want)
		}
	}
}

// TestEvidence: one part of an answer, with its witness, or none.
func TestEvidence(t *testing.T) {
	s := New(acme())
	e := s.Engine()
	q := reach.Question{Traffic: packet.Ports(packet.TCP, 5432, 5432).Intersect(packet.Clients(1024, 65535))}
	for word, ends := range map[string]*reach.Ends{"prod/app-server": &q.Sources, "database-postgres": &q.Destinations} {
		x, err := s.Resolve(word)
		if err != nil {
			t.Fatal(err)
		}
		*ends = e.Interfaces(x.Interfaces...)
	}
	part, found, err := s.Evidence(q, report.Question{Source: "app", Destination: "db"}, reach.Wanted{Verdict: reach.Reachable})
	if err != nil || part == nil || part.Verdict != report.Reachable || part.Source != "app" || part.Witness == nil || *part.Witness.DestinationPort != 5432 || len(part.Path) == 0 || found.Witness.From == nil {
		t.Errorf("%+v %v", part, err)
	}
	if part, found, err = s.Evidence(q, report.Question{}, reach.Wanted{Verdict: reach.OneWay}); part != nil || found != nil || err != nil {
		t.Errorf("nothing is lost, and there is a part: %+v %v", part, err)
	}
}
