package intent

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// Segmentation is what the files of a segmentation say, resolved: every name is the thing that it stands for, and every address range is laid out.
type Segmentation struct {
	Environments []*Environment // in the order of their declaration
	Flows        []*Flow        // in the order of their declaration; one that names a tier is there once for each role of it
	Egresses     []*Egress
	Forbids      []*Forbid
	Windows      []*ChangeWindow
	files        map[string]*hcl.File
	order        []string // of the files, as they were read
}

// Environment is one VPC in one account and Region.
type Environment struct {
	Name    string // lower case letters, digits and hyphens
	Account string // twelve digits
	Region  string
	Zones   []string // names of availability zones, in the order of their declaration
	Block   netip.Prefix
	// VPC is the identifier of a VPC that exists already, with controls that somebody wrote by hand: these are not compiled, and held to nothing but the connections that they allow.
	// Tiers have any number of subnets then, and there is neither infrastructure nor a tier that is a role's own. Empty: the environment is the compiler's.
	VPC string
	// Tiers are those that are declared, in that order, and then those that a role has of its own ([Tier.Own]).
	Tiers []*Tier
	// Infrastructure are the tiers that no role lives in: of the NAT gateways, the firewall endpoints and the transit gateway attachment. Only what is
	// needed is there.
	Infrastructure []*Tier
	Services       []*Service // in the order of their declaration
	Quotas         Quotas
	Tags           map[string]string
	At             hcl.Range
}

// Quotas are limits of the account that the compiler keeps to: AWS's defaults where nothing else is declared.
type Quotas struct {
	ACLEntries         int // of a network ACL, in each direction; 20
	RulesPerGroup      int // of a security group, in each direction; 60
	GroupsPerInterface int // 5
	RoutesPerTable     int // 500
}

// Internet is the way out of a tier.
type Internet string

// The ways out of a tier.
const (
	Direct   Internet = "direct"   // an internet gateway; members have public addresses
	Filtered Internet = "filtered" // a network firewall, then a NAT gateway
	NAT      Internet = "nat"      // a NAT gateway
	None     Internet = "none"     // none
)

// Purpose is what a tier of [Environment.Infrastructure] is for.
type Purpose string

// The purposes of tiers. ForRoles is that of every tier that is declared.
const (
	ForRoles    Purpose = ""
	ForNAT      Purpose = "nat"
	ForFirewall Purpose = "firewall"
	ForTransit  Purpose = "transit"
)

// Tier is a row of subnets, one for each zone of its environment, that share a way out.
type Tier struct {
	Environment *Environment
	Name        string
	Internet    Internet // of infrastructure: Direct for the NAT gateways, None otherwise
	Purpose     Purpose
	// Subnets has one block for each zone, in the order of the zones.
	Subnets []netip.Prefix
	// Reserve is the block that was laid out for this tier, and that nothing else in the environment has an address of. Not valid where cidrs are declared.
	Reserve netip.Prefix
	// Own is the role that the tier was made for, because it is joined to another environment, and the tier that it is declared in has no way out; nil otherwise.
	Own *Service
	At  hcl.Range
}

// Service is a role.
type Service struct {
	Environment *Environment
	Name        string
	Tier        *Tier // where its members are
	Declared    *Tier // where the segmentation puts it: the same, unless the role has a tier of its own
	Serves      []Port
	Kind        Kind
	Owner       string
	// SecurityGroup is the identifier, or the name, of the security group that stands for the role in a VPC that exists already. Empty: it is called like the role.
	SecurityGroup string
	At            hcl.Range
}

// String is the selector of the role: "prod/app-server".
func (s *Service) String() string { return s.Environment.Name + "/" + s.Name }

// Kind is what the members of a role are.
type Kind string

// The kinds of roles.
const (
	Instances   Kind = "instances"
	ALB         Kind = "alb"
	NLB         Kind = "nlb"
	RDS         Kind = "rds"
	ElastiCache Kind = "elasticache"
	Lambda      Kind = "lambda"
	ECS         Kind = "ecs"
)

// Port is an interval of ports of a protocol. From and To are 0 for a protocol without ports.
type Port struct {
	Protocol string // "tcp", "udp", "icmp", or "any": these and all others
	From, To int
}

// String is the port as the language writes it: "tcp/443", "tcp/8000-8100", "icmp", "any".
func (p Port) String() string {
	switch {
	case p.Protocol == "icmp", p.Protocol == "any":
		return p.Protocol
	case p.From == p.To:
		return p.Protocol + "/" + strconv.Itoa(p.From)
	}
	return fmt.Sprintf("%s/%d-%d", p.Protocol, p.From, p.To)
}

// Via is how a flow gets from one environment to another.
type Via string

// The ways between environments. Inside is that of flows within one, and with the outside.
const (
	Inside      Via = ""
	Peering     Via = "peering"
	PrivateLink Via = "privatelink"
	Transit     Via = "transit"
)

// End is one end of a flow: exactly one of its fields is set.
type End struct {
	Service  *Service
	Internet bool
	Block    netip.Prefix // outside of all environments
}

// String is the selector of the end.
func (e End) String() string {
	switch {
	case e.Service != nil:
		return e.Service.String()
	case e.Internet:
		return "internet"
	}
	return e.Block.String()
}

// Accountable is what flows and egresses say of themselves.
type Accountable struct {
	Reason, Owner string
	Until         time.Time // the last day on which it holds; zero: for good
	At            hcl.Range // of the block's header
}

// Line is where the block stands, as comments and messages say it: "watertight.hcl:41".
func (a Accountable) Line() string { return Line(a.At) }

// Line is where something stands: "watertight.hcl:41".
func Line(at hcl.Range) string {
	name := at.Filename
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name + ":" + strconv.Itoa(at.Start.Line)
}

// Flow is a permitted conversation.
type Flow struct {
	From, To End
	Ports    []Port // never empty
	Via      Via
	Hostname string // of a [PrivateLink]; empty: none
	Accountable
}

// Egress is a list of domains that a role may reach, by TLS on port 443 and HTTP on port 80.
type Egress struct {
	Service *Service
	// Domains are names in lower case: "api.example.com" is that name; "*.example.com" is every name below it, and it as well, as in AWS's domain lists.
	Domains []string
	Accountable
}

// Forbid is a guardrail: nothing in A opens a connection to anything in B.
type Forbid struct {
	A, B Selection
	Accountable
}

// Selection is what a selector of a guardrail stands for.
type Selection struct {
	Text     string
	Services []*Service   // roles, those of a tier among them
	Tiers    []*Tier      // tiers as a whole, with whatever is in them
	Internet bool         // the internet
	Block    netip.Prefix // addresses
	Hostname string       // a name on the internet; "*.example.com" for those below it
}

// ChangeWindow says when, and by whom, changes are expected.
type ChangeWindow struct {
	Name       string
	Principals []string // ARNs, in which * stands for anything
	Schedule   string   // "Mon-Fri 08:00-18:00"
	Timezone   string   // "Europe/Berlin"
	At         hcl.Range
}
