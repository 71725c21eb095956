terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "a" {
  cidr_block                       = "10.1.0.0/16"
  assign_generated_ipv6_cidr_block = true
}
resource "aws_subnet" "a" {
  vpc_id                          = aws_vpc.a.id
  ipv6_native                     = true
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.a.ipv6_cidr_block, 8, 0)
  assign_ipv6_address_on_creation = true
}
resource "aws_instance" "a" {
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.a.id
  associate_public_ip_address = true
}
resource "aws_network_interface" "a" {
  subnet_id = aws_subnet.a.id
}
