package tfcode

import (
	"strings"
	"testing"
)

// Each instance of a remote state with for_each or count has a state of its own: the file that is given for its key, or for all, or placeholders.
func TestKeyedRemoteStates(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
data "terraform_remote_state" "net" {
  for_each = toset(["a", "b", "c d"])
  backend  = "s3"
  config = {
    bucket = "states"
    key    = each.key
    region = "us-east-1"
  }
}
data "terraform_remote_state" "more" {
  count   = 2
  backend = "s3"
}
resource "aws_security_group" "web" {
  for_each = data.terraform_remote_state.net
  name     = "web-${each.key}"
  vpc_id   = each.value.outputs.vpc_id
}
resource "aws_security_group" "direct" {
  name   = "direct"
  vpc_id = data.terraform_remote_state.net["a"].outputs.vpc_id
}
resource "aws_security_group" "more" {
  count  = 2
  name   = "more"
  vpc_id = data.terraform_remote_state.more[count.index].outputs.vpc_id
}
-- a.json --
{"format_version":"1.0","values":{"outputs":{"vpc_id":{"value":"vpc-0aaaaaaaaaaaaaaaa"}}}}
-- b.json --
{"format_version":"1.0","values":{"outputs":{"vpc_id":{"value":"vpc-0bbbbbbbbbbbbbbbb"}}}}
`)
		vpc := func(d document, address string) string {
			id, _ := d.after(t, address)["vpc_id"].(string)
			return id
		}
		d := read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net[a]": "a.json", `net["b"]`: "b.json", "more[1]": "b.json"}}))
		for address, want := range map[string]string{
			`aws_security_group.web["a"]`: "vpc-0aaaaaaaaaaaaaaaa", `aws_security_group.web["b"]`: "vpc-0bbbbbbbbbbbbbbbb", "aws_security_group.direct": "vpc-0aaaaaaaaaaaaaaaa",
			"aws_security_group.more[1]": "vpc-0bbbbbbbbbbbbbbbb",
		} {
			if got := vpc(d, address); got != want {
				t.Errorf("%s is in %s, not in %s", address, got, want)
			}
		}
		for address, owner := range map[string]string{`aws_security_group.web["c d"]`: `data.terraform_remote_state.net["c d"]`, "aws_security_group.more[0]": "data.terraform_remote_state.more[0]"} {
			if got := d.Annotations.Placeholders[vpc(d, address)]; got != owner {
				t.Errorf("%s is in %s, which stands for %q", address, vpc(d, address), got)
			}
		}
		if len(d.Annotations.Lookups) != 2 {
			t.Fatalf("lookups: %+v", d.Annotations.Lookups)
		}
		wants(t, d.Annotations.Lookups[1].Message, "--remote-state net[c d]=FILE")

		d = read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net": "a.json", "*": "b.json"}}))
		if a, c, more := vpc(d, `aws_security_group.web["a"]`), vpc(d, `aws_security_group.web["c d"]`), vpc(d, "aws_security_group.more[0]"); a != c || a != "vpc-0aaaaaaaaaaaaaaaa" || more != "vpc-0bbbbbbbbbbbbbbbb" {
			t.Errorf("one file for all gives %s, %s and %s", a, c, more)
		}
		if len(d.Annotations.Lookups) != 0 {
			t.Errorf("lookups: %+v", d.Annotations.Lookups)
		}
		wants(t, refused(t, Options{Dir: "infra", RemoteStates: map[string]string{"nett[a]": "a.json"}}), "--remote-state nett[a]")
	})
}

const reader = `
-- infra/main.tf --
data "terraform_remote_state" "net" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "net"
    region = "us-east-1"
  }
}
locals {
  net = data.terraform_remote_state.net.outputs
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.terraform_remote_state.net.outputs.vpc_id
}
resource "aws_network_interface" "web" {
  for_each  = { for i, s in local.net.private_subnets : i => s }
  subnet_id = each.value
}
resource "aws_vpc" "more" {
  cidr_block = local.net.blocks.more
}
`

// A remote state is read from the file that is given, or else placeholders stand for its outputs.
func TestRemoteState(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, reader+`
-- net.tfstate --
{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"x","resources":[],"outputs":{
  "vpc_id":{"value":"vpc-0aaaaaaaaaaaaaaaa","type":"string"},
  "private_subnets":{"value":["subnet-1"],"type":["list","string"]},
  "blocks":{"value":{"more":"10.7.0.0/16"},"type":["map","string"]}}}
-- plan.json --
{"format_version":"1.0","planned_values":{"outputs":{"vpc_id":{"sensitive":false},"private_subnets":{"value":["subnet-1"]},"blocks":{"value":{"more":"10.9.0.0/16"}}}}}
-- net.json --
{"format_version":"1.0","values":{"outputs":{"vpc_id":{"value":"vpc-0bbbbbbbbbbbbbbbb"},"private_subnets":{"value":["subnet-1","subnet-2"]},"blocks":{"value":{"more":"10.8.0.0/16"}}}}}
`)
		d := read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net": "net.tfstate"}}))
		if got := d.after(t, "aws_security_group.web")["vpc_id"]; got != "vpc-0aaaaaaaaaaaaaaaa" {
			t.Errorf("the group is in %v", got)
		}
		if len(d.Annotations.Lookups) > 0 {
			t.Errorf("lookups: %+v", d.Annotations.Lookups)
		}
		d = read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"*": "net.json"}}))
		if got := d.after(t, "aws_vpc.more")["cidr_block"]; got != "10.8.0.0/16" {
			t.Errorf("the block is %v", got)
		}
		d = read(t, plan(t, Options{Dir: "infra", RemoteStates: map[string]string{"net": "plan.json"}})) // an ordinary plan, which does not know the VPC
		if len(d.Annotations.Lookups) != 1 {
			t.Fatalf("lookups: %+v", d.Annotations.Lookups)
		}
		wants(t, d.Annotations.Lookups[0].Message, "plan.json does not know the outputs vpc_id")
		result := plan(t, Options{Dir: "infra"})
		d = read(t, result)
		vpc := d.after(t, "aws_security_group.web")["vpc_id"].(string)
		if !strings.HasPrefix(vpc, "vpc-0") || d.Annotations.Placeholders[vpc] != "data.terraform_remote_state.net" {
			t.Errorf("the group is in %s, which stands for %q", vpc, d.Annotations.Placeholders[vpc])
		}
		d.after(t, `aws_network_interface.web["2"]`)
		if len(d.Annotations.Lookups) != 1 {
			t.Fatalf("lookups: %+v", d.Annotations.Lookups)
		}
		wants(t, d.Annotations.Lookups[0].Message, "--remote-state net=FILE")
		if at := d.Annotations.Lookups[0]; at.File != "infra/main.tf" || at.Line != 1 {
			t.Errorf("the lookup is at %s:%d", at.File, at.Line)
		}
		wants(t, refused(t, Options{Dir: "infra", RemoteStates: map[string]string{"nett": "net.json"}}), "--remote-state nett")
	})
}
