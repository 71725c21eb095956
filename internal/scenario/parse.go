package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// Parse reads a network. Name is what the text is called, in errors ("NAME:LINE: …") and in the origins of the objects. Every mistake
// is told, not only the first.
func Parse(name, text string) (network.Contents, error) {
	lines, err := split(text)
	if err != nil {
		return network.Contents{}, fmt.Errorf("%s:%w", name, err)
	}
	p := &parser{
		name: name, seen: map[string]int{}, known: map[string]network.TargetKind{}, vpcs: map[string]*network.VPC{}, subnets: map[string]*network.Subnet{},
		tables: map[string]*network.RouteTable{}, acls: map[string]*network.NetworkACL{}, groups: map[string]*network.SecurityGroup{},
		transits: map[string]*network.TransitRouteTable{}, lists: map[string]bool{}, absent: map[string]bool{}, outbound: map[*network.SecurityGroup]bool{},
		instances: map[string]*network.Instance{}, functions: map[string]string{}, balancers: map[string]*network.LoadBalancer{}, targeted: map[string]*network.TargetGroup{},
		services: map[string]*network.EndpointService{}, policies: map[string]*network.FirewallPolicy{}, ruleGroups: map[string]*network.FirewallRuleGroup{},
	}
	for _, l := range lines {
		p.read(l)
	}
	for _, check := range p.later {
		check()
	}
	p.unique()
	slices.SortStableFunc(p.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	var all []error
	for _, m := range p.mistakes {
		all = append(all, fmt.Errorf("%s:%d: %s", name, m.line, m.text))
	}
	return p.out, errors.Join(all...)
}

// mistake is something wrong in a line.
type mistake struct {
	line int
	text string
}

const (
	usualAccount = "111111111111"
	usualRegion  = "us-east-1"
)

type parser struct {
	name     string
	out      network.Contents
	mistakes []mistake
	line     *line

	seen     map[string]int                // the lines of objects, by kind and identifier
	known    map[string]network.TargetKind // what routes may lead to
	vpcs     map[string]*network.VPC
	subnets  map[string]*network.Subnet
	tables   map[string]*network.RouteTable
	acls     map[string]*network.NetworkACL
	groups   map[string]*network.SecurityGroup
	transits map[string]*network.TransitRouteTable
	lists    map[string]bool
	absent   map[string]bool

	instances  map[string]*network.Instance // by the name of their first interface
	functions  map[string]string            // their ARNs, by name
	balancers  map[string]*network.LoadBalancer
	targeted   map[string]*network.TargetGroup     // by ARN
	services   map[string]*network.EndpointService // by identifier, and by service name
	policies   map[string]*network.FirewallPolicy
	ruleGroups map[string]*network.FirewallRuleGroup

	outbound map[*network.SecurityGroup]bool // groups that say what they let out
	later    []func()                        // references, checked when everything is known
	inner    func()                          // reads a part of the object above
	last     string                          // the listener above
}

func (p *parser) fail(format string, values ...any) {
	p.mistakes = append(p.mistakes, mistake{p.line.number, fmt.Sprintf(format, values...)})
}

// word is a word of few, which the API calls otherwise; what it is of is told when it is none of them.
func (p *parser) word(what, word string, names map[string]string) string {
	name, ok := names[word]
	if !ok {
		p.fail("%s is no %s: it is one of %s", word, what, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
	}
	return name
}

// number reads a number.
func (p *parser) number(what, word string, least, most int) int {
	n, err := strconv.Atoi(word)
	if err != nil || n < least || n > most {
		p.fail("%s is no %s: it is a number from %d to %d", word, what, least, most)
	}
	return n
}

// check runs a check when everything is known; what fails is told of the line that stands here.
func (p *parser) check(f func()) {
	l := p.line
	p.later = append(p.later, func() { p.line = l; f() })
}

// must tells of an identifier that leads nowhere.
func (p *parser) must(what, id string, known bool) {
	if !known && !p.absent[id] {
		p.fail("there is no %s %s: describe it, or say \"absent %s\"", what, id, id)
	}
}

func (p *parser) origin() network.Origin {
	return network.Origin{Source: fmt.Sprintf("%s:%d", p.name, p.line.number)}
}

// lineOf is the line of what [parser.origin] gave.
func (p *parser) lineOf(o network.Origin) int {
	number, _ := strconv.Atoi(strings.TrimPrefix(o.Source, p.name+":"))
	return number
}

func (p *parser) defect() *network.Defect {
	if reason := p.line.option("defect", ""); reason != "" {
		return &network.Defect{Reason: reason, Origin: p.origin()}
	}
	return nil
}

// object is what every object has. It belongs to the account and Region of its VPC, unless it says otherwise.
func (p *parser) object(id, vpc string) network.Object {
	account, region := usualAccount, usualRegion
	if v := p.vpcs[vpc]; v != nil {
		account, region = v.Account, v.Region
	}
	return network.Object{ID: id, Name: id, Account: p.line.option("account", account), Region: p.line.option("region", region), Origin: p.origin(), Defect: p.defect()}
}

// usage is what a line of a kind has after its first word: at least so many words.
type usage struct {
	least int
	text  string
	read  func(*parser, []string)
}

var usages = map[string]usage{
	"vpc":                 {2, "ID BLOCK...", (*parser).vpc},
	"subnet":              {3, "ID VPC BLOCK...", (*parser).subnet},
	"table":               {2, "ID VPC", (*parser).table},
	"acl":                 {2, "ID VPC", (*parser).acl},
	"group":               {2, "ID VPC", (*parser).group},
	"eni":                 {3, "ID SUBNET ADDRESS[=PUBLIC]... GROUP...", (*parser).eni},
	"function":            {3, "ID SUBNET ADDRESS GROUP...", (*parser).function},
	"launch":              {3, "NAME SUBNET... GROUP...", (*parser).launch},
	"igw":                 {1, "ID [VPC]", (*parser).gateway},
	"eigw":                {1, "ID [VPC]", (*parser).gateway},
	"vgw":                 {1, "ID [VPC]", (*parser).gateway},
	"carrier":             {2, "ID VPC", (*parser).gateway},
	"nat":                 {3, "ID SUBNET ADDRESS[=PUBLIC]...", (*parser).nat},
	"regional-nat":        {3, "ID VPC PUBLIC...", (*parser).regional},
	"peering":             {3, "ID VPC VPC", (*parser).peering},
	"prefix-list":         {1, "ID BLOCK...", (*parser).prefixList},
	"endpoint":            {3, "ID VPC gateway|gateway-load-balancer|interface [SUBNET ADDRESS... GROUP...]", (*parser).endpoint},
	"vpn":                 {2, "ID VGW|TGW BLOCK...", (*parser).vpn},
	"block-public-access": {1, "MODE", (*parser).blockPublicAccess},
	"exclusion":           {2, "VPC|SUBNET MODE", (*parser).exclusion},
	"tgw-table":           {2, "ID TGW", (*parser).transitTable},
	"tgw-peering":         {3, "ID TGW TGW", (*parser).transitPeering},
	"tgw":                 {1, "ID", (*parser).transitGateway},
	"attachment":          {3, "ID TGW VPC SUBNET..., or ID TGW direct-connect-gateway|connect [RESOURCE]", (*parser).attachment},
	"balancer":            {4, "NAME application|network|gateway|classic SUBNET ADDRESS[=PUBLIC]... GROUP...", (*parser).balancer},
	"targets":             {2, "NAME PROTOCOL PORT VPC instance|ip|alb, or NAME lambda", (*parser).targets},
	"service":             {2, "NAME BALANCER...", (*parser).service},
	"firewall":            {3, "NAME SUBNET ENDPOINT...", (*parser).firewall},
	"policy":              {1, "NAME", (*parser).policy},
	"rule-group":          {2, "NAME stateless|stateful", (*parser).ruleGroup},
	"zone":                {1, "NAME VPC...", (*parser).zone},
	"gap":                 {1, "LIST", (*parser).gap},
	"unread":              {2, "LIST COUNT", (*parser).unread},
	"absent":              {1, "ID...", (*parser).gone},
}

func (p *parser) read(l *line) {
	p.line = l
	if l.inner {
		if p.inner == nil {
			p.fail("an indented line is a part of what stands above it: a table, an acl, a group, a balancer, targets, a policy, a rule-group or a zone")
			return
		}
		p.inner()
		p.leftover()
		return
	}
	p.inner = nil
	usage, ok := usages[l.words[0]]
	if !ok {
		p.fail("%s is no object: it is one of %s", l.words[0], strings.Join(slices.Sorted(maps.Keys(usages)), ", "))
		return
	}
	if len(l.words)-1 < usage.least {
		p.fail("%s needs %s", l.words[0], usage.text)
		return
	}
	switch what := l.words[0] + " " + l.words[1]; {
	case l.words[0] == "gap" || l.words[0] == "absent" || l.words[0] == "unread" || l.words[0] == "block-public-access": // no identifier follows
	case p.seen[what] > 0:
		p.fail("%s is described in line %d already", what, p.seen[what])
	default:
		p.seen[what] = l.number
	}
	usage.read(p, l.words[1:])
	p.leftover()
}

// unique tells of objects with the identifier of another one of their kind. The lines may be of different objects: an endpoint, for one, makes interfaces.
func (p *parser) unique() {
	for _, list := range reflect.ValueOf(&p.out).Elem().Fields() {
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		first := map[string]int{}
		for _, each := range list.Seq2() {
			o := each.Elem().FieldByName("Object").Interface().(network.Object)
			number := p.lineOf(o.Origin)
			one, known := first[o.ID]
			if !known {
				first[o.ID] = number
				continue
			}
			first[o.ID] = min(one, number)
			if number = max(one, number); !slices.ContainsFunc(p.mistakes, func(m mistake) bool { return m.line == number }) { // told of the line itself
				p.mistakes = append(p.mistakes, mistake{number, fmt.Sprintf("%s identifies the %s of line %d already", o.ID, each.Elem().Type().Name(), first[o.ID])})
			}
		}
	}
}

// leftover tells of options that nothing took.
func (p *parser) leftover() {
	for _, key := range slices.Sorted(maps.Keys(p.line.options)) {
		if !p.line.used[key] {
			p.fail("%s is no option of this %s", key, p.line.words[0])
		}
	}
}

func (p *parser) gap(w []string) {
	p.out.Gaps = append(p.out.Gaps, network.Gap{List: w[0], Reason: p.line.option("reason", "not collected"), Account: p.line.option("account", usualAccount),
		Region: p.line.option("region", usualRegion), Origin: p.origin()})
}

func (p *parser) unread(w []string) {
	count, err := strconv.Atoi(w[1])
	if err != nil {
		p.fail("%s is no number", w[1])
	}
	if p.out.Unread == nil {
		p.out.Unread = map[string]int{}
	}
	p.out.Unread[w[0]] += count
}

func (p *parser) gone(w []string) {
	for _, id := range w {
		p.absent[id] = true
	}
}

func (p *parser) block(word string) netip.Prefix {
	b, err := netip.ParsePrefix(word)
	if err != nil || b != b.Masked() {
		p.fail("%s is no block of addresses", word)
		return netip.Prefix{}
	}
	return b
}

func (p *parser) blocks(words []string) []netip.Prefix {
	var all []netip.Prefix
	for _, w := range words {
		all = append(all, p.block(w))
	}
	return all
}

func (p *parser) address(word string) netip.Addr {
	a, err := netip.ParseAddr(word)
	if err != nil {
		p.fail("%s is no address", word)
	}
	return a
}
