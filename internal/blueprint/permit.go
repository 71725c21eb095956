package blueprint

import (
	"net/netip"

	"github.com/watertight/watertight/internal/intent"
)

// permitKey is what tells permits of a tier apart.
type permitKey struct {
	at       *Tier
	outbound bool
	remote   remote
	port     intent.Port
	reply    bool
}

// remote is the other end of a permit, as [Permit] has it.
type remote struct {
	tier     *Tier
	internet bool
	block    netip.Prefix
}

// replies are what clients of a port are answered on (NACL-7).
func replies(p intent.Port) intent.Port {
	if p.Protocol == "icmp" || p.Protocol == "any" {
		return p
	}
	return intent.Port{Protocol: p.Protocol, From: 1024, To: 65535}
}

// addPermits adds what the ACLs on the way of an edge admit, request and replies.
func (b *builder) addPermits(e *Edge) {
	from, to := e.From.remote(), e.To.remote()
	for _, p := range e.Ports {
		switch client, server := from.tier, to.tier; {
		case client != nil && server != nil:
			if client == server && len(client.Subnets) == 1 {
				continue // inside a subnet no ACL looks (NACL-3)
			}
			b.opens(e, client, p, to)
			b.serves(e, server, p, from)
			if e.Via == intent.Transit { // NACL-8
				b.serves(e, client.Environment.infrastructure(intent.ForTransit), p, from)
				b.opens(e, server.Environment.infrastructure(intent.ForTransit), p, to)
			}
		case server != nil:
			b.serves(e, server, p, from)
		default:
			b.opens(e, client, p, to)
			for _, hop := range client.passes() { // they see the client on one side, and the outside on the other (NACL-8)
				b.serves(e, hop, p, from)
				b.opens(e, hop, p, to)
			}
		}
	}
}

func (n Node) remote() remote {
	if n.Group != nil {
		return remote{tier: n.Group.Tier}
	}
	return remote{internet: n.Internet, block: n.Block}
}

// passes are the tiers that packets of a tier pass on their way out.
func (t *Tier) passes() []*Tier {
	switch t.Internet {
	case intent.Filtered:
		return []*Tier{t.Environment.infrastructure(intent.ForFirewall), t.Environment.infrastructure(intent.ForNAT)}
	case intent.NAT:
		return []*Tier{t.Environment.infrastructure(intent.ForNAT)}
	}
	return nil
}

// opens permits connections to a remote end, and their replies.
func (b *builder) opens(e *Edge, at *Tier, p intent.Port, to remote) {
	b.permit(e, at, true, to, p, false)
	b.permit(e, at, false, to, replies(p), true)
}

// serves permits connections from a remote end, and their replies.
func (b *builder) serves(e *Edge, at *Tier, p intent.Port, from remote) {
	b.permit(e, at, false, from, p, false)
	b.permit(e, at, true, from, replies(p), true)
}

func (b *builder) permit(e *Edge, at *Tier, outbound bool, r remote, p intent.Port, reply bool) {
	if at == nil || at.Environment.VPC != "" {
		return
	}
	key := permitKey{at, outbound, r, p, reply}
	if b.permits[key] {
		return
	}
	b.permits[key] = true
	at.Permits = append(at.Permits, Permit{Outbound: outbound, Tier: r.tier, Internet: r.internet, Block: r.block, Port: p, Reply: reply, Because: e})
}
