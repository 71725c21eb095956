package tfcode

import (
	"crypto/sha256"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kind is the kind of a part of a text that only chance decides.
type kind int

const (
	hexadecimal kind = iota
	decimal
	lower // small letters and digits
	upper
	mixed
	dashed // an IPv4 address with - in place of .
)

// part is such a part: the bytes from start to end.
type part struct {
	start, end int
	kind       kind
}

var (
	uuidOrMAC = regexp.MustCompile(`\b02(?::[0-9a-f]{2}){5}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	dashedIP  = regexp.MustCompile(`\b\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b`)
	awsDNS    = regexp.MustCompile(`\bns-(\d+)\.awsdns-(\d+)\b`)
	secret    = regexp.MustCompile(`:secret:.*-([0-9A-Za-z]{6})$`)
	word      = regexp.MustCompile(`[0-9A-Za-z]+`)
)

// Lengths from which a word is taken for chance: of hexadecimal digits, capitals or mixed letters; of decimal digits; of small letters with digits.
const (
	longWord    = 16
	longNumber  = 10
	longLabel   = 6
	accountSize = 12 // digits of an account
)

// parts finds the parts of a placeholder that only chance decides. What the code says is none: known are its words.
func parts(text string, known map[string]bool) []part {
	var out []part
	for _, at := range uuidOrMAC.FindAllStringIndex(text, -1) {
		out = append(out, part{at[0], at[1], hexadecimal})
	}
	for _, at := range dashedIP.FindAllStringIndex(text, -1) {
		if ip, err := netip.ParseAddr(strings.ReplaceAll(text[at[0]:at[1]], "-", ".")); err == nil && ip.IsValid() {
			out = append(out, part{at[0], at[1], dashed})
		}
	}
	for _, at := range awsDNS.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, part{at[2], at[3], decimal}, part{at[4], at[5], decimal})
	}
	if at := secret.FindStringSubmatchIndex(text); at != nil {
		out = append(out, part{at[2], at[3], mixed})
	}
	taken := slices.Clone(out)
	for _, at := range word.FindAllStringIndex(text, -1) {
		if slices.ContainsFunc(taken, func(p part) bool { return p.start < at[1] && at[0] < p.end }) {
			continue
		}
		w := text[at[0]:at[1]]
		if known[w] {
			continue
		}
		has := func(low, high byte) bool {
			return strings.ContainsFunc(w, func(r rune) bool { return r >= rune(low) && r <= rune(high) })
		}
		digits, small, capital := has('0', '9'), has('a', 'z'), has('A', 'Z')
		switch {
		case digits && !small && !capital:
			if len(w) >= longNumber && len(w) != accountSize {
				out = append(out, part{at[0], at[1], decimal})
			}
		case len(w) >= longWord && digits && small && !capital && strings.Trim(w, "0123456789abcdef") == "":
			out = append(out, part{at[0], at[1], hexadecimal})
		case digits && small && !capital:
			if number := trailingNumber(w); number < len(w)-longWord {
				out = append(out, part{at[0] + number, at[1], decimal}) // behind a name_prefix
			} else if len(w) >= longLabel {
				out = append(out, part{at[0], at[1], lower})
			}
		case len(w) >= longWord && digits && !small:
			out = append(out, part{at[0], at[1], upper})
		case len(w) >= longWord && small && capital && digits:
			if number := trailingNumber(w); number < len(w)-longWord {
				out = append(out, part{at[0] + number, at[1], decimal})
			} else {
				out = append(out, part{at[0], at[1], mixed})
			}
		}
	}
	slices.SortFunc(out, func(a, b part) int { return a.start - b.start })
	return out
}

// trailingNumber is where the digits begin that a word ends with.
func trailingNumber(w string) int {
	return len(strings.TrimRight(w, "0123456789"))
}

var alphabets = map[kind]string{
	hexadecimal: "0123456789abcdef", decimal: "0123456789", lower: "abcdefghijklmnopqrstuvwxyz0123456789", upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	mixed: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}

// anew makes a part of the same shape that hangs on nothing but the word. The 17 digits of an identifier begin with 0, as AWS's do; hardware addresses keep
// the 02 that says nobody gave them out, hosted zones their Z.
func (n *naming) anew(text string, k kind, word string) string {
	out := []byte(text)
	from := 0
	switch {
	case k == hexadecimal && strings.Contains(text, ":"):
		from = 2
	case k == hexadecimal && len(text) == 17:
		out[0], from = '0', 1
	case k == upper && text[0] == 'Z':
		from = 1
	}
	alphabet := alphabets[k]
	random := n.random(word, len(text))
	for i := from; i < len(out); i++ {
		if letterOrDigit(out[i]) {
			out[i] = alphabet[int(random[i])%len(alphabet)]
		}
	}
	if k == lower { // recognizable as what it is, whatever chance says
		out[0], out[len(out)-1] = 'a'+random[0]%26, '0'+random[len(out)-1]%10
	}
	return string(out)
}

// random are bytes that hang on nothing but the namespace and the word.
func (n *naming) random(word string, length int) []byte {
	var out []byte
	for round := 0; len(out) < length; round++ {
		sum := sha256.Sum256([]byte(n.namespace + "\x00" + word + "\x00" + strconv.Itoa(round)))
		out = append(out, sum[:]...)
	}
	return out
}
