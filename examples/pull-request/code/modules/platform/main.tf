# The services of an environment.
variable "vpc_id" {
  type = string
}

variable "subnets" {
  type = map(list(string))
}

module "orders" {
  source = "../service"

  name    = "orders"
  vpc_id  = var.vpc_id
  callers = {}
}

module "orders_db" {
  source = "../service"

  name    = "orders-db"
  vpc_id  = var.vpc_id
  callers = { orders = { group = module.orders.group_id, port = 5432 } }
}

resource "aws_instance" "orders" {
  count = 2

  ami                    = "ami-0123456789abcdef0"
  instance_type          = "m6i.large"
  subnet_id              = var.subnets["app"][count.index]
  vpc_security_group_ids = [module.orders.group_id]

  tags = { Name = "orders-${count.index}" }
}

resource "aws_db_subnet_group" "orders" {
  name       = "orders"
  subnet_ids = var.subnets["data"]
}

resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 100
  username                    = "orders"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.orders.name
  vpc_security_group_ids      = [module.orders_db.group_id]
  skip_final_snapshot         = true
}
