// Package scenario reads networks written down in a few lines.
//
// It is the language of the scenarios in testdata, which show what every rule of docs/semantics.md means; and of any test that wants a
// network a person can read. A line is an object. Below a route table, a network ACL and a security group, indented lines are its routes,
// entries and rules. What a line does not say is as AWS makes it: a new VPC has a main route table with local routes, a default
// network ACL that allows all and a default security group; a new security group lets everything out; a new network ACL denies all; a new
// transit gateway has a route table that its attachments are associated with and propagate to.
//
//	vpc prod 10.0.0.0/16 2600:1f18:1:1100::/56    # a comment
//	subnet web prod 10.0.1.0/24
//	subnet app prod 10.0.10.0/24 table=t-app acl=a-app
//	table t-app prod
//	  0.0.0.0/0 nat-1
//	acl a-app prod
//	  in 100 allow tcp 443 10.0.0.0/16
//	  out 100 allow tcp 1024-65535 0.0.0.0/0
//	group sg-app prod
//	  in tcp 443 sg-web
//	  in icmp 8/0 10.0.0.0/16
//	eni app-1 app 10.0.10.5 sg-app
//	igw igw-1 prod
//	nat nat-1 web 10.0.1.9=54.1.2.3
//
// The objects, with their options behind them (a word, or KEY=VALUE; quotes keep words together). Any object, route, entry or rule may have
// defect="why it is not understood".
//
//	vpc ID BLOCK...                     account=111111111111 region=us-east-1 default
//	subnet ID VPC BLOCK...              zone=us-east-1a zone-id=use1-az1 table=ID acl=ID account=A public
//	table ID VPC                        main gateway=ID
//	  BLOCK|LIST|? TARGET|nothing       blackhole propagated        ? is a destination that is not understood
//	acl ID VPC                          default
//	  in|out NUMBER allow|deny PROTOCOL [PORTS|TYPE[/CODE]] BLOCK
//	group ID VPC                        also=VPC,... account=A
//	  in|out PROTOCOL [PORTS|TYPE[/CODE]] BLOCK|LIST|GROUP
//	  in|out nothing
//	eni ID SUBNET ADDRESS[=PUBLIC]... GROUP...    check=off type=T state=running account=A     an instance of that name, or what the type says
//	function ID SUBNET ADDRESS GROUP...
//	launch NAME SUBNET... GROUP...      a launch template: what will carry the groups, and where
//	igw ID [VPC], eigw ID [VPC], vgw ID [VPC], carrier ID VPC
//	nat ID SUBNET ADDRESS[=PUBLIC]...   state=available private
//	regional-nat ID VPC PUBLIC...       table=ID state=available
//	peering ID VPC VPC                  state=active; of a VPC that is not in the text: blocks=B,... account=A region=R
//	prefix-list ID BLOCK...             aws
//	endpoint ID VPC gateway|gateway-load-balancer                service=S state=available
//	endpoint ID VPC interface SUBNET ADDRESS GROUP...            service=S state=available
//	vpn ID VGW BLOCK...                 bgp state=available
//	block-public-access MODE            account=A region=R
//	exclusion VPC|SUBNET MODE           inactive
//	tgw ID                              account=A referencing state=available
//	attachment ID TGW VPC SUBNET...     table=ID|none no-propagation ipv6 appliance referencing state=available
//	tgw-table ID TGW                    propagate=ATTACHMENT,...
//	  BLOCK|LIST ATTACHMENT...|nothing
//	tgw-peering ID TGW TGW              tables=ID,ID state=available
//	balancer ID application|network SUBNET ADDRESS[=PUBLIC] GROUP...
//	firewall ID SUBNET ENDPOINT         status=READY
//	gap LIST                            reason="not collected" account=A region=R
//	unread LIST COUNT                   a list of AWS's that nothing reads
//	absent ID...                        what is named and not described: deleted, or not collected
//
// PROTOCOL is tcp, udp, icmp, icmpv6, all or a number. A target is an identifier: it must be described somewhere in the text, or be absent.
package scenario
