package lookup

import (
	"cmp"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// Source answers data sources from a network.
type Source struct{ network *network.Network }

// New makes a source of a network.
func New(n *network.Network) *Source { return &Source{n} }

// Lookup answers a data source with the attributes that the network knows, as plain JSON values. config are its arguments, null where they are not set. account
// and region are those of the provider configuration; empty where they are not known. ok is false when there is no certain answer.
func (s *Source) Lookup(_, typ string, config map[string]any, account, region string) (attributes map[string]any, ok bool) {
	k, ok := kinds[typ]
	if !ok {
		return nil, false
	}
	var found []candidate
	for _, c := range k.all(s.network) {
		if !here(c.object, account, region) {
			continue
		}
		fits, understood := c.fits(config)
		if !understood {
			return nil, false
		}
		if fits {
			found = append(found, c)
		}
	}
	if k.list != "" {
		if len(found) == 0 && !s.complete(config, account, region) {
			return nil, false
		}
		ids := []any{}
		for _, c := range found {
			ids = append(ids, c.object.ID)
		}
		return map[string]any{"id": cmp.Or(region, "all"), k.list: ids}, true
	}
	if len(found) != 1 {
		return nil, false
	}
	return found[0].attributes, true
}

// complete tells whether what the network does not have is not there: it has something of the account and Region, and the VPCs that are asked about.
func (s *Source) complete(config map[string]any, account, region string) bool {
	if !slices.ContainsFunc(s.network.Collected, func(p network.Place) bool { return like(p.Account, account) && like(p.Region, region) }) {
		return false
	}
	var asked []any
	asked = append(asked, config["vpc_id"])
	filters, _ := config["filter"].([]any)
	for _, each := range filters {
		if block, _ := each.(map[string]any); block["name"] == "vpc-id" {
			values, _ := block["values"].([]any)
			asked = append(asked, values...)
		}
	}
	for _, each := range asked {
		if id, _ := each.(string); id != "" {
			if _, ok := s.network.VPCs.Get(id); !ok {
				return false
			}
		}
	}
	return true
}

// here tells whether an object is what an account and a Region see. A made-up account is any.
func here(o *network.Object, account, region string) bool {
	return like(o.Account, account) && like(o.Region, region)
}

func like(a, b string) bool { return a == "" || b == "" || a == b || strings.HasPrefix(b, "00000000") }

// candidate is an object with the attributes of the data source. Arguments and filters are matched with these.
type candidate struct {
	object     *network.Object
	attributes map[string]any
	// filters are the names of filters of the API that are called otherwise than the attribute, with the values.
	filters map[string][]string
}

// arguments that choose nothing.
var idle = []string{"timeouts", "region", "id_regex"}

// fits tells whether the object is what the arguments ask for.
func (c candidate) fits(config map[string]any) (fits, understood bool) {
	fits = true
	for name, wanted := range config {
		switch v := wanted.(type) {
		case nil:
			continue
		case map[string]any:
			if name != "tags" {
				return false, false
			}
			for key, value := range v {
				has, ok := c.object.Tag(key)
				fits = fits && ok && has == value
			}
		case []any:
			switch {
			case len(v) == 0:
			case name == "filter":
				for _, each := range v {
					block, _ := each.(map[string]any)
					ok, known := c.passes(block)
					if !known {
						return false, false
					}
					fits = fits && ok
				}
			default:
				return false, false
			}
		case bool:
			if !v { // false asks for nothing
				continue
			}
			has, ok := c.attributes[name]
			if !ok {
				return false, false
			}
			fits = fits && has == v
		default:
			if slices.Contains(idle, name) || v == "" {
				continue
			}
			has, ok := c.attributes[name]
			if !ok {
				return false, false
			}
			fits = fits && has == v
		}
	}
	return fits, true
}

// passes tells whether an object passes a filter.
func (c candidate) passes(filter map[string]any) (ok, known bool) {
	name, _ := filter["name"].(string)
	var values []string
	list, _ := filter["values"].([]any)
	for _, v := range list {
		if text, ok := v.(string); ok {
			values = append(values, text)
		}
	}
	matches := func(has string) bool {
		return slices.ContainsFunc(values, func(pattern string) bool {
			ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(has, "/", "\x00"))
			return err == nil && ok
		})
	}
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		has, there := c.object.Tag(key)
		return there && matches(has), true
	}
	if name == "tag-key" {
		return slices.ContainsFunc(c.object.Tags, func(t network.Tag) bool { return matches(t.Key) }) || c.object.Name != "" && matches("Name"), true
	}
	if has, ok := c.filters[name]; ok {
		return slices.ContainsFunc(has, matches), true
	}
	switch has := c.attributes[strings.ReplaceAll(name, "-", "_")].(type) {
	case string:
		return matches(has), true
	case bool:
		return matches(map[bool]string{true: "true", false: "false"}[has]), true
	}
	return false, false
}

