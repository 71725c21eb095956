package intent

import (
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same on every machine
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// declared is what the blocks of the files say, in their order.
type declared struct {
	environments []*environmentBlock
	services     []*serviceBlock
	flows        []*flowBlock
	egresses     []*egressBlock
	forbids      []*forbidBlock
	windows      []*ChangeWindow
}

// word is a string and where it stands.
type word struct {
	text string
	at   hcl.Range
}

type environmentBlock struct {
	name, account, region, cidr word
	vpc                         word
	zones                       []word
	tiers                       []*tierBlock
	quotas                      Quotas
	tags                        map[string]string
	at                          hcl.Range
	zonesAt                     hcl.Range
}

type tierBlock struct {
	name, internet word
	cidrs          []word
	cidrsAt, at    hcl.Range
}

type serviceBlock struct {
	environment, name, tier, kind word
	group                         word
	serves                        []word
	owner                         string
	at                            hcl.Range
}

type flowBlock struct {
	from, to, via, hostname word
	ports                   []word
	portsAt                 hcl.Range
	Accountable
}

type egressBlock struct {
	environment, name word
	domains           []word
	Accountable
}

type forbidBlock struct {
	a, b word
	Accountable
}

// blocks are those of a file, with the names of their labels.
var blocks = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "environment", LabelNames: []string{"name"}},
	{Type: "service", LabelNames: []string{"environment", "name"}},
	{Type: "flow", LabelNames: []string{"from", "to"}},
	{Type: "egress", LabelNames: []string{"environment", "name"}},
	{Type: "forbid", LabelNames: []string{"a", "b"}},
	{Type: "change_window", LabelNames: []string{"name"}},
}}

// decode reads the blocks of a file.
func (l *loader) decode(body hcl.Body) {
	content, problems := body.Content(blocks)
	l.errors = append(l.errors, problems...)
	if content == nil {
		return
	}
	for _, b := range content.Blocks {
		label := func(i int) word { return word{b.Labels[i], b.LabelRanges[i]} }
		switch b.Type {
		case "environment":
			l.environment(b, label(0))
		case "service":
			r := l.read(b, "tier*", "serves", "kind", "owner", "group")
			l.services = append(l.services, &serviceBlock{environment: label(0), name: label(1), tier: r.word("tier"), kind: r.word("kind"), group: r.word("group"), serves: r.list("serves"), owner: r.word("owner").text, at: b.DefRange})
		case "flow":
			r := l.read(b, "ports", "via", "hostname", "reason", "owner", "until")
			l.flows = append(l.flows, &flowBlock{from: label(0), to: label(1), via: r.word("via"), hostname: r.word("hostname"), ports: r.list("ports"), portsAt: r.at("ports"), Accountable: r.accountable()})
		case "egress":
			r := l.read(b, "domains*", "reason", "owner", "until")
			l.egresses = append(l.egresses, &egressBlock{environment: label(0), name: label(1), domains: r.list("domains"), Accountable: r.accountable()})
		case "forbid":
			r := l.read(b, "reason", "owner")
			l.forbids = append(l.forbids, &forbidBlock{a: label(0), b: label(1), Accountable: r.accountable()})
		case "change_window":
			l.window(b, label(0))
		}
	}
}

