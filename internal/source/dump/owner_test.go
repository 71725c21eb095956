package dump

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
)

// read reads a folder of one account and Region from the text of its only file; lists that it does not have are empty.
func read(t *testing.T, text string) network.Contents {
	t.Helper()
	dir := t.TempDir()
	unpack(t, dir, []txtar.File{{Name: "accounts/111111111111/us-east-1/network.json", Data: []byte(text)}}, true)
	contents, err := Read(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range contents.Problems {
		t.Error(p)
	}
	return contents
}

// Whose an interface is: from its attachment, from the lists of what has interfaces, and otherwise from its description, which is no proof.
func TestOwners(t *testing.T) {
	const balancer = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/"
	const arn = balancer + "app/web/1f"
	face := func(id, description, more string) string {
		return fmt.Sprintf(`{"NetworkInterfaceId": %q, "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.5", "Description": %q, "Groups": [{"GroupId": "sg-1"}]%s}`, id, description, more)
	}
	c := read(t, `{"NetworkInterfaces": [`+
		face("eni-instance", "Primary", `, "Attachment": {"InstanceId": "i-1"}`)+","+
		face("eni-balancer", "ELB app/web/1f", "")+","+
		face("eni-network", "ELB net/front/2f", `, "InterfaceType": "network_load_balancer", "Attachment": {"InstanceOwnerId": "amazon-aws", "DeviceIndex": 1}`)+","+
		face("eni-gateway", "ELB gwy/boxes/3f", `, "InterfaceType": "gateway_load_balancer"`)+","+
		face("eni-elsewhere", "ELB app/other/4f", "")+","+
		face("eni-unnamed", "", `, "InterfaceType": "network_load_balancer"`)+","+
		face("eni-gone", "ELB net/gone/2e", "")+","+
		face("eni-classic", "ELB old", "")+","+
		face("eni-nat", "Interface for NAT Gateway nat-1", "")+","+
		face("eni-endpoint", "VPC Endpoint Interface vpce-1", "")+","+
		face("eni-firewall", "VPC Endpoint Interface vpce-2", `, "InterfaceType": "gateway_load_balancer_endpoint"`)+","+
		face("eni-transit", "Network Interface for Transit Gateway Attachment tgw-attach-1", "")+","+
		face("eni-lambda", "AWS Lambda VPC ENI-resize-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", `, "InterfaceType": "lambda"`)+","+
		face("eni-rds", "RDSNetworkInterface", "")+","+
		face("eni-cache", "ElastiCache sessions-001", "")+","+
		face("eni-task", "arn:aws:ecs:us-east-1:111111111111:attachment/x", "")+","+
		face("eni-managed", "something of AWS", `, "RequesterManaged": true`)+","+
		face("eni-free", "my own", "")+`],
	"Subnets": [],
	"LoadBalancers": [{"LoadBalancerArn": "`+arn+`", "Type": "application", "VpcId": "vpc-1", "AvailabilityZones": [{"SubnetId": "subnet-1"}]},
		{"LoadBalancerArn": "`+balancer+`net/front/2f", "Type": "network", "VpcId": "vpc-1", "AvailabilityZones": [{"SubnetId": "subnet-1"}]},
		{"LoadBalancerArn": "`+balancer+`gwy/boxes/3f", "Type": "gateway", "VpcId": "vpc-1", "AvailabilityZones": [{"SubnetId": "subnet-1"}]},
		{"LoadBalancerArn": "`+balancer+`app/other/4f", "Type": "application", "VpcId": "vpc-1", "AvailabilityZones": [{"SubnetId": "subnet-2"}]}],
	"LoadBalancerDescriptions": [{"LoadBalancerName": "old", "VPCId": "vpc-1", "Subnets": ["subnet-1"]}],
	"NatGateways": [{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "NatGatewayAddresses": [{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.5"}]}],
	"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "NetworkInterfaceIds": ["eni-endpoint"]}],
	"Firewalls": [{"Firewall": {"FirewallArn": "arn:f", "VpcId": "vpc-1"}, "FirewallStatus": {"SyncStates": {"us-east-1a": {"Attachment": {"EndpointId": "vpce-2", "SubnetId": "subnet-1", "Status": "READY"}}}}}],
	"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "State": "available"}],
	"Functions": [{"FunctionName": "resize", "FunctionArn": "arn:resize", "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}],
	"DBInstances": [{"DBInstanceIdentifier": "db", "DBInstanceArn": "arn:db", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}], "DBSubnetGroup": {"DBSubnetGroupName": "g"}}],
	"DBSubnetGroups": [{"DBSubnetGroupName": "g", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}],
	"CacheClusters": [{"CacheClusterId": "sessions-001", "ARN": "arn:cache", "CacheSubnetGroupName": "h"}],
	"CacheSubnetGroups": [{"CacheSubnetGroupName": "h", "VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]}],
	"tasks": [{"taskArn": "arn:aws:ecs:us-east-1:111111111111:task/c/1", "clusterArn": "arn:aws:ecs:us-east-1:111111111111:cluster/c", "group": "service:api",
		"attachments": [{"type": "ElasticNetworkInterface", "details": [{"name": "networkInterfaceId", "value": "eni-task"}]}]}]}`)
	want := map[string]network.Owner{
		"eni-instance":  {Kind: network.OwnerInstance, ID: "i-1", Sure: true},
		"eni-balancer":  {Kind: network.OwnerLoadBalancer, ID: arn, Sure: true},
		"eni-network":   {Kind: network.OwnerLoadBalancer, ID: balancer + "net/front/2f", Sure: true},
		"eni-gateway":   {Kind: network.OwnerLoadBalancer, ID: balancer + "gwy/boxes/3f", Sure: true},
		"eni-elsewhere": {Kind: network.OwnerLoadBalancer, ID: "app/other/4f"}, // in a subnet that the balancer does not use
		"eni-unnamed":   {Kind: network.OwnerLoadBalancer},
		"eni-gone":      {Kind: network.OwnerLoadBalancer, ID: "net/gone/2e"},
		"eni-classic":   {Kind: network.OwnerLoadBalancer, ID: "old", Sure: true},
		"eni-nat":       {Kind: network.OwnerNAT, ID: "nat-1", Sure: true},
		"eni-endpoint":  {Kind: network.OwnerEndpoint, ID: "vpce-1", Sure: true},
		"eni-firewall":  {Kind: network.OwnerFirewall, ID: "arn:f", Sure: true},
		"eni-transit":   {Kind: network.OwnerTransitGateway, ID: "tgw-attach-1", Sure: true},
		"eni-lambda":    {Kind: network.OwnerFunction, ID: "resize", Sure: true},
		"eni-rds":       {Kind: network.OwnerDatabase},
		"eni-cache":     {Kind: network.OwnerCache, ID: "sessions-001"},
		"eni-task":      {Kind: network.OwnerService, ID: "arn:aws:ecs:us-east-1:111111111111:service/c/api", Sure: true},
		"eni-managed":   {Kind: network.OwnerService, ID: "something of AWS"},
		"eni-free":      {},
	}
	got := map[string]network.Owner{}
	for _, i := range c.Interfaces {
		got[i.ID] = i.Owner
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	interfaces := map[string]string{}
	for _, w := range c.Workloads {
		interfaces[w.ID] = fmt.Sprint(w.Interfaces, w.Guessed)
	}
	if diff := cmp.Diff(map[string]string{"arn:db": "[eni-rds] true", "arn:cache": "[eni-cache] true", "arn:resize": "[eni-lambda] true",
		"arn:aws:ecs:us-east-1:111111111111:service/c/api": "[eni-task] false"}, interfaces); diff != "" {
		t.Errorf("workloads: -want +got:\n%s", diff)
	}
}

// Interfaces that only instances and NAT gateways tell of are there; of those that NetworkInterfaces has, only that view.
func TestDerivedInterfaces(t *testing.T) {
	c := read(t, `{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.5"}],
	"Reservations": [{"OwnerId": "111111111111", "Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}, "NetworkInterfaces": [
		{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.99"},
		{"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.7"}, {"PrivateIpAddress": "10.0.0.6", "Primary": true}], "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/31"}]}]}]}],
	"NatGateways": [{"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "NatGatewayAddresses": [{"NetworkInterfaceId": "eni-3", "PrivateIp": "10.0.0.8", "PublicIp": "198.51.100.1"}]},
		{"NatGatewayId": "nat-2", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "deleted", "NatGatewayAddresses": [{"NetworkInterfaceId": "eni-4", "PrivateIp": "10.0.0.9"}]}],
	"Addresses": [{"PublicIp": "198.51.100.2", "PrivateIpAddress": "10.0.0.5", "NetworkInterfaceId": "eni-1"}]}`)
	got := map[string]string{}
	for _, i := range c.Interfaces {
		got[i.ID] += fmt.Sprintf("%v%v %v %s %s", i.Addresses, i.Owner, i.SourceDestCheck, i.Account, i.Region)
	}
	place := " 111111111111 us-east-1"
	want := map[string]string{
		"eni-1": "[{10.0.0.5 198.51.100.2}]{  false} true" + place,
		"eni-2": "[{10.0.0.6 invalid IP} {10.0.0.7 invalid IP} {10.0.0.16 invalid IP} {10.0.0.17 invalid IP}]{instance i-1 true} true" + place,
		"eni-3": "[{10.0.0.8 198.51.100.1}]{NAT gateway nat-1 true} false" + place,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What two accounts see of a shared subnet is one subnet: its owner's view, wherever it stands.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	unpack(t, dir, []txtar.File{
		{Name: "accounts/111111111111/us-east-1/a.json", Data: []byte(`{"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "222222222222", "CidrBlock": "10.0.0.0/24"}]}`)},
		{Name: "accounts/222222222222/us-east-1/a.json", Data: []byte(`{"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "222222222222", "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": true,
			"Tags": [{"Key": "Name", "Value": "web"}]}]}`)},
	}, true)
	c, err := Read(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Subnets) != 1 || c.Subnets[0].Name != "web" || len(c.Collected) != 2 {
		t.Errorf("%+v, %v", c.Subnets, c.Collected)
	}
}
