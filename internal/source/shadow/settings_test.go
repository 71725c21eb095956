package shadow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func block(k string, v any) []any { return []any{map[string]any{k: v}} }

// The account of a provider block is that of the role it assumes, or the only one that it allows, or made up, one for each set of credentials.
func TestAccount(t *testing.T) {
	p := &provider{source: "hashicorp/aws", book: newBook(), config: Config{Env: func(string) string { return "" }}}
	account := func(x map[string]any) string { return p.newSettings(x).account }
	for _, c := range []struct {
		x    map[string]any
		want string
	}{
		{map[string]any{"assume_role": block("role_arn", "arn:aws:iam::111111111111:role/x"), "allowed_account_ids": []any{"222222222222"}}, "111111111111"},
		{map[string]any{"assume_role": []any{ // a chain of roles: the last one counts
			map[string]any{"role_arn": "arn:aws:iam::111111111111:role/x"}, map[string]any{"role_arn": "arn:aws:iam::333333333333:role/y"},
		}}, "333333333333"},
		{map[string]any{"allowed_account_ids": []any{"222222222222"}, "profile": "x"}, "222222222222"},
		{map[string]any{"allowed_account_ids": []any{"222222222222", "333333333333"}}, "000000000000"},
		{map[string]any{}, "000000000000"},
	} {
		if got := account(c.x); got != c.want {
			t.Errorf("%v: %s", c.x, got)
		}
	}
	shared, same, other := account(map[string]any{"profile": "shared", "region": "a"}), account(map[string]any{"profile": "shared", "region": "b"}), account(map[string]any{"profile": "other"})
	if shared != same || shared == other || len(shared) != 12 || shared[:4] != "0000" {
		t.Errorf("made up are %s, %s, %s", shared, same, other)
	}
	want := map[string]string{"000000000000": "the default credentials", shared: `profile "shared"`, other: `profile "other"`}
	if d := cmp.Diff(want, p.book.record().Accounts); d != "" {
		t.Error(d)
	}
}

// The Region is that of the block, or of the environment, or a guess that is said.
func TestRegion(t *testing.T) {
	env := map[string]string{}
	p := &provider{source: "hashicorp/aws", book: newBook(), config: Config{Env: func(name string) string { return env[name] }}}
	if got := p.newSettings(map[string]any{"region": "eu-west-1"}).region; got != "eu-west-1" {
		t.Error(got)
	}
	env["AWS_DEFAULT_REGION"] = "eu-west-2"
	if got := p.newSettings(map[string]any{}).region; got != "eu-west-2" {
		t.Error(got)
	}
	env["AWS_REGION"] = "eu-west-3"
	if got := p.newSettings(map[string]any{}).region; got != "eu-west-3" {
		t.Error(got)
	}
	if w := p.book.record().Warnings; len(w) != 0 {
		t.Error(w)
	}
	clear(env)
	if got := p.newSettings(map[string]any{}).region; got != "us-east-1" {
		t.Error(got)
	}
	if d := cmp.Diff([]string{"no Region is set, neither in a provider block nor by AWS_REGION: taken is us-east-1"}, p.book.record().Warnings); d != "" {
		t.Error(d)
	}
}

// tags_all is the default tags, the tags over them, without those that are ignored.
func TestTags(t *testing.T) {
	p := &provider{source: "hashicorp/aws", book: newBook(), config: Config{Env: func(string) string { return "x" }}}
	s := p.newSettings(map[string]any{
		"default_tags": block("tags", map[string]any{"a": "1", "b": "1", "sys:x": "1"}),
		"ignore_tags":  []any{map[string]any{"keys": []any{"c"}, "key_prefixes": []any{"sys:"}}},
	})
	if d := cmp.Diff(map[string]any{"a": "1", "b": "2"}, s.tags(map[string]any{"b": "2", "c": "3"})); d != "" {
		t.Error(d)
	}
}
