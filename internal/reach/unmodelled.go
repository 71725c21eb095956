package reach

import (
	"maps"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// Unmodelled counts what the network holds and the engine does not evaluate, by kind, sorted: whether or not it mattered to an answer.
func (e *Engine) Unmodelled() []Unmodelled {
	n := e.network
	counts := map[string]int{
		"carrier gateway": n.CarrierGateways.Len(),
	}
	for _, b := range n.LoadBalancers.All() {
		if b.Type == "gateway" {
			counts["Gateway Load Balancer"]++
		}
	}
	for _, a := range n.TransitAttachments.All() {
		switch a.Type {
		case "vpc", "peering", "vpn", "direct-connect-gateway":
		default:
			counts["transit gateway attachment of type "+a.Type]++
		}
	}
	for _, p := range n.Endpoints.All() {
		if p.Type != network.EndpointGateway && p.Type != network.EndpointInterface && e.index.walls[p.ID] == nil { // FW-1
			counts["VPC endpoint of type "+string(p.Type)]++
		}
	}
	for _, c := range n.VPNConnections.All() {
		if !c.StaticOnly {
			counts["VPN connection with BGP"]++
		}
	}
	for _, t := range n.RouteTables.All() {
		for _, r := range t.Routes {
			switch r.Target.Kind {
			case network.TargetCarrierGateway, network.TargetLocalGateway, network.TargetCoreNetwork, network.TargetOther:
				counts["route to a "+string(r.Target.Kind)]++
			}
		}
	}
	for _, s := range e.sites {
		if s.role == strange && !s.example.Conduit() {
			counts["network interface"]++
		}
	}
	for key, count := range n.Unread {
		counts[key] += count
	}
	var all []Unmodelled
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		if counts[kind] > 0 {
			all = append(all, Unmodelled{kind, counts[kind]})
		}
	}
	return all
}
