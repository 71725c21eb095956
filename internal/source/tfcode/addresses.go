package tfcode

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// addresses shares out IPv4 addresses anew, so that who gets which hangs on nothing but who asks.
type addresses struct {
	groups map[string]*group
	given  map[netip.Addr]bool // those that the code gives, and those that are shared out
}

// group are addresses that are chosen from the same range.
type group struct {
	first, size uint32
	owned       []owned
}

type owned struct {
	ip    netip.Addr
	owner string
}

var dotted = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)

// newAddresses finds the addresses that are not free in a document.
func newAddresses(document []byte, texts map[string]string) *addresses {
	a := &addresses{groups: map[string]*group{}, given: map[netip.Addr]bool{}}
	some := false
	for text := range texts {
		if ip, err := netip.ParseAddr(text); err == nil && ip.Is4() {
			some = true
		}
	}
	if !some {
		return a
	}
	for _, word := range dotted.FindAll(document, -1) {
		if _, ours := texts[string(word)]; !ours {
			if ip, err := netip.ParseAddr(string(word)); err == nil {
				a.given[ip] = true
			}
		}
	}
	return a
}

// Package shadow makes up public addresses out of 240.0.0.0/4, below 246.0.0.0, and private ones from there to 249.255.255.255.
const (
	firstPublic  = 240
	firstPrivate = 246
	firstBlock   = 250 // from here on IPv4 blocks
)

// claim notes who has an address, and the block of the subnet in which it is to be; not valid where that is not known.
func (a *addresses) claim(ip netip.Addr, owner string, subnet netip.Prefix) {
	if !ip.Is4() {
		return // see blocks
	}
	name, first, size := "private", uint32(firstPrivate<<24), uint32((firstBlock-firstPrivate)<<24)
	switch octet := ip.As4()[0]; {
	case octet < firstPublic || octet >= firstBlock: // of a block
		return
	case octet < firstPrivate:
		name, first, size = "public", firstPublic<<24, (firstPrivate-firstPublic)<<24
	case subnet.IsValid() && subnet.Bits() <= 29:
		raw := subnet.Addr().As4()
		// AWS keeps the first four addresses and the last one of every subnet.
		name, first, size = subnet.String(), binary.BigEndian.Uint32(raw[:])+4, uint32(1)<<(32-subnet.Bits())-5
	}
	if a.groups[name] == nil {
		a.groups[name] = &group{first: first, size: size}
	}
	a.groups[name].owned = append(a.groups[name].owned, owned{ip, owner})
}

// assign gives every owner an address: the one that a hash of the owner says, or the next that is free.
func (a *addresses) assign(n *naming) map[string]string {
	out := map[string]string{}
	for _, name := range sortedKeys(a.groups) {
		g := a.groups[name]
		slices.SortStableFunc(g.owned, func(x, y owned) int { return strings.Compare(x.owner, y.owner) })
		for _, each := range g.owned {
			start := binary.BigEndian.Uint32(n.random(each.owner, 4)) % g.size
			for i := range g.size {
				var raw [4]byte
				binary.BigEndian.PutUint32(raw[:], g.first+(start+i)%g.size)
				if ip := netip.AddrFrom4(raw); !a.given[ip] {
					a.given[ip] = true
					out[each.ip.String()] = ip.String()
					break
				}
			}
		}
	}
	a.groups = map[string]*group{}
	return out
}

// blocks shares out the address blocks that AWS will choose. Code calculates with a block (cidrsubnet), so what is within it moves along: the block that one
// instance got in this run is exchanged for the one that is due to it in every run.
type blocks struct {
	claims []claimedBlock
	moved  map[netip.Prefix]netip.Prefix
	hosts  map[netip.Addr]string // IPv6 addresses, and who has them
}

type claimedBlock struct {
	block netip.Prefix
	owner string
}

func (b *blocks) claim(block netip.Prefix, owner string) {
	if block = block.Masked(); inMade(block.Addr()) {
		b.claims = append(b.claims, claimedBlock{block, owner})
	}
}

func (b *blocks) host(ip netip.Addr, owner string) {
	if ip.Is6() && inMade(ip) {
		b.hosts[ip] = owner
	}
}

var documentation = netip.MustParsePrefix("2001:db8::/32")

func inMade(ip netip.Addr) bool {
	return documentation.Contains(ip) || ip.Is4() && ip.As4()[0] >= firstBlock
}

// settle decides which block becomes which: of those of one size, the lowest for the first owner.
func (b *blocks) settle() {
	sizes := map[[2]int][]claimedBlock{}
	for _, each := range b.claims {
		size := [2]int{each.block.Addr().BitLen(), each.block.Bits()}
		sizes[size] = append(sizes[size], each)
	}
	for _, list := range sizes {
		slices.SortStableFunc(list, func(x, y claimedBlock) int { return cmp.Compare(x.owner, y.owner) })
		sorted := make([]netip.Prefix, 0, len(list))
		for _, each := range list {
			sorted = append(sorted, each.block)
		}
		slices.SortFunc(sorted, func(x, y netip.Prefix) int { return x.Addr().Compare(y.Addr()) })
		for i, each := range list {
			b.moved[each.block] = sorted[i]
		}
	}
}

var madeUp = regexp.MustCompile(`\b(?:2001:db8:[0-9a-f:]*[0-9a-f:]|25[0-4](?:\.\d{1,3}){3})`)

// rename moves what is within blocks.
func (b *blocks) rename(document []byte, n *naming) []byte {
	if len(b.moved) == 0 && len(b.hosts) == 0 {
		return document
	}
	return madeUp.ReplaceAllFunc(document, func(word []byte) []byte {
		ip, err := netip.ParseAddr(string(word))
		if err != nil {
			return word
		}
		owner, host := b.hosts[ip]
		raw := ip.AsSlice()
		for bits := ip.BitLen(); bits > 0; bits-- {
			block, _ := ip.Prefix(bits)
			if to, ok := b.moved[block]; ok {
				base := to.Addr().AsSlice()
				for i := range bits {
					mask := byte(0x80 >> (i % 8))
					raw[i/8] = raw[i/8]&^mask | base[i/8]&mask
				}
				break
			}
		}
		if host {
			copy(raw[8:], n.random(owner, 8))
		}
		moved, _ := netip.AddrFromSlice(raw)
		return []byte(moved.String())
	})
}
