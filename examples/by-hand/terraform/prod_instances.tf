# What listens: one instance for each service and zone. Load balancers, caches and databases are instances here too.

locals {
  # Every instance, by service and zone: "app-server-us-east-1a".
  prod_instances = merge([
    for name, service in local.prod_services : {
      for zone, block in local.prod_tiers[service.tier] : "${name}-${zone}" => {
        service = name
        subnet  = "${service.tier}-${zone}"
        address = cidrhost(block, service.host)
      }
    }
  ]...)
}

resource "aws_instance" "prod" {
  for_each = local.prod_instances

  ami                    = var.image
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.prod[each.value.subnet].id
  private_ip             = each.value.address
  vpc_security_group_ids = [aws_security_group.prod[each.value.service].id]

  tags = {
    Name    = "prod-${each.key}"
    Service = each.value.service
  }
}

resource "aws_eip" "loadbalancer_public" {
  for_each = local.prod_tiers.public

  domain   = "vpc"
  address  = cidrhost(var.public_block, 10 + index(keys(local.prod_tiers.public), each.key))
  instance = aws_instance.prod["loadbalancer-public-${each.key}"].id

  tags = { Name = "prod-loadbalancer-public-${each.key}" }

  depends_on = [aws_internet_gateway.prod]
}