// kind is a data source: the objects among which it looks. list is the attribute that lists them; empty where it is about one.
type kind struct {
	all  func(*network.Network) []candidate
	list string
}

var kinds = map[string]kind{
	"aws_vpc": {vpcs, ""}, "aws_vpcs": {vpcs, "ids"}, "aws_subnet": {subnets, ""}, "aws_subnets": {subnets, "ids"},
	"aws_security_group": {groups, ""}, "aws_security_groups": {groups, "ids"}, "aws_route_table": {tables, ""}, "aws_route_tables": {tables, "ids"},
	"aws_network_acls": {acls, "ids"}, "aws_internet_gateway": {internetGateways, ""}, "aws_nat_gateway": {natGateways, ""}, "aws_nat_gateways": {natGateways, "ids"},
	"aws_vpc_peering_connection": {peerings, ""}, "aws_vpc_peering_connections": {peerings, "ids"}, "aws_prefix_list": {prefixLists, ""},
	"aws_ec2_managed_prefix_list": {managedPrefixLists, ""}, "aws_ec2_transit_gateway": {transitGateways, ""}, "aws_vpc_endpoint": {endpoints, ""},
	"aws_lb": {balancers, ""}, "aws_alb": {balancers, ""}, "aws_lb_target_group": {targetGroups, ""}, "aws_instance": {instances, ""},
	"aws_network_interface": {interfaces, ""}, "aws_network_interfaces": {interfaces, "ids"}, "aws_vpn_gateway": {vpnGateways, ""},
	"aws_ec2_transit_gateway_route_table": {transitTables, ""},
}

func of[T any](list []T, make func(T) candidate) []candidate {
	all := []candidate{}
	for _, each := range list {
		c := make(each)
		if c.object.Defect != nil && c.object.Partial {
			continue // it stands for what nobody knows
		}
		c.attributes["id"], c.attributes["tags"] = c.object.ID, tags(c.object)
		if c.object.Account != "" {
			c.attributes["owner_id"] = c.object.Account
		}
		all = append(all, c)
	}
	return all
}

func tags(o *network.Object) map[string]any {
	all := map[string]any{}
	for _, t := range o.Tags {
		all[t.Key] = t.Value
	}
	if o.Name != "" {
		all["Name"] = o.Name
	}
	return all
}

func ec2(o *network.Object, kind string) string {
	return "arn:aws:ec2:" + o.Region + ":" + o.Account + ":" + kind + "/" + o.ID
}

