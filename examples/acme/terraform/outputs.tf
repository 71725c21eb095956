# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# What those who run something in the environments need to know.

# watertight.hcl:3
output "prod" {
  description = "The network of prod: where members of a role go, and which group they carry."
  value = {
    vpc = aws_vpc.prod.id
    subnets = {
      for tier in ["public", "app", "data", "replica-postgres"] : tier => { for k, s in local.prod_subnets : s.zone => aws_subnet.prod[k].id if s.tier == tier }
    }
    groups = { for role, g in aws_security_group.prod : role => g.id }

    topics = { for name, t in aws_sns_topic.prod : name => t.arn }
    queue  = aws_sqs_queue.prod.url
    reader = aws_iam_role.prod_collector.arn
  }
}

# watertight.hcl:44
output "staging" {
  description = "The network of staging: where members of a role go, and which group they carry."
  value = {
    vpc = aws_vpc.staging.id
    subnets = {
      for tier in ["app"] : tier => { for k, s in local.staging_subnets : s.zone => aws_subnet.staging[k].id if s.tier == tier }
    }
    groups = { for role, g in aws_security_group.staging : role => g.id }

    topics = { for name, t in aws_sns_topic.staging : name => t.arn }
    queue  = aws_sqs_queue.staging.url
    reader = aws_iam_role.staging_collector.arn
  }
}

# watertight.hcl:62
output "platform" {
  description = "The network of platform: where members of a role go, and which group they carry."
  value = {
    vpc = aws_vpc.platform.id
    subnets = {
      for tier in ["app"] : tier => { for k, s in local.platform_subnets : s.zone => aws_subnet.platform[k].id if s.tier == tier }
    }
    groups = { for role, g in aws_security_group.platform : role => g.id }

    target_groups = {
      data-platform = { for port, g in aws_lb_target_group.platform_data_platform : port => g.arn }
    }

    topics = { for name, t in aws_sns_topic.platform : name => t.arn }
    queue  = aws_sqs_queue.platform.url
    reader = aws_iam_role.platform_collector.arn
  }
}

# watertight.hcl:78
output "workload" {
  description = "The network of workload: where members of a role go, and which group they carry."
  value = {
    vpc = aws_vpc.workload.id
    subnets = {
      for tier in ["app"] : tier => { for k, s in local.workload_subnets : s.zone => aws_subnet.workload[k].id if s.tier == tier }
    }
    groups = { for role, g in aws_security_group.workload : role => g.id }

    topics = { for name, t in aws_sns_topic.workload : name => t.arn }
    queue  = aws_sqs_queue.workload.url
    reader = aws_iam_role.workload_collector.arn
  }
}
