package suricata

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watertight/watertight/internal/network"
)

var same = cmp.Options{cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })}

func block(text string) network.AddressMatch {
	return network.AddressMatch{Block: netip.MustParsePrefix(text)}
}

func not(m network.AddressMatch) network.AddressMatch {
	m.Not = true
	return m
}

func addressList(members ...network.AddressMatch) network.AddressMatch {
	return network.AddressMatch{List: members}
}

func span(from, to int) network.PortMatch {
	return network.PortMatch{Range: &network.PortRange{From: from, To: to}}
}

func TestAddresses(t *testing.T) {
	any, home := network.AddressMatch{Any: true}, network.AddressMatch{Variable: "HOME_NET"}
	for text, want := range map[string]network.AddressMatch{
		"any":                                   any,
		"ANY":                                   any,
		"10.0.0.0/8":                            block("10.0.0.0/8"),
		"10.1.2.3/8":                            block("10.0.0.0/8"),
		"10.1.2.3/255.255.0.0":                  block("10.1.0.0/16"),
		"10.1.2.3/0.0.0.0":                      block("0.0.0.0/0"),
		"192.0.2.7":                             block("192.0.2.7/32"),
		"2001:db8::1":                           block("2001:db8::1/128"),
		"2001:db8::/32":                         block("2001:db8::/32"),
		"$HOME_NET":                             home,
		"!$HOME_NET":                            not(home),
		"! $HOME_NET":                           not(home),
		"@BETA_1":                               {Reference: "BETA_1"},
		"10.0.0.0-10.0.0.255":                   block("10.0.0.0/24"),
		"10.0.0.3-10.0.0.8":                     addressList(block("10.0.0.3/32"), block("10.0.0.4/30"), block("10.0.0.8/32")),
		"!10.0.0.3-10.0.0.4":                    {Not: true, List: []network.AddressMatch{block("10.0.0.3/32"), block("10.0.0.4/32")}},
		"2001:db8::1-2001:db8::2":               addressList(block("2001:db8::1/128"), block("2001:db8::2/128")),
		"[10.0.0.0/8]":                          addressList(block("10.0.0.0/8")),
		"[10.0.0.0/8, !10.1.0.0/16 ,$A]":        addressList(block("10.0.0.0/8"), not(block("10.1.0.0/16")), network.AddressMatch{Variable: "A"}),
		"10.0.0.0/8,!10.1.0.0/16":               addressList(block("10.0.0.0/8"), not(block("10.1.0.0/16"))),
		"![10.0.0.0/8,192.168.0.0/16]":          {Not: true, List: []network.AddressMatch{block("10.0.0.0/8"), block("192.168.0.0/16")}},
		"[10.0.0.0/8,![10.1.0.0/16,@B]]":        addressList(block("10.0.0.0/8"), network.AddressMatch{Not: true, List: []network.AddressMatch{block("10.1.0.0/16"), {Reference: "B"}}}),
		"[!10.0.0.0/8,!$A]":                     addressList(not(block("10.0.0.0/8")), network.AddressMatch{Not: true, Variable: "A"}),
		"[any,!10.0.0.0/8]":                     addressList(any, not(block("10.0.0.0/8"))),
		"[10.0.0.0/8,[10.1.0.1,!10.1.0.0/16]]":  addressList(block("10.0.0.0/8"), block("10.1.0.1/32"), not(block("10.1.0.0/16"))), // one list to Suricata
		"[10.0.0.0/8,192.0.2.0-192.0.2.1,$X_1]": addressList(block("10.0.0.0/8"), block("192.0.2.0/31"), network.AddressMatch{Variable: "X_1"}),
	} {
		got, err := ParseAddresses(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got, same); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"":                               `"" is no address`,
		"10.0.0/8":                       `"10.0.0/8" is no address`,
		"10.0.0.0/33":                    "is no address",
		"10.0.0.0/255.0.255.0":           "is no address",
		"10.0.0.0/":                      "is no address",
		"2001:db8::/255.0.0.0":           "is no address",
		"fe80::1%eth0":                   "is no address",
		"example.com":                    "is no address",
		"10.0.0.9-10.0.0.1":              "is no range",
		"10.0.0.9-2001:db8::1":           "is no range",
		"10.0.0.9-":                      "is no range",
		"!any":                           "matches nothing",
		"!!10.0.0.0/8":                   "is no address",
		"[]":                             "is no address",
		"[10.0.0.0/8":                    "is not closed",
		"[10.0.0.0/8,]":                  "is no address",
		"[10.0.0.0/8 10.1.0.0/16]":       "is not closed",
		"10.0.0.0/8]":                    `"]" is left over`,
		"10.0.0.0/8 10.1.0.0/16":         "is left over",
		"$":                              "is no name",
		"$9NET":                          "is no name",
		"@A-B":                           "is no name",
		strings.Repeat("[", 100) + "any": "more than 64",
	} {
		if _, err := ParseAddresses(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", text, err, want)
		}
	}
}

