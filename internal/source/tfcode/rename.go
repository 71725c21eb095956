package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow"
)

// naming is what placeholders are called: each by the address of what owns it, and the attribute.
type naming struct {
	namespace string
	texts     map[string]string          // as the shadow made it -> as the document has it
	owners    map[string]string          // as the document has it -> address
	planned   map[string]shadow.Planned  // by address, as the document has it
	lookups   map[string][]shadow.Lookup // by address
	blocks    blocks
	known     map[string]bool // words of the code
}

// instance is something with placeholders: a resource instance, or a data source.
type instance struct {
	address      string
	placeholders map[string]string
	planned      *shadow.Planned
	lookup       *shadow.Lookup
	within       map[string]string // see [shadow.Planned]
}

// planIndex is as much of a plan as naming needs.
type planIndex struct {
	ResourceChanges []struct {
		Address, Mode, Type string
		Change              struct{ After json.RawMessage }
	} `json:"resource_changes"`
	PriorState struct {
		Values struct {
			RootModule moduleIndex `json:"root_module"`
		}
	} `json:"prior_state"`
	PlannedValues struct {
		RootModule moduleIndex `json:"root_module"`
	} `json:"planned_values"`
}

type moduleIndex struct {
	Resources []struct {
		Address, Mode, Type string
		Values              json.RawMessage
	}
	ChildModules []moduleIndex `json:"child_modules"`
}

// identities are the texts that may tell an instance from others of its type: id and arn, then all others.
func identities(values json.RawMessage) []string {
	var all map[string]any
	if json.Unmarshal(values, &all) != nil {
		return nil
	}
	var first, rest []string
	for _, name := range sortedKeys(all) {
		text, ok := all[name].(string)
		switch {
		case !ok || text == "":
		case name == "id" || name == "arn":
			first = append([]string{text}, first...) // id comes after arn, and goes before it
		default:
			rest = append(rest, text)
		}
	}
	return append(first, rest...)
}

// data visits the data sources of a module and of those that it calls.
func (m moduleIndex) data(visit func(address, typ string, values json.RawMessage)) {
	for _, r := range m.Resources {
		if r.Mode == "data" {
			visit(r.Address, r.Type, r.Values)
		}
	}
	for _, child := range m.ChildModules {
		child.data(visit)
	}
}

// newNaming finds out what each placeholder of a plan is called.
func newNaming(document []byte, record shadow.Record, namespace string, known map[string]bool) (*naming, error) {
	var index planIndex
	if err := json.Unmarshal(document, &index); err != nil {
		return nil, err
	}
	n := &naming{
		namespace: namespace, known: known, texts: map[string]string{}, owners: map[string]string{}, planned: map[string]shadow.Planned{}, lookups: map[string][]shadow.Lookup{},
		blocks: blocks{moved: map[netip.Prefix]netip.Prefix{}, hosts: map[netip.Addr]string{}},
	}
	planned, lookups := map[string][]*shadow.Planned{}, map[string]*shadow.Lookup{}
	for i := range record.Planned {
		p := &record.Planned[i]
		planned[p.Type+" "+p.ID] = append(planned[p.Type+" "+p.ID], p)
	}
	for i := range record.Lookups {
		l := &record.Lookups[i]
		lookups[l.Type+" "+l.ID] = l
	}
	var instances []*instance
	for _, change := range index.ResourceChanges {
		if change.Mode != "managed" {
			continue
		}
		for _, id := range identities(change.Change.After) {
			list := planned[change.Type+" "+id]
			if len(list) > 1 { // an id that all have ("none"), or one that was planned twice
				list = slices.DeleteFunc(slices.Clone(list), func(p *shadow.Planned) bool { return !shows(change.Change.After, p.Placeholders) })
			}
			if len(list) == 0 {
				continue
			}
			one := &instance{address: change.Address, planned: list[len(list)-1], placeholders: map[string]string{}, within: map[string]string{}}
			for _, p := range list {
				maps.Copy(one.placeholders, p.Placeholders)
				maps.Copy(one.within, p.Within)
			}
			instances = append(instances, one)
			break
		}
	}
	seen := map[string]bool{}
	data := func(address, typ string, values json.RawMessage) {
		if seen[address] {
			return
		}
		for _, id := range identities(values) {
			if l := lookups[typ+" "+id]; l != nil {
				seen[address] = true
				instances = append(instances, &instance{address: address, lookup: l, placeholders: l.Placeholders})
				return
			}
		}
	}
	index.PriorState.Values.RootModule.data(data)
	index.PlannedValues.RootModule.data(data)
	n.settle(instances, document)
	return n, nil
}

// shows tells whether values have one of the placeholders in them.
func shows(values json.RawMessage, placeholders map[string]string) bool {
	for text := range placeholders {
		if bytes.Contains(values, []byte(text)) {
			return true
		}
	}
	return false
}

// settle names the placeholders of all instances. An address may have a placeholder as its key: those instances are named after the ones that they hang on.
func (n *naming) settle(instances []*instance, document []byte) {
	all := map[string]string{}
	for _, i := range instances {
		for text := range i.placeholders {
			all[text] = text
		}
	}
	shares := newAddresses(document, all)
	pending := instances
	for len(pending) > 0 {
		unnamed := map[string]string{}
		for text := range all {
			if _, ok := n.texts[text]; !ok {
				unnamed[text] = text
			}
		}
		open, named := newReplacer(unnamed), newReplacer(n.texts)
		var ready, later []*instance
		for _, i := range pending {
			if open.contains(i.address, len(i.address)) {
				later = append(later, i)
				continue
			}
			i.address = string(named.replace([]byte(i.address)))
			ready = append(ready, i)
		}
		if len(ready) == 0 { // they hang on each other, which Terraform does not allow
			ready, later = later, nil
		}
		slices.SortStableFunc(ready, func(a, b *instance) int { return strings.Compare(a.address, b.address) })
		n.name(ready, shares)
		pending = later
	}
}

