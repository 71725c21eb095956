package compile_test

import (
	"testing"

	"github.com/watertight/watertight/internal/blueprint"
	"github.com/watertight/watertight/internal/compile"
	"github.com/watertight/watertight/internal/intent"
	"github.com/watertight/watertight/internal/synth"
)

// BenchmarkOrganization reads and compiles an organization of 50 environments with 2,100 roles.
func BenchmarkOrganization(b *testing.B) {
	text := []byte(synth.Segmentation(50, 2000))
	b.ReportAllocs()
	for b.Loop() {
		s, err := intent.Parse(map[string][]byte{"watertight.hcl": text})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := compile.Terraform(blueprint.New(s), compile.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
