# The article's peering, laid over that of acme: staging has routes to the replica's subnets, production has none back.

resource "aws_route" "replica_to_staging" {
  for_each = {}
}
