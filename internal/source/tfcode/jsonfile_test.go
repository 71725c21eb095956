package tfcode

import (
	"path/filepath"
	"testing"
)

// Code in JSON is code.
func TestJSONSyntax(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		dir := folder(t, `
-- infra/main.tf.json --
{
  "terraform": {"backend": {"s3": {"bucket": "x", "key": "y", "region": "us-east-1"}}},
  "data": {"terraform_remote_state": {"net": {"backend": "s3", "config": {"bucket": "x"}}}},
  "resource": {
    "aws_vpc": {
      "this": {
        "//": "watertight:ignore open-to-internet until=2027-01-31 it is a test",
        "cidr_block": "10.0.0.0/16",
        "tags": {"Cwd": "${path.cwd}", "Other": "${data.terraform_remote_state.net.outputs.vpc_id}"},
        "lifecycle": {"postcondition": {"condition": "${self.id == \"vpc-1\"}", "error_message": "Not it."}}
      }
    }
  }
}
`)
		result := plan(t, Options{Dir: "infra"})
		d := read(t, result)
		if got := d.after(t, "aws_vpc.this")["tags"].(map[string]any)["Cwd"]; got != filepath.Join(dir, "infra") {
			t.Errorf("path.cwd is %v", got)
		}
		if got := d.Annotations.Resources["aws_vpc.this"]; got.File != "infra/main.tf.json" || got.Line < 6 || got.Line > 7 {
			t.Errorf("the VPC is at %s:%d", got.File, got.Line)
		}
		if len(d.Annotations.Suppressions) != 1 || d.Annotations.Suppressions[0].Address != "aws_vpc.this" || d.Annotations.Suppressions[0].Line != 7 {
			t.Errorf("suppressions: %+v", d.Annotations.Suppressions)
		}
		warned(t, result, "does not hold here")
	})
}
