package tfcode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// runner runs Terraform in a folder.
type runner struct {
	terraform string
	dir       string
	env       []string
}

// run runs one command of Terraform, and returns what it prints on standard output and on standard error.
func (r runner) run(ctx context.Context, args ...string) (stdout, stderr []byte, err error) {
	cmd := exec.CommandContext(ctx, r.terraform, args...)
	cmd.Dir, cmd.Env = r.dir, append(r.env, "PWD="+r.dir)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		err = notFound(r.terraform)
	case ctx.Err() != nil:
		err = ctx.Err()
	}
	return out.Bytes(), said.Bytes(), err
}

// errNoTerraform tells that the program itself is missing.
type errNoTerraform struct{ name string }

func (e *errNoTerraform) Error() string {
	return fmt.Sprintf("%s is not on the PATH: install it, or name it with --terraform FILE", e.name)
}

func notFound(name string) error { return &errNoTerraform{name} }

// find finds the program.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", notFound(name)
	}
	return path, nil
}

// offline is the environment for Terraform: the user's, without credentials, without settings that change what a command prints or where it writes, and without a
// way out to the network.
func (o Options) offline() []string {
	var env []string
	for _, pair := range o.Env {
		name, _, _ := strings.Cut(pair, "=")
		upper := strings.ToUpper(name)
		switch {
		case strings.HasPrefix(name, "TF_VAR_"):
		case strings.HasPrefix(name, "TF_"), strings.HasPrefix(name, "TOFU_"), strings.HasPrefix(upper, "AWS_"), strings.HasSuffix(upper, "_PROXY"),
			strings.HasPrefix(upper, "KUBE"), upper == "PWD", upper == "OLDPWD", upper == "CHECKPOINT_DISABLE":
			continue
		}
		env = append(env, pair)
	}
	const nobody = "http://127.0.0.1:9" // the discard port
	return append(env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0",
		"HTTP_PROXY="+nobody, "HTTPS_PROXY="+nobody, "http_proxy="+nobody, "https_proxy="+nobody, "NO_PROXY=", "no_proxy=",
		"AWS_EC2_METADATA_DISABLED=true")
}

// env reads a variable of the user's environment.
func (o Options) env(name string) string {
	for i := len(o.Env) - 1; i >= 0; i-- {
		if key, value, _ := strings.Cut(o.Env[i], "="); key == name {
			return value
		}
	}
	return ""
}
