package walker

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// build reads a small network from text, one object a line; "#" begins a comment. A line for an interface, a group or a subnet that was described
// before replaces it: scenarios are a base with a few lines that differ.
//
//	vpc ID BLOCK...                     account=A region=R
//	subnet ID VPC BLOCK...              zone=Z zoneid=Z
//	table ID VPC main|SUBNET|GATEWAY... ; route TABLE BLOCK|LIST TARGET    blackhole propagated defect
//	acl ID VPC default|SUBNET...        ; entry ACL in|out NUMBER allow|deny PROTOCOL FROM-TO BLOCK    defect
//	group ID VPC                        ; rule GROUP in|out PROTOCOL FROM-TO BLOCK|LIST|GROUP    defect
//	eni ID SUBNET GROUPS ADDRESS[=PUBLIC]...    type=T owner=KIND:ID check=off defect
//	igw, eigw, vgw ID VPC; nat ID SUBNET ADDRESS[=PUBLIC]...    state=S private; regional ID VPC PUBLIC...    table=T
//	peering ID VPC VPC                  state=S regions=R,R blocks=B,B (of the second) defect
//	vpn ID GATEWAY BLOCK...             bgp state=S; endpoint ID VPC TYPE    state=S; list ID BLOCK...
//	bpa MODE; exclude RESOURCE MODE; gap LIST; collected ACCOUNT REGION
//	tgw ID                              state=S references account=A
//	attachment ID GATEWAY VPC SUBNET... table=T state=S type=T peer=GATEWAY ipv6 appliance references bare defect
//	ttable ID GATEWAY ATTACHMENT...     all not=routes|propagations|lists defect: those that propagate
//	troute TABLE BLOCK|LIST ATTACHMENT...    blackhole propagated defect
//
// Firewalls are described at [firewallLine], load balancers and endpoint services at [balancerLine].
func build(t *testing.T, text string) *network.Network {
	t.Helper()
	c := network.Contents{}
	home := map[string]string{} // VPCs of subnets
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		var words []string
		options := map[string]string{}
		for _, w := range strings.Fields(line) {
			switch key, value, found := strings.Cut(w, "="); {
			case found && !strings.ContainsAny(key, ".:"):
				options[key] = value
			case slices.Contains([]string{"blackhole", "propagated", "defect", "private", "bgp", "references", "ipv6", "appliance", "bare", "all", "internal", "flags", "unknown"}, w):
				options[w] = "yes"
			default:
				words = append(words, w)
			}
		}
		if len(words) == 0 {
			continue
		}
		var defect *network.Defect
		if options["defect"] != "" {
			defect = &network.Defect{Reason: "made so"}
		}
		o := network.Object{Account: options["account"], Region: options["region"], Defect: defect}
		if len(words) > 1 {
			o.ID = words[1]
		}
		switch rest := words[min(2, len(words)):]; words[0] {
		case "vpc":
			c.VPCs = append(c.VPCs, &network.VPC{Object: o, Blocks: prefixes(rest)})
		case "subnet":
			home[o.ID] = rest[0]
			s := &network.Subnet{Object: o, VPC: rest[0], Blocks: prefixes(rest[1:]), Zone: options["zone"], ZoneID: options["zoneid"]}
			c.Subnets = replace(c.Subnets, s, func(x *network.Subnet) string { return x.ID })
		case "table":
			table := &network.RouteTable{Object: o, VPC: rest[0]}
			for _, of := range rest[1:] {
				switch {
				case of == "main":
					table.Main = true
				case strings.HasPrefix(of, "igw") || strings.HasPrefix(of, "vgw"):
					table.Gateways = append(table.Gateways, of)
				default:
					table.Subnets = append(table.Subnets, of)
				}
			}
			c.RouteTables = append(c.RouteTables, table)
		case "route":
			r := network.Route{Blackhole: options["blackhole"] != "", Propagated: options["propagated"] != "", Defect: defect, Target: routeTarget(rest[1])}
			if strings.HasPrefix(rest[0], "pl-") {
				r.PrefixList = rest[0]
			} else if rest[0] != "?" {
				r.Destination = netip.MustParsePrefix(rest[0])
			}
			for _, table := range c.RouteTables {
				if table.ID == o.ID {
					table.Routes = append(table.Routes, r)
				}
			}
		case "acl":
			a := &network.NetworkACL{Object: o, VPC: rest[0]}
			for _, of := range rest[1:] {
				if of == "default" {
					a.Default = true
				} else {
					a.Subnets = append(a.Subnets, of)
				}
			}
			c.NetworkACLs = append(c.NetworkACLs, a)
		case "entry":
			e := network.ACLEntry{Outbound: rest[0] == "out", Allow: rest[2] == "allow", Protocol: protocol(rest[3]), Block: netip.MustParsePrefix(rest[5]), Defect: defect}
			e.Number, _ = strconv.Atoi(rest[1])
			e.From, e.To = span(rest[4])
			for _, a := range c.NetworkACLs {
				if a.ID == o.ID {
					a.Entries = append(a.Entries, e)
				}
			}
		case "group":
			g := &network.SecurityGroup{Object: o, VPC: rest[0]}
			c.SecurityGroups = replace(c.SecurityGroups, g, func(x *network.SecurityGroup) string { return x.ID })
		case "rule":
			r := network.Rule{Protocol: protocol(rest[1]), Defect: defect}
			r.From, r.To = span(rest[2])
			switch {
			case strings.HasPrefix(rest[3], "pl-"):
				r.PrefixList = rest[3]
			case strings.Contains(rest[3], "/"):
				r.Block = netip.MustParsePrefix(rest[3])
			default:
				r.Group = rest[3]
			}
			for _, g := range c.SecurityGroups {
				if g.ID == o.ID && rest[0] == "in" {
					g.Inbound = append(g.Inbound, r)
				} else if g.ID == o.ID {
					g.Outbound = append(g.Outbound, r)
				}
			}
		case "eni":
			i := &network.Interface{Object: o, VPC: home[rest[0]], Subnet: rest[0], Type: network.InterfaceType(options["type"]), SourceDestCheck: options["check"] != "off", Addresses: addresses(rest[2:])}
			if rest[1] != "-" {
				i.Groups = strings.Split(rest[1], ",")
			}
			if kind, id, ok := strings.Cut(options["owner"], ":"); ok {
				i.Owner = network.Owner{Kind: network.OwnerKind(strings.ReplaceAll(kind, "_", " ")), ID: id, Sure: true}
			}
			c.Interfaces = replace(c.Interfaces, i, func(x *network.Interface) string { return x.ID })
		case "igw":
			c.InternetGateways = append(c.InternetGateways, &network.InternetGateway{Object: o, VPC: rest[0]})
		case "eigw":
			c.EgressOnlyGateways = append(c.EgressOnlyGateways, &network.EgressOnlyGateway{Object: o, VPC: rest[0]})
		case "vgw":
			c.VPNGateways = append(c.VPNGateways, &network.VPNGateway{Object: o, VPC: rest[0]})
		case "nat":
			g := &network.NATGateway{Object: o, VPC: home[rest[0]], Subnet: rest[0], State: option(options, "state", "available"), Private: options["private"] != ""}
			for n, a := range addresses(rest[1:]) {
				g.Addresses = append(g.Addresses, network.NATAddress{IP: a.IP, Public: a.Public})
				i := &network.Interface{Object: network.Object{ID: fmt.Sprintf("eni-%s-%d", o.ID, n)}, VPC: g.VPC, Subnet: g.Subnet, Type: network.TypeNAT, Addresses: []network.Address{a}}
				c.Interfaces = append(c.Interfaces, i)
			}
			c.NATGateways = append(c.NATGateways, g)
		case "regional":
			g := &network.NATGateway{Object: o, VPC: rest[0], State: "available", Regional: true, RouteTable: options["table"]}
			for _, a := range rest[1:] {
				g.Addresses = append(g.Addresses, network.NATAddress{Public: netip.MustParseAddr(a)})
			}
			c.NATGateways = append(c.NATGateways, g)
		case "peering":
			p := &network.PeeringConnection{Object: o, State: option(options, "state", "active"), Requester: network.PeeringSide{VPC: rest[0]}, Accepter: network.PeeringSide{VPC: rest[1]}}
			if a, b, ok := strings.Cut(options["regions"], ","); ok {
				p.Requester.Region, p.Accepter.Region = a, b
			}
			if blocks := options["blocks"]; blocks != "" {
				p.Accepter.Blocks = prefixes(strings.Split(blocks, ","))
			}
			c.PeeringConnections = append(c.PeeringConnections, p)
		case "vpn":
			v := &network.VPNConnection{Object: o, VPNGateway: rest[0], State: option(options, "state", "available"), StaticOnly: options["bgp"] == "", Routes: prefixes(rest[1:])}
			c.VPNConnections = append(c.VPNConnections, v)
		case "endpoint":
			c.Endpoints = append(c.Endpoints, &network.Endpoint{Object: o, VPC: rest[0], Type: network.EndpointType(rest[1]), State: option(options, "state", "available"), Service: options["service"]})
		case "list":
			c.PrefixLists = append(c.PrefixLists, &network.PrefixList{Object: o, Entries: prefixes(rest)})
		case "bpa":
			o.ID = "1/r"
			c.BlockPublicAccess = append(c.BlockPublicAccess, &network.BlockPublicAccess{Object: o, Mode: words[1]})
		case "exclude":
			o.ID = "exclusion-" + words[1]
			c.Exclusions = append(c.Exclusions, &network.BlockPublicAccessExclusion{Object: o, Resource: words[1], Mode: rest[0], Active: true})
		case "gap":
			c.Gaps = append(c.Gaps, network.Gap{List: words[1], Reason: "not collected"})
		case "attachment":
			a := &network.TransitAttachment{Object: o, Attachment: o.ID[strings.Index(o.ID, "/")+1:], Gateway: rest[0], Type: option(options, "type", "vpc"), Resource: rest[1],
				State: option(options, "state", "available"), RouteTable: options["table"], Detailed: options["bare"] == "", Subnets: rest[2:], ApplianceMode: options["appliance"] != "",
				IPv6: options["ipv6"] != "", SecurityGroupReferencing: options["references"] != "", Peer: options["peer"]}
			c.TransitAttachments = replace(c.TransitAttachments, a, func(x *network.TransitAttachment) string { return x.ID })
		case "tgw":
			g := &network.TransitGateway{Object: o, State: option(options, "state", "available"), SecurityGroupReferencing: options["references"] != ""}
			c.TransitGateways = replace(c.TransitGateways, g, func(x *network.TransitGateway) string { return x.ID })
		case "ttable":
			not := options["not"]
			table := &network.TransitRouteTable{Object: o, Gateway: rest[0], Propagations: rest[1:], AllRoutes: options["all"] != "",
				RoutesKnown: not != "routes", PropagationsKnown: not != "propagations", ListsKnown: not != "lists"}
			c.TransitRouteTables = replace(c.TransitRouteTables, table, func(x *network.TransitRouteTable) string { return x.ID })
		case "troute":
			r := network.TransitRoute{Attachments: rest[1:], Type: "static", Blackhole: options["blackhole"] != "", Defect: defect}
			if options["propagated"] != "" {
				r.Type = "propagated"
			}
			if strings.HasPrefix(rest[0], "pl-") {
				r.PrefixList = rest[0]
			} else if rest[0] != "?" {
				r.Destination = netip.MustParsePrefix(rest[0])
			}
			for _, table := range c.TransitRouteTables {
				if table.ID == o.ID {
					table.Routes = append(table.Routes, r)
				}
			}
		case "collected":
			c.Collected = append(c.Collected, network.Place{Account: words[1], Region: rest[0]})
		default:
			if !firewallLine(&c, o, words[0], rest, options) && !balancerLine(&c, o, words[0], rest, options) {
				t.Fatalf("line %d: %s?", n+1, words[0])
			}
		}
	}
	return network.New(c)
}

