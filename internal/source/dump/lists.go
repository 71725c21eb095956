package dump

// list is a list of the API that a dump may hold.
type list struct {
	key    string // the API's
	call   string // the AWS CLI's command
	needed bool   // without it hardly any answer is known
	idle   bool   // known, and without bearing on who can reach what
	object bool   // it may be an object instead of a list
	global bool   // of an account, and of no Region
	or     string // another list that stands for it
	read   func(*element, []byte)
}

// lists are all lists that are read, and some that are known to be of no use. docs/dump.md has the same table.
var lists = []list{
	{key: "Vpcs", call: "aws ec2 describe-vpcs", needed: true, read: each(readVPC)},
	{key: "Subnets", call: "aws ec2 describe-subnets", needed: true, read: each(readSubnet)},
	{key: "RouteTables", call: "aws ec2 describe-route-tables", needed: true, read: each(readRouteTable)},
	{key: "NetworkAcls", call: "aws ec2 describe-network-acls", needed: true, read: each(readNetworkACL)},
	{key: "SecurityGroups", call: "aws ec2 describe-security-groups", needed: true, read: each(readSecurityGroup)},
	{key: "NetworkInterfaces", call: "aws ec2 describe-network-interfaces", needed: true, read: each(readInterface)},
	{key: "SecurityGroupVpcAssociations", call: "aws ec2 describe-security-group-vpc-associations",
		read: each(later(func(p *part) *[]answer[groupAssociation] { return &p.GroupAssociations }))},
	{key: "Reservations", call: "aws ec2 describe-instances", read: each(readReservation)},
	{key: "Addresses", call: "aws ec2 describe-addresses", read: each(later(func(p *part) *[]answer[elasticAddress] { return &p.EIPs }))},
	{key: "AvailabilityZones", call: "aws ec2 describe-availability-zones", read: each(later(func(p *part) *[]answer[zone] { return &p.Zones }))},
	{key: "PrefixLists", call: "aws ec2 describe-prefix-lists", read: each(later(func(p *part) *[]answer[awsPrefixList] { return &p.AWSPrefixLists }))},
	{key: "ManagedPrefixLists", call: "aws ec2 describe-managed-prefix-lists",
		read: each(later(func(p *part) *[]answer[managedPrefixList] { return &p.ManagedPrefixLists }))},
	{key: "ManagedPrefixListEntries", call: "aws ec2 get-managed-prefix-list-entries for each list",
		read: each(later(func(p *part) *[]answer[prefixListEntries] { return &p.PrefixListEntries }))},

	{key: "InternetGateways", call: "aws ec2 describe-internet-gateways", read: each(readInternetGateway)},
	{key: "EgressOnlyInternetGateways", call: "aws ec2 describe-egress-only-internet-gateways", read: each(readEgressOnlyGateway)},
	{key: "CarrierGateways", call: "aws ec2 describe-carrier-gateways", read: each(readCarrierGateway)},
	{key: "NatGateways", call: "aws ec2 describe-nat-gateways", read: each(readNATGateway)},
	{key: "VpcPeeringConnections", call: "aws ec2 describe-vpc-peering-connections", read: each(readPeering)},
	{key: "VpnGateways", call: "aws ec2 describe-vpn-gateways", read: each(readVPNGateway)},
	{key: "VpnConnections", call: "aws ec2 describe-vpn-connections", read: each(readVPNConnection)},
	{key: "CustomerGateways", call: "aws ec2 describe-customer-gateways", read: each(readCustomerGateway)},

	{key: "VpcEndpoints", call: "aws ec2 describe-vpc-endpoints", read: each(readEndpoint)},
	{key: "VpcEndpointConnections", call: "aws ec2 describe-vpc-endpoint-connections", read: each(readEndpointConnection)},
	{key: "ServiceConfigurations", call: "aws ec2 describe-vpc-endpoint-service-configurations", read: each(readEndpointService)},
	{key: "VpcEndpointServicePermissions", call: "aws ec2 describe-vpc-endpoint-service-permissions for each service",
		read: each(later(func(p *part) *[]answer[servicePermissions] { return &p.Permissions }))},
	{key: "VpcBlockPublicAccessOptions", call: "aws ec2 describe-vpc-block-public-access-options", object: true,
		read: each(later(func(p *part) *[]answer[blockOptions] { return &p.BlockOptions }))},
	{key: "VpcBlockPublicAccessExclusions", call: "aws ec2 describe-vpc-block-public-access-exclusions", read: each(readExclusion)},

	{key: "TransitGateways", call: "aws ec2 describe-transit-gateways", read: each(readTransitGateway)},
	{key: "TransitGatewayAttachments", call: "aws ec2 describe-transit-gateway-attachments",
		read: each(later(func(p *part) *[]answer[transitAttachment] { return &p.TransitAll }))},
	{key: "TransitGatewayVpcAttachments", call: "aws ec2 describe-transit-gateway-vpc-attachments",
		read: each(later(func(p *part) *[]answer[transitVPCAttachment] { return &p.TransitVPC }))},
	{key: "TransitGatewayPeeringAttachments", call: "aws ec2 describe-transit-gateway-peering-attachments",
		read: each(later(func(p *part) *[]answer[transitPeeringAttachment] { return &p.TransitPeering }))},
	{key: "TransitGatewayRouteTables", call: "aws ec2 describe-transit-gateway-route-tables", read: each(readTransitRouteTable)},
	{key: "TransitGatewayStaticRoutes", call: "aws ec2 search-transit-gateway-routes --filters Name=type,Values=static for each table", or: "TransitGatewayRoutes",
		read: each(later(func(p *part) *[]answer[transitRoutes] { return &p.TransitStatic }))},
	{key: "TransitGatewayRoutes", call: "aws ec2 search-transit-gateway-routes for each table", or: "TransitGatewayStaticRoutes",
		read: each(later(func(p *part) *[]answer[transitRoutes] { return &p.TransitRoutes }))},
	{key: "TransitGatewayPropagations", call: "aws ec2 get-transit-gateway-route-table-propagations for each table",
		read: each(later(func(p *part) *[]answer[transitPropagations] { return &p.TransitPropagated }))},
	{key: "TransitGatewayPrefixListReferences", call: "aws ec2 get-transit-gateway-prefix-list-references for each table",
		read: each(later(func(p *part) *[]answer[transitPrefixLists] { return &p.TransitLists }))},

	{key: "LoadBalancers", call: "aws elbv2 describe-load-balancers", read: each(readLoadBalancer)},
	{key: "LoadBalancerAttributes", call: "aws elbv2 describe-load-balancer-attributes for each load balancer",
		read: each(later(func(p *part) *[]answer[balancerAttributes] { return &p.BalancerAttributes }))},
	{key: "LoadBalancerListeners", call: "aws elbv2 describe-listeners for each load balancer",
		read: each(later(func(p *part) *[]answer[balancerListeners] { return &p.BalancerListeners }))},
	{key: "ListenerRules", call: "aws elbv2 describe-rules for each listener",
		read: each(later(func(p *part) *[]answer[listenerRules] { return &p.ListenerRules }))},
	{key: "TargetGroups", call: "aws elbv2 describe-target-groups", read: each(readTargetGroup)},
	{key: "TargetGroupAttributes", call: "aws elbv2 describe-target-group-attributes for each target group",
		read: each(later(func(p *part) *[]answer[targetAttributes] { return &p.TargetAttributes }))},
	{key: "LoadBalancerTargetHealth", call: "aws elbv2 describe-target-health for each target group",
		read: each(later(func(p *part) *[]answer[targetHealth] { return &p.TargetHealth }))},
	{key: "LoadBalancerDescriptions", call: "aws elb describe-load-balancers", read: each(readClassic)},

	{key: "Firewalls", call: "aws network-firewall describe-firewall for each firewall", read: each(readFirewall)},
	{key: "FirewallPolicies", call: "aws network-firewall describe-firewall-policy for each policy", read: each(readFirewallPolicy)},
	{key: "RuleGroups", call: "aws network-firewall describe-rule-group for each group", read: each(readRuleGroup)},
	{key: "VpcEndpointAssociations", call: "aws network-firewall describe-vpc-endpoint-association for each association",
		read: each(later(func(p *part) *[]answer[endpointAssociation] { return &p.FirewallEndpoints }))},

	{key: "DBInstances", call: "aws rds describe-db-instances", read: each(later(func(p *part) *[]answer[database] { return &p.Databases }))},
	{key: "DBSubnetGroups", call: "aws rds describe-db-subnet-groups", read: each(later(func(p *part) *[]answer[subnetGroup] { return &p.DatabaseSubnets }))},
	{key: "CacheClusters", call: "aws elasticache describe-cache-clusters", read: each(later(func(p *part) *[]answer[cacheCluster] { return &p.CacheClusters }))},
	{key: "CacheSubnetGroups", call: "aws elasticache describe-cache-subnet-groups",
		read: each(later(func(p *part) *[]answer[cacheSubnetGroup] { return &p.CacheSubnets }))},
	{key: "Functions", call: "aws lambda list-functions", read: each(readFunction)},
	{key: "DomainStatusList", call: "aws opensearch describe-domains", read: each(readDomain)},
	{key: "services", call: "aws ecs describe-services for each cluster", read: each(readService)},
	{key: "tasks", call: "aws ecs describe-tasks for each cluster", read: each(later(func(p *part) *[]answer[task] { return &p.Tasks }))},
	{key: "EksClusters", call: "aws eks describe-cluster for each cluster", object: true, read: each(readCluster)},

	{key: "HostedZones", call: "aws route53 get-hosted-zone for each private zone", global: true, read: each(readHostedZone)},
	{key: "ResourceRecordSets", call: "aws route53 list-resource-record-sets for each private zone", global: true,
		read: each(later(func(p *part) *[]answer[zoneRecords] { return &p.ZoneRecords }))},

	// Known, and of no use here: what they hold carries no packet and stops none, or is said by another list as well.
	{key: "VpcEndpointServices", idle: true}, {key: "ServiceDetails", idle: true},
	{key: "ServiceNames", idle: true}, {key: "KeyPairs", idle: true}, {key: "DhcpOptions", idle: true}, {key: "FlowLogs", idle: true},
	{key: "Images", idle: true}, {key: "Volumes", idle: true}, {key: "Snapshots", idle: true}, {key: "Regions", idle: true}, {key: "Tags", idle: true},
	{key: "SecurityGroupRules", idle: true}, {key: "SecurityGroupReferenceSet", idle: true}, {key: "StaleSecurityGroupSet", idle: true},
	{key: "DBClusters", idle: true}, {key: "ReplicationGroups", idle: true}, {key: "InstanceStatuses", idle: true},
}

// aliases are other keys of a list.
var aliases = map[string]string{"RdsInstances": "DBInstances", "ElasticsearchDomains": "DomainStatusList", "EcsServices": "services", "EcsTasks": "tasks",
	"cluster": "EksClusters"}

// known finds a list by key.
var known = index()

func index() map[string]*list {
	index := map[string]*list{}
	for i := range lists {
		index[lists[i].key] = &lists[i]
	}
	for alias, key := range aliases {
		index[alias] = index[key]
	}
	return index
}
