package dump

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
)

// What Write wrote, Read reads back as the same network, whatever is in it.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "dump")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		want := network.New((&maker{T: t}).contents())
		if err := Write(dir, want); err != nil {
			t.Fatal(err)
		}
		contents, err := Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := networktest.Diff(want, network.New(contents)); diff != "" {
			t.Fatal(diff)
		}
		if err := Write(dir, want); err == nil {
			t.Error("Write must not write over another network")
		}
	})
}

// The same network is written with the same bytes, whatever the order of its maps (V-13): zones of firewalls (FW-1), variables (FW-5).
func TestWriteDeterministic(t *testing.T) {
	write := func() string {
		place := network.Place{Account: "111111111111", Region: "us-east-1"}
		object := func(kind string) network.Object {
			return network.Object{ID: "arn:aws:network-firewall:us-east-1:111111111111:" + kind + "/all", Name: "all", Account: place.Account, Region: place.Region}
		}
		f := &network.Firewall{Object: object("firewall"), VPC: "vpc-1"}
		g := &network.FirewallRuleGroup{Object: object("stateful-rulegroup"), Type: "STATEFUL", Rules: []network.StatefulRule{}, IPSets: map[string][]network.AddressMatch{},
			PortSets: map[string][]network.PortMatch{}, References: map[string]string{}}
		for _, letter := range strings.Split("abcdef", "") {
			f.Endpoints = append(f.Endpoints, network.FirewallEndpoint{ID: "vpce-" + letter, VPC: "vpc-1", Subnet: "subnet-" + letter, Zone: "us-east-1" + letter, Status: "READY"})
			g.IPSets[letter], g.PortSets[letter], g.References[letter] = []network.AddressMatch{{Any: true}}, []network.PortMatch{{Any: true}}, "pl-"+letter
		}
		dir := t.TempDir()
		n := network.New(network.Contents{Firewalls: []*network.Firewall{f}, FirewallRuleGroups: []*network.FirewallRuleGroup{g}, Collected: []network.Place{place}, Unread: map[string]int{"A": 1, "B": 2, "C": 3}})
		if err := Write(dir, n); err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			fmt.Fprintf(&all, "%s\n%s", strings.TrimPrefix(path, dir), data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all.String()
	}
	want := write()
	for range 10 {
		if diff := cmp.Diff(want, write()); diff != "" {
			t.Fatalf("two writings of one network differ:\n%s", diff)
		}
	}
}

// The recorded networks, too, come back as they were.
func TestRoundTripOthers(t *testing.T) {
	folders, _ := filepath.Glob("../../../../shared/corpora/*/*.json")
	if len(folders) == 0 {
		t.Skip("../shared/corpora, beside the repository, is not here")
	}
	seen := map[string]bool{}
	for _, file := range folders {
		folder := filepath.Dir(file)
		if seen[folder] {
			continue
		}
		seen[folder] = true
		contents, err := Read(folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, dir := network.New(contents), t.TempDir()
		if err := Write(dir, want); err != nil {
			t.Fatal(err)
		}
		if contents, err = Read(dir, nil); err != nil {
			t.Fatal(err)
		}
		if diff := networktest.Diff(want, network.New(contents)); diff != "" {
			t.Errorf("%s: %s", folder, diff)
		}
	}
}

// maker makes random networks in the form that Read gives them.
type maker struct {
	*rapid.T
	n int
}

func (m *maker) yes(label string) bool      { return rapid.Bool().Draw(m.T, label) }
func (m *maker) to(n int, label string) int { return rapid.IntRange(0, n).Draw(m.T, label) }
func (m *maker) one(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(m.T, label)
}

func (m *maker) id(prefix string) string {
	m.n++
	return fmt.Sprintf("%s-%017x", prefix, m.n)
}

func (m *maker) text(label string) string {
	return rapid.SampledFrom([]string{"", "web", "a \"quoted\" name", "naïve ☂", "<&>"}).Draw(m.T, label)
}

func (m *maker) object(id string, p network.Place) network.Object {
	o := network.Object{ID: id, Account: p.Account, Region: p.Region, Name: m.text("name")}
	if m.yes("tagged") {
		o.Tags = []network.Tag{{Key: "role", Value: m.text("role")}, {Key: "team", Value: "a"}}
	}
	if m.to(9, "defect") == 0 {
		o.Defect = &network.Defect{Reason: "something is wrong with it"}
	}
	return o
}

func (m *maker) defect() *network.Defect {
	if m.to(5, "part defect") == 0 {
		return &network.Defect{Reason: "some of it is wrong"}
	}
	return nil
}

func (m *maker) block() netip.Prefix {
	if m.yes("ipv6") {
		return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(m.to(255, "b")), byte(m.to(255, "b"))}), 56).Masked()
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(m.to(255, "b")), byte(m.to(255, "b")), 0}), 16+m.to(16, "bits")).Masked()
}