func TestPorts(t *testing.T) {
	for text, want := range map[string]network.PortMatch{
		"any":             {Any: true},
		"80":              span(80, 80),
		"0":               span(0, 0),
		"1024:":           span(1024, 65535),
		":1023":           span(0, 1023),
		"8000:8099":       span(8000, 8099),
		"!80":             {Not: true, Range: &network.PortRange{From: 80, To: 80}},
		"!1024:":          {Not: true, Range: &network.PortRange{From: 1024, To: 65535}},
		"$HTTP_PORTS":     {Variable: "HTTP_PORTS"},
		"[80,443]":        {List: []network.PortMatch{span(80, 80), span(443, 443)}},
		"80,443":          {List: []network.PortMatch{span(80, 80), span(443, 443)}},
		"![80, 443]":      {Not: true, List: []network.PortMatch{span(80, 80), span(443, 443)}},
		"[1:99,[!80,$A]]": {List: []network.PortMatch{span(1, 99), {Not: true, Range: &network.PortRange{From: 80, To: 80}}, {Variable: "A"}}},
	} {
		got, err := ParsePorts(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got, same); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"": "is no port", ":": "is no port", "http": "is no port", "65536": "is no port", "99:1": "is no port", "-1": "is no port", "1:2:3": "is no port",
		"80:!90": "left over", "!any": "matches nothing", "![80,!443]": "is not defined", "[80": "is not closed", "@A": "is no port",
	} {
		if _, err := ParsePorts(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", text, err, want)
		}
	}
}

