# {{.Home.Name}} offers {{.Name}} to {{range $i, $c := .Consumers}}{{if $i}}, {{end}}{{$c.Environment.Name}}{{end}} by PrivateLink: an endpoint there leads to a load balancer here. There are no routes, and
# the two sides may have the same addresses.
{{from .EndpointService.Provider.Service.At}}

{{if .Has .Home}}
resource "aws_lb" "{{.Label}}_privatelink" {
  {{.In .Home}}

  name                                                         = {{quote .BalancerName}}
  load_balancer_type                                           = "network"
  internal                                                     = true
  security_groups                                              = [aws_security_group.{{.Home.Label}}[{{quote .Balancer.Name}}].id]
  subnets                                                      = [for k, s in local.{{.Home.Label}}_subnets : aws_subnet.{{.Home.Label}}[k].id if s.tier == {{quote .Tier.Name}}]
  enable_cross_zone_load_balancing                             = true
  enforce_security_group_inbound_rules_on_private_link_traffic = "off" # who may connect is up to the service: its principals and what it accepts
  enable_deletion_protection                                   = var.protect

  tags = { Name = "{{.Home.Name}}-{{.Balancer.Name}}" }
}

# Whose members are the targets, registers them.
resource "aws_lb_target_group" "{{.Label}}" {
  {{.In .Home}}
  for_each = {
    {{- range .Targets}}
    {{key .Key}} = { name = {{quote .Name}}, port = {{.Port}} }
    {{- end}}
  }

  name               = each.value.name
  vpc_id             = aws_vpc.{{.Home.Label}}.id
  protocol           = "TCP"
  port               = each.value.port
  target_type        = {{quote .TargetType}}
  {{if ne .TargetType "alb"}}preserve_client_ip = false{{end}}
  {{if eq .TargetType "alb"}}
  health_check {
    protocol = each.value.port == 80 ? "HTTP" : "HTTPS"
    path     = "/"
    matcher  = "200-499" # the balancer answers: what is behind it has checks of its own
  }
  {{end}}
}

resource "aws_lb_listener" "{{.Label}}" {
  {{.In .Home}}
  for_each = aws_lb_target_group.{{.Label}}

  load_balancer_arn = aws_lb.{{.Label}}_privatelink.arn
  protocol          = "TCP"
  port              = each.value.port

  default_action {
    type             = "forward"
    target_group_arn = each.value.arn
  }
}

resource "aws_vpc_endpoint_service" "{{.Label}}" {
  {{.In .Home}}

  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.{{.Label}}_privatelink.arn]

  tags = { Name = {{quote .Name}} }
}

resource "aws_vpc_endpoint_service_allowed_principal" "{{.Label}}" {
  {{.In .Home}}
  for_each = toset([{{range $i, $a := .Accounts}}{{if $i}}, {{end}}{{$a}}{{end}}])

  vpc_endpoint_service_id = aws_vpc_endpoint_service.{{.Label}}.id
  principal_arn           = "arn:{{.Home.Partition}}:iam::${each.key}:root"
}
{{end}}
{{if and (.Has .Home) .Single}}
locals {
  # The zones that the load balancer is in, by identifier: which one is us-east-1a, differs between accounts.
  {{.Label}}_zones = distinct([for k, s in local.{{.Home.Label}}_subnets : aws_subnet.{{.Home.Label}}[k].availability_zone_id if s.tier == {{quote .Tier.Name}}])
}
{{end}}
{{range .Consumers}}
{{$consumer := .}}
{{if $.Has .Environment}}
# {{.Environment.Name}}'s endpoint, in the zones of its tier in which the load balancer is.
{{because .Edges}}

resource "aws_vpc_endpoint" "{{.Label}}" {
  {{$.In .Environment}}
  {{if not $.Single}}count = {{$.Offered}} ? 1 : 0{{end}}

  vpc_id              = aws_vpc.{{.Environment.Label}}.id
  service_name        = {{$.ServiceName}}
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = false
  subnet_ids = [
    for k, s in local.{{.Environment.Label}}_subnets : aws_subnet.{{.Environment.Label}}[k].id
    if s.tier == {{quote .Tier.Name}} && contains({{$.Zones}}, aws_subnet.{{.Environment.Label}}[k].availability_zone_id)
  ]
  security_group_ids  = [aws_security_group.{{.Environment.Label}}[{{quote .Group.Name}}].id]

  tags = { Name = {{quote .Name}} }
  {{if $.Single}}
  depends_on = [aws_vpc_endpoint_service_allowed_principal.{{$.Label}}]
  {{end}}
}
{{with .Hostnames}}
resource "aws_route53_zone" "{{$consumer.Label}}" {
  {{$.In $consumer.Environment}}
  for_each = toset({{list .}})

  name    = each.key
  comment = "Leads to the endpoint for {{$.Name}} of {{$.Home.Name}}"

  vpc {
    vpc_id = aws_vpc.{{$consumer.Environment.Label}}.id
  }
}

resource "aws_route53_record" "{{$consumer.Label}}" {
  {{$.In $consumer.Environment}}
  for_each = {{if $.Single}}aws_route53_zone.{{$consumer.Label}}{{else}}{ for k, z in aws_route53_zone.{{$consumer.Label}} : k => z if {{$.Offered}} }{{end}}

  zone_id = each.value.zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.{{$consumer.Label}}{{if not $.Single}}[0]{{end}}.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.{{$consumer.Label}}{{if not $.Single}}[0]{{end}}.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
{{end}}
{{end}}
{{if $.Has $.Home}}
resource "aws_vpc_endpoint_connection_accepter" "{{.Label}}" {
  {{$.In $.Home}}
  {{if not $.Single}}count = {{$.Connected .}} ? 1 : 0{{end}}

  vpc_endpoint_service_id = aws_vpc_endpoint_service.{{$.Label}}.id
  vpc_endpoint_id         = {{$.EndpointID .}}
}
{{end}}
{{end}}
