package tfcode

import (
	"testing"
	"time"
)

// sixty is a configuration of 60 resources.
func sixty() string {
	return `
-- infra/main.tf --
provider "aws" {
  region = "us-east-1"
}
locals { numbers = toset([for i in range(19) : tostring(i)]) }
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}
resource "aws_subnet" "this" {
  for_each   = local.numbers
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, tonumber(each.key))
}
resource "aws_route_table_association" "this" {
  for_each       = local.numbers
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this.id
}
resource "aws_security_group" "this" {
  for_each = local.numbers
  name     = "sg-${each.key}"
  vpc_id   = aws_vpc.this.id
}
`
}

// 60 resources are planned in less than 2 seconds.
func TestSpeed(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, sixty())
		best := time.Hour
		for range 3 { // the machine may be busy with other tests
			begun := time.Now()
			d := read(t, plan(t, Options{Dir: "infra"}))
			best = min(best, time.Since(begun))
			if len(d.ResourceChanges) != 60 {
				t.Fatalf("%d resources", len(d.ResourceChanges))
			}
			if best < 2*time.Second {
				break
			}
		}
		t.Log(best)
		if best > 2*time.Second {
			t.Errorf("60 resources take %s", best)
		}
	})
}
