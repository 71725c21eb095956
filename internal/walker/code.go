package walker

// Codes of Reachability Analyzer (RA explanation-codes), where one says what happened. Those of addresses at internet gateways are in [private].
const (
	codeState         = "BAD_STATE"
	codeAttachment    = "BAD_STATE_ATTACHMENT"
	codeRouteState    = "BAD_STATE_ROUTE"
	codeGroups        = "ENI_SG_RULES_MISMATCH"
	codeNoRules       = "SG_HAS_NO_RULES"
	codeReferenceLost = "SG_REFERENCES_NOT_PRESERVED"
	codeACL           = "SUBNET_ACL_RESTRICTION"
	codeNoRoute       = "NO_ROUTE_TO_DESTINATION"
	codeNowhere       = "NO_POSSIBLE_DESTINATION"
	codeSourceDest    = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
	codeAddress       = "ENI_ADDRESS_RESTRICTION"
	codeNoPublicOut   = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
	codeNoPublicIn    = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	codeSpoofed       = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
	codePeeringBlocks = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
	codeProtocol      = "PROTOCOL_RESTRICTION"
	codeEndpoint      = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
	codeEndpointOpens = "VPCE_INTRA_VPC_TRAFFIC"
	codeBPA           = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
	codeVPNSource     = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
	codeTransitZone   = "TGW_ROUTE_AZ_RESTRICTION"
	codeFirewall      = "FIREWALL_RULES_RESTRICTION"
	codeNotCrossZone  = "ELB_NOT_CROSSZONE"
	codeUnassociated  = "UNASSOCIATED_COMPONENT"
	codeUnknown       = "UNKNOWN_RESOURCE"
	codeUnsupported   = "UNSUPPORTED_COMPONENT"

	codeNoTransitTable   = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
	codeNoTransitRoute   = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
	codeTransitBlackhole = "TGW_RTB_BAD_STATE_ROUTE"
	codeListener         = "ELBV2_LISTENER_PORT_RESTRICTION"
	codeClassicListener  = "ELB_LISTENER_PORT_RESTRICTION"
	codeNoTargetGroup    = "ELBV2_LISTENER_HAS_NO_TG"
	codeNoTargets        = "TARGET_GROUP_HAS_NO_TARGETS"
)

// Codes of our own, where Reachability Analyzer has none.
const (
	codeNoReturnRoute  = "NO_RETURN_ROUTE"                // PEER-2: no route for the reply
	codeReplyLost      = "REPLY_LOST"                     // V-15, PEER-3: the reply went where its connection is not known
	codeElsewhere      = "OTHER_DESTINATION"              // the packet ends at another place than the one asked for
	codeLoop           = "ROUTING_LOOP"                   // tables send the packet round
	codeLinkLocal      = "LINK_LOCAL_NOT_FORWARDED"       // RT-6
	codeFunction       = "FUNCTION_NEVER_RECEIVES"        // LAMBDA-1
	codeNATOpens       = "NGW_REPLIES_ONLY"               // NAT-2, NAT-5
	codeEndpointSource = "VPCE_GATEWAY_SOURCE_NOT_LOCAL"  // EP-1
	codeEgressOnly     = "EIGW_IPV6_ONLY"                 // EIGW-1
	codeTransitIPv6    = "TGW_ATTACH_NO_IPV6"             // TGW-7
	codeNotOnPremises  = "VGW_NO_ROUTE"                   // VPN-1
	codeFamily         = "ADDRESS_FAMILY_MISMATCH"        // one end IPv4, the other IPv6
	codeAsymmetric     = "ASYMMETRIC_FIREWALL_PATH"       // FW-1: the stateful engine of a firewall sees one direction only
	codeTargetsOnly    = "BALANCER_OPENS_TO_TARGETS_ONLY" // LB-7
	codeRelays         = "INTERFACE_RELAYS_ONLY"          // of a transit gateway or a firewall
	codeNotAvailable   = "ENDPOINT_NOT_AVAILABLE"         // PL-3
)
