// Package scenario reads networks written down in a few lines.
//
// It is the language of the scenarios in testdata, which show what every rule of docs/semantics.md means; and of any test that wants a
// network a person can read. A line is an object. Indented lines below it are its parts: the routes of a table, the entries of a network ACL, the
// rules of a security group, the listeners of a load balancer. What a line does not say is as AWS makes it: a new VPC has a main route table with
// local routes, a default network ACL that allows all and a default security group; a new security group lets everything out; a new network ACL
// denies all; a new transit gateway has a route table that its attachments are associated with and propagate to.
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
// defect="why it is not understood". The peer "?" of a rule is not known, and what traffic the rule is of is.
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
//	eni ID SUBNET ADDRESS[=PUBLIC]... GROUP...    check=off type=T state=running account=A     an instance of that name, or what the type says;
//	                                    instance=ENI: a further interface of the instance of ENI
//	function ID SUBNET ADDRESS GROUP...
//	launch NAME SUBNET... GROUP...      a launch template: what will carry the groups, and where
//	igw ID [VPC], eigw ID [VPC], vgw ID [VPC], carrier ID VPC
//	nat ID SUBNET ADDRESS[=PUBLIC]...   state=available private
//	regional-nat ID VPC PUBLIC...       table=ID state=available
//	peering ID VPC VPC                  state=active; of a VPC that is not in the text: blocks=B,... account=A region=R
//	prefix-list ID BLOCK...             aws
//	vpn ID VGW BLOCK...                 bgp state=available
//	block-public-access MODE            account=A region=R
//	exclusion VPC|SUBNET MODE           inactive
//	gap LIST                            reason="not collected" account=A region=R
//	unread LIST COUNT                   a list of AWS's that nothing reads
//	absent ID...                        what is named and not described: deleted, or not collected
//
// An identifier is of one object of a kind, those among them that lines make by the way: the interfaces of a balancer, the main table of a VPC.
//
// PROTOCOL is tcp, udp, icmp, icmpv6, all or a number. A target is an identifier: it must be described somewhere in the text, or be absent.
//
// # Transit gateways
//
//	tgw ID                              account=A referencing state=available
//	attachment ID TGW VPC SUBNET...     table=ID|none no-propagation ipv6 appliance referencing state=available
//	attachment ID TGW direct-connect-gateway|connect [RESOURCE]     table=ID|none bgp state=available
//	vpn ID TGW [BLOCK...]               attachment=at-ID table=ID|none bgp state=available; one with BGP propagates to the usual table
//	tgw-table ID TGW                    propagate=ATTACHMENT,... all-routes
//	  BLOCK|LIST ATTACHMENT...|nothing  propagated: of a table with all-routes
//	tgw-peering ID TGW TGW              tables=ID,ID state=available
//
// # Load balancers
//
// NODE is SUBNET ADDRESS[=PUBLIC]..., once for every subnet. A balancer without a public address is internal. What is called unknown is as if its list had
// not been collected.
//
//	balancer NAME application|network|gateway NODE... GROUP...    cross-zone=on|off enforce=on|off|unknown state=active internal account=A
//	                                    attributes=unknown listeners=unknown
//	  listen PROTOCOL PORT DOES         rules=unknown; of a gateway balancer: listen TARGETS
//	  rule DOES                         a rule of the listener above: host=H,... path=P,... method=M,... header="NAME: VALUE" query=K=V source-ip=B,...
//	                                    priority=N
//	balancer NAME classic NODE... GROUP...
//	  listen PROTOCOL PORT [PROTOCOL] PORT
//	  instances ENI...
//	targets NAME PROTOCOL PORT VPC instance|ip|alb    preserve=on|off cross-zone=on|off|balancer health=PORT|off ipv6
//	targets NAME lambda                 attributes=unknown targets=unknown
//	  ENI|ADDRESS|BALANCER|FUNCTION[:PORT]...    zone=Z
//
// DOES is the names of target groups, redirect or fixed, with authenticate before it where that comes first; nothing is a forward without a target group. PROTOCOL
// is what AWS calls it, in lower case: https, tcp_udp.
//
// # Endpoints
//
//	endpoint ID VPC gateway             service=S state=available
//	endpoint ID VPC interface|gateway-load-balancer NODE... GROUP...    service=S private-dns[=NAME,...] state=available
//	service NAME BALANCER...            acceptance principals=*|ARN,...|unknown private-dns=NAME,... state=Available account=A region=R
//
// The service of an endpoint is a name of AWS's (com.amazonaws.us-east-1.s3), or that of a service in the text.
//
// # Firewalls
//
//	firewall NAME SUBNET ENDPOINT...    policy=NAME status=READY,...; SUBNET ENDPOINT once for every subnet, and a status for each or for all
//	policy NAME                         strict default=drop_strict,... stateless-default=forward,... fragment-default=forward,... home=BLOCK,... tls-inspection=ARN
//	  GROUP [PRIORITY]                  drop-to-alert
//	rule-group NAME stateless
//	  PRIORITY pass|drop|forward PROTOCOL,... SOURCE [PORTS] -> DESTINATION [PORTS]    flags=SYN/SYN+ACK,...
//	rule-group NAME stateful            strict, which it is in a strict policy in any case
//	  pass tls $HOME_NET any -> any 443 (tls.sni; content:"example.com"; sid:1;)
//	  domains allow|deny|reject|alert tls,http NAME...
//	  ip NAME = BLOCK,...
//	  ports NAME = PORTS,...
//	  list NAME = PREFIX-LIST           called @NAME in rules
//
// SOURCE and DESTINATION are blocks, or any; an action that is none of the three is the name of a custom one. Where no line has a policy, the firewall has none.
//
// # Names
//
//	zone NAME VPC...                    a private hosted zone: vpcs=unknown records=unknown
//	  NAME A|AAAA ADDRESS...
//	  NAME CNAME|ALIAS NAME
package scenario
