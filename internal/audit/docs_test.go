package audit

import (
	"os"
	"strings"
	"testing"
)

const docs = "../../docs/checks.md"

// document is docs/checks.md: the rules, from the data beside their code.
func document() string {
	var b strings.Builder
	b.WriteString(`# What check looks for

<!-- Written by go test ./internal/audit -update from the rules in internal/audit. Change it there. -->

` + "`watertight check --from network`" + ` looks for what is hardly meant in a network, whatever the network is for. It needs no declaration of intent.

Findings rest on reachability, not on how a rule looks. A rule that is open and that no route leads to is a **note**. A way that is open and hardly meant, or a connection that
breaks, is an **error**; one that is often meant, or what will open or break one, a **warning**; and each of these comes with a packet that shows it, walked twice. What would be an error or a
warning if something that is not known were known is **unknown**, and names what is missing. There is one finding for each thing to mend, and it says what to change into what.

The exit code is 3 when there is a finding at or above ` + "`--fail-on`" + ` (error, warning, unknown, note or none; the default is error). ` + "`--rule NAME`" + ` applies one rule, and ` +
		"`--explain NAME`" + ` prints the section below about it.

| rule | finds | worst |
|---|---|---|
`)
	for _, r := range Rules() {
		b.WriteString("| [" + r.Name + "](#" + r.Name + ") | " + r.Title + " | " + string(r.Severity) + " |\n")
	}
	b.WriteString(`
The examples are networks in the language of internal/scenario, which the tests run: a new security group lets everything out, and a new network ACL of the text denies all.

## Leaving a finding alone

In Terraform, a comment above the resource, or above a module block for all in it:

` + "```hcl" + `
# watertight:ignore open-to-internet until=2027-01-31 the partner moves to a VPN in January
resource "aws_security_group" "partner" {
` + "```" + `

In AWS, a tag of the object: ` + "`watertight:ignore`" + ` with the value ` + "`open-to-internet until=2027-01-31 the partner moves to a VPN`" + `. Further rules go into further tags, whose keys begin with
` + "`watertight:ignore:`" + `.

The rule, the last day and the reason must all be there. The finding moves to the list of those that are suppressed, with the reason. After the last day it counts again, and
[expired-suppression](#expired-suppression) says so; what hides nothing is an [idle-suppression](#idle-suppression). A suppression of a group is one of its rules as well, and one of a resource that is made by
` + "`count` or `for_each`" + ` is one of all its instances.

`)
	for i, r := range Rules() {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(r.Page())
	}
	return b.String()
}

// TestDocumented compares docs/checks.md with the rules.
func TestDocumented(t *testing.T) {
	if *update {
		if err := os.WriteFile(docs, []byte(document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != document() {
		t.Error("docs/checks.md is not what the rules say: go test ./internal/audit -update writes it")
	}
}
