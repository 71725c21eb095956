package tfplan

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// placeholderAddress is the address that stands for what AWS will choose, or the one that a state knows.
func (n node) placeholderAddress() netip.Addr {
	text := n.literal()
	if c, ok := n.value.(chosen); ok {
		text = c.text
	}
	a, _ := netip.ParseAddr(text)
	return a
}

func (i *instance) networkInterface() {
	groups := i.get("security_groups")
	ids := identities(groups.list())
	subnet := i.get("subnet_id").identity()
	f := i.face(i.id(), "", subnet, i.groupsOr(ids, i.vpcOf(subnet)), network.InterfaceType(i.get("interface_type").literal()), network.Owner{})
	f.SourceDestCheck = i.get("source_dest_check").yes(true)
	f.Description = i.get("description").literal()
	var addresses []netip.Addr
	note := func(n node) {
		if a := n.address(); a.IsValid() && !slices.Contains(addresses, a) {
			addresses = append(addresses, a)
		}
	}
	if n := i.get("private_ip"); n.known() && n.given() {
		note(n)
	}
	for _, name := range []string{"private_ip_list", "private_ips"} {
		if n := i.get(name); n.given() && n.known() && (!i.planned || len(addresses) == 0 || i.set(name)) {
			for _, each := range n.list() {
				if each.known() {
					note(each)
				}
			}
		}
	}
	open := len(addresses) == 0
	for _, a := range addresses {
		f.Addresses = append(f.Addresses, network.Address{IP: a})
		i.objects.taken[a] = true
	}
	if open {
		i.await(f, i.get("private_ip").placeholderAddress())
	}
	for _, each := range i.get("ipv6_addresses").list() {
		if a := each.address(); a.IsValid() && !slices.Contains(addresses, a) {
			f.Addresses = append(f.Addresses, network.Address{IP: a})
			f.Open.IPv6 = false
		}
	}
	if n, _ := i.get("ipv6_address_count").number(); n > 0 {
		f.Open.IPv6 = len(i.get("ipv6_addresses").list()) == 0
		if !open && f.Open.IPv6 {
			i.objects.waiting = append(i.objects.waiting, f)
		}
	}
	for _, name := range []string{"ipv4_prefixes", "ipv6_prefixes"} {
		if n := i.get(name); len(n.list()) > 0 {
			n.fault("delegates prefixes to the interface, which are not modelled yet")
		}
	}
	i.settle(&f.Object, i.id())
	for _, each := range i.get("attachment").list() {
		if id := each.get("instance").identity(); id != "" {
			f.Owner = network.Owner{Kind: network.OwnerInstance, ID: id, Sure: true}
		}
	}
}

func (i *instance) interfaceAttachment() {
	id, instance := i.get("network_interface_id").identity(), i.get("instance_id").identity()
	f := i.objects.interfaces[id]
	if f == nil {
		i.elsewhere("network_interface_id", id, "an instance to an interface")
		return
	}
	f.Owner = network.Owner{Kind: network.OwnerInstance, ID: instance, Sure: true}
	if at := i.objects.instances[instance]; at != nil && !slices.Contains(at.Interfaces, id) {
		at.Interfaces = append(at.Interfaces, id)
		slices.Sort(at.Interfaces)
	}
}

func (i *instance) interfaceGroup() {
	id, group := i.get("network_interface_id").identity(), i.get("security_group_id").identity()
	f := i.objects.interfaces[id]
	if f == nil {
		i.elsewhere("network_interface_id", id, "a group to an interface")
		return
	}
	if group == "" {
		if f.Defect == nil {
			f.Defect = i.take("")
		}
		return
	}
	if !slices.Contains(f.Groups, group) {
		f.Groups = append(slices.Clone(f.Groups), group)
		slices.Sort(f.Groups)
	}
}

// launchTemplate is the template of a block launch_template or of a mixed instances policy, or nil.
func (i *instance) launchTemplate(n node) *instance {
	for _, name := range []string{"id", "launch_template_id", "name", "launch_template_name"} {
		id := n.get(name).identity()
		if id == "" {
			continue
		}
		if t := i.named("aws_launch_template", id, "id", "name"); t != nil {
			return t
		}
	}
	return nil
}

// templateFace is what a launch template says of the first interface.
type templateFace struct {
	groups []string
	subnet string
	public *bool
}

func (i *instance) ec2Instance() {
	at := &network.Instance{State: "running"}
	if s := i.get("instance_state").literal(); s != "" && !i.planned {
		at.State = s
	}
	var t templateFace
	if n := i.block("launch_template"); n.value != nil {
		if lt := i.launchTemplate(n); lt != nil {
			t, _ = i.fromTemplate(lt, n.path)
		} else {
			n.fault("names a launch template that is not in the plan: the groups and the subnet of the instance may come from it")
		}
	}
	subnet := i.get("subnet_id").identity()
	if subnet == "" {
		subnet = t.subnet
	}
	// Interfaces that are made apart.
	for _, block := range []string{"network_interface", "primary_network_interface"} {
		for _, n := range i.get(block).list() {
			id := n.get("network_interface_id").identity()
			if id == "" {
				continue
			}
			at.Interfaces = append(at.Interfaces, id)
			device, _ := n.get("device_index").number()
			if device == 0 {
				at.Primary = id
			}
			if f := i.objects.interfaces[id]; f != nil {
				if device == 0 {
					subnet = f.Subnet
				}
			}
		}
	}
	if at.Primary == "" {
		at.Primary = i.get("primary_network_interface_id").identity()
		if at.Primary == "" {
			at.Primary = i.made(i.address, i.typ, "primary_network_interface_id")
		}
		if i.objects.interfaces[at.Primary] == nil {
			i.primary(at.Primary, subnet, t)
		}
		at.Interfaces = append(at.Interfaces, at.Primary)
	}
	at.Subnet, at.VPC = subnet, i.vpcOf(subnet)
	slices.Sort(at.Interfaces)
	defect := i.take("")
	i.settle(&at.Object, i.id())
	at.Defect = defect
	for _, id := range at.Interfaces {
		if f := i.objects.interfaces[id]; f != nil {
			f.Owner = network.Owner{Kind: network.OwnerInstance, ID: at.ID, Sure: true}
			if f.Defect == nil {
				f.Defect = defect
			}
		}
	}
	i.out.Instances = append(i.out.Instances, at)
	i.objects.instances[at.ID] = at
}