// What options make of a rule. Names are shown as BUFFER, then what is looked for with its modifiers.
func TestOptions(t *testing.T) {
	for text, want := range map[string]string{
		``:       ``,
		`sid:1;`: ``,
		`sid:1; rev:2; gid:3; msg:"a \; b (c)"; classtype:x; metadata: a 1, b 2; reference:url,example.com; priority:1; noalert; target:src_ip;`: ``,
		`flow:established,to_server;`:                                                      `flow established,to_server`,
		`flow: To_Server , Not_Established;`:                                               `flow to_server,not_established`,
		`flow:from_client; flow:stateless;`:                                                `flow to_server,stateless`,
		`flow:from_server,only_stream;`:                                                    `flow to_client; ? flow`,
		`tls.sni; content:"example.com";`:                                                  `tls.sni "example.com"`,
		`tls_sni; content:"example.com"; nocase;`:                                          `tls.sni "example.com" nocase`,
		`http.host; content:"a"; startswith; endswith;`:                                    `http.host "a" startswith endswith`,
		`http_host; content:"a";`:                                                          `http.host "a"`,
		`content:"a"; startswith; http_host; endswith;`:                                    `http.host "a" startswith endswith`,
		`content:"a"; content:"b"; http_host;`:                                             `http.host "b"; ? content`,
		`content:!"a"; depth:5; http_host;`:                                                `? content depth`,
		`tls.sni; dotprefix; content:".a"; endswith;`:                                      `tls.sni ".a" endswith dotprefix`,
		`tls.sni; content:!"a"; content:"b"; nocase;`:                                      `tls.sni !"a"; tls.sni "b" nocase`,
		`tls.sni; content: ! "a";`:                                                         `tls.sni !"a"`,
		`tls.sni;`:                                                                         `tls.sni`,
		`tls.sni; http.host; content:"a";`:                                                 `tls.sni; http.host "a"`,
		`tls.sni; content:"a|2E|b|3A 3b|\"\\\;\:";`:                                        `tls.sni "a.b:;\"\\;:"`,
		`tls.sni; content:"a"; fast_pattern;`:                                              `tls.sni "a"`,
		`content:"GET";`:                                                                   `? content`,
		`content:"GET"; startswith; nocase; offset:3;`:                                     `? content offset`,
		`http.uri; content:"/a"; startswith;`:                                              `? http.uri content`,
		`tls.sni; content:"a"; http.uri; content:"/";`:                                     `tls.sni "a"; ? http.uri content`,
		`tls.sni; pcre:"/a\;b/";`:                                                          `tls.sni; ? pcre`,
		`tls.sni; pcre:"/a/"; content:"b"; bsize:3;`:                                       `tls.sni "b"; ? pcre bsize`,
		`tls.sni; content:"a"; depth:5;`:                                                   `tls.sni "a"; ? depth`,
		`tls.sni; content:!"a"; depth:5;`:                                                  `? content depth`,
		`tls.sni; to_md5; content:"|00 ff|";`:                                              `tls.sni; ? to_md5 content`,
		`tls.sni; xor:"0d"; content:"a"; endswith;`:                                        `tls.sni; ? xor content`,
		`dns.query; dotprefix; content:".a"; endswith;`:                                    `? dns.query content`,
		`geoip:dst,US; flowbits:set,a; xbits:set,b; sid:1; flowbits:isset,c;`:              `? geoip flowbits xbits`,
		`ja3.hash; content:"a"; threshold: type limit, track by_src, count 1, seconds 60;`: `? ja3.hash content threshold`,
	} {
		rules, errs := Parse("pass tcp any any -> any any (" + text + ")")
		if len(errs) > 0 || len(rules) != 1 {
			t.Errorf("%s: %v", text, errs)
			continue
		}
		if got := outline(rules[0]); got != want {
			t.Errorf("%s: %s, and not %s", text, got, want)
		}
	}
}

