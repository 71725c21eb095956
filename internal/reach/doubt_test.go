package reach

import (
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/scenario"
)

// Two interfaces of NAT gateways in one subnet, of which one is not understood: nothing about that one is sure, and the other is what it is (V-6).
func TestInterfaceOfNATThatIsNotUnderstood(t *testing.T) {
	for _, odd := range []string{"10.0.1.8", "10.0.1.9"} {
		c, err := scenario.Parse("test", `
vpc a 10.0.0.0/16
igw igw-a a
subnet web a 10.0.1.0/24 table=t-web
table t-web a
  10.0.2.0/24 nothing blackhole
  0.0.0.0/0 igw-a
subnet app a 10.0.2.0/24
group open a
  in all 0.0.0.0/0
nat nat-1 web 10.0.1.8=54.1.2.3
nat nat-2 web 10.0.1.9=54.1.2.4
eni app-1 app 10.0.2.5 open
`)
		if err != nil {
			t.Fatal(err)
		}
		var gateways []*network.Interface
		for _, i := range c.Interfaces {
			if i.Addresses[0].IP.String() == odd {
				i.Defect = &network.Defect{Reason: "made so"}
			}
			if i.ID != "app-1" {
				gateways = append(gateways, i)
			}
		}
		e := New(network.New(c))
		name := func(i *network.Interface) []string { return []string{i.Addresses[0].IP.String()} }
		app, _ := e.network.Interfaces.Get("app-1")
		ssh := packet.Ports(packet.TCP, 22, 22)
		// What is unreachable has no cell.
		cells := e.Tally(Question{Sources: e.Interfaces(gateways...), Destinations: e.Interfaces(app), Traffic: ssh}, name, name)
		if len(gateways) != 2 || len(cells) != 1 || cells[0].Source != odd || cells[0].Outcome.Unknown != ssh {
			t.Errorf("%s: %+v", odd, cells)
		}
	}
}

// Whether references hold across a transit gateway that is not in the input is not known (SG-4, V-6).
func TestReferenceAcrossTransitGatewayThatIsNotCollected(t *testing.T) {
	c, err := scenario.Parse("test", `
vpc a 10.1.0.0/16
subnet sa a 10.1.1.0/24 table=ta
table ta a
  10.2.0.0/16 tgw-1
vpc b 10.2.0.0/16
subnet sb b 10.2.1.0/24 table=tb
table tb b
  10.1.0.0/16 tgw-1
tgw tgw-1 referencing
attachment at-a tgw-1 a sa referencing
attachment at-b tgw-1 b sb referencing
group sg-a a
group sg-b b
  in tcp 443 sg-a
eni a-1 sa 10.1.1.5 sg-a
eni b-1 sb 10.2.1.5 sg-b
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Verdict{Reachable, Unknown} {
		e := New(network.New(c))
		one, _ := e.network.Interfaces.Get("a-1")
		two, _ := e.network.Interfaces.Get("b-1")
		parts := e.Can(Question{Sources: e.Interfaces(one), Destinations: e.Interfaces(two), Traffic: packet.Ports(packet.TCP, 443, 443)})
		if len(parts) != 1 || parts[0].Verdict != want {
			t.Errorf("want %s, got %+v", want, parts)
		}
		c.TransitGateways = nil
		c.Gaps = append(c.Gaps, network.Gap{List: "TransitGateways", Reason: "denied"})
	}
}
