package request

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/random"
	"github.com/watertight/watertight/internal/report"
)

func parse(t *testing.T, files map[string]string) *intent.Segmentation {
	t.Helper()
	all := map[string][]byte{}
	for name, text := range files {
		all[name] = []byte(text)
	}
	s, err := intent.Parse(all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// acme is the segmentation of examples/acme.
func acme(t *testing.T) *intent.Segmentation {
	t.Helper()
	text, err := os.ReadFile("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, map[string]string{"watertight.hcl": string(text)})
}

// inserted are the lines that an edit puts in one place, and those that it takes away there. All lines around are as they were.
func inserted(old, new []byte) (added, taken string) {
	was, is := strings.SplitAfter(string(old), "\n"), strings.SplitAfter(string(new), "\n")
	for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	return strings.Join(is, ""), strings.Join(was, "")
}

// TestAcme asks about examples/acme, and shows each outcome.
func TestAcme(t *testing.T) {
	for _, test := range []struct {
		q            Question
		outcome      string
		added, taken string   // in the segmentation
		says         []string // of the document, as JSON
	}{
		{q: Question{Source: "app-server", Destination: "cache-redis"}, outcome: report.Declared, says: []string{`"line":95`, `"reason":"sessions"`}},
		{q: Question{Source: "prod/app-server", Destination: "prod/cache-redis:6379"}, outcome: report.Declared},
		{q: Question{Source: "internet", Destination: "loadbalancer-public:443"}, outcome: report.Declared},
		{q: Question{Source: "198.51.100.0/24", Destination: "loadbalancer-public"}, outcome: report.Declared, says: []string{`"source":"internet"`}},
		{q: Question{Source: "prod/app-server", Destination: "api.openai.com"}, outcome: report.Declared, says: []string{`"line":109`}},
		{q: Question{Source: "prod/app-server", Destination: "*.eu.openai.com:443"}, outcome: report.Declared},
		{q: Question{Source: "workload/analytics", Destination: "data-platform.internal.acme.example:443"}, outcome: report.Declared, says: []string{`"destination":"platform/data-platform"`, `"via":"privatelink"`}},
		{q: Question{Source: "staging/app-server", Destination: "prod/replica-postgres"}, outcome: report.Declared, says: []string{`"until":"2027-06-30"`, `"via":"peering"`}},

		{
			q: Question{Source: "loadbalancer-public", Destination: "cache-redis", Reason: `say "hi", ${x}`, Owner: "shop", Until: "2027-01-31"}, outcome: report.Added,
			added: "\nflow \"loadbalancer-public\" \"cache-redis\" {\n  reason = \"say \\\"hi\\\", $${x}\"\n  owner  = \"shop\"\n  until  = \"2027-01-31\"\n}\n",
			says:  []string{`"reachability":[{"source":"prod/loadbalancer-public","destination":"prod/cache-redis","ports":["tcp/6379"],"effect":"opened"}]`, `"file":"prod_groups.tf","action":"update"`},
		},
		{
			q: Question{Source: "prod/app-server", Destination: "API.Stripe.com", Reason: "payments"}, outcome: report.Added,
			added: "  domains = [\"*.openai.com\", \"*.amazonaws.com\", \"*.datadoghq.com\", \"api.stripe.com\"]\n", taken: "  domains = [\"*.openai.com\", \"*.amazonaws.com\", \"*.datadoghq.com\"]\n",
			says: []string{`{"source":"prod/app-server","destination":"api.stripe.com","ports":["tcp/80","tcp/443"],"effect":"opened"}`, "what watertight.hcl:109 says of them stays"},
		},
		{
			q: Question{Source: "prod/app-server", Destination: "example.com:80", Protocol: "tcp"}, outcome: report.Added,
			added: "  domains = [\"*.openai.com\", \"*.amazonaws.com\", \"*.datadoghq.com\", \"example.com\"]\n", taken: "  domains = [\"*.openai.com\", \"*.amazonaws.com\", \"*.datadoghq.com\"]\n",
		},
		{
			q: Question{Source: "staging/app-server", Destination: "prod/database-postgres", Via: "peering"}, outcome: report.Added,
			added: "\nflow \"staging/app-server\" \"prod/database-postgres\" { via = \"peering\" }\n",
			says:  []string{"The members of prod/database-postgres move from tier data (10.0.20.0/24,", `"file":"peering_staging-to-prod.tf"`},
		},
		{
			q: Question{Source: "staging/app-server", Destination: "data-platform.internal.acme.example"}, outcome: report.Added,
			added: "\nflow \"staging/app-server\" \"platform/data-platform\" {\n  via      = \"privatelink\"\n  hostname = \"data-platform.internal.acme.example\"\n}\n",
			says:  []string{`"source":"staging/app-server","destination":"staging/data-platform-endpoint"`},
		},
		{
			q: Question{Source: "staging/app-server", Destination: "platform/data-platform", Via: "privatelink"}, outcome: report.Added,
			added: "\nflow \"staging/app-server\" \"platform/data-platform\" { via = \"privatelink\" }\n",
		},
		{
			q: Question{Source: "loadbalancer-public", Destination: "198.51.100.0/24:8000-8100/udp"}, outcome: report.Added,
			added: "\nflow \"loadbalancer-public\" \"198.51.100.0/24\" { ports = [\"udp/8000-8100\"] }\n",
		},
		{
			q: Question{Source: "loadbalancer-public", Destination: "internet", Protocol: "any"}, outcome: report.Added,
			added: "\nflow \"loadbalancer-public\" \"internet\" { ports = [\"any\"] }\n",
		},

		{q: Question{Source: "internet", Destination: "database-postgres"}, outcome: report.Refused, says: []string{`"rule":"forbid \"internet\" \"tier:data\""`, `"reason":"PCI DSS 1.4.4"`, `"line":113`}},
		{q: Question{Source: "198.51.100.0/24", Destination: "cache-redis"}, outcome: report.Refused, says: []string{`"line":113`}},
		{q: Question{Source: "cache-redis", Destination: "internet:443"}, outcome: report.Refused, says: []string{`"rule":"forbid \"tier:data\" \"internet\""`, "ask whoever keeps the guardrails"}},
		{q: Question{Source: "cache-redis", Destination: "api.stripe.com"}, outcome: report.Refused, says: []string{`"line":114`}},
		{q: Question{Source: "staging/app-server", Destination: "prod/cache-redis"}, outcome: report.Refused, says: []string{"nothing says how the connection gets across", "say --via peering, as watertight.hcl:98 does"}},
		{q: Question{Source: "prod/app-server", Destination: "platform/data-platform"}, outcome: report.Refused, says: []string{"say --via peering, --via transit or --via privatelink"}},
		{q: Question{Source: "platform/data-platform", Destination: "workload/analytics", Protocol: "icmp"}, outcome: report.Refused, says: []string{"their addresses overlap"}},

		{
			q: Question{Source: "app-server", Destination: "cache-redis:6380"}, outcome: report.Unserved, says: []string{
				"prod/cache-redis does not serve tcp/6380: it serves tcp/6379.", `+  serves = [\"tcp/6379\", \"tcp/6380\"]`, "its owner has to add tcp/6380 to serves",
			},
		},
		{q: Question{Source: "cache-redis", Destination: "app-server:53/udp"}, outcome: report.Unserved, says: []string{`[\"tcp/443\", \"udp/53\"]`}},
		{q: Question{Source: "prod/app-server", Destination: "prod/cache-redis", Protocol: "any"}, outcome: report.Unserved, says: []string{`[\"tcp/6379\", \"any\"]`}},
	} {
		name := fmt.Sprintf("%+v", test.q)
		s := acme(t)
		got, err := Ask(s, test.q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(got.Request); err != nil {
			t.Fatal(err)
		}
		if got.Outcome != test.outcome {
			t.Errorf("%s: %s, want %s\n%s", name, got.Outcome, test.outcome, &text)
			continue
		}
		for _, words := range test.says {
			if !strings.Contains(text.String(), words) {
				t.Errorf("%s: does not say %s\n%s", name, words, &text)
			}
		}
		if strings.Contains(text.String(), ":null") {
			t.Errorf("%s: a list is null: %s", name, &text)
		}
		if test.outcome != report.Added {
			if len(got.Files) > 0 || len(got.Terraform) > 0 || len(got.Reachability) > 0 {
				t.Errorf("%s: nothing is to be added, and there is\n%s", name, &text)
			}
			continue
		}
		added, taken := inserted(s.Content("watertight.hcl"), got.Files["watertight.hcl"])
		if len(got.Files) != 1 || strings.TrimSpace(added) != strings.TrimSpace(test.added) || strings.TrimSpace(taken) != strings.TrimSpace(test.taken) {
			t.Errorf("%s: adds\n%s\nand takes\n%s\nwant\n%s\nand\n%s", name, added, taken, test.added, test.taken)
		}
		if formatted, err := intent.Format(got.Files["watertight.hcl"], "watertight.hcl"); err != nil || !bytes.Equal(formatted, got.Files["watertight.hcl"]) {
			t.Errorf("%s: is not in form any more: %v", name, err)
		}
	}
}

// TestErrors: what is wrong with the words of a question, and what the segmentation would not take.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		q    Question
		want string
	}{
		{Question{Source: "app-srver", Destination: "cache-redis"}, `there is no role "app-srver". Did you mean prod/app-server?`},
		{Question{Source: "app-server", Destination: "api.stripe.com"}, `"app-server" is more than one role. Write one of prod/app-server, staging/app-server.`},
		{Question{Source: "app-server", Destination: "cache-redis", Via: "peering"}, `more than one role`},
		{Question{Source: "prod/tier:app", Destination: "cache-redis"}, "a request is about one role"},
		{Question{Source: "prod/app-server", Destination: "prod/tier:data"}, "a request is about one role"},
		{Question{Source: "api.stripe.com", Destination: "prod/app-server"}, "is a name on the internet"},
		{Question{Source: "internet", Destination: "198.51.100.0/24:443"}, "neither internet nor 198.51.100.0/24 is a role"},
		{Question{Source: "internet", Destination: "api.stripe.com"}, "neither internet nor api.stripe.com is a role"},
		{Question{Source: "app-server", Destination: "cache-redis:http"}, "port http: it is a number from 1 to 65535"},
		{Question{Source: "app-server", Destination: "cache-redis:0"}, "port 0"},
		{Question{Source: "app-server", Destination: "cache-redis:80-70"}, "port 80-70"},
		{Question{Source: "app-server", Destination: "cache-redis:70000"}, "port 70000"},
		{Question{Source: "app-server", Destination: "cache-redis:53/udp", Protocol: "tcp"}, "the protocol is given twice"},
		{Question{Source: "app-server", Destination: "cache-redis:53", Protocol: "icmp"}, "has no ports"},
		{Question{Source: "app-server", Destination: "cache-redis", Protocol: "sctp"}, "it is tcp, udp, icmp or any"},
		{Question{Source: "app-server", Destination: "cache-redis", Protocol: "udp"}, "prod/cache-redis serves nothing by udp (watertight.hcl:31): which port is it?"},
		{Question{Source: "app-server", Destination: "cache-redis", Protocol: "udp"}, "cache-redis:PORT"},
		{Question{Source: "prod/app-server", Destination: "staging/app-server", Via: "peering"}, "staging/app-server serves nothing (watertight.hcl:"},
		{Question{Source: "loadbalancer-public", Destination: "198.51.100.0/24"}, "198.51.100.0/24: which port? 198.51.100.0/24:443"},
		{Question{Source: "prod/app-server", Destination: "api.stripe.com:22"}, "TLS on port 443 and HTTP on port 80"},
		{Question{Source: "prod/app-server", Destination: "api.stripe.com", Protocol: "udp"}, "TLS on port 443 and HTTP on port 80"},
		{Question{Source: "10.0.20.7", Destination: "prod/app-server"}, "10.0.20.7/32"},

		// of the segmentation as it would be
		{Question{Source: "loadbalancer-public", Destination: "api.stripe.com"}, `loadbalancer-public is in tier "public", which has internet = "direct"`},
		{Question{Source: "internet", Destination: "prod/app-server"}, `its tier "app" has internet = "filtered"`},
		{Question{Source: "app-server", Destination: "loadbalancer-public", Via: "peering"}, "more than one role"},
		{Question{Source: "prod/app-server", Destination: "prod/loadbalancer-public", Via: "peering"}, "crosses nothing"},
		{Question{Source: "prod/app-server", Destination: "prod/loadbalancer-public", Hostname: "a.example"}, "a hostname is for flows by way of PrivateLink"},
		{Question{Source: "prod/app-server", Destination: "198.51.100.0/24:443"}, "filtered by name"},
		{Question{Source: "10.1.0.0/24", Destination: "prod/loadbalancer-public"}, "is not outside"},
		{Question{Source: "prod/app-server", Destination: "platform/data-platform", Via: "carrier"}, `via cannot be "carrier"`},
	} {
		s := acme(t)
		got, err := Ask(s, test.q)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, %v\nwant %s", test.q, got, err, test.want)
		}
	}
}

const team = `environment "prod" {
  account = "111111111111"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b"]
  tier "app" { internet = "filtered" }
  tier "data" { internet = "none" }
}
service "prod" "shop" { tier = "app" }
service "prod" "mail" {
  tier   = "app"
  serves = ["tcp/25", "tcp/587"]
  owner  = "post"
}
service "prod" "database" {
  tier   = "data"
  serves = ["tcp/5432", "tcp/6432", "udp/514"]
}
`

// TestHome: what is added goes where its neighbours are: into the block that it is more of, or else below the flows of the same role, the same environment, or any.
func TestHome(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		q     Question
		want  map[string]string // what is added, by file
	}{
		{
			"into the block that is there, for the ports that are not",
			map[string]string{"a.hcl": team + "# the shop\nflow \"shop\" \"database\" { ports = [\"tcp/5432\"] } # orders\n", "b.hcl": "flow \"mail\" \"database\" {}\n"},
			Question{Source: "shop", Destination: "database"},
			map[string]string{"a.hcl": "flow \"shop\" \"database\" { ports = [\"tcp/5432\", \"tcp/6432\", \"udp/514\"] } # orders\n"},
		},
		{
			"into the block that is there, if it says the same of itself",
			map[string]string{"a.hcl": team + "flow \"shop\" \"database\" {\n  ports  = [\"tcp/5432\"]\n  reason = \"orders\"\n}\n"},
			Question{Source: "shop", Destination: "database:6432", Reason: "orders"},
			map[string]string{"a.hcl": "  ports  = [\"tcp/5432\", \"tcp/6432\"]\n"},
		},
		{
			"a block of its own, if it says something else",
			map[string]string{"a.hcl": team + "flow \"shop\" \"database\" {\n  ports  = [\"tcp/5432\"]\n  reason = \"orders\"\n}\n"},
			Question{Source: "shop", Destination: "database:5432-6432", Reason: "pools"},
			nil, // not served
		},
		{
			"a block of its own, if it says something else",
			map[string]string{"a.hcl": team + "flow \"shop\" \"database\" {\n  ports  = [\"tcp/5432\"]\n  reason = \"orders\"\n}\n"},
			Question{Source: "shop", Destination: "database", Reason: "pools"},
			map[string]string{"a.hcl": "\nflow \"shop\" \"database\" {\n  ports  = [\"tcp/6432\", \"udp/514\"]\n  reason = \"pools\"\n}\n"},
		},
		{
			"a block of its own, beside one that is for a tier",
			map[string]string{"a.hcl": team + "flow \"tier:app\" \"database\" { ports = [\"tcp/5432\"] }\n"},
			Question{Source: "shop", Destination: "database:6432"},
			map[string]string{"a.hcl": "flow \"shop\" \"database\" { ports = [\"tcp/6432\"] }\n"},
		},
		{
			"in the file of flows of the same role",
			map[string]string{"a.hcl": team, "b.hcl": "flow \"shop\" \"database\" {}\n# end\n", "c.hcl": "flow \"mail\" \"database\" {}\n"},
			Question{Source: "shop", Destination: "mail:587"},
			map[string]string{"b.hcl": "flow \"shop\" \"mail\" { ports = [\"tcp/587\"] }\n"},
		},
		{
			"in the file of any flows",
			map[string]string{"a.hcl": team, "b.hcl": "forbid \"database\" \"shop\" {}\n", "c.hcl": "flow \"mail\" \"database\" {}\n"},
			Question{Source: "shop", Destination: "mail"},
			map[string]string{"c.hcl": "flow \"shop\" \"mail\" {}\n"},
		},
		{
			"in the file of the role",
			map[string]string{"a.hcl": team, "b.hcl": "forbid \"database\" \"shop\" {}\n"},
			Question{Source: "shop", Destination: "mail"},
			map[string]string{"a.hcl": "\nflow \"shop\" \"mail\" {}\n"},
		},
		{
			"not in JSON",
			map[string]string{"a.hcl": team, "b.hcl.json": `{"flow": {"shop": {"database": {"ports": ["tcp/5432"]}}}}`},
			Question{Source: "shop", Destination: "database:6432"},
			map[string]string{"a.hcl": "\nflow \"shop\" \"database\" { ports = [\"tcp/6432\"] }\n"},
		},
		{
			"a first egress, below the flows",
			map[string]string{"a.hcl": team, "b.hcl": "flow \"mail\" \"database\" {}\n\n# guardrails\nforbid \"database\" \"internet\" {}\n"},
			Question{Source: "shop", Destination: "api.example.com", Reason: "payments"},
			map[string]string{"b.hcl": "\negress \"prod\" \"shop\" {\n  domains = [\"api.example.com\"]\n  reason  = \"payments\"\n}\n"},
		},
		{
			"an egress, below others",
			map[string]string{"a.hcl": team, "b.hcl": "flow \"mail\" \"database\" {}\n", "c.hcl": "egress \"prod\" \"mail\" {\n  domains = [\"api.example.com\"]\n}\n"},
			Question{Source: "shop", Destination: "api.example.com"},
			map[string]string{"c.hcl": "\negress \"prod\" \"shop\" {\n  domains = [\"api.example.com\"]\n}\n"},
		},
	} {
		s := parse(t, test.files)
		got, err := Ask(s, test.q)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if len(got.Files) != len(test.want) {
			t.Errorf("%s: edits %d files, want %d", test.name, len(got.Files), len(test.want))
		}
		for name, content := range got.Files {
			if added, _ := inserted([]byte(test.files[name]), content); strings.TrimSpace(added) != strings.TrimSpace(test.want[name]) {
				t.Errorf("%s: %s gets\n%s\nwant\n%s", test.name, name, added, test.want[name])
			}
		}
	}
}