func (l *loader) environment(b *hcl.Block, name word) {
	r := l.read(b, "account*", "region*", "zones*", "cidr", "vpc", "tags", "tier{}", "quotas{}")
	e := &environmentBlock{
		name: name, account: r.word("account"), region: r.word("region"), cidr: r.word("cidr"), vpc: r.word("vpc"), zones: r.list("zones"), zonesAt: r.at("zones"), tags: r.strings("tags"),
		quotas: Quotas{ACLEntries: 20, RulesPerGroup: 60, GroupsPerInterface: 5, RoutesPerTable: 500}, at: b.DefRange,
	}
	for _, inner := range r.blocks {
		switch inner.Type {
		case "tier":
			r := l.read(inner, "internet*", "cidrs")
			e.tiers = append(e.tiers, &tierBlock{name: word{inner.Labels[0], inner.LabelRanges[0]}, internet: r.word("internet"), cidrs: r.list("cidrs"), cidrsAt: r.at("cidrs"), at: inner.DefRange})
		case "quotas":
			r := l.read(inner, "acl_entries", "rules_per_group", "groups_per_interface", "routes_per_table")
			r.number("acl_entries", &e.quotas.ACLEntries, 1, 40)
			r.number("rules_per_group", &e.quotas.RulesPerGroup, 1, 1000)
			r.number("groups_per_interface", &e.quotas.GroupsPerInterface, 1, 16)
			r.number("routes_per_table", &e.quotas.RoutesPerTable, 1, 1000)
		}
	}
	l.environments = append(l.environments, e)
}

// reader reads the attributes of a block.
type reader struct {
	*loader
	block      *hcl.Block
	attributes hcl.Attributes
	blocks     hcl.Blocks
}

// read takes a block apart. Names are those of its attributes: with a star they are required; with braces they are blocks.
func (l *loader) read(b *hcl.Block, names ...string) *reader {
	schema := &hcl.BodySchema{}
	for _, name := range names {
		switch {
		case name == "tier{}":
			schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: "tier", LabelNames: []string{"name"}})
		case strings.HasSuffix(name, "{}"):
			schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: strings.TrimSuffix(name, "{}")})
		default:
			short := strings.TrimSuffix(name, "*")
			schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: short, Required: short != name})
		}
	}
	content, problems := b.Body.Content(schema)
	for _, p := range problems {
		if p.Summary == "Unsupported argument" {
			p.Detail += " A block " + b.Type + " takes " + inWords(attributeNames(schema)) + "."
		}
	}
	l.errors = append(l.errors, problems...)
	r := &reader{loader: l, block: b}
	if content != nil {
		r.attributes, r.blocks = content.Attributes, content.Blocks
	}
	return r
}

func attributeNames(s *hcl.BodySchema) []string {
	var all []string
	for _, a := range s.Attributes {
		all = append(all, a.Name)
	}
	for _, b := range s.Blocks {
		all = append(all, b.Type)
	}
	return all
}

// at is where an attribute stands, or else its block.
func (r *reader) at(name string) hcl.Range {
	if a := r.attributes[name]; a != nil {
		return a.Range
	}
	return r.block.DefRange
}

// text is the value of an expression that is a string.
func (l *loader) text(e hcl.Expression, what string) (word, bool) {
	value, problems := e.Value(nil)
	if problems.HasErrors() {
		l.errors = append(l.errors, problems...)
		return word{}, false
	}
	if value.IsNull() || !value.IsKnown() || value.Type() != cty.String { // a number in place of an account may have lost a zero
		l.wrong(e.Range(), "Write it in quotes.", "%s is to be a string", what)
		return word{}, false
	}
	w := word{value.AsString(), e.Range()}
	if strings.ContainsFunc(w.text, unicode.IsControl) { // it becomes part of comments
		l.wrong(e.Range(), "Write it in one line, without control characters.", "%s is to be one line", what)
		return word{}, false
	}
	return w, true
}

// word is an attribute that is a string, empty where it is absent.
func (r *reader) word(name string) word {
	a := r.attributes[name]
	if a == nil {
		return word{at: r.block.DefRange}
	}
	w, _ := r.text(a.Expr, name)
	return w
}

// list is an attribute that is a list of strings, nil where it is absent.
func (r *reader) list(name string) []word {
	a := r.attributes[name]
	if a == nil {
		return nil
	}
	items, problems := hcl.ExprList(a.Expr)
	if problems.HasErrors() {
		r.wrong(a.Expr.Range(), "Write it in brackets: "+name+` = ["…", "…"].`, "%s is to be a list of strings", name)
		return nil
	}
	all := []word{}
	for _, item := range items {
		if w, ok := r.text(item, "an element of "+name); ok {
			all = append(all, w)
		}
	}
	return all
}

