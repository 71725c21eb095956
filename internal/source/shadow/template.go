package shadow

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
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
