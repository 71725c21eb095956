package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// networkInterface is a NetworkInterface of the EC2 API, and an InstanceNetworkInterface, which has the same keys.
type networkInterface struct {
	NetworkInterfaceId string
	VpcId              string
	SubnetId           string
	OwnerId            string                `json:",omitzero"`
	Description        string                `json:",omitzero"`
	InterfaceType      string                `json:",omitzero"`
	RequesterManaged   bool                  `json:",omitzero"`
	RequesterId        string                `json:",omitzero"`
	SourceDestCheck    *bool                 `json:",omitzero"`
	PrivateIpAddress   address               `json:",omitzero"`
	PrivateIpAddresses []privateAddress      `json:",omitzero"`
	Ipv6Addresses      []ipv6Address         `json:",omitzero"`
	Ipv4Prefixes       []delegatedPrefix     `json:",omitzero"`
	Ipv6Prefixes       []delegatedPrefix     `json:",omitzero"`
	Groups             []groupName           `json:",omitzero"`
	Attachment         *interfaceAttachment  `json:",omitzero"`
	Association        *interfaceAssociation `json:",omitzero"`
	TagSet             []tag                 `json:",omitzero"`
	Watertight         *extra                `json:",omitzero"`
}

type privateAddress struct {
	PrivateIpAddress address
	Primary          bool
	Association      *interfaceAssociation `json:",omitzero"`
}

type interfaceAssociation struct {
	PublicIp address `json:",omitzero"`
}

type ipv6Address struct{ Ipv6Address address }

type delegatedPrefix struct{ Ipv4Prefix, Ipv6Prefix cidr }

type groupName struct{ GroupId string }

type interfaceAttachment struct {
	InstanceId      string `json:",omitzero"`
	InstanceOwnerId string `json:",omitzero"`
	Status          string `json:",omitzero"`
	// The primary interface of an instance has device index 0 on network card 0.
	DeviceIndex      *int `json:",omitzero"`
	NetworkCardIndex int  `json:",omitzero"`
}

func (a *interfaceAttachment) primary() bool {
	return a != nil && a.DeviceIndex != nil && *a.DeviceIndex == 0 && a.NetworkCardIndex == 0
}

// primaryOf is an interface that says of itself that it is the primary one of an instance.
type primaryOf struct{ instance, face string }

func readInterface(e *element, r *networkInterface) {
	i := e.readInterface(r)
	e.out.Interfaces = append(e.out.Interfaces, i)
	if r.Attachment.primary() && r.Attachment.InstanceId != "" {
		e.out.Primaries = append(e.out.Primaries, primaryOf{i.Owner.ID, i.ID})
	}
}

func (e *element) readInterface(r *networkInterface) *network.Interface {
	i := &network.Interface{VPC: e.require("VpcId", r.VpcId), Subnet: e.require("SubnetId", r.SubnetId), Type: network.InterfaceType(e.share(r.InterfaceType)),
		SourceDestCheck: r.SourceDestCheck == nil || *r.SourceDestCheck, Description: e.share(r.Description)}
	for j, g := range r.Groups {
		if g.GroupId == "" {
			e.fault(at("Groups", j), "has no GroupId")
		}
	}
	i.Groups = e.shareAll(pick(r.Groups, func(g groupName) string { return g.GroupId }))
	i.Addresses = e.addresses(r)
	i.Owner = e.owner(r)
	e.settle(&i.Object, "NetworkInterfaceId", r.NetworkInterfaceId, r.OwnerId, &record{Tags: r.TagSet, Watertight: r.Watertight})
	return i
}

