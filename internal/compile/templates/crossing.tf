{{with .Tells -}}
# What the roots of joined environments tell each other. Each has an output, crossing, of which a part is for each neighbour, and takes its neighbours' parts as variables. To hand this one's over,
# in the folder that the roots are in:
#
{{- range .}}
#   terraform -chdir={{.Own.Name}} output -json crossing | jq '{ {{.Own.Variable}}: .["{{.Name}}"] }' >{{.Name}}/from_{{.Own.Name}}.auto.tfvars.json
{{- end}}
#
# What a root lacks it leaves out until it is there: apply them in turns, and hand over, until no plan has changes.

{{range $.Neighbours}}
{{from .At}}
variable "{{.Variable}}" {
  description = "What the root of {{.Name}} tells this one: see its output crossing. What needs it is left out until it is there."
  type = object({
    {{if .VPC}}vpc = optional(string){{end}}
    {{if .Groups}}groups = optional(map(string), {}){{end}}
    {{if .Connections}}connections = optional(map(string), {}){{end}}
    {{if .Services}}services = optional(map(object({ name = string, zones = list(string) })), {}){{end}}
    {{if .Endpoints}}endpoints = optional(map(string), {}){{end}}
    {{if .TransitGateway}}transit_gateway = optional(string){{end}}
    {{if .Attachment}}attachment = optional(string){{end}}
    {{if .Accepted}}accepted = optional(list(string), []){{end}}
  })
  default  = {}
  nullable = false
}

{{end}}
output "crossing" {
  description = "What the neighbours need to know of this environment."
  value = {
    {{- range .}}
    {{$told := .}}
    {{line .At}}
    {{key .Name}} = {
      {{if .VPC}}vpc = aws_vpc.{{.Own.Label}}.id{{end}}
      {{if .Groups}}groups = { for role, g in aws_security_group.{{.Own.Label}} : role => {{if .Qualified}}"${local.accounts.{{.Own.Name}}}/${g.id}"{{else}}g.id{{end}} }{{end}}
      {{if .Connections}}
      connections = merge(
        {{- range .Requested}}
        { for id in aws_vpc_peering_connection.{{.Label}}[*].id : {{quote .Name}} => id },
        {{- end}}
      )
      {{end}}
      {{if .Services}}
      services = {
        {{- range .Offered}}
        {{key .Name}} = {
          name  = aws_vpc_endpoint_service.{{.Label}}.service_name
          zones = distinct([for k, s in local.{{.Home.Label}}_subnets : aws_subnet.{{.Home.Label}}[k].availability_zone_id if s.tier == {{quote .Tier.Name}}])
        }
        {{- end}}
      }
      {{end}}
      {{if .Endpoints}}
      endpoints = merge(
        {{- range .Used}}
        { for id in aws_vpc_endpoint.{{.Label}}[*].id : {{quote .Name}} => id },
        {{- end}}
      )
      {{end}}
      {{if .TransitGateway}}transit_gateway = aws_ec2_transit_gateway.{{.Gateway.Label}}.id{{end}}
      {{if .Attachment}}attachment = one(aws_ec2_transit_gateway_vpc_attachment.{{.Member.Label}}[*].id){{end}}
      {{if .Accepted}}
      accepted = concat(
        {{- range .Granted}}
        [for id in aws_vpc_peering_connection_accepter.{{.Label}}[*].id : {{quote .Name}}],
        {{- end}}
        {{- with .Gateway}}
        contains(local.{{.Label}}_members, {{quote $told.Name}}) ? [{{quote .Name}}] : [],
        {{- end}}
      )
      {{end}}
    }
    {{- end}}
  }
}
{{end}}
