package dump

import (
	"cmp"
	"maps"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// firewall is the answer of network-firewall describe-firewall.
type firewall struct {
	Firewall       firewallConfig
	FirewallStatus *firewallStatus `json:",omitzero"`
}

type firewallConfig struct {
	FirewallArn       string
	FirewallName      string
	FirewallPolicyArn string
	VpcId             string           `json:",omitzero"`
	SubnetMappings    []firewallSubnet `json:",omitzero"`
	record
}

type firewallSubnet struct{ SubnetId string }

type firewallStatus struct {
	Status     string
	SyncStates map[string]zoneState // by zone name
}

type zoneState struct{ Attachment firewallAttachment }

type firewallAttachment struct {
	EndpointId string
	SubnetId   string
	Status     string
}

func readFirewall(e *element, r *firewall) {
	f := &network.Firewall{VPC: e.share(r.Firewall.VpcId), Policy: e.share(r.Firewall.FirewallPolicyArn)}
	f.Name = e.share(r.Firewall.FirewallName)
	if r.FirewallStatus != nil {
		f.Endpoints = e.firewallEndpoints("/FirewallStatus/SyncStates/", r.FirewallStatus.SyncStates, f.VPC)
	}
	if len(f.Endpoints) < len(r.Firewall.SubnetMappings) && len(e.faults) == 0 {
		e.fault("", "has fewer endpoints in FirewallStatus than SubnetMappings: the others are not known")
	}
	e.settle(&f.Object, "Firewall with a FirewallArn", r.Firewall.FirewallArn, "", &r.Firewall.record)
	e.out.Firewalls = append(e.out.Firewalls, f)
}

func (e *element) firewallEndpoints(path string, states map[string]zoneState, vpc string) []network.FirewallEndpoint {
	var list []network.FirewallEndpoint
	for _, zone := range slices.Sorted(maps.Keys(states)) {
		a := states[zone].Attachment
		if a.EndpointId == "" {
			if a.Status == "READY" {
				e.fault(path+zone, "is READY, and has no Attachment with an EndpointId")
			}
			continue
		}
		list = append(list, network.FirewallEndpoint{ID: a.EndpointId, VPC: vpc, Subnet: e.share(a.SubnetId), Zone: e.share(zone), Status: e.share(a.Status), Origin: e.origin(path + zone)})
	}
	return list
}

func writeFirewall(f *network.Firewall) firewall {
	r := firewall{Firewall: firewallConfig{FirewallArn: f.ID, FirewallName: f.Name, FirewallPolicyArn: f.Policy, VpcId: f.VPC, record: markUnnamed(&f.Object)},
		FirewallStatus: &firewallStatus{Status: "READY", SyncStates: map[string]zoneState{}}}
	for _, p := range f.Endpoints {
		if p.VPC == f.VPC {
			r.Firewall.SubnetMappings = append(r.Firewall.SubnetMappings, firewallSubnet{p.Subnet})
			r.FirewallStatus.SyncStates[p.Zone] = zoneState{firewallAttachment{p.ID, p.Subnet, p.Status}}
		}
	}
	return r
}

// endpointAssociation is the answer of network-firewall describe-vpc-endpoint-association: an endpoint of a firewall in another VPC.
type endpointAssociation struct {
	VpcEndpointAssociation       endpointAssociationConfig
	VpcEndpointAssociationStatus endpointAssociationStatus
}

type endpointAssociationConfig struct {
	VpcEndpointAssociationArn string `json:",omitzero"`
	FirewallArn               string
	VpcId                     string
}

type endpointAssociationStatus struct {
	Status               string
	AssociationSyncState map[string]zoneState
}

func (d *dump) assembleFirewalls(all *part) {
	firewalls := map[string]*network.Firewall{}
	for _, f := range all.Firewalls {
		firewalls[f.ID] = f
	}
	for i := range all.FirewallEndpoints {
		r, e := all.FirewallEndpoints[i].open(all)
		a := r.VpcEndpointAssociation
		f := firewalls[a.FirewallArn]
		if f == nil { // of another account: its policy is not known here
			f = &network.Firewall{}
			if a.FirewallArn != "" {
				e.fault("", "belongs to a firewall that is not among the Firewalls: what it lets through is not known")
			}
			endpoints := e.firewallEndpoints("/VpcEndpointAssociationStatus/AssociationSyncState/", r.VpcEndpointAssociationStatus.AssociationSyncState, a.VpcId)
			e.settle(&f.Object, "VpcEndpointAssociation with a FirewallArn", a.FirewallArn, "", nil)
			f.Endpoints = endpoints
			firewalls[f.ID] = f
			all.Firewalls = append(all.Firewalls, f)
			continue
		}
		f.Endpoints = append(f.Endpoints, e.firewallEndpoints("/VpcEndpointAssociationStatus/AssociationSyncState/", r.VpcEndpointAssociationStatus.AssociationSyncState, a.VpcId)...)
		if defect := e.take(""); defect != nil && f.Defect == nil {
			f.Defect = defect
		}
	}
	for _, f := range all.Firewalls {
		slices.SortStableFunc(f.Endpoints, func(x, y network.FirewallEndpoint) int { return cmp.Compare(x.ID, y.ID) })
	}
}

func writeEndpointAssociations(f *network.Firewall) []endpointAssociation {
	var list []endpointAssociation
	for _, p := range f.Endpoints {
		if p.VPC != f.VPC {
			list = append(list, endpointAssociation{endpointAssociationConfig{FirewallArn: f.ID, VpcId: p.VPC},
				endpointAssociationStatus{p.Status, map[string]zoneState{p.Zone: {firewallAttachment{p.ID, p.Subnet, p.Status}}}}})
		}
	}
	return list
}
