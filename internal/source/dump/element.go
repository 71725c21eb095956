package dump

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
)

// element is one element of a list, on its way from JSON into the network.
type element struct {
	*batch
	path   string  // "/NetworkInterfaces/17"
	faults []fault // not yet charged to a part of the object
}

// fault is something in an element that is not what the API says. Its path is relative to the element: "/Groups/0".
type fault struct{ path, message string }

// each makes a reader of the elements of a list from a function that takes one decoded record.
func each[R any](read func(*element, *R)) func(*element, []byte) {
	return func(e *element, raw []byte) {
		var r R
		e.decode(raw, &r)
		read(e, &r)
	}
}

// maxFaults limits the faults told of one object: decoding is repeated after each.
const maxFaults = 50

// decode fills a record. A value that does not fit is put aside and told as a fault, and everything around it is kept: it is
// blanked in the JSON, and the rest decoded again.
func (e *element) decode(raw []byte, record any) {
	for {
		err := json.Unmarshal(raw, record)
		if err == nil {
			return
		}
		wrong, ok := errors.AsType[*json.SemanticError](err)
		if !ok || len(e.faults) == maxFaults {
			e.fault("", "is not understood beyond this: "+strings.TrimPrefix(err.Error(), "json: "))
			return
		}
		e.fault(string(wrong.JSONPointer), misfit(wrong))
		if raw, ok = blank(raw, wrong.JSONPointer); !ok {
			return
		}
		reflect.ValueOf(record).Elem().SetZero()
	}
}

// misfit says what would have been right.
func misfit(err *json.SemanticError) string {
	if err.Err != nil && err.GoType != nil && (err.GoType == reflect.TypeFor[cidr]() || err.GoType == reflect.TypeFor[address]()) {
		return err.Err.Error()
	}
	found := map[jsontext.Kind]string{'n': "null", 'f': "a boolean", 't': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "a list"}[err.JSONKind]
	if found == "" {
		found = "what is there"
	}
	if len(err.JSONValue) > 0 && len(err.JSONValue) < 80 {
		found += " (" + string(err.JSONValue) + ")"
	}
	wanted := "another type"
	if t := err.GoType; t != nil {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.String:
			wanted = "a string"
		case reflect.Bool:
			wanted = "true or false"
		case reflect.Int:
			wanted = "a whole number"
		case reflect.Slice:
			wanted = "a list"
		case reflect.Struct, reflect.Map:
			wanted = "an object"
		}
		if t == reflect.TypeFor[cidr]() || t == reflect.TypeFor[address]() {
			wanted = "a string"
		}
	}
	return "is " + found + " where the API has " + wanted
}

// blank replaces the value at a pointer by null.
func blank(raw []byte, pointer jsontext.Pointer) ([]byte, bool) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	for token := range pointer.Tokens() {
		switch dec.PeekKind() {
		case '{':
			dec.ReadToken()
			for {
				name, err := dec.ReadToken()
				if err != nil || name.Kind() == '}' {
					return raw, false
				}
				if name.String() == token {
					break
				}
				dec.SkipValue()
			}
		case '[':
			dec.ReadToken()
			index, err := strconv.Atoi(token)
			if err != nil {
				return raw, false
			}
			for range index {
				dec.SkipValue()
			}
		default:
			return raw, false
		}
	}
	value, err := dec.ReadValue()
	if err != nil || value.Kind() == 'n' {
		return raw, false
	}
	end := dec.InputOffset()
	return slices.Concat(raw[:end-int64(len(value))], []byte("null"), raw[end:]), true
}

// origin is where a part of the element stands.
func (e *element) origin(path string) network.Origin {
	return network.Origin{Source: e.file.name, Path: e.path + path}
}

// fault notes that something at a path is wrong, and tells the reader.
func (e *element) fault(path, message string) {
	e.faults = append(e.faults, fault{path, message})
	e.out.Problems = append(e.out.Problems, network.Problem{Origin: e.origin(path), Message: message})
}

// take charges the faults at and below a path to the part of the object that stands there.
func (e *element) take(path string) *network.Defect {
	if len(e.faults) == 0 {
		return nil
	}
	var first *network.Defect
	e.faults = slices.DeleteFunc(e.faults, func(f fault) bool {
		rest, under := strings.CutPrefix(f.path, path)
		if !under || rest != "" && rest[0] != '/' {
			return false
		}
		if first == nil {
			first = &network.Defect{Reason: strings.TrimPrefix(rest+" "+f.message, " "), Origin: e.origin(f.path)}
		}
		return true
	})
	return first
}

// part is the path and the defect of a part of the object. What the part says of itself under "Watertight" counts first.
func (e *element) part(path string, w *extra) *network.Defect {
	defect := e.take(path)
	if w != nil && w.Defect != "" {
		return &network.Defect{Reason: w.Defect, Origin: e.origin(path)}
	}
	return defect
}

