package reach

// Wanted says which part of an answer to show.
type Wanted struct {
	Verdict Verdict
	Passes  *bool // what [Part.Passes] has to be; nil: either
	Always  bool  // it must hold for every choice of AWS's
}

// Example is one part of the answer to a question, about the first two ends of which one is true that is wanted, and in words as [Engine.Can] would tell it. It is for those who
// know from a [Engine.Tally] that there is one and need only show it: [Engine.Can] looks at every pair of classes, and explains every part.
func (e *Engine) Example(q Question, w Wanted) (Part, bool) {
	s, done := e.use()
	defer done()
	for _, client := range q.Sources.sources() {
		for _, server := range q.Destinations.list {
			if !calls(client, server) || itself(client, server) && !server.exact || q.Family != AnyFamily && q.Family != client.class.site.family() {
				continue
			}
			if client.class.site.outside() && server.class.site.outside() {
				continue
			}
			for _, f := range s.findings(client, server, q.Traffic, &q) {
				if f.verdict != w.Verdict || w.Passes != nil && f.passes != *w.Passes || w.Always && f.choice != "" {
					continue
				}
				if parts := s.parts([]finding{f}); len(parts) > 0 {
					return parts[0], true
				}
			}
		}
	}
	return Part{}, false
}
