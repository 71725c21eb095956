package intent

import "slices"

// Content is what is in a file of the segmentation.
func (s *Segmentation) Content(name string) []byte {
	if f := s.files[name]; f != nil {
		return slices.Clone(f.Bytes)
	}
	return nil
}

// With reads the segmentation again, with other contents of some of its files. The error is an [*Error].
func (s *Segmentation) With(edited map[string][]byte) (*Segmentation, error) {
	var sources []Source
	for _, name := range s.order {
		content, changed := edited[name]
		if !changed {
			content = s.files[name].Bytes
		}
		sources = append(sources, Source{name, content})
	}
	return parse(sources)
}

// RulesOut tells whether a guardrail rules a flow out.
func (f *Forbid) RulesOut(from, to End) bool { return f.A.matches(from) && f.B.matches(to) }

// RulesOutName tells whether a guardrail rules out that a role reaches a name on the internet.
func (f *Forbid) RulesOutName(from *Service, name string) bool {
	return f.A.matches(End{Service: from}) && f.B.includes(name)
}
