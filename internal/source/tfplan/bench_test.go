package tfplan

import (
	"bytes"
	"fmt"
	"testing"
)

// large is a plan of about so many bytes: VPCs with subnets, groups and rules, as the real provider prints them, with its state before it and its configuration.
func large(size int) []byte {
	var changes, prior, configs bytes.Buffer
	for n := 0; changes.Len()+prior.Len()+configs.Len() < size; n++ {
		if n > 0 {
			changes.WriteByte(',')
			prior.WriteByte(',')
			configs.WriteByte(',')
		}
		values := fmt.Sprintf(`{"id":"sgr-%[1]d","arn":"arn:aws:ec2:eu-west-1:111111111111:security-group-rule/sgr-%[1]d","security_group_id":"sg-%[2]d","security_group_rule_id":"sgr-%[1]d","cidr_ipv4":"10.%[3]d.0.0/16","cidr_ipv6":null,"prefix_list_id":null,"referenced_security_group_id":null,"description":"rule %[1]d of a large organization","ip_protocol":"tcp","from_port":443,"to_port":443,"tags":{"Name":"rule-%[1]d","team":"platform","managed-by":"terraform"},"tags_all":{"Name":"rule-%[1]d","team":"platform","managed-by":"terraform"}}`, n, n/20, n%256)
		address := fmt.Sprintf(`module.team[\"%d\"].aws_vpc_security_group_ingress_rule.this[%d]`, n/20, n%20)
		fmt.Fprintf(&changes, `{"address":"%s","module_address":"module.team","mode":"managed","type":"aws_vpc_security_group_ingress_rule","name":"this","index":%d,"provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["no-op"],"before":%s,"after":%s,"after_unknown":{},"before_sensitive":{"tags":{},"tags_all":{}},"after_sensitive":{"tags":{},"tags_all":{}}}}`, address, n%20, values, values)
		fmt.Fprintf(&prior, `{"address":"%s","mode":"managed","type":"aws_vpc_security_group_ingress_rule","name":"this","index":%d,"provider_name":"registry.terraform.io/hashicorp/aws","schema_version":0,"values":%s,"sensitive_values":{}}`, address, n%20, values)
		fmt.Fprintf(&configs, `{"address":"aws_security_group.g%d","mode":"managed","type":"aws_security_group","name":"g%d","provider_config_key":"aws","expressions":{"name":{"constant_value":"g"}},"schema_version":1}`, n, n)
	}
	return fmt.Appendf(nil, `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[%s]}},"resource_changes":[%s],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[%s]}}},"configuration":{"provider_config":{},"root_module":{"resources":[%s]}}}`,
		prior.Bytes(), changes.Bytes(), prior.Bytes(), configs.Bytes())
}

// BenchmarkParse reads a plan of 100 MB: under 5 s.
func BenchmarkParse(b *testing.B) {
	raw := large(76_000_000)
	b.SetBytes(int64(len(raw)))
	b.ReportMetric(float64(len(raw))/1e6, "MB")
	for b.Loop() {
		if _, err := Parse(raw, "plan.json", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
