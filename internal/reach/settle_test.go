package reach_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/scenario"
)

// TestSettle shows V-16 for interfaces whose addresses AWS has yet to choose: there is one for each part of the subnet that rules tell apart, at an address that
// it may be given, and a public address that no rule names.
func TestSettle(t *testing.T) {
	const text = `
vpc prod 10.0.0.0/16
subnet app prod 10.0.1.0/24
group sg-a prod
  in tcp 443 10.0.1.0/25
  in tcp 22 10.0.1.200/32
eni here app 10.0.1.4 sg-a
`
	contents, err := scenario.Parse("settle", text)
	if err != nil {
		t.Fatal(err)
	}
	app := contents.Subnets[0]
	for _, name := range []string{"eni-one", "eni-two"} {
		contents.Interfaces = append(contents.Interfaces, &network.Interface{Object: network.Object{ID: name, Account: app.Account, Region: app.Region}, VPC: app.VPC, Subnet: app.ID,
			Type: network.TypeInterface, Groups: []string{"sg-a"}, SourceDestCheck: true, Open: network.Open{IPv4: true, Public: true}})
	}
	contents.Instances = append(contents.Instances, &network.Instance{Object: network.Object{ID: "i-one"}, VPC: app.VPC, Subnet: app.ID, Interfaces: []string{"eni-one"}, Primary: "eni-one"})
	before := network.New(contents)
	n := reach.Settle(before)

	var got []string
	public := map[netip.Addr]bool{}
	for _, i := range n.Interfaces.All() {
		if i.ID == "here" {
			continue
		}
		if len(i.Addresses) != 1 || public[i.Addresses[0].Public] || !i.Addresses[0].Public.Is4() {
			t.Errorf("%s has the addresses %v: it must have a private one, and a public one of its own", i.ID, i.Addresses)
			continue
		}
		public[i.Addresses[0].Public] = true
		got = append(got, i.ID+" "+i.Addresses[0].IP.String())
	}
	// 10.0.1.0 to 10.0.1.3 are AWS's, 10.0.1.4 is taken, 10.0.1.128 is the first that no rule names, and 10.0.1.200 can be one's only.
	want := []string{"eni-one 10.0.1.128", "eni-one-2 10.0.1.5", "eni-one-3 10.0.1.200", "eni-two 10.0.1.129", "eni-two-2 10.0.1.6"}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("interfaces:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if words := strings.Join(n.Assumptions, "\n"); !strings.Contains(words, "eni-two may be given an address of [10.0.1.200/32]") {
		t.Errorf("that eni-two might get 10.0.1.200 instead of eni-one must be said: %q", words)
	}
	if i, _ := n.Instances.Get("i-one"); !slices.Equal(i.Interfaces, []string{"eni-one", "eni-one-2", "eni-one-3"}) || i.Primary != "eni-one" {
		t.Errorf("the instance has the interfaces %v, primary %s", i.Interfaces, i.Primary)
	}
	if i, _ := before.Instances.Get("i-one"); len(i.Interfaces) != 1 || before.Interfaces.Len() != 3 || len(before.Assumptions) > 0 {
		t.Error("the network was changed: it is immutable")
	}
	if again := reach.Settle(n); again != n {
		t.Error("a settled network has nothing to settle")
	}
}

// TestSettlePlaceholder keeps an address that stands for what AWS will choose, and adds those that rules tell apart from it.
func TestSettlePlaceholder(t *testing.T) {
	contents, err := scenario.Parse("settle", `
vpc prod 10.0.0.0/16
subnet app prod 10.0.1.0/24
group sg-a prod
  in tcp 443 10.0.1.0/25
`)
	if err != nil {
		t.Fatal(err)
	}
	contents.Interfaces = append(contents.Interfaces, &network.Interface{Object: network.Object{ID: "eni-one"}, VPC: contents.Subnets[0].VPC, Subnet: contents.Subnets[0].ID,
		Type: network.TypeInterface, SourceDestCheck: true, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.1.254")}}, Open: network.Open{IPv4: true}})
	var got []string
	for _, i := range reach.Settle(network.New(contents)).Interfaces.All() {
		got = append(got, i.ID+" "+i.Addresses[0].IP.String())
		if i.Addresses[0].Public.IsValid() {
			t.Errorf("%s has a public address, and nothing gives it one", i.ID)
		}
	}
	if want := []string{"eni-one 10.0.1.254", "eni-one-2 10.0.1.4"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSettleElsewhere: a placeholder of a plan that does not know the subnet, since another source has it, makes place for addresses of the subnet.
func TestSettleElsewhere(t *testing.T) {
	contents, err := scenario.Parse("settle", `
vpc prod 10.0.0.0/16
subnet app prod 10.0.1.0/24
group sg-a prod
  in tcp 443 10.0.1.0/25
`)
	if err != nil {
		t.Fatal(err)
	}
	contents.Interfaces = append(contents.Interfaces, &network.Interface{Object: network.Object{ID: "eni-one"}, VPC: contents.Subnets[0].VPC, Subnet: contents.Subnets[0].ID,
		Type: network.TypeInterface, SourceDestCheck: true, Addresses: []network.Address{{IP: netip.MustParseAddr("249.1.2.3"), Public: netip.MustParseAddr("240.0.0.1")}}, Open: network.Open{IPv4: true}})
	var got []string
	for _, i := range reach.Settle(network.New(contents)).Interfaces.All() {
		for _, a := range i.Addresses {
			got = append(got, strings.TrimSpace(i.ID+" "+a.IP.String()+" "+strings.TrimPrefix(a.Public.String(), "invalid IP")))
		}
	}
	if want := []string{"eni-one 10.0.1.128 240.0.0.1", "eni-one-2 10.0.1.4"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
