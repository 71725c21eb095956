package walker

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// V-10: every combination of address and port is an outcome, named, in a fixed order.
func TestChoices(t *testing.T) {
	n := build(t, behindNAT+`
		nat nat-2 s1 10.0.1.6=198.51.100.6 10.0.1.7=198.51.100.7
		route t 8.8.8.0/24 nat-2
		acl x v s1
		entry x in 100 deny tcp 2000-2999 0.0.0.0/0
		entry x in 200 allow -1 * 0.0.0.0/0
		entry x out 100 allow -1 * 0.0.0.0/0`)
	w, q := New(n), ask(t, n, "eni-b > 8.8.8.8 tcp 443")
	var got []string
	for _, o := range w.Walk(q) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices))
	}
	want := []string{
		"reachable[nat-2 address: 10.0.1.6 nat-2 port: 1024-1999]",
		"one-way[nat-2 address: 10.0.1.6 nat-2 port: 2000-2999]",
		"reachable[nat-2 address: 10.0.1.6 nat-2 port: 3000-65535]",
		"reachable[nat-2 address: 10.0.1.7 nat-2 port: 1024-1999]",
		"one-way[nat-2 address: 10.0.1.7 nat-2 port: 2000-2999]",
		"reachable[nat-2 address: 10.0.1.7 nat-2 port: 3000-65535]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := w.Verdicts(q); !slices.Equal(got, []Verdict{OneWay, Reachable}) {
		t.Errorf("verdicts %q", got)
	}
}

// RT-4: what AWS chose holds for good. The reply meets the same choice in the same table, and is not offered another.
func TestChoiceHolds(t *testing.T) {
	n := build(t, public+`
		list pl-1 198.51.100.0/24
		list pl-2 198.51.0.0/16
		route t pl-1 igw-1
		route t pl-2 pcx-gone blackhole`)
	var got []string
	for _, o := range New(n).Walk(ask(t, n, "eni-a > eni-b@198.51.100.20 tcp 443")) {
		got = append(got, fmt.Sprint(o.Verdict, o.Choices))
	}
	want := []string{"reachable[t igw-1 nowhere: pl-1 to igw-1]", "unreachable[t igw-1 nowhere: pl-2 to nowhere]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// V-13: the same network and question give the same outcomes, by any number of goroutines.
func TestDeterministic(t *testing.T) {
	for _, s := range allScenarios() {
		n := build(t, s.text)
		q := ask(t, n, s.ask)
		w := New(n)
		done := make(chan []Outcome)
		for range 2 {
			go func() { done <- w.Walk(q) }()
		}
		if a, b := <-done, <-done; !reflect.DeepEqual(a, b) {
			t.Errorf("%s %s: two walks differ: %v and %v", s.rule, s.name, a, b)
		}
		if again := New(build(t, s.text)).Walk(q); !reflect.DeepEqual(again, w.Walk(q)) {
			t.Errorf("%s %s: two walkers differ", s.rule, s.name)
		}
	}
}

// An IPv4 address in IPv6 clothes is that IPv4 address.
func TestMappedAddresses(t *testing.T) {
	n := build(t, public)
	q := ask(t, n, "eni-a > eni-b tcp 443")
	q.Packet.Destination = netip.AddrFrom16(q.Packet.Destination.As16())
	if got := New(n).Verdicts(q); !slices.Equal(got, []Verdict{Reachable}) {
		t.Errorf("got %q", got)
	}
}

func TestReply(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for _, c := range []struct{ packet, reply Packet }{
		{Packet{a, b, TCP, 50000, 443, 0, 0}, Packet{b, a, TCP, 443, 50000, 0, 0}},
		{Packet{a, b, ICMP, 0, 0, 8, 0}, Packet{b, a, ICMP, 0, 0, 0, 0}},
		{Packet{a, b, ICMP, 0, 0, 13, 0}, Packet{b, a, ICMP, 0, 0, 14, 0}},
		{Packet{a, b, ICMP, 0, 0, 15, 0}, Packet{b, a, ICMP, 0, 0, 16, 0}},
		{Packet{a, b, ICMP, 0, 0, 17, 0}, Packet{b, a, ICMP, 0, 0, 18, 0}},
		{Packet{a, b, ICMP, 0, 0, 3, 4}, Packet{b, a, ICMP, 0, 0, 3, 4}},
		{Packet{a, b, ICMPv6, 0, 0, 128, 0}, Packet{b, a, ICMPv6, 0, 0, 129, 0}},
		{Packet{a, b, ICMPv6, 0, 0, 8, 0}, Packet{b, a, ICMPv6, 0, 0, 8, 0}},
	} {
		if got := c.packet.Reply(); got != c.reply {
			t.Errorf("%v is answered by %v, want %v", c.packet, got, c.reply)
		}
	}
}

// NACL-7, NAT-1: a port from every interval that entries tell apart, for each protocol by itself.
func TestPorts(t *testing.T) {
	n := build(t, `
		acl x v
		entry x in 100 deny tcp 0-1500 0.0.0.0/0
		entry x out 100 deny tcp 65535 0.0.0.0/0
		entry x out 200 deny udp 3000-70000 0.0.0.0/0
		entry x out 300 deny -1 4000-5000 0.0.0.0/0`)
	got := newPorts(n)
	want := map[uint8][]uint16{TCP: {1024, 1501, 65535}, UDP: {1024, 3000}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func ExampleWalker_Walk() {
	n := network.New(network.Contents{
		VPCs: []*network.VPC{{Object: network.Object{ID: "vpc-1"}, Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}},
		Subnets: []*network.Subnet{
			{Object: network.Object{ID: "subnet-1"}, VPC: "vpc-1", Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}},
		},
		SecurityGroups: []*network.SecurityGroup{
			{Object: network.Object{ID: "sg-app"}, VPC: "vpc-1", Outbound: []network.Rule{{Protocol: TCP, From: 5432, To: 5432, Group: "sg-db"}}},
			{Object: network.Object{ID: "sg-db"}, VPC: "vpc-1", Inbound: []network.Rule{{Protocol: TCP, From: 5432, To: 5432, Group: "sg-app"}}},
		},
		Interfaces: []*network.Interface{
			{Object: network.Object{ID: "eni-app"}, VPC: "vpc-1", Subnet: "subnet-1", Groups: []string{"sg-app"}, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.1.10")}}},
			{Object: network.Object{ID: "eni-db"}, VPC: "vpc-1", Subnet: "subnet-1", Groups: []string{"sg-db"}, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.1.20")}}},
		},
	})
	outcomes := New(n).Walk(Question{From: "eni-app", To: "eni-db", Packet: Packet{
		Source: netip.MustParseAddr("10.0.1.10"), Destination: netip.MustParseAddr("10.0.1.20"), Protocol: TCP, SourcePort: 50000, DestinationPort: 5432,
	}})
	for _, o := range outcomes {
		fmt.Println(o.Verdict)
		for _, h := range o.Request {
			fmt.Println(h.Effect, h.Kind, h.ID, h.Rule)
		}
	}
	// Output:
	// reachable
	// forward network interface eni-app sends tcp 10.0.1.10:50000 to 10.0.1.20:5432
	// allow security group sg-app outbound tcp 5432 by reference to sg-db
	// forward network interface eni-db receives tcp 10.0.1.10:50000 to 10.0.1.20:5432
	// allow security group sg-db inbound tcp 5432 by reference to sg-app
}