func (e *element) addresses(r *networkInterface) []network.Address {
	list := make([]network.Address, 0, max(1, len(r.PrivateIpAddresses))+len(r.Ipv6Addresses))
	for j, a := range r.PrivateIpAddresses {
		if !a.PrivateIpAddress.IsValid() {
			if path := at("PrivateIpAddresses", j); !e.faulty(path) {
				e.fault(path, "has no PrivateIpAddress")
			}
			continue
		}
		each := network.Address{IP: a.PrivateIpAddress.Addr}
		if a.Association != nil {
			each.Public = a.Association.PublicIp.Addr
		}
		if a.Primary {
			list = slices.Insert(list, 0, each)
		} else {
			list = append(list, each)
		}
	}
	if len(r.PrivateIpAddresses) == 0 && r.PrivateIpAddress.IsValid() {
		each := network.Address{IP: r.PrivateIpAddress.Addr}
		if r.Association != nil {
			each.Public = r.Association.PublicIp.Addr
		}
		list = append(list, each)
	}
	for j, p := range r.Ipv4Prefixes { // AWS delegates /28: each of their addresses is one of the interface
		block := p.Ipv4Prefix.Prefix
		if !block.IsValid() || block.Addr().Is6() || block.Bits() < 20 {
			e.fault(at("Ipv4Prefixes", j), "is not a prefix of the size that AWS delegates, /28")
			continue
		}
		for ip := block.Addr(); block.Contains(ip); ip = ip.Next() {
			list = append(list, network.Address{IP: ip})
		}
	}
	for j, a := range r.Ipv6Addresses {
		if !a.Ipv6Address.IsValid() {
			if path := at("Ipv6Addresses", j); !e.faulty(path) {
				e.fault(path, "has no Ipv6Address")
			}
			continue
		}
		list = append(list, network.Address{IP: a.Ipv6Address.Addr})
	}
	for j, p := range r.Ipv6Prefixes {
		e.fault(at("Ipv6Prefixes", j), fmt.Sprintf("delegates %s to the interface: too many addresses to list, and not modelled yet", p.Ipv6Prefix))
	}
	if len(list) == 0 && len(e.faults) == 0 && r.SubnetId != "" {
		e.fault("", "has no address")
	}
	return slices.Clip(list)
}

func writeInterface(i *network.Interface) networkInterface {
	check := i.SourceDestCheck
	r := networkInterface{NetworkInterfaceId: i.ID, VpcId: i.VPC, SubnetId: i.Subnet, OwnerId: i.Account, Description: i.Description, InterfaceType: string(i.Type),
		SourceDestCheck: &check, TagSet: tags(&i.Object, true), Watertight: flaw(i.Defect), Groups: pick(i.Groups, func(id string) groupName { return groupName{id} })}
	r.PrivateIpAddresses = make([]privateAddress, 0, len(i.Addresses))
	for _, a := range i.Addresses {
		if a.IP.Is6() {
			r.Ipv6Addresses = append(r.Ipv6Addresses, ipv6Address{address{a.IP}})
			continue
		}
		each := privateAddress{PrivateIpAddress: address{a.IP}, Primary: len(r.PrivateIpAddresses) == 0}
		if a.Public.IsValid() {
			each.Association = &interfaceAssociation{PublicIp: address{a.Public}}
		}
		if each.Primary {
			r.PrivateIpAddress, r.Association = each.PrivateIpAddress, each.Association
		}
		r.PrivateIpAddresses = append(r.PrivateIpAddresses, each)
	}
	switch {
	case i.Owner.Kind == network.OwnerInstance && i.Owner.Sure:
		r.Attachment = &interfaceAttachment{InstanceId: i.Owner.ID, Status: "attached"}
	case i.Owner != suggested(i.Description, i.Type):
		if r.Watertight == nil {
			r.Watertight = &extra{}
		}
		owner := i.Owner
		r.Watertight.Owner = &owner
	}
	return r
}

// instanceReservation is a Reservation of the EC2 API.
type instanceReservation struct {
	OwnerId   string `json:",omitzero"`
	Instances []instance
}

type instance struct {
	InstanceId        string
	VpcId             string `json:",omitzero"`
	SubnetId          string `json:",omitzero"`
	State             instanceState
	NetworkInterfaces []networkInterface `json:",omitzero"`
	record
}

type instanceState struct{ Name string }

