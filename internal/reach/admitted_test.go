package reach

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/scenario"
)

// Sums leave out the VPCs of which the groups of a destination admit nothing. An interface whose address is in no block that is known of its VPC counts for
// what it is all the same, and so do group references over a peering (SG-4).
func TestAdmittedVPCs(t *testing.T) {
	c, err := scenario.Parse("test", `
vpc a 10.0.0.0/16
subnet a-1 a 10.0.1.0/24 table=t-a
table t-a a
  10.1.0.0/16 pcx-1
vpc b 10.1.0.0/16
subnet b-1 b 10.1.1.0/24 table=t-b
subnet b-2 b 10.1.2.0/24 table=t-b
table t-b b
  0.0.0.0/0 pcx-1
peering pcx-1 a b
group sg-a a
group sg-b b
  in tcp 443 10.0.1.0/24
group sg-c b
  in tcp 443 sg-a
eni client a-1 10.0.1.5 sg-a
eni by-address b-1 10.1.1.5 sg-b
eni by-reference b-2 10.1.2.5 sg-c
`)
	if err != nil {
		t.Fatal(err)
	}
	name := func(i *network.Interface) []string { return []string{i.ID} }
	reached := func(e *Engine) []string {
		client, _ := e.network.Interfaces.Get("client")
		var list []string
		for _, cell := range e.Tally(Question{Sources: e.Interfaces(client), Destinations: e.Everything(), Traffic: packet.Ports(packet.TCP, 443, 443)}, name, name) {
			if cell.Outcome.Reachable != packet.None || cell.Outcome.OneWay != packet.None || cell.Outcome.Unknown != packet.None {
				list = append(list, cell.Destination)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	if got, want := reached(New(network.New(c))), []string{"by-address", "by-reference"}; !slices.Equal(got, want) {
		t.Errorf("with all blocks: %v, want %v", got, want)
	}
	for _, v := range c.VPCs {
		if v.ID == "a" {
			v.Blocks = v.Blocks[:0]
		}
	}
	x := newIndex(network.New(c))
	for _, g := range c.SecurityGroups {
		for _, r := range g.Inbound {
			if r.Block.IsValid() && !slices.Contains(x.holding(r.Block, 10), x.vpcs["a"]) {
				t.Errorf("%s admits nothing of a VPC whose blocks are not known", g.ID)
			}
		}
	}
}
