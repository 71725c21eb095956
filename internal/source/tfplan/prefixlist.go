package tfplan

import (
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

func (i *instance) prefixList() {
	l := &network.PrefixList{}
	i.settle(&l.Object, i.id())
	l.Name = i.get("name").literal()
	for _, n := range i.get("entry").list() {
		if p := n.get("cidr").prefix(); p.IsValid() {
			l.Entries = append(l.Entries, p)
		}
	}
	if d := i.take(""); d != nil {
		l.Defect = d
	}
	i.addList(l)
}

func (r *reader) addList(l *network.PrefixList) {
	r.out.PrefixLists = append(r.out.PrefixLists, l)
	r.objects.lists[l.ID] = l
}

func (i *instance) prefixListEntry() {
	id := i.get("prefix_list_id").identity()
	p := i.get("cidr").prefix()
	l := i.objects.lists[id]
	if l == nil {
		i.elsewhere("prefix_list_id", id, "an entry to a prefix list")
		if id == "" {
			return
		}
		l = &network.PrefixList{}
		i.partial(&l.Object, id)
		i.addList(l)
	}
	if d := i.take(""); d != nil && l.Defect == nil {
		l.Defect = d
	}
	if p.IsValid() && !slices.Contains(l.Entries, p) {
		l.Entries = append(l.Entries, p)
	}
}

// awsPrefixList is a list that AWS keeps, as a data source read it.
func (i *instance) awsPrefixList() {
	if l := i.foundList("cidr_blocks"); l != nil {
		l.AWS = true
	}
}

func (i *instance) foundPrefixList() {
	id := i.get("id").literal()
	if id == "" || i.objects.lists[id] != nil {
		return
	}
	l := &network.PrefixList{AWS: i.get("owner_id").literal() == "AWS"}
	for _, n := range i.get("entries").list() {
		if p := n.get("cidr").prefix(); p.IsValid() {
			l.Entries = append(l.Entries, p)
		}
	}
	i.settle(&l.Object, id)
	l.Name = i.get("name").literal()
	i.addList(l)
}

func (i *instance) foundList(blocks string) *network.PrefixList {
	id := i.get("id").literal()
	if id == "" || i.objects.lists[id] != nil {
		return nil
	}
	if r := i.notes; r != nil && r.Placeholders[id] != "" { // nobody knows what is in it
		return nil
	}
	l := &network.PrefixList{Entries: i.get(blocks).prefixes()}
	i.settle(&l.Object, id)
	l.Name = i.get("name").literal()
	i.addList(l)
	return l
}

// service is the list of the addresses of a service of AWS. What is in it, the plan does not say: a block of addresses that are nobody else's stands for them.
func (i *instance) service(id, service string) *network.PrefixList {
	if l := i.objects.lists[id]; l != nil {
		return l
	}
	l := &network.PrefixList{AWS: true}
	i.like(&l.Object, id, service)
	n := len(i.objects.lists) + 1
	l.Entries = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{247, byte(n >> 8), byte(n), 0}), 24)}
	i.assume("what addresses %s has, Terraform does not say: 247.0.0.0/8 stands for them, and answers about the internet are about all addresses but those", service)
	i.addList(l)
	return l
}
