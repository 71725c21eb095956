package audit

import (
	"github.com/watertight/watertight/internal/report"
)

// Rule is a kind of finding. Everything but its code is documentation, in Markdown without headings.
type Rule struct {
	Name  string // "open-to-internet"
	Title string // what is wrong, in a few words
	// Severity is the worst that a finding of the rule has, and Grades says when it has which.
	Severity report.Severity
	Grades   string
	Why      string // what follows from it, in one or two sentences: findings repeat it
	Mend     string // what to do about it in general; findings say it of their own objects
	Example  string // a network in the language of internal/scenario in which the rule finds something of that Severity; empty where none can
	check    func(*survey) error
}

// Rules are all rules, by name.
func Rules() []*Rule {
	return []*Rule{
		aclLosesReplies, addressRule, blackholeRoute, dataTierEgress, defaultGroup, duplicateACLNumber, expiredSuppression, firewallBypass, idleSuppression, ipv6Public,
		naming, noReturnRoute, oneSidedRule, oneWayPeering, openToInternet, publicService, unattached, unevenTier, unrestrictedEgress, unusedRule,
	}
}

// Find is the rule with a name, or nil.
func Find(name string) *Rule {
	for _, r := range Rules() {
		if r.Name == name {
			return r
		}
	}
	return nil
}
