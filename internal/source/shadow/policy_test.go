package shadow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The text of a policy is that of the provider (5.100.0 was asked), to the byte: configurations compare it with a state's.
func TestPolicyDocument(t *testing.T) {
	base, err := policyDocument(map[string]any{"statement": []any{map[string]any{
		"sid": "one", "actions": []any{"ec2:*", "s3:Get*", "s3:List*"}, "resources": []any{"*", "arn:aws:s3:::b/&{aws:username}/*"},
		"condition": []any{
			map[string]any{"test": "Bool", "variable": "aws:x", "values": []any{"true"}},
			map[string]any{"test": "StringLike", "variable": "s3:b", "values": []any{"z", "a"}},
			map[string]any{"test": "StringLike", "variable": "s3:prefix", "values": []any{"", "home/", "a&{aws:username}<"}},
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := policyDocument(map[string]any{
		"source_policy_documents": []any{base["json"]},
		"override_policy_documents": []any{
			`{"Version":"2012-10-17","Statement":[{"Sid":"two","Effect":"Deny","Action":["b:*","a:*"],"Principal":{"AWS":["1","2"]},"Resource":"*"}]}`,
		},
		"policy_id": "pid",
		"statement": []any{
			map[string]any{"sid": "two", "not_actions": []any{"x:*"}},
			map[string]any{"effect": "Deny", "actions": []any{"sts:AssumeRole"}, "principals": []any{map[string]any{"type": "*", "identifiers": []any{"*"}}}},
			map[string]any{
				"actions": []any{"sts:AssumeRole"}, "principals": []any{map[string]any{"type": "AWS", "identifiers": []any{"*"}}},
				"not_principals": []any{map[string]any{"type": "AWS", "identifiers": []any{"2", "3"}}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Version":"2012-10-17","Id":"pid","Statement":[` +
		`{"Sid":"one","Effect":"Allow","Action":["s3:List*","s3:Get*","ec2:*"],"Resource":["arn:aws:s3:::b/${aws:username}/*","*"],` +
		`"Condition":{"Bool":{"aws:x":"true"},"StringLike":{"s3:b":["z","a"],"s3:prefix":["","home/","a${aws:username}\u003c"]}}},` +
		`{"Sid":"two","Effect":"Deny","Action":["b:*","a:*"],"Resource":"*","Principal":{"AWS":["2","1"]}},` +
		`{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*"},` +
		`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"},"NotPrincipal":{"AWS":["3","2"]}}]}`
	if d := cmp.Diff(want, got["minified_json"]); d != "" {
		t.Error(d)
	}
	if got["id"] != "528162647" { // of the indented text
		t.Errorf("the indented text differs from the provider's: its checksum is %v", got["id"])
	}
}

// What is no policy is refused with the argument that has it.
func TestNoPolicyDocument(t *testing.T) {
	_, err := policyDocument(map[string]any{"source_policy_documents": []any{"{}", "{"}})
	if err == nil || err.Error() != "source_policy_documents[1] is no IAM policy: unexpected end of JSON input" {
		t.Error(err)
	}
}
