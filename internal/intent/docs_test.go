package intent

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocs runs the examples of docs/language.md: the first loads, is formatted, and is laid out as the page says; the second, a VPC that exists already, loads; the third has the errors that are shown.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	var code, shown []string
	var example string
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		switch m[1] {
		case "hcl":
			code = append(code, m[2])
		case "json":
			example = m[2]
		default:
			shown = append(shown, m[2])
		}
	}
	if len(code) != 3 || len(shown) != 2 || example == "" {
		t.Fatalf("%d examples, %d outputs", len(code), len(shown))
	}
	for _, text := range code {
		if out, err := Format([]byte(text), "watertight.hcl"); err != nil || string(out) != text {
			t.Errorf("not formatted: %v\n%s", err, out)
		}
	}
	s, err := Parse(map[string][]byte{"watertight.hcl": []byte(code[0])})
	if err != nil {
		t.Fatal(err)
	}
	e := s.Environments[0]
	layout := fmt.Sprintf("%-14s %s\n", e.Block, e.Name)
	tiers := slices.Concat(e.Tiers, e.Infrastructure)
	slices.SortFunc(tiers, func(a, b *Tier) int { return netip.Prefix.Compare(a.Reserve, b.Reserve) })
	for _, tier := range tiers {
		start := fmt.Sprintf("%-14s   %-8s ", tier.Reserve, tier.Name)
		for i, subnet := range tier.Subnets {
			layout += fmt.Sprintf("%s%-13s %s\n", start, subnet, e.Zones[i])
			start = strings.Repeat(" ", len(start))
		}
	}
	if shown[0] != layout {
		t.Errorf("the layout is\n%s", layout)
	}
	if s, err := Parse(map[string][]byte{"watertight.hcl": []byte(code[1])}); err != nil || s.Environments[0].VPC == "" || len(s.Environments[0].Infrastructure) > 0 || len(s.Environments[0].Tiers[0].Subnets) != 3 {
		t.Errorf("the VPC that exists already: %v", err)
	}
	wrong := strings.TrimPrefix(code[2], "# error:\n")
	if _, err := Parse(map[string][]byte{"watertight.hcl": []byte(wrong)}); err == nil || err.Error()+"\n" != shown[1] {
		t.Errorf("the errors are\n%v", err)
	}
	decl := regexp.MustCompile(`(?s)service "prod" "db" \{.*?\n\}\n`).ReplaceAllString(code[0], "")
	decl = strings.Replace(decl, `flow "app" "db" { reason = "orders" }`, "", 1)
	if s, err := Parse(map[string][]byte{"a.hcl": []byte(decl), "b.hcl.json": []byte(example)}); err != nil || len(s.Flows) != 3 {
		t.Error(err)
	}
}

// TestAcme holds the example: it loads, and is formatted.
func TestAcme(t *testing.T) {
	s, err := Load("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Environments) != 4 || len(s.Flows) != 6 {
		t.Errorf("%d environments, %d flows", len(s.Environments), len(s.Flows))
	}
	text, err := os.ReadFile("../../examples/acme/watertight.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := Format(text, "watertight.hcl"); err != nil || string(out) != string(text) {
		t.Errorf("%v\n%s", err, out)
	}
}