func split(blocks []netip.Prefix) (v4, v6 []any) {
	v4, v6 = []any{}, []any{}
	for _, b := range blocks {
		if b.Addr().Is4() {
			v4 = append(v4, b.String())
		} else {
			v6 = append(v6, b.String())
		}
	}
	return v4, v6
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func texts(list []any) []string {
	var all []string
	for _, each := range list {
		all = append(all, each.(string))
	}
	return all
}

func anys(list []string) []any {
	all := []any{}
	for _, s := range list {
		all = append(all, s)
	}
	return all
}

func vpcs(n *network.Network) []candidate {
	return of(n.VPCs.All(), func(v *network.VPC) candidate {
		v4, v6 := split(v.Blocks)
		associations := []any{}
		for _, b := range v4 {
			associations = append(associations, map[string]any{"association_id": "vpc-cidr-assoc-" + v.ID, "cidr_block": b, "state": "associated"})
		}
		main := ""
		for _, t := range n.RouteTables.All() {
			if t.VPC == v.ID && t.Main {
				main = t.ID
			}
		}
		return candidate{&v.Object, map[string]any{"cidr_block": first(v4), "ipv6_cidr_block": first(v6), "cidr_block_associations": associations, "default": v.Default, "state": "available",
			"arn": ec2(&v.Object, "vpc"), "main_route_table_id": main, "enable_dns_support": true, "enable_dns_hostnames": true, "instance_tenancy": "default"},
			map[string][]string{"vpc-id": {v.ID}, "cidr": texts(v4)[:min(1, len(v4))], "cidr-block-association.cidr-block": texts(v4), "isDefault": {word(v.Default)}, "is-default": {word(v.Default)}, "state": {"available"}}}
	})
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func subnets(n *network.Network) []candidate {
	return of(n.Subnets.All(), func(s *network.Subnet) candidate {
		v4, v6 := split(s.Blocks)
		return candidate{&s.Object, map[string]any{"vpc_id": s.VPC, "cidr_block": first(v4), "ipv6_cidr_block": first(v6), "availability_zone": s.Zone, "availability_zone_id": s.ZoneID,
			"map_public_ip_on_launch": s.MapPublicIPOnLaunch, "assign_ipv6_address_on_creation": s.AssignIPv6OnCreation, "state": "available", "arn": ec2(&s.Object, "subnet")},
			map[string][]string{"subnet-id": {s.ID}, "cidr": texts(v4), "cidrBlock": texts(v4), "availabilityZone": {s.Zone}}}
	})
}

func groups(n *network.Network) []candidate {
	return of(n.SecurityGroups.All(), func(g *network.SecurityGroup) candidate {
		return candidate{&g.Object, map[string]any{"name": g.Name, "vpc_id": g.VPC, "arn": ec2(&g.Object, "security-group")},
			map[string][]string{"group-id": {g.ID}, "group-name": {g.Name}}}
	})
}

func tables(n *network.Network) []candidate {
	return of(n.RouteTables.All(), func(t *network.RouteTable) candidate {
		c := candidate{&t.Object, map[string]any{"vpc_id": t.VPC, "route_table_id": t.ID, "arn": ec2(&t.Object, "route-table")},
			map[string][]string{"route-table-id": {t.ID}, "association.main": {word(t.Main)}, "association.subnet-id": t.Subnets}}
		if len(t.Subnets) == 1 {
			c.attributes["subnet_id"] = t.Subnets[0]
		} else {
			c.attributes["subnet_id"] = ""
		}
		return c
	})
}

func acls(n *network.Network) []candidate {
	return of(n.NetworkACLs.All(), func(a *network.NetworkACL) candidate {
		return candidate{&a.Object, map[string]any{"vpc_id": a.VPC}, map[string][]string{"network-acl-id": {a.ID}, "default": {word(a.Default)}, "association.subnet-id": a.Subnets}}
	})
}

func internetGateways(n *network.Network) []candidate {
	return of(n.InternetGateways.All(), func(g *network.InternetGateway) candidate {
		return candidate{&g.Object, map[string]any{"internet_gateway_id": g.ID, "arn": ec2(&g.Object, "internet-gateway"),
			"attachments": []any{map[string]any{"vpc_id": g.VPC, "state": "available"}}}, map[string][]string{"attachment.vpc-id": {g.VPC}, "internet-gateway-id": {g.ID}}}
	})
}

func natGateways(n *network.Network) []candidate {
	return of(n.NATGateways.All(), func(g *network.NATGateway) candidate {
		kind := "public"
		if g.Private {
			kind = "private"
		}
		a := map[string]any{"vpc_id": g.VPC, "subnet_id": g.Subnet, "state": g.State, "connectivity_type": kind}
		if len(g.Addresses) > 0 {
			a["network_interface_id"] = g.Addresses[0].Interface
			if ip := g.Addresses[0].Public; ip.IsValid() {
				a["public_ip"] = ip.String()
			}
			if ip := g.Addresses[0].IP; ip.IsValid() {
				a["private_ip"] = ip.String()
			}
		}
		return candidate{&g.Object, a, map[string][]string{"nat-gateway-id": {g.ID}}}
	})
}

func peerings(n *network.Network) []candidate {
	return of(n.PeeringConnections.All(), func(p *network.PeeringConnection) candidate {
		block := func(s network.PeeringSide) any { v4, _ := split(s.Blocks); return first(v4) }
		return candidate{&p.Object, map[string]any{"vpc_id": p.Requester.VPC, "peer_vpc_id": p.Accepter.VPC, "owner_id": p.Requester.Account, "peer_owner_id": p.Accepter.Account,
			"region": p.Requester.Region, "peer_region": p.Accepter.Region, "cidr_block": block(p.Requester), "peer_cidr_block": block(p.Accepter), "status": p.State},
			map[string][]string{"status-code": {p.State}, "vpc-peering-connection-id": {p.ID}, "requester-vpc-info.vpc-id": {p.Requester.VPC}, "accepter-vpc-info.vpc-id": {p.Accepter.VPC}}}
	})
}

func prefixLists(n *network.Network) []candidate {
	return of(n.PrefixLists.All(), func(l *network.PrefixList) candidate {
		v4, v6 := split(l.Entries)
		return candidate{&l.Object, map[string]any{"name": l.Name, "prefix_list_id": l.ID, "cidr_blocks": append(v4, v6...)},
			map[string][]string{"prefix-list-name": {l.Name}, "prefix-list-id": {l.ID}}}
	})
}

func managedPrefixLists(n *network.Network) []candidate {
	return of(n.PrefixLists.All(), func(l *network.PrefixList) candidate {
		entries := []any{}
		for _, e := range l.Entries {
			entries = append(entries, map[string]any{"cidr": e.String(), "description": ""})
		}
		family := "IPv4"
		if len(l.Entries) > 0 && l.Entries[0].Addr().Is6() {
			family = "IPv6"
		}
		c := candidate{&l.Object, map[string]any{"name": l.Name, "entries": entries, "address_family": family, "arn": ec2(&l.Object, "prefix-list")},
			map[string][]string{"prefix-list-name": {l.Name}, "prefix-list-id": {l.ID}, "owner-id": {l.Account}}}
		return c
	})
}

func transitGateways(n *network.Network) []candidate {
	return of(n.TransitGateways.All(), func(g *network.TransitGateway) candidate {
		return candidate{&g.Object, map[string]any{"state": g.State, "association_default_route_table_id": g.DefaultRouteTable, "propagation_default_route_table_id": g.DefaultPropagation,
			"arn": ec2(&g.Object, "transit-gateway")}, map[string][]string{"transit-gateway-id": {g.ID}}}
	})
}

func transitTables(n *network.Network) []candidate {
	return of(n.TransitRouteTables.All(), func(t *network.TransitRouteTable) candidate {
		return candidate{&t.Object, map[string]any{"transit_gateway_id": t.Gateway, "arn": ec2(&t.Object, "transit-gateway-route-table")},
			map[string][]string{"transit-gateway-route-table-id": {t.ID}}}
	})
}

func endpoints(n *network.Network) []candidate {
	return of(n.Endpoints.All(), func(e *network.Endpoint) candidate {
		dns := []any{}
		for _, name := range e.DNSNames {
			dns = append(dns, map[string]any{"dns_name": name, "hosted_zone_id": ""})
		}
		return candidate{&e.Object, map[string]any{"vpc_id": e.VPC, "service_name": e.Service, "state": e.State, "vpc_endpoint_type": string(e.Type), "subnet_ids": anys(e.Subnets),
			"route_table_ids": anys(e.RouteTables), "security_group_ids": anys(e.Groups), "network_interface_ids": anys(e.Interfaces), "private_dns_enabled": e.PrivateDNS, "dns_entry": dns},
			map[string][]string{"vpc-endpoint-id": {e.ID}, "vpc-endpoint-state": {e.State}}}
	})
}

func balancers(n *network.Network) []candidate {
	return of(n.LoadBalancers.All(), func(b *network.LoadBalancer) candidate {
		subnets := []any{}
		for _, z := range b.Zones {
			subnets = append(subnets, z.Subnet)
		}
		return candidate{&b.Object, map[string]any{"arn": b.ID, "name": b.Name, "vpc_id": b.VPC, "internal": b.Internal, "load_balancer_type": b.Type, "dns_name": b.DNSName,
			"security_groups": anys(b.Groups), "subnets": subnets, "ip_address_type": b.IPAddressType}, nil}
	})
}

func targetGroups(n *network.Network) []candidate {
	return of(n.TargetGroups.All(), func(g *network.TargetGroup) candidate {
		return candidate{&g.Object, map[string]any{"arn": g.ID, "name": g.Name, "vpc_id": g.VPC, "port": float64(g.Port), "protocol": g.Protocol, "target_type": g.TargetType}, nil}
	})
}

func instances(n *network.Network) []candidate {
	return of(n.Instances.All(), func(i *network.Instance) candidate {
		a := map[string]any{"instance_id": i.ID, "subnet_id": i.Subnet, "instance_state": i.State, "network_interface_id": i.Primary, "arn": ec2(&i.Object, "instance")}
		if f, ok := n.Interfaces.Get(i.Primary); ok {
			a["vpc_security_group_ids"] = anys(f.Groups)
			if len(f.Addresses) > 0 {
				a["private_ip"] = f.Addresses[0].IP.String()
				if f.Addresses[0].Public.IsValid() {
					a["public_ip"] = f.Addresses[0].Public.String()
				}
			}
		}
		return candidate{&i.Object, a, map[string][]string{"instance-state-name": {i.State}, "vpc-id": {i.VPC}, "subnet-id": {i.Subnet}, "instance-id": {i.ID}}}
	})
}

func interfaces(n *network.Network) []candidate {
	return of(n.Interfaces.All(), func(i *network.Interface) candidate {
		a := map[string]any{"vpc_id": i.VPC, "subnet_id": i.Subnet, "security_groups": anys(i.Groups), "interface_type": string(i.Type), "description": i.Description}
		if len(i.Addresses) > 0 {
			a["private_ip"] = i.Addresses[0].IP.String()
		}
		return candidate{&i.Object, a, map[string][]string{"network-interface-id": {i.ID}, "group-id": i.Groups}}
	})
}

func vpnGateways(n *network.Network) []candidate {
	return of(n.VPNGateways.All(), func(g *network.VPNGateway) candidate {
		return candidate{&g.Object, map[string]any{"attached_vpc_id": g.VPC, "state": "available"}, map[string][]string{"attachment.vpc-id": {g.VPC}}}
	})
}
