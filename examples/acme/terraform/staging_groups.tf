# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# The security groups of staging, one for each role, and who talks to whom.

resource "aws_security_group" "staging" {
  provider = aws.staging
  for_each = {
    # watertight.hcl:56
    app-server = "Members of the role app-server"
  }

  name        = each.key
  description = each.value
  vpc_id      = aws_vpc.staging.id

  tags = { Name = "sg-${each.key}" }
}