// blocks are sorted, and IPv4 comes first.
func (m *maker) blocks() []netip.Prefix {
	var list []netip.Prefix
	for i := range m.to(3, "blocks") {
		list = append(list, netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/16", i)))
	}
	if m.yes("ipv6 block") {
		list = append(list, netip.MustParsePrefix("2001:db8::/56"))
	}
	return list
}

func (m *maker) ids(prefix string) []string {
	var list []string
	for range m.to(3, prefix) {
		list = append(list, m.id(prefix))
	}
	return list
}

func (m *maker) contents() network.Contents {
	var c network.Contents
	c.Unread = map[string]int{}
	if m.yes("unread") {
		c.Unread["Novelties"] = 3
	}
	all := []network.Place{{Account: "111111111111", Region: "us-east-1"}, {Account: "111111111111", Region: "eu-west-1"}, {Account: "222222222222", Region: "us-east-1"}}
	c.Collected = all[:1+m.to(1, "places")]
	for _, p := range all { // the last one is never collected, and yet has objects
		for range m.to(2, "vpcs") {
			m.vpc(&c, p)
		}
		m.alone(&c, p)
	}
	for _, p := range c.Collected {
		if m.yes("gap") { // of a list that nothing above makes
			c.Gaps = append(c.Gaps, network.Gap{List: "Addresses", Account: p.Account, Region: p.Region, Reason: m.one("reason", "not collected", "AccessDenied")})
		}
	}
	if m.yes("gap of all") {
		c.Gaps = append(c.Gaps, network.Gap{List: "VpnConnections", Reason: "Throttling"})
	}
	return c
}

func (m *maker) vpc(c *network.Contents, p network.Place) {
	v := &network.VPC{Object: m.object(m.id("vpc"), p), Blocks: m.blocks(), Default: m.yes("default")}
	c.VPCs = append(c.VPCs, v)
	g := &network.SecurityGroup{Object: m.object(m.id("sg"), p), VPC: v.ID, VPCs: m.ids("vpc"), Inbound: m.rules(), Outbound: m.rules()}
	c.SecurityGroups = append(c.SecurityGroups, g)
	var subnets []string
	for range m.to(2, "subnets") {
		zone := m.one("zone", "a", "b")
		s := &network.Subnet{Object: m.object(m.id("subnet"), p), VPC: v.ID, Zone: p.Region + zone, ZoneID: "x1-az" + zone, MapPublicIPOnLaunch: m.yes("map"), AssignIPv6OnCreation: m.yes("assign")}
		s.Blocks = []netip.Prefix{m.block()}
		subnets = append(subnets, s.ID)
		c.Subnets = append(c.Subnets, s)
		for range m.to(2, "interfaces") {
			m.face(c, p, s, g.ID)
		}
	}
	t := &network.RouteTable{Object: m.object(m.id("rtb"), p), VPC: v.ID, Main: m.yes("main"), Subnets: subnets, Gateways: m.ids("igw")}
	for range m.to(4, "routes") {
		t.Routes = append(t.Routes, m.route())
	}
	c.RouteTables = append(c.RouteTables, t)
	a := &network.NetworkACL{Object: m.object(m.id("acl"), p), VPC: v.ID, Default: m.yes("default acl"), Subnets: subnets}
	for i := range m.to(4, "entries") {
		protocol, from, to := m.ports()
		a.Entries = append(a.Entries, network.ACLEntry{Number: 10 * (i + 1), Outbound: m.yes("out"), Allow: m.yes("allow"), Protocol: protocol, From: from, To: to, Block: m.block(), Defect: m.defect()})
	}
	c.NetworkACLs = append(c.NetworkACLs, a)
	ip := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 9, 0, byte(i)}) }
	gateway := &network.NATGateway{Object: m.object(m.id("nat"), p), VPC: v.ID, State: "deleted", Private: m.yes("private"), Subnet: m.id("subnet")}
	if m.yes("regional") {
		gateway.State, gateway.Regional, gateway.RouteTable, gateway.Subnet = "available", true, m.id("rtb"), ""
		gateway.Addresses = []network.NATAddress{{Public: netip.MustParseAddr("198.51.100.7"), Zone: m.one("nat zone", "use1-az1", "us-east-1a")}}
	} else {
		gateway.Addresses = []network.NATAddress{{IP: ip(4), Public: netip.MustParseAddr("198.51.100.8"), Interface: m.id("eni")}}
	}
	c.NATGateways = append(c.NATGateways, gateway)
	c.InternetGateways = append(c.InternetGateways, &network.InternetGateway{Object: m.object(m.id("igw"), p), VPC: m.one("attached", "", v.ID)})
	c.EgressOnlyGateways = append(c.EgressOnlyGateways, &network.EgressOnlyGateway{Object: m.object(m.id("eigw"), p), VPC: m.one("attached", "", v.ID)})
	c.CarrierGateways = append(c.CarrierGateways, &network.CarrierGateway{Object: m.object(m.id("cagw"), p), VPC: v.ID, State: "available"})
	c.VPNGateways = append(c.VPNGateways, &network.VPNGateway{Object: m.object(m.id("vgw"), p), VPC: m.one("attached", "", v.ID)})
	c.Endpoints = append(c.Endpoints, &network.Endpoint{Object: m.object(m.id("vpce"), p), VPC: v.ID, Type: network.EndpointType(m.one("type", "Gateway", "Interface")),
		Service: "com.amazonaws.x.s3", State: "available", RouteTables: m.ids("rtb"), Subnets: m.ids("subnet"), Interfaces: m.ids("eni"), Groups: m.ids("sg"),
		PrivateDNS: m.yes("dns"), DNSNames: []string{"a.example", "b.example"}})
	c.Exclusions = append(c.Exclusions, &network.BlockPublicAccessExclusion{Object: m.object(m.id("vpcbpa-exclude"), p), Resource: v.ID, Mode: "allow-egress", Active: m.yes("active")})
	c.PeeringConnections = append(c.PeeringConnections, &network.PeeringConnection{Object: m.object(m.id("pcx"), p), State: "active",
		Requester: network.PeeringSide{VPC: v.ID, Account: p.Account, Region: p.Region, Blocks: m.blocks()},
		Accepter:  network.PeeringSide{VPC: m.id("vpc"), Account: "333333333333", Region: "eu-west-1", Blocks: m.blocks()}})
	m.balancers(c, p, v.ID)
	for _, kind := range []network.OwnerKind{network.OwnerDatabase, network.OwnerCache, network.OwnerFunction, network.OwnerService, network.OwnerInstance} {
		w := &network.Workload{Object: m.object("", p), Kind: kind, VPC: v.ID, Groups: m.ids("sg"), Subnets: m.ids("subnet"), Interfaces: m.ids("eni"), Guessed: m.yes("guessed")}
		m.n++
		w.ID = fmt.Sprintf("arn:aws:%s:%s:%s:thing/%d", m.one("service", "rds", "ecs", "eks", "es"), p.Region, p.Account, m.n)
		c.Workloads = append(c.Workloads, w)
	}
}

