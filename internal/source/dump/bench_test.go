package dump

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// BenchmarkRead reads 100,000 interfaces in 200 VPCs as the AWS CLI prints them, some 140 MB, in one file or in ten accounts.
func BenchmarkRead(b *testing.B) {
	for _, accounts := range []int{1, 10} {
		b.Run(fmt.Sprintf("interfaces=100000/accounts=%d", accounts), func(b *testing.B) {
			dir := b.TempDir()
			size := organization(b, dir, accounts, 200/accounts, 500)
			b.SetBytes(size)
			for b.Loop() {
				contents, err := Read(dir, nil)
				if err != nil {
					b.Fatal(err)
				}
				if len(contents.Interfaces) != 100_000 || len(contents.Problems) != 0 {
					b.Fatal(len(contents.Interfaces), contents.Problems)
				}
				b.StopTimer()
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-kept")
				b.ReportMetric(float64(m.Sys)/1e6, "MB-system")
				runtime.KeepAlive(contents)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkWrite writes the same network.
func BenchmarkWrite(b *testing.B) {
	dir := b.TempDir()
	organization(b, dir, 10, 20, 500)
	contents, err := Read(dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	n := network.New(contents)
	i := 0
	for b.Loop() {
		i++
		if err := Write(filepath.Join(b.TempDir(), fmt.Sprint(i)), n); err != nil {
			b.Fatal(err)
		}
	}
}

// organization writes a folder with so many accounts, VPCs in each, and interfaces in each of these; it returns the size in bytes.
func organization(b *testing.B, dir string, accounts, vpcs, interfaces int) int64 {
	var size int64
	for a := range accounts {
		account := fmt.Sprintf("%012d", a+1)
		folder := filepath.Join(dir, "accounts", account, "us-east-1")
		if err := os.MkdirAll(folder, 0o777); err != nil {
			b.Fatal(err)
		}
		list := func(name string, n int, element func(out *bufio.Writer, i int)) {
			f, err := os.Create(filepath.Join(folder, name+".json"))
			if err != nil {
				b.Fatal(err)
			}
			out := bufio.NewWriter(f)
			fmt.Fprintf(out, "{\n  \"%s\": [", name)
			for i := range n {
				if i > 0 {
					out.WriteByte(',')
				}
				element(out, i)
			}
			fmt.Fprint(out, "\n  ]\n}\n")
			out.Flush()
			if info, err := f.Stat(); err == nil {
				size += info.Size()
			}
			f.Close()
		}
		id := func(prefix string, n int) string { return fmt.Sprintf("%s-%04x%013x", prefix, a, n) }
		list("Vpcs", vpcs, func(out *bufio.Writer, i int) {
			fmt.Fprintf(out, `{"VpcId": %q, "OwnerId": %q, "CidrBlock": "10.0.0.0/16", "IsDefault": false,
				"CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}]}`, id("vpc", i), account)
		})
		list("Subnets", 10*vpcs, func(out *bufio.Writer, i int) {
			fmt.Fprintf(out, `{"SubnetId": %q, "VpcId": %q, "OwnerId": %q, "CidrBlock": "10.0.%d.0/24", "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1"}`,
				id("subnet", i), id("vpc", i/10), account, i%10)
		})
		list("RouteTables", vpcs, func(out *bufio.Writer, i int) {
			fmt.Fprintf(out, `{"RouteTableId": %q, "VpcId": %q, "OwnerId": %q, "Associations": [{"Main": true, "AssociationState": {"State": "associated"}}],
				"Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}]}`, id("rtb", i), id("vpc", i), account)
		})
		list("NetworkAcls", vpcs, func(out *bufio.Writer, i int) {
			fmt.Fprintf(out, `{"NetworkAclId": %q, "VpcId": %q, "OwnerId": %q, "IsDefault": true, "Associations": [],
				"Entries": [{"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}`, id("acl", i), id("vpc", i), account)
		})
		list("SecurityGroups", 20*vpcs, func(out *bufio.Writer, i int) {
			fmt.Fprintf(out, `{"GroupId": %q, "GroupName": "role-%d", "VpcId": %q, "OwnerId": %q, "IpPermissionsEgress": [],
				"IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": %q, "UserId": %q}], "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}`,
				id("sg", i), i, id("vpc", i/20), account, id("sg", i/20*20), account)
		})
		list("NetworkInterfaces", interfaces*vpcs, func(out *bufio.Writer, i int) {
			vpc, n := i/interfaces, i%interfaces
			ip := fmt.Sprintf("10.0.%d.%d", n%10, 4+n/10)
			fmt.Fprintf(out, `
        {
            "Attachment": {
                "AttachTime": "2024-03-01T10:11:12+00:00",
                "AttachmentId": %q,
                "DeleteOnTermination": true,
                "DeviceIndex": 0,
                "InstanceId": %q,
                "InstanceOwnerId": %q,
                "Status": "attached"
            },
            "AvailabilityZone": "us-east-1a",
            "Description": "",
            "Groups": [
                {
                    "GroupName": "role-%d",
                    "GroupId": %q
                }
            ],
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": "0e:1f:2a:3b:4c:5d",
            "NetworkInterfaceId": %q,
            "OwnerId": %q,
            "PrivateDnsName": "ip-10-0-1-2.ec2.internal",
            "PrivateIpAddress": %q,
            "PrivateIpAddresses": [
                {
                    "Primary": true,
                    "PrivateDnsName": "ip-10-0-1-2.ec2.internal",
                    "PrivateIpAddress": %q
                }
            ],
            "RequesterManaged": false,
            "SourceDestCheck": true,
            "Status": "in-use",
            "SubnetId": %q,
            "TagSet": [],
            "VpcId": %q
        }`, id("eni-attach", i), id("i", i), account, n%20, id("sg", vpc*20+n%20), id("eni", i), account, ip, ip, id("subnet", vpc*10+n%10), id("vpc", vpc))
		})
	}
	return size
}
