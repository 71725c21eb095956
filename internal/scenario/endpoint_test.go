package scenario

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

const privateLink = `
vpc prod 10.0.0.0/16
subnet a prod 10.0.1.0/24
subnet b prod 10.0.2.0/24 zone=us-east-1b
group sg-ep prod
  in tcp 443 10.0.0.0/16
endpoint vpce-kms prod interface a 10.0.1.5 b 10.0.2.5 sg-ep service=com.amazonaws.us-east-1.kms private-dns
endpoint vpce-pay prod interface a 10.0.1.6 sg-ep service=vpce-svc-pay private-dns state=pendingacceptance
endpoint vpce-full prod interface a 10.0.1.7 sg-ep service=com.amazonaws.vpce.us-east-1.vpce-svc-pay private-dns=pay.internal,api.internal
endpoint vpce-box prod gateway-load-balancer b 10.0.2.6 service=vpce-svc-box
endpoint vpce-s3 prod gateway
vpc pay 10.0.0.0/16 account=222222222222
subnet pay-a pay 10.0.1.0/24
balancer pay network pay-a 10.0.1.9
balancer box gateway pay-a 10.0.1.10
service vpce-svc-pay pay account=222222222222 acceptance principals=arn:aws:iam::111111111111:root,* private-dns=pay.example.com
service vpce-svc-box box account=222222222222 principals=unknown
`

func TestPrivateLink(t *testing.T) {
	n := parse(t, privateLink)
	kms, _ := n.Endpoints.Get("vpce-kms")
	if !slices.Equal(kms.Interfaces, []string{"eni-vpce-kms", "eni-vpce-kms-2"}) || !slices.Equal(kms.Subnets, []string{"a", "b"}) || !slices.Equal(kms.Groups, []string{"sg-ep"}) {
		t.Errorf("%+v", kms)
	}
	if want := []string{"kms.us-east-1.amazonaws.com", "vpce-kms.kms.us-east-1.vpce.amazonaws.com"}; !kms.PrivateDNS || !slices.Equal(kms.DNSNames, want) {
		t.Errorf("%+v", kms.DNSNames)
	}
	pay, _ := n.EndpointServices.Get("vpce-svc-pay")
	if pay.Name != "com.amazonaws.vpce.us-east-1.vpce-svc-pay" || !pay.AcceptanceRequired || !pay.PrincipalsKnown || !slices.Equal(pay.Principals, []string{"*", "arn:aws:iam::111111111111:root"}) {
		t.Errorf("%+v", pay)
	}
	if want := []string{"arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/pay/0123456789abcdef"}; !slices.Equal(pay.LoadBalancers, want) {
		t.Errorf("%+v", pay.LoadBalancers)
	}
	for id, names := range map[string][]string{
		"vpce-pay":  {"pay.example.com", "vpce-pay.vpce-svc-pay.us-east-1.vpce.amazonaws.com"},
		"vpce-full": {"api.internal", "pay.internal", "vpce-full.vpce-svc-pay.us-east-1.vpce.amazonaws.com"},
	} {
		e, _ := n.Endpoints.Get(id)
		if e.Service != pay.Name || !slices.Equal(e.DNSNames, names) {
			t.Errorf("%+v", e)
		}
		c, ok := n.EndpointConnections.Get("vpce-svc-pay/" + id)
		if !ok || c.Account != "222222222222" || c.EndpointOwner != "111111111111" || c.State != e.State {
			t.Errorf("%+v", c)
		}
	}
	if box, _ := n.EndpointServices.Get("vpce-svc-box"); box.PrincipalsKnown || box.AcceptanceRequired {
		t.Errorf("%+v", box)
	}
	if i, _ := n.Interfaces.Get("eni-vpce-box"); i.Type != network.TypeGatewayLBEndpoint || len(i.Groups) != 0 || i.Owner.ID != "vpce-box" {
		t.Errorf("%+v", i)
	}
}

const hostedZones = `
vpc prod 10.0.0.0/16
zone Example.com. prod
  API.example.com A 10.0.1.5 10.0.2.5
  api.example.com AAAA 2001:db8::5
  *.example.com CNAME web.example.com.
  example.com ALIAS front.elb.amazonaws.com
zone other.example vpcs=unknown records=unknown
`

func TestZones(t *testing.T) {
	n := parse(t, hostedZones)
	z := n.HostedZones.All()[0]
	if z.Name != "example.com" || !slices.Equal(z.VPCs, []string{"prod"}) || !z.VPCsKnown || !z.RecordsKnown || len(z.Records) != 4 {
		t.Fatalf("%+v", z)
	}
	for i, want := range []network.Record{{Name: "api.example.com", Type: "A"}, {Name: "api.example.com", Type: "AAAA"}, {Name: "*.example.com", Type: "CNAME", Target: "web.example.com"},
		{Name: "example.com", Type: "A", Target: "front.elb.amazonaws.com"}} {
		if r := z.Records[i]; r.Name != want.Name || r.Type != want.Type || r.Target != want.Target || (len(r.Addresses) > 0) != (r.Target == "") {
			t.Errorf("%+v", r)
		}
	}
	if z := n.HostedZones.All()[1]; z.VPCsKnown || z.RecordsKnown {
		t.Errorf("%+v", z)
	}
}

func TestEndpointAndZoneMistakes(t *testing.T) {
	const above = "vpc prod 10.0.0.0/16\nsubnet a prod 10.0.1.0/24\n"
	mistakes(t, []mistaken{
		{above + "endpoint vpce-1 prod interface b 10.0.1.5", "test:3: there is no subnet b above"},
		{above + "endpoint vpce-1 prod interface a 10.0.1.5 service=pay", `test:3: there is no service pay: describe it, or say "absent pay"`},
		{above + "endpoint vpce-1 prod peer", "test:3: peer is no type of endpoint"},
		{above + "service pay front", `test:3: there is no balancer front: describe it, or say "absent front"`},
		{above + "balancer front application a 10.0.1.9\nservice pay front", "test:4: front is an application balancer: a service has network or gateway ones"},
		{above + "zone example.com vpc-1", `test:3: there is no VPC vpc-1: describe it, or say "absent vpc-1"`},
		{above + "zone example.com\n  api.example.org A 10.0.1.5", "test:4: a record is NAME A|AAAA ADDRESS..., or NAME CNAME|ALIAS NAME, its name in example.com"},
		{above + "zone example.com\n  api.example.com A ::1", "test:4: ::1 is no address of an A record"},
		{above + "zone example.com\n  api.example.com MX mail.example.com", "test:4: MX is no type of record"},
	})
}
