package network

import (
	"cmp"
	"fmt"
	"slices"
)

// Object is what every object of a network has.
type Object struct {
	// ID is AWS's identifier ("vpc-0a1b…"), or the ARN of what has no other.
	ID string
	// Name is the Name tag, or the name of what AWS identifies by name; empty where there is none.
	Name    string
	Account string // of the owner; empty when not known
	Region  string // empty when not known
	Tags    []Tag  // sorted by key, without the Name tag
	// Address is that of the Terraform resource ("module.db.aws_security_group.this"); empty where the source is not Terraform.
	Address string
	Origin  Origin
	// Partial tells that the source knows a part of the object only, such as a rule that one configuration adds to a group of another. What it
	// knows is added to the object where another source has it; see [New].
	Partial bool
	// Standing tells which description of an object counts where several sources have it.
	Standing Standing
	// Defect is nil when the whole object was understood. Otherwise what the object does is not known beyond what it holds.
	Defect *Defect
}

func (o *Object) object() *Object { return o }

// Standing is how much a description of an object counts: the highest does.
type Standing int8

// The standings of descriptions.
const (
	Implied   Standing = iota - 1 // nobody described it: it is taken to be as AWS makes it
	Collected                     // read from an account, or from a state
	Planned                       // what it will be like
)

// Label is the name with the identifier, or the identifier alone.
func (o *Object) Label() string {
	if o.Name == "" || o.Name == o.ID {
		return o.ID
	}
	return o.Name + " (" + o.ID + ")"
}

// Tag is a key and a value that its owner put on an object.
type Tag struct{ Key, Value string }

// Tag is the value of a tag, and whether there is one with that key. The Name tag is found as well.
func (o *Object) Tag(key string) (string, bool) {
	if key == "Name" {
		return o.Name, o.Name != ""
	}
	i, found := slices.BinarySearchFunc(o.Tags, key, func(t Tag, key string) int { return cmp.Compare(t.Key, key) })
	if !found {
		return "", false
	}
	return o.Tags[i].Value, true
}

// Origin says where an object, or a part of one, was read: a file and a JSON path; a line of code and a Terraform address; an account, an API call and a time.
type Origin struct {
	Source string // "network/SecurityGroups.json", "infra/main.tf"
	Line   int    // in Source, from 1; 0 where not known
	// Path is a JSON pointer (RFC 6901), "/SecurityGroups/3/IpPermissions/0", or a Terraform address, with an attribute where that helps:
	// "aws_security_group.web.ingress[0]".
	Path string
}

func (o Origin) String() string {
	switch {
	case o.Line > 0 && o.Path != "":
		return fmt.Sprintf("%s:%d %s", o.Source, o.Line, o.Path)
	case o.Line > 0:
		return fmt.Sprintf("%s:%d", o.Source, o.Line)
	case o.Path == "":
		return o.Source
	}
	return o.Source + "#" + o.Path
}

// Defect says why an object, or a part of it, is not understood.
type Defect struct {
	Reason string
	Origin Origin
}

func (d *Defect) String() string { return d.Reason + " (" + d.Origin.String() + ")" }

// Place is an account and a Region; empty names where they are not known.
type Place struct{ Account, Region string }

// Gap is a list that was not collected, or not in full, in one account and Region.
type Gap struct {
	List            string // the API's key: "NetworkAcls"
	Account, Region string // empty: in all of them
	Reason          string // "not collected", "page 2 is missing", "AccessDenied"
	Origin          Origin
	// Assumed tells that the list is taken to be empty all the same, as one that people leave out of a folder when there is nothing in
	// it. Nothing that refers to it is made known by that; answers say that it was assumed.
	Assumed bool
}

// Problem is something that a reader should be told about the input. It never changes an answer by itself: what does is a [Defect] or a [Gap].
type Problem struct {
	Origin  Origin
	Message string // what is wrong, and what would be right
	// Needs is the identifier of an object of which the source knows a part only: where another source has all of it, there is no problem. Empty for others.
	Needs string
}

func (p Problem) String() string {
	if p.Origin == (Origin{}) {
		return p.Message
	}
	return p.Origin.String() + ": " + p.Message
}

// Table holds the objects of one kind, sorted by identifier.
type Table[T interface{ object() *Object }] struct{ all []T }

// All is every object of the table, sorted by identifier. It must not be changed.
func (t Table[T]) All() []T { return t.all }

// Len is the number of objects.
func (t Table[T]) Len() int { return len(t.all) }

// Get finds an object by its identifier.
func (t Table[T]) Get(id string) (T, bool) {
	i, found := t.Index(id)
	if !found {
		var zero T
		return zero, false
	}
	return t.all[i], true
}

// Index finds the position of an object in [Table.All].
func (t Table[T]) Index(id string) (int, bool) {
	return slices.BinarySearchFunc(t.all, id, func(each T, id string) int { return cmp.Compare(each.object().ID, id) })
}

// Suppression says, in code, that a finding about a resource is to be left alone.
type Suppression struct {
	Address string // of the Terraform resource, without index where it is for all instances
	Rule    string // of the check
	Reason  string
	Until   string // the last day on which it counts, "2027-01-31"
	Origin  Origin
}
