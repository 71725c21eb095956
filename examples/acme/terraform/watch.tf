# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# What every environment is watched for. CloudTrail has to be on in each account: the events are its own.

locals {
  # The calls that change what reaches what, by concern. People are told of those that are not quiet; the queue gets all of them.
  reachability_calls = {
    # Security groups, and who carries them. Filters that only look for Authorize and Revoke miss ModifySecurityGroupRules.
    groups = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateSecurityGroupVpc",
        "AuthorizeSecurityGroupEgress",
        "AuthorizeSecurityGroupIngress",
        "CreateSecurityGroup",
        "DeleteSecurityGroup",
        "DisassociateSecurityGroupVpc",
        "ModifyInstanceAttribute",
        "ModifyNetworkInterfaceAttribute",
        "ModifySecurityGroupRules",
        "ResetNetworkInterfaceAttribute",
        "RevokeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
      ]
    }

    # Network ACLs.
    acls = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "CreateNetworkAcl",
        "CreateNetworkAclEntry",
        "DeleteNetworkAcl",
        "DeleteNetworkAclEntry",
        "ReplaceNetworkAclAssociation",
        "ReplaceNetworkAclEntry",
      ]
    }

    # Route tables, prefix lists and route servers.
    routes = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateRouteServer",
        "AssociateRouteTable",
        "CreateManagedPrefixList",
        "CreateRoute",
        "CreateRouteServer",
        "CreateRouteServerEndpoint",
        "CreateRouteServerPeer",
        "CreateRouteTable",
        "DeleteManagedPrefixList",
        "DeleteRoute",
        "DeleteRouteServer",
        "DeleteRouteServerEndpoint",
        "DeleteRouteServerPeer",
        "DeleteRouteTable",
        "DisableRouteServerPropagation",
        "DisableVgwRoutePropagation",
        "DisassociateRouteServer",
        "DisassociateRouteTable",
        "EnableRouteServerPropagation",
        "EnableVgwRoutePropagation",
        "ModifyManagedPrefixList",
        "ModifyRouteServer",
        "ReplaceRoute",
        "ReplaceRouteTableAssociation",
        "RestoreManagedPrefixListVersion",
      ]
    }

    # VPCs, subnets and Block Public Access.
    vpcs = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateDhcpOptions",
        "AssociateSubnetCidrBlock",
        "AssociateVpcCidrBlock",
        "CreateDefaultSubnet",
        "CreateDefaultVpc",
        "CreateSubnet",
        "CreateVpc",
        "CreateVpcBlockPublicAccessExclusion",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteVpcBlockPublicAccessExclusion",
        "DisassociateSubnetCidrBlock",
        "DisassociateVpcCidrBlock",
        "ModifySubnetAttribute",
        "ModifyVpcAttribute",
        "ModifyVpcBlockPublicAccessExclusion",
        "ModifyVpcBlockPublicAccessOptions",
      ]
    }

    # Internet, NAT and carrier gateways.
    gateways = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AssignPrivateNatGatewayAddress",
        "AssociateNatGatewayAddress",
        "AttachInternetGateway",
        "CreateCarrierGateway",
        "CreateEgressOnlyInternetGateway",
        "CreateInternetGateway",
        "CreateNatGateway",
        "DeleteCarrierGateway",
        "DeleteEgressOnlyInternetGateway",
        "DeleteInternetGateway",
        "DeleteNatGateway",
        "DetachInternetGateway",
        "DisassociateNatGatewayAddress",
        "UnassignPrivateNatGatewayAddress",
      ]
    }

    # VPN, and other ways in for people.
    vpn = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "ApplySecurityGroupsToClientVpnTargetNetwork",
        "AssociateClientVpnTargetNetwork",
        "AttachVpnGateway",
        "AuthorizeClientVpnIngress",
        "CreateClientVpnEndpoint",
        "CreateClientVpnRoute",
        "CreateCustomerGateway",
        "CreateInstanceConnectEndpoint",
        "CreateLocalGatewayRoute",
        "CreateVerifiedAccessEndpoint",
        "CreateVpnConnection",
        "CreateVpnConnectionRoute",
        "CreateVpnGateway",
        "DeleteClientVpnEndpoint",
        "DeleteClientVpnRoute",
        "DeleteCustomerGateway",
        "DeleteInstanceConnectEndpoint",
        "DeleteLocalGatewayRoute",
        "DeleteVerifiedAccessEndpoint",
        "DeleteVpnConnection",
        "DeleteVpnConnectionRoute",
        "DeleteVpnGateway",
        "DetachVpnGateway",
        "DisassociateClientVpnTargetNetwork",
        "ModifyClientVpnEndpoint",
        "ModifyInstanceConnectEndpoint",
        "ModifyLocalGatewayRoute",
        "ModifyVerifiedAccessEndpoint",
        "ModifyVerifiedAccessEndpointPolicy",
        "ModifyVerifiedAccessGroupPolicy",
        "ModifyVpnConnection",
        "ModifyVpnConnectionOptions",
        "RevokeClientVpnIngress",
      ]
    }

    # Peering connections.
    peerings = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptVpcPeeringConnection",
        "CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection",
        "ModifyVpcPeeringConnectionOptions",
        "RejectVpcPeeringConnection",
      ]
    }

    # Endpoints and endpoint services.
    endpoints = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptVpcEndpointConnections",
        "CreateVpcEndpoint",
        "CreateVpcEndpointServiceConfiguration",
        "DeleteVpcEndpointServiceConfigurations",
        "DeleteVpcEndpoints",
        "ModifyVpcEndpoint",
        "ModifyVpcEndpointServiceConfiguration",
        "ModifyVpcEndpointServicePermissions",
        "RejectVpcEndpointConnections",
        "StartVpcEndpointServicePrivateDnsVerification",
      ]
    }

    # Transit gateways and their attachments.
    transit-gateways = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptTransitGatewayMulticastDomainAssociations",
        "AcceptTransitGatewayPeeringAttachment",
        "AcceptTransitGatewayVpcAttachment",
        "AssociateTransitGatewayMulticastDomain",
        "CreateTransitGateway",
        "CreateTransitGatewayConnect",
        "CreateTransitGatewayConnectPeer",
        "CreateTransitGatewayMulticastDomain",
        "CreateTransitGatewayPeeringAttachment",
        "CreateTransitGatewayVpcAttachment",
        "DeleteTransitGateway",
        "DeleteTransitGatewayConnect",
        "DeleteTransitGatewayConnectPeer",
        "DeleteTransitGatewayMulticastDomain",
        "DeleteTransitGatewayPeeringAttachment",
        "DeleteTransitGatewayVpcAttachment",
        "DisassociateTransitGatewayMulticastDomain",
        "ModifyTransitGateway",
        "ModifyTransitGatewayVpcAttachment",
        "RejectTransitGatewayPeeringAttachment",
        "RejectTransitGatewayVpcAttachment",
      ]
    }

    # Route tables of transit gateways.
    transit-routes = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateTransitGatewayPolicyTable",
        "AssociateTransitGatewayRouteTable",
        "CreateTransitGatewayPolicyTable",
        "CreateTransitGatewayPrefixListReference",
        "CreateTransitGatewayRoute",
        "CreateTransitGatewayRouteTable",
        "CreateTransitGatewayRouteTableAnnouncement",
        "DeleteTransitGatewayPolicyTable",
        "DeleteTransitGatewayPrefixListReference",
        "DeleteTransitGatewayRoute",
        "DeleteTransitGatewayRouteTable",
        "DeleteTransitGatewayRouteTableAnnouncement",
        "DisableTransitGatewayRouteTablePropagation",
        "DisassociateTransitGatewayPolicyTable",
        "DisassociateTransitGatewayRouteTable",
        "EnableTransitGatewayRouteTablePropagation",
        "ModifyTransitGatewayPrefixListReference",
        "ReplaceTransitGatewayRoute",
      ]
    }

    # Who is a member of what.
    members = {
      source  = "aws.ec2"
      service = "ec2.amazonaws.com"
      quiet   = true
      calls = [
        "AssignIpv6Addresses",
        "AssignPrivateIpAddresses",
        "AssociateAddress",
        "AttachNetworkInterface",
        "CreateFleet",
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "DetachNetworkInterface",
        "DisassociateAddress",
        "ReleaseAddress",
        "RequestSpotFleet",
        "RequestSpotInstances",
        "RunInstances",
        "StartInstances",
        "StopInstances",
        "TerminateInstances",
        "UnassignIpv6Addresses",
        "UnassignPrivateIpAddresses",
      ]
    }

    # AWS Network Firewall.
    firewalls = {
      source  = "aws.network-firewall"
      service = "network-firewall.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptNetworkFirewallTransitGatewayAttachment",
        "AssociateAvailabilityZones",
        "AssociateFirewallPolicy",
        "AssociateSubnets",
        "CreateFirewall",
        "CreateFirewallPolicy",
        "CreateRuleGroup",
        "CreateTLSInspectionConfiguration",
        "CreateVpcEndpointAssociation",
        "DeleteFirewall",
        "DeleteFirewallPolicy",
        "DeleteNetworkFirewallTransitGatewayAttachment",
        "DeleteResourcePolicy",
        "DeleteRuleGroup",
        "DeleteTLSInspectionConfiguration",
        "DeleteVpcEndpointAssociation",
        "DisassociateAvailabilityZones",
        "DisassociateSubnets",
        "PutResourcePolicy",
        "RejectNetworkFirewallTransitGatewayAttachment",
        "UpdateAvailabilityZoneChangeProtection",
        "UpdateFirewallDeleteProtection",
        "UpdateFirewallPolicy",
        "UpdateFirewallPolicyChangeProtection",
        "UpdateLoggingConfiguration",
        "UpdateRuleGroup",
        "UpdateSubnetChangeProtection",
        "UpdateTLSInspectionConfiguration",
      ]
    }

    # Load balancers, and what they listen on.
    balancers = {
      source  = "aws.elasticloadbalancing"
      service = "elasticloadbalancing.amazonaws.com"
      quiet   = false
      calls = [
        "ApplySecurityGroupsToLoadBalancer",
        "AttachLoadBalancerToSubnets",
        "CreateListener",
        "CreateLoadBalancer",
        "CreateLoadBalancerListeners",
        "CreateRule",
        "CreateTargetGroup",
        "DeleteListener",
        "DeleteLoadBalancer",
        "DeleteLoadBalancerListeners",
        "DeleteRule",
        "DeleteTargetGroup",
        "DetachLoadBalancerFromSubnets",
        "DisableAvailabilityZonesForLoadBalancer",
        "EnableAvailabilityZonesForLoadBalancer",
        "ModifyListener",
        "ModifyLoadBalancerAttributes",
        "ModifyRule",
        "ModifyTargetGroup",
        "ModifyTargetGroupAttributes",
        "SetIpAddressType",
        "SetRulePriorities",
        "SetSecurityGroups",
        "SetSubnets",
      ]
    }

    # Who is behind a load balancer.
    targets = {
      source  = "aws.elasticloadbalancing"
      service = "elasticloadbalancing.amazonaws.com"
      quiet   = true
      calls = [
        "DeregisterInstancesFromLoadBalancer",
        "DeregisterTargets",
        "RegisterInstancesWithLoadBalancer",
        "RegisterTargets",
      ]
    }

    # Databases and their groups.
    databases = {
      source  = "aws.rds"
      service = "rds.amazonaws.com"
      quiet   = true
      calls = [
        "CreateDBCluster",
        "CreateDBInstance",
        "CreateDBInstanceReadReplica",
        "CreateDBProxy",
        "CreateDBProxyEndpoint",
        "CreateDBSubnetGroup",
        "DeleteDBCluster",
        "DeleteDBInstance",
        "DeleteDBProxy",
        "DeleteDBProxyEndpoint",
        "DeleteDBSubnetGroup",
        "ModifyDBCluster",
        "ModifyDBInstance",
        "ModifyDBProxy",
        "ModifyDBProxyEndpoint",
        "ModifyDBSubnetGroup",
        "RestoreDBClusterFromS3",
        "RestoreDBClusterFromSnapshot",
        "RestoreDBClusterToPointInTime",
        "RestoreDBInstanceFromDBSnapshot",
        "RestoreDBInstanceFromS3",
        "RestoreDBInstanceToPointInTime",
      ]
    }

    # Caches and their groups.
    caches = {
      source  = "aws.elasticache"
      service = "elasticache.amazonaws.com"
      quiet   = true
      calls = [
        "CreateCacheCluster",
        "CreateCacheSubnetGroup",
        "CreateReplicationGroup",
        "CreateServerlessCache",
        "DeleteCacheCluster",
        "DeleteCacheSubnetGroup",
        "DeleteReplicationGroup",
        "DeleteServerlessCache",
        "ModifyCacheCluster",
        "ModifyCacheSubnetGroup",
        "ModifyReplicationGroup",
        "ModifyServerlessCache",
      ]
    }

    # Functions in a VPC.
    functions = {
      source  = "aws.lambda"
      service = "lambda.amazonaws.com"
      quiet   = true
      calls = [
        "CreateFunction20150331",
        "DeleteFunction20150331",
        "UpdateFunctionConfiguration20150331v2",
      ]
    }

    # Services and tasks.
    containers = {
      source  = "aws.ecs"
      service = "ecs.amazonaws.com"
      quiet   = true
      calls = [
        "CreateService",
        "CreateTaskSet",
        "DeleteService",
        "DeleteTaskSet",
        "RunTask",
        "StartTask",
        "StopTask",
        "UpdateService",
      ]
    }

    # Names in private zones. Route 53 tells of its calls in us-east-1 only.
    names = {
      source  = "aws.route53"
      service = "route53.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateVPCWithHostedZone",
        "ChangeResourceRecordSets",
        "CreateHostedZone",
        "CreateVPCAssociationAuthorization",
        "DeleteHostedZone",
        "DeleteVPCAssociationAuthorization",
        "DisassociateVPCFromHostedZone",
      ]
    }

    # How names are resolved.
    resolvers = {
      source  = "aws.route53resolver"
      service = "route53resolver.amazonaws.com"
      quiet   = false
      calls = [
        "AssociateResolverEndpointIpAddress",
        "AssociateResolverRule",
        "CreateResolverEndpoint",
        "CreateResolverRule",
        "DeleteResolverEndpoint",
        "DeleteResolverRule",
        "DisassociateResolverEndpointIpAddress",
        "DisassociateResolverRule",
        "UpdateResolverEndpoint",
        "UpdateResolverRule",
      ]
    }

    # What other accounts may use: transit gateways, subnets, groups, prefix lists.
    shares = {
      source  = "aws.ram"
      service = "ram.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptResourceShareInvitation",
        "AssociateResourceShare",
        "CreateResourceShare",
        "DeleteResourceShare",
        "DisassociateResourceShare",
        "EnableSharingWithAwsOrganization",
        "RejectResourceShareInvitation",
        "UpdateResourceShare",
      ]
    }

    # VPC Lattice.
    lattice = {
      source  = "aws.vpc-lattice"
      service = "vpc-lattice.amazonaws.com"
      quiet   = false
      calls = [
        "CreateListener",
        "CreateResourceConfiguration",
        "CreateResourceGateway",
        "CreateRule",
        "CreateServiceNetworkResourceAssociation",
        "CreateServiceNetworkServiceAssociation",
        "CreateServiceNetworkVpcAssociation",
        "DeleteAuthPolicy",
        "DeleteListener",
        "DeleteResourceConfiguration",
        "DeleteResourceGateway",
        "DeleteRule",
        "DeleteServiceNetworkResourceAssociation",
        "DeleteServiceNetworkServiceAssociation",
        "DeleteServiceNetworkVpcAssociation",
        "PutAuthPolicy",
        "UpdateListener",
        "UpdateResourceConfiguration",
        "UpdateResourceGateway",
        "UpdateRule",
        "UpdateServiceNetworkVpcAssociation",
      ]
    }

    # Direct Connect.
    direct-connect = {
      source  = "aws.directconnect"
      service = "directconnect.amazonaws.com"
      quiet   = false
      calls = [
        "AcceptDirectConnectGatewayAssociationProposal",
        "ConfirmPrivateVirtualInterface",
        "ConfirmTransitVirtualInterface",
        "CreateDirectConnectGatewayAssociation",
        "CreatePrivateVirtualInterface",
        "CreateTransitVirtualInterface",
        "DeleteDirectConnectGatewayAssociation",
        "DeleteVirtualInterface",
        "UpdateDirectConnectGatewayAssociation",
      ]
    }
  }

  # Those by whom changes are expected. When they are expected, a pattern cannot say: the watcher tells.
  expected_principals = [
    "arn:aws:iam::*:role/terraform-ci",
  ]

  # What the collector reads, and nothing else.
  collector_actions = [
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCarrierGateways",
    "ec2:DescribeCustomerGateways",
    "ec2:DescribeEgressOnlyInternetGateways",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePrefixLists",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupVpcAssociations",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTransitGatewayAttachments",
    "ec2:DescribeTransitGatewayPeeringAttachments",
    "ec2:DescribeTransitGatewayRouteTables",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpcBlockPublicAccessExclusions",
    "ec2:DescribeVpcBlockPublicAccessOptions",
    "ec2:DescribeVpcEndpointConnections",
    "ec2:DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:DescribeVpnConnections",
    "ec2:DescribeVpnGateways",
    "ec2:GetManagedPrefixListEntries",
    "ec2:GetTransitGatewayPrefixListReferences",
    "ec2:GetTransitGatewayRouteTablePropagations",
    "ec2:SearchTransitGatewayRoutes",
    "ecs:DescribeServices",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:ListTasks",
    "eks:DescribeCluster",
    "eks:ListClusters",
    "elasticache:DescribeCacheClusters",
    "elasticache:DescribeCacheSubnetGroups",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "es:DescribeDomains",
    "es:ListDomainNames",
    "lambda:ListFunctions",
    "network-firewall:DescribeFirewall",
    "network-firewall:DescribeFirewallPolicy",
    "network-firewall:DescribeRuleGroup",
    "network-firewall:DescribeVpcEndpointAssociation",
    "network-firewall:ListFirewalls",
    "network-firewall:ListVpcEndpointAssociations",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSubnetGroups",
    "route53:GetHostedZone",
    "route53:ListHostedZones",
    "route53:ListResourceRecordSets",
  ]
}
