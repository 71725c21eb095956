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
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var document struct{ Modules []record }
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("%s is not what terraform init writes (%w): run terraform init again", name, err)
	}
	all := map[string]record{}
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
	for _, host := range []string{"registry.terraform.io/", "registry.opentofu.org/"} {
		if strings.TrimPrefix(recorded, host) == strings.TrimPrefix(written, host) {
			return true
		}
	}
	registry := strings.Count(written, "/") // a registry's source is NAMESPACE/NAME/SYSTEM: any other is spelled out by Terraform in its own way
	return registry != 2 || strings.ContainsAny(written, ":@") || strings.Contains(strings.SplitN(written, "/", 2)[0], ".")
}

// manifest is the text of modules.json for the copy.
func (c *configuration) manifest() []byte {
	document := struct{ Modules []record }{}
	for _, m := range c.modules {
		dir, err := filepath.Rel(c.root, m.dir)
		if err != nil {
			dir = m.dir
		}
		document.Modules = append(document.Modules, record{m.key, m.source, m.version, filepath.ToSlash(dir)})
	}
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
		fmt.Fprintf(&b, "\nInstall modules with: terraform -chdir=%s init -backend=false\n(terraform -chdir=%s get does without providers)", c.shown, c.shown)
	}
	return errors.New(b.String())
}

func lastName(key string) string { return key[strings.LastIndex(key, ".")+1:] }
