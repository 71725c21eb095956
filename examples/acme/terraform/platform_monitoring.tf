# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# Who is told of changes in platform, what its flow logs keep, and the role that reads its network.
# watertight.hcl:62

# Who wants to know subscribes to a topic.

resource "aws_sns_topic" "platform" {
  provider = aws.platform
  for_each = toset(["changes", "unexpected"])

  name = "platform-${each.key}"
}

resource "aws_sns_topic_policy" "platform" {
  provider = aws.platform
  for_each = aws_sns_topic.platform

  arn = each.value.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = each.value.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.accounts.platform } }
      },
      { # EventBridge takes no conditions in the policy of a topic
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = each.value.arn
      },
    ]
  })
}

# The queue that a watcher reads.

resource "aws_sqs_queue" "platform" {
  provider = aws.platform

  name                      = "platform-changes"
  message_retention_seconds = 1209600 # two weeks
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "platform" {
  provider = aws.platform

  queue_url = aws_sqs_queue.platform.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.platform.arn
      Condition = { StringEquals = { "aws:SourceAccount" = local.accounts.platform } }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "platform_changes" {
  provider = aws.platform
  for_each = local.reachability_calls

  name        = "platform-changes-${each.key}"
  description = "Calls that change what reaches what in the account of platform: ${each.key}"
  event_pattern = jsonencode({
    source      = [each.value.source]
    detail-type = ["AWS API Call via CloudTrail"]
    detail      = { eventSource = [each.value.service], eventName = each.value.calls }
  })
}

resource "aws_cloudwatch_event_target" "platform_queue" {
  provider = aws.platform
  for_each = aws_cloudwatch_event_rule.platform_changes

  rule = each.value.name
  arn  = aws_sqs_queue.platform.arn
}

resource "aws_cloudwatch_event_target" "platform_topic" {
  provider = aws.platform
  for_each = { for k, r in aws_cloudwatch_event_rule.platform_changes : k => r if !local.reachability_calls[k].quiet }

  rule = each.value.name
  arn  = aws_sns_topic.platform["changes"].arn
}

# A role shows as the issuer of its session, a user as itself.
resource "aws_cloudwatch_event_rule" "platform_unexpected" {
  provider = aws.platform
  for_each = { for k, c in local.reachability_calls : k => c if !c.quiet }

  name        = "platform-unexpected-${each.key}"
  description = "The same, by others than those by whom changes are expected: ${each.key}"
  event_pattern = jsonencode({
    source      = [each.value.source]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = [each.value.service]
      eventName   = each.value.calls
      userIdentity = {
        arn            = [{ anything-but = { wildcard = local.expected_principals } }, { exists = false }]
        sessionContext = { sessionIssuer = { arn = [{ anything-but = { wildcard = local.expected_principals } }, { exists = false }] } }
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "platform_unexpected" {
  provider = aws.platform
  for_each = aws_cloudwatch_event_rule.platform_unexpected

  rule = each.value.name
  arn  = aws_sns_topic.platform["unexpected"].arn
}

# Flow logs.

resource "aws_cloudwatch_log_group" "platform_flows" {
  provider = aws.platform

  name              = "/platform/flows"
  retention_in_days = 365
}

resource "aws_flow_log" "platform" {
  provider = aws.platform

  vpc_id                   = aws_vpc.platform.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.platform_flows.arn
  iam_role_arn             = aws_iam_role.platform_flows.arn
  max_aggregation_interval = 60

  tags = { Name = "platform" }

  depends_on = [aws_iam_role_policy.platform_flows]
}

resource "aws_iam_role" "platform_flows" {
  provider = aws.platform

  name        = "platform-flow-logs"
  description = "Writes the flow logs of platform"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.accounts.platform } }
    }]
  })
}

resource "aws_iam_role_policy" "platform_flows" {
  provider = aws.platform

  name = "write"
  role = aws_iam_role.platform_flows.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.platform_flows.arn}:*"
      },
      {
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "*"
      },
    ]
  })
}

# The role by which the network is read: it may describe, and nothing else.

resource "aws_iam_role" "platform_collector" {
  provider = aws.platform

  name        = "platform-network-reader"
  description = "Reads the network of platform"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = coalescelist(var.collectors, ["arn:aws:iam::${local.accounts.platform}:root"]) }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "platform_collector" {
  provider = aws.platform

  name = "read"
  role = aws_iam_role.platform_collector.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.collector_actions
      Resource = "*"
    }]
  })
}
