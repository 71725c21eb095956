package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/report"
)

// notModelled is what answers do not take into account: components that the engine does not evaluate, among them the elements
// of lists that nothing reads, and lists that were not collected. Matters tells of a kind whether this answer hangs on it.
func (s *Session) notModelled(matters func(kind string) bool) []report.NotModelled {
	counts := map[string]int{}
	for _, u := range s.engine().Unmodelled() {
		counts[u.Kind] += u.Count
	}
	for _, g := range s.network.Gaps {
		if g.Assumed {
			continue
		}
		counts[report.MissingList+g.List+": "+g.Reason]++
	}
	out := []report.NotModelled{}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		word := kind
		if rest, ok := strings.CutPrefix(kind, report.MissingList); ok { // doubts name a list by its key alone
			word = rest[:strings.IndexByte(rest, ':')]
		}
		out = append(out, report.NotModelled{Kind: kind, Count: counts[kind], Matters: matters(word)})
	}
	slices.SortStableFunc(out, func(a, b report.NotModelled) int {
		switch {
		case a.Matters == b.Matters:
			return cmp.Compare(a.Kind, b.Kind)
		case a.Matters:
			return -1
		}
		return 1
	})
	return out
}

// assumed says which lists were taken to be empty: an answer leans on that.
func (s *Session) assumed() []string {
	var lists []string
	for _, g := range s.network.Gaps {
		if g.Assumed && !slices.Contains(lists, g.List) {
			lists = append(lists, g.List)
		}
	}
	slices.Sort(lists)
	return lists
}

// names tells whether words name a kind of component, or a list by its key.
func names(kind, words string) bool {
	return kind != "" && strings.Contains(strings.ToLower(words), strings.ToLower(kind))
}

// remedies say how to make known what is not, by a word in the code, kind or rule of a doubt.
var remedies = []struct{ word, remedy string }{
	{"is looked up in aws", "Give what has it with --from: a folder of AWS's answers, a state, or another plan."},
	{"--remote-state", "Give the file with the flag that the line above names."},
	{"plan is applied", "watertight plan DIR, on the Terraform code itself, knows what the plan does not."},
	{"before it is applied", "watertight plan DIR, on the Terraform code itself, knows what the plan does not."},
	{"before aws chooses it", "AWS chooses it when the plan is applied: ask a state, or what was collected, after that."},
	{"pool of ipam", "AWS chooses it when the plan is applied: ask a state, or what was collected, after that."},
	{"managed elsewhere", "Give what manages it with --from as well: another plan, a state, or a folder that was collected."},
	{"which is not evaluated", "Read the rule, and decide whether it matches this traffic: the input has all of it."},
	{"not evaluated", "The input has it, and it is not evaluated: ask about the connections on either side of it on their own."},
	{"not collected", "Collect what the line above names: docs/collect.md has the calls."},
	{"not in the input", "Give what has the thing that the line above names with --from as well: its account (docs/collect.md has the calls), or the plan or state that manages it."},
	{"not ready", "Once the endpoint of the firewall is READY (aws network-firewall describe-firewall tells), collect Firewalls again."},
	{"not documented", "AWS does not document it: try it out, or lead traffic where it does not matter."},
	{"not understood", "Read what the line above names: the input has it, and it is not understood."},
	{"inspects tls", "What becomes of data that is decrypted is not evaluated: look at the policy's TLS inspection configuration."},
	{"default aws:", "What this default does to such packets is not documented: try it out, or write a rule that passes or drops them."},
	{"network firewall", "The input has the firewall: read what the line above names, and decide what it does with this packet."},
	{"transit gateway", "Collect all lists of the transit gateway, in the account that owns it: docs/collect.md has the calls. What is behind VPN, Direct Connect and Connect attachments is not evaluated."},
	{"listener rule", "Collect ListenerRules (aws elbv2 describe-rules for every listener)."},
	{"listener", "Collect LoadBalancerListeners and ListenerRules (aws elbv2 describe-listeners, describe-rules)."},
	{"cross-zone", "Collect LoadBalancerAttributes and TargetGroupAttributes (aws elbv2 describe-load-balancer-attributes, describe-target-group-attributes)."},
	{"attribute", "Collect LoadBalancerAttributes and TargetGroupAttributes (aws elbv2 describe-load-balancer-attributes, describe-target-group-attributes)."},
	{"registered", "Collect TargetGroups and LoadBalancerTargetHealth (aws elbv2 describe-target-groups, describe-target-health for every group)."},
	{"target group", "Collect TargetGroups, TargetGroupAttributes and LoadBalancerTargetHealth (aws elbv2 describe-target-groups, describe-target-group-attributes, describe-target-health)."},
	{"endpoint service", "Collect ServiceConfigurations and LoadBalancers in the account that provides the service (aws ec2 describe-vpc-endpoint-service-configurations), and give it with --from."},
	{"load balancer", "Collect LoadBalancers, LoadBalancerListeners, ListenerRules, TargetGroups, their attributes and LoadBalancerTargetHealth of its account: docs/collect.md has the calls."},
	{"hosted zone", "Collect HostedZones and ResourceRecordSets (aws route53 list-hosted-zones, list-resource-record-sets)."},
	{"appliance", "What an appliance does with a packet is not in AWS's configuration: look at the appliance."},
	{"source/destination check", "What an appliance does with a packet is not in AWS's configuration: look at the appliance."},
	{"endpoint", "Collect VpcEndpoints here, and the lists of the account that provides the service. What is behind a Gateway Load Balancer endpoint is not in AWS's configuration: look at the appliance."},
	{"peer", "Collect the account and Region on the other side, and give both with --from."},
	{"account", "Collect that account and give both with --from."},
	{"prefix list", "Collect ManagedPrefixListEntries (aws ec2 get-managed-prefix-list-entries), or PrefixLists for lists of AWS."},
}

func (s *Session) remedy(kind, code, rule string) string {
	if kind == "network firewall" { // whatever else its reason names
		rule += " of a " + kind
	}
	for _, where := range []string{rule, kind, code} {
		for _, r := range remedies {
			if names(r.word, strings.ReplaceAll(where, "_", " ")) {
				return r.remedy
			}
		}
	}
	return fmt.Sprintf("Look at the %s yourself: the input does not tell what it does with this packet.", cmp.Or(kind, "network"))
}
