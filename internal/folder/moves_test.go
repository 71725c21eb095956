package folder

import (
	"fmt"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
)

const before = `environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]

  tier "app" {
    internet = "filtered"
  }
  tier "data" {
    internet = "none"
    cidrs    = ["10.0.100.0/24", "10.0.101.0/24"]
  }
  tier "cache" {
    internet = "none"
  }
}
environment "lab" {
  account = "222222222222"
  region  = "us-east-1"
  zones   = ["us-east-1a"]

  tier "app" {
    internet = "none"
  }
}
service "prod" "app" { tier = "app" }
service "prod" "cache" {
  tier   = "cache"
  serves = ["tcp/6379"]
}
service "prod" "replica" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "prod" "journal" {
  tier   = "data"
  serves = ["tcp/514"]
}
service "prod" "database" {
  tier   = "data"
  serves = ["tcp/5432"]
}
service "lab" "app" { tier = "app" }
flow "lab/app" "prod/replica" { via = "peering" }
flow "lab/app" "prod/journal" { via = "peering" }
`

// compiled is the Terraform of a segmentation.
func compiled(t *testing.T, text string, roots compile.Roots) (map[string][]byte, *intent.Segmentation) {
	t.Helper()
	s, err := intent.Parse(map[string][]byte{"watertight.hcl": []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	files, err := compile.Terraform(blueprint.New(s), compile.Options{Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	return files, s
}

const another = "environment \"new\" {\n  account = \"333333333333\"\n  region  = \"us-east-1\"\n  zones   = [\"us-east-1a\"]\n}\n"

// TestMoves: each edit of a segmentation moves what it says, and says why. What is said to keep the subnets is the second edit: it does.
func TestMoves(t *testing.T) {
	type edit struct{ old, new string }
	for _, test := range []struct {
		name          string
		edit          edit
		moves         string // the subnets of the first zone
		because, mend string
		mended        []edit // of the edited segmentation
	}{
		{name: "nothing"},
		{name: "a tier at the end", edit: edit{"  tier \"cache\" {", "  tier \"cache\" {\n    internet = \"none\"\n  }\n  tier \"new\" {"}},
		{name: "a zone at the end", edit: edit{`zones   = ["us-east-1a"]`, `zones   = ["us-east-1a", "us-east-1b"]`}},
		{name: "an environment at the end", edit: edit{`service "prod" "app"`, another + `service "prod" "app"`}},
		{
			"a tier before others", edit{"  tier \"app\" {\n    internet = \"filtered\"", "  tier \"new\" {\n    internet = \"none\"\n  }\n  tier \"app\" {\n    internet = \"filtered\""},
			"prod/app 10.0.0.0/23 → 10.0.16.0/23, prod/cache 10.0.16.0/23 → 10.0.32.0/23", "tier new is declared before it (watertight.hcl:6)", "declare tier new (watertight.hcl:6) after those that were there",
			[]edit{{"  tier \"new\" {\n    internet = \"none\"\n  }\n", ""}, {"  tier \"cache\" {", "  tier \"cache\" {\n    internet = \"none\"\n  }\n  tier \"new\" {"}},
		},
		{
			"cidrs that change", edit{`"10.0.100.0/24", "10.0.101.0/24"`, `"10.0.104.0/24", "10.0.105.0/24"`},
			"prod/data 10.0.100.0/24 → 10.0.104.0/24", "its cidrs say so (watertight.hcl:9)", `say in tier "data" (watertight.hcl:9): cidrs = ["10.0.100.0/24", "10.0.101.0/24"]`,
			[]edit{{`"10.0.104.0/24", "10.0.105.0/24"`, `"10.0.100.0/24", "10.0.101.0/24"`}},
		},
		{
			"cidrs that take the place of a laid-out tier", edit{"  tier \"cache\" {", "  tier \"new\" {\n    internet = \"none\"\n    cidrs    = [\"10.0.16.0/24\", \"10.0.17.0/24\"]\n  }\n  tier \"cache\" {"},
			"prod/cache 10.0.16.0/23 → 10.0.32.0/23", "tier new has its place now (watertight.hcl:13)", "give tier new (watertight.hcl:13) other cidrs",
			[]edit{{`"10.0.16.0/24", "10.0.17.0/24"`, `"10.0.116.0/24", "10.0.117.0/24"`}},
		},
		{
			"zones in another order", edit{`"us-east-1a", "us-east-1b"]`, `"us-east-1b", "us-east-1a"]`},
			"prod/app 10.0.0.0/23 → 10.0.2.0/23, prod/cache 10.0.16.0/23 → 10.0.18.0/23, prod/data 10.0.100.0/24 → 10.0.101.0/24, prod/firewall 10.0.224.0/28 → 10.0.226.0/28, prod/journal 10.0.176.0/23 → 10.0.178.0/23, " +
				"prod/nat 10.0.240.0/28 → 10.0.242.0/28, prod/replica 10.0.192.0/23 → 10.0.194.0/23",
			"the zones of prod have another order (watertight.hcl:1)", `say in environment "prod" (watertight.hcl:1): zones = ["us-east-1a", "us-east-1b"]`,
			[]edit{{`"us-east-1b", "us-east-1a"]`, `"us-east-1a", "us-east-1b"]`}},
		},
		{
			"an environment before others", edit{`environment "lab" {`, another + `environment "lab" {`},
			"lab/app 10.1.0.0/23 → 10.2.0.0/23", "lab is in 10.2.0.0/16 now (watertight.hcl:22): environment new is declared before it (watertight.hcl:17)", "declare environment new (watertight.hcl:17) after those that were there",
			[]edit{{another, ""}, {`service "prod" "app"`, another + `service "prod" "app"`}},
		},
		{
			"another block", edit{`environment "lab" {`, "environment \"lab\" {\n  cidr = \"10.9.0.0/16\""},
			"lab/app 10.1.0.0/23 → 10.9.0.0/23", "lab is in 10.9.0.0/16 now (watertight.hcl:17)", `say in environment "lab" (watertight.hcl:17): cidr = "10.1.0.0/16"`,
			[]edit{{`"10.9.0.0/16"`, `"10.1.0.0/16"`}},
		},
		{
			"a tier that makes place", edit{"    internet = \"filtered\"\n", "    internet = \"filtered\"\n    cidrs    = [\"10.0.120.0/24\", \"10.0.121.0/24\"]\n"},
			"prod/app 10.0.0.0/23 → 10.0.120.0/24, prod/cache 10.0.16.0/23 → 10.0.0.0/23", "what was laid out before it is gone, or has other addresses", `say in tier "cache" (watertight.hcl:14): cidrs = ["10.0.16.0/23", "10.0.18.0/23"]`,
			[]edit{{"  tier \"cache\" {\n", "  tier \"cache\" {\n    cidrs = [\"10.0.16.0/23\", \"10.0.18.0/23\"]\n"}, {`"10.0.120.0/24", "10.0.121.0/24"`, `"10.0.0.0/23", "10.0.2.0/23"`}},
		},
		{
			"a flow that goes, and with it a tier of a role's own", edit{"flow \"lab/app\" \"prod/replica\" { via = \"peering\" }\n", ""},
			"prod/journal 10.0.176.0/23 → 10.0.192.0/23", "what was laid out before it is gone, or has other addresses",
			`put prod/journal (watertight.hcl:35) into a tier that environment "prod" (watertight.hcl:1) gets for it: internet = "none", cidrs = ["10.0.176.0/23", "10.0.178.0/23"]`,
			[]edit{
				{"  tier \"cache\" {", "  tier \"journal\" {\n    internet = \"none\"\n    cidrs    = [\"10.0.176.0/23\", \"10.0.178.0/23\"]\n  }\n  tier \"cache\" {"},
				{"\"journal\" {\n  tier   = \"data\"", "\"journal\" {\n  tier   = \"journal\""},
			},
		},
		{
			"a flow before others, and with it a tier of a role's own", edit{`flow "lab/app" "prod/replica"`, "flow \"lab/app\" \"prod/database\" { via = \"peering\" }\nflow \"lab/app\" \"prod/replica\""},
			"", "", "", nil, // all roles of the tier are joined then, and none needs its own
		},
		{
			"a flow before others, and with it a tier of a role's own", edit{`flow "lab/app" "prod/replica"`, "flow \"lab/app\" \"prod/database\" { via = \"peering\" }\nservice \"prod\" \"idle\" { tier = \"data\" }\nflow \"lab/app\" \"prod/replica\""},
			"prod/journal 10.0.176.0/23 → 10.0.160.0/23, prod/replica 10.0.192.0/23 → 10.0.176.0/23", "prod/database gets a tier of its own before it (watertight.hcl:39)",
			"declare the flow that joins prod/database (watertight.hcl:39) to another environment after those that were there",
			[]edit{{"flow \"lab/app\" \"prod/database\" { via = \"peering\" }\n", ""}, {"\"prod/journal\" { via = \"peering\" }\n", "\"prod/journal\" { via = \"peering\" }\nflow \"lab/app\" \"prod/database\" { via = \"peering\" }\n"}},
		},
	} {
		for _, roots := range []compile.Roots{compile.One, compile.PerEnvironment} {
			former, _ := compiled(t, before, roots)
			edited := strings.Replace(before, test.edit.old, test.edit.new, 1)
			files, s := compiled(t, edited, roots)
			moves, err := Moves(former, files, s)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			because, mend := false, false
			for _, m := range moves {
				if m.Zone == "us-east-1a" {
					words = append(words, fmt.Sprintf("%s/%s %s → %s", m.Environment, m.Tier, m.From, m.To))
				}
				because, mend = because || m.Because == test.because, mend || m.Mend == test.mend
			}
			if got := strings.Join(words, ", "); got != test.moves {
				t.Errorf("%s, roots %s: %s\nwant %s", test.name, roots, got, test.moves)
			} else if got != "" && (!because || !mend) {
				t.Errorf("%s, roots %s: %+v", test.name, roots, moves)
			}
			for _, e := range test.mended {
				if !strings.Contains(edited, e.old) {
					t.Fatalf("%s: there is no %s", test.name, e.old)
				}
				edited = strings.Replace(edited, e.old, e.new, 1)
			}
			files, s = compiled(t, edited, roots)
			if moves, err := Moves(former, files, s); err != nil || test.mended != nil && len(moves) > 0 {
				t.Errorf("%s, roots %s, mended: %v, %v", test.name, roots, moves, err)
			}
		}
	}
}

// TestUnreadable: of what cannot be read nobody knows whether it moves, and that is said with its place.
func TestUnreadable(t *testing.T) {
	files, s := compiled(t, before, compile.One)
	for _, test := range []struct{ old, new, want string }{
		{`block = "10.0.0.0/23"`, `block = var.x`, "prod_tiers.tf:"},
		{`block = "10.0.0.0/23"`, `block = "10.0.0/23"`, "10.0.0/23"},
		{`zone = "us-east-1b"`, `area = 1`, "prod_tiers.tf:"},
		{`resource "aws_subnet" "prod" {`, `resource "aws_subnet" "prod" {{`, "prod_tiers.tf:"},
		{`Tier = each.value.tier`, ``, "tags of aws_subnet.lab has no Tier"},
		{`"prod-${each.key}"`, `each.key`, "should be ENVIRONMENT-app-us-east-1a"},
		{`for_each = local.prod_subnets`, `for_each = toset([var.x])`, "prod_tiers.tf:"},
		{`cidr_block`, `cidr`, "has no cidr_block"},
	} {
		former := map[string][]byte{}
		found := false
		for name, content := range files {
			former[name] = []byte(strings.ReplaceAll(string(content), test.old, test.new))
			found = found || strings.Contains(string(content), test.old)
		}
		if moves, err := Moves(former, files, s); !found || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: found %v, %v, %v, want an error with %s", test.new, found, moves, err, test.want)
		}
	}
}
