package diff

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/reach"
)

// outside is the addresses outside two networks, cut by the prefixes that either names: what a piece of it is called in each, by prefix.
type outside struct {
	pieces []piece
	// within are the pieces that lie in a block of a network.
	within [2]map[netip.Prefix][]int
	// blocks are those of the networks, by prefix.
	blocks [2]map[netip.Prefix]reach.Block
	beyond [2]reach.Ends // all of them
}

// piece is the addresses of a prefix without the longer ones that either network names.
type piece struct {
	prefix   netip.Prefix
	internet bool
	set      *netipx.IPSet
}

func cut(engines [2]*reach.Engine) *outside {
	o := &outside{}
	for side, e := range engines {
		o.within[side], o.blocks[side] = map[netip.Prefix][]int{}, map[netip.Prefix]reach.Block{}
		for _, b := range e.Blocks() {
			o.blocks[side][b.Prefix] = b
		}
	}
	// The prefixes that cut are all that are named, and not only those with addresses that nobody inside has.
	named := slices.Concat(engines[0].Prefixes(), engines[1].Prefixes())
	slices.SortFunc(named, netip.Prefix.Compare)
	named = slices.Compact(named)
	for _, p := range named {
		var holders [2]netip.Prefix
		var there, internet [2]bool
		for side, e := range engines {
			holders[side] = e.Holds(p)
			b, ok := o.blocks[side][holders[side]]
			there[side], internet[side] = ok, b.Internet
		}
		switch {
		case !there[0] && !there[1]:
			continue
		case !there[0] && internet[1], !there[1] && internet[0]:
			continue // addresses that something inside has, in one of them
		}
		set := without(p, named)
		if len(set.Ranges()) == 0 {
			continue
		}
		for side, e := range engines {
			if !there[side] { // nothing leads there, as far as is known: that is asked all the same
				o.blocks[side][holders[side]] = e.Block(p)
			}
			o.within[side][holders[side]] = append(o.within[side][holders[side]], len(o.pieces))
		}
		o.pieces = append(o.pieces, piece{p, internet[0] && internet[1], set})
	}
	for side := range engines {
		var list []reach.Ends
		for _, p := range slices.SortedFunc(maps.Keys(o.within[side]), netip.Prefix.Compare) {
			list = append(list, o.blocks[side][p].Ends)
		}
		o.beyond[side] = unite(list)
	}
	return o
}

// without is the addresses of a prefix that are in no longer one of a sorted list.
func without(p netip.Prefix, named []netip.Prefix) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddPrefix(p)
	at, _ := slices.BinarySearchFunc(named, p, netip.Prefix.Compare)
	for _, each := range named[at:] {
		if !p.Overlaps(each) {
			break
		}
		if each.Bits() > p.Bits() {
			b.RemovePrefix(each)
		}
	}
	set, _ := b.IPSet()
	return set
}

// label is what some pieces are called together: the internet, all of it but a few, or a few.
func (o *outside) label(pieces []int) string {
	v4, v6, internet := false, false, true
	for _, k := range pieces {
		p := o.pieces[k]
		internet = internet && p.internet
		v4, v6 = v4 || p.prefix.Addr().Is4(), v6 || p.prefix.Addr().Is6()
	}
	if !internet {
		return reach.BeyondLabel + o.names(pieces)
	}
	var missing []int
	for k, p := range o.pieces {
		if p.internet && (p.prefix.Addr().Is4() && v4 || p.prefix.Addr().Is6() && v6) && !slices.Contains(pieces, k) {
			missing = append(missing, k)
		}
	}
	switch {
	case len(missing) == 0:
		return internetLabel
	case len(missing) < len(pieces) && o.pieces[pieces[0]].prefix.Bits() == 0:
		return internetLabel + " except " + o.names(missing)
	}
	return o.names(pieces)
}

const internetLabel = "internet"

func (o *outside) names(pieces []int) string {
	const most = 4
	var names []string
	for _, k := range pieces[:min(len(pieces), most)] {
		names = append(names, blockWord(o.pieces[k].prefix))
	}
	text := strings.Join(names, ", ")
	if len(pieces) > most {
		text += fmt.Sprintf(" and %d more ranges", len(pieces)-most)
	}
	return text
}

// words lists pieces; nothing when they are all of the internet.
func (o *outside) words(pieces []int) []string {
	if o.label(pieces) == internetLabel {
		return nil
	}
	var words []string
	for _, k := range pieces {
		words = append(words, blockWord(o.pieces[k].prefix))
	}
	return words
}

func blockWord(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// addresses are those of a piece as ends of a question to the engine of a network.
func (o *outside) addresses(k, side int, e *reach.Engine) reach.Ends {
	b, ok := o.blocks[side][e.Holds(o.pieces[k].prefix)]
	if !ok {
		return reach.Ends{}
	}
	return e.Within(b, o.pieces[k].set)
}

// half tells which family a piece is of: 0 for IPv4, 1 for IPv6.
func (p piece) half() int { return cmp.Compare(p.prefix.Addr().BitLen(), 32) }
