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
