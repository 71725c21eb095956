package dump

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
)

// Zones as both calls give them, with records of every kind that leads to addresses.
func TestHostedZones(t *testing.T) {
	c := read(t, `{"HostedZones": [
		{"Id": "/hostedzone/Z1", "Name": "Corp.example.", "CallerReference": "x", "Config": {"Comment": "", "PrivateZone": true}, "ResourceRecordSetCount": 4},
		{"HostedZone": {"Id": "/hostedzone/Z2", "Name": "x\\052y.example.", "Config": {"PrivateZone": true}}, "VPCs": [{"VPCRegion": "us-east-1", "VPCId": "vpc-2"}, {"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]},
		{"Id": "/hostedzone/Z3", "Name": "example.com.", "Config": {"PrivateZone": false}}],
	"ResourceRecordSets": [{"HostedZoneId": "/hostedzone/Z1", "IsTruncated": false, "MaxItems": "300", "ResourceRecordSets": [
		{"Name": "corp.example.", "Type": "NS", "TTL": 172800, "ResourceRecords": [{"Value": "ns-1.example."}]},
		{"Name": "\\052.corp.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}, {"Value": "10.0.0.2"}]},
		{"Name": "db.corp.example.", "Type": "CNAME", "SetIdentifier": "a", "Weight": 1, "ResourceRecords": [{"Value": "DB.else.example."}]},
		{"Name": "db.corp.example.", "Type": "CNAME", "SetIdentifier": "b", "Weight": 2, "ResourceRecords": [{"Value": "db.else.example"}]},
		{"Name": "six.corp.example.", "Type": "AAAA", "ResourceRecords": [{"Value": "2001:db8::5"}]},
		{"Name": "web.corp.example.", "Type": "A", "AliasTarget": {"HostedZoneId": "Z35", "DNSName": "dualstack.Web-1.us-east-1.elb.amazonaws.com.", "EvaluateTargetHealth": true}}]}]}`)
	place := network.Object{Account: "111111111111", Region: "us-east-1"}
	one, two := place, place
	one.ID, one.Name, two.ID, two.Name = "Z1", "corp.example", "Z2", "x*y.example"
	want := []*network.HostedZone{
		{Object: one, RecordsKnown: true, Records: []network.Record{
			{Name: "*.corp.example", Type: "A", Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")}},
			{Name: "db.corp.example", Type: "CNAME", Target: "db.else.example"},
			{Name: "six.corp.example", Type: "AAAA", Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::5")}},
			{Name: "web.corp.example", Type: "A", Target: "dualstack.web-1.us-east-1.elb.amazonaws.com"}}},
		{Object: two, VPCsKnown: true, VPCs: []string{"vpc-1", "vpc-2"}},
	}
	if diff := cmp.Diff(want, c.HostedZones, networktest.Options...); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Pages of records are put together; where one is missing, the records are not all known.
func TestZonePages(t *testing.T) {
	page := func(name, next string) string {
		return fmt.Sprintf(`{"HostedZoneId": "Z1", "IsTruncated": %v, "NextRecordName": %q, "NextRecordType": "A", "ResourceRecordSets": [{"Name": %q, "Type": "A", "ResourceRecords": [{"Value": "10.0.0.1"}]}]}`,
			next != "", next, name)
	}
	for _, test := range []struct {
		pages string
		known bool
	}{
		{page("a.example.", ""), true},
		{page("a.example.", "b.example.") + "," + page("b.example.", ""), true},
		{page("b.example.", "") + "," + page("a.example.", "b.example."), true},
		{page("a.example.", "b.example."), false},
		{page("a.example.", "b.example.") + "," + page("c.example.", ""), false},
	} {
		dir := t.TempDir()
		unpack(t, dir, []txtar.File{{Name: "accounts/111111111111/us-east-1/a.json", Data: []byte(`{"HostedZones": [{"Id": "Z1", "Name": "example.", "Config": {"PrivateZone": true}}], "ResourceRecordSets": [` + test.pages + `]}`)}}, true)
		c, err := Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if z := c.HostedZones[0]; z.RecordsKnown != test.known || (len(c.Problems) == 0) != test.known || z.Defect != nil {
			t.Errorf("%s\n\t%+v, %v", test.pages, z, c.Problems)
		}
	}
}

// Zones are of an account: one folder of it has them for all of its Regions, and what is collected twice is there once.
func TestZonesOfAccount(t *testing.T) {
	zones := func(vpc string) []byte {
		return []byte(`{"HostedZones": [{"Id": "Z1", "Name": "example.", "Config": {"PrivateZone": true}, "VPCs": [{"VPCId": "` + vpc + `"}]}],
			"ResourceRecordSets": [{"HostedZoneId": "Z1", "ResourceRecordSets": [{"Name": "a.example.", "Type": "A", "ResourceRecords": [{"Value": "10.0.0.1"}]}]}]}`)
	}
	lists := `{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}], "Subnets": [], "RouteTables": [], "NetworkAcls": [], "SecurityGroups": [], "NetworkInterfaces": []}`
	file := func(name string, data []byte) txtar.File {
		return txtar.File{Name: "accounts/111111111111/" + name, Data: data}
	}
	for name, files := range map[string][]txtar.File{
		"account": {file("us-east-1/a.json", []byte(lists)), file("eu-west-1/a.json", []byte(lists)), file("HostedZones.json", zones("vpc-1"))},
		"Region":  {file("us-east-1/a.json", []byte(lists)), file("us-east-1/HostedZones.json", zones("vpc-1")), file("eu-west-1/a.json", []byte(lists))},
		"twice":   {file("us-east-1/a.json", []byte(lists)), file("us-east-1/HostedZones.json", zones("vpc-1")), file("eu-west-1/a.json", []byte(lists)), file("eu-west-1/HostedZones.json", zones("vpc-2"))},
		"nowhere": {file("us-east-1/a.json", []byte(lists)), file("eu-west-1/a.json", []byte(lists))},
		"failed": {file("us-east-1/a.json", []byte(lists)), file("eu-west-1/a.json", []byte(lists)), {Name: "snapshot.json", Data: []byte(`{"version": 1,
			"places": [{"account": "111111111111", "region": "us-east-1"}, {"account": "111111111111", "region": "eu-west-1"}],
			"failures": [{"account": "111111111111", "list": "HostedZones", "code": "AccessDenied"}]}`)}},
	} {
		dir := t.TempDir()
		unpack(t, dir, files, false)
		c, err := Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		var gaps []network.Gap
		for _, g := range c.Gaps {
			if g.List == "HostedZones" {
				gaps = append(gaps, g)
			}
		}
		switch name {
		case "nowhere":
			if len(gaps) != 2 || !gaps[0].Assumed || len(c.HostedZones) != 0 {
				t.Errorf("%s: %v", name, gaps)
			}
			continue
		case "failed":
			if len(gaps) != 1 || gaps[0].Assumed || gaps[0].Reason != "AccessDenied" || gaps[0].Region != "" || network.New(c).Gap("HostedZones", "111111111111", "us-east-1") == nil {
				t.Errorf("%s: %v", name, gaps)
			}
			continue
		}
		want := fmt.Sprint([]string{"vpc-1"})
		if name == "twice" {
			want = fmt.Sprint([]string{"vpc-1", "vpc-2"})
		}
		if len(gaps) != 0 || len(c.Problems) != 0 || len(c.HostedZones) != 1 || len(c.Collected) != 2 {
			t.Errorf("%s: %v, %v, %v, %v", name, gaps, c.Problems, c.HostedZones, c.Collected)
		} else if z := c.HostedZones[0]; fmt.Sprint(z.VPCs) != want || len(z.Records) != 1 || !z.RecordsKnown || z.Account != "111111111111" || z.Defect != nil {
			t.Errorf("%s: %+v", name, z)
		}
	}
}
