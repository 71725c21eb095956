package synth

import (
	"fmt"
	"strings"
)

// Segmentation is an organization in the language of docs/language.md: environments of an account each, in three zones and three tiers, with about as many roles as are asked
// for in all of them together: products of four (web, app, cache, db), and two that others use. Each environment reads a replica of the next one by peering, and offers a service by
// PrivateLink to the one after it.
func Segmentation(environments, roles int) string {
	var b strings.Builder
	say := func(format string, values ...any) { fmt.Fprintf(&b, format+"\n", values...) }
	name := func(i int) string { return fmt.Sprintf("env-%02d", i%environments) }
	for i := range environments {
		say(`environment %q {
  account = "%012d"
  region  = "us-east-1"
  zones   = ["us-east-1a", "us-east-1b", "us-east-1c"]

  tier "public" {
    internet = "direct"
  }
  tier "app" {
    internet = "filtered"
  }
  tier "data" {
    internet = "none"
  }
}
`, name(i), 100000000000+i)
		for product := range roles / environments / 4 {
			say("service %q \"web-%d\" {\n  tier   = \"public\"\n  serves = [\"tcp/443\"]\n}", name(i), product)
			say("service %q \"app-%d\" {\n  tier   = \"app\"\n  serves = [\"tcp/8443\"]\n}", name(i), product)
			say("service %q \"cache-%d\" {\n  tier   = \"data\"\n  serves = [\"tcp/6379\"]\n}", name(i), product)
			say("service %q \"db-%d\" {\n  tier   = \"data\"\n  serves = [\"tcp/5432\"]\n}", name(i), product)
			say("flow \"internet\" \"%s/web-%d\" {}", name(i), product)
			say("flow \"%s/web-%d\" \"%s/app-%d\" {}", name(i), product, name(i), product)
			say("flow \"%s/app-%d\" \"%s/cache-%d\" {\n  reason = \"sessions\"\n}", name(i), product, name(i), product)
			say("flow \"%s/app-%d\" \"%s/db-%d\" {\n  reason = \"orders\"\n}", name(i), product, name(i), product)
			say("egress %q \"app-%d\" {\n  domains = [\"*.example.com\", \"api.example.org\"]\n}\n", name(i), product)
		}
		say("service %q \"replica\" {\n  tier   = \"data\"\n  serves = [\"tcp/5432\"]\n}", name(i))
		say("service %q \"api\" {\n  tier   = \"app\"\n  serves = [\"tcp/443\"]\n}", name(i))
		if environments > 2 {
			say("flow \"%s/app-0\" \"%s/replica\" {\n  via = \"peering\"\n}", name(i), name(i+1))
			say("flow \"%s/app-0\" \"%s/api\" {\n  via      = \"privatelink\"\n  hostname = \"api.%s.example\"\n}\n", name(i), name(i+2), name(i+2))
		}
		say("forbid \"internet\" \"%s/tier:data\" {\n  reason = \"no way in\"\n}\nforbid \"%s/tier:data\" \"internet\" {}\n", name(i), name(i))
	}
	return b.String()
}
