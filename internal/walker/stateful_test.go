package walker

import "testing"

// strictly is ruled with a policy in strict order and a default.
func strictly(usual string) string {
	text := ruled + "policy pol strict"
	if usual != "" {
		text += " default=" + usual
	}
	return text + "\nuse pol statefulRules\nuse pol statelessRules\n"
}

var statefulScenarios = []scenario{
	// -- Order
	{"FW-3", "in action order what passes comes first", ruled + `
		stateful statefulRules drop tcp any any -> any any
		stateful statefulRules pass tcp any any -> any 443`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-3", "across groups", ruled + `
		rules statefulMore
		use pol statefulMore
		stateful statefulRules reject tcp any any -> any any
		stateful statefulMore pass tcp any any -> any 443`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-3", "in strict order what is written first", strictly("") + `
		stateful statefulRules drop tcp any any -> any any
		stateful statefulRules pass tcp any any -> any 443`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-3", "group by group", strictly("") + `
		rules statefulMore
		use pol statefulMore
		stateful statefulRules pass tcp any any -> any 443
		stateful statefulMore drop tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-3", "reject is drop", ruled + `stateful statefulRules reject tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-3", "alert lets the next rule decide", strictly("") + `
		stateful statefulRules alert tcp any any -> any any
		stateful statefulRules drop tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-3", "no rule in action order", ruled, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-3", "drops that are turned into alerts", inspected + `
		use pol statefulRules override=DROP_TO_ALERT
		stateful statefulRules drop tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-3", "whether rejections are is not documented", inspected + `
		use pol statefulRules override=DROP_TO_ALERT
		stateful statefulRules reject tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a stateful group that is not in the network", inspected + `use pol statefulElsewhere`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "where a rule passes before, in action order", ruled + `
		use pol statefulElsewhere
		stateful statefulRules pass tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"V-6", "and where one would drop after it", ruled + `
		use pol statefulElsewhere
		stateful statefulRules drop tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "a group that is not understood, at its place in strict order", inspected + `
		policy pol strict
		rules statefulMore defect
		use pol statefulMore
		use pol statefulRules
		stateful statefulRules pass tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "and behind the rule that decides", inspected + `
		policy pol strict
		rules statefulMore defect
		use pol statefulRules
		use pol statefulMore
		stateful statefulRules pass tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"V-6", "a stateful rule that is not understood", ruled + `stateful statefulRules drop udp any any -> any any defect`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"V-6", "an action that is not understood", ruled + `stateful statefulRules rejectboth tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},

	// -- Defaults
	{"FW-6", "strict order without a default passes", strictly(""), "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-6", "aws:drop_strict", strictly("aws:drop_strict"), "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-6", "aws:drop_established lets the handshake through", strictly("aws:drop_established,aws:alert_established"), "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-6", "what it does to UDP is not known", strictly("aws:drop_established"), "eni-a > 8.8.8.8 udp 53", "unknown UNKNOWN_RESOURCE"},
	{"FW-6", "alerts", strictly("aws:alert_strict"), "eni-a > 8.8.8.8 udp 53", "reachable"},
	{"FW-6", "a default that is not understood", strictly("aws:drop_some"), "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-6", "defaults mean nothing in action order", inspected + `policy pol action default=aws:drop_strict`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-6", "a rule that passes, and aws:drop_strict", strictly("aws:drop_strict") + `stateful statefulRules pass tcp $HOME_NET any -> any 443`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-6", "the reply of UDP that a rule passed needs no rule of its own", strictly("aws:drop_strict") + `stateful statefulRules pass udp $HOME_NET any -> any 53`, "eni-a > 8.8.8.8 udp 53", "reachable"},

	// -- What rules match
	{"FW-8", "another protocol", ruled + `stateful statefulRules drop udp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "any protocol", ruled + `stateful statefulRules drop ip any any -> any any`, "eni-a > 8.8.8.8 47", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "ICMP", ruled + `stateful statefulRules drop icmp any any -> any any`, "eni-a > 8.8.8.8 icmp 8/0", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "ICMPv6", ruled + `stateful statefulRules drop icmp any any -> any any`, "eni-a > 2001:4860::8 icmpv6 128/0", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "ports where there are none", ruled + `stateful statefulRules drop ip any any -> any 80`, "eni-a > 8.8.8.8 icmp 8/0", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "an application protocol shows in data only", ruled + `stateful statefulRules drop tls any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "so that nothing passes a handshake by it", strictly("aws:drop_strict") + `stateful statefulRules pass tls any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a protocol that is not evaluated", ruled + `stateful statefulRules drop dns any any -> any any`, "eni-a > 8.8.8.8 udp 53", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "which is not carried over ICMP", ruled + `stateful statefulRules drop dns any any -> any any`, "eni-a > 8.8.8.8 icmp 8/0", "reachable"},
	{"FW-8", "a name matches no handshake", ruled + `stateful statefulRules drop tcp any any -> any any sni=example.com`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "flow: established is data", ruled + `stateful statefulRules drop tcp any any -> any any flow=established,to_server`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "flow: to_server", ruled + `stateful statefulRules drop tcp any any -> any any flow=to_server`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "flow: not_established", ruled + `stateful statefulRules drop tcp any any -> any any flow=not_established`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "flow: to_client is not for the first packet", ruled + `
		stateful statefulRules pass tcp any any -> any 443
		stateful statefulRules drop tcp any any -> any any flow=to_client`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "another keyword", ruled + `stateful statefulRules drop tcp any any -> any any keyword=pcre`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "in a rule for another port", ruled + `stateful statefulRules drop tcp any any -> any 80 keyword=pcre`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "which passes, in front of a drop", ruled + `
		stateful statefulRules pass tcp any any -> any any keyword=pcre
		stateful statefulRules drop tcp any any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "the direction of a rule", ruled + `stateful statefulRules drop tcp 8.8.8.8/32 any -> any any`, "eni-a > 8.8.8.8 udp 443", "reachable"},
	{"FW-8", "both directions", ruled + `stateful statefulRules drop tcp 8.8.8.8/32 443 <> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a list of addresses", ruled + `stateful statefulRules drop tcp 192.0.2.0/24,10.0.0.0/8 any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a list with an exception", ruled + `stateful statefulRules drop tcp 10.0.0.0/8,!10.0.1.0/24 any -> any any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "a list of exceptions", ruled + `stateful statefulRules drop tcp !10.9.0.0/16,!10.8.0.0/16 any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a list of ports", ruled + `stateful statefulRules drop tcp any any -> any 80,8000:9000`, "eni-a > 8.8.8.8 tcp 8443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "all ports but one", ruled + `stateful statefulRules drop tcp $HOME_NET any -> any !443`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "a port variable", ruled + `
		portset statefulRules WEB 80,443
		stateful statefulRules drop tcp any any -> any $WEB`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a port variable without a definition", ruled + `stateful statefulRules drop tcp any any -> any $WEB`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "an IP set reference", ruled + `
		list pl-1 8.8.8.0/24
		ipref statefulRules BAD arn:aws:ec2:r:1:prefix-list/pl-1
		stateful statefulRules drop tcp any any -> @BAD any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "a reference to a list that is not in the network", ruled + `
		ipref statefulRules BAD pl-gone
		stateful statefulRules drop tcp any any -> @BAD any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "a variable without a definition", ruled + `stateful statefulRules drop tcp any any -> $PARTNERS any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-8", "a variable of the policy", ruled + `
		ipset pol PARTNERS 8.8.8.0/24
		stateful statefulRules drop tcp any any -> $PARTNERS any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-8", "that the group defines itself", ruled + `
		ipset pol PARTNERS 8.8.8.0/24
		ipset statefulRules PARTNERS 9.9.9.0/24
		stateful statefulRules drop tcp any any -> $PARTNERS any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-8", "a variable that names itself", ruled + `
		ipset statefulRules A $A
		stateful statefulRules drop tcp any any -> $A any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-5", "HOME_NET is the VPC of the firewall", ruled + `stateful statefulRules drop tcp $HOME_NET any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-5", "so that what comes from another VPC escapes", hub + `stateful statefulRules drop tcp $HOME_NET any -> any any`, "eni-a > eni-w tcp 443", "reachable"},
	{"FW-5", "unless it is set", hub + `
		ipset pol HOME_NET 10.0.0.0/8
		stateful statefulRules drop tcp $HOME_NET any -> any any`, "eni-a > eni-w tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-5", "EXTERNAL_NET without a setting", ruled + `stateful statefulRules drop tcp any any -> $EXTERNAL_NET any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-5", "EXTERNAL_NET is what HOME_NET of the policy is not", ruled + `
		ipset pol HOME_NET 10.0.0.0/8
		stateful statefulRules drop tcp any any -> $EXTERNAL_NET any`, "eni-a > 8.8.8.8 tcp 443", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-5", "but not where the group sets HOME_NET", ruled + `
		ipset pol HOME_NET 10.0.0.0/8
		ipset statefulRules HOME_NET 10.0.0.0/8
		stateful statefulRules drop tcp any any -> $EXTERNAL_NET any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-5", "the VPC of the firewall was not collected", ruled + `
		firewall fw pol elsewhere vpce-f:f1
		stateful statefulRules drop tcp $HOME_NET any -> any any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},

	// -- Replies
	{"FW-1", "a TCP connection that a rule passed is not dropped on its way back", ruled + `
		stateful statefulRules pass tcp 10.0.0.0/8 any -> any any
		stateful statefulRules drop tcp any any -> 10.0.0.0/8 any`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-1", "whether one that none passed is, is not known", ruled + `stateful statefulRules drop tcp any any -> 10.0.0.0/8 any`, "eni-a > 8.8.8.8 tcp 443", "unknown UNKNOWN_RESOURCE"},
	{"FW-1", "nor whether UDP is", ruled + `
		stateful statefulRules pass udp 10.0.0.0/8 any -> any any
		stateful statefulRules drop udp any any -> 10.0.0.0/8 any`, "eni-a > 8.8.8.8 udp 53", "unknown UNKNOWN_RESOURCE"},
	{"FW-1", "unless a rule passes that", ruled + `
		stateful statefulRules pass udp any any <> any 53
		stateful statefulRules drop udp any any -> 10.0.0.0/8 any`, "eni-a > 8.8.8.8 udp 53", "reachable"},
	{"FW-1", "a rule for what goes to clients", ruled + `stateful statefulRules drop udp any any -> any any flow=to_client`, "eni-a > 8.8.8.8 udp 53", "unknown UNKNOWN_RESOURCE"},
}

var dataScenarios = []scenario{
	// -- Domain lists
	{"FW-4", "an allow list passes its names", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-4", "and in action order drops every other", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "over HTTP", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 80 http=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "on any port", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 9999 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "of the kinds it is for", ruled + `domains statefulRules ALLOWLIST tls example.com`, "eni-a > 8.8.8.8 tcp 80 http=evil.test", "reachable"},
	{"FW-4", "and other protocols are not limited at all", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 22 other=", "reachable"},
	{"FW-4", "nor is the handshake", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443", "reachable"},
	{"FW-4", "nor UDP", ruled + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 udp 443 tls=evil.test", "reachable"},
	{"FW-4", "in strict order without a default drop nothing else is dropped", strictly("") + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "reachable"},
	{"FW-4", "with one everything else is", strictly("aws:drop_established") + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "but not its names", strictly("aws:drop_established") + `domains statefulRules ALLOWLIST tls,http example.com`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-4", "a name is that name", ruled + `domains statefulRules ALLOWLIST tls example.com`, "eni-a > 8.8.8.8 tcp 443 tls=www.example.com", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "with a dot it is every name below", ruled + `domains statefulRules ALLOWLIST tls .example.com`, "eni-a > 8.8.8.8 tcp 443 tls=www.Example.com", "reachable"},
	{"FW-4", "and the apex", ruled + `domains statefulRules ALLOWLIST tls .example.com`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-4", "but not what ends alike", ruled + `domains statefulRules ALLOWLIST tls .example.com`, "eni-a > 8.8.8.8 tcp 443 tls=badexample.com", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "a deny list", ruled + `domains statefulRules DENYLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "drops its names only", ruled + `domains statefulRules DENYLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-4", "a reject list", ruled + `domains statefulRules REJECTLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "an alert list", ruled + `domains statefulRules ALERTLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "reachable"},
	{"FW-4", "a list of another kind", ruled + `domains statefulRules OTHERLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unknown UNKNOWN_RESOURCE"},
	{"FW-4", "a deny list that only alerts", inspected + `
		use pol statefulRules override=DROP_TO_ALERT
		domains statefulRules DENYLIST tls evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "reachable"},
	{"FW-5", "a client of another VPC escapes the list, with HOME_NET left as it is", hub + `domains statefulRules ALLOWLIST tls example.com`, "eni-a > eni-w tcp 443 tls=evil.test", "reachable"},
	{"FW-5", "and does not where it is set", hub + `
		ipset statefulRules HOME_NET 10.0.0.0/16
		domains statefulRules ALLOWLIST tls example.com`, "eni-a > eni-w tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-4", "inside HOME_NET it is not known", between + `
		rule sg-server in tcp 443 10.0.1.0/24
		rules statefulRules
		use pol statefulRules
		domains statefulRules ALLOWLIST tls example.com`, "eni-a > eni-b tcp 443 tls=evil.test", "unknown UNKNOWN_RESOURCE"},

	// -- Rules about data
	{"FW-6", "handshake only", strictly("aws:drop_established"), "eni-a > 8.8.8.8 tcp 443 tls=example.com", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "a rule for headers passes data as well", strictly("aws:drop_established") + `stateful statefulRules pass tcp any any -> any 443`, "eni-a > 8.8.8.8 tcp 443 other=", "reachable"},
	{"FW-11", "before one that would drop a name", strictly("") + `
		stateful statefulRules pass tcp any any -> any 443
		stateful statefulRules drop tls any any -> any any sni=evil.test`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "reachable"},
	{"FW-11", "and behind it does not", strictly("") + `
		stateful statefulRules drop tls any any -> any any sni=evil.test
		stateful statefulRules pass tcp any any -> any 443`, "eni-a > 8.8.8.8 tcp 443 tls=evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "a rule for the handshake alone", strictly("aws:drop_established") + `stateful statefulRules pass tcp any any -> any 443 flow=not_established`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "TLS by its protocol", strictly("aws:drop_established") + `stateful statefulRules pass tls any any -> any any flow=established,to_server`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-11", "which is not HTTP", strictly("aws:drop_established") + `stateful statefulRules pass tls any any -> any any`, "eni-a > 8.8.8.8 tcp 443 http=example.com", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "HTTP by its host", strictly("aws:drop_established") + `stateful statefulRules pass http any any -> any any host=.example.com`, "eni-a > 8.8.8.8 tcp 80 http=www.example.com", "reachable"},
	{"FW-11", "a part of a name", ruled + `stateful statefulRules drop tls any any -> any any sni=~evil`, "eni-a > 8.8.8.8 tcp 443 tls=www.evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "every name but one", ruled + `stateful statefulRules drop tls any any -> any any sni=!example.com`, "eni-a > 8.8.8.8 tcp 443 tls=www.evil.test", "unreachable FIREWALL_RULES_RESTRICTION"},
	{"FW-11", "that one", ruled + `stateful statefulRules drop tls any any -> any any sni=!example.com`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-11", "and what has no name", ruled + `stateful statefulRules drop tcp any any -> any any sni=!example.com`, "eni-a > 8.8.8.8 tcp 443 other=", "reachable"},
	{"FW-11", "data to the client", ruled + `stateful statefulRules drop tcp any any -> any any flow=established,to_client`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-11", "another application protocol may be any other data", ruled + `stateful statefulRules drop ssh any any -> any any`, "eni-a > 8.8.8.8 tcp 22 other=", "unknown UNKNOWN_RESOURCE"},
	{"FW-11", "and is not TLS", ruled + `stateful statefulRules drop ssh any any -> any any`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-8", "another keyword on data", ruled + `stateful statefulRules drop tls any any -> any any keyword=ja3.hash`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "unknown UNKNOWN_RESOURCE"},
	{"FW-11", "what is decrypted is not known", inspected + `policy pol action tls=arn`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "unknown UNKNOWN_RESOURCE"},
	{"FW-2", "data that the stateful engine never sees", ruled + `
		policy pol strict stateless=aws:pass default=aws:drop_established`, "eni-a > 8.8.8.8 tcp 443 tls=example.com", "reachable"},
	{"FW-11", "a handshake that is lost on its way back stays so", without(strictly("aws:drop_established"), "route te 10.0.1"), "eni-a > 8.8.8.8 tcp 443 tls=example.com", "one-way ASYMMETRIC_FIREWALL_PATH"},
	{"FW-7", "the name is what the client claims, whatever the address", ruled + `domains statefulRules ALLOWLIST tls example.com`, "eni-a > 9.9.9.9 tcp 443 tls=example.com", "reachable"},
}

// FW-11: what drops the data is the last hop, and says so.
func TestDataHop(t *testing.T) {
	n := build(t, ruled+`domains statefulRules ALLOWLIST tls example.com`)
	o := New(n).Walk(ask(t, n, "eni-a > 8.8.8.8 tcp 443 tls=evil.test"))[0]
	last := o.Request[len(o.Request)-1]
	if want := (Hop{"firewall", "fw", Deny, "stateful: names that are not on the allow list of statefulRules", "FIREWALL_RULES_RESTRICTION"}); last != want {
		t.Errorf("got %v, want %v", last, want)
	}
}