// primary makes the interface that comes with an instance.
func (i *instance) primary(id, subnet string, t templateFace) {
	if subnet == "" && !i.get("subnet_id").given() {
		i.fault("subnet_id", "is not set: the instance goes into a default subnet, which is not in the plan")
	}
	groups := i.get("vpc_security_group_ids")
	ids := identities(groups.list())
	if len(ids) == 0 {
		ids = identities(i.get("security_groups").list())
	}
	if len(ids) == 0 {
		ids = t.groups
	}
	f := i.face(id, "", subnet, i.groupsOr(ids, i.vpcOf(subnet)), network.TypeInterface, network.Owner{})
	f.SourceDestCheck = i.get("source_dest_check").yes(true)
	public := false
	switch n := i.get("associate_public_ip_address"); {
	case n.given():
		public = n.perhaps()
	case t.public != nil:
		public = *t.public
	default:
		s := i.objects.subnets[subnet]
		public = s != nil && s.MapPublicIPOnLaunch
		f.Open.AsSubnet = s == nil && subnet != ""
	}
	private := i.get("private_ip")
	if private.known() && private.given() {
		a := network.Address{IP: private.address()}
		if a.IP.IsValid() {
			if !i.planned || i.prior[i.address] != nil {
				a.Public = i.get("public_ip").placeholderAddress()
			}
			i.objects.taken[a.IP] = true
			f.Addresses = append(f.Addresses, a)
			public = public && !a.Public.IsValid() && (i.planned && i.prior[i.address] == nil)
		}
	} else {
		i.await(f, private.placeholderAddress())
	}
	for _, each := range i.get("secondary_private_ips").list() {
		if a := each.address(); a.IsValid() {
			f.Addresses = append(f.Addresses, network.Address{IP: a})
		}
	}
	for _, each := range i.get("ipv6_addresses").list() {
		if a := each.address(); a.IsValid() {
			f.Addresses = append(f.Addresses, network.Address{IP: a})
			f.Open.IPv6 = false
		}
	}
	if n, ok := i.get("ipv6_address_count").number(); ok {
		f.Open.IPv6 = n > 0 && len(i.get("ipv6_addresses").list()) == 0
		if f.Open.IPv6 && !slices.Contains(i.objects.waiting, f) {
			i.objects.waiting = append(i.objects.waiting, f)
		}
	}
	if public {
		if a := i.get("public_ip").placeholderAddress(); a.IsValid() && len(f.Addresses) > 0 && f.Addresses[0].IP.Is4() {
			f.Addresses[0].Public = a
		} else {
			f.Open.Public = f.Open.IPv4 || len(f.Addresses) > 0 && f.Addresses[0].IP.Is4()
		}
	}
	i.settle(&f.Object, id)
}

// elasticIP gives the public address of an Elastic IP to the interface or the instance that it names.
func (i *instance) elasticIP() {
	a := i.get("public_ip").placeholderAddress()
	i.objects.addresses[i.id()] = a
	i.objects.addresses[i.attribute("allocation_id")] = a
	if id := i.get("instance").identity(); id != "" {
		i.associate(id, "", i.get("associate_with_private_ip").placeholderAddress(), a)
		return
	}
	if id := i.get("network_interface").identity(); id != "" && i.set("network_interface") {
		i.associate("", id, i.get("associate_with_private_ip").placeholderAddress(), a)
	}
}

func (i *instance) elasticIPAssociation() {
	a := i.objects.addresses[i.get("allocation_id").identity()]
	if !a.IsValid() {
		a = i.get("public_ip").placeholderAddress()
	}
	i.associate(i.get("instance_id").identity(), i.get("network_interface_id").identity(), i.get("private_ip_address").placeholderAddress(), a)
}

// associate maps a public address to a private one of an interface, which may be that of an instance.
func (i *instance) associate(instance, face string, private, public netip.Addr) {
	if at := i.objects.instances[instance]; at != nil {
		face = at.Primary
	}
	f := i.objects.interfaces[face]
	if f == nil {
		if instance+face != "" {
			i.elsewhere("", instance+face, "a public address to an interface")
		}
		return
	}
	f.Open.Public = false
	if !public.IsValid() {
		f.Open.Public = true // the address is still to come
		return
	}
	for k := range f.Addresses {
		if f.Addresses[k].IP.Is4() && (!private.IsValid() || f.Addresses[k].IP == private) {
			f.Addresses[k].Public = public
			return
		}
	}
	f.Open.Public = true // its private address is not chosen yet: see [reader.findAddress]
}
