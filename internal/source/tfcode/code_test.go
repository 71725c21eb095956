package tfcode

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// load scans a folder, without Terraform.
func load(t *testing.T, dir string) *configuration {
	t.Helper()
	c, err := scan(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.load(nil); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSuppressions(t *testing.T) {
	folder(t, `
-- infra/main.tf --
# watertight:ignore open-to-internet until=2027-01-31 the status page is public
# and stays so
resource "aws_security_group" "web" {
  name = "web" # watertight:ignore naming until=2027-02-01 an old name
}

/* watertight:ignore acl-replies until=2027-01-31
   in C style */
resource "aws_network_acl" "x" {
}

# watertight:ignore naming until=2027-01-31 nothing follows

resource "aws_vpc" "x" {
  # watertight:ignore naming
  # watertight:ignore naming until=tomorrow because
  # watertight:ignore naming until=2027-01-31
  // watertight:ignore until=2027-01-31 because
}
module "a" {
  source = "./m"
}
module "b" {
  source = "./m"
}
-- infra/m/main.tf --
# watertight:ignore naming until=2027-01-31 shared
resource "aws_vpc" "y" {
}
`)
	list, warnings := load(t, "infra").suppressions()
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprintf("%s:%d %s %s %s: %s", s.File, s.Line, s.Address, s.Rule, s.Until, s.Reason))
	}
	want := []string{
		"infra/main.tf:1 aws_security_group.web open-to-internet 2027-01-31: the status page is public",
		"infra/main.tf:4 aws_security_group.web naming 2027-02-01: an old name",
		"infra/m/main.tf:1 module.a.aws_vpc.y naming 2027-01-31: shared",
		"infra/m/main.tf:1 module.b.aws_vpc.y naming 2027-01-31: shared",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	wants(t, strings.Join(warnings, "\n"),
		"infra/main.tf:7: watertight:ignore acl-replies gives no reason",
		"infra/main.tf:12: this watertight:ignore belongs to no resource",
		"infra/main.tf:15: watertight:ignore naming has no end date: write # watertight:ignore RULE until=YYYY-MM-DD REASON",
		"infra/main.tf:16: watertight:ignore naming: until=tomorrow is not a date",
		"infra/main.tf:17: watertight:ignore naming gives no reason",
		"infra/main.tf:18: watertight:ignore names no rule")
}

func TestAWSMajor(t *testing.T) {
	for _, c := range []struct {
		lock        string
		constraints []string
		major       int
		warns       bool
	}{
		{"", nil, 6, false},
		{"", []string{">= 4.0"}, 6, false},
		{"", []string{"~> 5.0"}, 5, false},
		{"", []string{">= 5.0", "< 6"}, 5, false},
		{"", []string{">= 5.0", "< 6.0.0"}, 5, false},
		{"", []string{"= 5.31.2"}, 5, false},
		{"", []string{"5.31.2"}, 5, false},
		{"", []string{"~> 6.20"}, 6, false},
		{"", []string{"~> 5.80.1"}, 5, false},
		{"", []string{"~> 4.0"}, 5, true},
		{"", []string{">= 7.0"}, 6, true},
		{"", []string{"~> 5.0", "~> 6.0"}, 6, true},
		{"5.100.0", []string{">= 5.0"}, 5, false},
		{"6.2.0", []string{"~> 5.0"}, 6, false},
		{"4.67.0", nil, 5, true},
		{"7.1.0", nil, 6, true},
	} {
		var list []constraint
		for _, text := range c.constraints {
			list = append(list, constraint{text, place{"main.tf", 1}})
		}
		major, warning := awsMajor(c.lock, list)
		if major != c.major || (warning != "") != c.warns {
			t.Errorf("lock %q, constraints %q: major %d, warning %q", c.lock, c.constraints, major, warning)
		}
	}
}

// Providers are found by the names that each module gives them.
func TestProviders(t *testing.T) {
	folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    amazon = { source = "registry.terraform.io/hashicorp/aws", version = "~> 5.0" }
    cloud  = { source = "example.com/acme/cloud" }
  }
}
resource "aws_vpc" "a" {
  provider = amazon.east
}
resource "cloud_x" "b" {
}
resource "random_id" "c" {
}
resource "terraform_data" "d" {
}
data "aws_vpc" "e" {
  provider = amazon
}
`)
	c := load(t, "infra")
	got := map[string]string{}
	for _, b := range c.modules[0].blocks {
		got[b.address()] = b.provider
	}
	for address, want := range map[string]string{
		"aws_vpc.a": "hashicorp/aws", "cloud_x.b": "example.com/acme/cloud", "random_id.c": "hashicorp/random", "terraform_data.d": builtin, "data.aws_vpc.e": "hashicorp/aws",
	} {
		if got[address] != want {
			t.Errorf("%s is of %s, not of %s", address, got[address], want)
		}
	}
	constraints := c.providers()
	if len(constraints) != 3 || len(constraints["hashicorp/aws"]) != 1 || constraints["hashicorp/aws"][0].at.line != 3 {
		t.Errorf("%+v", constraints)
	}
}

// OpenTofu reads its own files, and of two with the same name only its own.
func TestTofuFiles(t *testing.T) {
	folder(t, `