// tagForm is what AWS takes in tags of everything.
var tagForm = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// strings is an attribute that is a map of strings: tags.
func (r *reader) strings(name string) map[string]string {
	a := r.attributes[name]
	if a == nil {
		return nil
	}
	pairs, problems := hcl.ExprMap(a.Expr)
	if problems.HasErrors() {
		r.wrong(a.Expr.Range(), "Write it in braces: "+name+` = { team = "…" }.`, "%s is to be a map of strings", name)
		return nil
	}
	all := map[string]string{}
	for _, pair := range pairs {
		key, ok := r.text(pair.Key, "a key of "+name)
		value, fine := r.text(pair.Value, "a value of "+name)
		if n := len([]rune(key.text)); ok && (n == 0 || n > 128 || !tagForm.MatchString(key.text)) {
			r.wrong(key.at, "AWS takes 1 to 128 letters, digits, spaces and _ . : / = + - @.", "%q cannot be a tag", key.text)
		}
		if fine && (len([]rune(value.text)) > 256 || !tagForm.MatchString(value.text)) {
			r.wrong(value.at, "AWS takes up to 256 letters, digits, spaces and _ . : / = + - @.", "%q cannot be the value of a tag", value.text)
		}
		if ok && strings.HasPrefix(strings.ToLower(key.text), "aws:") {
			r.wrong(key.at, "Tags that begin with aws: are AWS's own: take another name.", "%q cannot be a tag", key.text)
		}
		if ok && fine {
			all[key.text] = value.text
		}
	}
	return all
}

// number sets what an attribute says, where it is there.
func (r *reader) number(name string, to *int, least, most int) {
	a := r.attributes[name]
	if a == nil {
		return
	}
	value, problems := a.Expr.Value(nil)
	if problems.HasErrors() {
		r.errors = append(r.errors, problems...)
		return
	}
	number, err := convert.Convert(value, cty.Number)
	if err != nil || number.IsNull() || !number.IsKnown() {
		r.wrong(a.Expr.Range(), "Write it without quotes: "+name+" = "+strconv.Itoa(*to)+".", "%s is to be a number", name)
		return
	}
	n, accuracy := number.AsBigFloat().Int64()
	if accuracy != big.Exact || n < int64(least) || n > int64(most) {
		r.wrong(a.Expr.Range(), "AWS takes whole numbers from "+strconv.Itoa(least)+" to "+strconv.Itoa(most)+".", "%s cannot be %s", name, number.AsBigFloat().Text('g', 6))
		return
	}
	*to = int(n)
}

// accountable are the attributes by which flows, egresses and guardrails account for themselves.
func (r *reader) accountable() Accountable {
	a := Accountable{Reason: r.word("reason").text, Owner: r.word("owner").text, At: r.block.DefRange}
	if until := r.word("until"); until.text != "" {
		day, err := time.Parse(time.DateOnly, until.text)
		if err != nil {
			r.wrong(until.at, `Write the last day on which it holds as in until = "2027-06-30".`, "until is no day: %q", until.text)
		}
		a.Until = day
	}
	return a
}

var (
	scheduleForm  = regexp.MustCompile(`^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))?) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$`)
	principalForm = regexp.MustCompile(`^arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|\*):[A-Za-z0-9+=,.@_/*-]+$`)
)

