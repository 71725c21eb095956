package dump

import (
	"testing"

	"golang.org/x/tools/txtar"
)

// A rule of which the peer alone is not known has ports that are. It has not where anything else about it is wrong too (V-6).
func TestPeerOnly(t *testing.T) {
	const peer = `"IpRanges": [{"CidrIp": "10.0.0.0/8", "Watertight": {"Defect": "which group it is", "PeerOnly": true}}]`
	for permission, want := range map[string]bool{
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, ` + peer + `}`:                                                    true,
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Watertight": {"Defect": "which group it is", "PeerOnly": true}}`: true,
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Watertight": {"Defect": "odd", "PeerOnly": false}}`:              false,
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Watertight": {"Defect": "odd"}, ` + peer + `}`:                   false,
		`{"IpProtocol": "tpc", "FromPort": 443, "ToPort": 443, ` + peer + `}`:                                                    false,
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 22, ` + peer + `}`:                                                     false,
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/99"}]}`:                         false,
	} {
		dir := t.TempDir()
		unpack(t, dir, []txtar.File{{Name: "accounts/111111111111/us-east-1/a.json", Data: []byte(`{"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [` + permission + `]}]}`)}}, true)
		c, err := Read(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		rules := c.SecurityGroups[0].Inbound
		if len(rules) != 1 || rules[0].Defect == nil || rules[0].PeerOnly != want {
			t.Errorf("%s\n\t%+v", permission, rules)
		}
	}
}
