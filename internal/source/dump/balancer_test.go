package dump

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Conditions have two forms, and both are carried as text; of weighted target groups those without weight are not chosen.
func TestListenerRules(t *testing.T) {
	const arn = "arn:aws:elasticloadbalancing:us-east-1:111111111111:"
	c := read(t, `{"LoadBalancers": [{"LoadBalancerArn": "`+arn+`loadbalancer/app/web/1", "LoadBalancerName": "web", "Type": "application", "VpcId": "vpc-1", "Scheme": "internal", "State": {"Code": "active"}}],
	"LoadBalancerListeners": [{"LoadBalancerArn": "`+arn+`loadbalancer/app/web/1", "Listeners": [{"ListenerArn": "l", "Protocol": "HTTPS", "Port": 443, "DefaultActions": [{"Type": "fixed-response", "Order": 1}]}]}],
	"ListenerRules": [{"ListenerArn": "l", "Rules": [
		{"Priority": "default", "IsDefault": true, "Conditions": [], "Actions": [{"Type": "fixed-response", "Order": 1, "FixedResponseConfig": {"StatusCode": "404"}}]},
		{"Priority": "10", "Conditions": [{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example", "*.b.example"]}, "Values": ["a.example", "*.b.example"]},
			{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"], "RegexValues": ["^/v[0-9]$"]}},
			{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Env", "Values": ["beta", "gamma"]}},
			{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
			{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}, {"Value": "x*"}]}},
			{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "2001:db8::/32"]}},
			{"Field": "host-header", "RegexValues": ["^a"]}],
		 "Actions": [{"Type": "forward", "Order": 2, "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "two", "Weight": 1}, {"TargetGroupArn": "three", "Weight": 0}, {"TargetGroupArn": "one", "Weight": 5}]}},
			{"Type": "authenticate-oidc", "Order": 1}]},
		{"Priority": "2", "Conditions": [{"Field": "path-pattern", "Values": ["/"]}], "Actions": [{"Type": "forward", "TargetGroupArn": "one", "ForwardConfig": {"TargetGroups": []}}]}]}]}`)
	var got []string
	for _, r := range c.LoadBalancers[0].Listeners[0].Rules {
		got = append(got, fmt.Sprint(r.Priority, ": ", r.Conditions, " ", r.Actions))
	}
	want := []string{
		`2: [{path-pattern [/]}] [{forward [one]}]`,
		`10: [{host-header [a.example *.b.example]} {path-pattern [/api/* regex ^/v[0-9]$]} {http-header [X-Env: beta X-Env: gamma]} {http-request-method [GET]} {query-string [v=1 x*]}` +
			` {source-ip [10.0.0.0/8 2001:db8::/32]} {host-header [regex ^a]}] [{authenticate-oidc []} {forward [one two]}]`,
		`default: [] [{fixed-response []}]`,
	}
	if diff := cmp.Diff(want, got); diff != "" || !c.LoadBalancers[0].Listeners[0].RulesKnown {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The port of health checks: that of each target, its own, or none.
func TestHealthCheckPort(t *testing.T) {
	var groups []string
	want := []int{0, 8080, -1, -1, 0}
	for i, fields := range []string{`"HealthCheckEnabled": true, "HealthCheckPort": "traffic-port"`, `"HealthCheckEnabled": true, "HealthCheckPort": "8080"`,
		`"HealthCheckEnabled": false, "HealthCheckPort": "traffic-port"`, `"Port": 80`, `"HealthCheckPort": "traffic-port"`} {
		groups = append(groups, fmt.Sprintf(`{"TargetGroupArn": "arn:%d", "TargetType": "instance", %s}`, i, fields))
	}
	c := read(t, `{"TargetGroups": [`+strings.Join(groups, ",")+`]}`)
	for i, g := range c.TargetGroups {
		if g.HealthCheckPort != want[i] {
			t.Errorf("%s: %d, and not %d", g.ID, g.HealthCheckPort, want[i])
		}
	}
}

// The primary interface is the only one, or the one with device index 0, whichever list tells.
func TestPrimary(t *testing.T) {
	c := read(t, `{"NetworkInterfaces": [
		{"NetworkInterfaceId": "eni-4", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.4", "Attachment": {"InstanceId": "i-3", "DeviceIndex": 1}},
		{"NetworkInterfaceId": "eni-5", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.5", "Attachment": {"InstanceId": "i-3", "DeviceIndex": 0}},
		{"NetworkInterfaceId": "eni-6", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.6", "Attachment": {"InstanceId": "i-3", "DeviceIndex": 0, "NetworkCardIndex": 1}}],
	"Reservations": [{"OwnerId": "111111111111", "Instances": [
		{"InstanceId": "i-1", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]},
		{"InstanceId": "i-2", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "Attachment": {"DeviceIndex": 1}}, {"NetworkInterfaceId": "eni-3", "Attachment": {"DeviceIndex": 0, "NetworkCardIndex": 0}}]},
		{"InstanceId": "i-3", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-4"}, {"NetworkInterfaceId": "eni-5"}]},
		{"InstanceId": "i-4", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-7"}, {"NetworkInterfaceId": "eni-8"}]}]}]}`)
	got := map[string]string{}
	for _, i := range c.Instances {
		got[i.ID] = i.Primary
	}
	if diff := cmp.Diff(map[string]string{"i-1": "eni-1", "i-2": "eni-3", "i-3": "eni-5", "i-4": ""}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
