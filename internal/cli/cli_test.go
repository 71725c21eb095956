package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

// here is a network with two roles: web may open HTTPS to api, and both are in one subnet.
func here(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"Vpcs.json":    `{"Vpcs": [{"VpcId": "vpc-0000000a", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}], "Tags": [{"Key": "Name", "Value": "prod"}]}]}`,
		"Subnets.json": `{"Subnets": [{"SubnetId": "subnet-0000000a", "VpcId": "vpc-0000000a", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "us-east-1a", "Tags": [{"Key": "Name", "Value": "prod-app-us-east-1a"}]}]}`,
		"RouteTables.json": `{"RouteTables": [{"RouteTableId": "rtb-0000000a", "VpcId": "vpc-0000000a", "OwnerId": "111111111111", "Associations": [{"Main": true, "RouteTableId": "rtb-0000000a", "AssociationState": {"State": "associated"}}],
			"Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}]}]}`,
		"NetworkAcls.json": `{"NetworkAcls": [{"NetworkAclId": "acl-0000000a", "VpcId": "vpc-0000000a", "OwnerId": "111111111111", "IsDefault": true, "Associations": [],
			"Entries": [{"RuleNumber": 100, "Egress": true, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}, {"RuleNumber": 100, "Egress": false, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}]}]}`,
		"SecurityGroups.json": `{"SecurityGroups": [
			{"GroupId": "sg-0000000a", "GroupName": "sg-web", "VpcId": "vpc-0000000a", "OwnerId": "111111111111", "IpPermissions": [],
			 "IpPermissionsEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-0000000b", "UserId": "111111111111"}]}]},
			{"GroupId": "sg-0000000b", "GroupName": "sg-api", "VpcId": "vpc-0000000a", "OwnerId": "111111111111", "IpPermissionsEgress": [],
			 "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-0000000a", "UserId": "111111111111"}]}]}]}`,
		"NetworkInterfaces.json": `{"NetworkInterfaces": [
			{"NetworkInterfaceId": "eni-0000000a", "VpcId": "vpc-0000000a", "SubnetId": "subnet-0000000a", "OwnerId": "111111111111", "InterfaceType": "interface", "SourceDestCheck": true, "Status": "in-use", "AvailabilityZone": "us-east-1a",
			 "Groups": [{"GroupId": "sg-0000000a"}], "PrivateIpAddress": "10.0.0.10", "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.0.10"}]},
			{"NetworkInterfaceId": "eni-0000000b", "VpcId": "vpc-0000000a", "SubnetId": "subnet-0000000a", "OwnerId": "111111111111", "InterfaceType": "interface", "SourceDestCheck": true, "Status": "in-use", "AvailabilityZone": "us-east-1a",
			 "Groups": [{"GroupId": "sg-0000000b"}], "PrivateIpAddress": "10.0.0.20", "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.0.20"}]}]}`,
		"InternetGateways.json": `{"InternetGateways": []}`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type outcome struct {
	code           int
	stdout, stderr string
}

func run(env []string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := Run(args, strings.NewReader(""), &stdout, &stderr, env)
	return outcome{code, stdout.String(), stderr.String()}
}

// TestExitCodes shows what every exit code stands for, and what is said with it.
func TestExitCodes(t *testing.T) {
	from := here(t)
	for _, test := range []struct {
		args   string
		code   int
		stdout string // a part of it
		stderr string
	}{
		{"can web api:443 --from " + from, 0, "reachable  web → api  tcp 443\n", ""},
		{"can web api:443 --expect reachable --from " + from, 0, "reachable", ""},
		{"can web api:80 --expect unreachable --from " + from, 0, "unreachable", ""},
		{"can api web:443 --from " + from, 0, "unreachable  api → web", ""},
		{"can web api --from " + from, 0, "partial  web → api  tcp, any port", ""},
		{"can web api:443 --from " + from + " --from " + from, 0, "reachable", ""},
		{"who api --from " + from, 0, "who can reach api", ""},
		{"what web --by tier --from " + from, 0, "tier:app", ""},
		{"matrix --from " + from, 0, "who can reach what", ""},
		{"version", 0, report.Schema, ""},
		{"", 0, "Available Commands", ""},
		{"can --help", 0, "SOURCE and DESTINATION are", ""},

		{"can web api:443 --not-through firewall --from " + from, 0, "not through firewall: yes, by network interface", ""},
		{"can web api:80 --through firewall --from " + from, 0, "through firewall: yes", ""}, // nothing gets through at all
		{"what web --internet --from " + from, 0, "what can web reach on the internet", ""},

		{"can web api:80 --expect reachable --from " + from, 3, "unreachable", "the answer is unreachable, and reachable was expected"},
		{"can web api:443 --through firewall --from " + from, 3, "through firewall: no, by network interface", "\"through firewall\" does not hold"},
		{"can web api:443 --through firewall --expect reachable --from " + from, 3, "reachable", "\"through firewall\" does not hold"},
		{"can web api:443 --through firewall --expect one-way --from " + from, 3, "reachable", "the answer is reachable, and one-way was expected"},

		{"can wbe api:443 --from " + from, 2, "", "Did you mean web?"},
		{"can web api:443/udp --protocol tcp --from " + from, 2, "", "the protocol is given twice"},
		{"can web:443 api --from " + from, 2, "", "a source has no server port"},
		{"can web api --protocol sctp --from " + from, 2, "", "IANA number"},
		{"can web api --port 70000 --from " + from, 2, "", "from 0 to 65535"},
		{"can web api --family ipv6 --from " + from, 2, "", "web has no IPv6 address"},
		{"can web api --protocol icmp --port 8 --from " + from, 2, "", "--icmp-type"},
		{"can web api --expect yes --from " + from, 2, "", "a verdict is reachable, one-way, unreachable, unknown or partial"},
		{"can web api --format yaml --from " + from, 2, "", "it is text or json"},
		{"can web api --from " + filepath.Join(from, "nowhere"), 2, "", "nowhere"},
		{"can web api", 2, "", "Give --from FOLDER"},
		{"can web --from " + from, 2, "", "needs DESTINATION"},
		{"can web api db --from " + from, 2, "", "there is also \"db\""},
		{"can web api --through firewal --from " + from, 2, "", "Did you mean firewall?"},
		{"can web api --through nat --not-through firewall", 2, "", "ask one thing about the way at a time"},
		{"can web api --only-through front --from " + from, 2, "", "no load balancer, private endpoint or endpoint service"},
		{"can web api.example.com:443 --only-through front --from " + from, 2, "", "no load balancer"},
		{"can api.example.com web --from " + from, 2, "", "a name of the public internet"},
		{"what web --internet --hops 2 --from " + from, 2, "", "leave --hops away"},
		{"what internet --internet --from " + from, 2, "", "outside the network itself"},
		{"who api --by colour --from " + from, 2, "", "group, tier or account"},
		{"what api --hops 0 --from " + from, 2, "", "1 or more"},
		{"can --colour never", 2, "", "unknown flag"},
		{"cann web api", 2, "", "Did you mean can?"},
		{"generate", 2, "", "Give -o DIR"},
	} {
		got := run(nil, strings.Fields(test.args)...)
		if got.code != test.code || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("watertight %s: exit %d, want %d; want %q on stdout and %q on stderr\n%s%s", test.args, got.code, test.code, test.stdout, test.stderr, got.stdout, got.stderr)
		}
		if test.code == 2 && got.stdout != "" {
			t.Errorf("watertight %s: an error, and words on stdout: %s", test.args, got.stdout)
		}
	}
}

