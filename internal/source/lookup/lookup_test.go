package lookup

import (
	"reflect"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/scenario"
)

func source(t *testing.T) *Source {
	t.Helper()
	c, err := scenario.Parse("lookup", `
vpc prod 10.0.0.0/16
subnet app-a prod 10.0.1.0/24
subnet app-b prod 10.0.2.0/24
subnet data-a prod 10.0.3.0/24
vpc dev 10.1.0.0/16
subnet app-c dev 10.1.1.0/24
group sg-web prod
group sg-web-dev dev
eni web-1 app-a 10.0.1.10 sg-web
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.VPCs {
		v.Name, v.Tags = strings.TrimPrefix(v.ID, "vpc-"), []network.Tag{{Key: "team", Value: "net"}}
	}
	for _, s := range c.Subnets {
		s.Name = strings.TrimPrefix(s.ID, "subnet-")
	}
	return New(network.New(c))
}

func filter(name string, values ...any) map[string]any {
	return map[string]any{"filter": []any{map[string]any{"name": name, "values": values}}}
}

// TestLookup shows what is answered, and what is not: an answer must be the one that AWS would give.
func TestLookup(t *testing.T) {
	s := source(t)
	prod, dev := s.network.VPCs.All()[1], s.network.VPCs.All()[0]
	if prod.Name != "prod" {
		prod, dev = dev, prod
	}
	idOf := func(name string) string {
		for _, x := range s.network.Subnets.All() {
			if x.Name == name {
				return x.ID
			}
		}
		t.Fatalf("no subnet %s", name)
		return ""
	}
	for name, test := range map[string]struct {
		typ    string
		config map[string]any
		want   map[string]any // nil: no answer
	}{
		"by identifier":              {"aws_vpc", map[string]any{"id": prod.ID, "default": nil, "filter": []any{}}, map[string]any{"id": prod.ID, "cidr_block": "10.0.0.0/16"}},
		"by tag":                     {"aws_vpc", map[string]any{"tags": map[string]any{"Name": "dev"}}, map[string]any{"id": dev.ID}},
		"by filter":                  {"aws_vpc", filter("tag:Name", "pro*"), map[string]any{"id": prod.ID}},
		"two fit":                    {"aws_vpc", map[string]any{"tags": map[string]any{"team": "net"}}, nil},
		"none fits":                  {"aws_vpc", map[string]any{"tags": map[string]any{"Name": "staging"}}, nil},
		"a filter that is not known": {"aws_vpc", filter("dhcp-options-id", "dopt-1"), nil},
		"an argument that is not":    {"aws_vpc", map[string]any{"state": "pending", "whatever": "x"}, nil},
		"a type that is not":         {"aws_ami", map[string]any{}, nil},
		"a list": {"aws_subnets", map[string]any{"filter": []any{map[string]any{"name": "vpc-id", "values": []any{prod.ID}}, map[string]any{"name": "tag:Name", "values": []any{"app-*"}}}},
			map[string]any{"ids": []any{idOf("app-a"), idOf("app-b")}}},
		"an empty list": {"aws_subnets", map[string]any{"filter": []any{map[string]any{"name": "vpc-id", "values": []any{prod.ID}}, map[string]any{"name": "tag:Name", "values": []any{"cache-*"}}}},
			map[string]any{"ids": []any{}}},
		"a list of a VPC that is not there": {"aws_subnets", filter("vpc-id", "vpc-none"), nil},
		"a group by name":                   {"aws_security_group", map[string]any{"name": "sg-web", "vpc_id": prod.ID}, map[string]any{"vpc_id": prod.ID}},
		"a subnet":                          {"aws_subnet", map[string]any{"id": idOf("data-a")}, map[string]any{"cidr_block": "10.0.3.0/24", "vpc_id": prod.ID}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := s.Lookup("hashicorp/aws", test.typ, test.config, "", "")
			if ok != (test.want != nil) {
				t.Fatalf("answered %v: %v", ok, got)
			}
			for key, value := range test.want {
				if !reflect.DeepEqual(got[key], value) {
					t.Errorf("%s is %v, want %v", key, got[key], value)
				}
			}
		})
	}
	if _, ok := s.Lookup("hashicorp/aws", "aws_vpc", map[string]any{"id": prod.ID}, prod.Account, "eu-central-1"); ok {
		t.Error("what is in another Region is not found")
	}
	for _, place := range []network.Place{{Account: prod.Account, Region: "eu-central-1"}, {Account: "999999999999", Region: prod.Region}} {
		if got, ok := s.Lookup("hashicorp/aws", "aws_subnets", filter("tag:Name", "app-*"), place.Account, place.Region); ok {
			t.Errorf("nothing is known of %s: it is not empty, as %v says", place, got)
		}
	}
	if got, ok := s.Lookup("hashicorp/aws", "aws_subnets", filter("tag:Name", "cache-*"), "000000000000", prod.Region); !ok || len(got["ids"].([]any)) > 0 {
		t.Errorf("a made-up account is any: %v", got)
	}
}
