package tfcode

import (
	"os"
	"strings"
	"testing"
)

// What Terraform objects to is shown as Terraform shows it, with the user's paths.
func TestTerraformErrors(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = local.absent
}
resource "aws_eip" "this" {
  tags = { Name = file("${path.module}/absent.txt") }
}
`)
		message := refused(t, Options{Dir: "infra"})
		wants(t, message, "Error: Reference to undeclared local value", "on infra/main.tf line 2, in resource \"aws_vpc\" \"this\":", "   2:   cidr_block = local.absent")
		if strings.Contains(message, os.TempDir()+"/watertight-") {
			t.Errorf("the copy's path shows:\n%s", message)
		}
		folder(t, `
-- infra/main.tf --
module "m" {
  source = "../shared/m"
  size   = 3
}
-- shared/m/main.tf --
variable "size" {
  validation {
    condition     = var.size < 3
    error_message = "It does not fit."
  }
}
`)
		wants(t, refused(t, Options{Dir: "infra"}), "on infra/main.tf line 3, in module \"m\":", "It does not fit.", "the validation rule at shared/m/main.tf:2,3-13.")
		folder(t, "-- infra/one.tf --\nvariable \"x\" {\n}\n-- infra/two.tf --\nvariable \"x\" {\n}\n")
		wants(t, refused(t, Options{Dir: "infra"}), "on infra/two.tf line 1", "already declared at infra/one.tf:1,1-13")
		for code, want := range map[string]string{
			"resource \"aws_vpc\" \"this\" {\n  cidr_block = \"10.0.0.0/16\"\n  tags {\n  }\n}\n":                         "Error: Unsupported block type",
			"resource \"aws_vpc\" \"this\" {\n  dynamic \"colour\" {\n    for_each = [1]\n    content {\n    }\n  }\n}\n": "Error: Unsupported block type",
			"module \"m\" {\n  source = \"../m\"\n  size   = 1\n  colour = \"red\"\n}\n":                                  "Error: Unsupported argument",
			"module \"m\" {\n  source = \"../m\"\n}\n":                                                                    "Error: Missing required argument",
			"resource \"aws_subnet\" \"this\" {\n}\n":                                                                     "Error: Missing required argument",
		} {
			folder(t, "-- infra/main.tf --\n"+code+"-- m/main.tf --\nvariable \"size\" {\n}\n")
			wants(t, refused(t, Options{Dir: "infra"}), want, "on infra/main.tf line ")
		}
		folder(t, "-- infra/main.tf --\nresource \"aws_vpc\" {\n")
		wants(t, refused(t, Options{Dir: "infra"}), "│ Error:", "infra/main.tf line 1")
		wants(t, refused(t, Options{Dir: "absent"}), "absent does not exist")
		folder(t, "-- infra/readme.md --\n")
		wants(t, refused(t, Options{Dir: "infra"}), "infra has no Terraform code")
		folder(t, network)
		if _, err := try(t, Options{Dir: "infra", Terraform: "no-such-terraform"}); err == nil || !strings.Contains(err.Error(), "--terraform") {
			t.Errorf("a program that is not there gives %v", err)
		}
	})
}