// TestJSON shows that --json prints the document that docs/json.md describes, and the same bytes each time.
func TestJSON(t *testing.T) {
	from := here(t)
	first := run(nil, "can", "web", "api:443", "--json", "--from", from)
	if again := run(nil, "can", "web", "api:443", "--format", "json", "--from", from); again != first {
		t.Errorf("asked twice, answered differently:\n%s\n%s", first.stdout, again.stdout)
	}
	var got report.Can
	if err := json.Unmarshal([]byte(first.stdout), &got); err != nil {
		t.Fatal(err, first)
	}
	if got.Schema != report.Schema || got.Kind != report.KindCan || got.Verdict != report.Reachable || len(got.Parts) != 1 {
		t.Errorf("%+v", got)
	}
	for _, args := range []string{"can web api:443", "can internet api", "who api", "what web", "matrix"} {
		answer := run(nil, strings.Fields(args+" --json --from "+from)...)
		for line := range strings.Lines(answer.stdout) {
			if strings.Contains(line, ": null") {
				t.Errorf("watertight %s --json: a list is null:\n%s", args, line)
			}
		}
	}
	part := got.Parts[0]
	if w := part.Witness; w == nil || w.SourceIP != "10.0.0.10" || w.DestinationIP != "10.0.0.20" || *w.DestinationPort != 443 || w.Protocol != "tcp" {
		t.Errorf("witness %+v", part.Witness)
	}
	if part.Ports != "443" || part.ClientPorts != "1024-65535" || part.Via != "same subnet" {
		t.Errorf("%+v", part)
	}
}

