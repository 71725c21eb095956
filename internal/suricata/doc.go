// Package suricata reads and writes the rules of AWS Network Firewall's stateful engine, which is Suricata.
//
// It knows the language as far as a path can depend on it (semantics FW-8): actions, protocols, addresses, ports, direction, flow, and the names that
// clients send in TLS and HTTP. Of every other option it keeps the keyword: whoever evaluates the rule then knows that there is more to it.
//
// Invariants:
//
//   - No rule is lost. One that Suricata would refuse is there all the same, with a Defect and its Text, and nothing else.
//   - What is kept of a rule is never narrower than the rule: a condition that is understood in part only (content after a transformation, a negated
//     content within limits) is not among its Names, and its keyword is among the Unevaluated ones.
//   - Expressions are kept as they are written, with two exceptions that mean the same: a range of addresses is the blocks that it consists of, and a list
//     within a list that is not negated is part of the outer one, as Suricata reads it.
//   - [Render] writes what [Parse] reads back as the same rule, its Text and Origin aside.
//
// One rule to a line; a backslash at the end of a line goes on with the next one; lines that begin with # are comments:
//
//	rules, errors := suricata.Parse(`pass tls $HOME_NET any -> any 443 (tls.sni; dotprefix; content:".example.com"; endswith; sid:1;)`)
//	for _, err := range errors {
//		fmt.Println(err) // line 1, column 17: …
//	}
//	fmt.Println(rules[0].Names[0].Content) // .example.com
package suricata
