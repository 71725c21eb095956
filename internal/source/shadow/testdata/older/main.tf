terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_alb" "a" {
  name    = "front-a"
  subnets = ["subnet-1", "subnet-2"]
}
resource "aws_lb" "a" {
  name    = "front-b"
  subnets = ["subnet-1", "subnet-2"]
}
resource "aws_alb_target_group" "a" {
  name     = "app-a"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = "vpc-1"
}
resource "aws_lb_target_group" "a" {
  name     = "app-b"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = "vpc-1"
}
resource "aws_alb_listener" "a" {
  load_balancer_arn = aws_alb.a.id
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_alb_target_group.a.id
  }
}
resource "aws_lb_listener" "a" {
  load_balancer_arn = aws_lb.a.id
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.a.id
  }
}
