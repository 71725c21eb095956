package tfcode

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// The same folder gives the same bytes, whatever the order in which Terraform asks; equal instances too.
func TestSameBytes(t *testing.T) {
	eachProgram(t, func(t *testing.T) {
		folder(t, strings.ReplaceAll(network, `name   = "web-${count.index}"`, `name_prefix = "web"`)+`
-- infra/equal.tf --
resource "aws_vpc" "equal" {
  count                            = 4
  cidr_block                       = "10.9.0.0/16"
  assign_generated_ipv6_cidr_block = true
}
resource "aws_subnet" "equal" {
  count                           = 4
  vpc_id                          = aws_vpc.equal[count.index].id
  cidr_block                      = "10.9.0.0/24"
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.equal[count.index].ipv6_cidr_block, 8, 1)
  assign_ipv6_address_on_creation = true
}
resource "random_string" "equal" {
  count  = 4
  length = 12
}
resource "random_id" "equal" {
  count       = 4
  byte_length = 8
}
resource "aws_ec2_managed_prefix_list" "equal" {
  count          = 2
  name           = "x${random_string.equal[count.index].result}"
  address_family = "IPv4"
  max_entries    = 5
}
resource "aws_network_interface" "equal" {
  count     = 4
  subnet_id = aws_subnet.equal[count.index].id
}
resource "aws_eip" "equal" {
  count = 4
}
resource "aws_route_table" "equal" {
  count  = 4
  vpc_id = aws_vpc.this.id
}
resource "aws_route_table" "several" {
  vpc_id = aws_vpc.this.id
  route {
    network_interface_id       = aws_network_interface.equal[0].id
    destination_prefix_list_id = aws_ec2_managed_prefix_list.equal[0].id
  }
  route {
    network_interface_id = aws_network_interface.equal[1].id
    cidr_block           = cidrsubnet(aws_vpc.equal[0].cidr_block, 8, length(var.blocks))
  }
}
resource "aws_route" "sorted" {
  count                  = 4
  route_table_id         = sort(aws_route_table.equal[*].id)[count.index]
  destination_cidr_block = "10.${count.index}.0.0/16"
  gateway_id             = "local"
}
resource "aws_instance" "each" {
  for_each      = toset(aws_subnet.equal[*].id)
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  subnet_id     = each.value
}
`)
		var first []byte
		for i := range 5 {
			result, err := try(t, Options{Dir: "infra"})
			if err != nil {
				if strings.Contains(err.Error(), "for_each") {
					t.Fatal(err)
				}
				t.Fatal(err)
			}
			if i == 0 {
				first = result.Document
			} else if !bytes.Equal(first, result.Document) {
				t.Fatalf("run %d differs: %s", i, firstDifference(first, result.Document))
			}
		}
	})
}

func firstDifference(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-200)
			return fmt.Sprintf("\n%s\n%s", a[from:min(len(a), i+200)], b[from:min(len(b), i+200)])
		}
	}
	return fmt.Sprintf("%d and %d bytes", len(a), len(b))
}
