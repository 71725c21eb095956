{{range .Own}}{{from .At}}{{end -}}
# What every environment is watched for. CloudTrail has to be on in each account: the events are its own.

locals {
  # The calls that change what reaches what, by concern. People are told of those that are not quiet; the queue gets all of them.
  reachability_calls = {
    {{- range .Concerns}}
    # {{.About}}
    {{key .Name}} = {
      source  = {{quote .Source}}
      service = {{quote .Service}}
      quiet   = {{.Quiet}}
      calls = [
        {{- range .Calls}}
        {{quote .}},
        {{- end}}
      ]
    }
    {{end}}
  }
{{with .Principals}}
  # Those by whom changes are expected. When they are expected, a pattern cannot say: the watcher tells.
  expected_principals = [
    {{- range $.WindowPlaces}}{{from .}}{{end}}
    {{- range .}}
    {{quote .}},
    {{- end}}
  ]
{{end}}
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
