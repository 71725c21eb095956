package tfplan

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// filled is a value of a type of Terraform, as a resource might have it in an attribute of that name.
func filled(name string, t tftypes.Type) any {
	switch typed := t.(type) {
	case tftypes.List:
		return []any{filled(name, typed.ElementType)}
	case tftypes.Set:
		return []any{filled(name, typed.ElementType)}
	case tftypes.Map:
		return map[string]any{"Name": filled(name, typed.ElementType)}
	case tftypes.Object:
		all := map[string]any{}
		for key, each := range typed.AttributeTypes {
			all[key] = filled(key, each)
		}
		return all
	case tftypes.Tuple:
		return []any{}
	}
	switch {
	case t.Is(tftypes.Number):
		return 443
	case t.Is(tftypes.Bool):
		return true
	}
	for _, like := range []struct{ part, value string }{
		{"ipv6_cidr", "2600:1f18::/56"}, {"ipv6", "2600:1f18::5"}, {"cidr", "10.0.0.0/16"}, {"arn", "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1"}, {"protocol", "tcp"}, {"ip", "10.0.0.5"},
		{"vpc", "vpc-1"}, {"subnet", "subnet-1"}, {"group", "sg-1"}, {"route_table", "rtb-1"}, {"gateway", "igw-1"}, {"interface", "eni-1"}, {"availability_zone", "us-east-1a"}, {"owner", "111111111111"},
		{"region", "us-east-1"}, {"rules_string", "pass tcp any any -> any any (sid:1;)"}, {"policy", `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}`},
		{"destination", "10.9.0.0/16"}, {"name", "web.example.com"}, {"type", "interface"}, {"action", "allow"},
	} {
		if strings.Contains(name, like.part) {
			return like.value
		}
	}
	return "x"
}

// full is a block with something in everything that it may have.
func full(b *tfprotov5.SchemaBlock, depth int) map[string]any {
	all := map[string]any{}
	for _, a := range b.Attributes {
		all[a.Name] = filled(a.Name, a.Type)
	}
	for _, n := range b.BlockTypes {
		inner := full(n.Block, depth+1)
		switch {
		case depth > 8: // statements of firewalls and the like hold each other
		case n.Nesting == tfprotov5.SchemaNestedBlockNestingModeList, n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSet:
			all[n.TypeName] = []any{inner}
		case n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap:
			all[n.TypeName] = map[string]any{"x": inner}
		default:
			all[n.TypeName] = inner
		}
	}
	return all
}

// around is what every document has, so that the others find what they name.
var around = []string{"aws_vpc", "aws_subnet", "aws_security_group", "aws_route_table", "aws_internet_gateway", "aws_network_interface"}

// library has an instance of every type that is read, full of values, in the schema of a major version of the provider.
type library struct {
	types  []string // sorted
	values map[string]json.RawMessage
}

