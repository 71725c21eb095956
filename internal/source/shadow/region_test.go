package shadow

import "testing"

// Identifiers of zones are abbreviated as AWS does.
func TestZoneID(t *testing.T) {
	for zone, want := range map[string]string{
		"us-east-1a": "use1-az1", "us-west-2d": "usw2-az4", "eu-central-1b": "euc1-az2", "ap-northeast-1d": "apne1-az3", "ap-southeast-2c": "apse2-az3",
		"us-gov-west-1a": "usgw1-az1", "ca-central-1d": "cac1-az3", "us-west-2-lax-1a": "usw2-lax1-az1", "nowhere": "nowhere",
	} {
		if got := zoneID(zone); got != want {
			t.Errorf("%s is %s, got %s", zone, want, got)
		}
	}
}

// Partitions have names of their own.
func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1": "aws amazonaws.com com.amazonaws", "cn-north-1": "aws-cn amazonaws.com.cn cn.com.amazonaws", "us-gov-west-1": "aws-us-gov amazonaws.com com.amazonaws",
	} {
		if got := partition(region) + " " + suffix(region) + " " + reverse(suffix(region)); got != want {
			t.Errorf("%s: %s", region, got)
		}
	}
}
