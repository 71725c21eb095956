package tfplan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

// island adds a VPC with one subnet in the first zone and an instance in it that takes and opens everything, and the routes of its main table.
func (p *paper) island(name, block, routes string) *paper {
	p.t.Helper()
	mark := map[string]string{"annotated": "?", "plan": "?", "state": ""}[p.kind]
	id := func(kind string) string { // of the resource itself
		if p.kind == "plan" {
			return "?"
		}
		return mark + kind + "-" + name
	}
	to := func(kind, resource string) string {
		if p.kind == "plan" {
			return "=" + resource + "." + name + ".id"
		}
		return kind + "-" + name
	}
	vpc := to("vpc", "aws_vpc")
	any := `[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]`
	p.resource("aws_vpc."+name, fmt.Sprintf(`{"id": %q, "cidr_block": %q, "default_route_table_id": %q}`, id("vpc"), block, id("rtb")))
	p.resource("aws_subnet."+name, fmt.Sprintf(`{"id": %q, "vpc_id": %q, "cidr_block": %q, "availability_zone": "us-east-1a"}`, id("subnet"), vpc, strings.Replace(block, "0.0/16", "1.0/24", 1)))
	p.resource("aws_security_group."+name, fmt.Sprintf(`{"id": %q, "vpc_id": %q, "name": %q, "ingress": %s, "egress": %s}`, id("sg"), vpc, name, any, any))
	p.resource("aws_instance."+name, fmt.Sprintf(`{"id": %q, "subnet_id": %q, "vpc_security_group_ids": [%q], "tags": {"Name": %q}}`, id("i"), to("subnet", "aws_subnet"),
		to("sg", "aws_security_group"), name))
	table := "rtb-" + name
	if p.kind == "plan" {
		table = "=aws_vpc." + name + ".default_route_table_id"
	}
	p.resource("aws_default_route_table."+name, fmt.Sprintf(`{"id": %q, "default_route_table_id": %q, "route": [%s]}`, id("rtb"), table, routes))
	return p
}

const toHub = `{"cidr_block": "10.0.0.0/8", "transit_gateway_id": "tgw-hub"}`

