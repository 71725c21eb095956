package report

// Schema is the version of the documents. It changes when a field changes its meaning or goes away, not when one is added.
const Schema = "watertight/v1"

// Kinds of documents.
const (
	KindCan    = "can"
	KindWho    = "who"
	KindWhat   = "what"
	KindMatrix = "matrix"
	KindDiff   = "diff"
	KindCheck  = "check"
)

// Verdict is what is true of a connection (semantics V-4), or the summary of several verdicts.
type Verdict string

// The verdicts. Partial is a summary only: the verdicts of what it sums up differ (V-7).
const (
	Reachable   Verdict = "reachable"   // the first packet arrives, and the reply gets back
	OneWay      Verdict = "one-way"     // the first packet arrives, and the reply does not get back
	Unreachable Verdict = "unreachable" // the first packet does not arrive
	Unknown     Verdict = "unknown"     // it hangs on something that is not modelled, not collected or not known
	Partial     Verdict = "partial"
)

// Document is one of [*Can], [*Table], [*Diff], [*Check], [*Exactness], [*Inference], [*Compile] and [*Request].
type Document interface{ document() }

// Question is what was asked, with every default filled in.
type Question struct {
	// Source and Destination are the selectors as they were given, without port and protocol. "anything" where the question has none.
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Protocol is "tcp", "udp", "icmp", "icmpv6", "any" or an IANA number.
	Protocol string `json:"protocol"`
	// Ports are the server ports asked about: "5432", "1-65535"; empty where the protocol has none.
	Ports string `json:"ports,omitempty"`
	// ClientPorts are the ports that the client may use; empty where the protocol has none.
	ClientPorts string `json:"client_ports,omitempty"`
	// ICMPType is the type, or "TYPE/CODE", when one was asked for.
	ICMPType string `json:"icmp_type,omitempty"`
	Family   string `json:"family"` // "ipv4", "ipv6" or "any"
}

// Traffic is a set of headers: a protocol × server ports × client ports.
type Traffic struct {
	// Protocol is "tcp", "udp", "icmp", "icmpv6", an IANA number, or an interval of numbers ("18-57").
	Protocol string `json:"protocol"`
	// Ports and ClientPorts are intervals, "22,80,8000-8100", for TCP and UDP; empty for other protocols.
	Ports       string `json:"ports,omitempty"`
	ClientPorts string `json:"client_ports,omitempty"`
	// ICMPTypes and ICMPCodes are intervals for ICMP and ICMPv6; empty when any, and for other protocols.
	ICMPTypes string `json:"icmp_types,omitempty"`
	ICMPCodes string `json:"icmp_codes,omitempty"`
}

// Can answers "can SOURCE open a connection to DESTINATION?".
type Can struct {
	Schema   string   `json:"schema"` // [Schema]
	Kind     string   `json:"kind"`   // [KindCan]
	Question Question `json:"question"`
	// Verdict is that of all parts, or Partial.
	Verdict Verdict `json:"verdict"`
	// Parts cover the question: reachable ones first, then one-way, unknown and unreachable.
	Parts []Part `json:"parts"`
	// Through are the load balancers and private endpoints by which the source gets to interfaces of the destination, on whichever port they
	// listen (LB-8): those for which that is not unreachable. They change nothing in the verdict. Sorted by identifier.
	Through []Through `json:"through,omitempty"`
	// Traversal answers what the question asks about the way: nil when it asks nothing.
	Traversal *Traversal `json:"traversal,omitempty"`
	// Notes are what a reader should know of the ways, as sentences: that a service is open to everybody (PL-3), that an answer ends at an
	// endpoint (PL-6).
	Notes []string `json:"notes,omitempty"`
	// Assumptions are what the answer takes for granted about the question, as sentences: members to be (V-16), an address that no interface has.
	Assumptions []string `json:"assumptions"`
	// AssumedEmpty names the lists that are absent from the input and were taken to be empty, by the API's keys.
	AssumedEmpty []string      `json:"assumed_empty,omitempty"`
	NotModelled  []NotModelled `json:"not_modelled"`
	// Problems counts what is wrong with the input; the command line prints them to standard error.
	Problems int `json:"problems"`
}

func (*Can) document() {}

