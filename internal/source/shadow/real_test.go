package shadow_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// mirror names a variable of the environment: a folder from which Terraform can install the real provider (a filesystem mirror).
const mirror = "WATERTIGHT_PROVIDER_MIRROR"

// What the real provider knows at plan time, the shadow plans alike: arguments as the provider keeps them, defaults, tags.
func TestRealProvider(t *testing.T) {
	folder := os.Getenv(mirror)
	if _, err := os.Stat(filepath.Join(folder, "registry.terraform.io/hashicorp/aws/5.100.0")); folder == "" || err != nil {
		t.Skipf("%s names no mirror with provider 5.100.0: its plan is not compared with the shadow's", mirror)
	}
	r := newRun(t, "testdata/defaults", 5)
	rc := filepath.Join(t.TempDir(), "rc")
	if err := os.WriteFile(rc, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", folder), 0o600); err != nil {
		t.Fatal(err)
	}
	real := t.TempDir()
	if err := os.CopyFS(real, os.DirFS("testdata/defaults")); err != nil {
		t.Fatal(err)
	}
	var p plan
	for _, args := range [][]string{{"init"}, {"plan", "-refresh=false", "-out=plan.bin"}, {"show", "-json", "plan.bin"}} {
		command := exec.Command("terraform", args...)
		command.Dir = real
		command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "AWS_EC2_METADATA_DISABLED=true")
		out, err := command.Output()
		if err != nil {
			t.Fatalf("the real provider: %v: %v\n%s", args, err, out)
		}
		if args[0] == "show" {
			if err := json.Unmarshal(out, &p); err != nil {
				t.Fatal(err)
			}
		}
	}
	ours, compared := r.plan(), 0
	var compare func(path string, want, unknown, got any)
	compare = func(path string, want, unknown, got any) {
		if unknown == true {
			return
		}
		switch w := want.(type) {
		case map[string]any:
			if g, ok := got.(map[string]any); ok {
				u, _ := unknown.(map[string]any)
				for _, k := range slices.Sorted(maps.Keys(g)) { // the shadow's has what is unknown, too
					compare(path+"."+k, w[k], u[k], g[k])
				}
				return
			}
		case []any:
			if g, ok := got.([]any); ok && len(g) == len(w) {
				u, _ := unknown.([]any)
				for i := range w {
					if i < len(u) {
						compare(fmt.Sprintf("%s[%d]", path, i), w[i], u[i], g[i])
					} else {
						compare(fmt.Sprintf("%s[%d]", path, i), w[i], nil, g[i])
					}
				}
				return
			}
		}
		if compared++; !reflect.DeepEqual(want, got) {
			t.Errorf("%s is %v, the shadow plans %v", path, want, got)
		}
	}
	for _, c := range p.Changes {
		compare(c.Address, c.Change.After, c.Change.Unknown, ours.change(t, c.Address).Change.After)
	}
	if compared < 1000 {
		t.Errorf("only %d values were compared", compared)
	}
	t.Logf("%d values", compared)
}
