package tfplan

import (
	"slices"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// Records of a private zone lead to a load balancer, to an address that AWS has yet to choose, and to another name (PL-5).
func TestPrivateZone(t *testing.T) {
	p := shop(annotated(t)).
		resource("aws_route53_zone.inner", `{"id": "?Z0A", "zone_id": "?Z0A", "name": "acme.internal", "vpc": [{"vpc_id": "vpc-0a"}]}`).
		resource("aws_route53_zone.outer", `{"id": "?Z0B", "zone_id": "?Z0B", "name": "acme.example", "vpc": []}`).
		resource("aws_instance.db", `{"id": "?i-0abcde", "subnet_id": "subnet-0a1", "vpc_security_group_ids": ["sg-0b"], "private_ip": "?10.0.11.77", "primary_network_interface_id": "?eni-0fedcb"}`).
		resource("aws_ecs_service.desk", `{"id": "?arn:desk", "name": "desk", "network_configuration": [{"subnets": ["subnet-0a1"], "security_groups": ["sg-0f"]}]}`).
		resource("aws_route53_record.front", `{"id": "?record-0001", "zone_id": "Z0A", "name": "shop", "type": "A", "records": null, "alias": [{"name": "front-1.us-east-1.elb.amazonaws.com", "zone_id": "Z3", "evaluate_target_health": true}]}`).
		resource("aws_route53_record.db", `{"id": "?record-0002", "zone_id": "Z0A", "name": "DB.acme.internal.", "type": "A", "records": ["10.0.11.77"], "alias": []}`).
		resource("aws_route53_record.www", `{"id": "?record-0003", "zone_id": "Z0A", "name": "www", "type": "CNAME", "records": ["shop.acme.internal"], "alias": []}`).
		resource("aws_route53_record.mail", `{"id": "?record-0004", "zone_id": "Z0A", "name": "", "type": "MX", "records": ["10 mail"], "alias": []}`).
		resource("aws_route53_record.public", `{"id": "?record-0005", "zone_id": "Z0B", "name": "www", "type": "A", "records": ["203.0.113.9"], "alias": []}`)
	p.can("desk", "db.acme.internal:8080", report.Reachable)
	p.can("desk", "db.acme.internal:8081", report.Unreachable)
	p.can("desk", "www.acme.internal:443", report.Reachable)
	n := p.network()
	if n.HostedZones.Len() != 1 {
		t.Fatalf("%d zones: the public one is no business of a network", n.HostedZones.Len())
	}
	z := n.HostedZones.All()[0]
	var names []string
	for _, r := range z.Records {
		names = append(names, r.Name+" "+r.Type+" "+r.Target)
	}
	if !slices.Equal(names, []string{"db.acme.internal A ", "shop.acme.internal A front-1.us-east-1.elb.amazonaws.com", "www.acme.internal CNAME shop.acme.internal"}) || !z.RecordsKnown || z.Name != "acme.internal" {
		t.Errorf("%q %+v", names, z)
	}
}

// A zone is seen by the VPCs that are associated with it apart, too.
func TestZoneAssociation(t *testing.T) {
	n := street(annotated(t)).
		resource("aws_vpc.other", `{"id": "?vpc-0b", "cidr_block": "10.9.0.0/16"}`).
		resource("aws_route53_zone.inner", `{"id": "?Z0A", "zone_id": "?Z0A", "name": "acme.internal", "vpc": [{"vpc_id": "vpc-0a"}]}`).
		resource("aws_route53_zone_association.other", `{"id": "?attach-0001", "zone_id": "Z0A", "vpc_id": "vpc-0b"}`).
		resource("aws_route53_zone.late", `{"id": "?Z0B", "zone_id": "?Z0B", "name": "late.internal", "vpc": []}`).
		resource("aws_route53_zone_association.late", `{"id": "?attach-0002", "zone_id": "Z0B", "vpc_id": "vpc-0b"}`).
		resource("aws_route53_record.late", `{"id": "?record-0001", "zone_id": "Z0B", "name": "db", "type": "A", "records": ["10.9.0.9"]}`).network()
	if z, ok := n.HostedZones.Get("Z0B"); !ok || z.Name != "late.internal" || len(z.Records) != 1 || !slices.Equal(z.VPCs, []string{"vpc-0b"}) || z.Defect != nil {
		t.Errorf("a zone whose VPCs are all associated apart: %+v", z)
	}
	if z := n.HostedZones.All()[0]; !slices.Equal(z.VPCs, []string{"vpc-0a", "vpc-0b"}) || !z.VPCsKnown {
		t.Errorf("%+v", z)
	}
}

// A record whose address is not known makes its own name unknown: no wildcard answers in its place, and other names do not suffer.
func TestUnknownRecord(t *testing.T) {
	wildcard := `{"id": "?", "zone_id": "=aws_route53_zone.inner.zone_id", "name": "*", "type": "A", "records": ["10.0.1.9"]}`
	lost := `{"id": "?", "zone_id": "=aws_route53_zone.inner.zone_id", "name": "db", "type": "A", "records": ["=aws_instance.db.private_ip"]}`
	for _, names := range [][2]string{{"a", "z"}, {"z", "a"}} { // in whichever order they come
		n := plainPlan(t).
			resource("aws_vpc.main", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_security_group_id": "?"}`).
			resource("aws_subnet.a", `{"id": "?", "vpc_id": "=aws_vpc.main.id", "cidr_block": "10.0.1.0/24"}`).
			resource("aws_instance.db", `{"id": "?", "subnet_id": "=aws_subnet.a.id", "private_ip": "?", "tags": {"Name": "box"}, "vpc_security_group_ids": "?"}`).
			resource("aws_route53_zone.inner", `{"id": "?", "zone_id": "?", "name": "acme.internal", "vpc": [{"vpc_id": "=aws_vpc.main.id"}]}`).
			resource("aws_route53_record."+names[0], wildcard).
			resource("aws_route53_record."+names[1], lost).
			resource("aws_route53_record.ok", `{"id": "?", "zone_id": "=aws_route53_zone.inner.zone_id", "name": "ok", "type": "A", "records": ["10.0.1.10"]}`).network()
		z := n.HostedZones.All()[0]
		if len(z.Records) != 1 || z.Records[0].Name != "ok.acme.internal" || z.RecordsKnown {
			t.Errorf("%+v", z)
		}
		check(t, n, "box", "db.acme.internal:443", report.Unknown)
	}
}

// A record of a private zone that a data source found is added to the zone, where another document has it.
func TestFoundZone(t *testing.T) {
	c := plainPlan(t).
		resource("data.aws_route53_zone.inner", `{"id": "Z0A", "zone_id": "Z0A", "name": "acme.internal", "private_zone": true}`).
		resource("data.aws_route53_zone.outer", `{"id": "Z0B", "zone_id": "Z0B", "name": "acme.example", "private_zone": false}`).
		resource("aws_route53_record.db", `{"id": "?", "zone_id": "Z0A", "name": "db", "type": "A", "records": ["10.0.1.9"]}`).
		resource("aws_route53_record.www", `{"id": "?", "zone_id": "Z0B", "name": "www", "type": "A", "records": ["203.0.113.9"]}`).contents()
	if len(c.HostedZones) != 1 || !c.HostedZones[0].Partial || len(c.HostedZones[0].Records) != 1 || c.HostedZones[0].Records[0].Name != "db.acme.internal" {
		t.Fatalf("%+v", c.HostedZones)
	}
}

// Names that AWS Cloud Map keeps are not in the plan: whether there is one is not known.
func TestNamespace(t *testing.T) {
	p := shop(annotated(t)).
		resource("aws_service_discovery_private_dns_namespace.mesh", `{"id": "?ns-1", "hosted_zone": "?Z0C", "name": "mesh.local", "vpc": "vpc-0a"}`)
	p.can("shop", "cart.mesh.local:80", report.Unknown)
}
