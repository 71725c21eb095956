package intent

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// addresses are all ranges of a segmentation, by what they are for.
func addresses(s *Segmentation) map[string]netip.Prefix {
	all := map[string]netip.Prefix{}
	for _, e := range s.Environments {
		all[e.Name] = e.Block
		for _, t := range slices.Concat(e.Tiers, e.Infrastructure) {
			for i, p := range t.Subnets {
				all[e.Name+" "+t.Name+" "+e.Zones[i]] = p
			}
		}
	}
	return all
}

// TestLayout shows where things are put.
func TestLayout(t *testing.T) {
	s := read(t, base(t), `flow "staging/client" "db" {
  via   = "peering"
  ports = ["tcp/5432"]
}
service "prod" "archive" { tier = "data" }`)
	got := addresses(s)
	for name, want := range map[string]string{
		"prod": "10.0.0.0/16", "staging": "10.1.0.0/16", "far": "10.2.0.0/16",
		"prod public us-east-1a": "10.0.0.0/23", "prod public us-east-1b": "10.0.2.0/23", "prod app us-east-1a": "10.0.16.0/23", "prod data us-east-1b": "10.0.50.0/23",
		"prod nat us-east-1a": "10.0.240.0/28", "prod nat us-east-1b": "10.0.242.0/28", "prod firewall us-east-1a": "10.0.224.0/28",
		"prod db us-east-1a":     "10.0.192.0/23", // reached by peering, out of a tier without a way out
		"staging app us-east-1a": "10.1.0.0/23",
	} {
		if got[name].String() != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	if db := s.Flows[0].To.Service; db.Tier.Own != db || db.Declared.Name != "data" || s.Flows[0].From.Service.Tier.Own != nil {
		t.Errorf("%+v", s.Flows[0])
	}
}

// TestStaysPut: what is appended moves nothing.
func TestStaysPut(t *testing.T) {
	start := base(t)
	peering := "flow \"staging/client\" \"db\" {\n  via = \"peering\"\n}\n"
	last := "tier \"data\" {\n    internet = \"none\"\n  }"
	for _, before := range []string{start, start + "service \"prod\" \"archive\" { tier = \"data\" }\n" + peering, strings.Replace(start, `region  = "us-east-1"`, "region = \"us-east-1\"\n cidr = \"10.1.0.0/16\"", 1)} {
		for what, after := range map[string]string{
			"tier":        strings.Replace(before, last, last+"\n tier \"more\" {\n internet = \"filtered\"\n }", 1),
			"zone":        strings.Replace(before, `"us-east-1b"]`, `"us-east-1b", "us-east-1c"]`, 1),
			"environment": before + "environment \"new\" {\n account = \"333333333333\"\n region = \"us-east-1\"\n zones = [\"us-east-1a\"]\n tier \"a\" {\n internet = \"nat\"\n }\n}\n",
			"service":     before + "service \"prod\" \"new\" { tier = \"data\" }\n",
			"flow":        before + "flow \"far/client\" \"web\" { via = \"peering\" }\n",
			"transit":     before + "service \"staging\" \"late\" { tier = \"app\" }\nflow \"staging/late\" \"prod/web\" { via = \"transit\" }\n",
		} {
			old, now := addresses(read(t, before)), addresses(read(t, after))
			if what != "service" && what != "flow" && len(now) <= len(old) {
				t.Errorf("%s: nothing was added", what)
			}
			for name, p := range old {
				if now[name] != p {
					t.Errorf("adding a %s moves %s from %s to %s", what, name, p, now[name])
				}
			}
		}
	}
}

// TestRandomLayout: ranges never overlap and stay inside, and those of joined environments are apart.
func TestRandomLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		n := rapid.IntRange(1, 5).Draw(t, "environments")
		for i := range n {
			zones := rapid.IntRange(1, 6).Draw(t, "zones")
			var list []string
			for z := range zones {
				list = append(list, fmt.Sprintf("%q", "us-east-1"+string(rune('a'+z))))
			}
			fmt.Fprintf(&b, "environment \"e%d\" {\n account = \"111111111111\"\n region = \"us-east-1\"\n zones = [%s]\n", i, strings.Join(list, ", "))
			if rapid.Bool().Draw(t, "written") {
				fmt.Fprintf(&b, " cidr = \"172.%d.0.0/%d\"\n", 16+i, rapid.IntRange(16, 21).Draw(t, "bits"))
			}
			for k := range rapid.IntRange(1, 8).Draw(t, "tiers") {
				fmt.Fprintf(&b, " tier \"t%d\" {\n internet = %q\n }\n", k, rapid.SampledFrom([]string{"direct", "filtered", "nat", "none"}).Draw(t, "internet"))
			}
			fmt.Fprintf(&b, " tier \"last\" {\n internet = \"none\"\n }\n}\nservice \"e%d\" \"a\" {\n tier = \"last\"\n serves = [\"tcp/1\"]\n}\nservice \"e%d\" \"b\" { tier = \"last\" }\n", i, i)
		}
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "flow \"e%d/b\" \"e%d/a\" { via = %q }\n", rapid.IntRange(0, i-1).Draw(t, "from"), i, rapid.SampledFrom([]string{"peering", "transit"}).Draw(t, "via"))
		}
		s, err := Parse(map[string][]byte{"x.hcl": []byte(b.String())})
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		for i, e := range s.Environments {
			for _, o := range s.Environments[:i] {
				if o.Block.Overlaps(e.Block) {
					t.Fatalf("%s and %s overlap", o.Block, e.Block)
				}
			}
			own := map[string]netip.Prefix{}
			for _, tier := range slices.Concat(e.Tiers, e.Infrastructure) {
				for z, p := range tier.Subnets {
					if !e.Block.Contains(p.Addr()) || p.Bits() > 28 || !tier.Reserve.Contains(p.Addr()) {
						t.Fatalf("%s of %s is outside of %s", p, tier.Name, e.Block)
					}
					for name, other := range own {
						if other.Overlaps(p) {
							t.Fatalf("%s of %s and %s of %s overlap", p, tier.Name, other, name)
						}
					}
					own[fmt.Sprint(tier.Name, z)] = p
				}
			}
			if len(slices.Collect(maps.Keys(own))) == 0 {
				t.Fatal("no addresses")
			}
		}
	})
}
