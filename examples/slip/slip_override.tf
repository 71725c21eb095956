# The article's slip, laid over the groups of acme: app-server's group sends to the cache on port 80, and the cache admits 6379.

resource "aws_vpc_security_group_egress_rule" "prod" {
  from_port = each.key == "cache-redis_from_app-server" ? 80 : each.value.port
  to_port   = each.key == "cache-redis_from_app-server" ? 80 : each.value.port
}