-- a.tf --
-- a.tofu --
-- b.tf --
-- c_override.tf --
-- .hidden.tf --
-- d.tf.json --
-- override.tf --
-- e.tftest.hcl --
`)
	for tofu, want := range map[bool]string{false: "a.tf b.tf d.tf.json c_override.tf override.tf", true: "a.tofu b.tf d.tf.json c_override.tf override.tf"} {
		names, err := codeFiles(".", tofu)
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("tofu %v: %s, %v", tofu, got, err)
		}
	}
}

// Sources of local modules are recorded as terraform init records them.
func TestLocalSource(t *testing.T) {
	for source, want := range map[string]string{"./a": "./a", "./a/": "./a", "../": "./..", "../a//b": "../a/b", "./a/../b": "./b", "../..": "../.."} {
		if got, ok := localSource(source); !ok || got != want {
			t.Errorf("%s: %s, not %s", source, got, want)
		}
	}
	for _, source := range []string{"terraform-aws-modules/vpc/aws", "git::https://example.com/x.git", "github.com/a/b", "/absolute"} {
		if _, ok := localSource(source); ok {
			t.Errorf("%s is not local", source)
		}
	}
}

// Edits keep the number of every line, and the code stays code.
func TestBackendIsTakenOut(t *testing.T) {
	folder(t, `
-- infra/main.tf --
terraform {
  backend "s3" {
    key = "}"
  }
  required_version = ">= 1"
}
-- infra/other.tf.json --
{"terraform": [{"cloud": {"workspaces": {"name": "prod"}}, "required_version": ">= 1"}]}
`)
	c := load(t, "infra")
	for path, f := range c.files {
		text := string(f.edited())
		if strings.Count(text, "\n") != strings.Count(string(f.src), "\n") {
			t.Errorf("%s has other lines:\n%s", path, text)
		}
		if strings.Contains(text, `"s3"`) || strings.Contains(text, `"cloud"`) || !strings.Contains(text, "required_version") {
			t.Errorf("%s is\n%s", path, text)
		}
	}
	if c.workspace != "prod" {
		t.Errorf("the workspace is %q", c.workspace)
	}
}

func TestMembers(t *testing.T) {
	src := []byte(`{"a": {"b": "x\"y", "c": [{"d": 1}, {"d": true}]}, "e":null}`)
	var got []string
	for _, m := range members(src) {
		got = append(got, strings.Join(m.path, ".")+"="+string(src[m.start:m.end])+" "+string(src[m.key:m.keyEnd]))
	}
	want := []string{`a.b="x\"y" "b"`, `a.c.d=1 "d"`, `a.c.d=true "d"`, `a.c=[{"d": 1}, {"d": true}] "c"`, `a={"b": "x\"y", "c": [{"d": 1}, {"d": true}]} "a"`, `e=null "e"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestSteps(t *testing.T) {
	for source, want := range map[string]string{
		"a.b.c":                    "a.b.c",
		`a.b["k"].c`:               "a.b.k.c",
		"a.b[0].c":                 "a.b[].c",
		"a.b[each.key].c":          "a.b[].c",
		"a.b[*].c.d":               "a.b[].c.d",
		"a.b[*].c[0].d":            "a.b[].c[].d",
		"(a.b).c":                  "a.b.c",
		`"x"`:                      "",
		"data.x.y.outputs.z[1].id": "data.x.y.outputs.z[].id",
	} {
		e, diagnostics := hclsyntax.ParseExpression([]byte(source), "x", hcl.InitialPos)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		got := ""
		for i, s := range steps(e) {
			switch {
			case s.index:
				got += "[]"
			case i > 0:
				got += "." + s.name
			default:
				got += s.name
			}
		}
		if got != want {
			t.Errorf("%s: %s, not %s", source, got, want)
		}
	}
}

// What is replaced is a text by itself, the longest first; whatever stands beside a distinctive one.
func TestReplacer(t *testing.T) {
	r := newReplacer(map[string]string{
		"vpc-0123456789abcdef0": "VPC", "arn:aws:ec2:::vpc/vpc-0123456789abcdef0": "ARN", "10.0.1.4": "10.0.1.9", "k3v": "K",
	})
	for in, want := range map[string]string{
		`"vpc-0123456789abcdef0"`:                  `"VPC"`,
		`xvpc-0123456789abcdef0y`:                  `xVPCy`,
		`arn:aws:ec2:::vpc/vpc-0123456789abcdef0/`: `ARN/`,
		`arn:aws:ec2:::vpc/vpc-0123456789abcdef1`:  `arn:aws:ec2:::vpc/vpc-0123456789abcdef1`,
		`10.0.1.4 10.0.1.45 110.0.1.4 10.0.1.4/32`: `10.0.1.9 10.0.1.45 110.0.1.4 10.0.1.9/32`,
		`1.10.0.1.4 10.0.1.4.5 10.0.1.4.`:          `1.10.0.1.4 10.0.1.4.5 10.0.1.9.`,
		`"a\n10.0.1.4\n\u003c10.0.1.4"`:            `"a\n10.0.1.9\n\u003c10.0.1.9"`,
		`k3vx xk3v k3v-k3v`:                        `k3vx xk3v K-K`,
	} {
		if got := string(r.replace([]byte(in))); got != want {
			t.Errorf("%s becomes %s, not %s", in, got, want)
		}
	}
}

