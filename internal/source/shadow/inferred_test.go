package shadow_test

import (
	"fmt"
	"testing"

	"github.com/watertight/watertight/internal/source/shadow"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// A provider that nobody has installed plans by a schema that is made up from what the configuration uses.
func TestInferred(t *testing.T) {
	r := newRun(t, "testdata/inferred", 6)
	p, _, err := schema.Infer("hashicorp/kubernetes", []schema.Use{
		{Kind: schema.KindProvider, Body: schema.Body{Arguments: []string{"host"}}},
		{
			Kind: schema.KindResource, Type: "kubernetes_namespace",
			Body:  schema.Body{Blocks: map[string][]schema.Body{"metadata": {{Arguments: []string{"name", "labels"}}}}},
			Reads: []string{"metadata[].name"},
		},
		{
			Kind: schema.KindResource, Type: "kubernetes_service",
			Body: schema.Body{
				Arguments: []string{"wait_for_load_balancer"},
				Blocks: map[string][]schema.Body{
					"metadata": {{Arguments: []string{"name", "namespace"}}},
					"spec":     {{Arguments: []string{"type"}, Blocks: map[string][]schema.Body{"port": {{Arguments: []string{"port"}}, {Arguments: []string{"port", "protocol"}}}}}},
				},
			},
			Reads: []string{"metadata[].uid", "metadata[].namespace", "status[].load_balancer[].ingress[].hostname", "id", "spec[].port[].port"},
		},
		{
			Kind: schema.KindData, Type: "kubernetes_secret",
			Body:  schema.Body{Blocks: map[string][]schema.Body{"metadata": {{Arguments: []string{"name"}}}}},
			Reads: []string{"data.token"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.config = shadow.Config{Schemas: map[string]*schema.Provider{"hashicorp/kubernetes": p}}
	d := r.plan()
	for _, c := range d.Changes {
		if u := unknowns(c.Change.Unknown, ""); len(u) > 0 && c.Mode == "managed" {
			t.Errorf("%s: unknown are %v", c.Address, u)
		}
	}
	f := facts(t, d)
	if f["namespace"] != "apps" || fmt.Sprint(f["port"]) != "443" {
		t.Errorf("facts are %v", f)
	}
	for _, name := range []string{"names", "ids"} {
		l, _ := f[name].([]any)
		if len(l) != 2 || l[0] == l[1] || l[0] == "" {
			t.Errorf("%s are %v", name, l)
		}
	}
	if len(r.record.Planned) != 3 || len(r.record.Planned[2].Placeholders) == 0 {
		t.Errorf("on record are %v", r.record.Planned)
	}
}
