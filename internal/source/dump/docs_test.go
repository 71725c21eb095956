package dump

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/dump.md has every list with its call, docs/collect.md makes every list, and its policy allows every call and no other.
func TestDocumented(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dump, collect := read("dump.md"), read("collect.md")
	for _, l := range lists {
		if l.idle {
			continue
		}
		call, _, _ := strings.Cut(strings.TrimPrefix(l.call, "aws "), " for each")
		call, _, _ = strings.Cut(call, " --")
		if !strings.Contains(dump, "`"+l.key+"`") || !strings.Contains(dump, "`"+call) {
			t.Errorf("docs/dump.md lacks %s or its call, %s", l.key, call)
		}
		if !strings.Contains(collect, " "+l.key+" ") || !strings.Contains(collect, call) {
			t.Errorf("docs/collect.md lacks %s or its call, %s", l.key, call)
		}
		if l.needed != strings.Contains(dump, "`"+l.key+"` (needed)") {
			t.Errorf("docs/dump.md is wrong about whether %s is needed", l.key)
		}
	}
	script, policy, _ := strings.Cut(collect, "## The policy")
	calls := map[string]bool{}
	for _, m := range regexp.MustCompile(`(ec2|elbv2|elb|rds|ecs|eks|opensearch|elasticache|lambda|network-firewall|route53) ((?:describe|list|get|search)-[a-z-]+)`).FindAllStringSubmatch(script, -1) {
		service := map[string]string{"elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing", "opensearch": "es"}[m[1]]
		if service == "" {
			service = m[1]
		}
		calls[strings.ToLower(service+":"+strings.ReplaceAll(m[2], "-", ""))] = true
	}
	for _, m := range regexp.MustCompile(`"([a-z0-9-]+:[A-Z]\w+)"`).FindAllStringSubmatch(policy, -1) {
		action := strings.ToLower(m[1])
		if !calls[action] {
			t.Errorf("the policy allows %s, which the script does not call", m[1])
		}
		delete(calls, action)
	}
	for call := range calls {
		t.Errorf("the script calls %s, which the policy does not allow", call)
	}
}
