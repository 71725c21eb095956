package tfplan

import (
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// Where AWS gives one thing to two attributes, the code may call it by either, before it exists.
func TestOneThingOfTwoNames(t *testing.T) {
	plan := func(table string) *paper {
		p := plainPlan(t)
		p.resource("aws_vpc.v", `{"id": "?", "cidr_block": "10.0.0.0/16", "default_route_table_id": "?", "main_route_table_id": "?", "default_security_group_id": "?"}`)
		p.resource("aws_subnet.v", `{"id": "?", "vpc_id": "=aws_vpc.v.id", "cidr_block": "10.0.1.0/24"}`)
		p.resource("aws_internet_gateway.v", `{"id": "?", "vpc_id": "=aws_vpc.v.id"}`)
		p.resource("aws_default_security_group.v", `{"id": "?", "vpc_id": "=aws_vpc.v.id", "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["198.51.100.0/24"]}]}`)
		p.resource("aws_instance.a", `{"id": "?", "subnet_id": "=aws_subnet.v.id", "vpc_security_group_ids": ["=aws_default_security_group.v.id"], "associate_public_ip_address": true}`)
		p.resource("aws_default_route_table.v", `{"id": "?", "default_route_table_id": "=aws_vpc.v.default_route_table_id"}`)
		return p.resource("aws_route.v", `{"route_table_id": "=`+table+`", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "=aws_internet_gateway.v.id"}`)
	}
	for _, table := range []string{"aws_vpc.v.default_route_table_id", "aws_vpc.v.main_route_table_id", "aws_default_route_table.v.id"} {
		p := plan(table)
		p.can("aws_instance.a", "198.51.100.7:443", report.Reachable)
		p.can("aws_instance.a", "198.51.101.7:443", report.Unreachable)
	}
}
