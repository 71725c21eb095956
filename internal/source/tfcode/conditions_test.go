package tfcode

import (
	"strings"
	"testing"
)

// Conditions that placeholders fail are warnings, wherever the placeholders come from.
func TestConditionsOfPlaceholders(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
variable "expected" {
  default = "vpc-11111111"
  validation {
    condition     = length(var.expected) == 12
    error_message = "Not an id."
  }
}
locals {
  chosen = { vpc = module.net["a"].ids }
}
module "net" {
  source   = "./net"
  for_each = toset(["a"])
}
module "user" {
  source = "./user"
  ids    = local.chosen.vpc
}
resource "aws_eip" "this" {
  for_each = toset(module.net["a"].ids)
  lifecycle {
    precondition {
      condition     = each.key == var.expected
      error_message = "It is not that VPC."
    }
  }
}
-- infra/net/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
output "ids" {
  value = aws_vpc.this[*].id
}
-- infra/user/main.tf --
variable "ids" {
  validation {
    condition     = alltrue([for id in var.ids : startswith(id, "vpc-1")])
    error_message = "Not one of ours."
  }
}
output "first" {
  value = var.ids[0]
  precondition {
    condition     = length(var.ids[0]) < 13
    error_message = "Too long."
  }
}
`)
		result := plan(t, Options{Dir: "infra"})
		warned(t, result,
			"infra/main.tf:22: the precondition of aws_eip.this does not hold here", "It is not that VPC.",
			"infra/user/main.tf:2: the validation of variable.ids does not hold here", "Not one of ours.",
			"infra/user/main.tf:9: the precondition of output.first does not hold here")
		if strings.Contains(strings.Join(result.Warnings, "\n"), "variable.expected") {
			t.Errorf("a condition that holds is warned of:\n%s", strings.Join(result.Warnings, "\n"))
		}
	})
}

// What the code and the user say has to hold: no placeholder is to blame.
func TestConditionsOfConstants(t *testing.T) {
	for name, archive := range map[string]string{
		"in the root": `
-- infra/main.tf --
variable "size" {
  default = 3
  validation {
    condition     = var.size < 3
    error_message = "It does not fit."
  }
}
`,
		"through a module and a local": `
-- infra/main.tf --
locals { size = max(1, 3) }
module "m" {
  source = "./m"
  size   = local.size
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
-- infra/m/main.tf --
variable "size" {
  validation {
    condition     = var.size < 3
    error_message = "It does not fit."
  }
}
`,
		"by an argument of a resource": `
-- infra/main.tf --
variable "block" { default = "10.0.0.0/16" }
resource "aws_vpc" "this" {
  cidr_block = var.block
  lifecycle {
    postcondition {
      condition     = self.cidr_block == "10.1.0.0/16"
      error_message = "It does not fit."
    }
  }
}
`,
		"in JSON": `
-- infra/main.tf.json --
{"resource": {"aws_vpc": {"this": {"cidr_block": "10.0.0.0/16", "lifecycle": {"precondition": [
  {"condition": "${path.module == \".\"}", "error_message": "Not here."},
  {"condition": "${terraform.workspace != \"default\"}", "error_message": "It does not fit."}
]}}}}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			eachProgram(t, func(t *testing.T) {
				folder(t, archive)
				wants(t, refused(t, Options{Dir: "infra"}), "It does not fit.")
			})
		})
	}
}

// In JSON, too, each condition is passed over by itself.
func TestConditionsInJSON(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf.json --
{
  "resource": {"aws_vpc": {"this": {
    "cidr_block": "10.0.0.0/16",
    "lifecycle": {
      "postcondition": [
        {
          "condition": "${self.cidr_block == \"10.0.0.0/16\"}",
          "error_message": "Another block."
        },
        {
          "condition": "${self.id == \"vpc-1\"}",
          "error_message": "Another VPC."
        }
      ]
    }
  }}},
  "module": {"m": {"source": "./m", "id": "${aws_vpc.this.id}"}},
  "output": {"id": {"value": "${aws_vpc.this.id}", "precondition": {"condition": "${aws_vpc.this.id == \"vpc-1\"}", "error_message": "Not for output."}}}
}
-- infra/m/main.tf.json --
{
  "variable": {
    "id": {
      "validation": {
        "condition": "${length(var.id) < 13}",
        "error_message": "Too long."
      }
    }
  }
}
`)
		result := plan(t, Options{Dir: "infra"})
		warned(t, result,
			"infra/main.tf.json:11: the postcondition of aws_vpc.this does not hold here", "Another VPC.",
			"infra/main.tf.json:18: the precondition of output.id does not hold here", "Not for output.",
			"infra/m/main.tf.json:5: the validation of variable.id does not hold here", "Too long.")
		if text := strings.Join(result.Warnings, "\n"); strings.Contains(text, "Another block") || strings.Count(text, "postcondition") != 1 {
			t.Errorf("warnings:\n%s", text)
		}
	})
}

// Conditions that placeholders fail are warnings; so are checks.
func TestConditions(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  lifecycle {
    postcondition {
      condition     = self.id == "vpc-11111111"
      error_message = "It is another VPC."
    }
  }
}
resource "aws_eip" "this" {
  lifecycle {
    precondition {
      condition     = aws_vpc.this.id == "vpc-22222222"
      error_message = "It is not that VPC."
    }
  }
}
check "name" {
  assert {
    condition     = aws_vpc.this.id == "vpc-33333333"
    error_message = "Not checked."
  }
}
module "m" {
  source = "./m"
  id     = aws_vpc.this.id
}
-- infra/m/main.tf --
variable "id" {
  validation {
    condition     = length(var.id) < 13
    error_message = "Too long."
  }
}
output "id" {
  value = var.id
  precondition {
    condition     = var.id == "vpc-44444444"
    error_message = "Not that one."
  }
}
`)
		result := plan(t, Options{Dir: "infra"})
		warned(t, result,
			"infra/main.tf:4: the postcondition of aws_vpc.this does not hold here", "It is another VPC.",
			"infra/main.tf:12: the precondition of aws_eip.this does not hold here",
			"infra/main.tf:20: a check does not hold here: Not checked.",
			"infra/m/main.tf:2: the validation of variable.id does not hold here", "infra/m/main.tf:9: the precondition of output.id does not hold here")
		read(t, result).after(t, "aws_eip.this")
	})
}
