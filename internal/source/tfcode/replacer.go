package tfcode

import (
	"bytes"
	"net/netip"
)

// replacer replaces texts in a document, all at once and the longest first. It looks at each byte of the document a few times, however many texts there are.
type replacer struct {
	nodes []node
	roots [256]int32
}

// node is a byte of one or more texts. Nodes are found by index; 0 is none.
type node struct {
	char        byte
	child, next int32
	ends        bool
	plain       bool // the text is not distinctive: it counts only where no letter or digit stands beside it
	with        string
}

func newReplacer(texts map[string]string) *replacer {
	r := &replacer{nodes: make([]node, 1, 1024)}
	for _, text := range sortedKeys(texts) {
		if text != "" {
			r.add(text, texts[text])
		}
	}
	return r
}

func (r *replacer) add(text, with string) {
	at := r.roots[text[0]]
	if at == 0 {
		r.nodes = append(r.nodes, node{char: text[0]})
		at = int32(len(r.nodes) - 1)
		r.roots[text[0]] = at
	}
	for i := 1; i < len(text); i++ {
		next := r.step(at, text[i])
		if next == 0 {
			r.nodes = append(r.nodes, node{char: text[i], next: r.nodes[at].child})
			next = int32(len(r.nodes) - 1)
			r.nodes[at].child = next
		}
		at = next
	}
	n := &r.nodes[at]
	n.ends, n.with, n.plain = true, with, !distinctive(text)
}

func (r *replacer) step(at int32, c byte) int32 {
	for next := r.nodes[at].child; next != 0; next = r.nodes[next].next {
		if r.nodes[next].char == c {
			return next
		}
	}
	return 0
}

// set gives a text another replacement.
func (r *replacer) set(text, with string) {
	at := r.roots[text[0]]
	for i := 1; i < len(text) && at != 0; i++ {
		at = r.step(at, text[i])
	}
	if at != 0 && r.nodes[at].ends {
		r.nodes[at].with = with
	}
}

// match is the longest text that begins at i, of at most so many bytes: where it ends, and what replaces it. End is 0 where there is none.
func (r *replacer) match(doc []byte, i, most int) (end int, with string) {
	at := r.roots[doc[i]]
	for j := i + 1; at != 0 && j-i <= most; j++ {
		if n := &r.nodes[at]; n.ends && (!n.plain || free(doc, i, j)) {
			end, with = j, n.with
		}
		if j == len(doc) {
			break
		}
		at = r.step(at, doc[j])
	}
	return end, with
}

// replace gives a new document.
func (r *replacer) replace(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	at := 0
	for i := 0; i < len(doc); {
		if r.roots[doc[i]] == 0 {
			i++
			continue
		}
		end, with := r.match(doc, i, len(doc))
		if end == 0 {
			i++
			continue
		}
		out = append(append(out, doc[at:i]...), with...)
		at, i = end, end
	}
	return append(out, doc[at:]...)
}

// contains tells whether a document has one of the texts in it, of at most so many bytes.
func (r *replacer) contains(text string, most int) bool {
	doc := []byte(text)
	for i := range doc {
		if end, _ := r.match(doc, i, most); end > 0 {
			return true
		}
	}
	return false
}

// free tells whether the bytes from i to j stand by themselves: 10.0.1.4 within 10.0.1.45 does not.
func free(doc []byte, i, j int) bool {
	if j < len(doc) && (letterOrDigit(doc[j]) || doc[j] == '.' && j+1 < len(doc) && letterOrDigit(doc[j+1])) {
		return false
	}
	if i == 0 {
		return true
	}
	before := doc[i-1]
	switch {
	case before == '.':
		return false
	case !letterOrDigit(before):
		return true
	case i > 1 && doc[i-2] == '\\': // \n before it
		return bytes.IndexByte([]byte("ntrbf"), before) >= 0
	case i > 5 && doc[i-6] == '\\' && doc[i-5] == 'u': // \u003c before it
		return true
	}
	return false
}

func letterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// distinctive tells whether nobody writes a text by chance, so that it counts whatever stands beside it. Addresses and short texts are not.
func distinctive(text string) bool {
	const short = 8
	_, notAddress := netip.ParseAddr(text)
	_, notBlock := netip.ParsePrefix(text)
	return len(text) >= short && notAddress != nil && notBlock != nil
}
