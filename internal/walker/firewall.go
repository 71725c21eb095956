package walker

import (
	"strings"

	"github.com/watertight/watertight/internal/network"
)

const kindFirewall = "firewall"

// firewallAt is a firewall at one of its endpoints.
type firewallAt struct {
	firewall *network.Firewall
	endpoint *network.FirewallEndpoint
}

// inspection is what a firewall saw of the request.
type inspection struct {
	at     firewallAt
	packet Packet
	// tracked tells whether the stateful engine saw it, and passed is then what that may have made of it.
	tracked answer
	passed  fate
	// answered tells that the reply to it came to the same endpoint.
	answered bool
}

// throughFirewall sends a packet to a firewall endpoint by a route (FW-1): in through the network ACL of the endpoint's subnet, and when it passes the
// firewall, on from that subnet as anything that leaves it (NACL-8). It comes from a subnet of the VPC, or from a gateway, and then from is nil.
func (f *flow) throughFirewall(at firewallAt, vpc string, from *network.Subnet, p Packet) (arrival, *stop) {
	const kind = "firewall endpoint"
	home, s := f.subnet(at.endpoint.Subnet, at.endpoint.ID)
	switch {
	case s != nil:
		return arrival{}, s
	case home.VPC != vpc:
		return arrival{}, unclear(kind, at.endpoint.ID, codeUnsupported, "what becomes of a packet of "+vpc+" that a route leads to "+at.endpoint.ID+", in "+home.VPC+", is not known")
	case from != nil && from.ID == home.ID:
		return arrival{}, unclear(kind, at.endpoint.ID, codeUnsupported, "what becomes of a packet that a route leads to "+at.endpoint.ID+" from its own subnet is not known")
	}
	if s := f.acl(home, p, false); s != nil {
		return arrival{}, s
	}
	f.meet(kind, at.endpoint.ID, Forward, "to "+at.firewall.Label())
	if s := f.inspect(at, p); s != nil {
		return arrival{}, s
	}
	f.cross(crossing{kind: overMiddlebox}) // SG-5
	return f.leave(home, p)
}

// inspect is what a firewall does with a packet of either direction. What is not known about the rules is in doubt; a firewall of which nothing is
// known ends the walk.
func (f *flow) inspect(at firewallAt, p Packet) *stop {
	policy, s := f.policy(at)
	if s != nil {
		return s
	}
	f.viaFirewall = true
	f.mix()
	if f.mixed {
		return nil
	}
	if f.replying {
		return f.inspectReply(at, policy, p)
	}
	actions, words := f.stateless(policy, p)
	seen := inspection{at: at, packet: p}
	var may fate
	if actions&toPass != 0 {
		may |= passes
	}
	if actions&toDrop != 0 {
		may |= drops
	}
	if actions&toForward != 0 {
		seen.tracked = unsure
		if actions == toForward {
			seen.tracked = yes
		}
		stateful, by := f.stateful(at.firewall, policy, subject{packet: p})
		seen.passed = stateful &^ drops
		may |= stateful
		words += "; " + by
	}
	if may == drops {
		return drop(kindFirewall, at.firewall.ID, words, codeFirewall, at.firewall.Label()+" drops "+p.String()+" ("+words+")")
	}
	f.inspections = append(f.inspections, seen)
	if may&drops != 0 {
		f.doubt(kindFirewall, at.firewall.ID, codeUnknown, "whether "+at.firewall.Label()+" passes "+p.String()+" is not known: "+words)
		return nil
	}
	f.meet(kindFirewall, at.firewall.ID, Allow, words)
	return nil
}

