package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
)

// dataKind is what a client sends once its connection stands: TLS or HTTP with a name, or anything else (FW-4).
type dataKind struct {
	application application
	name        string // in lower case; see anyOther for names that no rule speaks of
}

type application uint8

const (
	otherData application = iota
	tlsData
	httpData
)

// anyOther is a name that no rule speaks of, and below ".example.com" it stands for every name there: "\x00.example.com".
const anyOther = "\x00"

// carries is what passes of the data on TCP connections, by the headers of the first packet.
func (j *judgement) carries(kind dataKind) bounds {
	if b, ok := j.data[kind]; ok {
		return b
	}
	b := j.throughRules(kind)
	j.data[kind] = b
	return b
}

func (j *judgement) throughRules(kind dataKind) bounds {
	if j.policy.TLSInspection != "" {
		return unclear
	}
	passes, denied, rest := packet.None, packet.None, packet.All
	for _, s := range j.inspector.stateful {
		m := j.dataMatch(s, kind)
		decides := m.may.Intersect(rest)
		if decides.IsEmpty() {
			continue
		}
		if s.action != "drop" {
			passes = passes.Union(decides)
		}
		if s.action != "pass" {
			denied = denied.Union(decides)
		}
		rest = rest.Subtract(m.must)
	}
	def := open
	if j.policy.Strict {
		for _, d := range j.policy.StatefulDefaults {
			switch d {
			case "aws:drop_strict", "aws:drop_established":
				def = shut
			case "aws:alert_strict", "aws:alert_established":
			default:
				def = def.and(unclear)
			}
		}
	}
	passes = passes.Union(rest.Intersect(def.may))
	return bounds{packet.All.Subtract(denied.Union(rest.Subtract(def.must))), passes}
}

// dataMatch is what a rule matches of data that a client sends.
func (j *judgement) dataMatch(s statefulStep, kind dataKind) bounds {
	tcp := packet.Protocol(packet.TCP)
	if s.unknown != "" {
		return unclear
	}
	if s.domains != nil {
		d := s.domains
		if kind.application == otherData || kind.application == tlsData && !d.TLS || kind.application == httpData && !d.HTTP {
			return shut
		}
		listed := slices.ContainsFunc(d.Targets, func(t string) bool { return covers(t, kind.name) })
		if listed == s.rest {
			return shut
		}
		holds := j.variable(s.group, "HOME_NET", j.source)
		if j.variable(s.group, "HOME_NET", j.destination) != refNo { // it speaks of what leaves; what stays is not documented
			holds = allOf(holds, refDoubt)
		}
		return surely(holds, tcp)
	}
	r := s.rule
	certain := len(r.Unevaluated) == 0
	switch r.Protocol {
	case "tls", "ssl":
		if kind.application != tlsData {
			return shut
		}
	case "http":
		if kind.application != httpData {
			return shut
		}
	case "http2":
		if kind.application == tlsData {
			return shut
		}
		certain = false
	default:
		if slices.Contains(overTCP, r.Protocol) {
			if kind.application != otherData {
				return shut
			}
			certain = false // some of what is neither
		}
	}
	for _, word := range r.Flow {
		if toClient(word) || word == "not_established" {
			return shut
		}
	}
	for _, n := range r.Names {
		if !nameHolds(n, kind) {
			return shut
		}
	}
	m := j.header(s)
	if !certain {
		m.must = packet.None
	}
	return bounds{m.must.Intersect(tcp), m.may.Intersect(tcp)}
}

// covers tells whether an element of a domain list matches a name (FW-4).
func covers(target, name string) bool {
	target = strings.ToLower(target)
	if domain, below := strings.CutPrefix(target, "."); below {
		return name == domain || strings.HasSuffix(name, target)
	}
	return name == target
}

// nameHolds tells whether a condition on a name holds for data.
func nameHolds(n network.NameMatch, kind dataKind) bool {
	if n.Buffer == "tls.sni" && kind.application != tlsData || n.Buffer == "http.host" && kind.application != httpData {
		return false
	}
	name, content := kind.name, strings.ToLower(n.Content)
	if n.DotPrefix {
		name = "." + name
	}
	holds := strings.Contains(name, content)
	switch {
	case n.StartsWith && n.EndsWith:
		holds = name == content
	case n.StartsWith:
		holds = strings.HasPrefix(name, content)
	case n.EndsWith:
		holds = strings.HasSuffix(name, content)
	}
	return holds != n.Not
}