// TestUnserved: who answers for a role is told, with what to add; nobody edits JSON.
func TestUnserved(t *testing.T) {
	got, err := Ask(parse(t, map[string]string{"a.hcl": team}), Question{Source: "shop", Destination: "mail:465"})
	if err != nil || got.Outcome != report.Unserved || !strings.HasPrefix(got.Refusal.Mend, "post has to add tcp/465") || got.Refusal.Owner != "post" || len(got.Edits) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = Ask(parse(t, map[string]string{"a.hcl": team}), Question{Source: "mail", Destination: "shop:80"})
	if err != nil || got.Outcome != report.Unserved || !strings.Contains(got.Refusal.Message, "it serves nothing") || !strings.Contains(got.Edits[0].Diff, "+  serves = [\"tcp/80\"]") {
		t.Errorf("%+v, %v", got, err)
	}
	files := map[string]string{"a.hcl": team, "b.hcl.json": `{"service": {"prod": {"cart": {"tier": "app", "serves": ["tcp/80"]}}}}`}
	got, err = Ask(parse(t, files), Question{Source: "shop", Destination: "cart:81"})
	if err != nil || got.Outcome != report.Unserved || len(got.Edits) != 0 || got.Refusal.Location.File != "b.hcl.json" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestFunction: nothing connects to a function, and nobody is told to make it serve something.
func TestFunction(t *testing.T) {
	s := parse(t, map[string]string{"a.hcl": team + "service \"prod\" \"job\" {\n  tier = \"app\"\n  kind = \"lambda\"\n}\n"})
	for _, destination := range []string{"job", "job:443"} {
		if got, err := Ask(s, Question{Source: "shop", Destination: destination}); err == nil || !strings.Contains(err.Error(), "prod/job is a function (a.hcl:") {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// TestJSON: a segmentation that is JSON is not edited, and the answer is what it has to say.
func TestJSON(t *testing.T) {
	s := parse(t, map[string]string{"a.hcl.json": `{
  "environment": {"prod": {"account": "111111111111", "region": "us-east-1", "zones": ["us-east-1a"], "tier": {"app": {"internet": "filtered"}}}},
  "service": {"prod": {"a": {"tier": "app", "serves": ["tcp/80"]}, "b": {"tier": "app", "serves": ["tcp/80", "tcp/81"]}}},
  "flow": {"a": {"b": {"ports": ["tcp/80"]}}},
  "egress": {"prod": {"a": {"domains": ["example.com"]}}}
}`})
	for _, test := range []struct{ destination, want string }{
		{"b", "\nflow \"a\" \"b\" { ports = [\"tcp/81\"] }"}, {"example.org", "a.hcl.json is JSON"},
	} {
		if got, err := Ask(s, Question{Source: "a", Destination: test.destination}); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "JSON") {
			t.Errorf("%s: %+v, %v", test.destination, got, err)
		}
	}
}

// TestLines: comments of compiled code that name lines of the segmentation are no difference when all that happened to these is that others stand above them now.
func TestLines(t *testing.T) {
	s := parse(t, map[string]string{"a.hcl": team + "flow \"shop\" \"mail\" {}\negress \"prod\" \"shop\" {\n  domains = [\"example.com\"]\n}\n"})
	got, err := Ask(s, Question{Source: "mail", Destination: "database", Reason: "queue", Owner: "post"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Terraform {
		for line := range strings.Lines(f.Diff) {
			if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "---") {
				t.Errorf("%s: %s", f.File, line)
			}
		}
	}
	if len(got.Terraform) == 0 {
		t.Error("nothing changes?")
	}
}

// TestRandom asks about random segmentations: what is added makes possible what was asked for, nothing else, and takes nothing away; and what is said to be declared is.
func TestRandom(t *testing.T) {
	outcomes := map[string]int{}
	for seed := range uint64(80) {
		text := random.Segmentation(seed)
		s, err := intent.Parse(map[string][]byte{"a.hcl": []byte(text)})
		if err != nil {
			continue // package random counts those
		}
		r := rand.New(rand.NewPCG(seed, 4))
		var roles []*intent.Service
		for _, e := range s.Environments {
			roles = append(roles, e.Services...)
		}
		if len(roles) == 0 {
			continue
		}
		for range 4 {
			from, to := roles[r.IntN(len(roles))], roles[r.IntN(len(roles))]
			q := Question{Source: from.String(), Destination: to.String()}
			var ports []intent.Port
			if len(to.Serves) > 0 && r.IntN(2) == 0 {
				p := to.Serves[r.IntN(len(to.Serves))]
				ports = []intent.Port{p}
				if q.Protocol = p.Protocol; p.From > 0 {
					q.Destination += ":" + strings.TrimPrefix(p.String(), p.Protocol+"/")
				}
			} else {
				ports = to.Serves
			}
			if from.Environment != to.Environment {
				q.Via = []string{"peering", "transit", "privatelink"}[r.IntN(3)]
			}
			destination := pair{from.String(), to.String()}
			if r.IntN(5) == 0 {
				q.Destination, q.Protocol, q.Via, ports = "api.example.com", "", "", web
				destination.destination = "api.example.com"
			}
			got, err := Ask(s, q)
			if err != nil {
				outcomes["error"]++
				continue
			}
			outcomes[got.Outcome]++
			old := reachOf(blueprint.New(s))
			switch got.Outcome {
			case report.Declared:
				if q.Via != "privatelink" && destination.destination != "api.example.com" && len(minus(ports, old.ports[destination])) > 0 {
					t.Errorf("seed %d: %+v: not declared: %v, %v\n%s", seed, q, ports, old.ports[destination], text)
				}
			case report.Added:
				after, err := s.With(got.Files)
				if err != nil {
					t.Fatalf("seed %d: %+v: %v", seed, q, err)
				}
				new := reachOf(blueprint.New(after))
				if q.Via != "privatelink" && len(minus(ports, new.ports[destination])) > 0 {
					t.Errorf("seed %d: %+v: added, and %v are not possible: %v", seed, q, ports, new.ports[destination])
				}
				for _, change := range got.Reachability {
					isIt := change.Source == destination.source && change.Destination == destination.destination
					if q.Via == "privatelink" {
						isIt = strings.HasSuffix(change.Destination, "/"+to.Name+"-endpoint") || strings.HasSuffix(change.Source, "/"+to.Name+"-balancer")
					}
					if change.Effect != report.Opened || !isIt {
						t.Errorf("seed %d: %+v: %+v", seed, q, change)
					}
				}
				if added, taken := inserted([]byte(text), got.Files["a.hcl"]); strings.Count(taken, "\n") > 6 || added == "" {
					t.Errorf("seed %d: %+v: adds\n%s\nand takes\n%s", seed, q, added, taken)
				}
			case report.Refused:
				if !slices.ContainsFunc(s.Forbids, func(f *intent.Forbid) bool {
					return f.RulesOut(intent.End{Service: from}, intent.End{Service: to}) || f.RulesOutName(from, "api.example.com")
				}) {
					t.Errorf("seed %d: %+v: %+v", seed, q, got.Refusal)
				}
			}
		}
	}
	t.Log(outcomes)
	for _, each := range []string{report.Declared, report.Added, report.Refused} {
		if outcomes[each] == 0 {
			t.Errorf("%s only %d times: %v", each, outcomes[each], outcomes)
		}
	}
}
