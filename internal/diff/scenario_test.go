package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/scenario"
)

const shop = `
vpc prod 10.0.0.0/16
subnet front prod 10.0.1.0/24
subnet app prod 10.0.2.0/24 table=t-app acl=a-app
subnet app-b prod 10.0.3.0/24 table=t-app
subnet data prod 10.0.4.0/24
igw igw-1 prod
table t-app prod
acl a-app prod
  in 100 allow all 0.0.0.0/0
  out 100 allow all 0.0.0.0/0
group sg-web prod
  in tcp 443 0.0.0.0/0
group sg-app prod
  in tcp 8080 sg-web
group sg-db prod
  in tcp 5432 sg-app
group sg-spare prod
  in tcp 22 sg-app
eni web-1 front 10.0.1.10 sg-web
eni app-1 app 10.0.2.10 sg-app
eni app-2 app-b 10.0.3.10 sg-app
eni db-1 data 10.0.4.10 sg-db
`

func parsed(t *testing.T, text string) *network.Network {
	t.Helper()
	c, err := scenario.Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return network.New(c)
}

// line is a change in a line: its ends, what was and is, and the first cause.
func line(c *report.Change) string {
	words := fmt.Sprintf("%s → %s %s → %s", c.Source, c.Destination, c.Before, c.After)
	for _, t := range c.Traffic {
		words += strings.TrimRight(" "+t.Protocol+" "+t.Ports, " ")
	}
	for _, each := range []struct {
		word string
		list []string
	}{{" from ", c.Sources}, {" to ", c.Destinations}} {
		if len(each.list) > 0 {
			words += each.word + strings.Join(each.list, ",")
		}
	}
	if len(c.Causes) > 0 {
		e := c.Causes[0]
		words += fmt.Sprintf("; %s %s: %s", e.Action, e.ID, strings.Join(e.Summary, "; "))
	}
	return words
}