func option(options map[string]string, key, usual string) string {
	if v, ok := options[key]; ok {
		return v
	}
	return usual
}

func replace[T any](all []T, one T, id func(T) string) []T {
	for i := range all {
		if id(all[i]) == id(one) {
			all[i] = one
			return all
		}
	}
	return append(all, one)
}

func prefixes(words []string) (all []netip.Prefix) {
	for _, w := range words {
		all = append(all, netip.MustParsePrefix(w))
	}
	return all
}

func addresses(words []string) (all []network.Address) {
	for _, w := range words {
		ip, public, _ := strings.Cut(w, "=")
		a := network.Address{IP: netip.MustParseAddr(ip)}
		if public != "" {
			a.Public = netip.MustParseAddr(public)
		}
		all = append(all, a)
	}
	return all
}

func protocol(word string) int {
	switch word {
	case "tcp":
		return TCP
	case "udp":
		return UDP
	case "icmp":
		return ICMP
	case "icmpv6":
		return ICMPv6
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(word)
	}
	return n
}

// span reads "443", "1024-65535", "8/0" (an ICMP type and code), or "*".
func span(word string) (from, to int) {
	if word == "*" {
		return -1, -1
	}
	a, b, two := strings.Cut(strings.ReplaceAll(word, "/", "-"), "-")
	from, _ = strconv.Atoi(a)
	if to = from; two {
		to, _ = strconv.Atoi(b)
	}
	return from, to
}

