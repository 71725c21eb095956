package shadow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// filling gives values to what a service would compute of one instance, or of one data source.
type filling struct {
	provider        *provider
	typ             string // "aws_vpc", "data.aws_vpc", "ephemeral.aws_x"
	block           *tfprotov5.SchemaBlock
	values          map[string]any
	account, region string
	seed            string            // everything made up is derived from it
	placeholders    map[string]string // text -> path
	chosen          []string
	busy            map[string]bool // attributes whose value is being made
	made            map[string]bool // attributes that have got their value here
}

func (p *provider) filling(s *settings, typ string, b *tfprotov5.SchemaBlock, values map[string]any) *filling {
	f := &filling{
		provider: p, typ: typ, block: b, values: values, account: s.account, region: s.region,
		placeholders: map[string]string{}, busy: map[string]bool{}, made: map[string]bool{},
	}
	if region := str(values["region"]); region != "" && p.source == "hashicorp/aws" {
		f.region = region
	}
	return f
}

// fill gives an instance an identity of its own, and then everything else.
func (f *filling) fill(source string) {
	f.seed = f.provider.book.seed(strings.Join([]string{source, f.typ, f.account, f.region, canonical(f.values)}, "\x00"))
	f.all()
}

// record notes an instance as planned.
func (f *filling) record(source string) {
	id := str(f.values["id"])
	if id == "" {
		id = str(f.values["arn"])
	}
	if id == "" { // neither: any text of its own
		for _, text := range slices.Sorted(maps.Keys(f.placeholders)) {
			id = text
			break
		}
	}
	f.provider.book.keep(&object{typ: f.typ, account: f.account, region: f.region, values: f.values})
	f.provider.book.plan(Planned{
		Provider: source, Type: f.typ, ID: id, Account: f.account, Region: f.region, Placeholders: f.placeholders, Chosen: f.chosen,
	})
}

// all fills the block of the type.
func (f *filling) all() {
	for _, a := range f.block.Attributes {
		f.attribute(a.Name)
	}
	for _, n := range f.block.BlockTypes {
		f.nested(n, f.values, "", "")
	}
}

// attribute is an attribute of the type, filled if it has to be.
func (f *filling) attribute(name string) any {
	a := attribute(f.block, name)
	if a == nil || f.values[name] != nil || !a.Computed || a.WriteOnly || f.busy[name] {
		return f.values[name]
	}
	f.busy[name] = true
	defer delete(f.busy, name)
	v := f.value(name, name, a, f.values)
	f.values[name], f.made[name] = v, true
	return v
}

// nested fills what is computed within blocks that are there.
func (f *filling) nested(n *tfprotov5.SchemaNestedBlock, in map[string]any, key, path string) {
	key += n.TypeName + "."
	if n.TypeName == "timeouts" {
		return
	}
	single := n.Nesting == tfprotov5.SchemaNestedBlockNestingModeSingle || n.Nesting == tfprotov5.SchemaNestedBlockNestingModeGroup
	i := 0
	visit := func(m map[string]any) {
		at := fmt.Sprintf("%s%s[%d].", path, n.TypeName, i)
		if single {
			at = path + n.TypeName + "."
		}
		i++
		for _, a := range n.Block.Attributes {
			if m[a.Name] == nil && a.Computed && !a.WriteOnly {
				m[a.Name] = f.value(key+a.Name, at+a.Name, a, m)
			}
		}
		for _, inner := range n.Block.BlockTypes {
			f.nested(inner, m, key, at)
		}
	}
	if m, ok := in[n.TypeName].(map[string]any); ok && n.Nesting == tfprotov5.SchemaNestedBlockNestingModeMap {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			each(m[k], visit)
		}
		return
	}
	each(in[n.TypeName], visit)
}

// value makes the value of an attribute: as the type's own shape has it, as a template has it, or as its name and type suggest. The key is its path without
// indexes; around it are its neighbours.
func (f *filling) value(key, path string, a *tfprotov5.SchemaAttribute, around map[string]any) any {
	if make, ok := shapes()[f.typ][key]; ok {
		return make(f, path, around)
	}
	if make, ok := shapes()[strings.TrimPrefix(f.typ, "data.")][key]; ok {
		return make(f, path, around)
	}
	return f.typed(key, path, a.Type, a.Optional, around)
}

