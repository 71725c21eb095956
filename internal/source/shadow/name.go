package shadow

import (
	"fmt"
	"slices"
	"strings"
)

func recordName(f *filling, _ string, _ map[string]any) any {
	name := strings.TrimSuffix(str(f.values["name"]), ".")
	zone := strings.TrimSuffix(str(f.provider.book.find("aws_route53_zone", str(f.values["zone_id"]))["name"]), ".")
	switch {
	case zone == "" || name == zone || strings.HasSuffix(name, "."+zone):
		return name
	case name == "":
		return zone
	}
	return name + "." + zone
}

func certificateNames(f *filling) []string {
	out := []string{str(f.values["domain_name"])}
	for _, n := range texts(f.values["subject_alternative_names"]) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if out[0] == "" {
		return out[1:]
	}
	return out
}

func alternativeNames(f *filling, _ string, _ map[string]any) any { return anys(certificateNames(f)) }

// validationOptions has an entry for each domain of a certificate.
func validationOptions(f *filling, path string, _ map[string]any) any {
	out := []any{}
	if str(f.values["validation_method"]) != "DNS" {
		return out
	}
	for i, domain := range certificateNames(f) {
		bare := strings.TrimPrefix(domain, "*.")
		at := fmt.Sprintf("%s[%d]", path, i)
		out = append(out, map[string]any{
			"domain_name":           domain,
			"resource_record_name":  f.note("_"+f.digits(hexDigits, 32, "name", bare)+"."+bare+".", at+".resource_record_name"),
			"resource_record_type":  "CNAME",
			"resource_record_value": f.note("_"+f.digits(hexDigits, 32, "value", bare)+"."+f.digits(alphabets["base"], 10, "value", bare)+".acm-validations.aws.", at+".resource_record_value"),
		})
	}
	return out
}