// spokes are two islands behind a transit gateway, which is as the words say.
func spokes(p *paper, gateway, attachment string) *paper {
	p.resource("aws_ec2_transit_gateway.hub", `{"id": "?tgw-hub", "association_default_route_table_id": "?tgw-rtb-usual", "propagation_default_route_table_id": "?tgw-rtb-usual", "auto_accept_shared_attachments": "disable"`+gateway+`}`)
	for _, name := range []string{"a", "b"} {
		p.island(name, map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16"}[name], toHub)
		p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "?tgw-attach-%s", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-%s", "subnet_ids": ["subnet-%s"]%s}`, name, name, name, attachment))
	}
	return p
}

const tablesOff = `, "default_route_table_association": "disable", "default_route_table_propagation": "disable"`

func TestTransitDefaultTables(t *testing.T) {
	p := spokes(annotated(t), "", "")
	p.can("a", "b:443", report.Reachable)
	p.can("b", "a:443", report.Reachable)
	n := p.network()
	a, _ := n.TransitAttachments.Get("tgw-attach-a")
	if !a.Detailed || a.RouteTable != "tgw-rtb-usual" || a.State != "available" || !slices.Equal(a.Subnets, []string{"subnet-a"}) {
		t.Errorf("the attachment is %+v", a)
	}
	table, ok := n.TransitRouteTables.Get("tgw-rtb-usual")
	if !ok || !table.RoutesKnown || !table.ListsKnown || !table.PropagationsKnown || table.AllRoutes || !slices.Equal(table.Propagations, []string{"tgw-attach-a", "tgw-attach-b"}) {
		t.Errorf("the table is %+v", table)
	}
	conduits := 0
	for _, i := range n.Interfaces.All() {
		if i.Conduit() && i.Type == network.TypeTransitGateway && i.Owner.Sure && len(i.Addresses) == 1 {
			conduits++
		}
	}
	if conduits != 2 {
		t.Errorf("%d interfaces of attachments, want 2", conduits)
	}

	// One that takes no default table is associated with none, and carries nothing (TGW-1).
	p = spokes(annotated(t), "", `, "transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false`)
	p.can("a", "b:443", report.Unreachable)
	p = spokes(annotated(t), tablesOff, "")
	p.can("a", "b:443", report.Unreachable)
}

// The real provider does not know yet what the gateway and its tables will be called: references tell.
func TestTransitPlainPlan(t *testing.T) {
	p := plainPlan(t)
	p.resource("aws_ec2_transit_gateway.hub", `{"id": "?", "association_default_route_table_id": "?", "propagation_default_route_table_id": "?", "auto_accept_shared_attachments": "disable"}`)
	for name, block := range map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16"} {
		p.island(name, block, `{"cidr_block": "10.0.0.0/8", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id"}`)
		p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "?", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id", "vpc_id": "=aws_vpc.%s.id", "subnet_ids": ["=aws_subnet.%s.id"],
			"transit_gateway_default_route_table_association": "?", "transit_gateway_default_route_table_propagation": "?"}`, name, name))
	}
	p.can("a", "b:443", report.Reachable)

	// A route of the default propagation table is one of the default table: a new gateway has one for both.
	p.resource("aws_ec2_transit_gateway_route.hole", `{"destination_cidr_block": "10.2.0.0/16", "blackhole": true, "transit_gateway_route_table_id": "=aws_ec2_transit_gateway.hub.propagation_default_route_table_id"}`)
	p.can("a", "b:443", report.Unreachable)
}

func TestTransitState(t *testing.T) {
	p := stateOf(t)
	p.resource("aws_ec2_transit_gateway.hub", `{"id": "tgw-hub", "owner_id": "111111111111", "default_route_table_association": "enable", "default_route_table_propagation": "enable",
		"association_default_route_table_id": "tgw-rtb-one", "propagation_default_route_table_id": "tgw-rtb-two", "arn": "arn:aws:ec2:us-east-1:111111111111:transit-gateway/tgw-hub"}`)
	for name, block := range map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16"} {
		p.island(name, block, toHub)
		p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "tgw-attach-%s", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-%s", "subnet_ids": ["subnet-%s"], "vpc_owner_id": "111111111111",
			"transit_gateway_default_route_table_association": true, "transit_gateway_default_route_table_propagation": true}`, name, name, name))
	}
	p.can("a", "b:443", report.Unreachable) // associated with the one, and propagated to the other
	p.resource("aws_ec2_transit_gateway_route.all", `{"destination_cidr_block": "10.2.0.0/16", "transit_gateway_attachment_id": "tgw-attach-b", "transit_gateway_route_table_id": "tgw-rtb-one"}`)
	p.can("a", "b:443", report.OneWay)
}

// isolated are two spokes with a table each.
func isolated(t *testing.T) *paper {
	p := spokes(annotated(t), tablesOff, "")
	for _, name := range []string{"a", "b"} {
		p.resource("aws_ec2_transit_gateway_route_table."+name, fmt.Sprintf(`{"id": "?tgw-rtb-%s", "transit_gateway_id": "tgw-hub"}`, name))
		p.resource("aws_ec2_transit_gateway_route_table_association."+name, fmt.Sprintf(`{"transit_gateway_attachment_id": "tgw-attach-%s", "transit_gateway_route_table_id": "tgw-rtb-%s"}`, name, name))
	}
	return p
}

func propagate(p *paper, from, to string) *paper {
	return p.resource("aws_ec2_transit_gateway_route_table_propagation."+from+to, fmt.Sprintf(`{"transit_gateway_attachment_id": "tgw-attach-%s", "transit_gateway_route_table_id": "tgw-rtb-%s"}`, from, to))
}

