package internal

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// free are words that only one licence has, of those that ask nothing of the program that uses them. MPL-2.0 asks for the source of its own files alone, which
// are linked in as they are; Terraform speaks with its providers through such modules.
var free = map[string]string{
	"MPL-2.0":    "Mozilla Public License, version 2.0",
	"MIT":        "Permission is hereby granted, free of charge, to any person obtaining a copy",
	"BSD":        "Redistribution and use in source and binary forms, with or without modification, are permitted",
	"ISC":        "Permission to use, copy, modify, and/or distribute this software for any purpose",
	"Apache-2.0": "Apache License Version 2.0",
}

// Everything that is linked into the program has a permissive licence, or MPL-2.0. What only tests use is never distributed, and may have others.
func TestLicences(t *testing.T) {
	command := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "../cmd/watertight")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := slices.Compact(slices.Sorted(strings.SplitSeq(strings.TrimSpace(string(out)), "\n")))
	if len(modules) == 0 {
		t.Fatal("no dependencies at all: are they listed?")
	}
	for _, line := range modules {
		module, dir, _ := strings.Cut(line, "\t")
		files, err := filepath.Glob(filepath.Join(dir, "LICEN[CS]E*"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no licence in %s", module, dir)
			continue
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if name := licence(string(text)); name == "" {
				t.Errorf("%s: %s is none of the licences that this test knows", module, file)
			} else {
				t.Log(module, name)
			}
		}
	}
}

// licence is the name of a licence, empty of those that are not known.
func licence(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	for name, sign := range free {
		if strings.Contains(strings.ToLower(words), strings.ToLower(sign)) {
			return name
		}
	}
	return ""
}