// mentioned are the names that rules speak of, as a domain list writes them.
func (i *inspector) mentioned() []string {
	var all []string
	for _, s := range i.stateful {
		if s.domains != nil {
			for _, t := range s.domains.Targets {
				all = append(all, strings.ToLower(t))
			}
		}
		if s.rule != nil {
			for _, n := range s.rule.Names {
				all = append(all, pattern(n))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(slices.DeleteFunc(all, func(name string) bool { return name == "" }))
}

// pattern is a condition on a name in the words of a domain list, with "*" for any letters.
func pattern(n network.NameMatch) string {
	content := strings.ToLower(n.Content)
	switch {
	case content == "", n.DotPrefix && n.EndsWith && !n.StartsWith, n.StartsWith && n.EndsWith:
		return content
	case n.EndsWith:
		return "*" + content
	case n.StartsWith:
		return content + "*"
	}
	return "*" + content + "*"
}

// example is a name that a pattern matches, and as little else as can be.
func example(pattern string) string {
	if strings.HasPrefix(pattern, ".") {
		return anyOther + pattern
	}
	return strings.ReplaceAll(pattern, "*", anyOther)
}

// limited is a part of the headers that a firewall lets pass, with what it limits their data to.
type limited struct {
	traffic packet.Set
	limits  *Limits // nil: to nothing
}

// limit cuts headers, whose handshake passes, by what becomes of their data (FW-11).
func (j *judgement) limit(traffic packet.Set) []limited {
	tcp := traffic.Intersect(packet.Protocol(packet.TCP)).Intersect(j.forward.may)
	rest := traffic.Subtract(tcp)
	names := j.mentioned()
	kinds := []dataKind{{otherData, ""}, {tlsData, anyOther}, {httpData, anyOther}}
	for _, n := range names {
		kinds = append(kinds, dataKind{tlsData, example(n)}, dataKind{httpData, example(n)})
	}
	// Data of two kinds is limited in few ways: cut by those that differ.
	regions := []packet.Set{tcp}
	seen := map[packet.Set]bool{}
	for _, k := range kinds {
		b := j.carries(k)
		for _, set := range []packet.Set{b.must, b.may} {
			if seen[set] {
				continue
			}
			seen[set] = true
			var cut []packet.Set
			for _, r := range regions {
				for _, part := range []packet.Set{r.Intersect(set), r.Subtract(set)} {
					if !part.IsEmpty() {
						cut = append(cut, part)
					}
				}
			}
			regions = cut
		}
	}
	var out []limited
	for _, r := range regions {
		l := j.limits(r, names)
		if l == nil {
			rest = rest.Union(r)
			continue
		}
		if i := slices.IndexFunc(out, func(o limited) bool { return o.limits.equal(l) }); i >= 0 {
			out[i].traffic = out[i].traffic.Union(r)
			continue
		}
		out = append(out, limited{r, l})
	}
	if !rest.IsEmpty() {
		out = append(out, limited{rest, nil})
	}
	return out
}

// limits are what data on connections with some headers, which all fare alike, is limited to; nil when to nothing.
func (j *judgement) limits(traffic packet.Set, names []string) *Limits {
	l := &Limits{}
	anything, everything := false, true
	judge := func(k dataKind) (passes, unknown bool) {
		b := j.carries(k)
		passes, unknown = b.must.Overlaps(traffic), !b.must.Overlaps(traffic) && b.may.Overlaps(traffic)
		anything, everything = anything || passes || unknown, everything && passes
		return passes, unknown
	}
	other, doubtOther := judge(dataKind{otherData, ""})
	tls, doubtTLS := judge(dataKind{tlsData, anyOther})
	http, doubtHTTP := judge(dataKind{httpData, anyOther})
	if doubtOther || doubtTLS || doubtHTTP {
		l.Unknown = "what becomes of data is not known"
		if why := j.whyUnknown(); why != "" {
			l.Unknown += ": " + why
		}
	}
	for _, n := range names {
		byTLS, a := judge(dataKind{tlsData, example(n)})
		byHTTP, b := judge(dataKind{httpData, example(n)})
		switch {
		case a || b:
			l.Unknown = cmp.Or(l.Unknown, "what becomes of data with the name "+n+" is not known")
		case (byTLS || byHTTP) && !(tls && http):
			only := ""
			if byTLS && !byHTTP && !http {
				only = " (TLS)"
			} else if byHTTP && !byTLS && !tls {
				only = " (HTTP)"
			}
			if byTLS && !tls || byHTTP && !http {
				l.Names = append(l.Names, n+only)
			}
		}
		if !byTLS && !a && tls || !byHTTP && !b && http {
			l.Denied = append(l.Denied, n)
		}
	}
	if everything {
		return nil
	}
	var open []string
	if other {
		open = append(open, "data that is neither TLS nor HTTP")
	}
	if tls {
		open = append(open, "TLS with any other name")
	}
	if http {
		open = append(open, "HTTP with any other name")
	}
	l.Open = strings.Join(open, ", ")
	l.HandshakeOnly = !anything
	l.Rule = j.limiting()
	// both protocols alike is the rule, and is not said
	if both := len(l.Names) > 0 && !slices.ContainsFunc(l.Names, func(n string) bool { return !strings.HasSuffix(n, " (TLS)") }); both {
		for k := range l.Names {
			l.Names[k] = strings.TrimSuffix(l.Names[k], " (TLS)")
		}
		l.Rule += "; by TLS only"
	}
	return l
}

func (l *Limits) equal(m *Limits) bool {
	return l.HandshakeOnly == m.HandshakeOnly && l.Open == m.Open && l.Unknown == m.Unknown && l.Rule == m.Rule && slices.Equal(l.Names, m.Names) && slices.Equal(l.Denied, m.Denied)
}

// key tells limits apart.
func (l *Limits) key() string {
	if l == nil {
		return ""
	}
	return fmt.Sprint(l.HandshakeOnly, l.Names, l.Denied, l.Open, l.Unknown, l.Rule)
}

// and is what two firewalls, one after the other, leave.
func (l *Limits) and(m *Limits) *Limits {
	switch {
	case l == nil:
		return m
	case m == nil || l.equal(m):
		return l
	}
	both := &Limits{HandshakeOnly: l.HandshakeOnly || m.HandshakeOnly, Unknown: cmp.Or(l.Unknown, m.Unknown), Rule: l.Rule + "; and " + m.Rule}
	both.Denied = slices.Concat(l.Denied, m.Denied)
	slices.Sort(both.Denied)
	both.Denied = slices.Compact(both.Denied)
	if l.Open == m.Open {
		both.Open = l.Open
	} else if l.Open != "" && m.Open != "" {
		both.Open = l.Open + "; of that " + m.Open
	}
	for _, n := range l.Names {
		if slices.Contains(m.Names, n) || m.Open != "" && !slices.Contains(m.Denied, n) {
			both.Names = append(both.Names, n)
		}
	}
	for _, n := range m.Names {
		if !slices.Contains(both.Names, n) && l.Open != "" && !slices.Contains(l.Denied, n) {
			both.Names = append(both.Names, n)
		}
	}
	slices.Sort(both.Names)
	return both
}

// limit cuts what an inspection let pass by what becomes of its data. Data hangs on the client port behind a NAT gateway only where a rule names ports
// that packets come from; then what holds for some is said for all.
func (i inspection) limit(traffic packet.Set, ports natPorts) []limited {
	if i.segment == 0 {
		return i.judgement.limit(traffic)
	}
	var out []limited
	for _, part := range i.judgement.limit(onPorts(traffic, ports.of(i.segment))) {
		if set := traffic.Intersect(part.traffic.SomeClients(0, 65535)); !set.IsEmpty() {
			out = append(out, limited{set, part.limits})
			traffic = traffic.Subtract(set)
		}
	}
	return out
}

// onPorts are headers with the client ports that a NAT gateway picks from, in place of their own.
func onPorts(traffic packet.Set, ports []packet.Span) packet.Set {
	any, out := traffic.SomeClients(0, 65535), packet.None
	for _, p := range ports {
		out = out.Union(any.Intersect(packet.Of(packet.Box{Protocols: packet.Span{High: 255}, First: packet.Span{High: 65535}, Second: packet.Span{Low: p.Low, High: p.High}})))
	}
	return out.Union(any.Subtract(packet.Protocol(packet.TCP).Union(packet.Protocol(packet.UDP))))
}

// dataByPort are the headers, behind a NAT gateway, whose data firewalls limit in different ways, where that hangs on the port that the gateway picks.
func (l *link) dataByPort(segment int) []packet.Set {
	var all []packet.Set
	for _, i := range l.inspections {
		if i.segment != segment || !i.judgement.byClient {
			continue
		}
		for _, part := range i.judgement.limit(packet.Protocol(packet.TCP)) {
			if part.traffic != part.traffic.SomeClients(0, 65535) {
				all = append(all, part.traffic)
			}
		}
	}
	return all
}

// limits tells whether a firewall limits the data of some connections over a link.
func (l *link) limits(reachable packet.Set) bool {
	return slices.ContainsFunc(l.inspections, func(i inspection) bool {
		limited := i.judgement.limitedData()
		if i.segment > 0 {
			limited = limited.SomeClients(natLow, natHigh)
		}
		return limited.Overlaps(reachable)
	})
}

// limitedData are the headers whose data is limited.
func (j *judgement) limitedData() packet.Set {
	if j.limited == nil {
		all := packet.None
		for _, part := range j.limit(packet.Protocol(packet.TCP)) {
			if part.limits != nil {
				all = all.Union(part.traffic)
			}
		}
		j.limited = &all
	}
	return *j.limited
}

// named is what passes of the request of a link when the client names a host in its data.
func (l *link) named(name string) []bounds {
	request := slices.Clone(l.request)
	for _, i := range l.inspections {
		request[i.segment] = request[i.segment].and(i.judgement.named(name))
	}
	return request
}

// limiting names what limits data.
func (j *judgement) limiting() string {
	var words []string
	for _, s := range j.inspector.stateful {
		if s.domains != nil || s.rule != nil && len(s.rule.Names) > 0 {
			if w := "rule group " + s.group.Label(); !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	if j.policy.Strict && len(j.policy.StatefulDefaults) > 0 {
		words = append(words, "default "+strings.Join(j.policy.StatefulDefaults, ", "))
	}
	return fmt.Sprintf("policy %s: %s", cmp.Or(j.policy.Name, j.policy.ID), strings.Join(words, "; "))
}

// whyUnknown is the first reason why something of the rules is not known.
func (j *judgement) whyUnknown() string {
	if j.policy.TLSInspection != "" {
		return "the policy inspects TLS"
	}
	for _, s := range j.inspector.stateful {
		switch {
		case s.unknown != "":
			return s.unknown
		case s.rule != nil && len(s.rule.Unevaluated) > 0:
			return "a rule of " + s.group.Label() + " uses " + strings.Join(s.rule.Unevaluated, ", ") + ", which is not evaluated"
		}
	}
	return ""
}

// applications are what a client that names a host is taken to speak, by the server's port: TLS on 443, HTTP on 80, either elsewhere.
func applications(traffic packet.Set) []limitedTo {
	https, http := packet.Ports(packet.TCP, 443, 443), packet.Ports(packet.TCP, 80, 80)
	var all []limitedTo
	add := func(set packet.Set, kinds ...application) {
		if s := traffic.Intersect(set); !s.IsEmpty() {
			all = append(all, limitedTo{s, kinds})
		}
	}
	add(https, tlsData)
	add(http, httpData)
	add(packet.Protocol(packet.TCP).Subtract(https).Subtract(http), tlsData, httpData)
	return all
}

type limitedTo struct {
	traffic packet.Set
	kinds   []application
}

// named is what passes of connections on which the client names a host, data and all.
func (j *judgement) named(name string) bounds {
	out := bounds{packet.All.Subtract(packet.Protocol(packet.TCP)), packet.All.Subtract(packet.Protocol(packet.TCP))}
	for _, a := range applications(packet.Protocol(packet.TCP)) {
		either := shut
		for _, kind := range a.kinds {
			either = either.or(j.carries(dataKind{kind, strings.ToLower(name)}))
		}
		out = out.or(bounds{a.traffic, a.traffic}.and(either))
	}
	// What the stateless engine passes is not looked at.
	return out.or(exactly(packet.All.Subtract(j.forward.may)))
}