func (m *maker) face(c *network.Contents, p network.Place, s *network.Subnet, group string) {
	i := &network.Interface{Object: m.object(m.id("eni"), p), VPC: s.VPC, Subnet: s.ID, Type: network.InterfaceType(m.one("type", "", "interface", "nat_gateway", "efa")),
		SourceDestCheck: m.yes("check"), Description: m.one("description", "", "mine", "ELB app/x/1", "RDSNetworkInterface")}
	m.n++
	i.Addresses = []network.Address{{IP: netip.AddrFrom4([4]byte{10, 0, byte(m.n >> 8), byte(m.n)})}}
	if m.yes("public") {
		i.Addresses[0].Public = netip.AddrFrom4([4]byte{198, 51, byte(m.n >> 8), byte(m.n)})
	}
	if m.yes("six") {
		i.Addresses = append(i.Addresses, network.Address{IP: netip.MustParseAddr("2001:db8::1")})
	}
	if m.yes("grouped") {
		i.Groups = []string{group}
	}
	switch m.to(3, "owner") {
	case 0:
		id := m.id("i")
		i.Owner = network.Owner{Kind: network.OwnerInstance, ID: id, Sure: true}
		instance := &network.Instance{Object: m.object(id, p), VPC: s.VPC, Subnet: s.ID, State: m.one("state", "running", "stopped"), Interfaces: []string{i.ID}, Primary: i.ID}
		if m.yes("second") {
			instance.Interfaces = append(instance.Interfaces, m.id("eni"))
			instance.Primary = m.one("primary", append(instance.Interfaces, "")...)
		}
		c.Instances = append(c.Instances, instance)
	case 1:
		i.Owner = network.Owner{Kind: network.OwnerDatabase, ID: "arn:of:a:database", Sure: m.yes("sure")}
	default:
		i.Owner = suggested(i.Description, i.Type)
	}
	c.Interfaces = append(c.Interfaces, i)
}

