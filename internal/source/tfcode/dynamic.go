package tfcode

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
)

var placeInText = regexp.MustCompile(`(?m)^(│?\s+on )(\S+)( line \d+)`)

// resolve finds the code of modules whose sources are expressions. OpenTofu works them out from variables, locals and the workspace, and writes down what it found.
func (j *job) resolve(ctx context.Context, records map[string]record) (err error) {
	if j.tree, err = newTree(j.root); err != nil {
		return err
	}
	defer j.tree.remove()
	none := &early{} // nothing is read, but for what is installed already: it may be what is wanted
	for _, key := range sortedKeys(records) {
		if r := records[key]; j.module(key) == nil {
			r.Source, r.Dir = j.recordedSource(r.Source, ""), filepath.ToSlash(r.absolute(j.root))
			none.installed = append(none.installed, r)
		}
	}
	if err := j.copy(j.tree, none); err != nil {
		return err
	}
	r, err := j.runner("")
	if err != nil {
		return err
	}
	variables, err := j.variables()
	if err != nil {
		return err
	}
	j.options.say("%s get", j.program())
	out, said, err := r.run(ctx, append([]string{"get", "-no-color"}, variables...)...)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		text := placeInText.ReplaceAllStringFunc(string(out)+string(said), func(text string) string {
			m := placeInText.FindStringSubmatch(text)
			return m[1] + j.name(m[2], j.tree) + m[3]
		})
		return &TerraformError{Program: j.product(), Folder: j.shown, Text: j.tree.mend(text)}
	}
	found, err := installed(filepath.Join(j.tree.dir, ".terraform"))
	if err != nil {
		return err
	}
	for key, r := range found {
		if dir, ok := strings.CutPrefix(filepath.FromSlash(r.Dir), j.tree.base); ok {
			r.Dir = filepath.ToSlash(dir)
		}
		if _, ok := records[key]; !ok || records[key].Source != r.Source {
			records[key] = r
		}
	}
	c, err := scan(j.options.Dir, j.tofu)
	if err != nil {
		return err
	}
	c.resolved = true
	j.configuration = c
	return c.load(records)
}
