{{if .NAT -}}
# How {{.Name}} gets to the internet: by the NAT gateway of each zone{{if .Firewall}}, and in front of it by the firewall's endpoint of the zone{{end}}.
{{line .At}}

resource "aws_eip" "{{.Label}}" {
  {{.Provider}}
  for_each = toset({{list .Zones}})

  domain = "vpc"

  tags = { Name = "{{.Name}}-nat-${each.key}" }
}

resource "aws_nat_gateway" "{{.Label}}" {
  {{.Provider}}
  for_each = aws_eip.{{.Label}}

  allocation_id = each.value.id
  subnet_id     = aws_subnet.{{.Label}}["nat-${each.key}"].id

  tags = { Name = "{{.Name}}-${each.key}" }

  depends_on = [aws_internet_gateway.{{.Label}}]
}
{{end}}
{{if .Firewall}}
# The firewall lets through the domains that are declared, and drops and logs everything else.

resource "aws_networkfirewall_firewall" "{{.Label}}" {
  {{.Provider}}

  name                              = {{quote .Name}}
  vpc_id                            = aws_vpc.{{.Label}}.id
  firewall_policy_arn               = aws_networkfirewall_firewall_policy.{{.Label}}.arn
  delete_protection                 = var.protect
  subnet_change_protection          = var.protect
  firewall_policy_change_protection = var.protect

  dynamic "subnet_mapping" {
    for_each = toset({{list .Zones}})

    content {
      subnet_id = aws_subnet.{{.Label}}["firewall-${subnet_mapping.value}"].id
    }
  }

  tags = { Name = {{quote .Name}} }
}

locals {
  # The firewall's endpoint of each zone.
  {{.Label}}_firewall_endpoints = {
    for s in aws_networkfirewall_firewall.{{.Label}}.firewall_status[0].sync_states : s.availability_zone => s.attachment[0].endpoint_id
  }
}

resource "aws_networkfirewall_firewall_policy" "{{.Label}}" {
  {{.Provider}}

  name = {{quote .Name}}

  firewall_policy {
    stateless_default_actions          = ["aws:forward_to_sfe"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
    stateful_default_actions           = ["aws:drop_established", "aws:alert_established"]

    stateful_engine_options {
      rule_order = "STRICT_ORDER"
    }
    {{if .Filters}}
    dynamic "stateful_rule_group_reference" {
      for_each = aws_networkfirewall_rule_group.{{.Label}}

      content {
        priority     = local.{{.Label}}_domains[stateful_rule_group_reference.key].priority
        resource_arn = stateful_rule_group_reference.value.arn
      }
    }
    {{end}}
  }

  tags = { Name = {{quote .Name}} }
}
{{with .Filters}}
locals {
  # The domains that each tier may reach, by TLS and by HTTP: a dot in front stands for the name and all below it.
  {{$.Label}}_domains = {
    {{- range .}}
    {{key .Tier.Name}} = {
      priority = {{.Priority}}
      capacity = {{.Capacity}} # for good: AWS replaces a rule group to change it
      domains = [
        {{- range .Targets}}
        {{because .Because}}
        {{quote .Name}},
        {{- end}}
      ]
    }
    {{- end}}
  }
}

resource "aws_networkfirewall_rule_group" "{{$.Label}}" {
  {{$.Provider}}
  for_each = local.{{$.Label}}_domains

  name     = "{{$.Name}}-${each.key}"
  type     = "STATEFUL"
  capacity = each.value.capacity

  rule_group {
    rule_variables {
      ip_sets {
        key = "HOME_NET"

        ip_set {
          definition = [for s in local.{{$.Label}}_subnets : s.block if s.tier == each.key]
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

  tags = { Name = "{{$.Name}}-${each.key}" }
}
{{end}}
resource "aws_cloudwatch_log_group" "{{.Label}}_firewall" {
  {{.Provider}}
  for_each = toset(["alert", "flow"])

  name              = "/{{.Name}}/firewall/${each.key}"
  retention_in_days = 365
}

resource "aws_networkfirewall_logging_configuration" "{{.Label}}" {
  {{.Provider}}

  firewall_arn = aws_networkfirewall_firewall.{{.Label}}.arn

  logging_configuration {
    dynamic "log_destination_config" {
      for_each = aws_cloudwatch_log_group.{{.Label}}_firewall

      content {
        log_type             = upper(log_destination_config.key)
        log_destination_type = "CloudWatchLogs"
        log_destination      = { logGroup = log_destination_config.value.name }
      }
    }
  }
}

# Every drop is an alert: somebody tried what is not declared.

resource "aws_cloudwatch_log_metric_filter" "{{.Label}}" {
  {{.Provider}}

  name           = "{{.Name}}-firewall-drops"
  log_group_name = aws_cloudwatch_log_group.{{.Label}}_firewall["alert"].name
  pattern        = "{ $.event.event_type = \"alert\" }"

  metric_transformation {
    namespace     = "Watertight"
    name          = "{{.Name}}-firewall-drops"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "{{.Label}}" {
  {{.Provider}}

  alarm_name          = "{{.Name}}-firewall-drops"
  alarm_description   = "The firewall of {{.Name}} dropped what is not declared. What it was is in the log group /{{.Name}}/firewall/alert."
  namespace           = aws_cloudwatch_log_metric_filter.{{.Label}}.metric_transformation[0].namespace
  metric_name         = aws_cloudwatch_log_metric_filter.{{.Label}}.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.{{.Label}}["firewall-drops"].arn]
}
{{end}}