// Through is a load balancer or an endpoint that leads to the destination of a question (LB-8).
type Through struct {
	ID   string `json:"id"` // ARN of a load balancer, or identifier of an endpoint
	Name string `json:"name"`
	// Verdict is that of the connections that the balancer or endpoint takes on its way there, or Partial when they differ.
	Verdict Verdict `json:"verdict"`
}

// Traversal tells whether all that gets through takes, or avoids, a way.
type Traversal struct {
	Asked string `json:"asked"` // "through firewall", "not through nat-…", "only through front"
	Holds string `json:"holds"` // [Yes], [No] or [Unknown]
	// Path is the way that decides: for "no" the way that should not be, for "yes" one that shows it. Empty when nothing gets through at all.
	Path []Hop `json:"path"`
}

// What [Traversal.Holds] says, beside [Unknown].
const (
	Yes = "yes"
	No  = "no"
)

// Part is a part of an answer with one verdict. It holds for every source, every destination and all of its traffic.
type Part struct {
	Verdict Verdict `json:"verdict"`
	Traffic
	Family string `json:"family"` // "ipv4" or "ipv6"
	// Source and Destination name the ends in few words, for people.
	Source      string `json:"source"`
	Destination string `json:"destination"`
	// Sources and Destinations list the ends exactly, each "INTERFACE ADDRESS", or a block of outside addresses, or
	// a made-up "eni-to-be-…" for a member to be (V-16).
	Sources      []string `json:"sources"`
	Destinations []string `json:"destinations"`
	// Via is the kind of way: "same subnet", "same VPC", "peering", "internet", "NAT", …; "none" where nothing leads there.
	Via string `json:"via"`
	// Public tells that the destinations are called by their public addresses, from inside the network. Where nothing arrives by these, and
	// there are private ones, the verdict of the answer is that of the other parts.
	Public bool `json:"public,omitempty"`
	// Choice says for which of AWS's choices the part holds (V-10).
	Choice string `json:"choice,omitempty"`
	// Path is the way of the witness. For an unreachable part it is the best candidate, with every control that blocks it (V-12).
	Path []Hop `json:"path"`
	// Reply is the way of the reply; empty where the first packet does not arrive.
	Reply []Hop `json:"reply"`
	// Witness is a concrete packet that shows the verdict, walked once more by a second implementation (V-11). Only of
	// reachable and one-way parts.
	Witness *Witness `json:"witness,omitempty"`
	// Then is the packet of the second connection, from the node of a load balancer to its target, where the part is about a service, there
	// is one and it arrives (LB-1, LB-7).
	Then *Witness `json:"then,omitempty"`
	// Balancers are the load balancers that the way leads through, in order, by ARN.
	Balancers []string `json:"balancers,omitempty"`
	// Conditions are what a request must be like to take this way, in words: "host-header api.example.com" (LB-4).
	Conditions []string `json:"conditions,omitempty"`
	Limited
}

// Limited is what a network firewall does to data after a handshake that it lets through (FW-4, FW-6, FW-11). Empty: nothing. It always is where the
// verdict is one-way: without a handshake there is no data.
type Limited struct {
	// Limits are the names whose data passes, as clients claim them in TLS or HTTP (FW-7): "example.com", and ".example.com" for it and every
	// name below; or [HandshakeOnly] alone.
	Limits []string `json:"limits,omitempty"`
	// LimitsOpen is what passes beside these names, in words; empty when nothing else does.
	LimitsOpen string `json:"limits_open,omitempty"`
	// LimitsDenied are names whose data does not pass, where that of others does.
	LimitsDenied []string `json:"limits_denied,omitempty"`
	// LimitsUnknown says what is not known of the limits: more may pass, or less.
	LimitsUnknown string `json:"limits_unknown,omitempty"`
	// LimitsRule says which rule limits, in words.
	LimitsRule string `json:"limits_rule,omitempty"`
}

// HandshakeOnly stands in [Limited.Limits] where no data passes at all (FW-6).
const HandshakeOnly = "handshake only"

// None tells whether nothing is limited.
func (l Limited) None() bool {
	return len(l.Limits) == 0 && l.LimitsOpen == "" && len(l.LimitsDenied) == 0 && l.LimitsUnknown == ""
}

