package shadow_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Where the configuration says the address of an instance, equal instances have the same placeholders in every run; the argument itself is not in the plan.
func TestAddressTellsEqualInstancesApart(t *testing.T) {
	r := newRun(t, "testdata/before", 6)
	code := `
resource "aws_eip" "a" {
  count = 6
  at    = "aws_eip.a[${count.index}]"
}
`
	if err := os.WriteFile(filepath.Join(r.folder, "main.tf"), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	r.serve(6)
	r.config.Address = "at"
	first := map[string]any{}
	for range 3 {
		for _, c := range r.plan().Changes {
			id := c.Change.After["id"]
			if before, ok := first[c.Address]; ok && before != id {
				t.Errorf("%s is %v in one run, and %v in another", c.Address, before, id)
			}
			first[c.Address] = id
			if c.Change.After["at"] != nil {
				t.Errorf("%s is planned with at = %v", c.Address, c.Change.After["at"])
			}
		}
	}
	if len(first) != 6 {
		t.Errorf("%d instances are planned", len(first))
	}
}