func (l *loader) window(b *hcl.Block, name word) {
	r := l.read(b, "principals*", "schedule*", "timezone")
	w := &ChangeWindow{Name: name.text, Schedule: r.word("schedule").text, Timezone: "UTC", At: b.DefRange}
	for _, p := range r.list("principals") {
		if !principalForm.MatchString(p.text) {
			l.wrong(p.at, `Write the ARN of a role or a user, in which * stands for anything: "arn:aws:iam::*:role/terraform-ci".`, "%q is no principal", p.text)
		}
		w.Principals = append(w.Principals, p.text)
	}
	if r.attributes["principals"] != nil && len(w.Principals) == 0 && !l.errors.HasErrors() {
		l.wrong(r.at("principals"), "Name who makes changes.", "change_window %q has no principals", name.text)
	}
	if s := r.word("schedule"); r.attributes["schedule"] != nil && !isSchedule(s.text) {
		l.wrong(s.at, `Write days and hours as in "Mon-Fri 08:00-18:00".`, "%q is no schedule", s.text)
	}
	if zone := r.word("timezone"); zone.text != "" {
		w.Timezone = zone.text
		if _, err := time.LoadLocation(zone.text); err != nil || zone.text == "Local" {
			l.wrong(zone.at, `Write a name of the IANA time zone database, as in "Europe/Berlin".`, "%q is no time zone", zone.text)
		}
	}
	l.checkName("change window", name)
	if i := slices.IndexFunc(l.windows, func(o *ChangeWindow) bool { return o.Name == w.Name }); i >= 0 {
		l.wrong(b.DefRange, "It is declared at "+where(l.windows[i].At)+" already: give one of them another name.", "change_window %q is declared twice", name.text)
	}
	l.windows = append(l.windows, w)
}

// isSchedule tells whether days and hours are those of a week: the hours end on the day on which they begin.
func isSchedule(text string) bool {
	m := scheduleForm.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	from, to := m[2]+m[3], m[4]+m[5]
	return from < to && to <= "2400"
}

var portForm = regexp.MustCompile(`^(tcp|udp)/(\d{1,5})(?:-(\d{1,5}))?$`)

// ParsePort reads a port as the language writes it.
func ParsePort(text string) (Port, bool) {
	if text == "icmp" || text == "any" {
		return Port{Protocol: text}, true
	}
	m := portForm.FindStringSubmatch(text)
	if m == nil {
		return Port{}, false
	}
	from, _ := strconv.Atoi(m[2])
	to := from
	if m[3] != "" {
		to, _ = strconv.Atoi(m[3])
	}
	return Port{m[1], from, to}, from >= 1 && from <= to && to <= 65535
}

func (l *loader) ports(list []word) []Port {
	all := []Port{}
	for _, w := range list {
		p, ok := ParsePort(w.text)
		if !ok {
			l.wrong(w.at, `Write "tcp/443", "udp/53", "tcp/8000-8100", "icmp", or "any" for every protocol. Ports are from 1 to 65535.`, "%q is no port", w.text)
			continue
		}
		if slices.Contains(all, p) {
			l.wrong(w.at, "Leave one of them out.", "%s is there twice", p)
			continue
		}
		all = append(all, p)
	}
	return all
}

// prefix reads a block of addresses.
func (l *loader) prefix(w word) netip.Prefix {
	p, err := netip.ParsePrefix(w.text)
	switch {
	case err != nil || !p.Addr().Is4():
		l.wrong(w.at, `Write an IPv4 block, as in "10.0.0.0/16".`, "%q is no block of addresses", w.text)
		return netip.Prefix{}
	case p != p.Masked():
		l.wrong(w.at, "The block that this address is in is "+p.Masked().String()+".", "%s has bits behind its length", w.text)
		return netip.Prefix{}
	case slices.ContainsFunc(nobodys, p.Overlaps):
		l.wrong(w.at, `Write a block of addresses that a network can have, as in "10.0.0.0/16".`, "%s is for loopback, link-local or multicast", w.text)
		return netip.Prefix{}
	case p.Bits() < 16 || p.Bits() > 28:
		l.wrong(w.at, "AWS takes blocks from /16 to /28 for VPCs and subnets.", "%s is too %s", w.text, map[bool]string{true: "large", false: "small"}[p.Bits() < 16])
		return netip.Prefix{}
	}
	return p
}

// nobodys are blocks that no network has.
var nobodys = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/3")}