func (m *maker) ports() (protocol, from, to int) {
	protocol = rapid.SampledFrom([]int{-1, 1, 6, 17, 47, 58}).Draw(m.T, "protocol")
	switch {
	case protocol == -1 || protocol == 47 || m.yes("all ports"):
		return protocol, -1, -1
	case isICMP(protocol):
		return protocol, m.to(255, "type"), -1
	}
	from = m.to(65535, "from")
	return protocol, from, from + m.to(65535-from, "to")
}

func (m *maker) rules() []network.Rule {
	var rules []network.Rule
	for range m.to(4, "rules") {
		protocol, from, to := m.ports()
		r := network.Rule{Protocol: protocol, From: from, To: to, Defect: m.defect()}
		if m.yes("identified") {
			r.ID = m.id("sgr")
		}
		switch m.to(3, "peer") {
		case 0:
			r.Group = m.id("sg")
		case 1:
			r.PrefixList = m.id("pl")
		case 2:
			r.Block = m.block()
		default: // nothing is known of it but that it is there
			r.Defect, r.PeerOnly = &network.Defect{Reason: "its peer is not known"}, m.yes("traffic is known")
			rules = append(rules, r)
			continue
		}
		r.PeerOnly = r.Defect != nil && m.yes("traffic is known")
		r.Description = m.text("description")
		rules = append(rules, r)
	}
	return rules
}

func (m *maker) route() network.Route {
	r := network.Route{Blackhole: m.yes("blackhole"), Defect: m.defect()}
	if m.yes("list") {
		r.PrefixList = m.id("pl")
	} else {
		r.Destination = m.block()
	}
	r.Target = rapid.SampledFrom([]network.Target{{Kind: network.TargetLocal, ID: "local"}, {Kind: network.TargetInternetGateway, ID: "igw-1"}, {Kind: network.TargetEgressOnly, ID: "eigw-1"},
		{Kind: network.TargetNAT, ID: "nat-1"}, {Kind: network.TargetPeering, ID: "pcx-1"}, {Kind: network.TargetTransitGateway, ID: "tgw-1"}, {Kind: network.TargetInterface, ID: "eni-1"},
		{Kind: network.TargetEndpoint, ID: "vpce-1"}, {Kind: network.TargetVPNGateway, ID: "vgw-1"}, {Kind: network.TargetCarrierGateway, ID: "cagw-1"},
		{Kind: network.TargetLocalGateway, ID: "lgw-1"}, {Kind: network.TargetCoreNetwork, ID: "arn:x"}, {Kind: network.TargetOther, ID: `{"OdbNetworkArn":"arn:aws:odb"}`},
		{Kind: network.TargetOther, ID: "i-1"}, {Kind: network.TargetOther, ID: "novel-1"}}).Draw(m.T, "target")
	if r.Blackhole && m.yes("gone") {
		r.Target = network.Target{}
	}
	r.Propagated = r.Target.Kind == network.TargetVPNGateway && m.yes("propagated")
	return r
}