func outline(r network.StatefulRule) string {
	var parts []string
	if len(r.Flow) > 0 {
		parts = append(parts, "flow "+strings.Join(r.Flow, ","))
	}
	for _, n := range r.Names {
		text := n.Buffer
		if n.Content != "" {
			text += " " + strings.Repeat("!", map[bool]int{true: 1}[n.Not]) + strings.ReplaceAll(strings.ReplaceAll(`"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(n.Content)+`"`, "\x00", "?"), "\xff", "?")
		}
		for _, m := range []struct {
			set  bool
			word string
		}{{n.StartsWith, "startswith"}, {n.EndsWith, "endswith"}, {n.NoCase, "nocase"}, {n.DotPrefix, "dotprefix"}} {
			if m.set {
				text += " " + m.word
			}
		}
		parts = append(parts, text)
	}
	if len(r.Unevaluated) > 0 {
		parts = append(parts, "? "+strings.Join(r.Unevaluated, " "))
	}
	return strings.Join(parts, "; ")
}

// A text with everything that a text may have around its rules.
func TestText(t *testing.T) {
	text := "# the rules of the firewall\r\n" +
		"\r\n" +
		"pass  tls $HOME_NET any -> $EXTERNAL_NET 443   (msg:\"a  b\" ; tls.sni; content:\"a.example\"; sid:1;)\r\n" +
		"\t# not this: \\\n" +
		"  DROP tcp [10.0.0.0/8, 192.168.0.0/16] any \\\n" +
		"    <> any [22,3389] \\  \n" +
		"    (flow:to_server; \\\n" +
		"     content:\"exam\\\n" +
		"ple\"; sid:2;)\n" +
		"\\\n" +
		"# nor this\n" +
		"alert ip any any -> any any (sid:3;) \\"
	rules, errs := Parse(text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := []string{
		`pass tls $HOME_NET any -> $EXTERNAL_NET 443 (msg:"a  b"; tls.sni; content:"a.example"; sid:1;)`,
		`DROP tcp [10.0.0.0/8, 192.168.0.0/16] any <> any [22,3389] (flow:to_server; content:"example"; sid:2;)`,
		`alert ip any any -> any any (sid:3;)`,
	}
	for i, r := range rules {
		if i >= len(want) || r.Text != want[i] {
			t.Errorf("rule %d: %s", i, r.Text)
		}
	}
	if len(rules) != len(want) {
		t.Fatalf("%d rules", len(rules))
	}
	if r := rules[1]; r.Action != "drop" || !r.Both || rules[0].Both {
		t.Errorf("%+v", r)
	}
}

// Each rule with a mistake is kept, with the place of the mistake and what would be right.
func TestErrors(t *testing.T) {
	rule := func(options string) string { return "pass tcp any any -> any any (" + options + ")" }
	for _, test := range []struct{ text, want string }{
		{"pass", `line 1, column 5: here is missing a protocol: a rule is action, protocol`},
		{"pass tcp any any", `line 1, column 17: here is missing a direction`},
		{"pass tcp any any -> any any", `line 1, column 28: here are missing the options`},
		{"pass tcp any any -> any any (sid:1;", `line 1, column 36: the rule does not end with )`},
		{"pass tcp any any -> any any sid:1;", `line 1, column 29: here are missing the options`},
		{"allow tcp any any -> any any (sid:1;)", `line 1, column 1: "allow" is no action: AWS Network Firewall has pass, drop, reject and alert`},
		{"pass t/p any any -> any any (sid:1;)", `line 1, column 6: "t/p" is no protocol`},
		{"pass tcp 10.0.0/8 any -> any any (sid:1;)", `line 1, column 10: "10.0.0/8" is no address`},
		{"pass tcp [10.0.0.0/8, 10.0/9] any -> any any (sid:1;)", `line 1, column 23: "10.0/9" is no address`},
		{"pass tcp [10.0.0.0/8 any -> any any (sid:1;)", `line 1, column 10: this [ is not closed by ]`},
		{"pass tcp any 70000 -> any any (sid:1;)", `line 1, column 14: "70000" is no port`},
		{"pass tcp any any <- any any (sid:1;)", `line 1, column 18: "<-" is no direction: write ->`},
		{"pass tcp any any => any any (sid:1;)", `line 1, column 18: "=>" is no direction`},
		{"pass tcp any any ->any any (sid:1;)", `line 1, column 18: "->any" is no direction`},
		{rule("sid:1"), `line 1, column 30: the option "sid:1" does not end with a semicolon`},
		{rule("sid:1;;"), `line 1, column 36: "" is no keyword`},
		{rule("sid:1; a b;"), `line 1, column 37: "a b" is no keyword`},
		{rule(`msg:"a; b"; sid:1;`), `column 38: "b\"" is no keyword`},
		{rule("flow:sideways;"), `column 35: "sideways" is no word of flow`},
		{rule("flow;"), `"" is no word of flow`},
		{rule("tls.sni:a;"), `column 38: tls.sni has no value`},
		{rule("dotprefix;"), `column 30: dotprefix does not stand right behind`},
		{rule(`tls.sni; content:"a"; dotprefix;`), `column 52: dotprefix does not stand right behind`},
		{rule(`tls.sni; endswith;`), `column 39: endswith changes the content before it`},
		{rule(`content:"a"; http.host; nocase;`), `nocase changes the content before it`},
		{rule(`content:"a"; nocase:1;`), `column 50: nocase has no value`},
		{rule("content:a;"), `column 38: the value of content does not stand in quotes`},
		{rule("content;"), `the value of content does not stand in quotes`},
		{rule(`content:"";`), `the content is empty`},
		{rule(`content:"a"b";`), `column 40: a " within a content is written \"`},
		{rule(`content:"a\b";`), `column 40: a \ stands before ; : " or \ only`},
		{rule(`content:"a|0|";`), `column 42: a byte has two hexadecimal digits`},
		{rule(`content:"a|0g|";`), `column 42: "g" is no hexadecimal digit`},
		{rule(`content:"a|00";`), `column 40: this | is not followed by a second one`},
		{"# a comment\n\nalert tcp any any -> any any (sid:1;)\ndrop tcp any any \\\n   <- any any (sid:2;)", `line 5, column 4: "<-" is no direction`},
		{"drop tcp ö.example any -> any any (sid:2;)", `line 1, column 10: "ö.example" is no address`},
		{"drop tcp any any -> any any (msg:\"ö\"; x=; sid:2;)", `line 1, column 39: "x=" is no keyword`},
	} {
		rules, errs := Parse(test.text)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), test.want) {
			t.Errorf("%s\n\t%v\n\tand not %s", test.text, errs, test.want)
			continue
		}
		r := rules[len(rules)-1]
		if r.Defect == nil || r.Defect.Reason != errs[0].Error() || r.Text == "" || r.Action != "" {
			t.Errorf("%s: %+v", test.text, r)
		}
	}
}

// A rule in fields is the rule that the same words make as text.
func TestFields(t *testing.T) {
	f := Fields{Action: "PASS", Protocol: "TLS", Source: "[10.0.0.0/8,10.1.0.0/16]", SourcePort: "ANY", Direction: "FORWARD", Destination: "ANY", DestinationPort: "443",
		Options: []Option{{"tls.sni", nil}, {"content", []string{`"a.example"`}}, {"endswith", []string{}}, {"flow", []string{"to_server", "established"}}, {"sid:5", nil}}}
	got, wrong := f.Rule()
	if wrong != nil {
		t.Fatal(wrong)
	}
	text := `pass tls [10.0.0.0/8,10.1.0.0/16] any -> any 443 (tls.sni; content:"a.example"; endswith; flow:to_server,established; sid:5;)`
	want, _ := Parse(text)
	if diff := cmp.Diff(want[0], got, same); diff != "" || got.Text != text {
		t.Errorf("-text +fields:\n%s", diff)
	}
	f.Direction = "ANY"
	if got, _ := f.Rule(); !got.Both {
		t.Errorf("%+v", got)
	}
	for want, change := range map[string]func(f *Fields){
		`/Action: "" is no action`:                                  func(f *Fields) { f.Action = "" },
		`/Header/Protocol: "t p" is no protocol`:                    func(f *Fields) { f.Protocol = "t p" },
		`/Header/Source: "10.0.0/8" is no address`:                  func(f *Fields) { f.Source = "10.0.0/8" },
		`/Header/SourcePort: "x" is no port`:                        func(f *Fields) { f.SourcePort = "x" },
		`/Header/Direction: is "": the API has FORWARD and ANY`:     func(f *Fields) { f.Direction = "" },
		`/Header/Direction: is "->": the API has`:                   func(f *Fields) { f.Direction = "->" },
		`/Header/Destination: "any" is left over`:                   func(f *Fields) { f.Destination = "10.0.0.0/8 any" },
		`/Header/DestinationPort: "1-2" is no port`:                 func(f *Fields) { f.DestinationPort = "1-2" },
		`/RuleOptions/1: the value of content does not stand`:       func(f *Fields) { f.Options[1].Settings = []string{"a"} },
		`/RuleOptions/2: endswith has no value`:                     func(f *Fields) { f.Options[2].Settings = []string{"a"} },
		`/RuleOptions/3: "a" is no word of flow`:                    func(f *Fields) { f.Options[3].Settings = []string{"a"} },
		`/RuleOptions/4: holds more than one option`:                func(f *Fields) { f.Options[4].Keyword = "sid:5; rev:1" },
		`/RuleOptions/0: "" is no keyword`:                          func(f *Fields) { f.Options[0].Keyword = "" },
		`/RuleOptions/0: "tls sni" is no keyword`:                   func(f *Fields) { f.Options[0].Keyword = "tls sni" },
		`/RuleOptions/4: holds more than one option, or none: a se`: func(f *Fields) { f.Options[4] = Option{"msg", []string{"\"a\nb\""}} },
	} {
		g := f
		g.Direction = "FORWARD"
		g.Options = append([]Option{}, f.Options...)
		change(&g)
		r, wrong := g.Rule()
		if wrong == nil || !strings.HasPrefix(wrong.Error(), want) {
			t.Errorf("%v, and not %s", wrong, want)
			continue
		}
		again, _ := Parse(r.Text)
		if r.Defect == nil || r.Action != "" || len(again) != 1 {
			t.Errorf("%s: %+v, read again as %d rules", want, r, len(again))
		}
	}
}

// FuzzFields: a rule in fields that is understood is the same when it is read as text, and one that is not stays one rule.
func FuzzFields(f *testing.F) {
	f.Add("[10.0.0.0/8, !10.1.0.0/16]", "80, 443", "content", `"a"`)
	f.Add("! $HOME_NET", "! [1:9, 443]", "msg:\"a\\; b\"", "")
	f.Add("10.0.0.0/8, @X", "any", "sid:1;", "2")
	f.Fuzz(func(t *testing.T, source, port, keyword, setting string) {
		fields := Fields{Action: "PASS", Protocol: "TCP", Source: source, SourcePort: port, Direction: "FORWARD", Destination: "ANY", DestinationPort: "ANY", Options: []Option{{"tls.sni", nil}, {keyword, nil}}}
		if setting != "" {
			fields.Options[1].Settings = strings.Split(setting, ",")
		}
		r, wrong := fields.Rule()
		again, errs := Parse(r.Text)
		if len(again) != 1 || (r.Defect != nil) != (wrong != nil) {
			t.Fatalf("%+v, %v, read again: %v", r, wrong, again)
		}
		if diff := cmp.Diff(r, again[0], same); wrong == nil && (diff != "" || len(errs) > 0) {
			t.Errorf("%q, %v: -fields +text:\n%s", r.Text, errs, diff)
		}
	})
}

// FuzzParse: no text makes the parser fail, and what it understood is understood again when it is written.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`pass tls $HOME_NET any -> any 443 (tls.sni; dotprefix; content:".example.com"; endswith; nocase; sid:1;)`,
		`drop http [10.0.0.0/8,!10.1.0.0/16,@REF] 1024: <> !192.0.2.0-192.0.2.9 ![80,8000:8099] (http.host; content:!"a|2E|b"; startswith; flow:established,to_server; pcre:"/a\;/";)`,
		"# comment\n\nalert ip any any -> any any \\\n (content:\"a\"; http_host; xor:\"0\"; sid:1;)\nreject udp ::/0 :5 -> 1.2.3.4/255.255.0.0 $P (flow:no_frag; tls.sni; content:!\"x\"; depth:3;)",
		`pass tcp any any <- any any (sid:1;)`,
		"\\\n\\\n#\npass \\\\",
		`pass tcp [[[any]]] any -> [any,![1.1.1.1,2.2.2.2]] 0 (tls.sni; http.host; to_md5; content:"a"; tls_sni;)`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, errs := Parse(text)
		defects := 0
		for _, r := range rules {
			if r.Defect != nil {
				if r.Defect.Reason != errs[defects].Error() || errs[defects].Line < 1 || errs[defects].Column < 1 {
					t.Errorf("%q: %s, and the error is %v", r.Text, r.Defect.Reason, errs[defects])
				}
				defects++
				again, _ := Parse(r.Text)
				if len(again) != 1 || again[0].Defect == nil || again[0].Text != r.Text {
					t.Errorf("%q is not the same rule when it is read again: %+v", r.Text, again)
				}
				continue
			}
			again, errs := Parse(r.Text)
			if len(errs) > 0 || len(again) != 1 {
				t.Fatalf("%q is not understood again: %v", r.Text, errs)
			}
			if diff := cmp.Diff(r, again[0], same); diff != "" {
				t.Errorf("%q: -before +after:\n%s", r.Text, diff)
			}
			written := Render(r)
			again, errs = Parse(written)
			if len(errs) > 0 || len(again) != 1 {
				t.Fatalf("%q, written as %q, is not understood again: %v", r.Text, written, errs)
			}
			again[0].Text = r.Text
			if diff := cmp.Diff(r, again[0], same); diff != "" {
				t.Errorf("%q, written as %q: -before +after:\n%s", r.Text, written, diff)
			}
			if twice := Render(again[0]); twice != written {
				t.Errorf("%q is written again as %q", written, twice)
			}
		}
		if defects != len(errs) {
			t.Errorf("%d errors for %d defects", len(errs), defects)
		}
	})
}
