package diff

import (
	"cmp"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// field says how a field of an object differs.
func (c *comparison) field(name string, old, new reflect.Value, objects [2]reflect.Value) []part {
	var whole [2]network.Origin
	for side, v := range objects {
		whole[side] = object(v).Origin
	}
	if old.Kind() != reflect.Slice || old.Type().Elem().Kind() == reflect.Uint8 {
		return []part{{words: fmt.Sprintf("%s: %s → %s", fieldWords(name), c.value(old, 0), c.value(new, 1)), origins: whole}}
	}
	var rest [2][]reflect.Value
	gone := make([]bool, new.Len())
	for i := range old.Len() {
		found := false
		for k := range new.Len() {
			if !gone[k] && c.same(old.Index(i), new.Index(k)) {
				gone[k], found = true, true
				break
			}
		}
		if !found {
			rest[0] = append(rest[0], old.Index(i))
		}
	}
	for k := range new.Len() {
		if !gone[k] {
			rest[1] = append(rest[1], new.Index(k))
		}
	}
	if len(rest[0])+len(rest[1]) == 0 {
		if old.Len() == 0 || !ordered[old.Type().Elem()] {
			return nil
		}
		return []part{{words: fieldWords(name) + ": in another order", origins: whole}}
	}
	origin := func(v reflect.Value, side int) network.Origin {
		if v.Kind() == reflect.Struct {
			if f := v.FieldByName("Origin"); f.IsValid() && f.Type() == originType {
				return cmp.Or(f.Interface().(network.Origin), whole[side])
			}
		}
		return whole[side]
	}
	var parts []part
	for _, was := range rest[0] {
		key := slot(was)
		k := slices.IndexFunc(rest[1], func(v reflect.Value) bool { return key != "" && slot(v) == key })
		if k < 0 {
			parts = append(parts, part{words: c.element(name, was, 0) + removedWord(name), origins: [2]network.Origin{origin(was, 0), {}}})
			continue
		}
		is := rest[1][k]
		rest[1] = slices.Delete(rest[1], k, k+1)
		parts = append(parts, part{words: c.element(name, was, 0) + " → " + c.rest(name, is, 1), origins: [2]network.Origin{origin(was, 0), origin(is, 1)}})
	}
	for _, is := range rest[1] {
		parts = append(parts, part{words: c.element(name, is, 1) + addedWord(name), origins: [2]network.Origin{{}, origin(is, 1)}})
	}
	return parts
}

// slot is the same for the elements of a list of which there is one at a time: what was there before is changed, not removed.
func slot(v reflect.Value) string {
	switch e := v.Interface().(type) {
	case network.ACLEntry:
		return fmt.Sprint(e.Outbound, e.Number, e.Block.Addr().Is4())
	case network.Route:
		return e.Destination.String() + e.PrefixList
	case network.TransitRoute:
		return e.Destination.String() + e.PrefixList
	case network.Listener:
		return fmt.Sprint("port ", e.Port)
	case network.ListenerRule:
		return e.Priority
	case network.StatelessRule:
		return fmt.Sprint("priority ", e.Priority)
	case network.FirewallEndpoint:
		return e.ID
	case network.FirewallReference:
		return e.RuleGroup
	case network.Record:
		return e.Name + " " + e.Type
	}
	return ""
}

var addedWords = map[string]string{"Subnets": " associated", "Gateways": " associated", "Propagations": " propagates to it"}
var removedWords = map[string]string{"Subnets": " no longer associated", "Gateways": " no longer associated", "Propagations": " no longer propagates to it"}

func addedWord(field string) string   { return cmp.Or(addedWords[field], " added") }
func removedWord(field string) string { return cmp.Or(removedWords[field], " removed") }

// element says what an element of a list is.
func (c *comparison) element(field string, v reflect.Value, side int) string {
	switch e := v.Interface().(type) {
	case network.Rule:
		direction, word := "inbound", "from"
		if field == "Outbound" {
			direction, word = "outbound", "to"
		}
		switch {
		case e.PeerOnly:
			return fmt.Sprintf("%s %s %s a peer that is not known (%s)", direction, headers(e.Protocol, e.From, e.To), word, e.Defect.Reason)
		case e.Defect != nil:
			return direction + " rule that is not understood (" + e.Defect.Reason + ")"
		}
		return fmt.Sprintf("%s %s %s %s", direction, headers(e.Protocol, e.From, e.To), word, c.peer(e, side))
	case network.Route:
		return "route " + c.destination(e.Destination, e.PrefixList, side) + " → " + c.target(e, side)
	case network.ACLEntry:
		direction := "inbound"
		if e.Outbound {
			direction = "outbound"
		}
		return fmt.Sprintf("%s entry %d, %s", direction, e.Number, c.rest(field, v, side))
	case network.TransitRoute:
		return "route " + c.destination(e.Destination, e.PrefixList, side) + " → " + c.rest(field, v, side)
	case network.Address:
		if e.Public.IsValid() {
			return fmt.Sprintf("address %s with public address %s", e.IP, e.Public)
		}
		return "address " + e.IP.String()
	}
	if v.Kind() == reflect.String {
		return strings.TrimRight(singular(fieldWords(field))+" "+c.called(v.String(), side), " ")
	}
	if v.Type() == reflect.TypeFor[netip.Prefix]() || v.Type() == reflect.TypeFor[netip.Addr]() {
		return fmt.Sprint(v.Interface())
	}
	return singular(fieldWords(field)) + " " + c.value(v, side)
}

// rest says what is new in a slot.
func (c *comparison) rest(field string, v reflect.Value, side int) string {
	switch e := v.Interface().(type) {
	case network.Route:
		return c.target(e, side)
	case network.ACLEntry:
		if e.Defect != nil {
			return "not understood (" + e.Defect.Reason + ")"
		}
		action, word := "deny", "from"
		if e.Allow {
			action = "allow"
		}
		if e.Outbound {
			word = "to"
		}
		return fmt.Sprintf("%s %s %s %s", action, headers(e.Protocol, e.From, e.To), word, e.Block)
	case network.TransitRoute:
		switch {
		case e.Defect != nil:
			return "not understood (" + e.Defect.Reason + ")"
		case e.Blackhole:
			return "blackhole"
		}
		return strings.Join(c.calledAll(e.Attachments, side), ", ")
	}
	return c.value(v, side)
}

// headers are the words for a protocol with its ports or types.
func headers(protocol, from, to int) string {
	word := packet.ProtocolName(protocol)
	switch protocol {
	case packet.TCP, packet.UDP:
		switch {
		case from < 0 || from == 0 && to == 65535:
			return word + " any port"
		case from == to:
			return fmt.Sprintf("%s %d", word, from)
		}
		return fmt.Sprintf("%s %d-%d", word, from, to)
	case packet.ICMP, packet.ICMPv6:
		if from >= 0 {
			word += fmt.Sprintf(" type %d", from)
			if to >= 0 {
				word += fmt.Sprintf(" code %d", to)
			}
		}
		return word
	case -1:
		return "all traffic"
	}
	return "protocol " + word
}

func (c *comparison) peer(r network.Rule, side int) string {
	switch {
	case r.Group != "":
		return c.called(r.Group, side)
	case r.PrefixList != "":
		return c.called(r.PrefixList, side)
	}
	return r.Block.String()
}

func (c *comparison) destination(block netip.Prefix, list string, side int) string {
	if block.IsValid() {
		return block.String()
	}
	return c.called(list, side)
}

func (c *comparison) target(r network.Route, side int) string {
	switch {
	case r.Defect != nil:
		return "not understood (" + r.Defect.Reason + ")"
	case r.Blackhole && r.Target.ID == "":
		return "blackhole"
	case r.Blackhole:
		return c.called(r.Target.ID, side) + " (blackhole)"
	}
	return c.called(r.Target.ID, side)
}

// called is how a reader knows what an identifier stands for: by name, with the identifier.
func (c *comparison) called(id string, side int) string {
	for _, t := range c.tables {
		list := t.all[side]
		i, found := slices.BinarySearchFunc(list, id, func(v reflect.Value, id string) int { return cmp.Compare(object(v).ID, id) })
		if found {
			o := object(list[i])
			return shortARN(o)
		}
	}
	return id
}

func shortARN(o *network.Object) string {
	if strings.HasPrefix(o.ID, "arn:") && o.Name != "" {
		return o.Name
	}
	return o.Label()
}

func (c *comparison) calledAll(ids []string, side int) []string {
	out := make([]string, len(ids))
	for k, id := range ids {
		out[k] = c.called(id, side)
	}
	return out
}

// value writes any value of an object in a few words.
func (c *comparison) value(v reflect.Value, side int) string {
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" {
			return "none"
		}
		return c.called(v.String(), side)
	case reflect.Bool:
		if v.Bool() {
			return "yes"
		}
		return "no"
	case reflect.Pointer:
		if v.IsNil() {
			return "none"
		}
		return c.value(v.Elem(), side)
	case reflect.Slice:
		if v.Len() == 0 {
			return "none"
		}
		var words []string
		for i := range v.Len() {
			words = append(words, c.value(v.Index(i), side))
		}
		return strings.Join(words, ", ")
	case reflect.Map:
		var words []string
		for _, k := range v.MapKeys() {
			words = append(words, fmt.Sprint(k.Interface())+"="+c.value(v.MapIndex(k), side))
		}
		slices.Sort(words)
		return cmp.Or(strings.Join(words, ", "), "none")
	case reflect.Struct:
		if a, ok := v.Interface().(netip.Addr); ok {
			if !a.IsValid() {
				return "none"
			}
			return a.String()
		}
		if p, ok := v.Interface().(netip.Prefix); ok {
			if !p.IsValid() {
				return "none"
			}
			return p.String()
		}
		if r, ok := v.Interface().(network.StatefulRule); ok && r.Text != "" {
			return r.Text
		}
		var words []string
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Type == originType || f.Type == defectType || v.Field(i).IsZero() || !f.IsExported() {
				continue
			}
			words = append(words, fieldWords(f.Name)+" "+c.value(v.Field(i), side))
		}
		return strings.Join(words, " ")
	}
	return fmt.Sprint(v.Interface())
}

