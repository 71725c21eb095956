provider "aws" {
  region = "eu-central-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "kept" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "replaced" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.20.0/24"
}


resource "aws_subnet" "new" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.4.0/24"
}


resource "aws_security_group" "changed" {
  name   = "changed"
  vpc_id = aws_vpc.this.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
  }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-0123456789abcdef0"
  }
}

resource "aws_instance" "this" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.replaced.id
  vpc_security_group_ids = [aws_security_group.changed.id]
}

resource "aws_lb_target_group" "this" {
  name     = "this"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id
}

resource "aws_iam_role" "this" {
  name               = "this"
  assume_role_policy = jsonencode({ Statement = [], Version = "2012-10-17" })
}

moved {
  from = aws_subnet.old
  to   = aws_subnet.new
}

removed {
  from = aws_subnet.forgotten

  lifecycle {
    destroy = false
  }
}

import {
  to = aws_subnet.imported
  id = "subnet-0123456789abcdef0"
}

resource "aws_subnet" "imported" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.6.0/24"
}

resource "aws_subnet" "created" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.7.0/24"
}