func (f *filling) template(key string) (string, bool) {
	if t, ok := templates()[f.typ][key]; ok {
		return t, true
	}
	typ, _ := strings.CutPrefix(f.typ, "data.")
	t, ok := templates()[typ][key]
	return t, ok
}

// typed makes a value of a type.
func (f *filling) typed(key, path string, t tftypes.Type, optional bool, around map[string]any) any {
	if template, ok := f.template(key); ok {
		return f.expand(template, path, t, around)
	}
	name := key[strings.LastIndex(key, ".")+1:]
	switch t := t.(type) {
	case tftypes.Object:
		m := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(t.AttributeTypes)) {
			m[k] = f.typed(key+"."+k, path+"."+k, t.AttributeTypes[k], false, m)
		}
		return m
	case tftypes.List:
		return f.collection(key, path, t.ElementType, optional, around)
	case tftypes.Set:
		return f.collection(key, path, t.ElementType, optional, around)
	case tftypes.Map:
		m := map[string]any{}
		for _, k := range f.provider.config.Keys[strings.TrimPrefix(f.typ, "data.")+"."+key] {
			m[k] = f.typed(key+"."+k, path+"["+strconv.Quote(k)+"]", t.ElementType, false, m)
		}
		return m
	}
	switch {
	case t.Is(tftypes.Bool):
		f.choose(path)
		return false
	case t.Is(tftypes.Number):
		f.choose(path)
		return number(name)
	}
	if optional && !own(name) && t.Is(tftypes.String) && attribute(f.block, name+"_prefix") == nil {
		return "" // one of several alternatives, or an option: not given
	}
	return f.named(name, path)
}

// own tells whether an attribute that may be given gets a value from the service where it is not, by what it is called.
func own(name string) bool {
	switch name {
	case "id", "name", "identifier", "arn", "region", "vpc_id", "subnet_id", "account_id", "owner_id", "bucket", "dns_name", "address", "zone_id":
		return true
	}
	return slices.ContainsFunc([]string{"availability_zone", "availability_zone_id", "_owner_id", "_account_id", "_identifier", "_region", "_window", "_cidr", "cidr_block"},
		func(s string) bool { return strings.HasSuffix(name, s) })
}

// collection is a list of computed values: of objects, one; of texts, one if nobody could have set it, and none if it was left to the service.
func (f *filling) collection(key, path string, element tftypes.Type, optional bool, around map[string]any) any {
	if optional && (element.Is(tftypes.Object{}) || element.Is(tftypes.String) || element.Is(tftypes.Number)) {
		return []any{}
	}
	v := f.typed(strings.TrimSuffix(singular(key), "."), path+"[0]", element, false, around)
	return []any{v}
}

// singular is the key of the elements of a list: objects keep the list's, as members are found below it; "subnet_ids" are of "subnet_id".
func singular(key string) string {
	for _, plural := range []string{"ids", "arns", "ips", "addresses", "blocks", "names", "endpoints", "servers", "zones"} {
		if strings.HasSuffix(key, plural) {
			if plural == "addresses" {
				return strings.TrimSuffix(key, "es")
			}
			return strings.TrimSuffix(key, "s")
		}
	}
	return key
}

// number is a computed number that makes sense.
func number(name string) float64 {
	switch {
	case strings.HasSuffix(name, "asn"):
		return 64512
	case strings.HasSuffix(name, "version"), strings.HasSuffix(name, "revision"):
		return 1
	case strings.HasSuffix(name, "port"):
		return 443
	}
	return 0
}

// note remembers a placeholder.
func (f *filling) note(text, path string) string {
	if _, ok := f.placeholders[text]; !ok && text != "" {
		f.placeholders[text] = path
	}
	return text
}

