package tfplan

import (
	"cmp"

	"github.com/watertight/watertight/internal/network"
)

// accepter finds the resource that accepts an attachment. Doubt says why one may, of which it is not known what it accepts.
func (r *reader) accepter(typ, attachment string) (found *instance, doubt *network.Defect) {
	for _, each := range r.byType[typ] {
		n := each.get("transit_gateway_attachment_id")
		id := n.literal()
		if c, ok := n.value.(chosen); ok {
			id = c.text
		}
		switch {
		case id == attachment:
			return each, nil
		case id == "" || r.isPlaceholder(id):
			doubt = &network.Defect{Reason: "whether " + each.address + " accepts it is not known", Origin: each.origin("transit_gateway_attachment_id")}
		}
	}
	return nil, doubt
}

// sides are what is known by the identifier of an attachment: two, of a peering.
func (r *reader) sides(id string) []*spoke {
	if known := r.hubs.alias[id]; known != "" {
		id = known
	}
	var all []*spoke
	for _, s := range r.hubs.spokes {
		if s.Attachment == id && id != "" {
			all = append(all, s)
		}
	}
	return all
}

func (i *instance) transitPeering() {
	id := i.id()
	own, peer := i.get("transit_gateway_id").identity(), i.get("peer_transit_gateway_id").identity()
	state := "pendingAcceptance"
	accepter, doubt := i.accepter("aws_ec2_transit_gateway_peering_attachment_accepter", id)
	if i.get("state").literal() == "available" || accepter != nil {
		state, doubt = "available", nil
	}
	far := i.place(i)
	far.Region = cmp.Or(i.get("peer_region").literal(), far.Region)
	far.Account = cmp.Or(i.get("peer_account_id").literal(), far.Account)
	if accepter != nil {
		far = accepter.place(accepter)
	}
	a := &network.TransitAttachment{Attachment: id, Gateway: own, Type: "peering", Resource: peer, State: state, Detailed: true, Peer: peer, PeerRegion: i.get("peer_region").text()}
	i.settle(&a.Object, own+"/"+id)
	if a.Defect == nil {
		a.Defect = doubt
	}
	if own == "" || peer == "" {
		i.unclearAttachments(a)
	}
	h := i.hub(peer)
	if h != nil {
		far.Account, far.Region = cmp.Or(h.Account, far.Account), cmp.Or(h.Region, far.Region)
	}
	a.ResourceAccount = far.Account
	i.attach(a, i.none(), i.none())
	if h == nil || h.foreign {
		return
	}
	b := &network.TransitAttachment{Attachment: id, Gateway: peer, Type: "peering", Resource: own, ResourceAccount: a.Account, State: state, Detailed: true, Peer: own, PeerRegion: a.Region}
	at := i
	if accepter != nil {
		at = accepter
	}
	at.like(&b.Object, peer+"/"+id, a.Name)
	b.Account, b.Region, b.Defect = far.Account, far.Region, a.Defect
	at.attach(b, at.none(), at.none())
	if state != "available" && doubt == nil {
		i.problem("", "is a peering that nothing in the configuration accepts: aws_ec2_transit_gateway_peering_attachment_accepter does. It carries nothing until somebody does")
	}
}

// transitPeeringAccepter accepts a peering that another configuration asks for: see [instance.transitPeering] for those of this one.
func (i *instance) transitPeeringAccepter() {
	id := i.get("transit_gateway_attachment_id").identity()
	if id == "" || i.isPlaceholder(id) || len(i.sides(id)) > 0 {
		return
	}
	own, peer := i.get("transit_gateway_id").identity(), i.get("peer_transit_gateway_id").identity()
	a := &network.TransitAttachment{Attachment: id, Gateway: own, Type: "peering", Resource: peer, ResourceAccount: i.get("peer_account_id").literal(), State: "available",
		Detailed: peer != "", Peer: peer, PeerRegion: i.get("peer_region").literal()}
	i.settle(&a.Object, own+"/"+id)
	if own == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, i.none(), i.none())
}

func (i *instance) transitConnect() {
	a := &network.TransitAttachment{Attachment: i.id(), Gateway: i.get("transit_gateway_id").identity(), Type: "connect", Resource: i.get("transport_attachment_id").identity(), State: "available"}
	i.settle(&a.Object, a.Attachment)
	i.plug(a, i.get("transit_gateway_default_route_table_association"), i.get("transit_gateway_default_route_table_propagation"))
}

// plug adds an attachment of something else than a VPC or a peer.
func (i *instance) plug(a *network.TransitAttachment, associate, propagate node) {
	a.ResourceAccount = a.Account
	if h := i.hub(a.Gateway); h != nil {
		a.Account = cmp.Or(h.Account, a.Account)
	}
	if a.Gateway == "" {
		i.unclearAttachments(a)
	}
	i.attach(a, associate, propagate)
}

// foundTransitVPN and foundTransitDX find out which attachment a data source stands for.
func (i *instance) foundTransitVPN() {
	i.found(func(s *spoke) bool {
		return s.Type == "vpn" && s.Gateway == i.get("transit_gateway_id").literal() && s.Resource == i.get("vpn_connection_id").literal()
	})
}

func (i *instance) foundTransitDX() {
	i.found(func(s *spoke) bool {
		return s.Type == "direct-connect-gateway" && s.Gateway == i.get("transit_gateway_id").literal() && s.Resource == i.get("dx_gateway_id").literal()
	})
}

func (i *instance) found(like func(*spoke) bool) {
	id := i.attribute("id")
	for _, s := range i.hubs.spokes {
		if s.Attachment != id && like(s) {
			if i.hubs.alias == nil {
				i.hubs.alias = map[string]string{}
			}
			i.hubs.alias[id] = s.Attachment
		}
	}
}
