package compile

import (
	"bytes"

	"github.com/watertight/watertight/internal/blueprint"
)

// Roots says how the code is split into configurations that are applied on their own.
type Roots string

// The ways to split: not at all, or a folder for each environment.
const (
	One            Roots = "one"
	PerEnvironment Roots = "environment"
)

// Options say how to write the code.
type Options struct {
	Roots Roots // empty: One
}

// mark is how every file begins, by which it is told from those that people write.
const mark = "# Compiled by watertight from "

// Compiled tells whether a file is one that the compiler wrote.
func Compiled(content []byte) bool { return bytes.HasPrefix(content, []byte(mark)) }

// Terraform writes a blueprint as Terraform: the contents of files, by their names, which have slashes where there is a folder for each environment. The error is an [*Error].
func Terraform(b *blueprint.Blueprint, o Options) (map[string][]byte, error) {
	problems := &Error{}
	c := newCode(b, problems)
	c.check()
	if err := problems.result(); err != nil {
		return nil, err
	}
	if o.Roots == PerEnvironment {
		for _, e := range c.environments {
			c.root(e.Name, e)
		}
	} else {
		c.root("", c.environments...)
	}
	return c.files, nil
}