// choose remembers that an attribute has an ordinary value that the service may choose differently.
func (f *filling) choose(path string) { f.chosen = append(f.chosen, path) }

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// digits are n characters of an alphabet, derived from the instance and what they are for.
func (f *filling) digits(alphabet string, n int, what ...string) string {
	var out strings.Builder
	for i := 0; out.Len() < n; i++ {
		sum := sha256.Sum256([]byte(f.seed + "\x00" + strings.Join(what, "\x00") + "\x00" + strconv.Itoa(i)))
		for _, b := range sum {
			if out.Len() < n {
				out.WriteByte(alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return out.String()
}

const hexDigits = "0123456789abcdef"

// id is an identifier with one of AWS's prefixes.
func (f *filling) id(prefix, path string) string {
	return f.note(prefix+"-"+f.digits(hexDigits, 17, path), path)
}

var alphabets = map[string]string{
	"hex": hexDigits, "hexu": "0123456789ABCDEF", "num": "0123456789", "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	"upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "base": "abcdefghijklmnopqrstuvwxyz0123456789",
}

var (
	hole   = regexp.MustCompile(`<[a-z0-9_|]+>`)
	random = regexp.MustCompile(`^(hex|hexu|num|alnum|upper|base)([0-9]+)$`)
)

// expand makes a value from a template.
func (f *filling) expand(template, path string, t tftypes.Type, around map[string]any) any {
	template, ordinary := strings.CutPrefix(template, "!")
	if rest, ok := strings.CutPrefix(template, "@@@"); ok {
		service, resource, _ := strings.Cut(rest, " ")
		template = "arn:<partition>:" + service + ":::" + resource
	} else if rest, ok := strings.CutPrefix(template, "@@"); ok {
		service, resource, _ := strings.Cut(rest, " ")
		template = "arn:<partition>:" + service + "::<account>:" + resource
	} else if rest, ok := strings.CutPrefix(template, "@"); ok {
		service, resource, _ := strings.Cut(rest, " ")
		template = "arn:<partition>:" + service + ":<region>:<account>:" + resource
	}
	own, n := false, 0
	text := hole.ReplaceAllStringFunc(template, func(h string) string {
		n++
		for name := range strings.SplitSeq(strings.Trim(h, "<>"), "|") {
			s, is := f.part(name, path, n, around)
			if s != "" {
				own = own || is
				return s
			}
		}
		return ""
	})
	if !t.Is(tftypes.String) && !t.Is(tftypes.DynamicPseudoType) {
		var x any
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			x = text
		}
		if ordinary {
			f.choose(path)
		} else if own {
			for i, e := range texts(x) {
				f.note(e, fmt.Sprintf("%s[%d]", path, i))
			}
		}
		return x
	}
	switch {
	case ordinary && text != "":
		f.choose(path)
	case own:
		f.note(text, path)
	}
	return text
}

// part is what stands for a hole of a template; own tells whether nobody else has the text.
func (f *filling) part(name, path string, n int, around map[string]any) (s string, own bool) {
	if m := random.FindStringSubmatch(name); m != nil {
		size, _ := strconv.Atoi(m[2])
		return f.digits(alphabets[m[1]], size, path, strconv.Itoa(n)), size >= 6
	}
	if make, ok := words[name]; ok {
		s = make(f, path)
		return s, name == "uuid" || name == "placeholder" || name == "public"
	}
	v, ok := around[name]
	if !ok || v == nil {
		if attribute(f.block, name) != nil {
			v = f.attribute(name)
		}
	}
	if v == nil {
		return "", false
	}
	s = str(v)
	_, own = f.placeholders[s]
	return s, own
}

// words are holes that are no attributes.
var words = map[string]func(f *filling, path string) string{
	"region":    func(f *filling, _ string) string { return f.region },
	"account":   func(f *filling, _ string) string { return f.account },
	"partition": func(f *filling, _ string) string { return partition(f.region) },
	"suffix":    func(f *filling, _ string) string { return suffix(f.region) },
	"reverse":   func(f *filling, _ string) string { return reverse(suffix(f.region)) },
	"zone":      func(f *filling, _ string) string { return f.zone() },
	"zoneid":    func(f *filling, _ string) string { return zoneID(f.zone()) },
	"zoneshort": func(f *filling, _ string) string { return regionCode(f.region) },
	"uuid": func(f *filling, path string) string {
		d := f.digits(hexDigits, 32, path, "uuid")
		return d[:8] + "-" + d[8:12] + "-4" + d[13:16] + "-a" + d[17:20] + "-" + d[20:]
	},
	"placeholder": func(f *filling, path string) string { return "placeholder-" + f.digits(hexDigits, 17, path) },
	"public":      func(f *filling, path string) string { return f.public(path) },
	"lbkind": func(f *filling, _ string) string {
		switch str(f.values["load_balancer_type"]) {
		case "network":
			return "net"
		case "gateway":
			return "gwy"
		}
		return "app"
	},
	"sslpolicy": func(f *filling, _ string) string {
		if p := str(f.values["protocol"]); p == "HTTPS" || p == "TLS" {
			return "ELBSecurityPolicy-2016-08"
		}
		return ""
	},
	"inout": func(f *filling, _ string) string {
		if strings.HasPrefix(str(f.values["direction"]), "INBOUND") {
			return "in"
		}
		return "out"
	},
	"clustername": func(f *filling, _ string) string {
		arn := str(f.values["cluster"])
		if arn == "" {
			return "default"
		}
		return arn[strings.LastIndex(arn, "/")+1:]
	},
	"rulegroup": func(f *filling, _ string) string {
		return strings.ToLower(str(f.values["type"])) + "-rulegroup"
	},
	"engineversion": func(f *filling, _ string) string { return engineVersions[str(f.values["engine"])] },
	"osprefix": func(f *filling, _ string) string {
		if len(list(f.values["vpc_options"])) > 0 {
			return "vpc"
		}
		return "search"
	},
	"issuer":    func(f *filling, _ string) string { return strings.TrimPrefix(str(f.values["url"]), "https://") },
	"slashname": func(f *filling, _ string) string { return "/" + strings.TrimPrefix(str(f.values["name"]), "/") },
}

// versions of engines, where a configuration leaves them open.
var engineVersions = map[string]string{
	"mysql": "8.0.42", "mariadb": "11.4.5", "postgres": "17.5", "aurora-mysql": "8.0.mysql_aurora.3.08.2", "aurora-postgresql": "16.8",
	"sqlserver-ex": "16.00.4195.2.v1", "oracle-se2": "19.0.0.0.ru-2025-04.rur-2025-04.r1", "docdb": "5.0.0", "neptune": "1.4.5.0",
}

// --- what a name suggests ---

// prefixes of identifiers, by how the name of an attribute ends. The first that fits holds.
var prefixes = [][2]string{
	{"security_group_rule_id", "sgr"}, {"security_group_id", "sg"}, {"route_table_id", "rtb"}, {"network_acl_id", "acl"},
	{"network_interface_id", "eni"}, {"subnet_id", "subnet"}, {"allocation_id", "eipalloc"}, {"prefix_list_id", "pl"}, {"dhcp_options_id", "dopt"},
	{"transit_gateway_attachment_id", "tgw-attach"}, {"transit_gateway_id", "tgw"}, {"vpn_gateway_id", "vgw"}, {"customer_gateway_id", "cgw"},
	{"vpn_connection_id", "vpn"}, {"egress_only_gateway_id", "eigw"}, {"internet_gateway_id", "igw"}, {"nat_gateway_id", "nat"},
	{"vpc_peering_connection_id", "pcx"}, {"peering_connection_id", "pcx"}, {"vpc_endpoint_service_id", "vpce-svc"}, {"vpc_endpoint_id", "vpce"},
	{"local_gateway_id", "lgw"}, {"instance_id", "i"}, {"volume_id", "vol"}, {"snapshot_id", "snap"}, {"image_id", "ami"}, {"ami_id", "ami"},
	{"launch_template_id", "lt"}, {"file_system_id", "fs"}, {"attachment_id", "eni-attach"}, {"association_id", "assoc"}, {"vpc_id", "vpc"},
}

// prefixed are the types that only data sources have, whose id has a prefix.
var prefixed = map[string]string{
	"data.aws_vpc_peering_connection": "pcx", "data.aws_ec2_managed_prefix_list": "pl", "data.aws_prefix_list": "pl", "data.aws_network_interface": "eni",
	"data.aws_ebs_volume": "vol", "data.aws_ebs_snapshot": "snap", "data.aws_vpc_ipam_pool": "ipam-pool",
}

// named makes a text by what its attribute is called.
func (f *filling) named(name, path string) string {
	has := func(suffixes ...string) bool {
		return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
	}
	ordinary := func(s string) string {
		f.choose(path)
		return s
	}
	switch {
	case name == "id":
		if p := prefixed[f.typ]; p != "" {
			return f.id(p, path)
		}
		return f.id(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(f.typ, "data."), "aws_"), "_", "-"), path)
	case f.provider.source != "hashicorp/aws":
		return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
	case name == "account_id" || has("owner_id", "_account_id", "owner", "registry_id"):
		return f.account
	case name == "region" || has("_region"):
		return f.region
	case has("availability_zone_id"):
		return ordinary(zoneID(f.zone()))
	case has("availability_zone"):
		return ordinary(f.zone())
	case name == "arn" || has("_arn"):
		return f.note(fmt.Sprintf("arn:%s:%s:%s:%s:%s/%s", partition(f.region), service(f.typ, name), f.region, f.account,
			strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(f.typ, "data."), "aws_"), "_arn"), "_", "-"),
			f.digits(hexDigits, 17, path)), path)
	case has("ipv6_cidr_block", "ipv6_cidr"):
		return f.note(f.blockIPv6(path, 56), path)
	case has("cidr_block", "cidr"):
		return f.note(f.blockIPv4(path, 24), path)
	case has("ipv6_address", "ipv6"):
		return f.note(f.addressIPv6("", path), path)
	case has("public_ip", "public_ip_address"):
		return f.note(f.public(path), path)
	case has("_ip", "ip_address", "_address1", "_address2") || name == "ip":
		return f.note(f.privateUnknown(path), path)
	case has("mac_address"):
		d := f.digits(hexDigits, 10, path)
		return f.note("02:"+d[0:2]+":"+d[2:4]+":"+d[4:6]+":"+d[6:8]+":"+d[8:10], path)
	case has("dns_name", "hostname", "fqdn", "domain_name", "public_dns", "private_dns", "private_dns_name", "endpoint", "endpoint_address", "address"):
		return f.note(f.digits(hexDigits, 17, path)+"."+f.region+"."+suffix(f.region), path)
	case has("url", "uri"):
		return f.note("https://"+f.digits(hexDigits, 17, path)+"."+f.region+"."+suffix(f.region), path)
	case has("_date", "_time", "created_at", "updated_at", "date", "timestamp", "_after", "_before"):
		return ordinary("2020-01-01T00:00:00Z")
	case has("status", "state"):
		return ordinary("available")
	case has("policy", "json"):
		return ordinary(`{"Version":"2012-10-17","Statement":[]}`)
	case has("zone_id"):
		return f.note("Z"+f.digits(alphabets["upper"], 20, path), path)
	case has("key_id", "uuid"):
		return f.note(words["uuid"](f, path), path)
	case has("window"):
		return ordinary("sun:05:00-sun:06:00")
	}
	for _, p := range prefixes {
		if has(p[0]) {
			return f.id(p[1], path)
		}
	}
	if name == "name" || has("_name", "identifier") {
		if prefix := str(f.values[name+"_prefix"]); prefix != "" {
			return f.note(prefix+f.digits("0123456789", 26, path), path)
		}
		return f.note("terraform-"+f.digits("0123456789", 26, path), path)
	}
	return f.note("placeholder-"+f.digits(hexDigits, 17, path), path)
}

