package shadow_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/source/shadow"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// run is a folder in which Terraform runs with shadows, and never with a network.
type run struct {
	t      testing.TB
	folder string
	config shadow.Config
	record shadow.Record // of the last command
	env    []string
}

// block finds the types that a configuration uses.
var block = regexp.MustCompile(`(?m)^\s*(resource|data|ephemeral) "([a-z0-9_]+)"`)

// newRun copies a folder of testdata, and prepares the providers that it uses.
func newRun(t testing.TB, from string, major int) *run {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed: nothing plans against the shadow")
	}
	r := &run{t: t, folder: t.TempDir()}
	if err := os.CopyFS(r.folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	r.serve(major)
	return r
}

// serve prepares schemas for what is in the folder now.
func (r *run) serve(major int) {
	r.t.Helper()
	types := map[string][]string{}
	err := filepath.WalkDir(r.folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".tf" {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[2], "aws_") {
				types[m[1]] = append(types[m[1]], m[2])
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	aws, missing, err := schema.AWS(major, types["resource"], types["data"], types["ephemeral"])
	if err != nil || len(missing) > 0 {
		r.t.Fatal(missing, err)
	}
	r.config = shadow.Config{Schemas: map[string]*schema.Provider{"hashicorp/aws": aws}, Folder: r.folder}
	for _, name := range []string{"random", "tls", "time", "local", "null", "archive", "http", "template", "cloudinit", "external"} {
		r.config.Schemas["hashicorp/"+name], _ = schema.Small("hashicorp/" + name)
	}
}

// terraform runs a command; it has to succeed.
func (r *run) terraform(args ...string) []byte {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (r *run) try(args ...string) ([]byte, error) {
	r.t.Helper()
	server, err := shadow.Start(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	rc := filepath.Join(r.t.TempDir(), "rc")
	if err := os.WriteFile(rc, nil, 0o600); err != nil {
		r.t.Fatal(err)
	}
	command := exec.Command("terraform", args...)
	command.Dir = r.folder
	// A proxy that is not there: whatever asks the network fails.
	command.Env = append(os.Environ(), "TF_REATTACH_PROVIDERS="+server.Reattach(), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "AWS_EC2_METADATA_DISABLED=true")
	command.Env = append(command.Env, r.env...)
	var out, trouble bytes.Buffer
	command.Stdout, command.Stderr = &out, &trouble
	err = command.Run()
	r.record = server.Record()
	if closed := server.Close(); closed != nil {
		r.t.Error(closed)
	}
	if err != nil {
		return append(out.Bytes(), trouble.Bytes()...), err
	}
	return out.Bytes(), nil
}

// plan is the part of the plan document that the tests look at.
type plan struct {
	Changes []change `json:"resource_changes"`
	Values  struct {
		Outputs map[string]struct{ Value any }
	} `json:"planned_values"`
	Outputs map[string]struct {
		After   any
		Unknown any `json:"after_unknown"`
	} `json:"output_changes"`
	Checks []struct{ Status string }
}

type change struct {
	Address  string
	Previous string `json:"previous_address"`
	Mode     string
	Type     string
	Change   struct {
		Actions       []string
		Before, After map[string]any
		Unknown       any `json:"after_unknown"`
		Importing     *struct{ ID string }
		Replace       [][]any `json:"replace_paths"`
	}
}

// plan plans, and reads the plan.
func (r *run) plan(args ...string) plan {
	r.t.Helper()
	r.terraform("init", "-input=false", "-no-color")
	r.terraform(append([]string{"plan", "-input=false", "-refresh=false", "-lock=false", "-no-color", "-out=plan.bin"}, args...)...)
	record := r.record
	raw := r.terraform("show", "-json", "plan.bin")
	r.record = record
	var p plan
	if err := json.Unmarshal(raw, &p); err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (p plan) change(t *testing.T, address string) change {
	t.Helper()
	i := slices.IndexFunc(p.Changes, func(c change) bool { return c.Address == address })
	if i < 0 {
		t.Fatalf("%s is not in the plan", address)
	}
	return p.Changes[i]
}

// unknowns are the paths that a plan leaves open.
func unknowns(x any, path string) []string {
	var out []string
	switch x := x.(type) {
	case bool:
		if x {
			out = append(out, path)
		}
	case map[string]any:
		for k, v := range x {
			out = append(out, unknowns(v, path+"."+k)...)
		}
	case []any:
		for _, v := range x {
			out = append(out, unknowns(v, path+"[]")...)
		}
	}
	return out
}