func readReservation(e *element, r *instanceReservation) {
	whole := e.path
	for n := range r.Instances {
		i := &r.Instances[n]
		path := at("Instances", n)
		own := &element{batch: e.batch, path: whole + path}
		e.faults = slices.DeleteFunc(e.faults, func(f fault) bool { // its faults are the instance's, not the reservation's
			rest, under := strings.CutPrefix(f.path, path)
			if under = under && (rest == "" || rest[0] == '/'); under {
				own.faults = append(own.faults, fault{rest, f.message})
			}
			return under
		})
		out := &network.Instance{VPC: e.share(i.VpcId), Subnet: e.share(i.SubnetId), State: e.share(i.State.Name)}
		for m := range i.NetworkInterfaces {
			ni := &i.NetworkInterfaces[m]
			out.Interfaces = append(out.Interfaces, ni.NetworkInterfaceId)
			if ni.Attachment.primary() || len(i.NetworkInterfaces) == 1 {
				out.Primary = ni.NetworkInterfaceId
			}
			if _, listed := e.file.dump.listed[ni.NetworkInterfaceId]; listed || ni.SubnetId == "" {
				continue
			}
			place := at("NetworkInterfaces", m)
			derived := &element{batch: e.batch, path: own.path + place}
			for _, f := range own.faults {
				if rest, under := strings.CutPrefix(f.path, place); under && (rest == "" || rest[0] == '/') {
					derived.faults = append(derived.faults, fault{rest, f.message})
				}
			}
			if ni.Attachment == nil {
				ni.Attachment = &interfaceAttachment{}
			}
			ni.Attachment.InstanceId = i.InstanceId
			if ni.OwnerId == "" {
				ni.OwnerId = r.OwnerId
			}
			e.out.Interfaces = append(e.out.Interfaces, derived.readInterface(ni))
		}
		slices.Sort(out.Interfaces)
		own.settle(&out.Object, "InstanceId", i.InstanceId, r.OwnerId, &i.record)
		e.out.Instances = append(e.out.Instances, out)
	}
	if len(e.faults) > 0 {
		e.gap("a reservation is not understood")
	}
}

func writeReservation(i *network.Instance) instanceReservation {
	return instanceReservation{OwnerId: i.Account, Instances: []instance{{InstanceId: i.ID, VpcId: i.VPC, SubnetId: i.Subnet, State: instanceState{i.State},
		NetworkInterfaces: pick(i.Interfaces, func(id string) networkInterface {
			r := networkInterface{NetworkInterfaceId: id}
			if id == i.Primary {
				r.Attachment = &interfaceAttachment{Status: "attached", DeviceIndex: new(int)}
			}
			return r
		}), record: mark(&i.Object)}}}
}

// elasticAddress is an Address of the EC2 API.
type elasticAddress struct {
	PublicIp           address
	PrivateIpAddress   address
	NetworkInterfaceId string
}

// assembleInterfaces drops interfaces of reservations that are listed after all, and adds what other lists say of interfaces: public addresses, and owners.
func (d *dump) assembleInterfaces(all *part) {
	all.Interfaces = d.unlisted(all.Interfaces)
	type private struct {
		id string
		ip netip.Addr
	}
	public := map[private]netip.Addr{}
	for _, a := range all.EIPs {
		if r := a.Record; r.PublicIp.IsValid() && r.NetworkInterfaceId != "" {
			public[private{r.NetworkInterfaceId, r.PrivateIpAddress.Addr}] = r.PublicIp.Addr
		}
	}
	primaries := map[string]string{}
	for _, p := range all.Primaries {
		primaries[p.instance] = p.face
	}
	for _, i := range all.Instances {
		i.Primary = cmp.Or(i.Primary, primaries[i.ID])
	}
	owned := d.owners(all)
	for _, i := range all.Interfaces {
		if len(public) > 0 {
			for j := range i.Addresses {
				a := &i.Addresses[j]
				ip, ok := public[private{i.ID, a.IP}]
				switch {
				case !ok || a.Public == ip:
				case !a.Public.IsValid():
					a.Public = ip
				default:
					all.Problems = append(all.Problems, network.Problem{Origin: i.Origin, Message: fmt.Sprintf("%s has the public address %s here, and %s in Addresses: the two were read at different times; the former counts", a.IP, a.Public, ip)})
				}
			}
		}
		owned.own(i)
	}
	owned.workloads(all)
}

// unlisted leaves out derived interfaces that come with others of the same identifier: those of NetworkInterfaces know more.
func (d *dump) unlisted(list []*network.Interface) []*network.Interface {
	derived := func(i *network.Interface) bool { return !strings.HasPrefix(i.Origin.Path, "/NetworkInterfaces/") }
	if !slices.ContainsFunc(list, derived) {
		return list
	}
	best := map[string]*network.Interface{}
	for _, i := range list {
		if derived(i) {
			best[i.ID] = i
		}
	}
	for _, i := range list {
		if b := best[i.ID]; b != nil && !derived(i) {
			best[i.ID] = i
		}
	}
	return slices.DeleteFunc(list, func(i *network.Interface) bool { return derived(i) && best[i.ID] != i })
}