// What changes in a small shop is told role by role, with its cause.
func TestChanges(t *testing.T) {
	for _, test := range []struct {
		name, from, to string // what stands in the text of the shop, and what instead
		want           []string
	}{
		{"a rule is added", "in tcp 5432 sg-app", "in tcp 5432 sg-app\n  in tcp 22 sg-web",
			[]string{"web → db unreachable → reachable tcp 22; update sg-db: inbound tcp 22 from sg-web added"}},
		{"a port is another", "in tcp 8080 sg-web", "in tcp 8081 sg-web", []string{
			"web → app unreachable → reachable tcp 8081; update sg-app: inbound tcp 8081 from sg-web added",
			"web → app reachable → unreachable tcp 8080; update sg-app: inbound tcp 8080 from sg-web removed"}},
		{"one subnet of two is cut off", "in 100 allow all 0.0.0.0/0", "in 100 deny all 0.0.0.0/0", []string{
			"app → db reachable → one-way tcp 5432 from app-1; update a-app: inbound entry 100, allow all traffic from 0.0.0.0/0 → deny all traffic from 0.0.0.0/0",
			"app → web reachable → one-way tcp 443 from app-1; update a-app: inbound entry 100, allow all traffic from 0.0.0.0/0 → deny all traffic from 0.0.0.0/0",
			"web → app reachable → unreachable tcp 8080 to app-1; update a-app: inbound entry 100, allow all traffic from 0.0.0.0/0 → deny all traffic from 0.0.0.0/0"}},
		{"one more of the same kind", "eni db-1", "eni app-3 app 10.0.2.11 sg-app\neni db-1", nil},
		{"one less of the same kind", "eni app-2 app-b 10.0.3.10 sg-app", "eni app-3 app-b 10.0.3.11 sg-app", nil},
		{"a role comes", "eni db-1", "group sg-cache prod\n  in tcp 6379 sg-app\neni cache-1 data 10.0.4.20 sg-cache\neni db-1", []string{
			"app → cache unreachable → reachable tcp 6379; create sg-cache: inbound tcp 6379 from sg-app added",
			"cache → web unreachable → reachable tcp 443; create cache-1: address 10.0.4.20 added"}},
		{"a role goes", "eni db-1 data 10.0.4.10 sg-db", "", []string{
			"app → db reachable → unreachable tcp 5432; delete db-1: address 10.0.4.10 removed",
			"db → web reachable → unreachable tcp 443; delete db-1: address 10.0.4.10 removed"}},
		{"one of a role gets another group", "eni app-2 app-b 10.0.3.10 sg-app", "eni app-2 app-b 10.0.3.10 sg-app sg-db", []string{
			"app → app unreachable → reachable tcp 5432 from app-1 to app-2; update app-2: group sg-db added"}},
		{"a table moves", "subnet front prod 10.0.1.0/24", "subnet front prod 10.0.1.0/24 table=t-web\ntable t-web prod\n  0.0.0.0/0 igw-1", nil}, // nothing there has a public address
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(shop, test.from) {
				t.Fatal("the shop has no such line")
			}
			d := compared(t, parsed(t, shop), parsed(t, strings.Replace(shop, test.from, test.to, 1)))
			var got []string
			for i := range d.Changes {
				got = append(got, line(&d.Changes[i]))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

// A role that nobody has yet is told of as it will be (V-16).
func TestToBe(t *testing.T) {
	d := compared(t, parsed(t, shop), parsed(t, strings.Replace(shop, "in tcp 22 sg-app", "in tcp 22-23 sg-app", 1)))
	if len(d.Changes) != 1 || !strings.HasPrefix(line(&d.Changes[0]), "app → spare unreachable → reachable tcp 23") {
		t.Errorf("got %+v", d.Changes)
	}
	if len(d.Assumptions) != 1 || !strings.Contains(d.Assumptions[0], "sg-spare") {
		t.Errorf("assumptions: %q", d.Assumptions)
	}
}

// What has no effect on anybody is listed all the same.
func TestEditsOnly(t *testing.T) {
	d := compared(t, parsed(t, shop), parsed(t, strings.Replace(shop, "table t-app prod\n", "table t-app prod\n  198.51.100.0/24 igw-1\n", 1)))
	if len(d.Changes) != 0 || len(d.Edits) != 1 || d.Edits[0].Kind != "route table" || d.Edits[0].Action != "update" {
		t.Errorf("got %+v and %+v", d.Changes, d.Edits)
	}
	if want := "route 198.51.100.0/24 → igw-1 added"; strings.Join(d.Edits[0].Summary, "; ") != want {
		t.Errorf("got %q, want %q", d.Edits[0].Summary, want)
	}
}

// Two accounts may have a role of the same name: each keeps its own, whichever network it is in.
func TestLabels(t *testing.T) {
	two := shop + "vpc test 10.1.0.0/16\nsubnet t-app test 10.1.2.0/24\ngroup sg-app2 test\n  in tcp 9000 10.1.0.0/16\neni t-1 t-app 10.1.2.10 sg-app2\n"
	old, new := parsed(t, two), parsed(t, strings.Replace(two, "in tcp 9000", "in tcp 9001", 1))
	for _, n := range []*network.Network{old, new} {
		for _, g := range n.SecurityGroups.All() {
			if g.ID == "sg-app2" {
				g.Name = "sg-app"
			}
		}
	}
	d, err := Compare(old, new, Options{By: query.ByGroup})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.Changes {
		if c.Destination != "test/app" {
			t.Errorf("%s", line(&c))
		}
	}
}

// An address that AWS has yet to choose is every one that rules tell apart, in both networks: what cuts off a half of the subnet is seen.
func TestOpen(t *testing.T) {
	open := func(text string) *network.Network {
		n := parsed(t, text)
		for _, i := range n.Interfaces.All() {
			if i.Subnet == "app" {
				i.Open.IPv4, i.Addresses = true, nil
			}
		}
		return n
	}
	if d := compared(t, open(shop), open(shop)); len(d.Changes)+len(d.Edits) > 0 {
		t.Errorf("the same: %+v %+v", d.Changes, d.Edits)
	}
	half := strings.Replace(shop, "acl a-app prod\n", "acl a-app prod\n  out 50 deny all 10.0.4.128/25\n  in 50 deny tcp 10.0.1.0/24\n", 1)
	d := compared(t, open(shop), open(half))
	if len(d.Changes) != 2 || !strings.HasPrefix(line(&d.Changes[1]), "web → app reachable → unreachable tcp 8080 to app-1;") {
		t.Errorf("got %+v", d.Changes)
	}
	for _, rule := range []string{"in tcp 5432 sg-app", "in tcp 5432 10.0.2.128/25"} {
		other := map[bool]string{true: "in tcp 5432 10.0.2.128/25", false: "in tcp 5432 sg-app"}[rule == "in tcp 5432 sg-app"]
		old, new := strings.Replace(shop, "in tcp 5432 sg-app", rule, 1), strings.Replace(shop, "in tcp 5432 sg-app", other, 1)
		var got []string
		for _, c := range compared(t, open(old), open(new)).Changes {
			got = append(got, strings.SplitN(line(&c), ";", 2)[0])
		}
		before, after := "reachable", "unreachable"
		if rule != "in tcp 5432 sg-app" {
			before, after = after, before
		}
		want := []string{fmt.Sprintf("app → db %s → %s tcp 5432 from app-1,app-2", before, after)}
		if !slices.Equal(got, want) {
			t.Errorf("%s becomes %s:\ngot  %q\nwant %q", rule, other, got, want)
		}
	}
}
