package tfcode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// served is which schema each provider is served with.
type served struct {
	schemas map[string]*schema.Provider // by source
	said    map[string]string           // by source: what the document says of it
	own     []string                    // sources of the user's own providers, which run themselves
	warning []string
}

// types are the types in use of one provider, with the places where they are used.
type types struct {
	resources, data, ephemeral map[string]place
}

// typesInUse lists them by provider.
func (c *configuration) typesInUse(s *state) map[string]*types {
	all := map[string]*types{}
	of := func(source string) *types {
		if all[source] == nil {
			all[source] = &types{map[string]place{}, map[string]place{}, map[string]place{}}
		}
		return all[source]
	}
	for source := range c.providers() {
		of(source)
	}
	note := func(kinds map[string]place, typ string, at place) {
		if _, ok := kinds[typ]; !ok {
			kinds[typ] = at
		}
	}
	for _, m := range c.modules {
		for _, b := range m.blocks {
			if b.provider == builtin {
				continue
			}
			t := of(b.provider)
			switch b.kind {
			case "resource":
				note(t.resources, b.typ, b.at)
			case "data":
				note(t.data, b.typ, b.at)
			case "ephemeral":
				note(t.ephemeral, b.typ, b.at)
			}
		}
	}
	if s != nil {
		for _, use := range s.uses {
			if use.mode == "managed" {
				note(of(use.source).resources, use.typ, place{"the state", 0})
			} else {
				note(of(use.source).data, use.typ, place{"the state", 0})
			}
		}
	}
	return all
}

// has tells whether a schema has all types in use.
func (t *types) lacks(p *schema.Provider) (missing []string) {
	for _, typ := range sortedKeys(t.resources) {
		if p.Resources[typ] == nil {
			missing = append(missing, typ)
		}
	}
	for _, typ := range sortedKeys(t.data) {
		if p.DataSources[typ] == nil {
			missing = append(missing, "data."+typ)
		}
	}
	for _, typ := range sortedKeys(t.ephemeral) {
		if p.Ephemeral[typ] == nil {
			missing = append(missing, "ephemeral."+typ)
		}
	}
	return missing
}

// reduce keeps the types in use: Terraform reads whatever is served.
func (t *types) reduce(p *schema.Provider) *schema.Provider {
	out := *p
	out.Resources, out.DataSources, out.Ephemeral = keep(p.Resources, t.resources), keep(p.DataSources, t.data), keep(p.Ephemeral, t.ephemeral)
	return &out
}

// keep keeps what is used.
func keep[V any](all map[string]V, used map[string]place) map[string]V {
	out := map[string]V{}
	for typ := range used {
		if v, ok := all[typ]; ok {
			out[typ] = v
		}
	}
	return out
}

// place is where a missing type, as an address, is used.
func (t *types) place(address string) place {
	if typ, ok := strings.CutPrefix(address, "data."); ok {
		return t.data[typ]
	}
	if typ, ok := strings.CutPrefix(address, "ephemeral."); ok {
		return t.ephemeral[typ]
	}
	return t.resources[address]
}

// chooser chooses schemas.
type chooser struct {
	*configuration
	options Options
	state   *state
	dataDir string
	// replaced are sources whose schema in the program did not do, or whose provider did not run offline: another is looked for.
	outdated, online map[string]bool
}

// choose says how each provider is served.
func (c *chooser) choose(ctx context.Context) (*served, error) {
	out := &served{schemas: map[string]*schema.Provider{}, said: map[string]string{}}
	inUse := c.typesInUse(c.state)
	constraints, lock := c.providers(), c.locked()
	var given []byte
	if c.options.Schema != "" {
		raw, err := os.ReadFile(c.options.Schema)
		if err != nil {
			return nil, fmt.Errorf("the schema %s cannot be read: %w", c.options.Schema, err)
		}
		given = raw
	}
	for _, source := range sortedKeys(inUse) {
		t := inUse[source]
		if given != nil {
			if p, err := schema.Parse(given, source); err == nil {
				if missing := t.lacks(p); len(missing) > 0 {
					return nil, c.lacking(source, missing, t, "The schema "+c.options.Schema+" does not have them either.")
				}
				out.schemas[source], out.said[source] = t.reduce(p), join(p.Version, "(schema of "+c.options.Schema+")")
				continue
			} else if !mentions(given, source) {
				// the file is about other providers
			} else {
				return nil, fmt.Errorf("%s: %w", c.options.Schema, err)
			}
		}
		var p *schema.Provider
		var err error
		switch {
		case source == schema.AWSSource:
			p, err = c.aws(ctx, t, lock[source], constraints[source], out)
		default:
			p, err = c.other(ctx, source, t, lock[source], out)
		}
		if err != nil {
			return nil, err
		}
		if p != nil {
			out.schemas[source] = p
		}
	}
	return out, nil
}

func join(version, remark string) string { return strings.TrimSpace(version + " " + remark) }

