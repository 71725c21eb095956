package request

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/watertight/watertight/internal/intent"
)

// end is one end of a question: one of the segmentation's, or a name on the internet.
type end struct {
	intent.End
	hostname string
}

func (e end) String() string {
	if e.hostname != "" {
		return e.hostname
	}
	return e.End.String()
}

// find finds what the two words of a question stand for. A name that several environments have is, where nothing crosses from one to another, that of the environment of the other
// end: so it is in flows.
func find(s *intent.Segmentation, source, destination, via string) (from, to end, err error) {
	from, err = one(s, source)
	to, wrong := one(s, destination)
	if via == "" {
		switch {
		case err != nil && wrong == nil && to.Service != nil:
			from, err = near(s, source, to.Service, err)
		case err == nil && wrong != nil && from.Service != nil:
			to, wrong = near(s, destination, from.Service, wrong)
		}
	}
	switch {
	case err != nil || wrong != nil:
		return end{}, end{}, errors.Join(err, wrong)
	case from.hostname != "":
		return end{}, end{}, fmt.Errorf("%s is a name on the internet: what opens connections is a role, internet, or a block of addresses", source)
	}
	return from, to, nil
}

// one finds a role, internet, a block of addresses, or a name on the internet.
func one(s *intent.Segmentation, word string) (end, error) {
	found, err := s.Find(word)
	switch {
	case err != nil:
		return end{}, err
	case len(found.Tiers) > 0:
		return end{}, fmt.Errorf("%s: a request is about one role. A flow for all roles of a tier is written by hand", word)
	case len(found.Services) > 0:
		return end{End: intent.End{Service: found.Services[0]}}, nil
	}
	return end{End: intent.End{Internet: found.Internet, Block: found.Block}, hostname: found.Hostname}, nil
}

// near finds a role of the environment of another one; the error is the one that is given.
func near(s *intent.Segmentation, word string, other *intent.Service, err error) (end, error) {
	if found, wrong := one(s, other.Environment.Name+"/"+word); wrong == nil && !strings.Contains(word, "/") {
		return found, nil
	}
	return end{}, err
}

// labels are the two ends of a flow as a person would write them: roles with their environments only where that says something.
func labels(s *intent.Segmentation, from, to intent.End, via string) []string {
	if from.Service == nil || to.Service == nil || from.Service.Environment == to.Service.Environment {
		names := []string{bare(from), bare(to)}
		if f, t, err := find(s, names[0], names[1], via); err == nil && f.End == from && t.End == to {
			return names
		}
	}
	return []string{from.String(), to.String()}
}

func bare(e intent.End) string {
	if e.Service != nil {
		return e.Service.Name
	}
	return e.String()
}

// covers tells whether what is declared for an end holds for another one.
func covers(declared, asked intent.End) bool {
	switch {
	case declared == asked:
		return true
	case !asked.Block.IsValid():
		return false
	case declared.Internet:
		return public(asked.Block)
	}
	return declared.Block.IsValid() && declared.Block.Bits() <= asked.Block.Bits() && declared.Block.Contains(asked.Block.Addr())
}

// public tells whether a block has public addresses only.
func public(block netip.Prefix) bool {
	for _, private := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"} {
		if netip.MustParsePrefix(private).Overlaps(block) {
			return false
		}
	}
	return true
}

// names tells whether a domain as egresses write it stands for a name, or for all that another domain does.
func names(domain, asked string) bool {
	if domain == asked {
		return true
	}
	below, wild := strings.CutPrefix(domain, "*.")
	asked = strings.TrimPrefix(asked, "*.")
	return wild && (asked == below || strings.HasSuffix(asked, "."+below))
}