// service is the service that an ARN names, by the attribute it is in.
func service(typ, name string) string {
	for _, s := range [][2]string{{"role_arn", "iam"}, {"kms_key_arn", "kms"}, {"secret_arn", "secretsmanager"}, {"topic_arn", "sns"}, {"bucket_arn", "s3"}} {
		if strings.HasSuffix(name, s[0]) {
			return s[1]
		}
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(typ, "data."), "aws_"), "_")
	if s, ok := services[word]; ok {
		return s
	}
	return word
}

// services are those whose name in ARNs is another one than in types.
var services = map[string]string{
	"vpc": "ec2", "subnet": "ec2", "security": "ec2", "route": "ec2", "network": "ec2", "internet": "ec2", "nat": "ec2", "eip": "ec2", "instance": "ec2",
	"launch": "ec2", "customer": "ec2", "vpn": "ec2", "ebs": "ec2", "db": "rds", "lb": "elasticloadbalancing", "alb": "elasticloadbalancing",
	"elb": "elasticloadbalancing", "cloudwatch": "logs", "api": "apigateway", "sfn": "states", "msk": "kafka", "opensearch": "es", "elasticsearch": "es",
	"efs": "elasticfilesystem", "docdb": "rds", "neptune": "rds", "cognito": "cognito-idp", "networkfirewall": "network-firewall", "route53": "route53",
	"prometheus": "aps", "mwaa": "airflow", "vpclattice": "vpc-lattice", "kinesis": "kinesis", "dx": "directconnect",
}

// integer is a number as an int.
func integer(x any) int {
	switch x := x.(type) {
	case float64:
		return int(x)
	case *big.Float:
		n, _ := x.Int64()
		return int(n)
	case string:
		n, _ := strconv.Atoi(x)
		return n
	}
	return 0
}
