package tfplan

// kind is how a resource type is read.
type kind struct {
	pass pass
	read func(*instance)
}

type pass int

const (
	ground pass = iota // VPCs, with their blocks: tables begin with those
	whole              // objects that stand on their own
	added              // what adds to them
	apart              // interfaces that are resources of their own
	member             // interfaces, and what has interfaces
	tied               // what names interfaces
	passes
)

// kinds has every resource type that is read, and every data source (with "data." in front), with what makes objects of its instances.
//
// Instances are read in passes: first VPCs, then what stands on its own, then what adds to that (rules, routes, associations), then interfaces and what has them,
// and at the end what names interfaces. Within a pass they are read by type, in alphabetical order, and by address.
func kinds() map[string]kind {
	types := map[string]kind{
		"aws_vpc":                                {ground, (*instance).vpc},
		"aws_default_vpc":                        {ground, (*instance).defaultVPC},
		"aws_vpc_ipv4_cidr_block_association":    {ground, (*instance).vpcBlock},
		"aws_vpc_ipv6_cidr_block_association":    {ground, (*instance).vpcBlock},
		"aws_subnet":                             {whole, (*instance).subnet},
		"aws_default_subnet":                     {whole, (*instance).subnet},
		"aws_vpc_block_public_access_options":    {whole, (*instance).blockPublicAccess},
		"aws_vpc_block_public_access_exclusion":  {whole, (*instance).exclusion},
		"aws_security_group":                     {whole, (*instance).securityGroup},
		"aws_default_security_group":             {added, (*instance).defaultSecurityGroup},
		"aws_security_group_rule":                {added, (*instance).securityGroupRule},
		"aws_vpc_security_group_ingress_rule":    {added, (*instance).ingressRule},
		"aws_vpc_security_group_egress_rule":     {added, (*instance).egressRule},
		"aws_vpc_security_group_vpc_association": {added, (*instance).securityGroupVPC},
		"aws_vpc_security_group_rules_exclusive": {added, ignore},
		"aws_network_acl":                        {whole, (*instance).networkACL},
		"aws_default_network_acl":                {added, (*instance).defaultNetworkACL},
		"aws_network_acl_rule":                   {added, (*instance).networkACLRule},
		"aws_network_acl_association":            {added, (*instance).networkACLAssociation},
		"aws_route_table":                        {whole, (*instance).routeTable},
		"aws_default_route_table":                {added, (*instance).defaultRouteTable},
		"aws_route":                              {added, (*instance).route},
		"aws_route_table_association":            {added, (*instance).routeTableAssociation},
		"aws_main_route_table_association":       {added, (*instance).mainRouteTable},
		"aws_ec2_managed_prefix_list":            {whole, (*instance).prefixList},
		"aws_ec2_managed_prefix_list_entry":      {added, (*instance).prefixListEntry},
		"data.aws_prefix_list":                   {whole, (*instance).awsPrefixList},
		"data.aws_ec2_managed_prefix_list":       {whole, (*instance).foundPrefixList},
		"aws_internet_gateway":                   {whole, (*instance).internetGateway},
		"aws_internet_gateway_attachment":        {added, (*instance).internetGatewayAttachment},
		"aws_egress_only_internet_gateway":       {whole, (*instance).egressOnlyGateway},
		"aws_carrier_gateway":                    {whole, (*instance).carrierGateway},
		"aws_nat_gateway":                        {member, (*instance).natGateway},
		"aws_vpc_peering_connection":             {whole, (*instance).peeringConnection},
		"aws_vpc_peering_connection_accepter":    {added, (*instance).peeringAccepter},
		"aws_network_interface":                  {apart, (*instance).networkInterface},
		"aws_network_interface_attachment":       {tied, (*instance).interfaceAttachment},
		"aws_network_interface_sg_attachment":    {tied, (*instance).interfaceGroup},
		"aws_instance":                           {member, (*instance).ec2Instance},
		"aws_spot_instance_request":              {member, (*instance).ec2Instance},
		"aws_eip":                                {tied, (*instance).elasticIP},
		"aws_eip_association":                    {tied, (*instance).elasticIPAssociation},
	}
	for _, more := range []map[string]kind{workloadTypes(), balancerTypes(), endpointTypes(), transitTypes(), vpnTypes(), firewallTypes(), zoneTypes()} {
		for name, k := range more {
			types[name] = k
		}
	}
	return types
}

// ignore reads nothing: the resource bears on no packet.
func ignore(*instance) {}

// unmodelledTypes can carry or stop packets, and are not read: they are counted, and named in answers. By resource type, the kind.
var unmodelledTypes = map[string]string{
	"aws_vpclattice_service_network_vpc_association": "VPC Lattice", "aws_vpclattice_service": "VPC Lattice", "aws_vpclattice_resource_gateway": "VPC Lattice", "aws_api_gateway_vpc_link": "API Gateway VPC link", "aws_ec2_traffic_mirror_session": "Traffic Mirroring", "aws_networkmanager_core_network": "Cloud WAN",
	"aws_networkmanager_vpc_attachment": "Cloud WAN", "aws_networkmanager_transit_gateway_peering": "Cloud WAN", "aws_ec2_client_vpn_endpoint": "Client VPN", "aws_verifiedaccess_endpoint": "Verified Access",
	"aws_ec2_local_gateway_route": "local gateway", "aws_globalaccelerator_endpoint_group": "Global Accelerator", "aws_ec2_instance_connect_endpoint": "EC2 Instance Connect Endpoint",
}

func (r *reader) unmodelled(mode, typ string) bool {
	_, ok := unmodelledTypes[typ]
	return ok && mode != "data"
}
