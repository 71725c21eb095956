package tfcode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// record is an entry of modules.json, which terraform init writes.
type record struct {
	Key     string `json:"Key"`
	Source  string `json:"Source"`
	Version string `json:"Version,omitempty"`
	Dir     string `json:"Dir"`
}

// absolute is the folder of the module.
func (r record) absolute(root string) string {
	dir := filepath.FromSlash(r.Dir)
	if filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return filepath.Join(root, dir)
}

// installed reads what terraform init installed, by key.
func installed(dataDir string) (map[string]record, error) {
	name := filepath.Join(dataDir, "modules", "modules.json")
	raw, err := os.ReadFile(name)
	all := map[string]record{}
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	} else if err != nil {
		return nil, err
	}
	var document struct{ Modules []record }
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("%s is not what terraform init writes (%w): run terraform init again", name, err)
	}
	for _, r := range document.Modules {
		all[r.Key] = r
	}
	return all, nil
}

// localSource is the source of a module in the same code base, in the form in which Terraform records it.
func localSource(source string) (string, bool) {
	source = filepath.ToSlash(source)
	if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
		return "", false
	}
	clean := path.Clean(source)
	if !strings.HasPrefix(clean, "../") {
		clean = "./" + clean
	}
	return clean, true
}

// sameSource tells whether a record is of the source that the code names. Records have addresses in full.
func sameSource(recorded, written string) bool {
	if recorded == written {
		return true
	}
	for _, host := range registries {
		if strings.TrimPrefix(recorded, host+"/") == strings.TrimPrefix(written, host+"/") {
			return true
		}
	}
	registry := strings.Count(written, "/") // a registry's source is NAMESPACE/NAME/SYSTEM: any other is spelled out by Terraform in its own way
	return registry != 2 || strings.ContainsAny(written, ":@") || strings.Contains(strings.SplitN(written, "/", 2)[0], ".")
}

// recordedSource is a source as the program records it: what names no registry has another one in OpenTofu than in Terraform, and either may have installed it.
func (c *configuration) recordedSource(recorded, written string) string {
	for _, host := range registries {
		if rest, ok := strings.CutPrefix(recorded, host+"/"); ok && !strings.HasPrefix(written, host+"/") {
			return c.registry() + "/" + rest
		}
	}
	return recorded
}

// joinKey is the key of a module that another one calls.
func joinKey(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// manifest is the text of modules.json for the copy, with modules that only the copy has.
func (c *configuration) manifest(more []record) []byte {
	document := struct{ Modules []record }{}
	for _, m := range c.modules {
		dir, err := filepath.Rel(c.root, m.dir)
		if err != nil {
			dir = m.dir
		}
		document.Modules = append(document.Modules, record{m.key, m.source, m.version, filepath.ToSlash(dir)})
	}
	document.Modules = append(document.Modules, more...)
	raw, _ := json.Marshal(document) // strings always marshal
	return raw
}

// missingModule is a module call whose code is not there.
type missingModule struct {
	key   string
	call  call
	local string // the folder of a local one
	other string // the source that is installed instead
}

// missingModules is the error for modules whose code is not there.
func (c *configuration) missingModules(list []missingModule) error {
	var b strings.Builder
	install := false
	for i, m := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch {
		case m.local != "":
			fmt.Fprintf(&b, "%s: module %q: there is no Terraform code in %s", m.call.at, lastName(m.key), m.local)
		case m.other != "":
			fmt.Fprintf(&b, "%s: module %q is %s, and what is installed is %s", m.call.at, lastName(m.key), m.call.source, m.other)
			install = true
		default:
			fmt.Fprintf(&b, "%s: module %q (%s) is not installed", m.call.at, lastName(m.key), m.call.source)
			install = true
		}
	}
	if install {
		fmt.Fprintf(&b, "\nInstall modules with: %s\n(%s -chdir=%s get does without providers)", c.initCommand(), c.program(), c.shown)
	}
	return errors.New(b.String())
}

// initCommand is what the user runs to install modules and providers.
func (c *configuration) initCommand() string {
	return fmt.Sprintf("%s -chdir=%s init -backend=false", c.program(), c.shown)
}

// lastName is the name of the call that a key ends with.
func lastName(key string) string { return key[strings.LastIndex(key, ".")+1:] }

// parentKey is the key of the module that calls another one.
func parentKey(key string) string { return key[:max(0, strings.LastIndex(key, "."))] }