// extra is what AWS's answers have no words for; [Write] adds it to a record under the key "Watertight".
type extra struct {
	Defect     string            `json:",omitzero"`
	PeerOnly   bool              `json:",omitzero"` // the defect of a security group rule is of its peer alone
	ID         string            `json:",omitzero"` // of a security group rule
	Owner      *network.Owner    `json:",omitzero"` // of an interface
	Kind       network.OwnerKind `json:",omitzero"` // of a workload
	Interfaces []string          `json:",omitzero"` // of a workload
	Guessed    bool              `json:",omitzero"` // of the interfaces of a workload
	Rules      []flawedRule      `json:",omitzero"` // of a rule group
}

// peerOnly tells whether there is a defect, and it is of the peer of a rule alone.
func (x *extra) peerOnly() bool { return x != nil && x.Defect != "" && x.PeerOnly }

// record is what every record of an object has.
type record struct {
	Tags       []tag  `json:",omitzero"`
	Watertight *extra `json:",omitzero"`
}

type tag struct{ Key, Value string }

// settle fills in what every object has, and charges the remaining faults to it. It comes last. key names the identifier's
// place in the record, and owner may be empty.
func (e *element) settle(o *network.Object, key, id, owner string, r *record) {
	o.Origin = e.origin("")
	o.ID = id
	var tags []tag
	if r != nil {
		tags = r.Tags
	}
	for _, t := range tags {
		if t.Key == "Name" {
			o.Name = cmp.Or(o.Name, e.share(t.Value))
		} else {
			o.Tags = append(o.Tags, network.Tag{Key: e.share(t.Key), Value: e.share(t.Value)})
		}
	}
	slices.SortStableFunc(o.Tags, func(a, b network.Tag) int { return cmp.Compare(a.Key, b.Key) })
	if id == "" {
		o.ID = o.Origin.String() // it needs one to be kept
		e.fault("", "has no "+key+": whatever names it cannot find it")
		e.gap("an object has no " + key)
	}
	region, account := arnPlace(id)
	o.Account = e.share(cmp.Or(owner, account, e.file.account))
	o.Region = e.share(cmp.Or(region, e.file.region))
	o.Defect = cmp.Or(o.Defect, e.take(""))
	if r != nil && r.Watertight != nil && r.Watertight.Defect != "" {
		o.Defect = &network.Defect{Reason: r.Watertight.Defect, Origin: o.Origin}
	}
}

// gap notes that the list the element belongs to lacks something.
func (e *element) gap(reason string) {
	e.out.Gaps = append(e.out.Gaps, network.Gap{List: e.list.key, Reason: reason, Origin: e.origin("")})
}

// require notes a fault for a reference that must be there.
func (e *element) require(key, value string) string {
	if value == "" {
		e.fault("", "has no "+key)
	}
	return e.share(value)
}

// arnPlace is the Region and the account in an ARN.
func arnPlace(id string) (region, account string) {
	if !strings.HasPrefix(id, "arn:") {
		return "", ""
	}
	parts := strings.SplitN(id, ":", 6)
	if len(parts) < 6 {
		return "", ""
	}
	return parts[3], parts[4]
}

// cidr is a block of addresses, written as AWS does; the zero value is an absent one.
type cidr struct{ netip.Prefix }

func (c *cidr) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	block, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a CIDR block such as 10.0.0.0/16 or 2001:db8::/56", text)
	}
	c.Prefix = block.Masked()
	return nil
}

// address is an IP address; the zero value is an absent one.
type address struct{ netip.Addr }

func (a *address) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	ip, err := netip.ParseAddr(string(text))
	if err != nil || ip.Zone() != "" {
		return fmt.Errorf("%q is not an address such as 10.0.0.5 or 2001:db8::5", text)
	}
	a.Addr = ip
	return nil
}

// share makes equal strings one.
func (w *worker) share(s string) string {
	if s == "" {
		return ""
	}
	if one, ok := w.strings[s]; ok {
		return one
	}
	w.strings[s] = s
	return s
}

// shareAll makes equal lists of strings one, sorted and without empty ones or doubles. It must not be changed.
func (w *worker) shareAll(list []string) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	list = slices.Compact(list)
	key := strings.Join(list, " ")
	if one, ok := w.lists[key]; ok {
		return one
	}
	for i, s := range list {
		list[i] = w.share(s)
	}
	list = slices.Clip(list)
	w.lists[key] = list
	return list
}

// pick makes a list of another list, element by element.
func pick[A, B any](list []A, of func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, each := range list {
		out = append(out, of(each))
	}
	return out
}

func at(list string, index int) string { return "/" + list + "/" + strconv.Itoa(index) }

// nth is the path of an element of the list at a path.
func nth(path string, index int) string { return path + "/" + strconv.Itoa(index) }
