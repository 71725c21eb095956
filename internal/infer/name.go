package infer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// longest is how long a name may be.
const longest = 32

var (
	foreign  = regexp.MustCompile(`[^a-z0-9]+`)
	reserved = map[string]bool{"internet": true, "nat": true, "firewall": true, "transit": true}
)

// names gives things names of the language, each once.
type names map[string]bool

// take makes a name of a text: what it is called, or else what stands for it.
func (n names) take(text, otherwise string) string {
	name := strings.Trim(foreign.ReplaceAllString(strings.ToLower(text), "-"), "-")
	name = strings.TrimPrefix(name, "sg-")
	if name == "" {
		name = otherwise
	}
	if name[0] < 'a' || name[0] > 'z' {
		name = "x-" + name
	}
	if reserved[name] {
		name += "-" + otherwise
	}
	if len(name) > longest {
		sum := sha256.Sum256([]byte(text))
		name = strings.Trim(name[:longest-9], "-") + "-" + hex.EncodeToString(sum[:4])
	}
	full := name
	for k := 2; n[full]; k++ {
		suffix := fmt.Sprintf("-%d", k)
		full = strings.Trim(name[:min(len(name), longest-len(suffix))], "-") + suffix
	}
	n[full] = true
	return full
}
