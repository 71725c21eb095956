package tfplan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// place is the account and the Region of an instance.
func (r *reader) place(i *instance) network.Place {
	if r.notes != nil {
		if a, ok := r.notes.Resources[i.address]; ok {
			return network.Place{Account: a.Account, Region: a.Region}
		}
	}
	return r.places[r.keyOf(i)]
}

func (r *reader) keyOf(i *instance) string {
	if i.key != "" {
		return i.key
	}
	if c := r.config.resources[plain(i.address)]; c != nil {
		return c.Key
	}
	return ""
}

func (i *instance) instanceKey() *instance { return i }

// findPlaces finds the account and the Region of each provider configuration: as it says itself, or else as the ARNs of what was made with it say.
func (r *reader) findPlaces() {
	r.places = map[string]network.Place{}
	for key, c := range r.config.Providers {
		var p network.Place
		p.Region = constant(c.Expressions["region"])
		if roles, ok := c.Expressions["assume_role"].([]any); ok && len(roles) > 0 {
			if role, ok := roles[0].(map[string]any); ok {
				_, p.Account = arnPlace(constant(role["role_arn"]))
			}
		}
		if allowed, ok := c.Expressions["allowed_account_ids"].(map[string]any); ok {
			if list, ok := allowed["constant_value"].([]any); ok && len(list) == 1 {
				if s, ok := list[0].(string); ok {
					p.Account = cmp.Or(p.Account, s)
				}
			}
		}
		r.places[key] = p
	}
	for _, list := range [][]*instance{r.all, r.before()} {
		for _, i := range list {
			key := r.keyOf(i)
			p := r.places[key]
			region, account := arnPlace(i.get("arn").known1())
			p.Account = cmp.Or(p.Account, i.get("owner_id").known1(), account)
			p.Region = cmp.Or(p.Region, region)
			r.places[key] = p
		}
	}
}

// before are the instances of the state before a plan, in order.
func (r *reader) before() []*instance {
	if len(r.ordered) != len(r.prior) {
		r.ordered = slices.SortedFunc(maps.Values(r.prior), func(a, b *instance) int { return natural(a.address, b.address) })
	}
	return r.ordered
}

func constant(expression any) string {
	if m, ok := expression.(map[string]any); ok {
		s, _ := m["constant_value"].(string)
		return s
	}
	return ""
}

// location is where the code of an instance is.
func (r *reader) location(address string) (Resource, bool) {
	if r.notes != nil {
		if a, ok := r.notes.Resources[address]; ok && a.File != "" {
			return a, true
		}
	}
	if r.options.Locate != nil {
		if file, line, ok := r.options.Locate(plain(address)); ok {
			return Resource{File: file, Line: line}, true
		}
	}
	return Resource{}, false
}

// prefixes are those of AWS's identifiers, by resource type and attribute.
var prefixes = map[string]string{
	"aws_vpc": "vpc", "aws_default_vpc": "vpc", "aws_subnet": "subnet", "aws_default_subnet": "subnet", "aws_security_group": "sg", "aws_default_security_group": "sg",
	"aws_route_table": "rtb", "aws_default_route_table": "rtb", "aws_network_acl": "acl", "aws_default_network_acl": "acl", "aws_internet_gateway": "igw",
	"aws_egress_only_internet_gateway": "eigw", "aws_carrier_gateway": "cagw", "aws_nat_gateway": "nat", "aws_eip": "eipalloc", "aws_network_interface": "eni",
	"aws_instance": "i", "aws_spot_instance_request": "sir", "aws_vpc_peering_connection": "pcx", "aws_vpc_endpoint": "vpce", "aws_vpc_endpoint_service": "vpce-svc",
	"aws_ec2_managed_prefix_list": "pl", "aws_ec2_transit_gateway": "tgw", "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
	"aws_ec2_transit_gateway_peering_attachment": "tgw-attach", "aws_ec2_transit_gateway_connect": "tgw-attach", "aws_ec2_transit_gateway_route_table": "tgw-rtb",
	"aws_customer_gateway": "cgw", "aws_vpn_gateway": "vgw", "aws_vpn_connection": "vpn", "aws_launch_template": "lt", "aws_route53_zone": "Z",
}

var attributePrefixes = map[string]string{
	"default_security_group_id": "sg", "default_network_acl_id": "acl", "default_route_table_id": "rtb", "main_route_table_id": "rtb", "vpc_id": "vpc", "subnet_id": "subnet",
	"primary_network_interface_id": "eni", "network_interface_id": "eni", "association_default_route_table_id": "tgw-rtb", "propagation_default_route_table_id": "tgw-rtb",
	"transit_gateway_attachment_id": "tgw-attach", "allocation_id": "eipalloc", "prefix_list_id": "pl",
	"cluster_security_group_id": "sg", "source_security_group_id": "sg", "security_group_id": "sg", "workspace_security_group_id": "sg",
}

// made is an identifier for what has none yet. It has the shape of AWS's, and is made of the address.
func (r *reader) made(address, typ, attribute string) string {
	hash := func(attribute string) string {
		sum := sha256.Sum256([]byte(strings.Join([]string{r.options.Namespace, address, attribute}, "\x00")))
		return hex.EncodeToString(sum[:])[:17]
	}
	if id := r.shaped(address, typ, attribute, hash); id != "" {
		return id
	}
	digits := hash(attribute)
	prefix := attributePrefixes[attribute]
	if attribute == "id" {
		prefix = prefixes[typ]
	}
	id := strings.ReplaceAll(attribute, "_", "-") + "-" + digits
	switch {
	case prefix != "":
		id = prefix + "-" + digits
	case attribute == "arn":
		id = "arn:aws:terraform:::" + strings.TrimPrefix(typ, "aws_") + "/" + digits
	}
	r.invented(id, address)
	return id
}

// invented notes that an identifier was made up for something that has an address.
func (r *reader) invented(id, address string) {
	if r.out.Made == nil {
		r.out.Made = map[string]string{}
	}
	r.out.Made[id] = address
}
