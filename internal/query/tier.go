package query

import (
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// tierOf is the tier of a subnet: what its Tier tag says, or else its name without its zone and without the name of its VPC. Empty when
// neither tells.
func tierOf(n *network.Network, subnet *network.Subnet) string {
	for _, key := range []string{"Tier", "tier"} {
		if tier, ok := subnet.Tag(key); ok && tier != "" {
			return tier
		}
	}
	name := subnet.Name
	for _, zone := range zoneWords(subnet) {
		if short, ok := cutSuffixWord(name, zone); ok {
			name = short
			break
		}
	}
	if vpc, ok := n.VPCs.Get(subnet.VPC); ok && vpc.Name != "" && len(name) > len(vpc.Name)+1 && strings.EqualFold(name[:len(vpc.Name)], vpc.Name) && isBreak(name[len(vpc.Name)]) {
		name = name[len(vpc.Name)+1:]
	}
	return name
}

// zoneWords are the words by which names of subnets say their zone, the longest first: "us-east-1a", "use1-az1", "1a", "az1", "a".
func zoneWords(subnet *network.Subnet) []string {
	var words []string
	for _, zone := range []string{subnet.Zone, subnet.ZoneID} {
		if zone == "" {
			continue
		}
		words = append(words, zone)
		if i := strings.LastIndex(zone, "-"); i >= 0 {
			words = append(words, zone[i+1:])
		}
	}
	if z := subnet.Zone; z != "" {
		words = append(words, z[len(z)-1:])
	}
	return words
}

// cutSuffixWord takes a word off the end of a name, and what separates them.
func cutSuffixWord(name, word string) (string, bool) {
	at := len(name) - len(word)
	if at < 2 || !strings.EqualFold(name[at:], word) || !isBreak(name[at-1]) {
		return name, false
	}
	return name[:at-1], true
}

func isBreak(c byte) bool { return c == '-' || c == '_' || c == '.' || c == ' ' || c == '/' }

// tierLabel is the selector of the tier of a subnet: "tier:data" where one VPC has it, "prod/tier:data" otherwise; empty without a tier.
func (c *catalog) tierLabel(subnet string) string {
	tier := c.tiers[subnet]
	s, ok := c.network.Subnets.Get(subnet)
	if tier == "" || !ok {
		return ""
	}
	if len(c.tierVPCs[tier]) > 1 {
		return c.env(s.VPC) + "/tier:" + tier
	}
	return "tier:" + tier
}
