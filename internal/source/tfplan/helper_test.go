package tfplan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/report"
)

// paper is a document of Terraform, written in few lines:
//
//	annotated(t).resource("aws_vpc.a", `{"id": "?vpc-a", "cidr_block": "10.0.0.0/16"}`).resource("aws_subnet.a", `{"id": "?subnet-a", "vpc_id": "vpc-a", …}`)
//
// In an annotated plan, a string with ? in front is a placeholder of the resource itself: it stands for what AWS will choose. In a plan of the real provider
// "?" alone is a value that is not known before it is applied; "=aws_vpc.a.id" is one as well, and that is how the code refers to it. In a list, several such
// are one list that is not known. A state has values only.
type paper struct {
	t               *testing.T
	kind            string // "annotated", "plan", "state"
	account, region string
	resources       []string // addresses
	values          map[string]map[string]any
	places          map[string]network.Place
	lookups         []Lookup
}

func annotated(t *testing.T) *paper { return newPaper(t, "annotated") }
func plainPlan(t *testing.T) *paper { return newPaper(t, "plan") }
func stateOf(t *testing.T) *paper   { return newPaper(t, "state") }

func newPaper(t *testing.T, kind string) *paper {
	return &paper{t: t, kind: kind, account: "111111111111", region: "us-east-1", values: map[string]map[string]any{}, places: map[string]network.Place{}}
}

// at gives the resources that follow another account and Region.
func (p *paper) at(account, region string) *paper {
	p.account, p.region = account, region
	return p
}

// resource adds a resource, or a data source, by address, with its values as JSON.
func (p *paper) resource(address, values string) *paper {
	p.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(values), &v); err != nil {
		p.t.Fatalf("%s: %v", address, err)
	}
	if _, twice := p.values[address]; twice {
		p.t.Fatalf("%s is written twice", address)
	}
	p.resources = append(p.resources, address)
	p.values[address] = v
	p.places[address] = network.Place{Account: p.account, Region: p.region}
	return p
}

// lookup makes a data source one that nobody answered. It must be a resource of the paper already.
func (p *paper) lookup(address, message string) *paper {
	p.lookups = append(p.lookups, Lookup{Address: address, Message: message})
	return p
}

var addressWords = regexp.MustCompile(`^((?:module\.[^.]+\.)*)(data\.)?(aws_[a-z0-9_]+)\.([A-Za-z0-9_-]+)(?:\[(?:"([^"]*)"|(\d+))\])?$`)

// text is the document as JSON.
func (p *paper) text() []byte {
	p.t.Helper()
	notes := Annotations{Version: 1, Folder: "infra", Resources: map[string]Resource{}, Placeholders: map[string]string{}, Lookups: p.lookups}
	var changes, objects, configs []any
	for _, address := range p.resources {
		m := addressWords.FindStringSubmatch(address)
		if m == nil {
			p.t.Fatalf("%s is no address", address)
		}
		o := map[string]any{"address": address, "mode": "managed", "type": m[3], "name": m[4], "provider_name": "registry.terraform.io/hashicorp/aws"}
		if m[2] != "" {
			o["mode"] = "data"
		}
		if m[6] != "" {
			var n float64
			_, _ = fmt.Sscan(m[6], &n)
			o["index"] = n
		} else if m[5] != "" {
			o["index"] = m[5]
		}
		expressions := map[string]any{}
		after, unknown := p.write(address, p.values[address], &notes)
		if code, ok := p.code(p.values[address]).(map[string]any); ok {
			expressions = code
		}
		place := p.places[address]
		notes.Resources[address] = Resource{Account: place.Account, Region: place.Region, File: "infra/main.tf", Line: len(notes.Resources) + 1}
		if p.kind == "state" {
			o["values"] = after
			objects = append(objects, o)
			continue
		}
		actions := []string{"create"}
		if m[2] != "" {
			actions = []string{"read"}
		}
		o["change"] = map[string]any{"actions": actions, "before": nil, "after": after, "after_unknown": unknown}
		changes = append(changes, o)
		configs = append(configs, map[string]any{"address": strings.TrimPrefix(plain(address), m[1]), "mode": o["mode"], "type": m[3], "name": m[4],
			"provider_config_key": "aws", "expressions": expressions})
	}
	doc := map[string]any{"format_version": "1.2", "terraform_version": "1.11.4"}
	switch p.kind {
	case "state":
		doc["values"] = map[string]any{"root_module": map[string]any{"resources": objects}}
	case "annotated":
		doc["resource_changes"] = changes
		doc["watertight"] = notes
	default:
		doc["resource_changes"] = changes
		doc["configuration"] = map[string]any{
			"provider_config": map[string]any{"aws": map[string]any{"name": "aws", "expressions": map[string]any{"region": map[string]any{"constant_value": p.region}}}},
			"root_module":     map[string]any{"resources": configs},
		}
	}
	raw, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		p.t.Fatal(err)
	}
	return raw
}

