package networktest

import (
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// Where a thing was read makes no difference, nor does a list that is nil or empty; anything else does.
func TestDiff(t *testing.T) {
	of := func(v network.VPC) *network.Network { return network.New(network.Contents{VPCs: []*network.VPC{&v}}) }
	one := network.VPC{Object: network.Object{ID: "vpc-1", Name: "prod"}}
	same := one
	same.Origin = network.Origin{Path: "/elsewhere"}
	same.Tags = []network.Tag{}
	if diff := Diff(of(one), of(same)); diff != "" {
		t.Error(diff)
	}
	other := one
	other.Name = "staging"
	if diff := Diff(of(one), of(other)); !strings.Contains(diff, "VPCs (-want +got)") || !strings.Contains(diff, "staging") {
		t.Errorf("another name: %q", diff)
	}
}
