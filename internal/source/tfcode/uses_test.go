package tfcode

import (
	"strings"
	"testing"
)

// What the code in JSON uses of a provider that is not there is told apart as far as it shows: blocks from arguments, by how they are read and written.
func TestInferredJSON(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf.json --
{
  "terraform": {"required_providers": {"acme": {"source": "example/acme"}}},
  "locals": {"ports": [80, 443]},
  "resource": {
    "acme_network": {
      "this": {
        "//": "a remark",
        "labels": {"tier": "web"},
        "metadata": {"name": "x", "spec": {"size": 3}},
        "rule": [{"port": 22}, {"port": 23}],
        "dynamic": {"listener": {"for_each": "${local.ports}", "content": {"port": "${listener.value}"}}}
      }
    },
    "aws_eip": {
      "this": {"tags": {
        "Name": "${acme_network.this.metadata[0].name}", "Tier": "${acme_network.this.labels[\"tier\"]}", "Rule": "${acme_network.this.rule[1].port}",
        "Listener": "${acme_network.this.listener[1].port}", "Size": "${acme_network.this.metadata[0].spec[0].size}", "Key": "${acme_network.this.key}"
      }}
    }
  }
}
`)
		tags := read(t, plan(t, Options{Dir: "infra"})).after(t, "aws_eip.this")["tags"].(map[string]any)
		for name, want := range map[string]string{"Name": "x", "Tier": "web", "Rule": "23", "Listener": "443", "Size": "3"} {
			if tags[name] != want {
				t.Errorf("%s is %v, not %s", name, tags[name], want)
			}
		}
		if key, _ := tags["Key"].(string); strings.TrimSpace(key) == "" {
			t.Error("nothing stands for the key")
		}
	})
}