// Hop is one element on a way, and what it does to the packet.
type Hop struct {
	Kind   string `json:"kind"` // "security group", "network ACL", "route table", "peering connection", …
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Effect string `json:"effect"` // "allow", "deny", "forward", "translate" or "unknown"
	// Rule is the one rule or route that decides, in words. Where the effect is deny, what is admitted instead.
	Rule string `json:"rule,omitempty"`
	// Code says why the packet stops here: an explanation code of Reachability Analyzer, or one of ours.
	Code string `json:"code,omitempty"`
	// Origin is where the rule was read: "FILE#/JSON/POINTER".
	Origin string `json:"origin,omitempty"`
	// Deciding is false for hops that the verdict does not hang on.
	Deciding bool `json:"deciding"`
	// Remedy says how to make known what an unknown effect lacks.
	Remedy string `json:"remedy,omitempty"`
}

// Effects of hops.
const (
	Allow     = "allow"
	Deny      = "deny"
	Forward   = "forward"
	Translate = "translate"
	Doubt     = "unknown"
)

// Witness is one packet.
type Witness struct {
	// Source and Destination are the interfaces; empty outside.
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination,omitempty"`
	// SourceName and DestinationName are what people call them.
	SourceName      string `json:"source_name,omitempty"`
	DestinationName string `json:"destination_name,omitempty"`
	SourceIP        string `json:"source_ip"`
	DestinationIP   string `json:"destination_ip"`
	Protocol        string `json:"protocol"`
	// The ports are those of TCP and UDP.
	SourcePort      *uint16 `json:"source_port,omitempty"`
	DestinationPort *uint16 `json:"destination_port,omitempty"`
	// The type and code are those of ICMP and ICMPv6.
	ICMPType *uint16 `json:"icmp_type,omitempty"`
	ICMPCode *uint16 `json:"icmp_code,omitempty"`
}

// NotModelled counts what the input holds, or lacks, that answers do not take into account (semantics X-2).
type NotModelled struct {
	// Kind is a kind of component ("transit gateway"), the API's key of a list that nothing reads, or [MissingList] with the key
	// of a list that was not collected, and why: "list NetworkAcls: AccessDenied".
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	// Matters is true when some part or row of this answer is unknown because of it.
	Matters bool `json:"matters"`
}

// MissingList begins the kind of what stands for a list that was not collected.
const MissingList = "list "

// Table answers who, what and matrix.
type Table struct {
	Schema   string   `json:"schema"` // [Schema]
	Kind     string   `json:"kind"`   // [KindWho], [KindWhat] or [KindMatrix]
	Question Question `json:"question"`
	// GroupedBy is what the labels of rows are: "group", "tier" or "account".
	GroupedBy string `json:"grouped_by"`
	// Rows say what is true between two labels. What no row mentions is unreachable; but a matrix does not repeat what reaches a public
	// address over the internet as anybody there does: its rows from and to "internet" say it. Sorted by hops, source, destination, verdict.
	Rows []Row `json:"rows"`
	// Sources and Destinations are all labels of either side. Beside them, rows about some of the outside addresses only have labels of
	// their own ("internet except 203.0.113.0/24"), and list the addresses.
	Sources      []string      `json:"sources"`
	Destinations []string      `json:"destinations"`
	Assumptions  []string      `json:"assumptions"`
	AssumedEmpty []string      `json:"assumed_empty,omitempty"` // as in Can
	NotModelled  []NotModelled `json:"not_modelled"`
	Problems     int           `json:"problems"` // as in [Can]
}

func (*Table) document() {}

// Row is what is true of some traffic from one label to another.
type Row struct {
	Source      string  `json:"source"`
	Destination string  `json:"destination"`
	Verdict     Verdict `json:"verdict"`
	// Verdicts are those that a partial row sums up: its members fare differently.
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Traffic
	Family string `json:"family"` // "ipv4", "ipv6", or "any" for both
	// Via are the kinds of ways, as in [Part].
	Via []string `json:"via"`
	// Outside lists the outside addresses that the row is about, when it is not about all of the internet.
	Outside []string `json:"outside,omitempty"`
	// Unknown names what makes an unknown row, or the unknown part of a partial one, unknown.
	Unknown []string `json:"unknown,omitempty"`
	// Hops is the number of connections, one after the other, that lead there: of what --hops.
	Hops int `json:"hops,omitempty"`
	// DataLimited tells that a network firewall limits, for some members, what data passes after the handshake (FW-11): can says to what, and what --internet.
	DataLimited bool `json:"data_limited,omitempty"`
	// Limited is what data is limited to: of what --internet.
	Limited
}
