package tfcode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// unknown are the addresses of what is not known in full when the plan is made, and of data sources that were not read.
func unknown(t *testing.T, r *Result) (list []string) {
	t.Helper()
	var d struct {
		ResourceChanges []struct {
			Address, Mode string
			Change        struct {
				Unknown json.RawMessage `json:"after_unknown"`
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(r.Document, &d); err != nil {
		t.Fatal(err)
	}
	for _, change := range d.ResourceChanges {
		if change.Mode == "data" || strings.Contains(string(change.Change.Unknown), "true") {
			list = append(list, change.Address)
		}
	}
	return list
}

// What Terraform would put off is read while it plans, so that nothing stays unknown: data sources that refer to resources, in whatever place of the block and
// however they are written, that have depends_on, or that are in modules that do.
const deferred = `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
variable "zones" {
  default = ["a", "b"]
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = "us-east-1${var.zones[count.index]}"
}
data "aws_vpc" "direct" {
  id = aws_vpc.this.id
}
data "aws_subnet" "each" {
  for_each = { for i, s in aws_subnet.this : i => s.id }
  id       = each.value
}
data "aws_subnet" "splat" {
  id = "${element(aws_subnet.this[*].id, 1)}"
}
data "aws_subnets" "nested" {
  filter {
    name   = "vpc-id"
    values = [
      aws_vpc.this.id, # the only one
    ]
  }
  depends_on = [
    aws_subnet.this, # all
    module.groups,
  ]
}
data "aws_vpcs" "bare" {
  depends_on = [aws_vpc.this]
}
data "aws_vpc" "checked" {
  id = aws_vpc.this.id
  lifecycle {
    postcondition {
      condition     = self.cidr_block == "10.0.0.0/16"
      error_message = "Not that VPC."
    }
  }
}
module "groups" {
  source = "../modules/groups"
  vpc    = data.aws_vpc.direct.id
}
module "late" {
  source     = "../modules/late"
  depends_on = [module.groups, aws_subnet.this]
  count      = 2
}
resource "aws_security_group" "direct" {
  name   = "direct"
  vpc_id = data.aws_vpc.direct.id
  tags = {
    Zone   = data.aws_subnet.splat.availability_zone
    Block  = data.aws_subnet.each["0"].cidr_block
    Nested = join(",", data.aws_subnets.nested.ids)
    Bare   = join(",", data.aws_vpcs.bare.ids)
    Seen   = data.aws_vpc.checked.id
    Direct = data.aws_vpc.direct.cidr_block
  }
}
output "group" { value = module.late[0].group }
-- modules/groups/main.tf --
variable "vpc" {}
resource "aws_security_group" "this" {
  name   = "named"
  vpc_id = var.vpc
}
-- modules/late/main.tf --
data "aws_security_group" "found" {
  name = "named"
}
data "aws_region" "here" {
}
module "deep" {
  source = "./deep"
}
resource "aws_security_group_rule" "this" {
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = data.aws_security_group.found.id
  description       = data.aws_region.here.name
}
output "group" { value = module.deep.group }
-- modules/late/deep/main.tf --
data "aws_security_group" "found" {
  name = "named"
}
output "group" { value = data.aws_security_group.found.id }
`

func TestReadEarly(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, deferred)
		result := plan(t, Options{Dir: "infra"})
		if list := unknown(t, result); len(list) > 0 {
			t.Errorf("not known: %v", list)
		}
		if again := plan(t, Options{Dir: "infra"}); !bytes.Equal(result.Document, again.Document) {
			t.Errorf("the second run differs: %s", firstDifference(result.Document, again.Document))
		}
		d := read(t, result)
		vpc := d.after(t, "aws_vpc.this")["id"]
		group := d.after(t, "aws_security_group.direct")
		tags := group["tags"].(map[string]any)
		if group["vpc_id"] != vpc || tags["Zone"] != "us-east-1b" || tags["Block"] != "10.0.0.0/24" || tags["Seen"] != vpc || tags["Direct"] != "10.0.0.0/16" {
			t.Errorf("the group is %v", group)
		}
		// What depends_on asks for is there when the data source is read.
		found := d.after(t, "module.groups.aws_security_group.this")["id"]
		if got := d.after(t, "module.late[1].aws_security_group_rule.this")["security_group_id"]; got != found || d.output("group") != found {
			t.Errorf("the group that is found by its name is %v, and not %v", got, found)
		}
		warned(t, result, "infra/main.tf:44: the postcondition of data.aws_vpc.checked was passed over")
		if strings.Contains(string(result.Document), "watertight_") {
			at := strings.Index(string(result.Document), "watertight_")
			t.Errorf("the document shows what only the copy has: %s", result.Document[max(0, at-200):at+200])
		}
		if got := d.Annotations.Resources["aws_security_group.direct"]; got.Line != 59 {
			t.Errorf("the group is at line %d", got.Line)
		}
	})
}

