package walker

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// fate is what the stateful engine of a firewall may do with a packet: several when that is not known.
type fate uint8

const (
	passes  fate = 1 << iota // by a rule
	remains                  // by no rule: a default lets it through
	drops
)

// subject is what the stateful engine looks at: the first packet of a connection, or what comes after it.
type subject struct {
	packet Packet
	reply  bool   // the packet goes to the client
	data   string // for what the client sends after the handshake, its kind, as in [Question.Data]; empty for the packet itself
	name   string // in the data
}

// ruling is a rule, or all that is known of one, before a subject.
type ruling struct {
	does  fate // passes or drops; both when it is not known, which may as well mean neither
	match answer
	by    string
}

// stateful judges a subject by the rules of the stateful engine (FW-3), and then by the policy's defaults. The words say by what.
func (f *flow) stateful(fw *network.Firewall, policy *network.FirewallPolicy, s subject) (may fate, words string) {
	if policy.TLSInspection != "" && s.data != "" {
		return passes | drops, "data that is decrypted by " + policy.TLSInspection + " is not evaluated"
	}
	may, by := decide(policy, f.rulings(fw, policy, s))
	if may&remains != 0 {
		usual, word := defaults(policy, s)
		may = may&^remains | usual
		by = append(by, word)
	}
	return may, strings.Join(by, "; ")
}

// decide finds what the rules may do with the subject that they were put before: in strict order the first decides, and otherwise every rule that passes
// comes before every one that drops (FW-3). It is to remain where none may decide.
func decide(policy *network.FirewallPolicy, rulings []ruling) (may fate, by []string) {
	if !policy.Strict {
		class := func(r ruling) int { return slices.Index([]fate{passes, passes | drops, drops}, r.does) }
		slices.SortStableFunc(rulings, func(a, b ruling) int { return cmp.Compare(class(a), class(b)) })
	}
	for _, r := range rulings {
		if r.match == no {
			continue
		}
		may |= r.does
		by = append(by, r.by)
		if r.match == yes && r.does != passes|drops {
			return may, by
		}
	}
	return may | remains, by
}

// defaults are what a policy does with a subject that no rule decides about (FW-6).
func defaults(policy *network.FirewallPolicy, s subject) (fate, string) {
	if !policy.Strict {
		return remains, "stateful: no rule matches"
	}
	words := "stateful default: " + cmp.Or(strings.Join(policy.StatefulDefaults, ","), "none")
	may := remains
	for _, word := range policy.StatefulDefaults {
		switch {
		case word == "aws:drop_strict", word == "aws:drop_established" && s.data != "":
			return drops, words
		case word == "aws:drop_established" && s.packet.Protocol == TCP, strings.HasPrefix(word, "aws:alert_"):
		default:
			may |= drops
		}
	}
	return may, words
}

// rulings puts all rules of a policy before a subject, in strict order. Rules that only alert are left out.
func (f *flow) rulings(fw *network.Firewall, policy *network.FirewallPolicy, s subject) (list []ruling) {
	for _, each := range policy.StatefulGroups {
		g, ok := f.network.FirewallRuleGroups.Get(each.RuleGroup)
		switch {
		case !ok:
			list = append(list, ruling{passes | drops, unsure, "rule group " + each.RuleGroup + " is not in the network"})
			continue
		case g.Defect != nil:
			list = append(list, ruling{passes | drops, unsure, g.Label() + " is not understood: " + g.Defect.String()})
			continue
		}
		in := scope{fw, policy, g}
		for _, r := range g.Rules {
			if r.Defect != nil {
				list = append(list, ruling{passes | drops, unsure, "a rule of " + g.Label() + " is not understood: " + r.Defect.String()})
			} else if does, sure := effect(r.Action, each.Override); does != 0 {
				list = append(list, ruling{does, every(f.matches(in, r, s), sure), "stateful: " + r.Text})
			}
		}
		if g.Domains != nil {
			list = append(list, f.domains(in, each.Override, s)...)
		}
	}
	return list
}

// effect is what the action of a rule does, 0 when it lets the next one decide; and whether it does so for certain. A policy may turn the drops of a group
// into alerts; whether it turns its rejections as well is not documented.
func effect(action, override string) (fate, answer) {
	switch {
	case action == "pass":
		return passes, yes
	case action == "alert", action == "drop" && override == "DROP_TO_ALERT":
		return 0, yes
	case action == "drop" || action == "reject":
		if override != "" {
			return drops, unsure
		}
		return drops, yes
	}
	return passes | drops, yes
}
