package tfplan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// instance is a resource instance, or an instance of a data source, with its values.
type instance struct {
	node
	*reader
	address string          // "module.net[\"a\"].aws_subnet.private[0]"
	module  string          // "module.net[\"a\"]"; empty for the root
	typ     string          // "aws_subnet"
	name    string          // "private"
	index   any             // of count or for_each; nil without
	key     string          // of the provider configuration
	left    map[string]bool // paths that are left to AWS although they have a value
	faults  []fault
}

// fault is something in an instance that is not understood.
type fault struct{ path, message string }

// fault notes that something is wrong, and tells the reader.
func (r *instance) fault(path, message string) {
	for _, f := range r.faults {
		if f.path == path && f.message == message {
			return
		}
	}
	r.faults = append(r.faults, fault{path, message})
	if !r.silent {
		r.out.Problems = append(r.out.Problems, network.Problem{Origin: r.origin(path), Message: message + r.hint(message)})
	}
}

// hint says how to make known what a plan does not know.
func (r *reader) hint(message string) string {
	if r.notes == nil && strings.HasPrefix(message, "is not known before") {
		return ": watertight plan DIR, on the code itself, gives the exact answer"
	}
	return ""
}

// origin is where a part of the instance comes from.
func (r *instance) origin(path string) network.Origin {
	o := network.Origin{Source: r.source, Path: r.address}
	if path != "" {
		o.Path += "." + path
	}
	if at, ok := r.location(r.address); ok {
		o.Source, o.Line = at.File, at.Line
	}
	return o
}

// take charges the faults at and below a path to a part of an object.
func (r *instance) take(path string) *network.Defect {
	var first *network.Defect
	r.faults = slices.DeleteFunc(r.faults, func(f fault) bool {
		rest, under := strings.CutPrefix(f.path, path)
		if !under || path != "" && rest != "" && rest[0] != '.' && rest[0] != '[' {
			return false
		}
		if first == nil {
			first = &network.Defect{Reason: strings.TrimPrefix(rest, ".") + " " + f.message, Origin: r.origin(f.path)}
			first.Reason = strings.TrimSpace(first.Reason)
		}
		return true
	})
	return first
}

// id is the identifier, or one that is made of the address where there is none yet.
func (r *instance) id() string { return r.attribute("id") }

// arn is the ARN, or one that is made of the address.
func (r *instance) arn() string { return r.attribute("arn") }

func (r *instance) attribute(name string) string {
	switch v := r.get(name).value.(type) {
	case string:
		if v != "" {
			return v
		}
	case chosen:
		if v.text != "" {
			r.invented(v.text, r.address)
			return v.text
		}
	}
	if same := sameAs[r.typ][name]; same != "" {
		switch r.get(same).value.(type) {
		case string, chosen:
			return r.attribute(same)
		}
	}
	if r.typ == "aws_default_security_group" && name == "id" { // the group of its VPC
		if id, ok := r.followAttribute(r, "vpc_id", pending{}, 0); ok {
			for _, v := range slices.Concat(r.byType["aws_vpc"], r.byType["aws_default_vpc"]) {
				if v.id() == id {
					return v.attribute("default_security_group_id")
				}
			}
		}
	}
	return r.made(r.address, r.typ, name)
}

// sameAs are attributes, by resource type, that AWS gives the value of another attribute when it makes the resource.
var sameAs = map[string]map[string]string{
	"aws_vpc":                                             {"main_route_table_id": "default_route_table_id"},
	"aws_default_vpc":                                     {"main_route_table_id": "default_route_table_id"},
	"aws_default_route_table":                             {"id": "default_route_table_id"},
	"aws_default_network_acl":                             {"id": "default_network_acl_id"},
	"aws_vpc_peering_connection_accepter":                 {"id": "vpc_peering_connection_id"},
	"aws_ec2_transit_gateway":                             {"propagation_default_route_table_id": "association_default_route_table_id"},
	"aws_ec2_transit_gateway_vpc_attachment_accepter":     {"id": "transit_gateway_attachment_id"},
	"aws_ec2_transit_gateway_peering_attachment_accepter": {"id": "transit_gateway_attachment_id"},
	"aws_networkfirewall_firewall":                        {"id": "arn"},
	"aws_networkfirewall_firewall_policy":                 {"id": "arn"},
	"aws_networkfirewall_rule_group":                      {"id": "arn"},
}

// settle fills in what every object has, and charges the remaining faults to it. It comes last.
func (r *instance) settle(o *network.Object, id string) {
	o.ID = id
	o.Origin = r.origin("")
	o.Address, o.Standing = r.address, r.standing()
	place := r.place(r)
	region, account := arnPlace(id)
	o.Account = cmp.Or(r.get("owner_id").literal(), account, place.Account)
	o.Region = cmp.Or(r.get("region").literal(), region, place.Region)
	tags := r.get("tags_all")
	if _, ok := tags.value.(map[string]any); !ok {
		tags = r.get("tags")
	}
	if all, ok := tags.value.(map[string]any); ok {
		for key, value := range all {
			text, _ := value.(string) // one that is not known changes no verdict
			if key == "Name" {
				o.Name = cmp.Or(o.Name, text)
			} else if text != "" {
				o.Tags = append(o.Tags, network.Tag{Key: key, Value: text})
			}
		}
	}
	slices.SortFunc(o.Tags, func(a, b network.Tag) int { return cmp.Compare(a.Key, b.Key) })
	if d := r.take(""); d != nil && o.Defect == nil {
		o.Defect = d
	}
}

func (r *reader) standing() network.Standing {
	if r.planned {
		return network.Planned
	}
	return network.Collected
}

// literal is a string that is known, else empty, without a fault.
func (n node) literal() string {
	s, _ := n.value.(string)
	return s
}

// like gives an object that the instance implies the same place and origin as its own.
func (r *instance) like(o *network.Object, id, name string) {
	place := r.place(r)
	o.ID, o.Name, o.Origin, o.Address, o.Standing = id, name, r.origin(""), r.address, network.Implied
	region, account := arnPlace(id)
	o.Account = cmp.Or(r.get("owner_id").literal(), account, place.Account)
	o.Region = cmp.Or(r.get("region").literal(), region, place.Region)
}

// arnPlace is the Region and the account in an ARN.
func arnPlace(id string) (region, account string) {
	parts := strings.SplitN(id, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return "", ""
	}
	return parts[3], parts[4]
}