// claim is a text that an instance has.
type claim struct {
	text, owner, address string       // owner: address and path of the attribute
	subnet               netip.Prefix // in which an address is to be, where that is known
}

// name names the placeholders of some instances, which are in the order of their addresses.
func (n *naming) name(instances []*instance, shares *addresses) {
	var claims []claim
	lots := map[string][]string{}
	lot := map[string]string{} // by text
	for _, i := range instances {
		if i.planned != nil {
			n.planned[i.address] = *i.planned
		} else {
			n.lookups[i.address] = append(n.lookups[i.address], *i.lookup)
		}
		for _, text := range sortedBy(i.placeholders) {
			if _, ok := n.texts[text]; ok {
				continue // another has it: an interface of an instance, the default group of a VPC
			}
			n.texts[text] = text
			path := i.placeholders[text]
			one := claim{text: text, owner: i.address + " " + path, address: i.address}
			one.subnet, _ = netip.ParsePrefix(i.within[text])
			claims = append(claims, one)
			if kind := i.lot(text, path); kind != "" {
				lots[kind] = append(lots[kind], text)
				lot[text] = kind
			}
		}
	}
	for _, list := range lots {
		slices.Sort(list)
	}
	for _, c := range claims {
		if ip, err := netip.ParseAddr(c.text); err == nil {
			shares.claim(ip, c.owner, c.subnet)
			n.blocks.host(ip, c.owner)
		} else if block, err := netip.ParsePrefix(c.text); err == nil {
			n.blocks.claim(block, c.owner)
		}
	}
	for old, ip := range shares.assign(n) {
		n.texts[old] = ip
	}
	// The short ones first: the longer ones have them in them.
	byLength := slices.Clone(claims)
	slices.SortStableFunc(byLength, func(a, b claim) int { return len(a.text) - len(b.text) })
	within := newReplacer(n.texts)
	for _, c := range byLength {
		_, address := netip.ParseAddr(c.text)
		_, block := netip.ParsePrefix(c.text)
		switch {
		case lot[c.text] != "" || address == nil || block == nil:
		default:
			n.texts[c.text] = n.reshape(c.text, c.owner, within)
			within.set(c.text, n.texts[c.text])
		}
	}
	for _, c := range claims { // the first owner gets the first of the lot
		if list := lots[lot[c.text]]; len(list) > 0 {
			n.texts[c.text], lots[lot[c.text]] = list[0], list[1:]
		}
		n.owners[n.texts[c.text]] = c.address
	}
}

// lot is what a text is one of, where all of it is chance (random_string, keys): it is then as good as any other of the lot. Empty for others.
func (i *instance) lot(text, path string) string {
	if i.planned == nil || i.planned.Provider != "hashicorp/random" && i.planned.Provider != "hashicorp/tls" {
		return ""
	}
	length := len(text)
	if i.planned.Provider == "hashicorp/tls" {
		length = 0
	}
	for other, path := range i.placeholders {
		if path == "hex" { // the same number in other digits has other lengths
			length = len(other)
		}
	}
	return fmt.Sprintf("%s %s %d", i.planned.Type, path, length)
}

// sortedBy are the keys of a map in the order of its values.
func sortedBy(m map[string]string) []string {
	keys := sortedKeys(m)
	slices.SortStableFunc(keys, func(a, b string) int { return strings.Compare(m[a], m[b]) })
	return keys
}

// rename renames a document.
func (n *naming) rename(document []byte) []byte {
	n.blocks.settle()
	owners := make(map[string]string, len(n.owners))
	for text, address := range n.owners {
		owners[string(n.blocks.rename([]byte(text), n))] = address
	}
	n.owners = owners
	return newReplacer(n.texts).replace(n.blocks.rename(document, n))
}

// reshape gives a text of the same shape: what only chance decides hangs on address and attribute. Texts in it that have names of their own keep them.
func (n *naming) reshape(text, owner string, within *replacer) string {
	var out strings.Builder
	number := 0
	fresh := func(segment string) {
		at := 0
		for _, p := range parts(segment, n.known) {
			out.WriteString(segment[at:p.start])
			old, word := segment[p.start:p.end], owner+" "+strconv.Itoa(number)
			if p.kind == dashed {
				out.WriteString(n.dashed(old, word))
			} else {
				out.WriteString(n.anew(old, p.kind, word))
			}
			number++
			at = p.end
		}
		out.WriteString(segment[at:])
	}
	doc := []byte(text)
	at := 0
	for i := 0; i < len(doc); {
		end, with := within.match(doc, i, len(doc)-1) // not the text itself
		if end == 0 {
			i++
			continue
		}
		fresh(text[at:i])
		out.WriteString(with)
		at, i = end, end
	}
	fresh(text[at:])
	return out.String()
}

// dashed renames an address as names have it: ip-10-0-1-4.ec2.internal.
func (n *naming) dashed(old, word string) string {
	dotted := strings.ReplaceAll(old, "-", ".")
	if with, ok := n.texts[dotted]; ok {
		return strings.ReplaceAll(with, ".", "-")
	}
	ip, err := netip.ParseAddr(dotted)
	if err != nil || ip.As4()[0] < firstPublic {
		return old // the code gives it
	}
	r := n.random(word, 3)
	return fmt.Sprintf("%d-%d-%d-%d", ip.As4()[0], r[0], r[1], r[2])
}
