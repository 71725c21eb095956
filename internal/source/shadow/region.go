package shadow

import (
	"regexp"
	"slices"
	"strings"
)

// regions are AWS's Regions, with the letters of their zones. In life letters may differ by account, where a Region has more zones than an account sees.
var regions = map[string]string{
	"us-east-1": "abcdef", "us-east-2": "abc", "us-west-1": "ac", "us-west-2": "abcd",
	"af-south-1": "abc", "ap-east-1": "abc", "ap-east-2": "abc", "ap-south-1": "abc", "ap-south-2": "abc", "ap-southeast-1": "abc", "ap-southeast-2": "abc",
	"ap-southeast-3": "abc", "ap-southeast-4": "abc", "ap-southeast-5": "abc", "ap-southeast-6": "abc", "ap-southeast-7": "abc",
	"ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ap-northeast-3": "abc", "ca-central-1": "abd", "ca-west-1": "abc",
	"eu-central-1": "abc", "eu-central-2": "abc", "eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc", "eu-north-1": "abc", "eu-south-1": "abc", "eu-south-2": "abc",
	"il-central-1": "abc", "me-south-1": "abc", "me-central-1": "abc", "mx-central-1": "abc", "sa-east-1": "abc",
	"cn-north-1": "abd", "cn-northwest-1": "abc", "us-gov-east-1": "abc", "us-gov-west-1": "abc",
}

// optIn are the Regions that an account has to ask for.
var optIn = []string{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
	"eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-south-1", "me-central-1", "mx-central-1",
}

// zones are the names of a Region's zones.
func zones(region string) []string {
	letters, ok := regions[region]
	if !ok {
		letters = "abc"
	}
	var out []string
	for _, l := range letters {
		out = append(out, region+string(l))
	}
	return out
}

var (
	regionName = regexp.MustCompile(`^([a-z]{2})-(gov-|iso-|isob-)?([a-z]+)-([0-9]+)$`)
	zoneName   = regexp.MustCompile(`^([a-z]{2}-(?:[a-z]+-)+[0-9]+)(?:-([a-z0-9]+)-([0-9]+))?([a-z])$`)
)

// directions are how the identifiers of zones abbreviate the directions of Regions.
var directions = map[string]string{
	"north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
	"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}

// regionCode is a Region as the identifiers of its zones abbreviate it: use1, apse2.
func regionCode(region string) string {
	m := regionName.FindStringSubmatch(region)
	if m == nil {
		return strings.ReplaceAll(region, "-", "")
	}
	country := m[1]
	if m[2] != "" {
		country += m[2][:1]
	}
	d, ok := directions[m[3]]
	if !ok {
		d = m[3]
	}
	return country + d + m[4]
}

// zoneID is the identifier of a zone. Which letter is which zone differs by account; here they are in order.
func zoneID(zone string) string {
	m := zoneName.FindStringSubmatch(zone)
	if m == nil {
		return zone
	}
	if m[2] != "" { // a Local Zone: us-west-2-lax-1a is usw2-lax1-az1
		return regionCode(m[1]) + "-" + m[2] + m[3] + "-az" + string('1'+rune(m[4][0]-'a'))
	}
	i := slices.Index(zones(m[1]), zone)
	if i < 0 {
		i = int(m[4][0] - 'a')
	}
	return regionCode(m[1]) + "-az" + string(rune('1'+i))
}

// zoneOf is the zone of a Region with that identifier.
func zoneOf(id, region string) string {
	for _, z := range zones(region) {
		if zoneID(z) == id {
			return z
		}
	}
	return region + "a"
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}

// suffix is where the names of a partition's services end.
func suffix(region string) string {
	switch partition(region) {
	case "aws-cn":
		return "amazonaws.com.cn"
	case "aws-iso":
		return "c2s.ic.gov"
	case "aws-iso-b":
		return "sc2s.sgov.gov"
	case "aws-eusc":
		return "amazonaws.eu"
	}
	return "amazonaws.com"
}

func reverse(domain string) string {
	parts := strings.Split(domain, ".")
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}
