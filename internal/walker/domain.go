package walker

import (
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// domains puts a domain list before a subject (FW-4). It limits names in data only, and only those that come from HOME_NET. That an allow list drops every other
// name of its kinds is generated in action order only: in strict order that is left to the policy's default.
func (f *flow) domains(in scope, override string, s subject) []ruling {
	d := in.group.Domains
	limited := s.data == "tls" && d.TLS || s.data == "http" && d.HTTP
	if !limited {
		return nil
	}
	from := f.variable(in, "HOME_NET", s.packet.Source, 0)
	to := yes
	if f.variable(in, "HOME_NET", s.packet.Destination, 0) != no {
		to = unsure // whether the list is for what stays in HOME_NET is not documented
	}
	ends := every(from, to)
	named := when(lists(d, s.name))
	list := func(what string) string { return "stateful: " + what + " of " + in.group.Label() }
	switch d.Action {
	case "ALLOWLIST":
		all := []ruling{{passes, every(ends, named), list("allow list")}}
		if does, sure := effect("drop", override); does != 0 && !in.policy.Strict {
			all = append(all, ruling{does, every(ends, not(named), sure), list("names that are not on the allow list")})
		}
		return all
	case "DENYLIST", "REJECTLIST":
		action := map[string]string{"DENYLIST": "drop", "REJECTLIST": "reject"}[d.Action]
		if does, sure := effect(action, override); does != 0 {
			return []ruling{{does, every(ends, named, sure), list(strings.ToLower(d.Action))}}
		}
		return nil
	case "ALERTLIST":
		return nil
	}
	return []ruling{{passes | drops, every(ends, unsure), list("a domain list with the action " + d.Action)}}
}

// lists tells whether a list has a name: "example.com" is that name, ".example.com" it and every name below.
func lists(d *network.DomainList, name string) bool {
	name = strings.ToLower(name)
	for _, target := range d.Targets {
		target = strings.ToLower(target)
		if name == target || strings.HasPrefix(target, ".") && strings.HasSuffix("."+name, target) {
			return true
		}
	}
	return false
}
