package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/watertight/watertight/internal/network"
)

// awsPrefixList is a PrefixList of the EC2 API: one of AWS's own, with its blocks. One without blocks has been answered by
// describe-managed-prefix-lists, which uses the same key: its entries come by another call.
type awsPrefixList struct {
	PrefixListId   string
	PrefixListName string
	OwnerId        string `json:",omitzero"`
	Cidrs          []cidr
	Watertight     *extra `json:",omitzero"`
}

// managedPrefixList is a ManagedPrefixList of the EC2 API. Its entries come by another call.
type managedPrefixList struct {
	PrefixListId   string
	PrefixListName string
	OwnerId        string `json:",omitzero"`
	State          string `json:",omitzero"`
	record
}

// prefixListEntries is the answer of get-managed-prefix-list-entries, with the list that was asked for.
type prefixListEntries struct {
	PrefixListId string
	Entries      []prefixListEntry
	NextToken    string `json:",omitzero"`
}

type prefixListEntry struct{ Cidr cidr }

// owners of AWS's own lists, as ManagedPrefixLists gives them.
const aws = "AWS"

// assemblePrefixLists makes one list of what up to three calls say, for each place.
func (d *dump) assemblePrefixLists(all *part) {
	type key struct {
		place
		id string
	}
	lists, filled := map[key]*network.PrefixList{}, map[key]bool{}
	put := func(k key, p *network.PrefixList) {
		lists[k] = p
		all.PrefixLists = append(all.PrefixLists, p)
	}
	for i := range all.ManagedPrefixLists {
		r, e := all.ManagedPrefixLists[i].open(all)
		p := &network.PrefixList{AWS: r.OwnerId == aws}
		p.Name = e.share(r.PrefixListName)
		e.settle(&p.Object, "PrefixListId", r.PrefixListId, r.OwnerId, &r.record)
		put(key{e.file.place, p.ID}, p)
	}
	for i := range all.AWSPrefixLists {
		r, e := all.AWSPrefixLists[i].open(all)
		k := key{e.file.place, r.PrefixListId}
		blocks := pick(r.Cidrs, func(c cidr) netip.Prefix { return c.Prefix })
		if slices.ContainsFunc(blocks, func(p netip.Prefix) bool { return !p.IsValid() }) && len(e.faults) == 0 {
			e.fault("", "has an empty block")
		}
		p := lists[k]
		if p == nil || r.PrefixListId == "" {
			p = &network.PrefixList{AWS: r.OwnerId == "" || r.OwnerId == aws}
			p.Name = e.share(r.PrefixListName)
			e.settle(&p.Object, "PrefixListId", r.PrefixListId, cmp.Or(r.OwnerId, aws), &record{Watertight: r.Watertight})
			put(k, p)
		} else if defect := e.take(""); defect != nil {
			p.Defect = defect
		}
		if r.Cidrs != nil {
			p.Entries, filled[k] = blocks, true
		}
	}
	entries := map[key][]netip.Prefix{}
	for i := range all.PrefixListEntries {
		r, e := all.PrefixListEntries[i].open(all)
		k := key{e.file.place, r.PrefixListId}
		p := lists[k]
		if p == nil { // entries without the list itself tell all that matters
			p = &network.PrefixList{}
			bare := &element{batch: e.batch, path: e.path}
			bare.settle(&p.Object, "PrefixListId", r.PrefixListId, "", nil)
			put(k, p)
		}
		for j, each := range r.Entries {
			if !each.Cidr.IsValid() && !e.faulty(at("Entries", j)) {
				e.fault(at("Entries", j), "has no Cidr")
			}
			entries[k] = append(entries[k], each.Cidr.Prefix)
		}
		if r.NextToken != "" && !slices.ContainsFunc(all.PrefixListEntries[i+1:], func(a answer[prefixListEntries]) bool { return a.Record.PrefixListId == r.PrefixListId }) {
			e.fault("", "is incomplete: its NextToken leads to further entries, which are not here")
		}
		p.Defect = cmp.Or(p.Defect, e.take(""))
		filled[k] = true
	}
	for k, blocks := range entries {
		if p := lists[k]; len(p.Entries) == 0 || !p.AWS {
			p.Entries = blocks
		}
	}
	for _, p := range all.PrefixLists {
		p.Entries = slices.DeleteFunc(p.Entries, func(b netip.Prefix) bool { return !b.IsValid() })
		slices.SortFunc(p.Entries, netip.Prefix.Compare)
		p.Entries = slices.Compact(p.Entries)
	}
	for k, p := range lists {
		if !filled[k] && p.Defect == nil {
			p.Defect = &network.Defect{Reason: "its entries were not collected", Origin: p.Origin}
		}
	}
	for _, p := range all.PrefixLists {
		if p.Defect != nil && p.Defect.Reason == "its entries were not collected" {
			all.Problems = append(all.Problems, network.Problem{Origin: p.Origin, Message: fmt.Sprintf("the entries of %s were not collected: what refers to it is unknown. Add the answer of aws ec2 get-managed-prefix-list-entries to ManagedPrefixListEntries", p.Label())})
		}
	}
}

func writeAWSPrefixList(p *network.PrefixList) awsPrefixList {
	return awsPrefixList{PrefixListId: p.ID, PrefixListName: p.Name, Cidrs: pick(p.Entries, func(b netip.Prefix) cidr { return cidr{b} }), Watertight: flaw(p.Defect)}
}

func writeManagedPrefixList(p *network.PrefixList) managedPrefixList {
	r := managedPrefixList{PrefixListId: p.ID, PrefixListName: p.Name, OwnerId: p.Account, State: "create-complete", record: markUnnamed(&p.Object)}
	if p.AWS {
		r.OwnerId = aws
	}
	return r
}

func writePrefixListEntries(p *network.PrefixList) prefixListEntries {
	return prefixListEntries{PrefixListId: p.ID, Entries: pick(p.Entries, func(b netip.Prefix) prefixListEntry { return prefixListEntry{cidr{b}} })}
}