// inspectReply is what a firewall does with a reply (FW-1). The stateless engine judges it by itself. The stateful one passes it when it saw the request
// at the same endpoint, and needs both of them or neither.
func (f *flow) inspectReply(at firewallAt, policy *network.FirewallPolicy, p Packet) *stop {
	request := f.seen(at, p)
	tracked := no
	if request != nil {
		request.answered = true
		tracked = request.tracked
	}
	actions, words := f.stateless(policy, p)
	passed, dropped, lost := false, actions&toDrop != 0, false
	if actions&toPass != 0 {
		passed, lost = tracked != yes, tracked != no
	}
	if actions&toForward != 0 {
		passed, lost = passed || tracked != no, lost || tracked != yes
		if tracked != no {
			if why := f.mayDropReply(at.firewall, policy, *request, p); why != "" {
				dropped = true
				words += "; " + why
			}
		}
	}
	switch half := "its stateful engine sees one direction only"; {
	case !passed && dropped:
		return drop(kindFirewall, at.firewall.ID, words, codeFirewall, at.firewall.Label()+" drops the reply "+p.String()+" ("+words+")")
	case !passed:
		return drop(kindFirewall, at.firewall.ID, words+"; "+half, codeAsymmetric, at.firewall.Label()+" loses the reply "+p.String()+": "+half+" at "+at.endpoint.ID)
	case dropped:
		f.doubt(kindFirewall, at.firewall.ID, codeUnknown, "whether "+at.firewall.Label()+" passes the reply "+p.String()+" is not known: "+words)
	case lost:
		f.doubt(kindFirewall, at.firewall.ID, codeAsymmetric, "whether the stateful engine of "+at.firewall.Label()+" sees both directions is not known: "+words)
	default:
		f.meet(kindFirewall, at.firewall.ID, Allow, words)
	}
	return nil
}

// mayDropReply says why the stateful engine may drop the reply to a request that it saw. It does not drop that of a TCP connection which a rule passed; where
// no rule did, or the protocol has no connections, a rule that drops may be meant for replies.
func (f *flow) mayDropReply(fw *network.Firewall, policy *network.FirewallPolicy, request inspection, p Packet) string {
	if p.Protocol == TCP && request.passed&remains == 0 {
		return ""
	}
	may, by := decide(policy, f.rulings(fw, policy, subject{packet: p, reply: true}))
	if may&drops == 0 {
		return ""
	}
	return "a rule may be meant for the reply (" + strings.Join(by, "; ") + ")"
}

// seen is the inspection of the request at an endpoint to which a packet is the exact reply; nil when there was none.
func (f *flow) seen(at firewallAt, p Packet) *inspection {
	for i := len(f.inspections) - 1; i >= 0; i-- {
		if each := &f.inspections[i]; each.at.endpoint.ID == at.endpoint.ID && each.packet.Reply() == p {
			return each
		}
	}
	return nil
}

// halfSeen loses, at the end of the reply, that of a request which a stateful engine saw, when the reply did not come by it (FW-1).
func (f *flow) halfSeen() *stop {
	if f.mixed {
		return nil
	}
	for _, each := range f.inspections {
		const why = "the reply did not come back by this endpoint"
		switch fw := each.at.firewall; {
		case each.answered || each.tracked == no:
		case each.tracked == yes:
			return drop(kindFirewall, fw.ID, why, codeAsymmetric, fw.Label()+" saw the request at "+each.at.endpoint.ID+", and "+why)
		default:
			f.doubt(kindFirewall, fw.ID, codeAsymmetric, fw.Label()+" may have tracked the request at "+each.at.endpoint.ID+", and "+why)
		}
	}
	return nil
}

// mix puts a connection in doubt that passes a peering and a firewall: traffic of a peering is not inspected (FW-9), and what that means for it is not
// documented.
func (f *flow) mix() {
	if f.viaFirewall && f.viaPeering && !f.mixed {
		f.mixed = true
		f.doubt(kindFirewall, "", codeUnsupported, "firewalls do not inspect traffic of a peering, and what becomes of a connection that passes both is not known")
	}
}

// policy is that of a firewall which works and is understood.
func (f *flow) policy(at firewallAt) (*network.FirewallPolicy, *stop) {
	fw := at.firewall
	if fw.Defect != nil {
		return nil, unclear(kindFirewall, fw.ID, codeUnknown, fw.Label()+" is not understood: "+fw.Defect.String())
	}
	if at.endpoint.Status != "READY" {
		return nil, unclear("firewall endpoint", at.endpoint.ID, codeUnsupported, at.endpoint.ID+" of "+fw.Label()+" is not READY but "+at.endpoint.Status)
	}
	policy, ok := f.network.FirewallPolicies.Get(fw.Policy)
	switch {
	case !ok:
		return nil, unclear("firewall policy", fw.Policy, codeUnknown, "the policy of "+fw.Label()+" is not in the network")
	case policy.Defect != nil:
		return nil, unclear("firewall policy", policy.ID, codeUnknown, policy.Label()+" is not understood: "+policy.Defect.String())
	}
	return policy, nil
}
