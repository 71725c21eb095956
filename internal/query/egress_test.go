package query

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
)

// TestEgressRows shows how parts of an answer become rows about the internet: what differs by label, by address, by limit, by family.
func TestEgressRows(t *testing.T) {
	one, two := &network.Interface{Object: network.Object{ID: "eni-1"}}, &network.Interface{Object: network.Object{ID: "eni-2"}}
	most := reach.Member{Address: addr("1.0.0.0"), Outside: []netip.Prefix{prefixOf("1.0.0.0/8"), prefixOf("9.0.0.0/8")}}
	partner := reach.Member{Address: addr("203.0.113.0"), Outside: []netip.Prefix{prefixOf("203.0.113.0/24")}}
	six := reach.Member{Address: addr("2600::"), Outside: []netip.Prefix{prefixOf("2600::/12")}}
	member := func(list ...*network.Interface) (members []reach.Member) {
		for _, i := range list {
			members = append(members, reach.Member{Interface: i})
		}
		return members
	}
	names := &reach.Limits{Names: []string{".openai.com"}, Open: "data that is neither TLS nor HTTP"}
	tcpPort := func(low, high uint16) packet.Set { return packet.Ports(packet.TCP, low, high) }
	parts := []reach.Part{
		{Verdict: reach.Reachable, Traffic: tcpPort(443, 443), Family: reach.IPv4, Sources: member(one, two), Destinations: []reach.Member{most, partner}, Kind: reach.ByNAT, Limits: names},
		{Verdict: reach.Reachable, Traffic: tcpPort(22, 22), Family: reach.IPv4, Sources: member(one), Destinations: []reach.Member{partner}, Kind: reach.ByNAT},
		{Verdict: reach.Unreachable, Traffic: tcpPort(22, 22), Family: reach.IPv4, Sources: member(two), Destinations: []reach.Member{partner}, Kind: reach.NoPath},
		{Verdict: reach.Unreachable, Traffic: tcpPort(22, 22), Family: reach.IPv4, Sources: member(one, two), Destinations: []reach.Member{most}, Kind: reach.NoPath},
		{Verdict: reach.Unknown, Traffic: tcpPort(80, 80), Family: reach.IPv4, Sources: member(one, two), Destinations: []reach.Member{most, partner}, Kind: reach.ByInternet,
			Path: []reach.Hop{{Kind: "network firewall", Name: "egress", Effect: reach.Doubt, Rule: "a keyword"}}},
		{Verdict: reach.Reachable, Traffic: tcpPort(443, 443), Family: reach.IPv6, Sources: member(one, two), Destinations: []reach.Member{six}, Kind: reach.ByNAT, Limits: names},
	}
	rows := func(label reach.Labels) string {
		e := egress{label: label, all: map[reach.Family]*netipx.IPSetBuilder{}, places: map[place]*traffic{}}
		for _, p := range parts {
			e.add(p)
		}
		var words []string
		for _, r := range e.rows() {
			words = append(words, fmt.Sprint(r.Source, ">", r.Destination, " ", r.Verdict, r.Verdicts, " ", r.Family, " ", r.Ports, " ", r.Via, " ", r.Limits, r.LimitsOpen, " ", r.Outside, " ", r.Unknown))
		}
		return strings.Join(words, "\n")
	}
	if got, want := rows(func(*network.Interface) []string { return []string{"app"} }), strings.Join([]string{
		"app>203.0.113.0/24 partial[reachable unreachable] ipv4 22 [NAT] [] [203.0.113.0/24] []",
		"app>internet reachable[] any 443 [NAT] [.openai.com]data that is neither TLS nor HTTP [] []",
		"app>internet unknown[] ipv4 80 [internet] [] [] [network firewall egress: a keyword]",
	}, "\n"); got != want {
		t.Errorf("as one:\n%s\nwant\n%s", got, want)
	}
	if got := rows(func(i *network.Interface) []string { return []string{i.ID} }); !strings.Contains(got, "eni-1>203.0.113.0/24 reachable[] ipv4 22") || strings.Contains(got, "eni-2>203.0.113.0/24") {
		t.Errorf("by member:\n%s", got)
	}
}

// TestInternet asks what gets out, of the whole chain.
func TestInternet(t *testing.T) {
	s := New(acme())
	table, err := s.Internet(Question{Source: "web"}, "")
	if err != nil || len(table.Rows) != 1 || table.Rows[0].Destination != "internet" || table.Rows[0].Source != "web" || table.Question.Destination != "internet" {
		t.Errorf("%+v %v", table, err)
	}
	table, err = s.Internet(Question{Source: "account:111111111111"}, ByTier)
	if err != nil || len(table.Rows) != 1 || table.Rows[0].Source != "tier:public" || strings.Join(table.Sources, " ") != "prod/tier:app tier:data tier:public" {
		t.Errorf("%+v %v", table, err)
	}
	if _, err := s.Internet(Question{Source: "internet"}, ""); err == nil || !strings.Contains(err.Error(), "outside the network itself") {
		t.Error(err)
	}
}
