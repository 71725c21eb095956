package synth

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

// peer joins pairs of VPCs: neighbours first, so that a small organization hangs together, then any.
func (o *organization) peer(d dice, count int) {
	n := len(o.vpcs)
	for made, tries := 0, 0; made < count && tries < 20*count+n; tries++ {
		a, b := d.IntN(n), d.IntN(n)
		if tries < min(n-1, count/2) {
			a, b = tries, tries+1
		}
		if o.join(d, o.vpcs[a], o.vpcs[b]) {
			made++
		}
	}
}

// join peers two VPCs, and tells whether AWS and their tables permit it.
func (o *organization) join(d dice, a, b *vpc) bool {
	if a == b || !a.mayPeer(b) || !b.mayPeer(a) {
		return false
	}
	a.peers, b.peers = append(a.peers, b), append(b.peers, a)
	p := &network.PeeringConnection{Object: a.dice.object("pcx", a.Name+"-to-"+b.Name, a.account, a.region.name), State: "active", Requester: a.side(), Accepter: b.side()}
	o.contents.PeeringConnections = append(o.contents.PeeringConnections, p)
	target := network.Target{Kind: network.TargetPeering, ID: p.ID}
	a.routeTo(b, target)
	if d.IntN(7) > 0 {
		b.routeTo(a, target)
	}
	from, to := a.products[0].app, b.products[0].app
	if from == nil || to == nil {
		return true
	}
	const why = "applications of a peer"
	admit, send := rule{protocol: tcp, from: 8443, to: 8443, why: why}, rule{protocol: tcp, from: 8443, to: 8443, why: why}
	if a.region == b.region {
		admit.group, send.group = from.ID, to.ID
	} else {
		admit.blocks, send.blocks = a.blocks(app), b.blocks(app)
	}
	b.admit(to.SecurityGroup, admit)
	if !a.sendsAnywhere(from) {
		a.send(from.SecurityGroup, send)
	}
	return true
}

// mayPeer tells whether a peering with b leaves every address that the VPC reaches in one place, and its tables short: AWS
// permits 50 peerings unasked.
func (v *vpc) mayPeer(b *vpc) bool {
	if v.block.Overlaps(b.block) || len(v.peers) >= 50 {
		return false
	}
	for _, peer := range v.peers {
		if peer == b || peer.block.Overlaps(b.block) {
			return false
		}
	}
	return true
}

func (v *vpc) side() network.PeeringSide {
	return network.PeeringSide{VPC: v.ID, Account: v.account, Region: v.region.name, Blocks: append([]netip.Prefix(nil), v.Blocks...)}
}

// routeTo leads the app and data tiers to a peer.
func (v *vpc) routeTo(peer *vpc, target network.Target) {
	for _, t := range []tier{app, data} {
		for _, table := range v.tables[t] {
			v.route(table, peer.Blocks[0], target)
			if v.ipv6 && peer.ipv6 && v.region == peer.region {
				v.route(table, peer.Blocks[1], target)
			}
		}
	}
}
