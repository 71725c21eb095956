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
  cidr_block = "10.0.2.0/24"
}

resource "aws_subnet" "destroyed" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.3.0/24"
}

resource "aws_subnet" "old" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.4.0/24"
}

resource "aws_subnet" "forgotten" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.5.0/24"
}

resource "aws_security_group" "changed" {
  name   = "changed"
  vpc_id = aws_vpc.this.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
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
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
