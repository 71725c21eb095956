package schema_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// printed is what Terraform printed of a version; the test is skipped where the file is not on this machine.
func printed(t *testing.T, version string) []byte {
	t.Helper()
	name := filepath.Join("../../../../../shared/terraform", "aws-schema-"+version+".json.gz")
	file, err := os.Open(name)
	if os.IsNotExist(err) {
		t.Skipf("%s is not there: the table of %s is not compared with what Terraform printed", name, version)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// written is a schema in the notation of `terraform providers schema -json`.
func written(s *tfprotov5.Schema) any {
	return map[string]any{"version": float64(s.Version), "block": writtenBlock(s.Block)}
}

func writtenBlock(b *tfprotov5.SchemaBlock) map[string]any {
	out := map[string]any{}
	if b.Deprecated {
		out["deprecated"] = true
	}
	attributes, blocks := map[string]any{}, map[string]any{}
	for _, a := range b.Attributes {
		m := map[string]any{}
		var t any
		raw, _ := a.Type.MarshalJSON() //nolint:staticcheck // the notation of the file
		_ = json.Unmarshal(raw, &t)
		m["type"] = t
		for name, set := range map[string]bool{
			"optional": a.Optional, "required": a.Required, "computed": a.Computed, "sensitive": a.Sensitive, "write_only": a.WriteOnly, "deprecated": a.Deprecated,
		} {
			if set {
				m[name] = true
			}
		}
		attributes[a.Name] = m
	}
	for _, n := range b.BlockTypes {
		m := map[string]any{"nesting_mode": strings.ToLower(n.Nesting.String()), "block": writtenBlock(n.Block)}
		if n.MinItems > 0 {
			m["min_items"] = float64(n.MinItems)
		}
		if n.MaxItems > 0 {
			m["max_items"] = float64(n.MaxItems)
		}
		blocks[n.TypeName] = m
	}
	if len(attributes) > 0 {
		out["attributes"] = attributes
	}
	if len(blocks) > 0 {
		out["block_types"] = blocks
	}
	return out
}

// bare takes descriptions away: those of attributes and blocks, not attributes that are called so.
func bare(block map[string]any) {
	delete(block, "description")
	delete(block, "description_kind")
	attributes, _ := block["attributes"].(map[string]any)
	for _, a := range attributes {
		delete(a.(map[string]any), "description")
		delete(a.(map[string]any), "description_kind")
	}
	blocks, _ := block["block_types"].(map[string]any)
	for _, n := range blocks {
		bare(n.(map[string]any)["block"].(map[string]any))
	}
}

// The tables say of every type, attribute and block what Terraform printed.
func TestTables(t *testing.T) {
	size := 0
	for major, version := range schema.AWSVersions() {
		info, err := os.Stat("aws-" + version + ".table")
		if err != nil {
			t.Fatal(err)
		}
		size += int(info.Size())
		t.Run(version, func(t *testing.T) {
			var doc struct {
				Providers map[string]map[string]json.RawMessage `json:"provider_schemas"`
			}
			if err := json.Unmarshal(printed(t, version), &doc); err != nil {
				t.Fatal(err)
			}
			source := doc.Providers["registry.terraform.io/hashicorp/aws"]
			read := func(kind string) map[string]map[string]any {
				all := map[string]map[string]any{}
				if err := json.Unmarshal(source[kind], &all); err != nil {
					t.Fatal(kind, err)
				}
				return all
			}
			resources, data, ephemeral := read("resource_schemas"), read("data_source_schemas"), read("ephemeral_resource_schemas")
			if len(resources) < 1500 || len(data) < 600 || len(ephemeral) < 7 {
				t.Fatalf("%d resources, %d data sources and %d ephemeral resources only", len(resources), len(data), len(ephemeral))
			}
			names := func(m map[string]map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
			p, missing, err := schema.AWS(major, names(resources), names(data), names(ephemeral))
			if err != nil || len(missing) > 0 {
				t.Fatal(missing, err)
			}
			compare := func(kind, name string, want map[string]any, s *tfprotov5.Schema) {
				bare(want["block"].(map[string]any))
				if got := written(s); !reflect.DeepEqual(any(want), got) {
					t.Errorf("%s %s: %s", kind, name, cmp.Diff(any(want), got))
				}
			}
			for name, want := range resources {
				compare("resource", name, want, p.Resources[name])
			}
			for name, want := range data {
				compare("data source", name, want, p.DataSources[name])
			}
			for name, want := range ephemeral {
				compare("ephemeral resource", name, want, p.Ephemeral[name])
			}
			var config map[string]any
			if err := json.Unmarshal(source["provider"], &config); err != nil {
				t.Fatal(err)
			}
			compare("provider", "aws", config, p.Config)
		})
	}
	if size > 1<<20 {
		t.Errorf("the tables have %d bytes together, a megabyte is allowed", size)
	}
}

// A table that nobody has opened yet gives thirty types in 50 ms.
func TestFast(t *testing.T) {
	types := strings.Fields(`aws_vpc aws_subnet aws_security_group aws_security_group_rule aws_vpc_security_group_ingress_rule aws_vpc_security_group_egress_rule
		aws_route_table aws_route aws_route_table_association aws_network_acl aws_network_acl_rule aws_internet_gateway aws_nat_gateway aws_eip aws_instance
		aws_lb aws_lb_listener aws_lb_target_group aws_vpc_endpoint aws_iam_role aws_iam_policy aws_s3_bucket aws_kms_key aws_eks_cluster aws_eks_node_group
		aws_ecs_service aws_db_instance aws_lambda_function aws_launch_template aws_autoscaling_group`)
	best := time.Hour
	for range 3 { // the machine may be busy
		start := time.Now()
		p, missing, err := schema.OpenAWS(6, types)
		best = min(best, time.Since(start))
		if err != nil || len(missing) > 0 || len(p.Resources) != 30 {
			t.Fatal(missing, err)
		}
	}
	if best > 50*time.Millisecond {
		t.Errorf("it took %s", best)
	}
	t.Log(best)
}

// What a table lacks is named; so is a version that is not there.
func TestMissing(t *testing.T) {
	p, missing, err := schema.AWS(5, []string{"aws_vpc", "aws_nothing"}, []string{"aws_none"}, []string{"aws_never"})
	if err != nil || len(p.Resources) != 1 {
		t.Fatal(p, err)
	}
	if d := cmp.Diff([]string{"aws_nothing", "data.aws_none", "ephemeral.aws_never"}, missing); d != "" {
		t.Error(d)
	}
	if _, _, err := schema.AWS(4, nil, nil, nil); err == nil || err.Error() != "the schema of hashicorp/aws 4 is not in the program: those of 5 and 6 are" {
		t.Error(err)
	}
}

// What is printed by Terraform is read, protocol 6 included.
func TestParse(t *testing.T) {
	text := `{"provider_schemas": {"registry.opentofu.org/acme/thing": {"provider": {"version": 0, "block": {}}, "resource_schemas": {"thing_x": {"version": 3, "block": {
		"attributes": {
			"description": {"type": "string", "required": true, "description": "gone"},
			"given": {"optional": true, "nested_type": {"nesting_mode": "list", "attributes": {"a": {"type": "string", "optional": true}}}},
			"made": {"computed": true, "nested_type": {"nesting_mode": "set", "attributes": {"b": {"type": ["list", "number"], "computed": true}}}}},
		"block_types": {"inner": {"nesting_mode": "map", "block": {}, "max_items": 2}}}}}}}}`
	p, err := schema.Parse([]byte(text), "acme/thing")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"version": 3.0, "block": map[string]any{
		"attributes": map[string]any{
			"description": map[string]any{"type": "string", "required": true},
			"given":       map[string]any{"type": "dynamic", "optional": true},
			"made":        map[string]any{"type": []any{"set", []any{"object", map[string]any{"b": []any{"list", "number"}}}}, "computed": true},
		},
		"block_types": map[string]any{"inner": map[string]any{"nesting_mode": "map", "block": map[string]any{}, "max_items": 2.0}},
	}}
	if d := cmp.Diff(any(want), written(p.Resources["thing_x"])); d != "" {
		t.Error(d)
	}
	if _, err := schema.Parse([]byte(text), "acme/other"); err == nil || err.Error() != "no schema of provider acme/other: there are those of registry.opentofu.org/acme/thing only" {
		t.Error(err)
	}
	if _, err := schema.Parse([]byte(`{}`), "acme/other"); err == nil || !strings.Contains(err.Error(), "terraform providers schema -json") {
		t.Error(err)
	}
}

// The small providers are there, with the types that are in use.
func TestSmall(t *testing.T) {
	for source, types := range map[string]string{
		"hashicorp/random": "random_id random_integer random_password random_string random_pet random_shuffle random_uuid random_bytes",
		"hashicorp/tls":    "tls_private_key tls_self_signed_cert tls_locally_signed_cert tls_cert_request data.tls_certificate data.tls_public_key",
		"hashicorp/null":   "null_resource data.null_data_source", "hashicorp/local": "local_file local_sensitive_file data.local_file",
		"hashicorp/archive": "data.archive_file", "hashicorp/time": "time_static time_sleep time_offset time_rotating", "hashicorp/http": "data.http",
		"registry.terraform.io/hashicorp/template": "data.template_file", "hashicorp/cloudinit": "data.cloudinit_config", "hashicorp/external": "data.external",
	} {
		p, ok := schema.Small(source)
		if !ok {
			t.Errorf("%s is not there", source)
			continue
		}
		for typ := range strings.FieldsSeq(types) {
			name, data := strings.CutPrefix(typ, "data.")
			if data && p.DataSources[name] == nil || !data && p.Resources[name] == nil {
				t.Errorf("%s has no %s", source, typ)
			}
		}
	}
	if _, ok := schema.Small("hashicorp/kubernetes"); ok {
		t.Error("hashicorp/kubernetes is not small")
	}
}

// A schema that is made up takes what a configuration sets, and gives what it reads in the shape in which it reads it.
func TestInfer(t *testing.T) {
	p, warnings, err := schema.Infer("hashicorp/kubernetes", []schema.Use{
		{Kind: schema.KindProvider, Body: schema.Body{Arguments: []string{"host"}}},
		{
			Kind: schema.KindResource, Type: "kubernetes_service",
			Body:  schema.Body{Arguments: []string{"wait"}, Blocks: map[string][]schema.Body{"metadata": {{Arguments: []string{"name"}}}, "spec": {{Arguments: []string{"type"}}}}},
			Reads: []string{"metadata[].uid", "status[].load_balancer[].ingress[].hostname", "wait"},
		},
		{Kind: schema.KindResource, Type: "kubernetes_service", Body: schema.Body{Arguments: []string{"timeout"}}, Reads: []string{"secret.token", "addresses[]"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(t any) map[string]any { return map[string]any{"type": t, "computed": true} }
	given := map[string]any{"type": "dynamic", "optional": true}
	object := func(name string, t any) any { return []any{"object", map[string]any{name: t}} }
	want := map[string]any{"version": 0.0, "block": map[string]any{
		"attributes": map[string]any{
			"id": attribute("string"), "wait": map[string]any{"type": "dynamic", "optional": true, "computed": true}, "timeout": given, "addresses": attribute([]any{"list", "string"}),
			"secret": attribute(object("token", "string")),
			"status": attribute([]any{"list", object("load_balancer", []any{"list", object("ingress", []any{"list", object("hostname", "string")})})}),
		},
		"block_types": map[string]any{
			"metadata": map[string]any{"nesting_mode": "list", "block": map[string]any{"attributes": map[string]any{"name": given, "uid": attribute("string")}}},
			"spec":     map[string]any{"nesting_mode": "list", "block": map[string]any{"attributes": map[string]any{"type": given}}},
		},
	}}
	if d := cmp.Diff(any(want), written(p.Resources["kubernetes_service"])); d != "" {
		t.Error(d)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "hashicorp/kubernetes") || !strings.Contains(warnings[0], "kubernetes_service") {
		t.Errorf("warnings are %q", warnings)
	}
}
