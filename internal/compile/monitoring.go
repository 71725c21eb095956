package compile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Concern is a kind of calls that change what reaches what. AWS takes patterns of 2048 characters: a service has several.
type Concern struct {
	Name, About string
	Source      string   // of the events: "aws.ec2"
	Service     string   // as CloudTrail calls it: "ec2.amazonaws.com"
	Calls       []string // sorted
	// Quiet calls happen all the time, and only change who is a member of what: the queue gets them, and people do not.
	Quiet bool
}

// concerns are the calls of AWS that change what reaches what.
var concerns = []Concern{
	ec2("groups", "Security groups, and who carries them. Filters that only look for Authorize and Revoke miss ModifySecurityGroupRules.", false,
		`AssociateSecurityGroupVpc AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup DeleteSecurityGroup DisassociateSecurityGroupVpc ModifyInstanceAttribute ModifyNetworkInterfaceAttribute
		ModifySecurityGroupRules ResetNetworkInterfaceAttribute RevokeSecurityGroupEgress RevokeSecurityGroupIngress`),
	ec2("acls", "Network ACLs.", false,
		`CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclAssociation ReplaceNetworkAclEntry`),
	ec2("routes", "Route tables, prefix lists and route servers.", false,
		`AssociateRouteServer AssociateRouteTable CreateManagedPrefixList CreateRoute CreateRouteServer CreateRouteServerEndpoint CreateRouteServerPeer CreateRouteTable DeleteManagedPrefixList
		DeleteRoute DeleteRouteServer DeleteRouteServerEndpoint DeleteRouteServerPeer DeleteRouteTable DisableRouteServerPropagation DisableVgwRoutePropagation DisassociateRouteServer
		DisassociateRouteTable EnableRouteServerPropagation EnableVgwRoutePropagation ModifyManagedPrefixList ModifyRouteServer ReplaceRoute ReplaceRouteTableAssociation
		RestoreManagedPrefixListVersion`),
	ec2("vpcs", "VPCs, subnets and Block Public Access.", false,
		`AssociateDhcpOptions AssociateSubnetCidrBlock AssociateVpcCidrBlock CreateDefaultSubnet CreateDefaultVpc CreateSubnet CreateVpc CreateVpcBlockPublicAccessExclusion DeleteSubnet DeleteVpc
		DeleteVpcBlockPublicAccessExclusion DisassociateSubnetCidrBlock DisassociateVpcCidrBlock ModifySubnetAttribute ModifyVpcAttribute ModifyVpcBlockPublicAccessExclusion
		ModifyVpcBlockPublicAccessOptions`),
	ec2("gateways", "Internet, NAT and carrier gateways.", false,
		`AssignPrivateNatGatewayAddress AssociateNatGatewayAddress AttachInternetGateway CreateCarrierGateway CreateEgressOnlyInternetGateway CreateInternetGateway CreateNatGateway
		DeleteCarrierGateway DeleteEgressOnlyInternetGateway DeleteInternetGateway DeleteNatGateway DetachInternetGateway DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress`),
	ec2("vpn", "VPN, and other ways in for people.", false,
		`ApplySecurityGroupsToClientVpnTargetNetwork AssociateClientVpnTargetNetwork AttachVpnGateway AuthorizeClientVpnIngress CreateClientVpnEndpoint CreateClientVpnRoute CreateCustomerGateway
		CreateInstanceConnectEndpoint CreateLocalGatewayRoute CreateVerifiedAccessEndpoint CreateVpnConnection CreateVpnConnectionRoute CreateVpnGateway DeleteClientVpnEndpoint DeleteClientVpnRoute
		DeleteCustomerGateway DeleteInstanceConnectEndpoint DeleteLocalGatewayRoute DeleteVerifiedAccessEndpoint DeleteVpnConnection DeleteVpnConnectionRoute DeleteVpnGateway DetachVpnGateway
		DisassociateClientVpnTargetNetwork ModifyClientVpnEndpoint ModifyInstanceConnectEndpoint ModifyLocalGatewayRoute ModifyVerifiedAccessEndpoint ModifyVerifiedAccessEndpointPolicy
		ModifyVerifiedAccessGroupPolicy ModifyVpnConnection ModifyVpnConnectionOptions RevokeClientVpnIngress`),
	ec2("peerings", "Peering connections.", false,
		`AcceptVpcPeeringConnection CreateVpcPeeringConnection DeleteVpcPeeringConnection ModifyVpcPeeringConnectionOptions RejectVpcPeeringConnection`),
	ec2("endpoints", "Endpoints and endpoint services.", false,
		`AcceptVpcEndpointConnections CreateVpcEndpoint CreateVpcEndpointServiceConfiguration DeleteVpcEndpointServiceConfigurations DeleteVpcEndpoints ModifyVpcEndpoint
		ModifyVpcEndpointServiceConfiguration ModifyVpcEndpointServicePermissions RejectVpcEndpointConnections StartVpcEndpointServicePrivateDnsVerification`),
	ec2("transit-gateways", "Transit gateways and their attachments.", false,
		`AcceptTransitGatewayMulticastDomainAssociations AcceptTransitGatewayPeeringAttachment AcceptTransitGatewayVpcAttachment AssociateTransitGatewayMulticastDomain CreateTransitGateway
		CreateTransitGatewayConnect CreateTransitGatewayConnectPeer CreateTransitGatewayMulticastDomain CreateTransitGatewayPeeringAttachment CreateTransitGatewayVpcAttachment DeleteTransitGateway
		DeleteTransitGatewayConnect DeleteTransitGatewayConnectPeer DeleteTransitGatewayMulticastDomain DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayVpcAttachment
		DisassociateTransitGatewayMulticastDomain ModifyTransitGateway ModifyTransitGatewayVpcAttachment RejectTransitGatewayPeeringAttachment RejectTransitGatewayVpcAttachment`),
	ec2("transit-routes", "Route tables of transit gateways.", false,
		`AssociateTransitGatewayPolicyTable AssociateTransitGatewayRouteTable CreateTransitGatewayPolicyTable CreateTransitGatewayPrefixListReference CreateTransitGatewayRoute
		CreateTransitGatewayRouteTable CreateTransitGatewayRouteTableAnnouncement DeleteTransitGatewayPolicyTable DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRoute
		DeleteTransitGatewayRouteTable DeleteTransitGatewayRouteTableAnnouncement DisableTransitGatewayRouteTablePropagation DisassociateTransitGatewayPolicyTable
		DisassociateTransitGatewayRouteTable EnableTransitGatewayRouteTablePropagation ModifyTransitGatewayPrefixListReference ReplaceTransitGatewayRoute`),
	ec2("members", "Who is a member of what.", true,
		`AssignIpv6Addresses AssignPrivateIpAddresses AssociateAddress AttachNetworkInterface CreateFleet CreateNetworkInterface DeleteNetworkInterface DetachNetworkInterface DisassociateAddress
		ReleaseAddress RequestSpotFleet RequestSpotInstances RunInstances StartInstances StopInstances
		TerminateInstances UnassignIpv6Addresses UnassignPrivateIpAddresses`),
	{"firewalls", "AWS Network Firewall.", "aws.network-firewall", "network-firewall.amazonaws.com", calls(
		`AcceptNetworkFirewallTransitGatewayAttachment AssociateAvailabilityZones AssociateFirewallPolicy AssociateSubnets CreateFirewall CreateFirewallPolicy CreateRuleGroup
		CreateTLSInspectionConfiguration CreateVpcEndpointAssociation DeleteFirewall DeleteFirewallPolicy DeleteNetworkFirewallTransitGatewayAttachment DeleteResourcePolicy DeleteRuleGroup
		DeleteTLSInspectionConfiguration DeleteVpcEndpointAssociation DisassociateAvailabilityZones DisassociateSubnets PutResourcePolicy RejectNetworkFirewallTransitGatewayAttachment
		UpdateAvailabilityZoneChangeProtection UpdateFirewallDeleteProtection UpdateFirewallPolicy UpdateFirewallPolicyChangeProtection UpdateLoggingConfiguration UpdateRuleGroup
		UpdateSubnetChangeProtection UpdateTLSInspectionConfiguration`), false},
	{"balancers", "Load balancers, and what they listen on.", "aws.elasticloadbalancing", "elasticloadbalancing.amazonaws.com", calls(
		`ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets CreateListener CreateLoadBalancer CreateLoadBalancerListeners CreateRule CreateTargetGroup DeleteListener DeleteLoadBalancer
		DeleteLoadBalancerListeners DeleteRule DeleteTargetGroup DetachLoadBalancerFromSubnets DisableAvailabilityZonesForLoadBalancer EnableAvailabilityZonesForLoadBalancer ModifyListener
		ModifyLoadBalancerAttributes ModifyRule ModifyTargetGroup ModifyTargetGroupAttributes SetIpAddressType SetRulePriorities SetSecurityGroups SetSubnets`), false},
	{"targets", "Who is behind a load balancer.", "aws.elasticloadbalancing", "elasticloadbalancing.amazonaws.com", calls(
		`DeregisterInstancesFromLoadBalancer DeregisterTargets RegisterInstancesWithLoadBalancer RegisterTargets`), true},
	{"databases", "Databases and their groups.", "aws.rds", "rds.amazonaws.com", calls(
		`CreateDBCluster CreateDBInstance CreateDBInstanceReadReplica CreateDBProxy CreateDBProxyEndpoint CreateDBSubnetGroup DeleteDBCluster DeleteDBInstance DeleteDBProxy DeleteDBProxyEndpoint
		DeleteDBSubnetGroup ModifyDBCluster ModifyDBInstance ModifyDBProxy ModifyDBProxyEndpoint ModifyDBSubnetGroup RestoreDBClusterFromS3 RestoreDBClusterFromSnapshot
		RestoreDBClusterToPointInTime RestoreDBInstanceFromDBSnapshot RestoreDBInstanceFromS3 RestoreDBInstanceToPointInTime`), true},
	{"caches", "Caches and their groups.", "aws.elasticache", "elasticache.amazonaws.com", calls(
		`CreateCacheCluster CreateCacheSubnetGroup CreateReplicationGroup CreateServerlessCache DeleteCacheCluster DeleteCacheSubnetGroup DeleteReplicationGroup DeleteServerlessCache
		ModifyCacheCluster ModifyCacheSubnetGroup ModifyReplicationGroup ModifyServerlessCache`), true},
	{"functions", "Functions in a VPC.", "aws.lambda", "lambda.amazonaws.com", calls(
		`CreateFunction20150331 DeleteFunction20150331 UpdateFunctionConfiguration20150331v2`), true},
	{"containers", "Services and tasks.", "aws.ecs", "ecs.amazonaws.com", calls(
		`CreateService CreateTaskSet DeleteService DeleteTaskSet RunTask StartTask StopTask UpdateService`), true},
	{"names", "Names in private zones. Route 53 tells of its calls in us-east-1 only.", "aws.route53", "route53.amazonaws.com", calls(
		`AssociateVPCWithHostedZone ChangeResourceRecordSets CreateHostedZone CreateVPCAssociationAuthorization DeleteHostedZone DeleteVPCAssociationAuthorization DisassociateVPCFromHostedZone`), false},
	{"resolvers", "How names are resolved.", "aws.route53resolver", "route53resolver.amazonaws.com", calls(
		`AssociateResolverEndpointIpAddress AssociateResolverRule CreateResolverEndpoint CreateResolverRule DeleteResolverEndpoint DeleteResolverRule DisassociateResolverEndpointIpAddress
		DisassociateResolverRule UpdateResolverEndpoint UpdateResolverRule`), false},
	{"shares", "What other accounts may use: transit gateways, subnets, groups, prefix lists.", "aws.ram", "ram.amazonaws.com", calls(
		`AcceptResourceShareInvitation AssociateResourceShare CreateResourceShare DeleteResourceShare DisassociateResourceShare EnableSharingWithAwsOrganization RejectResourceShareInvitation
		UpdateResourceShare`), false},
	{"lattice", "VPC Lattice.", "aws.vpc-lattice", "vpc-lattice.amazonaws.com", calls(
		`CreateListener CreateResourceConfiguration CreateResourceGateway CreateRule CreateServiceNetworkResourceAssociation CreateServiceNetworkServiceAssociation
		CreateServiceNetworkVpcAssociation DeleteAuthPolicy DeleteListener DeleteResourceConfiguration DeleteResourceGateway DeleteRule DeleteServiceNetworkResourceAssociation
		DeleteServiceNetworkServiceAssociation DeleteServiceNetworkVpcAssociation PutAuthPolicy UpdateListener UpdateResourceConfiguration UpdateResourceGateway UpdateRule
		UpdateServiceNetworkVpcAssociation`), false},
	{"direct-connect", "Direct Connect.", "aws.directconnect", "directconnect.amazonaws.com", calls(
		`AcceptDirectConnectGatewayAssociationProposal ConfirmPrivateVirtualInterface ConfirmTransitVirtualInterface CreateDirectConnectGatewayAssociation CreatePrivateVirtualInterface
		CreateTransitVirtualInterface DeleteDirectConnectGatewayAssociation DeleteVirtualInterface UpdateDirectConnectGatewayAssociation`), false},
}

