package shadow

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What the small providers compute: of the right length and range, and as arbitrary as theirs, but always the same.

var stringType tftypes.Type = tftypes.String

func randomText(f *filling, path string, _ map[string]any) any {
	if f.made["result"] {
		return f.values["result"]
	}
	alphabet := ""
	for _, part := range []struct{ flag, letters string }{
		{"lower", "abcdefghijklmnopqrstuvwxyz"}, {"upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, {"numeric", "0123456789"},
	} {
		if f.values[part.flag] != false && !(part.flag == "numeric" && f.values["number"] == false) {
			alphabet += part.letters
		}
	}
	if f.values["special"] != false {
		if own := str(f.values["override_special"]); own != "" {
			alphabet += own
		} else if alphabet == "" {
			alphabet = "!@#$%&*()-_=+[]{}<>:?"
		}
	}
	if alphabet == "" {
		alphabet = hexDigits
	}
	text := f.digits(alphabet, integer(f.values["length"]), "result")
	f.values["result"], f.made["result"] = text, true
	if len(text) >= 8 { // a shorter one could be written by chance
		return f.note(text, path)
	}
	f.choose(path)
	return text
}

func randomBytes(f *filling) []byte {
	n := integer(f.values["byte_length"])
	if n == 0 {
		n = integer(f.values["length"])
	}
	b, _ := hex.DecodeString(f.digits(hexDigits, 2*n, "bytes"))
	return b
}

func (f *filling) prefixed(text, path string) string {
	text = str(f.values["prefix"]) + text
	if len(text) >= 8 {
		return f.note(text, path)
	}
	f.choose(path)
	return text
}

func randomHex(f *filling, path string, _ map[string]any) any {
	return f.prefixed(hex.EncodeToString(randomBytes(f)), path)
}

func randomDec(f *filling, path string, _ map[string]any) any {
	return f.prefixed(new(big.Int).SetBytes(randomBytes(f)).String(), path)
}

func randomBase64(f *filling, path string, _ map[string]any) any {
	b := randomBytes(f)
	switch path {
	case "b64_std":
		return f.prefixed(base64.StdEncoding.EncodeToString(b), path)
	case "base64":
		return base64.StdEncoding.EncodeToString(b)
	case "id":
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return f.prefixed(base64.RawURLEncoding.EncodeToString(b), path)
}

func randomInteger(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	low, high := integer(f.values["min"]), integer(f.values["max"])
	if high <= low {
		return float64(low)
	}
	n := f.numeral(path, "integer")
	var x uint64
	for _, b := range n[:7] {
		x = x<<8 | uint64(b)
	}
	return float64(low) + float64(x%uint64(high-low+1))
}

func randomPet(f *filling, path string, _ map[string]any) any {
	var parts []string
	if p := str(f.values["prefix"]); p != "" {
		parts = append(parts, p)
	}
	for i := range max(1, integer(f.values["length"])) {
		parts = append(parts, f.digits("abcdefghijklmnopqrstuvwxyz", 6, "pet", fmt.Sprint(i)))
	}
	return f.note(strings.Join(parts, str(f.values["separator"])), path)
}

func shuffled(f *filling, path string, _ map[string]any) any {
	f.choose(path)
	in := slices.Clone(list(f.values["input"]))
	slices.SortStableFunc(in, func(a, b any) int {
		return strings.Compare(hash(f.seed, canonical(a)), hash(f.seed, canonical(b)))
	})
	n := len(in)
	if c := integer(f.values["result_count"]); c > 0 {
		n = c
	}
	out := []any{}
	for i := 0; i < n && len(in) > 0; i++ {
		out = append(out, in[i%len(in)])
	}
	return out
}

// moments are the parts of a point in time: the one given, or always the same.
func moments() map[string]shape {
	return map[string]shape{
		"year": moment(func(t time.Time) int { return t.Year() }), "month": moment(func(t time.Time) int { return int(t.Month()) }),
		"day": moment(time.Time.Day), "hour": moment(time.Time.Hour), "minute": moment(time.Time.Minute), "second": moment(time.Time.Second),
		"unix": moment(func(t time.Time) int { return int(t.Unix()) }),
	}
}

func rotation() map[string]shape {
	all := moments()
	all["rotation_rfc3339"] = func(f *filling, path string, _ map[string]any) any {
		f.choose(path)
		return f.time().Format(time.RFC3339)
	}
	return all
}

func moment(part func(time.Time) int) shape {
	return func(f *filling, path string, _ map[string]any) any {
		f.choose(path)
		return float64(part(f.time()))
	}
}

// time is the point in time of an instance, its offset or rotation included.
func (f *filling) time() time.Time {
	at := str(f.values["rfc3339"])
	if b := str(f.values["base_rfc3339"]); b != "" {
		at = b
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	n := func(name string) int { return integer(f.values["offset_"+name]) + integer(f.values["rotation_"+name]) }
	t = t.AddDate(n("years"), n("months"), n("days"))
	return t.Add(time.Duration(n("hours"))*time.Hour + time.Duration(n("minutes"))*time.Minute + time.Duration(n("seconds"))*time.Second)
}