// mentions tells whether a schema file has a provider at all.
func mentions(raw []byte, source string) bool { return strings.Contains(string(raw), source+`"`) }

// aws chooses the schema of AWS's provider.
func (c *chooser) aws(ctx context.Context, t *types, lock string, constraints []constraint, out *served) (*schema.Provider, error) {
	major, warning := awsMajor(lock, constraints)
	if warning != "" {
		out.warning = append(out.warning, warning)
	}
	p, missing, err := schema.AWS(major, sortedKeys(t.resources), sortedKeys(t.data), sortedKeys(t.ephemeral))
	if err != nil {
		return nil, err
	}
	if len(missing) == 0 && !c.outdated[schema.AWSSource] {
		out.said[schema.AWSSource] = join(p.Version, "(schema built in)")
		return p, nil
	}
	own, err := c.printed(ctx, schema.AWSSource, lock)
	switch {
	case errors.Is(err, errNotInstalled) && c.outdated[schema.AWSSource]:
		out.said[schema.AWSSource] = join(p.Version, "(schema built in)")
		return p, nil
	case errors.Is(err, errNotInstalled):
		return nil, c.lacking(schema.AWSSource, missing, t, "")
	case err != nil:
		return nil, err
	}
	if missing := t.lacks(own); len(missing) > 0 {
		return nil, c.lacking(schema.AWSSource, missing, t, "The provider that is installed in "+c.shown+" does not have them either.")
	}
	out.said[schema.AWSSource] = join(own.Version, "(schema of the installed provider)")
	return t.reduce(own), nil
}

// lacking says which types no schema has.
func (c *chooser) lacking(source string, missing []string, t *types, also string) error {
	var b strings.Builder
	for _, address := range missing {
		fmt.Fprintf(&b, "%s: watertight does not know the type %s of %s\n", t.place(address), strings.TrimPrefix(strings.TrimPrefix(address, "data."), "ephemeral."), source)
	}
	if also != "" {
		b.WriteString(also + "\n")
	}
	fmt.Fprintf(&b, "If the type exists, its provider says what it looks like. Either install it: %s\nor give --schema FILE, which this prints where it is installed: %s providers schema -json > FILE", c.initCommand(), c.program())
	return errors.New(b.String())
}

// other chooses the schema of another provider; nil where it runs itself.
func (c *chooser) other(ctx context.Context, source string, t *types, lock string, out *served) (*schema.Provider, error) {
	if p, ok := schema.Small(source); ok && len(t.lacks(p)) == 0 {
		out.said[source] = join(p.Version, "(schema built in)")
		return t.reduce(p), nil
	}
	if len(t.resources)+len(t.data)+len(t.ephemeral) == 0 && !c.configured(source) {
		// required, and not used: Terraform wants it all the same
		p, _, err := schema.Infer(source, nil)
		if err == nil {
			out.said[source] = "(not used)"
		}
		return p, err
	}
	version := c.installedVersion(source, lock)
	if version != "" && version == lock && !c.online[source] { // as terraform init left it
		out.own = append(out.own, source)
		out.said[source] = join(version, "(installed)")
		return nil, nil
	}
	if version != "" {
		own, err := c.printed(ctx, source, lock)
		if err == nil && len(t.lacks(own)) == 0 {
			out.said[source] = join(own.Version, "(schema of the installed provider)")
			out.warning = append(out.warning, fmt.Sprintf("the provider %s does not plan offline: placeholders stand for what comes from %s", source, c.dependents(source)))
			return t.reduce(own), nil
		}
	}
	p, warnings, err := schema.Infer(source, c.uses(source))
	if err != nil {
		return nil, fmt.Errorf("the provider %s is needed for %s, and what it looks like cannot be told from the code (%w). Install it: %s", source, c.dependents(source), err, c.initCommand())
	}
	out.said[source] = "(schema inferred)"
	out.warning = append(out.warning, fmt.Sprintf("the provider %s is not installed in %s: what its types look like is inferred from the code, and placeholders stand for what comes from %s", source, c.shown, c.dependents(source)))
	for _, w := range warnings {
		if strings.Contains(w, "is not installed") {
			continue // said
		}
		out.warning = append(out.warning, source+": "+w)
	}
	return p, nil
}

// configured tells whether the code has a provider block for it.
func (c *configuration) configured(source string) bool {
	for _, m := range c.modules {
		for _, b := range m.blocks {
			if b.provider == source {
				return true
			}
		}
	}
	return false
}

// dependents names a few blocks that hang on a provider.
func (c *configuration) dependents(source string) string {
	const few = 3
	var list []string
	for _, m := range c.modules {
		for _, b := range m.blocks {
			if b.provider == source && b.kind != "provider" {
				list = append(list, fmt.Sprintf("%s (%s)", m.absolute(b.address()), b.at))
			}
		}
	}
	switch {
	case len(list) == 0:
		return "it"
	case len(list) > few:
		return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), len(list)-few)
	}
	return strings.Join(list, ", ")
}