func routeTarget(word string) network.Target {
	kinds := map[string]network.TargetKind{"igw": network.TargetInternetGateway, "eigw": network.TargetEgressOnly, "nat": network.TargetNAT, "pcx": network.TargetPeering,
		"tgw": network.TargetTransitGateway, "eni": network.TargetInterface, "vpce": network.TargetEndpoint, "vgw": network.TargetVPNGateway, "lgw": network.TargetLocalGateway}
	if word == "local" {
		return network.Target{Kind: network.TargetLocal, ID: "local"}
	}
	prefix, _, _ := strings.Cut(word, "-")
	return network.Target{Kind: kinds[prefix], ID: word}
}

// ask reads "FROM > TO PROTOCOL PORT [CLIENT-PORT] [DATA=NAME]". An end is an interface, "internet", or an address outside, and may name the address to use:
// "eni-b@203.0.113.1". To may be "lb:ARN" or "endpoint:ID" for the service behind it. The port of ICMP is "TYPE/CODE".
func ask(t *testing.T, n *network.Network, text string) Question {
	t.Helper()
	words := strings.Fields(text)
	q := Question{Packet: Packet{Protocol: uint8(protocol(words[3])), SourcePort: 50000}}
	if data, name, ok := strings.Cut(words[len(words)-1], "="); ok {
		q.Data, q.Name, words = data, name, words[:len(words)-1]
	}
	if arn, ok := strings.CutPrefix(words[2], "lb:"); ok {
		q.Balancer, words[2] = arn, "internet"
	} else if id, ok := strings.CutPrefix(words[2], "endpoint:"); ok {
		q.Endpoint, words[2] = id, "internet"
	}
	to, destination := end(t, n, words[2], netip.Addr{})
	from, source := end(t, n, words[0], destination)
	q.From, q.To, q.Packet.Source, q.Packet.Destination = from, to, source, destination
	if len(words) > 4 {
		a, b := span(words[4])
		if q.Packet.hasPorts() {
			q.Packet.DestinationPort = uint16(a)
		} else {
			q.Packet.ICMPType, q.Packet.ICMPCode = uint8(a), uint8(b)
		}
	}
	if len(words) > 5 {
		port, _ := span(words[5])
		q.Packet.SourcePort = uint16(port)
	}
	if !q.Packet.hasPorts() {
		q.Packet.SourcePort = 0
	}
	return q
}

func end(t *testing.T, n *network.Network, word string, like netip.Addr) (id string, a netip.Addr) {
	id, address, named := strings.Cut(word, "@")
	if named {
		a = netip.MustParseAddr(address)
	}
	if id == "internet" {
		return "", a
	}
	if outside, err := netip.ParseAddr(id); err == nil {
		return "", outside
	}
	i, ok := n.Interfaces.Get(id)
	if !ok {
		return id, a
	}
	for _, each := range i.Addresses {
		if !a.IsValid() && (!like.IsValid() || each.IP.Is4() == like.Is4()) {
			a = each.IP
		}
	}
	if !a.IsValid() {
		t.Fatalf("%s has no address like %s", word, like)
	}
	return id, a
}