// What stays unknown all the same is told: the arguments of a data source may be known only when Terraform applies.
func TestReadLate(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, strings.ReplaceAll(deferred, "id = aws_vpc.this.id\n}\ndata \"aws_subnet\" \"each\"", "id = aws_vpc.this.id\n  tags = { Now = timestamp() }\n}\ndata \"aws_subnet\" \"each\""))
		result := plan(t, Options{Dir: "infra"})
		list := fmt.Sprint(unknown(t, result))
		wants(t, list, "data.aws_vpc.direct", "aws_security_group.direct")
		warned(t, result, "infra/main.tf:16: data.aws_vpc.direct is read only when", "an argument of it is not known before: what comes from it stays unknown")
	})
}

// The same in JSON, where a folder has nothing else.
func TestReadEarlyJSON(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf.json --
{
  "provider": {"aws": {"region": "us-east-1"}},
  "resource": {
    "aws_vpc": {"this": {"cidr_block": "10.0.0.0/16"}},
    "aws_security_group": {
      "named": {"name": "named", "vpc_id": "${aws_vpc.this.id}"},
      "x": {"name": "x-${data.aws_security_group.found.id}", "vpc_id": "${data.aws_vpc.direct.id}"}
    }
  },
  "data": {
    "aws_vpc": {"direct": {"id": "${aws_vpc.this.id}"}},
    "aws_security_group": {"found": [{"name": "named", "depends_on": ["aws_security_group.named"]}]}
  },
  "module": {"m": {"source": "./m", "depends_on": [
    "aws_vpc.this"
  ]}},
  "output": {"wrong": {"value": "${aws_vpc.that.id}"}}
}
-- infra/m/main.tf.json --
{"data": {"aws_security_group": {"found": {"name": "named"}}}, "output": {"id": {"value": "${data.aws_security_group.found.id}"}}}
`)
		wants(t, refused(t, Options{Dir: "infra"}), "infra/main.tf.json line 17", `"${aws_vpc.that.id}"`)
		replaceIn(t, "infra/main.tf.json", "aws_vpc.that", "aws_vpc.this")
		result := plan(t, Options{Dir: "infra"})
		if list := unknown(t, result); len(list) > 0 {
			t.Errorf("not known: %v", list)
		}
		d := read(t, result)
		if got := d.after(t, "aws_security_group.x"); got["vpc_id"] != d.after(t, "aws_vpc.this")["id"] || got["name"] != "x-"+d.after(t, "aws_security_group.named")["id"].(string) {
			t.Errorf("the group is %v", got)
		}
	})
}

// Errors are where the user wrote them, in the user's words, although the copy says something else.
func TestErrorsInData(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
data "aws_vpc" "x" {
  depends_on = [
    aws_vpc.this,
  ]
  id = cidrsubnet(aws_vpc.this.cidr_block, 40, 1)
}
`)
		message := refused(t, Options{Dir: "infra"})
		wants(t, message, "on infra/main.tf line 8, in data \"aws_vpc\" \"x\":", "   8:   id = cidrsubnet(aws_vpc.this.cidr_block, 40, 1)", "│ aws_vpc.this.cidr_block is \"10.0.0.0/16\"")
		if strings.Contains(message, "watertight_") {
			t.Errorf("the copy's names show:\n%s", message)
		}
	})
}

// The output of terraform_data is its input, which is known.
func TestTerraformData(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "terraform_data" "one" {
  input = { vpc = aws_vpc.this.id }
}
resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = "${aws_vpc.this.id}-${each.key}"
}
resource "terraform_data" "list" {
  count = 2
  input = count.index
}
resource "aws_security_group" "this" {
  for_each = toset(["a", "b"])
  name     = terraform_data.each[each.key].output
  vpc_id   = terraform_data.one.output.vpc
  tags = {
    List = join(",", terraform_data.list[*].output)
    One  = "${terraform_data.list[1].output}"
    A    = terraform_data.each["a"].output
  }
}
-- infra/more.tf.json --
{"resource": {"aws_security_group": {"more": {"name": "more", "vpc_id": "${terraform_data.one.output.vpc}"}}}}
`)
		result := plan(t, Options{Dir: "infra"})
		for _, address := range unknown(t, result) {
			if !strings.HasPrefix(address, "terraform_data.") { // its own id
				t.Errorf("%s is not known", address)
			}
		}
		d := read(t, result)
		vpc := d.after(t, "aws_vpc.this")["id"].(string)
		group := d.after(t, `aws_security_group.this["b"]`)
		tags := group["tags"].(map[string]any)
		if group["vpc_id"] != vpc || group["name"] != vpc+"-b" || tags["List"] != "0,1" || tags["One"] != "1" || tags["A"] != vpc+"-a" {
			t.Errorf("the group is %v", group)
		}
		if got := d.after(t, "aws_security_group.more")["vpc_id"]; got != vpc {
			t.Errorf("the group in JSON is in %v", got)
		}
	})
}