func (m *maker) alone(c *network.Contents, p network.Place) {
	list := &network.PrefixList{Object: m.object(m.id("pl"), p), Entries: m.blocks()}
	if list.Defect != nil {
		list.Entries = nil
	}
	c.PrefixLists = append(c.PrefixLists, list)
	if p == c.Collected[0] {
		own := &network.PrefixList{Object: m.object(m.id("pl"), network.Place{Account: "AWS", Region: p.Region}), Entries: m.blocks(), AWS: true}
		own.Tags, own.Defect = nil, nil
		c.PrefixLists = append(c.PrefixLists, own)
	}
	state := m.one("state", "available", "deleted")
	c.VPNConnections = append(c.VPNConnections, &network.VPNConnection{Object: m.object(m.id("vpn"), p), State: state, VPNGateway: m.one("vgw", "", "vgw-1"), TransitGateway: m.one("tgw", "", "tgw-1"),
		CustomerGateway: "cgw-1", StaticOnly: m.yes("static"), Routes: m.blocks()})
	c.CustomerGateways = append(c.CustomerGateways, &network.CustomerGateway{Object: m.object(m.id("cgw"), p), State: state, Address: netip.MustParseAddr("192.0.2.1")})
	s := &network.EndpointService{Object: m.object(m.id("vpce-svc"), p), State: "Available", AcceptanceRequired: m.yes("acceptance"), PrivateDNSNames: []string{"a.example", "b.example"}[:m.to(2, "names")],
		LoadBalancers: []string{"arn:aws:elasticloadbalancing:x:1:loadbalancer/gwy/a/1", "arn:aws:elasticloadbalancing:x:1:loadbalancer/net/b/2"}}
	s.Name = "com.amazonaws.vpce.x." + s.ID
	if s.PrincipalsKnown = m.yes("principals"); s.PrincipalsKnown {
		s.Principals = []string{"*", "arn:aws:iam::1:root"}
	}
	c.EndpointServices = append(c.EndpointServices, s)
	endpoint := m.id("vpce")
	c.EndpointConnections = append(c.EndpointConnections, &network.EndpointConnection{Object: m.object(s.ID+"/"+endpoint, p), Service: s.ID, Endpoint: endpoint, EndpointOwner: "333333333333", State: "pendingacceptance"})
	if m.yes("bpa") {
		b := &network.BlockPublicAccess{Object: m.object(p.Account+"/"+p.Region, p), Mode: m.one("mode", "off", "block-ingress")}
		b.Name, b.Tags = "", nil
		c.BlockPublicAccess = append(c.BlockPublicAccess, b)
	}
	m.transit(c, p)
	m.firewall(c, p)
	m.zone(c, p)
}

func (m *maker) transit(c *network.Contents, p network.Place) {
	g := &network.TransitGateway{Object: m.object(m.id("tgw"), p), State: "available", SecurityGroupReferencing: m.yes("ref"), DefaultRouteTable: m.one("table", "", "tgw-rtb-1"), DefaultPropagation: m.one("table", "", "tgw-rtb-1")}
	c.TransitGateways = append(c.TransitGateways, g)
	a := &network.TransitAttachment{Object: m.object(m.id("tgw-attach"), p), Gateway: g.ID, Type: m.one("kind", "vpc", "vpn", "direct-connect-gateway"), Resource: m.id("vpc"), ResourceAccount: "333333333333", State: "available", RouteTable: m.one("table", "", "tgw-rtb-1")}
	a.Attachment = a.ID
	if a.Detailed = a.Type == "vpc" && m.yes("detailed"); a.Detailed {
		a.Subnets, a.ApplianceMode, a.IPv6, a.DNS, a.SecurityGroupReferencing = m.ids("subnet"), m.yes("appliance"), m.yes("ipv6"), m.yes("dns"), m.yes("ref")
	}
	peer := m.id("tgw-attach")
	b := &network.TransitAttachment{Object: m.object(g.ID+"/"+peer, p), Attachment: peer, Gateway: g.ID, Type: "peering", Resource: m.id("tgw"), ResourceAccount: "333333333333", State: "available", RouteTable: "tgw-rtb-1"}
	b.Peer = b.Resource
	if b.Detailed = m.yes("detailed"); b.Detailed {
		b.PeerRegion = "eu-west-1"
	}
	c.TransitAttachments = append(c.TransitAttachments, a, b)
	t := &network.TransitRouteTable{Object: m.object(m.id("tgw-rtb"), p), Gateway: g.ID, RoutesKnown: m.yes("routes"), PropagationsKnown: m.yes("propagations"), ListsKnown: m.yes("lists")}
	for range m.to(3, "routes") {
		r := network.TransitRoute{Destination: m.block(), Type: m.one("type", "static", "propagated"), Blackhole: m.yes("blackhole"), Defect: m.defect()}
		if !r.Blackhole {
			r.Attachments = []string{a.Attachment, peer}
		}
		t.Routes = append(t.Routes, r)
	}
	if t.RoutesKnown || len(t.Routes) > 0 {
		t.AllRoutes = m.yes("all")
	}
	if t.PropagationsKnown {
		t.Propagations = []string{a.Attachment}
	}
	if t.AllRoutes && t.RoutesKnown {
		t.ListsKnown = true
	}
	if t.ListsKnown {
		t.Routes = append(t.Routes, network.TransitRoute{PrefixList: m.id("pl"), Type: "static", Attachments: []string{a.Attachment}, Defect: m.defect()})
	}
	c.TransitRouteTables = append(c.TransitRouteTables, t)
}

