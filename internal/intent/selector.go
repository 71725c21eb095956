package intent

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// SelectorError says what is wrong with a selector, and what would be right.
type SelectorError struct{ Summary, Detail string }

func (e *SelectorError) Error() string { return e.Summary + ". " + e.Detail }

var hostnameForm = regexp.MustCompile(`^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`)

// Find tells what a selector stands for: a role ("app-server", "prod/app-server"), a tier ("tier:data", "prod/tier:data"), "internet", a block of addresses or a name on the
// internet ("*.example.com"). The error is a [*SelectorError]. A name that is none, or more than one, lists the candidates.
func (s *Segmentation) Find(text string) (Selection, error) {
	x := Selection{Text: text}
	fail := func(detail, summary string, values ...any) (Selection, error) {
		return Selection{}, &SelectorError{fmt.Sprintf(summary, values...), detail}
	}
	if text == "internet" {
		x.Internet = true
		return x, nil
	}
	if block, err := netip.ParsePrefix(text); err == nil {
		if !block.Addr().Is4() {
			return fail("Segmentations are about IPv4.", "%s is an IPv6 block", text)
		}
		if block != block.Masked() {
			return fail("The block that this address is in is "+block.Masked().String()+".", "%s has bits behind its length", text)
		}
		x.Block = block
		return x, nil
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return fail("Write "+netip.PrefixFrom(address, address.BitLen()).String()+".", "%s is an address, and a selector is a block", text)
	}
	environment, name, qualified := strings.Cut(text, "/")
	if !qualified {
		environment, name = "", text
	}
	if qualified {
		known := func(e *Environment) bool { return e.Name == environment }
		if !slices.ContainsFunc(s.Environments, known) {
			return fail(suggest("environments", environment, names(s.Environments, func(e *Environment) string { return e.Name })), "there is no environment %q", environment)
		}
	}
	tierName, isTier := strings.CutPrefix(name, "tier:")
	var candidates, near []string
	for _, e := range s.Environments {
		if environment != "" && e.Name != environment {
			continue
		}
		if isTier {
			for _, t := range e.Tiers {
				near = append(near, e.Name+"/tier:"+t.Name)
				if t.Name == tierName {
					x.Tiers = append(x.Tiers, t)
					candidates = append(candidates, e.Name+"/tier:"+t.Name)
					x.Services = e.in(t)
				}
			}
			continue
		}
		for _, service := range e.Services {
			near = append(near, service.String())
			if service.Name == name {
				x.Services = append(x.Services, service)
				candidates = append(candidates, service.String())
			}
		}
	}
	what := map[bool]string{true: "tier", false: "role"}[isTier]
	switch {
	case len(candidates) == 1:
		return x, nil
	case len(candidates) > 1:
		return fail("Write one of "+strings.Join(candidates, ", ")+".", "%q is more than one %s", text, what)
	case !isTier && !qualified && hostnameForm.MatchString(strings.ToLower(text)):
		x.Hostname = strings.ToLower(text)
		return x, nil
	}
	return fail(suggest(what+"s", text, near), "there is no %s %q", what, text)
}

// in are the roles of a tier.
func (e *Environment) in(t *Tier) []*Service {
	var all []*Service
	for _, s := range e.Services {
		if s.Tier == t || s.Declared == t {
			all = append(all, s)
		}
	}
	return all
}

func names[T any](list []T, name func(T) string) []string {
	var all []string
	for _, each := range list {
		all = append(all, name(each))
	}
	return all
}

// suggest says what somebody may have meant: the nearest of some names, or else all of them, when they are few.
func suggest(what, text string, candidates []string) string {
	const few = 12
	best, distance := "", 2+len(text)/3
	for _, c := range candidates {
		short := c
		if !strings.Contains(text, "/") {
			short = c[strings.LastIndex(c, "/")+1:]
		}
		if d := levenshtein.Distance(text, short, nil); d < distance {
			best, distance = c, d
		}
	}
	switch {
	case best != "":
		return "Did you mean " + best + "?"
	case len(candidates) == 0:
		return "No " + what + " are declared."
	case len(candidates) <= few:
		return "The " + what + " are " + strings.Join(candidates, ", ") + "."
	}
	return fmt.Sprintf("The %s are %s and %d more.", what, strings.Join(candidates[:few], ", "), len(candidates)-few)
}

// inWords are words as a sentence lists them: "a, b and c".
func inWords(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
