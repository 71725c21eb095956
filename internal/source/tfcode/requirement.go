package tfcode

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// requirement is what required_providers says of one local name.
type requirement struct {
	source      string // normalized
	constraints []string
	at          place
}

// requirementOf reads an entry of required_providers.
func (c *configuration) requirementOf(name string, attribute *hcl.Attribute) requirement {
	r := requirement{at: placeOf(attribute.NameRange), source: "hashicorp/" + name}
	pairs, diagnostics := hcl.ExprMap(attribute.Expr)
	if diagnostics.HasErrors() {
		if constraint, ok := constant(attribute.Expr); ok { // aws = "~> 5.0"
			r.constraints = append(r.constraints, constraint)
		}
		return r
	}
	for _, pair := range pairs {
		key := hcl.ExprAsKeyword(pair.Key)
		if key == "" {
			key, _ = constant(pair.Key)
		}
		switch key {
		case "source":
			if source, ok := constant(pair.Value); ok && source != "" {
				r.source = c.normalSource(source)
			}
		case "version":
			if constraint, ok := constant(pair.Value); ok {
				r.constraints = append(r.constraints, constraint)
			}
		}
	}
	return r
}

// The hosts that sources are of which name none.
const (
	terraformRegistry = "registry.terraform.io"
	tofuRegistry      = "registry.opentofu.org"
)

var registries = []string{terraformRegistry, tofuRegistry}

// program is the command that the user runs, and product what it is called.
func (c *configuration) program() string {
	if c.tofu {
		return "tofu"
	}
	return "terraform"
}

func (c *configuration) product() string {
	if c.tofu {
		return "OpenTofu"
	}
	return "Terraform"
}

// registry is the host of sources that name none.
func (c *configuration) registry() string {
	if c.tofu {
		return tofuRegistry
	}
	return terraformRegistry
}

// normalSource is a provider's source without the host where that is the default one.
func (c *configuration) normalSource(source string) string {
	source = strings.ToLower(source)
	parts := strings.Split(source, "/")
	switch {
	case len(parts) == 1:
		return "hashicorp/" + source
	case len(parts) == 3 && slices.Contains(registries, parts[0]):
		return parts[1] + "/" + parts[2]
	}
	return source
}

// builtin is the source of the provider that is part of Terraform.
const builtin = "terraform.io/builtin/terraform"

// providerOf is the source of the provider of a block.
func (c *configuration) providerOf(m *module, b block) string {
	local, _, _ := strings.Cut(b.typ, "_")
	if b.kind == "provider" {
		local = b.typ
	} else if content, _, _ := b.body.PartialContent(providerSchema); content != nil {
		if attribute, ok := content.Attributes["provider"]; ok {
			if path := steps(attribute.Expr); len(path) > 0 { // aws.by[each.key], in OpenTofu
				local = path[0].name
			} else if text, ok := constant(attribute.Expr); ok {
				local, _, _ = strings.Cut(text, ".") // JSON
			}
		}
	}
	if r, ok := m.requires[local]; ok {
		return r.source
	}
	if local == "terraform" {
		return builtin
	}
	return "hashicorp/" + local
}

// providers are the sources of all providers that the configuration needs, each with the constraints on its version.
func (c *configuration) providers() map[string][]constraint {
	all := map[string][]constraint{}
	for _, m := range c.modules {
		for _, name := range sortedKeys(m.requires) {
			r := m.requires[name]
			all[r.source] = append(all[r.source], []constraint{}...)
			for _, text := range r.constraints {
				all[r.source] = append(all[r.source], constraint{text, r.at})
			}
		}
		for _, b := range m.blocks {
			all[b.provider] = append(all[b.provider], []constraint{}...)
			if b.kind == "provider" {
				content, _, _ := b.body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "version"}}})
				if attribute, ok := content.Attributes["version"]; ok {
					if text, ok := constant(attribute.Expr); ok {
						all[b.provider] = append(all[b.provider], constraint{text, b.at})
					}
				}
			}
		}
	}
	delete(all, builtin)
	return all
}
