package shadow

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// defaultRegion is what is taken when nothing names a Region.
const defaultRegion = "us-east-1"

// settings are what a provider block says, as far as plans depend on it.
type settings struct {
	account, region string
	defaultTags     map[string]any
	ignoreKeys      []string
	ignorePrefixes  []string
}

func (p *provider) unconfigured() *settings {
	if p.source != schema.AWSSource {
		return &settings{}
	}
	region, _ := p.environmentRegion()
	return &settings{account: "000000000000", region: region}
}

func (p *provider) environmentRegion() (region string, found bool) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if r := p.config.Env(name); r != "" {
			return r, true
		}
	}
	return defaultRegion, false
}

// newSettings reads a provider block of AWS.
func (p *provider) newSettings(x map[string]any) *settings {
	s := &settings{defaultTags: map[string]any{}}
	if s.region = str(x["region"]); s.region == "" {
		var found bool
		if s.region, found = p.environmentRegion(); !found {
			p.book.warn(fmt.Sprintf("no Region is set, neither in a provider block nor by AWS_REGION: taken is %s", defaultRegion))
		}
	}
	s.account = p.account(x)
	for _, b := range list(x["default_tags"]) {
		if m, ok := b.(map[string]any); ok {
			tags, _ := m["tags"].(map[string]any)
			for k, v := range tags {
				s.defaultTags[k] = v
			}
		}
	}
	for _, b := range list(x["ignore_tags"]) {
		if m, ok := b.(map[string]any); ok {
			s.ignoreKeys = append(s.ignoreKeys, texts(m["keys"])...)
			s.ignorePrefixes = append(s.ignorePrefixes, texts(m["key_prefixes"])...)
		}
	}
	return s
}

// account is the account that a provider block works in: that of the role it assumes last, or the only one it allows, or one made up for its credentials.
func (p *provider) account(x map[string]any) string {
	var credentials []string
	for _, block := range []string{"assume_role", "assume_role_with_web_identity"} {
		roles := list(x[block])
		if len(roles) == 0 {
			continue
		}
		role, _ := roles[len(roles)-1].(map[string]any)
		arn := str(role["role_arn"])
		if parts := strings.Split(arn, ":"); len(parts) >= 6 && len(parts[4]) == 12 {
			return parts[4]
		}
		if arn != "" {
			credentials = append(credentials, fmt.Sprintf("role %q", arn))
		}
	}
	if allowed := texts(x["allowed_account_ids"]); len(allowed) == 1 {
		return allowed[0]
	}
	for _, name := range []string{"profile", "access_key"} {
		if v := str(x[name]); v != "" {
			credentials = append(credentials, fmt.Sprintf("%s %q", strings.ReplaceAll(name, "_", " "), v))
		}
	}
	for _, name := range []string{"shared_config_files", "shared_credentials_files"} {
		if files := texts(x[name]); len(files) > 0 {
			slices.Sort(files)
			credentials = append(credentials, fmt.Sprintf("%s %q", strings.ReplaceAll(name, "_", " "), files))
		}
	}
	account, what := "000000000000", "the default credentials"
	if len(credentials) > 0 {
		what = strings.Join(credentials, ", ")
		sum := sha256.Sum256([]byte(what))
		account = fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:])%99_999_999+1)
	}
	p.book.madeUp(account, what)
	return account
}

// tags are the tags and the default tags, as the attribute tags_all has them.
func (s *settings) tags(own map[string]any) map[string]any {
	all := map[string]any{}
	for _, from := range []map[string]any{s.defaultTags, own} {
		for k, v := range from {
			ignored := slices.Contains(s.ignoreKeys, k) || slices.ContainsFunc(s.ignorePrefixes, func(p string) bool { return strings.HasPrefix(k, p) })
			if v != nil && !ignored {
				all[k] = v
			}
		}
	}
	return all
}
