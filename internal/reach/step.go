package reach

import "github.com/watertight/watertight/internal/network"

// step is one element of a way, as a walk records it.
type step struct {
	hop Hop
	// passes is what a filter lets pass, of the packet's own headers; other steps only forward.
	filters bool
	passes  bounds
	quiet   bool // a filter that is worth telling only when it stops something
	asked   bool // passes is by the headers of the connection, on the way back too
	// of a network firewall
	judgement *judgement
	// of a network ACL
	acl      *acl
	outbound bool
	remote   place
	where    string
	// segment is the number of translations in force.
	segment int
}

// routeName is the destination of a route.
func routeName(r *network.Route) string {
	switch {
	case r.PrefixList != "":
		return r.PrefixList
	case r.Destination.IsValid():
		return r.Destination.String()
	}
	return "an unknown destination"
}

func targetName(r *network.Route) string {
	if r.Target.ID == "" {
		return "nothing"
	}
	return r.Target.ID
}
