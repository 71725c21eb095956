package query

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// TestSelectors shows what every form of a selector stands for (V-14, V-16).
func TestSelectors(t *testing.T) {
	s := New(acme())
	for _, test := range []struct{ selector, want string }{
		// roles, with and without the prefix, and told apart by VPC, identifier of the VPC and account
		{"cache-redis", "eni-0000000d"},
		{"sg-cache-redis", "eni-0000000d"},
		{"sg:sg-cache-redis", "eni-0000000d"},
		{"prod/app-server", "eni-0000000b eni-0000000c"},
		{"staging/app-server", "eni-0000000f"},
		{"vpc-0000000b/sg-app-server", "eni-0000000f"},
		{"222222222222/app-server", "eni-0000000f"},
		{"batch", "to be sg-00000011"},
		{"prod/sg-default", "to be sg-0000000f"},
		// things with a name
		{"prod-app-a", "eni-0000000b"},
		{"orders", "eni-0000000e"},
		{"resize", "to be sg-00000011"},
		{"front", "load balancer"},
		// identifiers and ARNs
		{"i-0000000a", "eni-0000000a"},
		{"eni-0000000a", "eni-0000000a"},
		{"sg-0000000b", "eni-0000000b eni-0000000c"},
		{"subnet-0000000d", "eni-0000000d eni-0000000e"},
		{"vpc-0000000b", "eni-0000000f"},
		{"igw-0000000a", "internet"},
		{"arn:aws:rds:us-east-1:111111111111:db:orders", "eni-0000000e"},
		{"arn:aws:ec2:us-east-1:111111111111:instance/i-0000000a", "eni-0000000a"},
		{"arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/front/1", "load balancer"},
		// tiers: by tag, by name
		{"tier:data", "eni-0000000d eni-0000000e"},
		{"prod/tier:app", "eni-0000000b eni-0000000c"},
		{"staging/tier:app", "eni-0000000f"},
		{"tier:public", "eni-0000000a"},
		// the rest
		{"subnet:whatever", "eni-0000000d eni-0000000e"},
		{"vpc:staging", "eni-0000000f"},
		{"account:222222222222", "eni-0000000f"},
		{"tag:Team=orders-db", "eni-0000000e"},
		{"internet", "internet"},
		{"10.0.20.10", "10.0.20.10"},
		{"198.51.100.10", "198.51.100.10"},
		{"10.0.10.0/23", "eni-0000000b eni-0000000c outside 10.0.10.0/23"},
		{"198.51.100.0/24", "198.51.100.10 outside 198.51.100.0/24"},
	} {
		x, err := s.Resolve(test.selector)
		if err != nil {
			t.Errorf("%s: %v", test.selector, err)
			continue
		}
		if got := spell(x); got != test.want {
			t.Errorf("%s stands for %q, want %q", test.selector, got, test.want)
		}
	}
}

// spell is what a selection stands for as a destination.
func spell(x Selection) string {
	var words []string
	for _, v := range x.Services {
		if v.Balancer != nil {
			words = append(words, "service "+v.Balancer.Name)
		} else {
			words = append(words, "service "+v.Endpoint.ID)
		}
	}
	if len(words) == 0 {
		for _, i := range x.Interfaces {
			words = append(words, i.ID)
		}
	}
	for _, a := range x.Addresses {
		words = append(words, a.String())
	}
	for _, g := range x.ToBe {
		words = append(words, "to be "+g.ID)
	}
	for _, p := range x.Prefixes {
		words = append(words, "outside "+p.String())
	}
	if x.Internet {
		words = append(words, "internet")
	}
	if x.Component != nil {
		words = append(words, x.Component.Kind)
	}
	return strings.Join(words, " ")
}

// TestBalancerNamedLikeRole tells a load balancer from a role of the same name, unless they are the same (LB-7, V-14).
func TestBalancerNamedLikeRole(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*network.Contents)
		want   string
		lists  []string
	}{
		"the role is its nodes": {func(c *network.Contents) {}, "service front", nil},
		"the role has other interfaces as well": {func(c *network.Contents) { c.Interfaces[0].Groups = []string{"sg-00000020"} }, "",
			[]string{"2 things", "sg-front  ", "security group sg-front", frontARN + " ", "load balancer front"}},
		"a node of another balancer": {func(c *network.Contents) {
			for _, i := range c.Interfaces {
				if i.ID == "eni-00000025" {
					i.Groups = []string{"sg-00000020"}
				}
			}
		}, "", []string{"2 things"}},
		"nobody carries the group": {func(c *network.Contents) {
			for _, i := range c.Interfaces {
				i.Groups = slices.DeleteFunc(i.Groups, func(id string) bool { return id == "sg-00000020" })
			}
		}, "service front", nil},
		"a role elsewhere": {func(c *network.Contents) {
			c.SecurityGroups = append(c.SecurityGroups, &network.SecurityGroup{Object: object("sg-00000021", "front", "222222222222"), VPC: "vpc-0000000b"})
		}, "", []string{"2 things", "staging/front ", "prod/front "}},
	} {
		t.Run(name, func(t *testing.T) {
			c := balancedContents()
			c.LoadBalancers[0].Groups = []string{"sg-00000020"}
			c.SecurityGroups = append(c.SecurityGroups, &network.SecurityGroup{Object: object("sg-00000020", "sg-front", "111111111111"), VPC: "vpc-0000000a"})
			for _, i := range c.Interfaces {
				if i.ID == "eni-00000020" || i.ID == "eni-00000021" {
					i.Groups = []string{"sg-00000020"}
				}
			}
			test.change(&c)
			s := New(network.New(c))
			x, err := s.Resolve("front")
			if (err == nil) != (test.lists == nil) || spell(x) != test.want {
				t.Fatalf("%q, want %q (%v)", spell(x), test.want, err)
			}
			for _, words := range test.lists {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("it is not said %q: %v", words, err)
				}
			}
			if x, err := s.Resolve("sg:sg-front"); err != nil || x.Kind != "security group" {
				t.Errorf("sg:sg-front stands for %+v (%v)", x, err)
			}
		})
	}
}

