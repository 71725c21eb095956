package tfplan

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/random"
)

// TestRandomStates writes random networks as a Terraform state, in one spelling or another, and reads them back: what they allow must be the same. Networks with
// things of which a state does not tell the addresses (load balancers, endpoints), or that Terraform cannot have, are left out.
func TestRandomStates(t *testing.T) {
	const wanted = 120
	read := 0
	for seed := uint64(1); read < wanted; seed++ {
		if seed > 20_000 {
			t.Fatalf("only %d networks of 20,000 can be written", read)
		}
		c := random.Network(seed)
		if !writable(&c) {
			continue
		}
		read++
		want := network.New(c)
		w := &statement{seed: seed}
		w.network(want)
		state, err := json.Marshal(map[string]any{"format_version": "1.0", "terraform_version": "1.11.4", "values": map[string]any{"root_module": map[string]any{"resources": w.resources}}})
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(state, "state.json", Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := network.New(back)
		if a, b := rows(t, want), rows(t, got); !slices.Equal(a, b) {
			t.Errorf("seed %d:", seed)
			for _, row := range a {
				if !slices.Contains(b, row) {
					t.Errorf("  lost:  %s", row)
				}
			}
			for _, row := range b {
				if !slices.Contains(a, row) {
					t.Errorf("  added: %s", row)
				}
			}
			for _, p := range got.Problems {
				t.Logf("  problem: %s", p)
			}
		}
	}
}

// rows are what a network allows, in words.
func rows(t *testing.T, n *network.Network) []string {
	t.Helper()
	table, err := query.New(n).Matrix(query.Question{Protocol: "any"}, query.ByGroup)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range table.Rows {
		all = append(all, fmt.Sprintf("%s → %s %s %v %s %+v %s", r.Source, r.Destination, r.Verdict, r.Verdicts, r.Family, r.Traffic, r.Outside))
	}
	slices.Sort(all)
	return all
}

// writable tells whether Terraform can have a network, and its state tells all of it.
func writable(c *network.Contents) bool {
	if len(c.LoadBalancers)+len(c.EndpointServices)+len(c.Firewalls)+len(c.TransitGateways)+len(c.TransitAttachments)+len(c.VPNConnections)+
		len(c.CarrierGateways)+len(c.Gaps)+len(c.Workloads)+len(c.Unread) > 0 || len(c.Problems) > 0 {
		return false
	}
	v := reflect.ValueOf(c).Elem()
	for k := range v.NumField() {
		if list := v.Field(k); list.Kind() == reflect.Slice && list.Type().Elem().Kind() == reflect.Pointer {
			for i := range list.Len() {
				if o, ok := list.Index(i).Elem().Field(0).Interface().(network.Object); ok && o.Defect != nil {
					return false
				}
			}
		}
	}
	main, usual := map[string]bool{}, map[string]bool{}
	for _, t := range c.RouteTables {
		main[t.VPC] = main[t.VPC] || t.Main
		if t.VPC == "" {
			return false
		}
		for _, r := range t.Routes {
			if r.Defect != nil || r.Propagated || r.Target.Kind == network.TargetNone {
				return false
			}
		}
		for _, v := range c.VPCs {
			for _, block := range v.Blocks {
				if v.ID == t.VPC && !slices.ContainsFunc(t.Routes, func(r network.Route) bool { return r.Destination == block }) {
					return false
				}
			}
		}
	}
	for _, a := range c.NetworkACLs {
		usual[a.VPC] = usual[a.VPC] || a.Default
		if slices.ContainsFunc(a.Entries, func(e network.ACLEntry) bool { return e.Defect != nil }) {
			return false
		}
	}
	for _, v := range c.VPCs {
		if !main[v.ID] || !usual[v.ID] || len(v.Blocks) == 0 || !v.Blocks[0].Addr().Is4() {
			return false
		}
	}
	for _, g := range c.SecurityGroups {
		if slices.ContainsFunc(slices.Concat(g.Inbound, g.Outbound), func(r network.Rule) bool { return r.Defect != nil }) {
			return false
		}
	}
	for _, e := range c.Endpoints {
		if e.Type != network.EndpointGateway || e.State != "available" {
			return false
		}
	}
	for _, p := range c.PeeringConnections { // of a VPC elsewhere, Terraform does not tell the blocks
		for _, id := range []string{p.Requester.VPC, p.Accepter.VPC} {
			if !slices.ContainsFunc(c.VPCs, func(v *network.VPC) bool { return v.ID == id }) {
				return false
			}
		}
	}
	for _, i := range c.Interfaces {
		if i.Type != network.TypeNAT && len(i.Groups) == 0 || !slices.Contains([]network.InterfaceType{network.TypeInterface, network.TypeNAT, network.TypeEFA, network.TypeLambda, ""}, i.Type) {
			return false
		}
		for k, a := range i.Addresses {
			if a.Public.IsValid() && !a.IP.Is4() || k > 0 && !a.Public.IsValid() && i.Type == network.TypeNAT {
				return false
			}
		}
	}
	for _, g := range c.NATGateways {
		if g.Regional || g.State != "available" || len(g.Addresses) == 0 || g.Private && len(g.Addresses) > 1 ||
			slices.ContainsFunc(g.Addresses, func(a network.NATAddress) bool { return a.Interface != g.Addresses[0].Interface }) {
			return false
		}
	}
	return true
}

// statement is a state while it is written. The seed decides how things are spelled.
type statement struct {
	seed      uint64
	resources []any
	count     int
	addresses map[string]string // references, by identifier: of code
}

type fields = map[string]any

// add writes a resource.
func (w *statement) add(typ string, o *network.Object, v fields) {
	w.count++
	if o != nil {
		v["owner_id"], v["region"] = o.Account, o.Region
		tags := fields{}
		for _, t := range o.Tags {
			tags[t.Key] = t.Value
		}
		if o.Name != "" && typ != "aws_security_group" {
			tags["Name"] = o.Name
		}
		v["tags_all"] = tags
	}
	mode := "managed"
	if rest, ok := cutPrefix(typ, "data."); ok {
		typ, mode = rest, "data"
	}
	name := fmt.Sprintf("r%d", w.count)
	address := typ + "." + name
	if mode == "data" {
		address = "data." + address
	}
	w.resources = append(w.resources, fields{"address": address, "mode": mode, "type": typ, "name": name, "values": v})
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

// other tells, by the seed and by how many things are written, whether to take the other of two spellings.
func (w *statement) other() bool { return (w.seed+uint64(w.count))%2 == 1 }

func (w *statement) network(n *network.Network) {
	main, usual := map[string]string{}, map[string]string{}
	for _, t := range n.RouteTables.All() {
		if t.Main {
			main[t.VPC] = t.ID
		}
	}
	for _, a := range n.NetworkACLs.All() {
		if a.Default {
			usual[a.VPC] = a.ID
		}
	}
	for _, v := range n.VPCs.All() {
		own := fields{"id": v.ID, "cidr_block": v.Blocks[0].String(), "default_route_table_id": main[v.ID], "default_network_acl_id": usual[v.ID], "default_security_group_id": "sg-usual-" + v.ID,
			"ipv6_cidr_block": ""}
		for _, block := range v.Blocks[1:] {
			switch {
			case block.Addr().Is4():
				w.add("aws_vpc_ipv4_cidr_block_association", nil, fields{"id": "vpc-cidr-assoc-" + block.String(), "vpc_id": v.ID, "cidr_block": block.String()})
			case own["ipv6_cidr_block"] == "":
				own["ipv6_cidr_block"] = block.String()
			default:
				w.add("aws_vpc_ipv6_cidr_block_association", nil, fields{"id": "vpc-cidr-assoc-" + block.String(), "vpc_id": v.ID, "ipv6_cidr_block": block.String()})
			}
		}
		w.add("aws_vpc", &v.Object, own)
	}
	for _, s := range n.Subnets.All() {
		own := fields{"id": s.ID, "vpc_id": s.VPC, "availability_zone": s.Zone, "availability_zone_id": s.ZoneID, "map_public_ip_on_launch": s.MapPublicIPOnLaunch,
			"assign_ipv6_address_on_creation": s.AssignIPv6OnCreation, "cidr_block": "", "ipv6_native": true}
		for _, block := range s.Blocks {
			if block.Addr().Is4() {
				own["cidr_block"], own["ipv6_native"] = block.String(), false
			} else {
				own["ipv6_cidr_block"] = block.String()
			}
		}
		w.add("aws_subnet", &s.Object, own)
	}
	var gateways []string
	for _, e := range n.Endpoints.All() {
		for _, l := range n.PrefixLists.All() {
			if l.AWS {
				gateways = append(gateways, e.ID+" "+l.ID)
			}
		}
		own := fields{"id": e.ID, "vpc_id": e.VPC, "service_name": e.Service, "vpc_endpoint_type": "Gateway", "state": e.State, "route_table_ids": []any{}}
		var tables []any
		for _, t := range n.RouteTables.All() {
			for _, r := range t.Routes {
				if l, ok := n.PrefixLists.Get(r.PrefixList); ok && l.AWS && r.Target.ID == e.ID && !r.Blackhole {
					own["prefix_list_id"], own["cidr_blocks"] = r.PrefixList, prefixTexts(l.Entries)
					if w.other() {
						tables = append(tables, t.ID)
						w.count++
					} else {
						w.add("aws_vpc_endpoint_route_table_association", nil, fields{"id": "a-" + t.ID, "vpc_endpoint_id": e.ID, "route_table_id": t.ID})
					}
				}
			}
		}
		own["route_table_ids"] = tables
		w.add("aws_vpc_endpoint", &e.Object, own)
	}
	for _, g := range n.VPNGateways.All() {
		w.add("aws_vpn_gateway", &g.Object, fields{"id": g.ID, "vpc_id": g.VPC})
	}
	for _, t := range n.RouteTables.All() {
		w.table(t, gateways)
	}
	for _, l := range n.PrefixLists.All() {
		if l.AWS {
			w.add("data.aws_prefix_list", nil, fields{"id": l.ID, "name": l.Name, "cidr_blocks": prefixTexts(l.Entries)})
			continue
		}
		var inline []any
		for _, p := range l.Entries {
			if w.other() {
				inline = append(inline, fields{"cidr": p.String(), "description": ""})
			} else {
				w.add("aws_ec2_managed_prefix_list_entry", nil, fields{"id": l.ID + p.String(), "prefix_list_id": l.ID, "cidr": p.String()})
			}
			w.count++
		}
		w.add("aws_ec2_managed_prefix_list", &l.Object, fields{"id": l.ID, "name": l.Name, "entry": inline})
	}
	for _, a := range n.NetworkACLs.All() {
		w.acl(a)
	}
	for _, g := range n.SecurityGroups.All() {
		w.group(g)
	}
	for _, g := range n.InternetGateways.All() {
		if w.other() && g.VPC != "" {
			w.add("aws_internet_gateway", &g.Object, fields{"id": g.ID, "vpc_id": ""})
			w.add("aws_internet_gateway_attachment", nil, fields{"id": g.ID + ":" + g.VPC, "internet_gateway_id": g.ID, "vpc_id": g.VPC})
		} else {
			w.add("aws_internet_gateway", &g.Object, fields{"id": g.ID, "vpc_id": g.VPC})
		}
	}
	for _, g := range n.EgressOnlyGateways.All() {
		w.add("aws_egress_only_internet_gateway", &g.Object, fields{"id": g.ID, "vpc_id": g.VPC})
	}
	for _, p := range n.PeeringConnections.All() {
		w.add("aws_vpc_peering_connection", &p.Object, fields{"id": p.ID, "vpc_id": p.Requester.VPC, "peer_vpc_id": p.Accepter.VPC, "peer_owner_id": p.Accepter.Account, "peer_region": p.Accepter.Region, "accept_status": p.State})
	}
	for _, b := range n.BlockPublicAccess.All() {
		w.add("aws_vpc_block_public_access_options", &b.Object, fields{"id": b.ID, "internet_gateway_block_mode": b.Mode, "aws_account_id": b.Account, "aws_region": b.Region})
	}
	for _, e := range n.Exclusions.All() {
		if !e.Active {
			continue
		}
		own := fields{"id": e.ID, "internet_gateway_exclusion_mode": e.Mode}
		if _, ok := n.VPCs.Get(e.Resource); ok {
			own["vpc_id"] = e.Resource
		} else {
			own["subnet_id"] = e.Resource
		}
		w.add("aws_vpc_block_public_access_exclusion", &e.Object, own)
	}
	w.interfaces(n)
}

func prefixTexts(prefixes []netip.Prefix) []any {
	all := []any{}
	for _, p := range prefixes {
		all = append(all, p.String())
	}
	return all
}

var routeAttributes = map[network.TargetKind]string{network.TargetInternetGateway: "gateway_id", network.TargetVPNGateway: "gateway_id", network.TargetLocal: "gateway_id", network.TargetNAT: "nat_gateway_id",
	network.TargetEgressOnly: "egress_only_gateway_id", network.TargetPeering: "vpc_peering_connection_id", network.TargetTransitGateway: "transit_gateway_id", network.TargetInterface: "network_interface_id",
	network.TargetEndpoint: "vpc_endpoint_id", network.TargetLocalGateway: "local_gateway_id", network.TargetCoreNetwork: "core_network_arn", network.TargetOther: "instance_id"}

func (w *statement) table(t *network.RouteTable, gateways []string) {
	inline := []any{}
	for _, r := range t.Routes {
		if r.Target.Kind == network.TargetLocal || slices.Contains(gateways, r.Target.ID+" "+r.PrefixList) && !r.Blackhole { // the endpoint writes its routes
			continue
		}
		own := fields{}
		for _, name := range routeAttributes {
			own[name] = ""
		}
		own[routeAttributes[r.Target.Kind]] = r.Target.ID
		apart := r.Blackhole || w.other()
		v4, v6 := "cidr_block", "ipv6_cidr_block"
		if apart {
			v4, v6 = "destination_cidr_block", "destination_ipv6_cidr_block"
		}
		switch {
		case r.PrefixList != "":
			own["destination_prefix_list_id"] = r.PrefixList
		case r.Destination.Addr().Is4():
			own[v4] = r.Destination.String()
		default:
			own[v6] = r.Destination.String()
		}
		if !apart {
			inline = append(inline, own)
			w.count++
			continue
		}
		own["id"], own["route_table_id"], own["state"] = fmt.Sprint("r-", w.count), t.ID, "active"
		if r.Blackhole {
			own["state"] = "blackhole"
		}
		w.add("aws_route", nil, own)
	}
	for _, s := range t.Subnets {
		w.add("aws_route_table_association", nil, fields{"id": "rtbassoc-" + s, "route_table_id": t.ID, "subnet_id": s, "gateway_id": ""})
	}
	for _, g := range t.Gateways {
		w.add("aws_route_table_association", nil, fields{"id": "rtbassoc-" + g, "route_table_id": t.ID, "subnet_id": "", "gateway_id": g})
	}
	if t.Main {
		w.add("aws_default_route_table", &t.Object, fields{"id": t.ID, "default_route_table_id": t.ID, "vpc_id": t.VPC, "route": inline})
		return
	}
	w.add("aws_route_table", &t.Object, fields{"id": t.ID, "vpc_id": t.VPC, "route": inline})
}

func (w *statement) acl(a *network.NetworkACL) {
	lists := map[bool][]any{false: {}, true: {}}
	for _, e := range a.Entries {
		action := map[bool]string{true: "allow", false: "deny"}[e.Allow]
		own := fields{"protocol": fmt.Sprint(e.Protocol), "from_port": max(e.From, 0), "to_port": max(e.To, 0), "icmp_type": 0, "icmp_code": 0, "cidr_block": "", "ipv6_cidr_block": ""}
		switch e.Protocol {
		case 1, 58:
			own["from_port"], own["to_port"], own["icmp_type"], own["icmp_code"] = 0, 0, e.From, e.To
		case 6, 17:
			own["protocol"] = map[int]string{6: "tcp", 17: "UDP"}[e.Protocol]
			if e.From == -1 {
				own["from_port"], own["to_port"] = 0, 65535
			}
		}
		if e.Block.Addr().Is4() {
			own["cidr_block"] = e.Block.String()
		} else {
			own["ipv6_cidr_block"] = e.Block.String()
		}
		if w.other() {
			own["id"], own["network_acl_id"], own["egress"], own["rule_number"], own["rule_action"] = fmt.Sprint("nacl-", w.count), a.ID, e.Outbound, e.Number, action
			w.add("aws_network_acl_rule", nil, own)
			continue
		}
		own["rule_no"], own["action"] = e.Number, action
		lists[e.Outbound] = append(lists[e.Outbound], own)
		w.count++
	}
	own := fields{"id": a.ID, "vpc_id": a.VPC, "ingress": lists[false], "egress": lists[true]}
	if a.Default {
		own["default_network_acl_id"], own["subnet_ids"] = a.ID, a.Subnets
		w.add("aws_default_network_acl", &a.Object, own)
		return
	}
	if w.other() {
		own["subnet_ids"] = a.Subnets
	} else {
		for _, s := range a.Subnets {
			w.add("aws_network_acl_association", nil, fields{"id": "aclassoc-" + s, "network_acl_id": a.ID, "subnet_id": s})
		}
	}
	w.add("aws_network_acl", &a.Object, own)
}

func (w *statement) group(g *network.SecurityGroup) {
	lists := map[string][]any{"ingress": {}, "egress": {}}
	for _, direction := range []string{"ingress", "egress"} {
		rules := g.Inbound
		if direction == "egress" {
			rules = g.Outbound
		}
		for k, r := range rules {
			protocol, from, to := fmt.Sprint(r.Protocol), r.From, r.To
			if r.Protocol != 1 && r.Protocol != 58 { // any is written as all ports
				from = max(from, 0)
				if to < 0 {
					to = map[bool]int{true: 65535, false: 0}[r.Protocol == 6 || r.Protocol == 17]
				}
			}
			id := fmt.Sprintf("sgr-%s-%s-%d", g.ID, direction, k)
			switch (w.seed + uint64(w.count)) % 3 {
			case 0:
				own := fields{"id": id, "security_group_id": g.ID, "ip_protocol": protocol, "from_port": from, "to_port": to, "cidr_ipv4": nil, "cidr_ipv6": nil}
				switch {
				case r.Group != "":
					own["referenced_security_group_id"] = r.Group
				case r.PrefixList != "":
					own["prefix_list_id"] = r.PrefixList
				case r.Block.Addr().Is4():
					own["cidr_ipv4"] = r.Block.String()
				default:
					own["cidr_ipv6"] = r.Block.String()
				}
				w.add("aws_vpc_security_group_"+direction+"_rule", nil, own)
			default:
				own := fields{"protocol": protocol, "from_port": from, "to_port": to, "cidr_blocks": []any{}, "ipv6_cidr_blocks": []any{}, "prefix_list_ids": []any{}, "security_groups": []any{}, "self": false}
				apart := (w.seed+uint64(w.count))%3 == 1
				switch {
				case r.Group == g.ID:
					own["self"] = true
				case r.Group != "" && apart:
					own["source_security_group_id"] = r.Group
				case r.Group != "":
					own["security_groups"] = []any{r.Group}
				case r.PrefixList != "":
					own["prefix_list_ids"] = []any{r.PrefixList}
				case r.Block.Addr().Is4():
					own["cidr_blocks"] = []any{r.Block.String()}
				default:
					own["ipv6_cidr_blocks"] = []any{r.Block.String()}
				}
				if apart {
					delete(own, "security_groups")
					own["id"], own["type"], own["security_group_id"] = id, direction, g.ID
					w.add("aws_security_group_rule", nil, own)
				} else {
					lists[direction] = append(lists[direction], own)
					w.count++
				}
			}
		}
	}
	w.add("aws_security_group", &g.Object, fields{"id": g.ID, "name": g.Name, "vpc_id": g.VPC, "ingress": lists["ingress"], "egress": lists["egress"]})
	for _, v := range g.VPCs {
		w.add("aws_vpc_security_group_vpc_association", nil, fields{"id": g.ID + "," + v, "security_group_id": g.ID, "vpc_id": v})
	}
}

func (w *statement) interfaces(n *network.Network) {
	for _, g := range n.NATGateways.All() {
		kind, a := "public", g.Addresses[0]
		if g.Private {
			kind = "private"
		}
		own := fields{"id": g.ID, "subnet_id": g.Subnet, "connectivity_type": kind, "private_ip": a.IP.String(), "network_interface_id": a.Interface, "allocation_id": ""}
		var secondary []any
		for k, a := range g.Addresses {
			if !a.Public.IsValid() {
				continue
			}
			id := fmt.Sprintf("eipalloc-%s-%d", g.ID, k)
			if k == 0 {
				own["allocation_id"], own["public_ip"] = id, a.Public.String()
			} else {
				secondary = append(secondary, id)
			}
			w.add("aws_eip", nil, fields{"id": id, "allocation_id": id, "public_ip": a.Public.String(), "network_interface": a.Interface, "private_ip": a.IP.String(), "instance": ""})
		}
		own["secondary_allocation_ids"] = secondary
		w.add("aws_nat_gateway", &g.Object, own)
	}
	for _, i := range n.Interfaces.All() {
		if i.Type == network.TypeNAT {
			continue
		}
		var v4, v6 []any
		for k, a := range i.Addresses {
			if a.IP.Is6() {
				v6 = append(v6, a.IP.String())
				continue
			}
			v4 = append(v4, a.IP.String())
			if a.Public.IsValid() {
				id := fmt.Sprintf("eipalloc-%s-%d", i.ID, k)
				eip := fields{"id": id, "allocation_id": id, "public_ip": a.Public.String(), "network_interface": "", "instance": "", "associate_with_private_ip": nil}
				if w.other() {
					eip["network_interface"], eip["associate_with_private_ip"] = i.ID, a.IP.String()
				} else {
					w.add("aws_eip_association", nil, fields{"id": "eipassoc-" + id, "allocation_id": id, "network_interface_id": i.ID, "private_ip_address": a.IP.String(), "instance_id": ""})
				}
				w.add("aws_eip", nil, eip)
			}
		}
		own := fields{"id": i.ID, "subnet_id": i.Subnet, "security_groups": i.Groups, "source_dest_check": i.SourceDestCheck, "private_ips": v4, "private_ip_list": v4, "ipv6_addresses": v6, "ipv6_address_count": len(v6),
			"interface_type": string(i.Type), "description": i.Description}
		if len(v4) > 0 {
			own["private_ip"] = v4[0]
		}
		w.add("aws_network_interface", &i.Object, own)
	}
	for _, at := range n.Instances.All() {
		var faces []any
		for k, id := range at.Interfaces {
			device := k + 1
			if id == at.Primary {
				device = 0
			}
			faces = append(faces, fields{"device_index": device, "network_interface_id": id})
		}
		w.add("aws_instance", &at.Object, fields{"id": at.ID, "subnet_id": at.Subnet, "primary_network_interface_id": at.Primary, "network_interface": faces, "instance_state": at.State})
	}
}
