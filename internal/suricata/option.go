package suricata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// option is one option of a rule: a keyword, and perhaps a value.
type option struct {
	keyword string // in lower case
	value   string
	valued  bool
	text    string // all of it, without the semicolon
	at      int    // where it begins
	valueAt int
}

// options cuts what stands in the parentheses at its semicolons. One behind a backslash belongs to a value; quotes do not matter here.
func options(text string) ([]option, *fault) {
	var list []option
	for start := 0; ; {
		for start < len(text) && isBlank(text[start]) {
			start++
		}
		if start == len(text) {
			return list, nil
		}
		end := start
		for end < len(text) && (text[end] != ';' || end > start && text[end-1] == '\\') {
			end++
		}
		if end == len(text) {
			return nil, &fault{start, fmt.Sprintf("the option %q does not end with a semicolon", shortened(text[start:]))}
		}
		o := option{text: strings.TrimRight(text[start:end], blanks), at: start}
		o.keyword, o.value, o.valued = strings.Cut(o.text, ":")
		o.valueAt = start + len(o.keyword) + 1
		o.keyword = strings.ToLower(strings.TrimRight(o.keyword, blanks))
		o.valueAt += len(o.value) - len(strings.TrimLeft(o.value, blanks))
		o.value = strings.TrimLeft(o.value, blanks)
		if !isKeyword(o.keyword) {
			return nil, &fault{start, fmt.Sprintf("%q is no keyword of an option: options are KEYWORD; or KEYWORD:VALUE; and a semicolon in a value is written \\;", shortened(o.text))}
		}
		list = append(list, o)
		start = end + 1
	}
}