func TestTransitIsolatedTables(t *testing.T) {
	p := isolated(t)
	p.can("a", "b:443", report.Unreachable)
	propagate(p, "b", "a")
	p.can("a", "b:443", report.OneWay) // the reply finds no route
	propagate(p, "a", "b")
	p.can("a", "b:443", report.Reachable)
	p.resource("aws_ec2_transit_gateway_route.hole", `{"destination_cidr_block": "10.2.1.0/24", "blackhole": true, "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	p.can("a", "b:443", report.Unreachable) // TGW-2: longer than what is propagated
	p.can("b", "a:443", report.OneWay)
}

func TestTransitPrefixList(t *testing.T) {
	p := isolated(t)
	p.resource("aws_ec2_managed_prefix_list.all", `{"id": "?pl-all", "name": "all", "address_family": "IPv4", "max_entries": 5, "entry": [{"cidr": "10.2.0.0/16"}]}`)
	p.resource("aws_ec2_transit_gateway_prefix_list_reference.all", `{"prefix_list_id": "pl-all", "transit_gateway_attachment_id": "tgw-attach-b", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	propagate(p, "a", "b")
	p.can("a", "b:443", report.Reachable)
}

// Links that lead to something that is not known make unknown what they may be about, and nothing else.
func TestTransitLinksThatAreNotKnown(t *testing.T) {
	both := func(t *testing.T) *paper { return propagate(propagate(isolated(t), "a", "b"), "b", "a") }
	const found = `"data.aws_ec2_transit_gateway_attachment.x"`
	for name, c := range map[string]struct {
		resource, values string
		to               string // of a
		want             report.Verdict
	}{
		"an association of some attachment": {"aws_ec2_transit_gateway_route_table_association.x", `{"transit_gateway_attachment_id": "tgw-attach-found", "transit_gateway_route_table_id": "tgw-rtb-a"}`, "b", report.Reachable},
		"a propagation of some attachment":  {"aws_ec2_transit_gateway_route_table_propagation.x", `{"transit_gateway_attachment_id": "tgw-attach-found", "transit_gateway_route_table_id": "tgw-rtb-a"}`, "b", report.Unknown},
		"a propagation to some table":       {"aws_ec2_transit_gateway_route_table_propagation.x", `{"transit_gateway_attachment_id": "tgw-attach-b", "transit_gateway_route_table_id": "tgw-rtb-found"}`, "b", report.Unknown},
		"a route of some table":             {"aws_ec2_transit_gateway_route.x", `{"destination_cidr_block": "10.2.0.0/16", "blackhole": true, "transit_gateway_route_table_id": "tgw-rtb-found"}`, "b", report.Unknown},
		"a route to some attachment":        {"aws_ec2_transit_gateway_route.x", `{"destination_cidr_block": "10.2.0.0/16", "transit_gateway_attachment_id": "tgw-attach-found", "transit_gateway_route_table_id": "tgw-rtb-a"}`, "b", report.Unknown},
		"a route for something else":        {"aws_ec2_transit_gateway_route.x", `{"destination_cidr_block": "10.3.0.0/16", "transit_gateway_attachment_id": "tgw-attach-found", "transit_gateway_route_table_id": "tgw-rtb-a"}`, "b", report.Reachable},
	} {
		t.Run(name, func(t *testing.T) {
			p := both(t)
			p.resource("data.aws_ec2_transit_gateway_attachment.x", `{"id": "?tgw-attach-found"}`).resource("data.aws_ec2_transit_gateway_route_table.x", `{"id": "?tgw-rtb-found"}`)
			p.resource(c.resource, c.values)
			p.can("a", c.to+":443", c.want)
		})
	}
	// Without associations of their own, either of the spokes may be meant.
	p := spokes(annotated(t), tablesOff, "")
	p.resource("data.aws_ec2_transit_gateway_attachment.x", `{"id": "?tgw-attach-found"}`)
	p.resource("aws_ec2_transit_gateway_route_table.a", `{"id": "?tgw-rtb-a", "transit_gateway_id": "tgw-hub"}`)
	p.resource("aws_ec2_transit_gateway_route_table_association.x", `{"transit_gateway_attachment_id": "tgw-attach-found", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	p.can("a", "b:443", report.Unknown)
	// An attachment that may be for any gateway.
	q := plainPlan(t)
	q.resource("aws_ec2_transit_gateway.hub", `{"id": "?"}`).island("a", "10.1.0.0/16", `{"cidr_block": "10.0.0.0/8", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id"}`).island("b", "10.2.0.0/16", "")
	q.can("a", "b:443", report.Unreachable)
	q.resource("aws_ec2_transit_gateway_vpc_attachment.a", `{"id": "?", "transit_gateway_id": "=var.gateway", "vpc_id": "=aws_vpc.a.id", "subnet_ids": ["=aws_subnet.a.id"]}`)
	q.can("a", "b:443", report.Unknown)
}

func TestTransitExplicitAssociationBesideDefault(t *testing.T) {
	p := spokes(annotated(t), "", "")
	p.resource("aws_ec2_transit_gateway_route_table.a", `{"id": "?tgw-rtb-a", "transit_gateway_id": "tgw-hub"}`)
	p.resource("aws_ec2_transit_gateway_route_table_association.a", `{"transit_gateway_attachment_id": "tgw-attach-a", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	p.can("a", "b:443", report.Unreachable)
	if !slices.ContainsFunc(p.contents().Problems, func(q network.Problem) bool { return strings.Contains(q.Message, "replace_existing_association") }) {
		t.Error("nothing says that AWS refuses the second association")
	}
}

// A default table of their own choice is that of attachments that are made after it.
func TestTransitOtherDefaultTable(t *testing.T) {
	p := spokes(annotated(t), "", "")
	p.resource("aws_ec2_transit_gateway_route_table.own", `{"id": "?tgw-rtb-own", "transit_gateway_id": "tgw-hub"}`)
	p.resource("aws_ec2_transit_gateway_default_route_table_association.own", `{"transit_gateway_id": "tgw-hub", "transit_gateway_route_table_id": "tgw-rtb-own"}`)
	p.can("a", "b:443", report.Unknown)

	// depends_on settles it.
	p = plainPlan(t).resource("aws_ec2_transit_gateway.hub", `{"id": "?", "association_default_route_table_id": "?", "propagation_default_route_table_id": "?"}`)
	p.resource("aws_ec2_transit_gateway_route_table.own", `{"id": "?", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id"}`)
	p.resource("aws_ec2_transit_gateway_default_route_table_association.own", `{"transit_gateway_id": "=aws_ec2_transit_gateway.hub.id", "transit_gateway_route_table_id": "=aws_ec2_transit_gateway_route_table.own.id"}`)
	p.island("a", "10.1.0.0/16", `{"cidr_block": "10.0.0.0/8", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id"}`)
	p.resource("aws_ec2_transit_gateway_vpc_attachment.a", `{"id": "?", "transit_gateway_id": "=aws_ec2_transit_gateway.hub.id", "vpc_id": "=aws_vpc.a.id", "subnet_ids": ["=aws_subnet.a.id"]}`)
	const code = `"address": "aws_ec2_transit_gateway_vpc_attachment.a",`
	text := strings.Replace(string(p.text()), `"root_module": {`, `"root_module": {"x": 0,`, 1)
	for name, want := range map[string]string{"": "the default one of its gateway", "aws_ec2_transit_gateway_default_route_table_association.own": "aws_ec2_transit_gateway_route_table.own"} {
		with := text
		if name != "" {
			at := strings.Index(text, `"root_module"`)
			at += strings.Index(text[at:], code)
			with = text[:at] + `"depends_on": ["` + name + `"], ` + text[at:]
		}
		c, err := Parse([]byte(with), "plan.json", Options{})
		if err != nil {
			t.Fatal(err)
		}
		a := c.TransitAttachments[0]
		got := ""
		if a.Defect != nil {
			got = a.Defect.Reason
		} else {
			for _, table := range c.TransitRouteTables {
				if table.ID == a.RouteTable {
					got = table.Address
				}
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("with depends_on %q: %q, want %q", name, got, want)
		}
	}
}

func TestTransitOtherAccount(t *testing.T) {
	share := func(t *testing.T, accepts string) *paper {
		p := annotated(t)
		p.resource("aws_ec2_transit_gateway.hub", `{"id": "?tgw-hub", "association_default_route_table_id": "?tgw-rtb-usual", "propagation_default_route_table_id": "?tgw-rtb-usual", "auto_accept_shared_attachments": "`+accepts+`"}`)
		p.island("a", "10.1.0.0/16", toHub)
		p.resource("aws_ec2_transit_gateway_vpc_attachment.a", `{"id": "?tgw-attach-a", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-a", "subnet_ids": ["subnet-a"]}`)
		p.at("222222222222", "us-east-1").island("b", "10.2.0.0/16", toHub)
		p.resource("aws_ec2_transit_gateway_vpc_attachment.b", `{"id": "?tgw-attach-b", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-b", "subnet_ids": ["subnet-b"]}`)
		return p.at("111111111111", "us-east-1")
	}
	p := share(t, "disable")
	// Zones of two accounts are told apart by their identifiers only (TGW-3).
	for _, name := range []string{"a", "b"} {
		p.values["aws_subnet."+name]["availability_zone_id"] = "use1-az1"
	}
	p.can("a", "b:443", report.Unreachable)
	p.can("b", "a:443", report.Unreachable)
	if a, _ := p.network().TransitAttachments.Get("tgw-attach-b"); a.State != "pendingAcceptance" || a.Account != "111111111111" || a.ResourceAccount != "222222222222" {
		t.Errorf("the attachment is %+v", a)
	}
	p.resource("aws_ec2_transit_gateway_vpc_attachment_accepter.b", `{"id": "tgw-attach-b", "transit_gateway_attachment_id": "tgw-attach-b"}`)
	p.can("a", "b:443", report.Reachable)
	p.values["aws_ec2_transit_gateway_vpc_attachment_accepter.b"]["transit_gateway_default_route_table_association"] = false
	p.can("a", "b:443", report.OneWay) // its routes are propagated; what it sends is dropped

	p = share(t, "disable")
	p.resource("data.aws_ec2_transit_gateway_vpc_attachment.b", `{"id": "?tgw-attach-found"}`)
	p.resource("aws_ec2_transit_gateway_vpc_attachment_accepter.b", `{"transit_gateway_attachment_id": "tgw-attach-found"}`)
	p.can("a", "b:443", report.Unknown)

	p = share(t, "enable")
	for _, name := range []string{"a", "b"} {
		p.values["aws_subnet."+name]["availability_zone_id"] = "use1-az1"
	}
	p.can("a", "b:443", report.Reachable)
}

// A gateway that is managed elsewhere: its tables are known where its own state is given as well.
func TestTransitManagedElsewhere(t *testing.T) {
	spoke := func(name, block string) *paper {
		p := stateOf(t).island(name, block, toHub)
		p.values["aws_subnet."+name]["availability_zone_id"] = "use1-az1"
		return p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "tgw-attach-%s", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-%s", "subnet_ids": ["subnet-%s"], "vpc_owner_id": "111111111111"}`, name, name, name))
	}
	hub := stateOf(t).resource("aws_ec2_transit_gateway.hub", `{"id": "tgw-hub", "owner_id": "111111111111", "default_route_table_association": "enable", "default_route_table_propagation": "enable",
		"association_default_route_table_id": "tgw-rtb-one", "propagation_default_route_table_id": "tgw-rtb-one"}`)
	a, b := spoke("a", "10.1.0.0/16"), spoke("b", "10.2.0.0/16")
	check(t, network.New(a.contents(), b.contents()), "a", "b:443", report.Unknown)
	check(t, network.New(a.contents(), b.contents(), hub.contents()), "a", "b:443", report.Reachable)

	// What the owner's configuration says of an attachment, by an identifier that it was given.
	hub.resource("aws_ec2_transit_gateway_route_table.other", `{"id": "tgw-rtb-other", "transit_gateway_id": "tgw-hub"}`)
	hub.resource("aws_ec2_transit_gateway_route_table_association.a", `{"transit_gateway_attachment_id": "tgw-attach-a", "transit_gateway_route_table_id": "tgw-rtb-other"}`)
	check(t, network.New(a.contents(), b.contents(), hub.contents()), "a", "b:443", report.Unreachable)
	hub.resource("aws_ec2_transit_gateway_route_table_propagation.b", `{"transit_gateway_attachment_id": "tgw-attach-b", "transit_gateway_route_table_id": "tgw-rtb-other"}`)
	check(t, network.New(a.contents(), b.contents(), hub.contents()), "a", "b:443", report.Reachable)
}

func TestTransitPeering(t *testing.T) {
	pair := func(t *testing.T) *paper {
		p := annotated(t)
		for name, at := range map[string]string{"a": "us-east-1", "b": "eu-west-1"} {
			p.at("111111111111", at).island(name, map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16"}[name], fmt.Sprintf(`{"cidr_block": "10.0.0.0/8", "transit_gateway_id": "tgw-%s"}`, name))
			p.resource("aws_ec2_transit_gateway."+name, fmt.Sprintf(`{"id": "?tgw-%s", "association_default_route_table_id": "?tgw-rtb-%s", "propagation_default_route_table_id": "?tgw-rtb-%s"}`, name, name, name))
			p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "?tgw-attach-%s", "transit_gateway_id": "tgw-%s", "vpc_id": "vpc-%s", "subnet_ids": ["subnet-%s"]}`, name, name, name, name))
		}
		p.at("111111111111", "us-east-1").resource("aws_ec2_transit_gateway_peering_attachment.ab", `{"id": "?tgw-attach-ab", "transit_gateway_id": "tgw-a", "peer_transit_gateway_id": "tgw-b", "peer_region": "eu-west-1", "peer_account_id": "?111111111111", "state": "pendingAcceptance"}`)
		p.resource("aws_ec2_transit_gateway_route.a", `{"destination_cidr_block": "10.2.0.0/16", "transit_gateway_attachment_id": "tgw-attach-ab", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
		return p.at("111111111111", "eu-west-1").resource("aws_ec2_transit_gateway_route.b", `{"destination_cidr_block": "10.1.0.0/16", "transit_gateway_attachment_id": "tgw-attach-ab", "transit_gateway_route_table_id": "tgw-rtb-b"}`)
	}
	p := pair(t)
	p.can("a", "b:443", report.Unreachable) // nobody accepts it
	p.resource("aws_ec2_transit_gateway_peering_attachment_accepter.ab", `{"id": "tgw-attach-ab", "transit_gateway_attachment_id": "tgw-attach-ab"}`)
	p.can("a", "b:443", report.Reachable)
	p.can("b", "a:443", report.Reachable)
	n := p.network()
	for id, want := range map[string]string{"tgw-a/tgw-attach-ab": "tgw-b eu-west-1 tgw-rtb-a", "tgw-b/tgw-attach-ab": "tgw-a us-east-1 tgw-rtb-b"} {
		if a, ok := n.TransitAttachments.Get(id); !ok || a.Peer+" "+a.PeerRegion+" "+a.RouteTable != want {
			t.Errorf("%s is %+v, want %s", id, a, want)
		}
	}
	p = pair(t)
	p.resource("aws_ec2_transit_gateway_peering_attachment_accepter.ab", `{"transit_gateway_attachment_id": "tgw-attach-found"}`).resource("data.aws_ec2_transit_gateway_peering_attachment.x", `{"id": "?tgw-attach-found"}`)
	p.can("a", "b:443", report.Unknown)
}

// What an attachment of another kind brings is not known; routes that are longer, or of others, still are.
func TestTransitConnectAndDirectConnect(t *testing.T) {
	for resource, values := range map[string]string{
		"aws_ec2_transit_gateway_connect.x": `{"id": "?tgw-attach-x", "transit_gateway_id": "tgw-hub", "transport_attachment_id": "tgw-attach-a"}`,
		"aws_dx_gateway_association.x":      `{"id": "?dxga-1", "dx_gateway_id": "dxgw-1", "associated_gateway_id": "tgw-hub"}`,
	} {
		p := spokes(annotated(t), "", "")
		p.resource(resource, values)
		p.can("a", "b:443", report.Unknown) // it propagates to the default table
		p = propagate(propagate(isolated(t), "a", "b"), "b", "a")
		p.resource(resource, values)
		p.can("a", "b:443", report.Reachable)
	}
	// A data source finds the attachment of the association.
	p := propagate(isolated(t), "a", "b")
	p.resource("aws_dx_gateway_association.x", `{"id": "?dxga-1", "dx_gateway_id": "dxgw-1", "associated_gateway_id": "tgw-hub"}`)
	p.resource("data.aws_ec2_transit_gateway_dx_gateway_attachment.x", `{"id": "?tgw-attach-dx", "dx_gateway_id": "dxgw-1", "transit_gateway_id": "tgw-hub"}`)
	p.resource("aws_ec2_transit_gateway_route.dx", `{"destination_cidr_block": "192.168.0.0/16", "transit_gateway_attachment_id": "tgw-attach-dx", "transit_gateway_route_table_id": "tgw-rtb-a"}`)
	p.values["aws_default_route_table.a"]["route"] = []any{map[string]any{"cidr_block": "192.168.0.0/16", "transit_gateway_id": "tgw-hub"}}
	p.can("a", "192.168.1.1:443", report.OneWay) // what comes from there meets no table
	p.resource("aws_ec2_transit_gateway_route_table_association.dx", `{"transit_gateway_attachment_id": "tgw-attach-dx", "transit_gateway_route_table_id": "tgw-rtb-b"}`)
	p.can("a", "192.168.1.1:443", report.Reachable)
}

func TestTransitPolicyTable(t *testing.T) {
	p := propagate(propagate(isolated(t), "a", "b"), "b", "a")
	p.resource("aws_ec2_transit_gateway_policy_table_association.a", `{"transit_gateway_attachment_id": "tgw-attach-a", "transit_gateway_policy_table_id": "tgw-ptb-a"}`)
	p.can("a", "b:443", report.Unknown)
}

// A gateway, or a VPC, that a data source would find: the answer names the lookup.
func TestTransitLookup(t *testing.T) {
	p := annotated(t).resource("data.aws_ec2_transit_gateway.x", `{"id": "?tgw-hub"}`).lookup("data.aws_ec2_transit_gateway.x", "nobody told what data.aws_ec2_transit_gateway.x finds: --from answers it")
	for name, block := range map[string]string{"a": "10.1.0.0/16", "b": "10.2.0.0/16"} {
		p.island(name, block, toHub)
		p.resource("aws_ec2_transit_gateway_vpc_attachment."+name, fmt.Sprintf(`{"id": "?tgw-attach-%s", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-%s", "subnet_ids": ["subnet-%s"]}`, name, name, name))
	}
	p.can("a", "b:443", report.Unknown)
	path := p.answer("a", "b:443").Parts[0].Path
	if last := path[len(path)-1]; !strings.Contains(last.Rule, "nobody told what data.aws_ec2_transit_gateway.x finds") {
		t.Errorf("the answer says %q", last.Rule)
	}

	p = spokes(annotated(t), "", "")
	p.resource("data.aws_vpc.x", `{"id": "?vpc-found"}`).lookup("data.aws_vpc.x", "nobody told what data.aws_vpc.x finds: --from answers it")
	p.can("a", "10.9.1.1:443", report.Unreachable)
	p.resource("aws_ec2_transit_gateway_vpc_attachment.x", `{"id": "?tgw-attach-x", "transit_gateway_id": "tgw-hub", "vpc_id": "vpc-found", "subnet_ids": ["subnet-found"]}`)
	p.can("a", "10.9.1.1:443", report.Unknown) // what it propagates is not known
}

func TestTransitCoreNetwork(t *testing.T) {
	p := propagate(propagate(isolated(t), "a", "b"), "b", "a")
	p.values["aws_ec2_transit_gateway_route_table.b"]["arn"] = "?arn:aws:ec2:us-east-1:111111111111:transit-gateway-route-table/tgw-rtb-b"
	p.resource("aws_networkmanager_transit_gateway_route_table_attachment.x", `{"transit_gateway_route_table_arn": "arn:aws:ec2:us-east-1:111111111111:transit-gateway-route-table/tgw-rtb-b"}`)
	p.can("a", "b:443", report.Unknown) // where the reply goes
	p.can("a", "10.9.1.1:443", report.Unreachable)
	p.can("b", "10.9.1.1:443", report.Unknown)
}