func libraryOf(t testing.TB, major int) library {
	t.Helper()
	var l library
	var resources, data []string
	for _, name := range slices.Sorted(maps.Keys(kinds())) {
		if name, found := strings.CutPrefix(name, "data."); found {
			data = append(data, name)
		} else {
			resources = append(resources, name)
		}
	}
	p, missing, err := schema.AWS(major, resources, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.values = map[string]json.RawMessage{}
	for prefix, schemas := range map[string]map[string]*tfprotov5.Schema{"": p.Resources, "data.": p.DataSources} {
		for name, s := range schemas {
			if slices.Contains(missing, name) {
				continue
			}
			values := full(s.Block, 0)
			values["id"] = map[string]string{"aws_vpc": "vpc-1", "aws_subnet": "subnet-1", "aws_security_group": "sg-1", "aws_route_table": "rtb-1", "aws_internet_gateway": "igw-1", "aws_network_interface": "eni-1"}[name]
			if values["id"] == "" {
				values["id"] = name + "-1"
			}
			raw, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			l.types = append(l.types, prefix+name)
			l.values[prefix+name] = raw
		}
	}
	slices.Sort(l.types)
	return l
}

// document is a state of version 4, or a plan, with instances of one type that were edited: at each place something else stands than the schema says.
// An edit is four bytes: which instance, two bytes for the place in it, and what stands there now.
func (l library) document(t testing.TB, plan bool, which uint16, edits []byte) []byte {
	t.Helper()
	const instances = 2
	name := l.types[int(which)%len(l.types)]
	var edited [instances]map[string]any
	holes := [instances]any{false, false}
	for k := range edited {
		if err := json.Unmarshal(l.values[name], &edited[k]); err != nil {
			t.Fatal(err)
		}
		for ; len(edits) >= 4 && int(edits[0])%instances == k; edits = edits[4:] {
			place, what := int(edits[1])<<8|int(edits[2]), int(edits[3])%(len(twists)+1)
			n := 0
			count(edited[k], &n)
			place %= max(n, 1)
			if what == len(twists) { // unknown, as a plan says it: somewhere, or everything
				if top := slices.Sorted(maps.Keys(edited[k])); len(top) > 0 {
					key := top[place%len(top)]
					delete(edited[k], key)
					if m, ok := holes[k].(map[string]any); ok {
						m[key] = true
					} else {
						holes[k] = map[string]any{key: true}
					}
				}
				continue
			}
			var to any
			if err := json.Unmarshal([]byte(twists[what]), &to); err != nil {
				t.Fatal(err)
			}
			twist(edited[k], &place, to)
		}
	}
	names := append([]string{}, around...)
	var resources []any
	for _, other := range names {
		resources = append(resources, l.resource(plan, other, []any{l.values[other]}, []any{false}))
	}
	if !slices.Contains(names, name) {
		resources = append(resources, l.resource(plan, name, []any{edited[0], edited[1]}, holes[:]))
	} else {
		resources[slices.Index(names, name)] = l.resource(plan, name, []any{edited[0], edited[1]}, holes[:])
	}
	document := map[string]any{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": resources}
	if plan {
		var changes []any
		for _, each := range resources {
			changes = append(changes, each.([]any)...)
		}
		document = map[string]any{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes, "configuration": map[string]any{"provider_config": map[string]any{}, "root_module": map[string]any{}}}
	}
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// resource is a resource of a state, or the changes of a plan.
func (l library) resource(plan bool, name string, values, holes []any) any {
	mode := "managed"
	if short, ok := strings.CutPrefix(name, "data."); ok {
		mode, name = "data", short
	}
	r := map[string]any{"mode": mode, "type": name, "name": "a", "provider": `provider["registry.terraform.io/hashicorp/aws"]`}
	var changes, instances []any
	for k, each := range values {
		change := maps.Clone(r)
		change["address"], change["index"] = name+".a["+string(rune('0'+k))+"]", k
		change["change"] = map[string]any{"actions": []string{"create"}, "before": nil, "after": each, "after_unknown": holes[k]}
		changes = append(changes, change)
		instances = append(instances, map[string]any{"index_key": k, "schema_version": 1, "attributes": each})
	}
	if plan {
		return changes
	}
	r["instances"] = instances
	return r
}

// twists are what may stand where something else should.
var twists = strings.Split(`null|""|"x"|"-1"|"999999999999999999999"|"10.0.0.0/33"|"::/0"|"0.0.0.0/0"|"2600:1f18::5"|"arn:aws:"|"arn::::::"|0|-1|1e300|0.5|true|[]|[null]|[[]]|[["x"]]|["x", "x"]|[{}]|{}|{"": null}|{"x": [{"x": null}]}|"vpc-1"|"subnet-1"|"rtb-1"|"eni-1"|"tcp"|"{"`, "|")

// count counts the places in a value.
func count(value any, n *int) {
	switch v := value.(type) {
	case map[string]any:
		for _, each := range v {
			*n++
			count(each, n)
		}
	case []any:
		for _, each := range v {
			*n++
			count(each, n)
		}
	}
}

// twist puts something else at a place of a value.
func twist(value any, place *int, to any) {
	turn := func(each any) any {
		*place--
		if *place == -1 {
			return to
		}
		twist(each, place, to)
		return each
	}
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			v[key] = turn(v[key])
		}
	case []any:
		for i := range v {
			v[i] = turn(v[i])
		}
	}
}

// readTwisted reads a document that is well formed and says what no provider says: the reader must take it, and nothing may fall over.
func readTwisted(t *testing.T, raw []byte) {
	t.Helper()
	defer func() {
		if failure := recover(); failure != nil {
			t.Errorf("%s", raw)
			panic(failure)
		}
	}()
	for _, prior := range []bool{false, true} {
		c, err := Parse(raw, "document.json", Options{Prior: prior})
		if err != nil {
			if !prior {
				t.Errorf("refused: %v\n%s", err, raw)
			}
			continue
		}
		network.New(c)
	}
}

// TestTwisted edits an instance of every type that is read, in a state and in a plan, under both versions of the provider.
func TestTwisted(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, major := range []int{5, 6} {
		l := libraryOf(t, major)
		if len(l.types) < 200 {
			t.Fatalf("%d types", len(l.types))
		}
		for which := range l.types {
			readTwisted(t, l.document(t, which%2 == 0, uint16(which), nil))
			for range 4 {
				edits := make([]byte, 4*(1+r.IntN(6)))
				for i := range edits {
					edits[i] = byte(r.Uint32())
				}
				readTwisted(t, l.document(t, r.IntN(2) == 0, uint16(which), edits))
			}
		}
	}
}

// FuzzValues gives the reader states and plans that are well formed, and full of values that no provider would give.
func FuzzValues(f *testing.F) {
	libraries := map[bool]library{false: libraryOf(f, 5), true: libraryOf(f, 6)}
	for which := range libraries[true].types {
		f.Add(true, which%2 == 0, uint16(which), []byte{0, 0, byte(which), byte(which), 1, 0, byte(which / 3), byte(which / 2)})
	}
	f.Fuzz(func(t *testing.T, newer, plan bool, which uint16, edits []byte) {
		readTwisted(t, libraries[newer].document(t, plan, which, edits))
	})
}
