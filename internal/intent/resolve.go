package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// resolve puts together what the blocks declare. What hangs on something that is wrong is not looked at.
func (l *loader) resolve() {
	for _, b := range l.declared.environments {
		l.addEnvironment(b)
	}
	for _, b := range l.services {
		l.addService(b)
	}
	for _, b := range l.declared.flows {
		l.addFlow(b)
	}
	for _, b := range l.declared.egresses {
		l.addEgress(b)
	}
	for _, b := range l.declared.forbids {
		l.addForbid(b)
	}
	l.Segmentation.Windows = l.declared.windows
	l.layOut()
	l.checkOverlaps()
	l.checkJoins()
	l.checkNames()
	l.checkDomains()
	l.checkForbids()
	l.checkMeetings()
}

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`)
	accountForm = regexp.MustCompile(`^\d{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2,4}(?:-[a-z]+)+-\d$`)
)

const longestName = 32

func (l *loader) checkName(what string, w word) bool {
	switch {
	case w.text == "internet":
		l.wrong(w.at, `"internet" stands for the internet: take another name.`, "a %s cannot be called internet", what)
	case len(w.text) > longestName:
		l.wrong(w.at, fmt.Sprintf("It is part of names in AWS, which are short: take %d characters at most.", longestName), "the name of %s %q is too long", what, w.text)
	case !nameForm.MatchString(w.text):
		l.wrong(w.at, "Take lower case letters, digits and single hyphens, a letter first.", "%q is no name for a %s", w.text, what)
	default:
		return true
	}
	return false
}

func (l *loader) addEnvironment(b *environmentBlock) {
	e := &Environment{Name: b.name.text, Account: b.account.text, Region: b.region.text, VPC: b.vpc.text, Quotas: b.quotas, Tags: b.tags, At: b.at}
	l.checkName("environment", b.name)
	if other := l.environmentNamed(e.Name); other != nil {
		l.wrong(b.at, "It is declared at "+where(other.At)+" already: give one of them another name.", "environment %q is declared twice", e.Name)
		return
	}
	if !accountForm.MatchString(e.Account) {
		l.wrong(b.account.at, `Write the twelve digits in quotes: "111111111111".`, "%q is no account", e.Account)
	}
	if !regionForm.MatchString(e.Region) {
		l.wrong(b.region.at, `Write it as in "us-east-1".`, "%q is no Region", e.Region)
	}
	if len(b.zones) == 0 {
		l.wrong(b.zonesAt, `Name one or more: ["us-east-1a", "us-east-1b"].`, "environment %q has no zones", e.Name)
	}
	if len(b.zones) > maxZones {
		l.wrong(b.zonesAt, "No Region has as many.", "environment %q has more than %d zones", e.Name, maxZones)
	}
	for _, z := range b.zones {
		switch letter, ok := strings.CutPrefix(z.text, e.Region); {
		case e.VPC != "": // local zones have other names
		case !ok || len(letter) != 1 || letter < "a" || letter > "z":
			l.wrong(z.at, fmt.Sprintf("Its zones are called %sa, %sb and so on.", e.Region, e.Region), "%q is no zone of %s", z.text, e.Region)
		case slices.Contains(e.Zones, z.text):
			l.wrong(z.at, "Leave one of them out.", "%s is there twice", z.text)
		}
		e.Zones = append(e.Zones, z.text)
	}
	e.Block = l.environmentBlock(b)
	l.Environments = append(l.Environments, e)
	y := &layout{loader: l, environment: e}
	for _, each := range b.tiers {
		t := &Tier{Environment: e, Name: each.name.text, Internet: Internet(each.internet.text), At: each.at}
		l.checkName("tier", each.name)
		if i := slices.IndexFunc(e.Tiers, func(o *Tier) bool { return o.Name == t.Name }); i >= 0 {
			l.wrong(each.at, "It is declared at "+where(e.Tiers[i].At)+" already: give one of them another name.", "tier %q is declared twice", t.Name)
			continue
		}
		if p := Purpose(t.Name); infrastructureSlots[p] != 0 {
			l.wrong(each.name.at, "The compiler makes subnets of that name for its own parts: take another name.", "a tier cannot be called %s", t.Name)
		}
		if !t.Internet.known() {
			l.wrong(each.internet.at, `It is "direct" (an internet gateway), "filtered" (a firewall, then NAT), "nat" (NAT alone) or "none".`, "internet cannot be %q", t.Internet)
		}
		if each.cidrs != nil {
			y.write(t, each)
		} else if e.VPC != "" {
			l.wrong(each.at, "Name the blocks of its subnets.", "tier %q has no cidrs, and its subnets in %s exist already", t.Name, e.VPC)
		} else {
			y.place(t, 0, 1)
		}
		e.Tiers = append(e.Tiers, t)
	}
	l.layouts = append(l.layouts, y)
}

func (i Internet) known() bool { return slices.Contains([]Internet{Direct, Filtered, NAT, None}, i) }

func (l *loader) environmentNamed(name string) *Environment {
	for _, e := range l.Environments {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// environmentOf finds the environment that a block names.
func (l *loader) environmentOf(w word) *Environment {
	e := l.environmentNamed(w.text)
	if e == nil {
		l.wrong(w.at, suggest("environments", w.text, names(l.Environments, func(e *Environment) string { return e.Name })), "there is no environment %q", w.text)
	}
	return e
}

func (l *loader) addService(b *serviceBlock) {
	l.checkName("service", b.name)
	if strings.HasPrefix(b.name.text, "sg-") {
		l.wrong(b.name.at, "Its group will be: AWS keeps names that begin so for identifiers. Leave the sg- out.", "a service cannot be called %s", b.name.text)
	}
	if b.name.text == "default" {
		l.wrong(b.name.at, "AWS keeps that name for the group that every VPC has: take another one.", "a service cannot be called default")
	}
	e := l.environmentOf(b.environment)
	if e == nil {
		l.lost[b.name.text] = true
		return
	}
	s := &Service{Environment: e, Name: b.name.text, Kind: Kind(b.kind.text), Owner: b.owner, SecurityGroup: b.group.text, Serves: l.ports(b.serves), At: b.at}
	if s.SecurityGroup != "" && e.VPC == "" {
		l.wrong(b.group.at, `Leave it out, or say in the environment which VPC it is: vpc = "vpc-0123456789abcdef0".`, "the compiler makes the security group of %s", s)
	}
	if s.Kind == "" {
		s.Kind = Instances
	}
	kinds := []Kind{Instances, ALB, NLB, RDS, ElastiCache, Lambda, ECS}
	if !slices.Contains(kinds, s.Kind) {
		l.wrong(b.kind.at, "It is "+inWords(names(kinds, func(k Kind) string { return string(k) }))+".", "kind cannot be %q", s.Kind)
	}
	if s.Kind == Lambda && len(s.Serves) > 0 {
		l.wrong(b.serves[0].at, "Leave serves out: a function in a VPC opens connections, and never takes one.", "a function serves nothing")
	}
	if s.Kind == ALB && len(e.Zones) < 2 {
		l.wrong(b.kind.at, "An application load balancer needs two zones or more.", "environment %q has one zone only", e.Name)
	}
	if i := slices.IndexFunc(e.Services, func(o *Service) bool { return o.Name == s.Name }); i >= 0 {
		l.wrong(b.at, "It is declared at "+where(e.Services[i].At)+" already: give one of them another name.", "service %q is declared twice", s)
		return
	}
	if i := slices.IndexFunc(e.Tiers, func(t *Tier) bool { return t.Name == b.tier.text }); i >= 0 {
		s.Tier, s.Declared = e.Tiers[i], e.Tiers[i]
	} else {
		s.Declared = &Tier{Environment: e, At: b.at} // one of which nothing is known
		s.Tier = s.Declared
		l.wrong(b.tier.at, suggest("tiers of "+e.Name, b.tier.text, names(e.Tiers, func(t *Tier) string { return t.Name })), "environment %q has no tier %q", e.Name, b.tier.text)
	}
	e.Services = append(e.Services, s)
}

// find tells what a selector stands for, or reports what is wrong with it.
func (l *loader) find(w word) (Selection, bool) {
	x, err := l.Find(w.text)
	if problem, bad := err.(*SelectorError); bad {
		if l.lost[w.text[strings.LastIndex(w.text, "/")+1:]] {
			return x, false
		}
		l.wrong(w.at, problem.Detail, "%s", problem.Summary)
		return x, false
	}
	return x, true
}

// near tells what a name without its environment stands for in a flow that crosses nothing: the one of the environment of the other end, where that is sure.
func (l *loader) near(w, other word, via string) word {
	if _, err := l.Find(w.text); err == nil || via != "" || strings.Contains(w.text, "/") {
		return w
	}
	x, err := l.Find(other.text)
	if err != nil || len(x.Services) == 0 {
		return w
	}
	here := word{x.Services[0].Environment.Name + "/" + w.text, w.at}
	if _, err := l.Find(here.text); err != nil {
		return w
	}
	return here
}

// ends are what a selector of a flow stands for: each role of it, or something outside.
func (l *loader) ends(w word) []End {
	x, ok := l.find(w)
	switch {
	case !ok:
	case x.Internet:
		return []End{{Internet: true}}
	case x.Block.IsValid():
		for _, e := range l.Environments {
			if x.Block.Bits() > 0 && e.Block.IsValid() && e.Block.Overlaps(x.Block) {
				l.wrong(w.at, fmt.Sprintf("Name the role there instead: groups are referenced, not addresses. The block of environment %q is %s.", e.Name, e.Block), "%s is not outside", x.Block)
				return nil
			}
		}
		if x.Block.Bits() == 0 {
			l.wrong(w.at, `Write "internet".`, "%s is everything", x.Block)
			return nil
		}
		if private(x.Block) {
			l.wrong(w.at, "The internet does not lead to private addresses. If they belong to a VPC, declare it as an environment.", "nothing leads to or from %s", x.Block)
			return nil
		}
		return []End{{Block: x.Block}}
	case x.Hostname != "":
		l.wrong(w.at, `What a role may reach by name is an egress: egress "ENVIRONMENT" "ROLE" { domains = ["`+x.Hostname+`"] }.`, "a flow joins roles, and %s is a name on the internet", x.Hostname)
	case len(x.Services) == 0:
		l.wrong(w.at, "Name a tier that has some.", "there is no role in %s", w.text)
	}
	var all []End
	for _, s := range x.Services {
		all = append(all, End{Service: s})
	}
	return all
}

func (l *loader) addFlow(b *flowBlock) {
	from, to, ports := l.ends(l.near(b.from, b.to, b.via.text)), l.ends(l.near(b.to, b.from, b.via.text)), l.ports(b.ports)
	if b.ports != nil && len(b.ports) == 0 {
		l.wrong(b.portsAt, "Name some, or leave ports out for all that the destination serves.", "the flow has no ports")
		return
	}
	for _, f := range from {
		for _, t := range to {
			flow := &Flow{From: f, To: t, Via: Via(b.via.text), Hostname: strings.ToLower(b.hostname.text), Ports: ports, Accountable: b.Accountable}
			if f.Service != nil && f == t && len(from)*len(to) > 1 {
				continue // a tier with itself is its roles with each other
			}
			if l.checkFlow(b, flow) {
				l.Flows = append(l.Flows, flow)
			}
		}
	}
}

func (l *loader) addEgress(b *egressBlock) {
	e := l.environmentOf(b.environment)
	if e == nil {
		return
	}
	i := slices.IndexFunc(e.Services, func(s *Service) bool { return s.Name == b.name.text })
	if i < 0 {
		l.wrong(b.name.at, suggest("roles of "+e.Name, b.name.text, names(e.Services, func(s *Service) string { return s.Name })), "environment %q has no role %q", e.Name, b.name.text)
		return
	}
	egress := &Egress{Service: e.Services[i], Accountable: b.Accountable}
	for _, w := range b.domains {
		name := strings.ToLower(w.text)
		switch {
		case !hostnameForm.MatchString(name):
			l.wrong(w.at, `Write a name, or all names below one: "api.example.com", "*.example.com".`, "%q is no domain", w.text)
		case slices.Contains(egress.Domains, name):
			l.wrong(w.at, "Leave one of them out.", "%s is there twice", name)
		}
		egress.Domains = append(egress.Domains, name)
	}
	s := egress.Service
	if len(egress.Domains) == 0 {
		l.wrong(b.At, `Name some: domains = ["api.example.com"].`, "the egress has no domains")
	}
	if s.Declared.Internet.known() && s.Declared.Internet != Filtered {
		detail := map[Internet]string{
			None:   "That tier has no way out: put the role into a tier with internet = \"filtered\".",
			Direct: "Nothing filters names there: put the role into a tier with internet = \"filtered\", or declare a flow to internet.",
			NAT:    "Nothing filters names there: put the role into a tier with internet = \"filtered\", or declare a flow to internet.",
		}[s.Declared.Internet]
		l.wrong(b.name.at, detail, "%s is in tier %q, which has internet = %q", s, s.Declared.Name, s.Declared.Internet)
	}
	for _, other := range l.Egresses {
		if other.Service == s {
			l.wrong(b.At, "Add the domains to the egress at "+where(other.At)+".", "%s has an egress already", s)
			return
		}
	}
	l.Egresses = append(l.Egresses, egress)
}

func (l *loader) addForbid(b *forbidBlock) {
	one, ok := l.find(b.a)
	two, fine := l.find(b.b)
	if ok && one.Hostname != "" {
		l.wrong(b.a.at, "Connections come from a role, a tier, the internet or a block.", "%s is a name on the internet, and opens no connection here", b.a.text)
		return
	}
	if ok && fine {
		l.Forbids = append(l.Forbids, &Forbid{A: one, B: two, Accountable: b.Accountable})
	}
}

// layOut gives infrastructure, and the roles that need it, tiers of their own.
func (l *loader) layOut() {
	joined := map[*Service]bool{}
	transit := map[*Environment]bool{}
	var order []*Service
	for _, f := range l.Flows {
		if f.Via != Peering && f.Via != Transit {
			continue
		}
		for _, s := range []*Service{f.From.Service, f.To.Service} {
			if !joined[s] {
				order = append(order, s)
			}
			joined[s] = true
			transit[s.Environment] = transit[s.Environment] || f.Via == Transit
		}
	}
	for _, y := range l.layouts {
		e := y.environment
		if e.VPC != "" {
			continue // what it has it has
		}
		needed := map[Purpose]bool{ForTransit: transit[e]}
		for _, t := range e.Tiers {
			needed[ForNAT] = needed[ForNAT] || t.Internet == Filtered || t.Internet == NAT
			needed[ForFirewall] = needed[ForFirewall] || t.Internet == Filtered
		}
		for _, p := range []Purpose{ForNAT, ForFirewall, ForTransit} {
			kept := y.keep(infrastructureSlots[p], -1)
			if !needed[p] {
				continue
			}
			t := &Tier{Environment: e, Name: string(p), Internet: None, Purpose: p, At: e.At}
			if p == ForNAT {
				t.Internet = Direct
			}
			y.fill(t, kept)
			e.Infrastructure = append(e.Infrastructure, t)
		}
		for _, s := range order {
			if s.Environment != e || s.Declared.Internet != None {
				continue
			}
			kept := y.keep(ownSlot, -1)
			if !slices.ContainsFunc(e.in(s.Declared), func(o *Service) bool { return !joined[o] }) {
				continue
			}
			if i := slices.IndexFunc(e.Tiers, func(t *Tier) bool { return t.Name == s.Name }); i >= 0 {
				l.wrong(s.At, fmt.Sprintf("Put it there, or give one of the two another name: it is joined to another environment, and tier %q, which has no way out, is not to get one.", s.Declared.Name),
					"%s needs a tier of its own, and there is a tier %q at %s", s, s.Name, where(e.Tiers[i].At))
				continue
			}
			if infrastructureSlots[Purpose(s.Name)] != 0 {
				l.wrong(s.At, "It is joined to another environment and gets a tier of its own, and the compiler makes subnets of that name for its own parts: take another name.", "%s needs a tier of its own, which cannot be called %s", s, s.Name)
				continue
			}
			t := &Tier{Environment: e, Name: s.Name, Internet: None, Own: s, At: s.At}
			y.fill(t, kept)
			s.Tier = t
			e.Tiers = append(e.Tiers, t)
		}
	}
}
