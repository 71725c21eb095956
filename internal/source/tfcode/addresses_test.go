package tfcode

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// TestWrittenAddresses has a subnet of which code uses every address but one: what code writes stays as it is, and AWS's choice is the one that is left.
func TestWrittenAddresses(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, `
-- infra/main.tf --
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.1.0/28"
}
resource "aws_network_interface" "given" {
  for_each    = toset([for n in range(4, 14) : cidrhost(aws_subnet.this.cidr_block, n)])
  subnet_id   = aws_subnet.this.id
  private_ips = [each.value]
}
resource "aws_nat_gateway" "this" {
  subnet_id         = aws_subnet.this.id
  connectivity_type = "private"
}
resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_vpc_security_group_ingress_rule" "nat" {
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = "${aws_nat_gateway.this.private_ip}/32"
  ip_protocol       = "-1"
}
`)
		var d struct {
			Changes []struct {
				Address string `json:"address"`
				Change  struct {
					After struct {
						PrivateIP  string   `json:"private_ip"`
						PrivateIPs []string `json:"private_ips"`
						Block      string   `json:"cidr_ipv4"`
					} `json:"after"`
				} `json:"change"`
			} `json:"resource_changes"`
		}
		if err := json.Unmarshal(plan(t, Options{Dir: "infra"}).Document, &d); err != nil {
			t.Fatal(err)
		}
		given := 0
		for _, c := range d.Changes {
			after := c.Change.After
			switch {
			case strings.HasPrefix(c.Address, "aws_network_interface.given"):
				given++
				if want := fmt.Sprintf("aws_network_interface.given[%q]", after.PrivateIPs[0]); c.Address != want || after.PrivateIP != after.PrivateIPs[0] {
					t.Errorf("%s has %v and %s", c.Address, after.PrivateIPs, after.PrivateIP)
				}
			case c.Address == "aws_nat_gateway.this":
				if after.PrivateIP != netip.MustParseAddr("10.0.1.14").String() {
					t.Errorf("the NAT gateway has %s, and 10.0.1.14 is the only address that is left", after.PrivateIP)
				}
			case c.Address == "aws_vpc_security_group_ingress_rule.nat":
				if after.Block != "10.0.1.14/32" {
					t.Errorf("the rule for the NAT gateway is for %s", after.Block)
				}
			}
		}
		if given != 10 {
			t.Errorf("%d interfaces", given)
		}
	})
}
