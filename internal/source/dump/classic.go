package dump

import (
	"cmp"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// classic is a LoadBalancerDescription of the Elastic Load Balancing API, of 2012.
type classic struct {
	LoadBalancerName     string
	DNSName              string `json:",omitzero"`
	VPCId                string
	Scheme               string
	SecurityGroups       []string
	Subnets              []string
	Instances            []classicInstance
	ListenerDescriptions []classicListener
	record
}

type classicInstance struct{ InstanceId string }

type classicListener struct{ Listener classicPorts }

type classicPorts struct {
	Protocol         string
	LoadBalancerPort int
	InstanceProtocol string
	InstancePort     int
}

func readClassic(e *element, r *classic) {
	b := &network.LoadBalancer{Type: "classic", Internal: r.Scheme == "internal", VPC: e.require("VPCId", r.VPCId), State: "active", DNSName: r.DNSName,
		Groups: e.shareAll(r.SecurityGroups), IPAddressType: "ipv4", ListenersKnown: true,
		Instances: e.shareAll(pick(r.Instances, func(i classicInstance) string { return i.InstanceId }))}
	for _, id := range e.shareAll(r.Subnets) {
		b.Zones = append(b.Zones, network.LoadBalancerZone{Subnet: id})
	}
	for i, l := range r.ListenerDescriptions {
		path := at("ListenerDescriptions", i)
		if l.Listener.LoadBalancerPort == 0 && !e.faulty(path) {
			e.fault(path, "has no Listener with a LoadBalancerPort")
		}
		b.Listeners = append(b.Listeners, network.Listener{Protocol: e.share(l.Listener.Protocol), Port: l.Listener.LoadBalancerPort, RulesKnown: true,
			InstancePort: l.Listener.InstancePort, InstanceProtocol: e.share(l.Listener.InstanceProtocol), Origin: e.origin(path)})
	}
	slices.SortStableFunc(b.Listeners, func(x, y network.Listener) int { return cmp.Compare(x.Port, y.Port) })
	b.Name = e.share(r.LoadBalancerName)
	e.settle(&b.Object, "LoadBalancerName", r.LoadBalancerName, "", &r.record)
	e.out.LoadBalancers = append(e.out.LoadBalancers, b)
}

func writeClassic(b *network.LoadBalancer) classic {
	return classic{LoadBalancerName: b.Name, DNSName: b.DNSName, VPCId: b.VPC, Scheme: scheme(b.Internal), SecurityGroups: b.Groups,
		Subnets:   pick(b.Zones, func(z network.LoadBalancerZone) string { return z.Subnet }),
		Instances: pick(b.Instances, func(id string) classicInstance { return classicInstance{id} }),
		ListenerDescriptions: pick(b.Listeners, func(l network.Listener) classicListener {
			return classicListener{classicPorts{l.Protocol, l.Port, l.InstanceProtocol, l.InstancePort}}
		}), record: markUnnamed(&b.Object)}
}
