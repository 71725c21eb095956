package shadow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// asked is what a data source of AWS answers in a Region.
func asked(t *testing.T, typ, region string, config map[string]any) (map[string]any, []Lookup) {
	t.Helper()
	s, missing, err := schema.AWS(6, nil, []string{typ}, nil)
	if err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	p := &provider{source: "hashicorp/aws", book: newBook(), schema: s, config: Config{
		Env:    func(string) string { return region },
		Lookup: func(string, string, map[string]any, string, string) (map[string]any, bool) { return nil, false },
	}}
	in, err := encode(config, s.DataSources[typ].Block)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.ReadDataSource(t.Context(), &tfprotov5.ReadDataSourceRequest{TypeName: typ, Config: in})
	if err != nil || len(out.Diagnostics) > 0 {
		t.Fatal(err, out.Diagnostics)
	}
	x, err := decode(out.State, s.DataSources[typ].Block)
	if err != nil {
		t.Fatal(err)
	}
	return x, p.book.record().Lookups
}

// What needs no AWS is computed, and is no lookup.
func TestComputed(t *testing.T) {
	type m = map[string]any
	filter := func(name string, values ...any) m { return m{"name": name, "values": values} }
	for _, c := range []struct {
		typ, region string
		config      m
		want        m
	}{
		{"aws_availability_zones", "ap-northeast-1", m{}, m{
			"names": []any{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}, "zone_ids": []any{"apne1-az1", "apne1-az2", "apne1-az3"}, "group_names": []any{"ap-northeast-1"},
		}},
		{"aws_availability_zones", "us-east-1", m{"exclude_names": []any{"us-east-1a"}, "exclude_zone_ids": []any{"use1-az2"}, "filter": []any{filter("zone-name", "us-east-1[x]", "us-east-1*")}}, m{
			"names": []any{"us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"},
		}},
		{"aws_availability_zones", "us-east-1", m{"filter": []any{filter("opt-in-status", "opt-in-not-required"), filter("zone-id", "use1-az3")}}, m{"names": []any{"us-east-1c"}}},
		{"aws_availability_zones", "us-east-1", m{"filter": []any{filter("zone-type", "local-zone")}}, m{"names": []any{}, "group_names": []any{}}},
		{"aws_availability_zone", "us-east-1", m{"name": "us-east-1d"}, m{"zone_id": "use1-az4", "name_suffix": "d"}},
		{"aws_region", "eu-west-1", m{}, m{"id": "eu-west-1", "region": "eu-west-1", "endpoint": "ec2.eu-west-1.amazonaws.com"}},
		{"aws_partition", "cn-north-1", m{}, m{"partition": "aws-cn", "dns_suffix": "amazonaws.com.cn"}},
		{"aws_caller_identity", "eu-west-1", m{}, m{"account_id": "000000000000", "arn": "arn:aws:iam::000000000000:user/watertight"}},
		{"aws_arn", "us-east-1", m{"arn": "arn:aws:rds:eu-west-1:123456789012:db:mysql-db"}, m{"service": "rds", "region": "eu-west-1", "account": "123456789012", "resource": "db:mysql-db"}},
		{"aws_service", "eu-west-1", m{"service_id": "s3"}, m{"reverse_dns_name": "com.amazonaws.eu-west-1.s3", "dns_name": "s3.eu-west-1.amazonaws.com"}},
		{"aws_service_principal", "eu-west-1", m{"service_name": "ec2"}, m{"name": "ec2.amazonaws.com"}},
		{"aws_vpc_endpoint_service", "eu-west-1", m{"service": "s3", "service_type": "Interface"}, m{"service_name": "com.amazonaws.eu-west-1.s3", "service_type": "Interface"}},
		{"aws_vpc_endpoint_service", "eu-west-1", m{"service": "dynamodb"}, m{"service_type": "Gateway", "private_dns_name": ""}},
	} {
		got, lookups := asked(t, c.typ, c.region, c.config)
		for k, v := range c.want {
			if d := cmp.Diff(v, got[k]); d != "" {
				t.Errorf("%s %v in %s: %s: %s", c.typ, c.config, c.region, k, d)
			}
		}
		if len(lookups) > 0 {
			t.Errorf("%s is on record as looked up: %v", c.typ, lookups)
		}
	}
}

// What AWS alone knows is a placeholder of the right shape, on record with what was asked.
func TestLookedUp(t *testing.T) {
	for _, c := range []struct {
		typ       string
		config    map[string]any
		attribute string
		begins    string
	}{
		{"aws_vpc", map[string]any{"default": true}, "cidr_block", "25"},
		{"aws_vpc", map[string]any{"default": true}, "id", "vpc-"},
		{"aws_security_group", map[string]any{"name": "x"}, "vpc_id", "vpc-"},
		{"aws_security_group", map[string]any{"name": "x"}, "arn", "arn:aws:ec2:eu-west-1:000000000000:security-group/sg-"},
		{"aws_ec2_managed_prefix_list", map[string]any{"name": "com.amazonaws.global.cloudfront.origin-facing"}, "id", "pl-"},
		{"aws_prefix_list", map[string]any{"name": "com.amazonaws.eu-west-1.s3"}, "id", "pl-"},
		{"aws_ami", map[string]any{"most_recent": true}, "id", "ami-"},
		{"aws_route53_zone", map[string]any{"name": "example.com"}, "zone_id", "Z"},
		{"aws_kms_alias", map[string]any{"name": "alias/x"}, "target_key_arn", "arn:aws:kms:eu-west-1:000000000000:key/"},
	} {
		got, lookups := asked(t, c.typ, "eu-west-1", c.config)
		text := str(got[c.attribute])
		if !strings.HasPrefix(text, c.begins) {
			t.Errorf("%s.%s is %q", c.typ, c.attribute, text)
		}
		if len(lookups) != 1 || lookups[0].Placeholders[text] == "" || lookups[0].Answered {
			t.Errorf("%s: %q is not on record: %v", c.typ, text, lookups)
			continue
		}
		for k, v := range c.config {
			if lookups[0].Config[k] != v {
				t.Errorf("%s: the record says that %v was asked", c.typ, lookups[0].Config)
			}
		}
	}
}