var fieldNames = map[string]string{
	"Inbound": "inbound rules", "Outbound": "outbound rules", "VPC": "VPC", "VPCs": "VPCs", "IP": "address", "Public": "public address", "SourceDestCheck": "source/destination check",
	"ID": "", "Kind": "", "TLS": "TLS", "HTTP": "HTTP", "DNSName": "DNS name", "IPSets": "IP sets", "RouteTable": "route table", "NetworkACL": "network ACL",
}

// fieldWords are the words for the name of a field: "MapPublicIPOnLaunch" is "map public IP on launch".
func fieldWords(name string) string {
	if words, ok := fieldNames[name]; ok {
		return words
	}
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		upper := unicode.IsUpper(r)
		if i > 0 && upper && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])) {
			b.WriteByte(' ')
		}
		acronym := upper && (i > 0 && unicode.IsUpper(runes[i-1]) && (i+1 == len(runes) || unicode.IsUpper(runes[i+1])) || i+1 < len(runes) && unicode.IsUpper(runes[i+1]))
		if acronym {
			b.WriteRune(r)
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func singular(words string) string {
	switch {
	case strings.HasSuffix(words, "ies"):
		return words[:len(words)-3] + "y"
	case strings.HasSuffix(words, "sses"):
		return words[:len(words)-2]
	case strings.HasSuffix(words, "ss"), !strings.HasSuffix(words, "s"):
		return words
	}
	return words[:len(words)-1]
}