func shortened(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// isKeyword tells whether a word may be the name of a protocol or of an option.
func isKeyword(word string) bool {
	for i := range len(word) {
		c := word[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte("-_.", c) < 0 {
			return false
		}
	}
	return word != ""
}

// inert are options that have no influence on what a rule matches: they name it, describe it, or say how to look for it and what to tell of it.
var inert = map[string]bool{"sid": true, "rev": true, "gid": true, "msg": true, "classtype": true, "metadata": true, "reference": true, "priority": true,
	"noalert": true, "alert": true, "target": true, "fast_pattern": true, "rawbytes": true}

// buffers are the sticky buffers that hold names.
var buffers = map[string]string{"tls.sni": "tls.sni", "tls_sni": "tls.sni", "http.host": "http.host"}

// limits narrow where a content may stand.
var limits = map[string]bool{"depth": true, "offset": true, "distance": true, "within": true}

// observers look at a buffer, and leave it as it is.
var observers = map[string]bool{"pcre": true, "bsize": true, "isdataat": true}

// flows are the words of the flow option that [network.StatefulRule.Flow] has, by what people write.
var flows = map[string]string{"established": "established", "not_established": "not_established", "stateless": "stateless",
	"to_server": "to_server", "from_client": "to_server", "to_client": "to_client", "from_server": "to_client"}

// finer are words of the flow option that look at fragments and at how data is put together.
var finer = map[string]bool{"no_frag": true, "only_frag": true, "no_stream": true, "only_stream": true}

// other stands for a buffer that holds no names, or holds them changed.
const other = "another"

// found is a condition of a rule: on a name, or one that is not evaluated.
type found struct {
	name    network.NameMatch
	keyword string // when set, it is not evaluated
	limited bool   // a content that must stand, or not stand, in a part of its buffer
	skip    bool   // a buffer without content, until content was found
}

// evaluation goes through the options of a rule, in their order: most change what comes before or after them.
type evaluation struct {
	rule    *network.StatefulRule
	found   []found
	buffer  string // the sticky buffer in force: a name's, other, or none
	dot     bool   // dotprefix is in force
	open    int    // the buffer in force, by its index in found, until there is content; else -1
	content int    // the last content, by its index in found; -1 before the first in a buffer
}

// evaluate reads options into a rule. When something is wrong, it is with the option of that index.
func evaluate(r *network.StatefulRule, list []option) (int, *fault) {
	e := &evaluation{rule: r, open: -1, content: -1}
	for i := range list {
		if wrong := e.take(&list[i]); wrong != nil {
			return i, wrong
		}
	}
	for _, f := range e.found {
		if f.name.Not && f.limited { // it may stand elsewhere: that is less than that it stands nowhere
			f.keyword = "content"
		}
		switch {
		case f.skip:
		case f.keyword == "":
			r.Names = append(r.Names, f.name)
		case !slices.Contains(r.Unevaluated, f.keyword):
			r.Unevaluated = append(r.Unevaluated, f.keyword)
		}
	}
	return 0, nil
}

func (e *evaluation) take(o *option) *fault {
	switch k := o.keyword; {
	case inert[k]:
		return nil
	case k == "flow":
		return e.flow(o)
	case buffers[k] != "":
		return e.set(o, buffers[k])
	case k == "http_host":
		if e.buffer == "" && e.content >= 0 { // in its old form it follows the content
			f := &e.found[e.content]
			f.keyword, f.name.Buffer = "", "http.host"
			return valueless(o)
		}
		return e.set(o, "http.host")
	case k == "dotprefix":
		if e.buffer != other && e.open < 0 {
			return &fault{o.at, "dotprefix does not stand right behind tls.sni or http.host, before any content: it changes the buffer and not the content"}
		}
		e.dot = true
		return valueless(o)
	case k == "content":
		return e.lookFor(o)
	case k == "startswith" || k == "endswith" || k == "nocase":
		if e.content < 0 {
			return &fault{o.at, k + " changes the content before it, and there is none"}
		}
		n := &e.found[e.content].name
		switch k {
		case "startswith":
			n.StartsWith = true
		case "endswith":
			n.EndsWith = true
		default:
			n.NoCase = true
		}
		return valueless(o)
	case limits[k]:
		if e.content >= 0 {
			e.found[e.content].limited = true
		}
	case !o.valued || e.open >= 0 && !observers[k]: // perhaps another sticky buffer, or one that changes this one
		e.buffer, e.open = other, -1
	}
	e.found = append(e.found, found{keyword: o.keyword})
	return nil
}

func valueless(o *option) *fault {
	if o.valued {
		return &fault{o.valueAt, o.keyword + " has no value"}
	}
	return nil
}

// set puts a buffer with names into force.
func (e *evaluation) set(o *option, buffer string) *fault {
	e.buffer, e.dot, e.open, e.content = buffer, false, len(e.found), -1
	e.found = append(e.found, found{name: network.NameMatch{Buffer: buffer}})
	return valueless(o)
}

// lookFor reads a content.
func (e *evaluation) lookFor(o *option) *fault {
	content, not, wrong := decode(o)
	if wrong != nil {
		return wrong
	}
	f := found{name: network.NameMatch{Buffer: e.buffer, Not: not, Content: content, DotPrefix: e.dot}}
	if e.buffer == "" || e.buffer == other {
		f.keyword = "content"
	}
	if e.open >= 0 { // that there is content says that there is the buffer
		e.found[e.open].skip = true
		e.open = -1
	}
	e.content = len(e.found)
	e.found = append(e.found, f)
	return nil
}

func (e *evaluation) flow(o *option) *fault {
	for word := range strings.SplitSeq(o.value, ",") {
		word = strings.ToLower(strings.Trim(word, blanks))
		switch known := flows[word]; {
		case known != "":
			if !slices.Contains(e.rule.Flow, known) {
				e.rule.Flow = append(e.rule.Flow, known)
			}
		case finer[word]:
			e.found = append(e.found, found{keyword: o.keyword})
		default:
			return &fault{o.valueAt, fmt.Sprintf("%q is no word of flow: it has established, not_established, stateless, to_server, to_client and a few more", shortened(word))}
		}
	}
	return nil
}
