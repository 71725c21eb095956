# Compiled by watertight from watertight.hcl. Edits are overwritten: change that, and run watertight compile.

# How prod gets to the internet: by the NAT gateway of each zone, and in front of it by the firewall's endpoint of the zone.
# watertight.hcl:3

resource "aws_eip" "prod" {
  provider = aws.prod
  for_each = toset(["us-east-1a", "us-east-1b", "us-east-1c"])

  domain = "vpc"

  tags = { Name = "prod-nat-${each.key}" }
}

resource "aws_nat_gateway" "prod" {
  provider = aws.prod
  for_each = aws_eip.prod

  allocation_id = each.value.id
  subnet_id     = aws_subnet.prod["nat-${each.key}"].id

  tags = { Name = "prod-${each.key}" }

  depends_on = [aws_internet_gateway.prod]
}

# The firewall lets through the domains that are declared, and drops and logs everything else.

resource "aws_networkfirewall_firewall" "prod" {
  provider = aws.prod

  name                              = "prod"
  vpc_id                            = aws_vpc.prod.id
  firewall_policy_arn               = aws_networkfirewall_firewall_policy.prod.arn
  delete_protection                 = var.protect
  subnet_change_protection          = var.protect
  firewall_policy_change_protection = var.protect

  dynamic "subnet_mapping" {
    for_each = toset(["us-east-1a", "us-east-1b", "us-east-1c"])

    content {
      subnet_id = aws_subnet.prod["firewall-${subnet_mapping.value}"].id
    }
  }

  tags = { Name = "prod" }
}

locals {
  # The firewall's endpoint of each zone.
  prod_firewall_endpoints = {
    for s in aws_networkfirewall_firewall.prod.firewall_status[0].sync_states : s.availability_zone => s.attachment[0].endpoint_id
  }
}

resource "aws_networkfirewall_firewall_policy" "prod" {
  provider = aws.prod

  name = "prod"

  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
    stateful_default_actions           = ["aws:drop_established", "aws:alert_established"]

    stateful_engine_options {
      rule_order = "STRICT_ORDER"
    }

    dynamic "stateful_rule_group_reference" {
      for_each = aws_networkfirewall_rule_group.prod

      content {
        priority     = local.prod_domains[stateful_rule_group_reference.key].priority
        resource_arn = stateful_rule_group_reference.value.arn
      }
    }
  }

  tags = { Name = "prod" }
}

locals {
  # The domains that each tier may reach, by TLS and by HTTP: a dot in front stands for the name and all below it.
  prod_domains = {
    app = {
      priority = 6805
      capacity = 1000 # for good: AWS replaces a rule group to change it
      domains = [
        # watertight.hcl:109
        ".openai.com",
        # watertight.hcl:109
        ".amazonaws.com",
        # watertight.hcl:109
        ".datadoghq.com",
      ]
    }
  }
}

resource "aws_networkfirewall_rule_group" "prod" {
  provider = aws.prod
  for_each = local.prod_domains

  name     = "prod-${each.key}"
  type     = "STATEFUL"
  capacity = each.value.capacity

  rule_group {
    rule_variables {
      ip_sets {
        key = "HOME_NET"

        ip_set {
          definition = [for s in local.prod_subnets : s.block if s.tier == each.key]
        }
      }
    }

    rules_source {
      rules_source_list {
        generated_rules_type = "ALLOWLIST"
        target_types         = ["TLS_SNI", "HTTP_HOST"]
        targets              = each.value.domains
      }
    }

    stateful_rule_options {
      rule_order = "STRICT_ORDER"
    }
  }

  tags = { Name = "prod-${each.key}" }
}

resource "aws_cloudwatch_log_group" "prod_firewall" {
  provider = aws.prod
  for_each = toset(["alert", "flow"])

  name              = "/prod/firewall/${each.key}"
  retention_in_days = 365
}

resource "aws_networkfirewall_logging_configuration" "prod" {
  provider = aws.prod

  firewall_arn = aws_networkfirewall_firewall.prod.arn

  logging_configuration {
    dynamic "log_destination_config" {
      for_each = aws_cloudwatch_log_group.prod_firewall

      content {
        log_type             = upper(log_destination_config.key)
        log_destination_type = "CloudWatchLogs"
        log_destination      = { logGroup = log_destination_config.value.name }
      }
    }
  }
}

# Every drop is an alert: somebody tried what is not declared.

resource "aws_cloudwatch_log_metric_filter" "prod" {
  provider = aws.prod

  name           = "prod-firewall-drops"
  log_group_name = aws_cloudwatch_log_group.prod_firewall["alert"].name
  pattern        = "{ $.event.event_type = \"alert\" }"

  metric_transformation {
    namespace     = "Watertight"
    name          = "prod-firewall-drops"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "prod" {
  provider = aws.prod

  alarm_name          = "prod-firewall-drops"
  alarm_description   = "The firewall of prod dropped what is not declared. What it was is in the log group /prod/firewall/alert."
  namespace           = aws_cloudwatch_log_metric_filter.prod.metric_transformation[0].namespace
  metric_name         = aws_cloudwatch_log_metric_filter.prod.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.prod["firewall-drops"].arn]
}
