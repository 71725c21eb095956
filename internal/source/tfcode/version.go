package tfcode

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	goversion "github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// constraint is what the code says of a provider's version, and where.
type constraint struct {
	text string
	at   place
}

// locked reads the versions of .terraform.lock.hcl, by source.
func (c *configuration) locked() map[string]string {
	name := filepath.Join(c.root, ".terraform.lock.hcl")
	src, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	parsed, diagnostics := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil // Terraform makes it anew
	}
	all := map[string]string{}
	content, _, _ := parsed.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"source"}}}})
	for _, b := range content.Blocks {
		attributes, _ := b.Body.JustAttributes()
		if attribute, ok := attributes["version"]; ok {
			if version, ok := constant(attribute.Expr); ok && len(b.Labels) == 1 {
				all[c.normalSource(b.Labels[0])] = version
			}
		}
	}
	return all
}

// The majors of hashicorp/aws whose schemas are in the program.
const (
	oldestMajor = 5
	newestMajor = 6
)

// awsMajor decides which schema of the AWS provider is meant: by the lock file, or else by the constraints of all modules. The newest that they allow.
func awsMajor(lock string, constraints []constraint) (major int, warning string) {
	if lock != "" {
		v, err := goversion.NewVersion(lock)
		if err == nil {
			major := v.Segments()[0]
			if major < oldestMajor {
				return oldestMajor, fmt.Sprintf("the lock file chooses hashicorp/aws %s: its types and arguments are taken to be those of %d.x", lock, oldestMajor)
			}
			if major > newestMajor {
				return newestMajor, fmt.Sprintf("the lock file chooses hashicorp/aws %s: its types and arguments are taken to be those of %d.x", lock, newestMajor)
			}
			return major, ""
		}
	}
	var parsed []goversion.Constraints
	probes := map[int][]*goversion.Version{}
	probe := func(text string) {
		if v, err := goversion.NewVersion(text); err == nil {
			probes[v.Segments()[0]] = append(probes[v.Segments()[0]], v.Core())
		}
	}
	for _, one := range constraints {
		list, err := goversion.NewConstraint(one.text)
		if err != nil {
			continue // Terraform says so
		}
		parsed = append(parsed, list)
		for _, text := range versionWord.FindAllString(one.text, -1) {
			probe(text) // "= 5.31.2"
		}
	}
	for major := 2; major <= newestMajor+3; major++ {
		for minor := 0; minor < 150; minor++ {
			probe(fmt.Sprintf("%d.%d.999", major, minor))
			probe(fmt.Sprintf("%d.%d.0", major, minor))
		}
	}
	allowed := func(major int) bool {
		for _, v := range probes[major] {
			all := true
			for _, list := range parsed {
				all = all && list.Check(v)
			}
			if all {
				return true
			}
		}
		return false
	}
	for major := newestMajor; major >= oldestMajor; major-- {
		if allowed(major) {
			return major, ""
		}
	}
	var texts []string
	for _, one := range constraints {
		texts = append(texts, fmt.Sprintf("%s (%s)", one.text, one.at))
	}
	said := strings.Join(texts, ", ")
	for major := oldestMajor - 1; major >= 2; major-- {
		if allowed(major) {
			return oldestMajor, fmt.Sprintf("the code asks for hashicorp/aws %s: types and arguments are taken to be those of %d.x", said, oldestMajor)
		}
	}
	return newestMajor, fmt.Sprintf("no version of hashicorp/aws that watertight knows is what the code asks for, %s: types and arguments are taken to be those of %d.x", said, newestMajor)
}

var versionWord = regexp.MustCompile(`\d+(?:\.\d+)*`)
