package tfcode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	goversion "github.com/hashicorp/go-version"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

var errNotInstalled = errors.New("the provider is not installed")

// fullSource is a provider's source with the registry that Terraform has it from.
func (c *configuration) fullSource(source string) string {
	if strings.Count(source, "/") == 2 {
		return source
	}
	return c.registry() + "/" + source
}

// installedVersion is the version of a provider that terraform init put into the folder: the locked one, or the newest. Empty where there is none.
func (c *chooser) installedVersion(source, lock string) string {
	dir := filepath.Join(c.dataDir, "providers", filepath.FromSlash(c.fullSource(source)))
	list, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var found []*goversion.Version
	for _, entry := range list {
		v, err := goversion.NewVersion(entry.Name())
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, entry.Name(), runtime.GOOS+"_"+runtime.GOARCH)); err != nil {
			continue
		}
		if entry.Name() == lock {
			return lock
		}
		found = append(found, v)
	}
	if len(found) == 0 {
		return ""
	}
	return slices.MaxFunc(found, func(a, b *goversion.Version) int { return a.Compare(b) }).Original()
}

// printed is the schema that the user's own provider prints. It is kept by version, for that takes seconds.
func (c *chooser) printed(ctx context.Context, source, lock string) (*schema.Provider, error) {
	version := c.installedVersion(source, lock)
	if version == "" {
		return nil, errNotInstalled
	}
	kept := ""
	if cache, err := os.UserCacheDir(); err == nil {
		kept = filepath.Join(cache, "watertight", "schemas", strings.ReplaceAll(c.fullSource(source), "/", "_")+"_"+version+".json")
		if raw, err := os.ReadFile(kept); err == nil {
			if p, err := schema.Parse(raw, source); err == nil {
				p.Version = version
				return p, nil
			}
		}
	}
	c.options.say("asking %s %s for its schema", source, version)
	raw, err := c.printSchema(ctx, source, version)
	if err != nil {
		return nil, err
	}
	p, err := schema.Parse(raw, source)
	if err != nil {
		return nil, err
	}
	p.Version = version
	if kept != "" && os.MkdirAll(filepath.Dir(kept), 0o755) == nil {
		if temporary, err := os.CreateTemp(filepath.Dir(kept), "schema"); err == nil { // kept whole or not at all
			_, err := temporary.Write(raw)
			if closed := temporary.Close(); err == nil && closed == nil {
				_ = os.Rename(temporary.Name(), kept)
			}
			_ = os.Remove(temporary.Name())
		}
	}
	return p, nil
}

// printSchema runs terraform providers schema in a folder of its own, with what is installed in the user's.
func (c *chooser) printSchema(ctx context.Context, source, version string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "watertight-schema-")
	if err != nil {
		return nil, fmt.Errorf("a temporary folder cannot be made: %w", err)
	}
	defer os.RemoveAll(dir)
	code := fmt.Sprintf("terraform {\n  required_providers {\n    it = { source = %q, version = %q }\n  }\n}\n", c.fullSource(source), "= "+version)
	settings := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(c.dataDir, "providers"))
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "main.tf"), []byte(code), 0o600), os.WriteFile(filepath.Join(dir, "settings.rc"), []byte(settings), 0o600)); err != nil {
		return nil, err
	}
	r := runner{terraform: c.options.Terraform, dir: dir, env: append(c.options.offline(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "settings.rc"))}
	if _, said, err := r.run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return nil, fmt.Errorf("%s %s is installed in %s, and cannot be started: %w\n%s", source, version, c.shown, err, said)
	}
	out, said, err := r.run(ctx, "providers", "schema", "-json")
	if err != nil {
		return nil, fmt.Errorf("%s %s does not print its schema: %w\n%s", source, version, err, said)
	}
	return out, nil
}
