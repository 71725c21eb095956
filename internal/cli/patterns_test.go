package cli

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
	"github.com/watertight/watertight/internal/source/dump"
)

const patterns = "../../examples/patterns/network"

// TestPatternsNetwork keeps examples/patterns/network to what network.txt makes.
//
// go test ./internal/cli -run PatternsNetwork -update writes it.
func TestPatternsNetwork(t *testing.T) {
	made := patternsWith(t)
	want, got := contents(t, made), contents(t, patterns)
	if *update && !reflect.DeepEqual(want, got) {
		if err := os.RemoveAll(patterns); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(patterns, os.DirFS(made)); err != nil {
			t.Fatal(err)
		}
		got = contents(t, patterns)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(want[name], got[name]) {
			t.Errorf("%s/%s is not what network.txt makes (go test ./internal/cli -run PatternsNetwork -update writes it)", patterns, name)
		}
		delete(got, name)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		t.Errorf("%s/%s: network.txt makes no such file", patterns, name)
	}
}

// contents are the documents in a folder, by their paths in it. The order of the keys of an object says nothing.
func contents(t *testing.T, folder string) map[string]any {
	t.Helper()
	files := map[string]any{}
	if _, err := os.Stat(folder); err != nil {
		return files
	}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return err
		}
		var document any
		err = json.Unmarshal(data, &document)
		files[path] = document
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func patternsText(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../examples/patterns/network.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// patternsWith makes a folder of network.txt, in which lines were changed: each pair is what stands there once, and what takes its place.
func patternsWith(t *testing.T, changes ...string) string {
	t.Helper()
	text := patternsText(t)
	for i := 0; i < len(changes); i += 2 {
		if n := strings.Count(text, changes[i]); n != 1 {
			t.Fatalf("network.txt has %q %d times", changes[i], n)
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	c, err := scenario.Parse("network.txt", text)
	if err != nil {
		t.Fatal(err)
	}
	awsLike(&c)
	dir := t.TempDir()
	if err := dump.Write(dir, network.New(c)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// awsLike makes of the identifiers in network.txt, which are names (subnet-prod-app-us-east-1a), such as AWS gives, and Name tags of the names; names security
// groups without their VPC; and describes their rules as DESTINATION_from_SOURCE. The language has no words for any of this.
func awsLike(c *network.Contents) {
	for _, list := range reflect.ValueOf(c).Elem().Fields() {
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		for i := range list.Len() {
			if o := list.Index(i).Elem().FieldByName("Object").Addr().Interface().(*network.Object); o.Name == o.ID {
				_, o.Name, _ = strings.Cut(o.ID, "-")
			}
		}
	}
	for _, i := range c.Instances {
		i.Name = strings.TrimPrefix(i.ID, "i-eni-")
	}
	for _, z := range c.HostedZones {
		z.ID = fmt.Sprintf("Z%X", sha256.Sum256([]byte(z.Name)))[:21]
	}
	called := map[string]string{"": "internet"}
	for _, g := range c.SecurityGroups {
		g.Name = strings.TrimPrefix(g.ID, strings.Replace(g.VPC, "vpc-", "sg-", 1)+"-")
		called[g.ID] = g.Name
	}
	for _, g := range c.SecurityGroups {
		for i := range g.Inbound {
			g.Inbound[i].ID, g.Inbound[i].Description = "", g.Name+"_from_"+called[g.Inbound[i].Group]
		}
		for i := range g.Outbound {
			g.Outbound[i].ID, g.Outbound[i].Description = "", called[g.Outbound[i].Group]+"_from_"+g.Name
		}
	}
	renumber(reflect.ValueOf(c))
	for _, i := range c.Interfaces { // AWS says in words whose the interfaces are that it makes, and is not sure
		switch i.Owner.Kind {
		case network.OwnerLoadBalancer:
			i.Owner = network.Owner{Kind: i.Owner.Kind, ID: strings.TrimPrefix(i.Description, "ELB ")}
		case network.OwnerNAT:
			i.Owner.Sure, i.Description = false, "Interface for NAT Gateway "+i.Owner.ID
		case network.OwnerEndpoint:
			i.Owner.Sure, i.Description = false, "VPC Endpoint Interface "+i.Owner.ID
		}
	}
}

var (
	// named is an identifier of network.txt, by itself or in a name that AWS makes of it: the letters that AWS begins it with, and a name.
	named  = regexp.MustCompile(`((?:^|[./])(?:vpce-svc|vpce|vpc|subnet|rtb|acl|sg|eni|i|igw|nat|pcx)-)([a-z0-9-]+)`)
	digits = regexp.MustCompile(`^0[0-9a-f]{16}$`)
)

// renumber gives every identifier in a value digits, the same ones wherever it stands.
func renumber(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			renumber(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			renumber(v.Index(i))
		}
	case reflect.Struct:
		for field, each := range v.Fields() {
			if field.IsExported() {
				renumber(each)
			}
		}
	case reflect.String:
		v.SetString(renumbered(v.String()))
	}
}

// renumbered is a text with digits in place of the names in its identifiers.
func renumbered(text string) string {
	return named.ReplaceAllStringFunc(text, func(id string) string {
		m := named.FindStringSubmatch(id)
		if digits.MatchString(m[2]) { // two objects share a list
			return id
		}
		return m[1] + fmt.Sprintf("0%x", sha256.Sum256([]byte(strings.TrimLeft(id, "./"))))[:17]
	})
}

var claim = regexp.MustCompile("(?m)^\\|.* \\| `watertight (.+)` \\| (.+) \\|$")

// patternsReadme is the part of the README under a heading.
func patternsReadme(t *testing.T, heading string) string {
	t.Helper()
	raw, err := os.ReadFile("../../examples/patterns/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(raw), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// TestPatternsClaims asks every question that examples/patterns/README.md lists, and compares the answer with what stands there.
func TestPatternsClaims(t *testing.T) {
	claims := claim.FindAllStringSubmatch(patternsReadme(t, "What it claims"), -1)
	if len(claims) < 30 {
		t.Fatalf("%d claims only: is the table read?", len(claims))
	}
	for _, c := range claims {
		if got := answerTo(t, patterns, c[1]); got != c[2] {
			t.Errorf("watertight %s: %s, and the README says %s", c[1], got, c[2])
		}
	}
}

// answerTo is an answer in a few words: of can the verdict, or whether what was asked about the way holds; of who and what the rows.
func answerTo(t *testing.T, folder, question string) string {
	t.Helper()
	args := strings.Fields(question)
	if args[0] == "can" {
		answer := asked(t, append(args[1:], "--from", folder)...)
		if answer.Traversal != nil {
			return answer.Traversal.Holds
		}
		return string(answer.Verdict)
	}
	out := run(nil, append(args, "--json", "--from", folder)...)
	var table report.Table
	if err := json.Unmarshal([]byte(out.stdout), &table); err != nil {
		t.Fatalf("watertight %s: exit code %d, %v\n%s", question, out.code, err, out.stderr)
	}
	var rows []string
	for _, r := range table.Rows {
		label := r.Destination
		switch {
		case table.Kind == report.KindWho:
			label = r.Source
		case len(r.Limits) > 0 && r.LimitsOpen == "" && r.LimitsUnknown == "":
			label = strings.Join(r.Limits, ", ")
		}
		words := label + " " + r.Protocol + " " + r.Ports
		if r.Verdict != report.Reachable {
			words += " " + string(r.Verdict)
		}
		rows = append(rows, words)
	}
	if rows == nil {
		return "nothing"
	}
	return strings.Join(rows, "; ")
}

// TestPatternsRules names the rule that decides about a name.
func TestPatternsRules(t *testing.T) {
	list, rules, policy := "RuleGroups.json#/RuleGroups/0/RuleGroup/RulesSource/RulesSourceList", "RuleGroups.json#/RuleGroups/1/RuleGroup/RulesSource/RulesString", "FirewallPolicies.json#/FirewallPolicies/0"
	for _, c := range []struct{ question, effect, code, rule, origin string }{
		{"prod/app-server api.openai.com:443", "allow", "", "^TLS to api.openai.com: the domain list prod-egress-domains .* passes .openai.com$", list},
		{"prod/app-server openai.com:80", "allow", "", "^HTTP to openai.com: the domain list prod-egress-domains .* passes .openai.com$", list},
		{"prod/app-server example.org:443", report.Deny, "FIREWALL_RULES_RESTRICTION", "^TLS to example.org: no rule of prod-egress .* matches; default aws:drop_established", policy},
		{"prod/app-server internet:8443", report.Deny, "FIREWALL_RULES_RESTRICTION", `drop tcp \$HOME_NET any -> any !\[80,443\]`, rules},
		{"prod/app-server internet:53/udp", report.Deny, "FIREWALL_RULES_RESTRICTION", `drop udp \$HOME_NET any -> any any`, rules},
	} {
		answer := asked(t, append(strings.Fields(c.question), "--from", patterns)...)
		var firewall *report.Hop
		for _, p := range answer.Parts {
			for i := range p.Path {
				if p.Path[i].Kind == "network firewall" {
					firewall = &p.Path[i]
				}
			}
		}
		if firewall == nil || firewall.Name != "prod-egress" || firewall.Effect != c.effect || firewall.Code != c.code || !regexp.MustCompile(c.rule).MatchString(firewall.Rule) || !strings.HasSuffix(firewall.Origin, c.origin) {
			t.Errorf("can %s: %+v, want %s %s by %q in %s", c.question, firewall, c.effect, c.code, c.rule, c.origin)
		}
	}
}

// TestPatternsHops are the hops of a call from the internet to the database, connection by connection, each where AWS's packet meets it. Zones are left out: which
// one a witness is in says nothing.
func TestPatternsHops(t *testing.T) {
	zone := regexp.MustCompile(`-us-east-1[abc]$`)
	called := map[string]string{}
	words := strings.FieldsFunc(patternsText(t), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for _, id := range words {
		called[renumbered(id)] = zone.ReplaceAllString(id, "")
	}
	for _, node := range []string{"eni-prod-loadbalancer-public", "eni-prod-loadbalancer-public-2", "eni-prod-loadbalancer-public-3"} { // the language names them
		called[renumbered(node)] = "eni-prod-loadbalancer-public"
	}
	for _, c := range []struct{ question, path, reply string }{
		{"internet prod-loadbalancer-public:443", `
outside 1.0.0.0
internet gateway igw-prod
network ACL acl-prod-public
security group sg-prod-loadbalancer-public
network interface eni-prod-loadbalancer-public
load balancer loadbalancer/app/prod-loadbalancer-public/0123456789abcdef
listener listener/app/prod-loadbalancer-public/0123456789abcdef/0000000000000001
target group targetgroup/prod-app-server/0123456789abcdef
network interface eni-prod-loadbalancer-public
security group sg-prod-loadbalancer-public
network ACL acl-prod-public
route table rtb-prod-public
network ACL acl-prod-app
security group sg-prod-app-server
network interface eni-prod-app-server`, `
network interface eni-prod-app-server
security group sg-prod-app-server
network ACL acl-prod-app
route table rtb-prod-app
network ACL acl-prod-public
network interface eni-prod-loadbalancer-public
network interface eni-prod-loadbalancer-public
security group sg-prod-loadbalancer-public
network ACL acl-prod-public
route table rtb-prod-public
internet gateway igw-prod`},
		{"prod/app-server database-postgres:5432", `
network interface eni-prod-app-server
security group sg-prod-app-server
network ACL acl-prod-app
route table rtb-prod-app
network ACL acl-prod-data
security group sg-prod-database-postgres
network interface eni-prod-database-postgres`, `
network interface eni-prod-database-postgres
security group sg-prod-database-postgres
network ACL acl-prod-data
route table rtb-prod-data
network ACL acl-prod-app
network interface eni-prod-app-server`},
		{"prod/app-server internet:443", `
network interface eni-prod-app-server
security group sg-prod-app-server
network ACL acl-prod-app
route table rtb-prod-app
network ACL acl-prod-firewall
network firewall vpce-prod-egress
network ACL acl-prod-firewall
route table rtb-prod-firewall
network ACL acl-prod-nat
NAT gateway nat-prod
network ACL acl-prod-nat
route table rtb-prod-nat
internet gateway igw-prod
outside 1.0.0.0`, `
internet gateway igw-prod
network ACL acl-prod-nat
NAT gateway nat-prod
network ACL acl-prod-nat
route table rtb-prod-nat
network ACL acl-prod-firewall
network firewall vpce-prod-egress
network ACL acl-prod-firewall
route table rtb-prod-firewall
network ACL acl-prod-app
network interface eni-prod-app-server`},
	} {
		answer := asked(t, append(strings.Fields(c.question), "--from", patterns)...)
		if len(answer.Parts) != 1 || answer.Verdict != report.Reachable {
			t.Errorf("can %s: %s, %d parts", c.question, answer.Verdict, len(answer.Parts))
			continue
		}
		for _, way := range []struct {
			want string
			hops []report.Hop
		}{{c.path, answer.Parts[0].Path}, {c.reply, answer.Parts[0].Reply}} {
			got := ""
			for _, h := range way.hops {
				id := h.ID
				if name := called[id]; name != "" {
					id = name
				} else if _, rest, ok := strings.Cut(id, "111111111111:"); ok {
					id = rest
				}
				got += "\n" + h.Kind + " " + id
			}
			if got != way.want {
				t.Errorf("can %s goes by%s\nand not by%s", c.question, got, way.want)
			}
		}
	}
}

// TestPatternsMistakes makes mistakes, and compares what becomes of an answer with what examples/patterns/README.md says.
func TestPatternsMistakes(t *testing.T) {
	mistakes := map[string][]string{
		"the return route through the firewall is missing in one zone": {"  10.0.10.0/24 vpce-prod-egress-us-east-1a   # the way back\n", ""},
		"a zone goes out through the endpoint of another":              {"  0.0.0.0/0 vpce-prod-egress-us-east-1a\n", "  0.0.0.0/0 vpce-prod-egress-us-east-1b\n"},
		"the firewall passes packets before it looks at names":         {"stateless-default=forward", "stateless-default=pass"},
		"the list of domains has no default drop behind it":            {" default=drop_established,alert_established", ""},
		"the data tier gets a default route":                           {"table rtb-prod-data vpc-prod       # none\n", "table rtb-prod-data vpc-prod\n  0.0.0.0/0 nat-prod-us-east-1a\n"},
		"the peering is routed in one direction": {"  10.1.10.0/24 pcx-staging-to-prod\n", "", "  10.1.11.0/24 pcx-staging-to-prod\n", "",
			"  10.1.12.0/24 pcx-staging-to-prod\n", ""},
	}
	for _, row := range regexp.MustCompile("(?m)^\\| (.+) \\| `watertight can (.+)` \\| (.+) \\|$").FindAllStringSubmatch(patternsReadme(t, "Mistakes"), -1) {
		changes := mistakes[row[1]]
		if changes == nil {
			t.Errorf("the README has a mistake that the test does not make: %s", row[1])
			continue
		}
		delete(mistakes, row[1])
		answer := asked(t, append(strings.Fields(row[2]), "--from", patternsWith(t, changes...))...)
		got, verdict := string(answer.Verdict), answer.Verdict
		if verdict == report.Partial {
			got, verdict = got+": one-way, ", report.OneWay
		} else if verdict != report.Reachable {
			got += ": "
		}
		var why []string
		for _, each := range codes(answer, verdict) {
			why = append(why, each[strings.LastIndexByte(each, ' ')+1:])
		}
		if got += strings.Join(why, ", "); got != row[3] {
			t.Errorf("%s: can %s: %s, and the README says %s", row[1], row[2], got, row[3])
		}
	}
	for _, mistake := range slices.Sorted(maps.Keys(mistakes)) {
		t.Errorf("the README does not have the mistake: %s", mistake)
	}
}

// The endpoints of a firewall are modelled, and not listed as if they were not.
func TestPatternsModelled(t *testing.T) {
	if answer := asked(t, "cache-redis", "internet", "--from", patterns); len(answer.NotModelled) > 0 {
		t.Errorf("not modelled: %+v", answer.NotModelled)
	}
}

// TestPatternsAnswers holds what is said beside verdicts.
func TestPatternsAnswers(t *testing.T) {
	t.Run("an endpoint leads on to the service behind it", func(t *testing.T) { // PL-6
		if got, want := answerTo(t, patterns, "what workload/analytics --hops 2"), "data-platform-endpoint tcp 443; data-platform tcp 443"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	// Staging gets to the replicas of prod, and the internet to the nodes of the balancer: what stops the rest of the traffic to them is on the
	// way to them (V-12).
	for question, wrong := range map[string]string{
		"account:222222222222 account:111111111111": `\b10\.0\.([0-9]|[1-3][0-9])\.`, // they are in 10.0.40.0 to 10.0.42.0
		"internet vpc:prod":                         "no public address",
	} {
		t.Run(question, func(t *testing.T) {
			few := 0
			for _, p := range asked(t, append(strings.Fields(question), "--protocol", "any", "--from", patterns)...).Parts {
				if p.Verdict != report.Unreachable || len(p.Destinations) > 3 {
					continue
				}
				few++
				for _, h := range p.Path {
					if regexp.MustCompile(wrong).MatchString(h.Rule) {
						t.Errorf("%s %s: %v: %s", p.Protocol, p.Ports, p.Destinations, h.Rule)
					}
				}
			}
			if few == 0 {
				t.Errorf("no part is about them alone")
			}
		})
	}
}

// What a table says of a way on which a firewall limits data to some names (FW-11), and of others.
func TestPatternsDataLimited(t *testing.T) {
	out := run(nil, "what", "prod/app-server", "--json", "--from", patterns)
	var table report.Table
	if err := json.Unmarshal([]byte(out.stdout), &table); err != nil {
		t.Fatalf("%v\n%s", err, out.stderr)
	}
	want := map[string]bool{"cache-redis": false, "database-postgres": false, "internet": true, "loadbalancer-public": true, "secretsmanager": false}
	got := map[string]bool{}
	for _, r := range table.Rows {
		got[r.Destination] = r.DataLimited
	}
	if !maps.Equal(got, want) {
		t.Errorf("limited is %v, want %v", got, want)
	}
}
