package shadow

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// book is what a server remembers: what was planned, what is in the state, what was looked up.
type book struct {
	lock     sync.Mutex
	equals   map[string]int // by content: how many were planned
	planned  []Planned
	lookups  map[string]Lookup // by content: Terraform may ask twice
	warnings map[string]bool
	accounts map[string]string
	objects  map[string][]*object // by type
	byID     map[string]*object
}

// object is a resource instance with its values, planned or from the state.
type object struct {
	typ             string
	account, region string
	values          map[string]any
}

func newBook() *book {
	return &book{
		equals: map[string]int{}, lookups: map[string]Lookup{}, warnings: map[string]bool{}, accounts: map[string]string{},
		objects: map[string][]*object{}, byID: map[string]*object{},
	}
}

// seed is what the placeholders of an instance are derived from: its content, and its number among those with the same content.
func (b *book) seed(content string) string {
	sum := sha256.Sum256([]byte(content))
	key := hex.EncodeToString(sum[:])
	b.lock.Lock()
	defer b.lock.Unlock()
	n := b.equals[key]
	b.equals[key]++
	return key + strconv.Itoa(n)
}

func (b *book) warn(text string) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.warnings[text] = true
}

func (b *book) madeUp(account, what string) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.accounts[account] = what
}

// keep remembers an object.
func (b *book) keep(o *object) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if id := str(o.values["id"]); id != "" {
		key := o.typ + " " + id
		if old := b.byID[key]; old != nil && old.account == o.account && old.region == o.region {
			old.values = o.values
			return
		}
		b.byID[key] = o
	}
	b.objects[o.typ] = append(b.objects[o.typ], o)
}

// find is the object of a type with that id; nil where there is none.
func (b *book) find(typ, id string) map[string]any {
	b.lock.Lock()
	defer b.lock.Unlock()
	if o := b.byID[typ+" "+id]; o != nil && id != "" {
		return o.values
	}
	return nil
}

// object is an object of a type with its place; nil where there is none.
func (b *book) object(typ, id string) *object {
	b.lock.Lock()
	defer b.lock.Unlock()
	if id == "" {
		return nil
	}
	return b.byID[typ+" "+id]
}

// all are the objects of a type.
func (b *book) all(typ string) []*object {
	b.lock.Lock()
	defer b.lock.Unlock()
	return slices.Clone(b.objects[typ])
}

// where is the only object of a type with an attribute of that value; nil where there is none, or there are several.
func (b *book) where(typ, attribute, value string) map[string]any {
	if value == "" {
		return nil
	}
	if attribute == "id" {
		return b.find(typ, value)
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	var found map[string]any
	for _, o := range b.objects[typ] {
		if str(o.values[attribute]) == value {
			if found != nil {
				return nil
			}
			found = o.values
		}
	}
	return found
}

func (b *book) plan(p Planned) {
	slices.Sort(p.Chosen)
	b.lock.Lock()
	defer b.lock.Unlock()
	b.planned = append(b.planned, p)
}

func (b *book) lookup(l Lookup) {
	slices.Sort(l.Chosen)
	b.lock.Lock()
	defer b.lock.Unlock()
	b.lookups[l.Provider+" "+l.Type+" "+l.Account+" "+l.Region+" "+canonical(l.Config)] = l
}

func (b *book) record() Record {
	b.lock.Lock()
	defer b.lock.Unlock()
	r := Record{Planned: slices.Clone(b.planned), Warnings: slices.Sorted(maps.Keys(b.warnings)), Accounts: maps.Clone(b.accounts)}
	slices.SortFunc(r.Planned, func(x, y Planned) int {
		return cmp.Or(cmp.Compare(x.Provider, y.Provider), cmp.Compare(x.Type, y.Type), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Account, y.Account),
			cmp.Compare(x.Region, y.Region), slices.Compare(slices.Sorted(maps.Keys(x.Placeholders)), slices.Sorted(maps.Keys(y.Placeholders))))
	})
	for _, k := range slices.Sorted(maps.Keys(b.lookups)) {
		r.Lookups = append(r.Lookups, b.lookups[k])
	}
	return r
}
