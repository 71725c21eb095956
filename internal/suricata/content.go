package suricata

import (
	"fmt"
	"strings"
)

// decode reads the value of a content: in quotes, with a ! before them when it must not be there; \ before ; : " and \ itself; and bytes in hexadecimal
// between two |.
func decode(o *option) (content string, not bool, wrong *fault) {
	value, at := o.value, o.valueAt
	if rest, ok := strings.CutPrefix(value, "!"); ok {
		not = true
		value = strings.TrimLeft(rest, blanks)
		at += len(o.value) - len(value)
	}
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return "", false, &fault{at, `the value of content does not stand in quotes: write content:"example.com";`}
	}
	at++
	value = value[1 : len(value)-1]
	var b strings.Builder
	hex := -1 // where hexadecimal began
	high, digits := byte(0), 0
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '|' && hex < 0:
			hex = i
		case c == '|':
			if digits != 0 {
				return "", false, &fault{at + i, "a byte has two hexadecimal digits"}
			}
			hex = -1
		case hex >= 0:
			n := strings.IndexByte("0123456789abcdef", c|0x20)
			switch {
			case c == ' ' || c == ',':
			case n < 0 || c < '0':
				return "", false, &fault{at + i, fmt.Sprintf("%q is no hexadecimal digit: between two | stand bytes such as |3A 3B|", string(rune(c)))}
			case digits == 0:
				high, digits = byte(n), 1
			default:
				b.WriteByte(high<<4 | byte(n))
				digits = 0
			}
		case c == '\\':
			i++
			if i == len(value) || strings.IndexByte(`:;\"`, value[i]) < 0 {
				return "", false, &fault{at + i - 1, `a \ stands before ; : " or \ only: write other characters as they are, or in hexadecimal between two |`}
			}
			b.WriteByte(value[i])
		case c == '"':
			return "", false, &fault{at + i, `a " within a content is written \"`}
		default:
			b.WriteByte(c)
		}
	}
	if hex >= 0 {
		return "", false, &fault{at + hex, "this | is not followed by a second one, which ends the hexadecimal bytes: a | itself is written |7C|"}
	}
	if b.Len() == 0 {
		return "", false, &fault{at, "the content is empty"}
	}
	return b.String(), not, nil
}

// encode writes a content as decode reads it, without the quotes.
func encode(content string) string {
	var b strings.Builder
	hex := false
	for i := range len(content) {
		c := content[i]
		plain := c >= ' ' && c <= '~' && strings.IndexByte(`";:|\`, c) < 0
		switch {
		case plain && hex:
			b.WriteByte('|')
		case !plain && hex:
			b.WriteByte(' ')
		case !plain:
			b.WriteByte('|')
		}
		hex = !plain
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%02X", c)
		}
	}
	if hex {
		b.WriteByte('|')
	}
	return b.String()
}
