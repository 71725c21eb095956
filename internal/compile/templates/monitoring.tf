# Who is told of changes in {{.Name}}, what its flow logs keep, and the role that reads its network.
{{line .At}}

# Who wants to know subscribes to a topic.

resource "aws_sns_topic" "{{.Label}}" {
  {{.Provider}}
  for_each = toset({{list .Topics}})

  name = "{{.Name}}-${each.key}"
}

resource "aws_sns_topic_policy" "{{.Label}}" {
  {{.Provider}}
  for_each = aws_sns_topic.{{.Label}}

  arn = each.value.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = each.value.arn
        Condition = { StringEquals = { "aws:SourceAccount" = {{.Account}} } }
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

resource "aws_sqs_queue" "{{.Label}}" {
  {{.Provider}}

  name                      = "{{.Name}}-changes"
  message_retention_seconds = 1209600 # two weeks
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "{{.Label}}" {
  {{.Provider}}

  queue_url = aws_sqs_queue.{{.Label}}.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.{{.Label}}.arn
      Condition = { StringEquals = { "aws:SourceAccount" = {{.Account}} } }
    }]
  })
}

resource "aws_cloudwatch_event_rule" "{{.Label}}_changes" {
  {{.Provider}}
  for_each = {{.Concerned}}

  name        = "{{.Name}}-changes-${each.key}"
  description = "Calls that change what reaches what in the account of {{.Name}}: ${each.key}"
  event_pattern = jsonencode({
    source      = [each.value.source]
    detail-type = ["AWS API Call via CloudTrail"]
    detail      = { eventSource = [each.value.service], eventName = each.value.calls }
  })
}

resource "aws_cloudwatch_event_target" "{{.Label}}_queue" {
  {{.Provider}}
  for_each = aws_cloudwatch_event_rule.{{.Label}}_changes

  rule = each.value.name
  arn  = aws_sqs_queue.{{.Label}}.arn
}

resource "aws_cloudwatch_event_target" "{{.Label}}_topic" {
  {{.Provider}}
  for_each = { for k, r in aws_cloudwatch_event_rule.{{.Label}}_changes : k => r if !local.reachability_calls[k].quiet }

  rule = each.value.name
  arn  = aws_sns_topic.{{.Label}}["changes"].arn
}
{{if .Expected}}
# A role shows as the issuer of its session, a user as itself.
resource "aws_cloudwatch_event_rule" "{{.Label}}_unexpected" {
  {{.Provider}}
  for_each = { for k, c in {{.Concerned}} : k => c if !c.quiet }

  name        = "{{.Name}}-unexpected-${each.key}"
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

resource "aws_cloudwatch_event_target" "{{.Label}}_unexpected" {
  {{.Provider}}
  for_each = aws_cloudwatch_event_rule.{{.Label}}_unexpected

  rule = each.value.name
  arn  = aws_sns_topic.{{.Label}}["unexpected"].arn
}
{{end}}
# Flow logs.

resource "aws_cloudwatch_log_group" "{{.Label}}_flows" {
  {{.Provider}}

  name              = "/{{.Name}}/flows"
  retention_in_days = 365
}

resource "aws_flow_log" "{{.Label}}" {
  {{.Provider}}

  vpc_id                   = aws_vpc.{{.Label}}.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.{{.Label}}_flows.arn
  iam_role_arn             = aws_iam_role.{{.Label}}_flows.arn
  max_aggregation_interval = 60

  tags = { Name = {{quote .Name}} }

  depends_on = [aws_iam_role_policy.{{.Label}}_flows]
}

resource "aws_iam_role" "{{.Label}}_flows" {
  {{.Provider}}

  name        = "{{.Name}}-flow-logs"
  description = "Writes the flow logs of {{.Name}}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = {{.Account}} } }
    }]
  })
}

resource "aws_iam_role_policy" "{{.Label}}_flows" {
  {{.Provider}}

  name = "write"
  role = aws_iam_role.{{.Label}}_flows.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.{{.Label}}_flows.arn}:*"
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

resource "aws_iam_role" "{{.Label}}_collector" {
  {{.Provider}}

  name        = "{{.Name}}-network-reader"
  description = "Reads the network of {{.Name}}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = coalescelist(var.collectors, ["{{.ARN}}:root"]) }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "{{.Label}}_collector" {
  {{.Provider}}

  name = "read"
  role = aws_iam_role.{{.Label}}_collector.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.collector_actions
      Resource = "*"
    }]
  })
}