func ec2(name, about string, quiet bool, names string) Concern {
	return Concern{name, about, "aws.ec2", "ec2.amazonaws.com", calls(names), quiet}
}

func calls(names string) []string { return slices.Sorted(strings.FieldsSeq(names)) }

// Concerns are all calls that change what reaches what.
func (r *root) Concerns() []Concern { return concerns }

// Principals are those by whom changes are expected, each once, in order.
func (c *code) Principals() []string {
	var all []string
	for _, w := range c.Segmentation.Windows {
		all = append(all, w.Principals...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// WindowPlaces are the places where change windows are declared.
func (c *code) WindowPlaces() []hcl.Range {
	var all []hcl.Range
	for _, w := range c.Segmentation.Windows {
		all = append(all, w.At)
	}
	return all
}

// longestPattern is how much EventBridge takes as a pattern.
const longestPattern = 2048

// pattern is the longest pattern for a concern, as templates/environment_monitoring.tf makes it.
func (c *code) pattern(of Concern) string {
	matches := []any{map[string]any{"anything-but": map[string]any{"wildcard": c.Principals()}}, map[string]any{"exists": false}}
	identity := map[string]any{"arn": matches, "sessionContext": map[string]any{"sessionIssuer": map[string]any{"arn": matches}}}
	detail := map[string]any{"eventSource": []string{of.Service}, "eventName": of.Calls}
	if !of.Quiet && len(c.Principals()) > 0 {
		detail["userIdentity"] = identity
	}
	text, err := json.Marshal(map[string]any{"source": []string{of.Source}, "detail-type": []string{"AWS API Call via CloudTrail"}, "detail": detail})
	if err != nil { // strings and lists are all there is
		panic(err)
	}
	return string(text)
}

// checkWindows: patterns that tell expected changes from others name all principals.
func (c *code) checkWindows() {
	longest := 0
	for _, each := range concerns {
		longest = max(longest, len(c.pattern(each)))
	}
	if longest > longestPattern {
		c.problems.add(c.Segmentation.Windows[0].At, "the principals of the change windows are too many for EventBridge",
			"A pattern that tells their changes from others would have %d characters, and AWS takes %d. Let one ARN stand for several, with *: %s.", longest, longestPattern, fmt.Sprintf("%q", "arn:aws:iam::*:role/deploy-*"))
	}
}
