package tfcode

import "testing"

// Of a provider that is not there, placeholders stand for what comes from it, and a warning names it.
func TestUnknownProvider(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
terraform {
  required_providers {
    acme = { source = "example/acme" }
  }
}
provider "acme" {
  token = "x"
}
resource "acme_network" "this" {
  name = "x"
  rule {
    port = 443
  }
}
resource "aws_eip" "this" {
  tags = { Acme = acme_network.this.key }
}
`)
		result := plan(t, Options{Dir: "infra"})
		warned(t, result, "the provider example/acme is not installed in infra", "acme_network.this (infra/main.tf:9)")
		key, _ := read(t, result).after(t, "aws_eip.this")["tags"].(map[string]any)["Acme"].(string)
		if key == "" {
			t.Error("nothing stands for the key")
		}
	})
}

// A type that no schema has is named with its place.
func TestUnknownType(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_teleporter" "this" {
}
data "aws_crystal_ball" "this" {
}
`)
		wants(t, refused(t, Options{Dir: "infra"}), "infra/main.tf:4: watertight does not know the type aws_teleporter", "infra/main.tf:6: watertight does not know the type aws_crystal_ball", program+" -chdir=infra init -backend=false", "--schema FILE")
		folder(t, "-- infra/main.tf --\nresource \"aws_vpc\" \"this\" {\n  cidr_block = \"10.0.0.0/16\"\n  colour = \"red\"\n}\n")
		wants(t, refused(t, Options{Dir: "infra"}), "Error: Unsupported argument", "on infra/main.tf line 3", "--schema FILE")
	})
}

// A schema that the user gives replaces the one in the program.
func TestGivenSchema(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
resource "aws_teleporter" "this" {
  target = "moon"
}
output "id" { value = aws_teleporter.this.id }
-- schema.json --
{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{
  "provider":{"version":0,"block":{"attributes":{"region":{"type":"string","optional":true}}}},
  "resource_schemas":{"aws_teleporter":{"version":0,"block":{"attributes":{
    "id":{"type":"string","computed":true},"target":{"type":"string","required":true}}}}}}}}
-- other.json --
{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{"provider":{"version":0,"block":{}},"resource_schemas":{}}}}
`)
		d := read(t, plan(t, Options{Dir: "infra", Schema: "schema.json"}))
		if id := d.after(t, "aws_teleporter.this")["id"]; id == nil || id == "" || d.output("id") != id {
			t.Errorf("the id is %v, the output %v", id, d.output("id"))
		}
		wants(t, d.Annotations.Providers["hashicorp/aws"], "schema.json")
		wants(t, refused(t, Options{Dir: "infra", Schema: "other.json"}), "infra/main.tf:1: watertight does not know the type aws_teleporter", "other.json does not have them either")
		wants(t, refused(t, Options{Dir: "infra", Schema: "absent.json"}), "absent.json cannot be read")
	})
}
