# What those who run something in the environments need to know.
{{range .Own}}
{{$e := .}}
{{line .At}}
output "{{.Output}}" {
  description = "The network of {{.Name}}: where members of a role go, and which group they carry."
  value = {
    vpc = aws_vpc.{{.Label}}.id
    subnets = {
      for tier in {{list .RoleTiers}} : tier => { for k, s in local.{{$e.Label}}_subnets : s.zone => aws_subnet.{{$e.Label}}[k].id if s.tier == tier }
    }
    {{if .Groups}}groups = { for role, g in aws_security_group.{{.Label}} : role => g.id }{{end}}
    {{if .Databases}}database_subnet_groups = { for role, g in aws_db_subnet_group.{{.Label}} : role => g.name }{{end}}
    {{if .Caches}}cache_subnet_groups = { for role, g in aws_elasticache_subnet_group.{{.Label}} : role => g.name }{{end}}
    {{if .Balancers}}load_balancers = { for role, b in aws_lb.{{.Label}}_roles : role => b.arn }{{end}}
    {{with $.Provided .}}
    target_groups = {
      {{- range .}}
      {{key .Name}} = { for port, g in aws_lb_target_group.{{.Label}} : port => g.arn }
      {{- end}}
    }
    {{end}}
    topics = { for name, t in aws_sns_topic.{{.Label}} : name => t.arn }
    queue  = aws_sqs_queue.{{.Label}}.url
    reader = aws_iam_role.{{.Label}}_collector.arn
  }
}
{{end}}