// hole tells whether a value is written as one that is not known.
func (p *paper) hole(v any) bool {
	s, ok := v.(string)
	return ok && p.kind == "plan" && (s == "?" || strings.HasPrefix(s, "="))
}

// write splits a value into what a plan knows of it and what it does not.
func (p *paper) write(address string, v any, notes *Annotations) (after, unknown any) {
	switch v := v.(type) {
	case map[string]any:
		known, holes := map[string]any{}, map[string]any{}
		for key, each := range v {
			a, u := p.write(address, each, notes)
			if u != true {
				known[key] = a
			}
			if u != nil {
				holes[key] = u
			}
		}
		if len(holes) == 0 {
			return known, nil
		}
		return known, holes
	case []any:
		if slices.ContainsFunc(v, p.hole) { // as a set
			return nil, true
		}
		known, holes := []any{}, []any{}
		for _, each := range v {
			a, u := p.write(address, each, notes)
			known, holes = append(known, a), append(holes, u)
		}
		if !slices.ContainsFunc(holes, func(u any) bool { return u != nil }) {
			return known, nil
		}
		return known, holes
	case string:
		if p.hole(v) {
			return nil, true
		}
		if text, own := strings.CutPrefix(v, "?"); own && p.kind == "annotated" {
			notes.Placeholders[text] = address
			return text, nil
		}
	}
	return v, nil
}

// code is how the configuration of a plan shows a value.
func (p *paper) code(v any) any {
	switch v := v.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, each := range v {
			if each == "?" { // left to AWS
				continue
			}
			all[key] = p.code(each)
		}
		return all
	case []any:
		var references []string
		for _, each := range v {
			if s, ok := each.(string); ok && p.hole(s) {
				references = append(references, referencesIn(s)...)
			}
		}
		if references != nil {
			return map[string]any{"references": references}
		}
		if len(v) > 0 {
			if _, ok := v[0].(map[string]any); ok {
				var all []any
				for _, each := range v {
					all = append(all, p.code(each))
				}
				return all
			}
		}
	case string:
		if p.hole(v) {
			return map[string]any{"references": referencesIn(v)}
		}
	}
	return map[string]any{"constant_value": v}
}

// referencesIn are an expression and what it begins with, as Terraform lists them.
func referencesIn(s string) []string {
	s = strings.TrimPrefix(s, "=")
	all := []string{s}
	if k := strings.LastIndexByte(s, '.'); strings.Count(s, ".") > 1 {
		all = append(all, s[:k])
	}
	return all
}

func (p *paper) contents() network.Contents {
	p.t.Helper()
	c, err := Parse(p.text(), "plan.json", Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func (p *paper) network() *network.Network {
	p.t.Helper()
	return network.New(p.contents())
}

// answer answers a question about a port of a destination.
func (p *paper) answer(source, destination string) *report.Can {
	p.t.Helper()
	return ask(p.t, p.network(), source, destination)
}

func ask(t *testing.T, n *network.Network, source, destination string) *report.Can {
	t.Helper()
	a, err := query.New(n).Can(query.Question{Source: source, Destination: destination})
	if err != nil {
		t.Fatalf("%s → %s: %v", source, destination, err)
	}
	return a
}

// can checks the verdict of a question about a port of a destination.
func (p *paper) can(source, destination string, want report.Verdict) {
	p.t.Helper()
	check(p.t, p.network(), source, destination, want)
}

func check(t *testing.T, n *network.Network, source, destination string, want report.Verdict) {
	t.Helper()
	if a := ask(t, n, source, destination); a.Verdict != want {
		raw, _ := json.MarshalIndent(a.Parts, "", " ")
		t.Errorf("%s → %s: %s, want %s\nassumptions %q\n%s", source, destination, a.Verdict, want, a.Assumptions, raw)
	}
}
