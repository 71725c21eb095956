// Command generate makes the tables of AWS's schemas from what `terraform providers schema -json` printed.
//
// go generate runs it in the folder of package schema:
//
//	go run ./generate -from FOLDER
//
// The folder has aws-schema-VERSION.json.gz for every version; aws-VERSION.table is written for each.
package main

import (
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

func main() {
	from := flag.String("from", "", "folder with aws-schema-VERSION.json.gz")
	flag.Parse()
	versions := schema.AWSVersions()
	for _, major := range slices.Sorted(maps.Keys(versions)) {
		if err := generate(*from, versions[major]); err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}

func generate(from, version string) error {
	file, err := os.Open(filepath.Join(from, "aws-schema-"+version+".json.gz"))
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	p, err := schema.Parse(raw, schema.AWSSource)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	packed, err := schema.Pack(p)
	if err != nil {
		return err
	}
	return os.WriteFile("aws-"+version+".table", packed, 0o644)
}
