provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  for_each   = { a = "10.1.0.0/16", b = "10.2.0.0/16" }
  cidr_block = each.value
}

resource "aws_subnet" "this" {
  for_each   = aws_vpc.this
  vpc_id     = each.value.id
  cidr_block = cidrsubnet(each.value.cidr_block, 8, 1)
}

resource "aws_instance" "this" {
  count         = 8
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.this[count.index % 2 == 0 ? "a" : "b"].id
}

resource "aws_eip" "this" {
  count = 5
}

resource "aws_security_group" "this" {
  count  = 5
  vpc_id = aws_vpc.this["a"].id
}
