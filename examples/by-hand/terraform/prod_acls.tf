# A network ACL for each tier: what its flows need, and their replies. Network ACLs are stateless, so that every flow appears
# at both of its ends and in both directions.

locals {
  anywhere  = ["0.0.0.0/0"]
  ephemeral = [1024, 65535] # where clients open connections from, and replies go to

  public_blocks = values(local.prod_tiers.public)
  app_blocks    = values(local.prod_tiers.app)
  data_blocks   = values(local.prod_tiers.data)

  # Entries in the order in which they are tried. Each becomes one rule for every block.
  # An entry for anywhere comes after one that denies the rest of the VPC.
  prod_acls = {
    public = {
      inbound = [
        { action = "allow", ports = local.ephemeral, blocks = local.app_blocks }, # replies of app-server
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = [443, 443], blocks = local.anywhere }, # loadbalancer-public from internet
      ]
      outbound = [
        { action = "allow", ports = [443, 443], blocks = local.app_blocks }, # app-server from loadbalancer-public
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = local.ephemeral, blocks = local.anywhere }, # replies of loadbalancer-public
      ]
    }
    app = {
      inbound = [
        { action = "allow", ports = [443, 443], blocks = local.public_blocks },    # app-server from loadbalancer-public
        { action = "allow", ports = local.ephemeral, blocks = local.data_blocks }, # replies of cache-redis and database-postgres
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = local.ephemeral, blocks = local.anywhere }, # replies of the internet
      ]
      outbound = [
        { action = "allow", ports = [6379, 6379], blocks = local.data_blocks },      # cache-redis from app-server
        { action = "allow", ports = [5432, 5432], blocks = local.data_blocks },      # database-postgres from app-server
        { action = "allow", ports = local.ephemeral, blocks = local.public_blocks }, # replies of app-server
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = [443, 443], blocks = local.anywhere }, # internet from app-server
      ]
    }
    data = {
      inbound = [
        { action = "allow", ports = [6379, 6379], blocks = local.app_blocks }, # cache-redis from app-server
        { action = "allow", ports = [5432, 5432], blocks = local.app_blocks }, # database-postgres from app-server
      ]
      outbound = [
        { action = "allow", ports = local.ephemeral, blocks = local.app_blocks }, # replies of both
      ]
    }
    nat = {
      inbound = [
        { action = "allow", ports = [443, 443], blocks = local.app_blocks }, # internet from app-server
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = local.ephemeral, blocks = local.anywhere }, # replies of the internet
      ]
      outbound = [
        { action = "allow", ports = local.ephemeral, blocks = local.app_blocks }, # replies of the internet
        { action = "deny", ports = null, blocks = [local.prod_cidr] },
        { action = "allow", ports = [443, 443], blocks = local.anywhere }, # internet from app-server
      ]
    }
  }

  # Every rule, by tier, direction and number: "app-inbound-100". Entries are a hundred apart, the blocks of one entry ten.
  prod_acl_rules = merge(flatten([
    for tier, directions in local.prod_acls : [
      for direction, entries in directions : [
        for position, entry in entries : {
          for offset, block in entry.blocks : "${tier}-${direction}-${100 * (position + 1) + 10 * offset}" => {
            tier   = tier
            egress = direction == "outbound"
            number = 100 * (position + 1) + 10 * offset
            action = entry.action
            ports  = entry.ports
            block  = block
          }
        }
      ]
    ]
  ])...)
}

resource "aws_network_acl" "prod" {
  for_each = local.prod_tiers

  vpc_id     = aws_vpc.prod.id
  subnet_ids = [for zone in keys(each.value) : aws_subnet.prod["${each.key}-${zone}"].id]

  tags = { Name = "prod-${each.key}", Tier = each.key }
}

resource "aws_network_acl_rule" "prod" {
  for_each = local.prod_acl_rules

  network_acl_id = aws_network_acl.prod[each.value.tier].id
  egress         = each.value.egress
  rule_number    = each.value.number
  rule_action    = each.value.action
  protocol       = each.value.ports == null ? "-1" : "tcp"
  from_port      = each.value.ports == null ? 0 : each.value.ports[0]
  to_port        = each.value.ports == null ? 0 : each.value.ports[1]
  cidr_block     = each.value.block
}