// TestSelectorErrors shows that a mistake is answered with what would be right.
func TestSelectorErrors(t *testing.T) {
	s := New(acme())
	for selector, want := range map[string]string{
		"cahe-redis":           "Did you mean cache-redis?",
		"postgres":             "Did you mean database-postgres?",
		"app-server":           "staging/app-server",
		"default":              "prod/default",
		"prod/cache-rediss":    "Did you mean cache-redis?",
		"staging/cache-redis":  "Elsewhere it is",
		"prd/app-server":       "Did you mean prod?",
		"tier:app":             "prod/tier:app",
		"tier:dta":             "Did you mean data?",
		"prod":                 "Did you mean vpc:prod?",
		"data":                 "Did you mean tier:data?",
		"i-0000000b0":          "no such instance",
		"rtb-0000000a":         "a place on the way",
		"account:333333333333": "111111111111",
		"tag:Team":             "tag:KEY=VALUE",
		"tag:Tier=data":        "subnet-0000000d",
		"api.example.com":      "a name of the public internet",
		"aws_instance.web[0]":  "Terraform",
		"10.0.10.7/24":         "10.0.10.0/24",
		"":                     "empty",
		"xyzzy":                "A selector is a role",
		"sg:sg-cache":          "no security group",
		"default/":             "",
	} {
		x, err := s.Resolve(selector)
		var mistake *Error
		if !errors.As(err, &mistake) {
			t.Errorf("%s stands for %q, and should be refused (%v)", selector, spell(x), err)
			continue
		}
		if !strings.Contains(mistake.Message, want) {
			t.Errorf("%s: the message does not say %q:\n%s", selector, want, mistake.Message)
		}
	}
}

// TestSplitPort shows where a selector ends and a port begins.
func TestSplitPort(t *testing.T) {
	s := New(acme())
	for text, want := range map[string][3]string{
		"database-postgres:5432": {"database-postgres", "5432", ""},
		"10.0.0.5:53/udp":        {"10.0.0.5", "53", "udp"},
		"10.0.0.0/24:443":        {"10.0.0.0/24", "443", ""},
		"10.0.0.0/24":            {"10.0.0.0/24", "", ""},
		"2001:db8::5":            {"2001:db8::5", "", ""},
		"2001:db8::/64":          {"2001:db8::/64", "", ""},
		"[2001:db8::5]:443/tcp":  {"2001:db8::5", "443", "tcp"},
		"[2001:db8::5]":          {"2001:db8::5", "", ""},
		"account:111111111111":   {"account:111111111111", "", ""},
		"prod/tier:2":            {"prod/tier:2", "", ""},
		"tier:data:8000-8100":    {"tier:data", "8000-8100", ""},
		"tag:port=1:22":          {"tag:port=1", "22", ""},
		"staging/app-server:22":  {"staging/app-server", "22", ""},
		"arn:aws:rds:us-east-1:111111111111:db:orders:5432": {"arn:aws:rds:us-east-1:111111111111:db:orders", "5432", ""},
	} {
		selector, ports, protocol, err := s.splitPort(text)
		if got := [3]string{selector, ports, protocol}; got != want || err != nil {
			t.Errorf("%s: %q %v, want %q", text, got, err, want)
		}
	}
}

func TestNames(t *testing.T) {
	got := New(acme()).Names("")
	want := []string{"batch", "cache-redis", "database-postgres", "front", "internet", "orders-db", "prod-app-a", "prod-app-b", "prod-web", "prod/app-server",
		"prod/default", "prod/tier:app", "resize", "staging-app", "staging/app-server", "staging/default", "staging/tier:app", "tier:data", "tier:public", "web"}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s is not among the names: %q", name, got)
		}
	}
	if !slices.IsSorted(got) {
		t.Errorf("not sorted: %q", got)
	}
	for _, name := range got {
		if _, err := New(acme()).Resolve(name); err != nil {
			t.Errorf("%s is offered and not understood: %v", name, err)
		}
	}
}