func (m *maker) balancers(c *network.Contents, p network.Place, vpc string) {
	m.n++
	arn := func(kind string) string {
		return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s/%d", p.Region, p.Account, kind, m.n)
	}
	g := &network.TargetGroup{Object: m.object(arn("targetgroup"), p), Protocol: "TCP", Port: 80, TargetType: "ip", VPC: vpc, IPAddressType: "ipv4", TargetsKnown: m.yes("targets"),
		HealthCheckPort: rapid.SampledFrom([]int{-1, 0, 8080}).Draw(m.T, "health")}
	if g.TargetsKnown {
		g.Targets = []network.LoadBalancerTarget{{ID: "10.0.0.1", Port: 80, Zone: "all"}, {ID: "10.0.0.2"}}
	}
	if m.yes("attributes") {
		g.Attributes = map[string]string{"preserve_client_ip.enabled": "true"}
	}
	kind := m.one("kind", "application", "network", "gateway")
	b := &network.LoadBalancer{Object: m.object(arn("loadbalancer/"+kind), p), Type: kind, Internal: m.yes("internal"), VPC: vpc, State: "active", DNSName: "x.elb", Groups: m.ids("sg"), IPAddressType: "ipv4",
		EnforceOnPrivateLink: m.one("enforce", "", "on", "off"), Zones: []network.LoadBalancerZone{{Zone: p.Region + "a", Subnet: m.id("subnet"), Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("198.51.100.9")}}}}
	if m.yes("attributes") {
		b.Attributes = map[string]string{"load_balancing.cross_zone.enabled": "true"}
	}
	if b.ListenersKnown = m.yes("listeners"); b.ListenersKnown {
		last := network.ListenerRule{Priority: "default", Actions: []network.ListenerAction{{Type: "forward", TargetGroups: []string{g.ID}}}}
		l := network.Listener{ID: arn("listener"), Protocol: "TCP", Port: 443, Rules: []network.ListenerRule{last}, RulesKnown: kind != "application"}
		if kind == "application" && m.yes("rules") {
			l.RulesKnown = true
			l.Rules = []network.ListenerRule{{Priority: "1", Conditions: []network.ListenerCondition{{Field: "path-pattern", Values: []string{"/api/*"}}}, Actions: []network.ListenerAction{{Type: "redirect"}}}, last}
		}
		b.Listeners = append(b.Listeners, l)
	}
	old := &network.LoadBalancer{Object: m.object("", p), Type: "classic", VPC: vpc, State: "active", IPAddressType: "ipv4", Groups: m.ids("sg"), Zones: []network.LoadBalancerZone{{Subnet: m.id("subnet")}},
		ListenersKnown: true, Instances: m.ids("i"), Listeners: []network.Listener{{Protocol: "TCP", Port: 80, RulesKnown: true, InstancePort: 8080, InstanceProtocol: "HTTP"}}}
	old.Name = m.id("classic")
	old.ID = "classic/" + p.Account + "/" + p.Region + "/" + old.Name
	c.LoadBalancers, c.TargetGroups = append(c.LoadBalancers, b, old), append(c.TargetGroups, g)
}
