package query

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// planned is a network that Terraform has yet to make: two instances of one resource, of which nobody knows the addresses.
func planned() *network.Network {
	object := func(id, address string) network.Object {
		return network.Object{ID: id, Address: address, Account: "111111111111", Region: "eu-west-1", Origin: network.Origin{Source: "infra/main.tf", Line: 7, Path: address}}
	}
	any := network.Rule{Protocol: -1, From: -1, To: -1, Block: netip.MustParsePrefix("0.0.0.0/0")}
	c := network.Contents{
		VPCs:    []*network.VPC{{Object: object("vpc-0123456789abcdef0", "aws_vpc.this"), Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}},
		Subnets: []*network.Subnet{{Object: object("subnet-0123456789abcdef0", "aws_subnet.this"), VPC: "vpc-0123456789abcdef0", Blocks: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}}},
		SecurityGroups: []*network.SecurityGroup{{Object: object("sg-0123456789abcdef0", "aws_security_group.web"), VPC: "vpc-0123456789abcdef0",
			Inbound: []network.Rule{any}, Outbound: []network.Rule{any}}},
		Assumptions: []string{"aws_vpc.this: nothing else is in it", "the weather is fine"},
		Made:        map[string]string{"sg-0123456789abcdef0": "aws_security_group.web", "i-0": "aws_instance.never", "vpc-0123456789abcdef0": "aws_vpc.this", "subnet-0123456789abcdef0": "aws_subnet.this"},
	}
	for _, n := range []string{"0", "1"} {
		face, instance, address := "eni-0123456789abcdef"+n, "i-0123456789abcdef"+n, "aws_instance.web["+n+"]"
		c.Made[face], c.Made[instance] = address, address
		c.Interfaces = append(c.Interfaces, &network.Interface{Object: object(face, address), VPC: "vpc-0123456789abcdef0", Subnet: "subnet-0123456789abcdef0", Groups: []string{"sg-0123456789abcdef0"},
			Type: network.TypeInterface, SourceDestCheck: true, Open: network.Open{IPv4: true}, Owner: network.Owner{Kind: network.OwnerInstance, ID: instance, Sure: true}})
		c.Instances = append(c.Instances, &network.Instance{Object: object(instance, address), VPC: "vpc-0123456789abcdef0", Subnet: "subnet-0123456789abcdef0", Interfaces: []string{face}, Primary: face})
	}
	return network.New(c)
}

// TestTerraformAddresses shows addresses of resources as selectors: one instance of a resource, all of them, a group.
func TestTerraformAddresses(t *testing.T) {
	s := New(planned())
	for selector, want := range map[string]int{"aws_instance.web[0]": 1, "aws_instance.web": 2, "aws_security_group.web": 2, "aws_subnet.this": 2, "aws_vpc.this": 2} {
		x, err := s.Resolve(selector)
		if err != nil || len(x.Interfaces) != want || x.Text != selector {
			t.Errorf("%s stands for %d interfaces, want %d; %v", selector, len(x.Interfaces), want, err)
		}
	}
	if _, err := s.Resolve("aws_instance.wbe[0]"); err == nil || !strings.Contains(err.Error(), "aws_instance.web[0]") {
		t.Errorf("a slip of the pen must be told, with what is near: %v", err)
	}
	if names := s.Names("aws_inst"); !slices.Equal(names, []string{"aws_instance.web[0]", "aws_instance.web[1]"}) {
		t.Errorf("a shell offers %q", names)
	}
}

// TestReadable shows that identifiers which were made up are told as addresses, whatever part of an answer they are in, and what is said of things that are not there yet.
func TestReadable(t *testing.T) {
	s := New(planned())
	answer, err := s.Can(Question{Source: "aws_instance.web[0]", Destination: "aws_instance.web[1]", Ports: "443"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Verdict != report.Reachable || strings.Contains(string(raw), "0123456789abcdef") || !strings.Contains(string(raw), `"id":"aws_instance.web[0]"`) || !strings.Contains(string(raw), "infra/main.tf:7 ") {
		t.Errorf("%s", raw)
	}
	for _, want := range []string{"aws_instance.web[0] is not there yet", "aws_vpc.this: nothing else is in it.", "The weather is fine."} {
		if !slices.ContainsFunc(answer.Assumptions, func(a string) bool { return strings.HasPrefix(a, want) }) {
			t.Errorf("assumptions %q lack %q", answer.Assumptions, want)
		}
	}
}

// TestNoVPC is an interface whose VPC nobody knows: whether there is an internet gateway is not known either (V-6).
func TestNoVPC(t *testing.T) {
	n := network.New(network.Contents{Interfaces: []*network.Interface{{Object: network.Object{ID: "eni-0123456789abcdef0"}, VPC: "vpc-0fffffffffffffff0", Subnet: "subnet-0fffffffffffffff0",
		Type: network.TypeInterface, Addresses: []network.Address{{IP: netip.MustParseAddr("10.0.0.4"), Public: netip.MustParseAddr("198.51.100.7")}}}}})
	answer, err := New(n).Can(Question{Source: "internet", Destination: "eni-0123456789abcdef0", Ports: "443"})
	if err != nil || answer.Verdict != report.Unknown {
		t.Errorf("%v %v", answer, err)
	}
}
