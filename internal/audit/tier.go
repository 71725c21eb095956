package audit

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// Words of names that say what a tier is for.
var (
	dataWords = []string{"aurora", "cache", "caches", "data", "database", "databases", "datastore", "db", "dbs", "elasticache", "intra", "isolated", "mongo", "mysql", "persistence",
		"postgres", "postgresql", "rds", "redis", "redshift", "sql", "valkey", "warehouse"}
	publicWords  = []string{"bastion", "dmz", "edge", "external", "ingress", "internet", "perimeter", "pub", "public"}
	privateWords = []string{"internal", "intra", "isolated", "priv", "private"}
)

// says tells whether a name has one of some words in it: "prod-data-1a" has "data", "metadata" has not.
func says(name string, words []string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
		if slices.Contains(words, w) || slices.Contains(words, strings.TrimRight(w, "0123456789")) {
			return true
		}
	}
	return false
}

// tierOf is the tier of a subnet, or its name where none is known.
func (s *survey) tierOf(subnet *network.Subnet) string {
	if subnet == nil {
		return ""
	}
	return s.session.Tier(subnet.ID)
}

// public tells whether a subnet is said to be for what the internet may call.
func (s *survey) public(subnet *network.Subnet) bool { return says(s.tierOf(subnet), publicWords) }

// holdsData tells whether an interface is, or will be, a database's or a cache's.
func holdsData(kind network.OwnerKind) bool {
	return kind == network.OwnerDatabase || kind == network.OwnerCache
}