// TestColor: only when asked for, unless standard output is a terminal, which no test has.
func TestColor(t *testing.T) {
	from := here(t)
	for _, test := range []struct {
		env   []string
		color string
		want  bool
	}{
		{nil, "auto", false}, {nil, "never", false}, {nil, "always", true}, {[]string{"NO_COLOR=1"}, "auto", false}, {[]string{"NO_COLOR=1"}, "always", true},
	} {
		got := run(test.env, "can", "web", "api:443", "--color", test.color, "--from", from)
		if strings.Contains(got.stdout, "\x1b[") != test.want {
			t.Errorf("--color %s with %v: %q", test.color, test.env, got.stdout)
		}
	}
}

// TestCompletion asks as a shell does.
func TestCompletion(t *testing.T) {
	from := here(t)
	for _, test := range []struct{ args, want string }{
		{"can --from " + from + " a", "api\n"},
		{"can --from " + from + " web a", "api\n"},
		{"who --from " + from + " ti", "tier:app\n"},
		{"can --from " + from + " web --protocol u", "udp\n"},
		{"can --expect one", "one-way\n"},
		{"can --from " + from + " web api --through f", "firewall\n"},
		{"can --from " + from + " web api --not-through n", "nat\n"},
	} {
		got := run(nil, append([]string{"__complete"}, strings.Fields(test.args)...)...)
		if !strings.Contains("\n"+got.stdout, "\n"+test.want) {
			t.Errorf("%s: %q, want %q", test.args, got.stdout, test.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestFailure: what goes wrong in the tool itself is exit code 1, without a stack trace.
func TestFailure(t *testing.T) {
	from := here(t)
	var stderr bytes.Buffer
	if code := Run([]string{"can", "web", "api:443", "--from", from}, nil, broken{}, &stderr, nil); code != failed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
	stderr.Reset()
	if code := Run([]string{"version"}, nil, panicking{}, &stderr, nil); code != failed || !strings.Contains(stderr.String(), "internal error") || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("exit %d: %s", code, &stderr)
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("out of cheese") }

// TestProblems shows that what is wrong with the input is summed up on standard error.
func TestProblems(t *testing.T) {
	from := here(t)
	var list []string
	for _, id := range []string{"1", "2", "3", "4", "5", "6"} {
		list = append(list, `{"SubnetId": "subnet-0000001`+id+`", "VpcId": "vpc-00000bad", "OwnerId": "111111111111", "CidrBlock": "10.9.`+id+`.0/24", "AvailabilityZone": "us-east-1a"}`)
	}
	if err := os.WriteFile(filepath.Join(from, "Subnets-2.json"), []byte(`{"Subnets": [`+strings.Join(list, ",")+`]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	short, long := run(nil, "can", "web", "api:443", "--from", from), run(nil, "can", "web", "api:443", "--problems", "--from", from)
	if short.code != 0 || !strings.Contains(short.stderr, "the input has") || !strings.Contains(short.stderr, "--problems lists them all") {
		t.Errorf("%+v", short)
	}
	if strings.Count(long.stderr, "\n") <= strings.Count(short.stderr, "\n") || !strings.Contains(long.stderr, "subnet-00000016") {
		t.Errorf("%+v", long)
	}
}

// TestGenerate makes an organization and asks about it.
func TestGenerate(t *testing.T) {
	to := filepath.Join(t.TempDir(), "made")
	if got := run(nil, "generate", "--interfaces", "60", "--seed", "7", "-o", to); got.code != 0 || !strings.Contains(got.stdout, "60 interfaces") {
		t.Fatalf("%+v", got)
	}
	if got := run(nil, "matrix", "--from", to); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := run(nil, "generate", "-o", to); got.code != 2 || !strings.Contains(got.stderr, "not empty") {
		t.Errorf("%+v", got)
	}
}