func BenchmarkReplacer(b *testing.B) {
	texts := map[string]string{}
	var doc strings.Builder
	for i := range 20_000 {
		id := fmt.Sprintf("subnet-0%016x", i*7919+0xabcdef)
		texts[id] = id
		texts["arn:aws:ec2:us-east-1:123456789012:subnet/"+id] = id
	}
	keys := sortedKeys(texts)
	for i := 0; doc.Len() < 100<<20; i++ {
		fmt.Fprintf(&doc, `{"address":"aws_subnet.this[%d]","values":{"id":%q,"assign_ipv6_address_on_creation":false,"cidr_block":"10.0.0.0/24"}},`, i, keys[i%len(keys)])
	}
	raw := []byte(doc.String())
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		newReplacer(texts).replace(raw)
	}
}

// What only chance decides is found; names and what the code says are left alone.
func TestParts(t *testing.T) {
	known := map[string]bool{"web01prod": true}
	for text, want := range map[string]string{
		"vpc-0123456789abcdef0":                         "0123456789abcdef0",
		"Z0123456789ABCDEF0123":                         "Z0123456789ABCDEF0123",
		"web20240101120000000000000001":                 "20240101120000000000000001",
		"arn:aws:s3:::logs-20240101":                    "",
		"arn:aws:iam::123456789012:role/":               "",
		"applicationloadbalancer":                       "",
		"web01prod.c9akciq32rgw.us-east-1.rds.x":        "c9akciq32rgw",
		"ip-10-0-1-4.ec2.internal":                      "10-0-1-4",
		"02:ab:cd:ef:01:23":                             "02:ab:cd:ef:01:23",
		"key/12345678-1234-1234-1234-123456789abc":      "12345678-1234-1234-1234-123456789abc",
		"arn:aws:secretsmanager:x:1:secret:db-a-QxjhOH": "QxjhOH",
		"ns-041.awsdns-59.com":                          "04159",
		"internal-1234567890.us-east-1.elb.amazonaws":   "1234567890",
	} {
		got := ""
		for _, p := range parts(text, known) {
			got += text[p.start:p.end]
		}
		if got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}

// Sets are in the order of their texts, and what stands beside them follows.
func TestPermute(t *testing.T) {
	var v struct{ A, B []any }
	if err := json.Unmarshal([]byte(`{"A":["c","a","b"],"B":[{"n":"c"},{"n":"a"},{"n":"b"}]}`), &v); err != nil {
		t.Fatal(err)
	}
	permute(v.A, []any{v.B, []any{"too short"}})
	if got := fmt.Sprint(v.A, v.B); got != "[a b c] [map[n:a] map[n:b] map[n:c]]" {
		t.Error(got)
	}
}

func TestWithoutIndexes(t *testing.T) {
	for in, want := range map[string]string{
		`module.a["x.y"].module.b[0].aws_vpc.c["d\"]e"]`: "module.a.module.b.aws_vpc.c", "aws_vpc.c": "aws_vpc.c",
	} {
		if got := withoutIndexes(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// The copy holds what the code can name, and the originals stay where they are.
func TestCopy(t *testing.T) {
	dir := folder(t, `
-- repo/envs/prod/main.tf --
module "m" {
  source = "../../modules/m"
}
-- repo/envs/prod/files/x.json --
{}
-- repo/envs/prod/terraform.tfstate --
{}
-- repo/envs/prod/.terraform/providers/big --
-- repo/envs/shared.json --
{}
-- repo/modules/m/main.tf --
-- repo/modules/m/policy.json --
-- repo/policies/y.json --
-- repo/.git/config --
`)
	if err := os.WriteFile(filepath.Join(dir, "repo/envs/prod/large.bin"), make([]byte, mostCopied+1), 0o644); err != nil {
		t.Fatal(err)
	}
	c := load(t, "repo/envs/prod")
	tree, err := newTree(c.root)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.remove()
	if err := c.copy(tree, &early{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.tf", "files/x.json", "large.bin", "../shared.json", "../../modules/m/main.tf", "../../modules/m/policy.json", "../../policies/y.json"} {
		if _, err := os.Stat(filepath.Join(tree.dir, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"terraform.tfstate", ".terraform/providers", "../../.git"} {
		if _, err := os.Lstat(filepath.Join(tree.dir, name)); err == nil {
			t.Errorf("%s is in the copy", name)
		}
	}
}
