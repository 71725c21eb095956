package schema

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
)

//go:generate go run ./generate -from ../../../../../shared/terraform

//go:embed aws-5.100.0.table
var aws5 []byte

//go:embed aws-6.47.0.table
var aws6 []byte

// awsTable is a table of AWS's provider, opened when first used. What it has read is kept, under its lock.
type awsTable struct {
	version string
	packed  *[]byte
	once    sync.Once
	lock    sync.Mutex
	table   *table
	err     error
}

var awsTables = map[int]*awsTable{5: {version: "5.100.0", packed: &aws5}, 6: {version: "6.47.0", packed: &aws6}}

// AWSVersions are the versions of hashicorp/aws whose schemas are in the program, by major version.
func AWSVersions() map[int]string {
	out := map[int]string{}
	for major, t := range awsTables {
		out[major] = t.version
	}
	return out
}

// AWS is the schema of hashicorp/aws: of 5.100.0 for major 5, of 6.47.0 for major 6. Missing are the types that it does not have, as addresses
// ("aws_x", "data.aws_y", "ephemeral.aws_z"). A major version that is not in the program is an error.
func AWS(major int, resources, data, ephemeral []string) (p *Provider, missing []string, err error) {
	t := awsTables[major]
	if t == nil {
		return nil, nil, fmt.Errorf("the schema of %s %d is not in the program: those of 5 and 6 are", AWSSource, major)
	}
	t.once.Do(func() { t.table, t.err = open(*t.packed) })
	if t.err != nil {
		return nil, nil, t.err
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	p = &Provider{Source: AWSSource, Version: t.version}
	if p.Config, _, err = t.table.schema(kindProvider, ""); err != nil {
		return nil, nil, err
	}
	for _, kind := range []struct {
		kind  uint64
		names []string
		to    *map[string]*tfprotov5.Schema
		word  string
	}{
		{kindResource, resources, &p.Resources, ""}, {kindData, data, &p.DataSources, "data."}, {kindEphemeral, ephemeral, &p.Ephemeral, "ephemeral."},
	} {
		*kind.to = map[string]*tfprotov5.Schema{}
		for _, name := range kind.names {
			s, ok, err := t.table.schema(kind.kind, name)
			switch {
			case err != nil:
				return nil, nil, err
			case !ok:
				missing = append(missing, kind.word+name)
			default:
				(*kind.to)[name] = s
			}
		}
	}
	slices.Sort(missing)
	return p, slices.Compact(missing), nil
}
