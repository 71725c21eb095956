package scenario

import (
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

func parse(t *testing.T, text string) *network.Network {
	t.Helper()
	c, err := Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	n := network.New(c)
	for _, p := range n.Problems {
		t.Error(p)
	}
	return n
}

// What a text does not say is as AWS makes it.
func TestDefaults(t *testing.T) {
	n := parse(t, `
vpc prod 10.0.0.0/16 2600:1f18:1:1100::/56
subnet app prod 10.0.10.0/24 2600:1f18:1:1100::/64
group sg-app prod
eni app-1 app 10.0.10.5=54.1.2.3 2600:1f18:1:1100::5 sg-app
eni app-2 app 10.0.10.6
`)
	subnet, _ := n.Subnets.Get("app")
	if subnet.RouteTable != "main-prod" || subnet.NetworkACL != "default-prod" {
		t.Errorf("the subnet has the table %q and the ACL %q", subnet.RouteTable, subnet.NetworkACL)
	}
	table, _ := n.RouteTables.Get("main-prod")
	if len(table.Routes) != 2 || table.Routes[1].Destination.String() != "2600:1f18:1:1100::/56" || table.Routes[1].Target.Kind != network.TargetLocal {
		t.Errorf("the main table has %v, not a local route for each block", table.Routes)
	}
	acl, _ := n.NetworkACLs.Get("default-prod")
	if len(acl.Entries) != 4 {
		t.Errorf("the default ACL has %d entries, not one for each family and direction", len(acl.Entries))
	}
	group, _ := n.SecurityGroups.Get("sg-app")
	if len(group.Inbound) != 0 || len(group.Outbound) != 2 {
		t.Errorf("a new group has %d inbound and %d outbound rules", len(group.Inbound), len(group.Outbound))
	}
	one, _ := n.Interfaces.Get("app-1")
	if one.Addresses[0].Public.String() != "54.1.2.3" || one.Owner.ID != "i-app-1" || !one.SourceDestCheck {
		t.Errorf("%+v", one)
	}
	two, _ := n.Interfaces.Get("app-2")
	usual, ok := n.SecurityGroups.Get(two.Groups[0])
	if !ok || usual.Name != "default" || usual.Inbound[0].Group != usual.ID {
		t.Errorf("an interface that names no group carries %v", two.Groups)
	}
}

// mistaken is a text with a mistake, and what is told of it.
type mistaken struct{ text, want string }

func mistakes(t *testing.T, all []mistaken) {
	t.Helper()
	for _, each := range all {
		if _, err := Parse("test", each.text); err == nil || !strings.Contains(err.Error(), each.want) {
			t.Errorf("%q: %v, want %s", each.text, err, each.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	const vpc = "vpc prod 10.0.0.0/16\n"
	mistakes(t, []mistaken{
		{"\n\nlan prod", "test:3: lan is no object: it is one of absent, acl,"},
		{"vpc prod", "test:1: vpc needs ID BLOCK..."},
		{"vpc prod 10.0.0.1/16", "test:1: 10.0.0.1/16 is no block of addresses"},
		{"vpc prod 10.0.0.0/16 colour=red", "test:1: colour is no option of this vpc"},
		{"vpc prod 10.0.0.0/16 account=1 account=2", "test:1: account is given twice"},
		{vpc + "  in tcp 443 0.0.0.0/0", "test:2: an indented line is a part of what stands above it: a table, an acl, a group"},
		{vpc + "subnet app prod 10.1.0.0/24", "test:2: 10.1.0.0/24 is not in a block of prod"},
		{vpc + "subnet app test 10.0.0.0/24", "test:2: there is no VPC test above"},
		{vpc + "subnet app prod 10.0.0.0/24 table=t", "test:2: there is no table t"},
		{vpc + "table t prod\n  0.0.0.0/0 nat-1", `test:3: there is no target nat-1: describe it, or say "absent nat-1"`},
		{vpc + "acl a prod\n  in allow tcp 443 0.0.0.0/0", "test:3: an entry is: in|out NUMBER allow|deny PROTOCOL [PORTS] BLOCK"},
		{vpc + "group sg-a prod\n  in tcp 443-80 0.0.0.0/0", "test:3: 443-80 is neither ports"},
		{vpc + "group sg-a prod\n  in sctp 0.0.0.0/0", "test:3: sctp is no protocol"},
		{vpc + "group sg-a prod\n  in tcp 443 sg-b", `test:3: there is no group sg-b: describe it, or say "absent sg-b"`},
		{vpc + "subnet app prod 10.0.0.0/24\neni a app 10.0.1.5", "test:3: 10.0.1.5 is not in a block of subnet app"},
		{vpc + "igw igw-1 prod\nigw igw-1 prod", "test:3: igw igw-1 is described in line 2 already"},
		{vpc + "group sg-a prod defect=\"no end", "test:2: a quote is not closed"},
	})
}

// An identifier is of one object, whatever lines make those that have it.
func TestIdentifiers(t *testing.T) {
	const prod = "vpc prod 10.0.0.0/16\nsubnet app prod 10.0.1.0/24\n"
	mistakes(t, []mistaken{
		{prod + "eni a app 10.0.1.5\neni b app 10.0.1.6\neni a app 10.0.1.7", "test:5: eni a is described in line 3 already"},
		{prod + "eni a app 10.0.1.5\nfunction a app 10.0.1.6", "test:4: a identifies the Interface of line 3 already"},
		{prod + "eni eni-vpce-1 app 10.0.1.4\nendpoint vpce-1 prod interface app 10.0.1.5", "test:4: eni-vpce-1 identifies the Interface of line 3 already"},
		{prod + "eni eni-nat-1-0 app 10.0.1.4\nnat nat-1 app 10.0.1.5", "test:4: eni-nat-1-0 identifies the Interface of line 3 already"},
		{prod + "table main-prod prod", "test:3: main-prod identifies the RouteTable of line 1 already"},
		{prod + "eni a app 10.0.1.5\ngroup sg-default-prod prod", "test:4: sg-default-prod identifies the SecurityGroup of line 1 already"},
		{prod + "function a app 10.0.1.5\ngroup sg-a prod\nlaunch a app sg-a", "test:5: arn:aws:lambda:us-east-1:111111111111:function:a identifies the Workload of line 3 already"},
		{"tgw tgw-1\ntgw-table default-tgw-1 tgw-1", "test:2: default-tgw-1 identifies the TransitRouteTable of line 1 already"},
		{prod + "zone acme.example prod\nzone ACME.example prod", "test:4: Z-acme.example identifies the HostedZone of line 3 already"},
		{"block-public-access block-ingress\nblock-public-access off", "test:2: 111111111111/us-east-1 identifies the BlockPublicAccess of line 1 already"},
		{prod + "firewall one app vpce-1\nfirewall two app vpce-1", "test:4: vpce-1 is an endpoint of the firewall of line 3 already"},
	})
	if _, err := Parse("test", "vpc prod 10.0.0.0/16\nvpc prod 10.0.0.0/16\n"); err == nil || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("%v, want one mistake of a line", err)
	}
	parse(t, prod+"firewall one app vpce-1\nendpoint vpce-1 prod gateway-load-balancer app 10.0.1.5") // AWS lists it as both (FW-1)
}

// Every mistake is told, in the order of the lines.
func TestMistakesTogether(t *testing.T) {
	_, err := Parse("test", "vpc a 10.0.0.0/33\nvpc b\nsubnet s c 10.0.0.0/24")
	if got := strings.Count(err.Error(), "\n") + 1; got < 3 {
		t.Errorf("%d mistakes: %v", got, err)
	}
}
