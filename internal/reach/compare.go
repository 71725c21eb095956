package reach

import (
	"net/netip"
	"strconv"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/network"
)

// What follows lets two networks be compared: their engines cut them up differently.

// Block is all outside addresses of one cell: those of a prefix without the longer ones that are named anywhere in the network, and without the
// addresses of its interfaces.
type Block struct {
	Prefix   netip.Prefix
	Internet bool // rather than private, and beyond
	Ends     Ends
}

// Blocks are all outside addresses of [Engine.Everything], as a [Engine.Tally] tells them apart.
func (e *Engine) Blocks() []Block {
	var all []Block
	for _, ends := range []Ends{e.Internet(), e.Beyond()} {
		for _, x := range ends.list {
			all = append(all, Block{e.cells.prefixes[x.class.site.home.cell], x.internet, Ends{[]end{x}}})
		}
	}
	return all
}

// Block is the outside addresses of the cell that a prefix lies in, as private ones, whether or not anything in the network knows of them.
func (e *Engine) Block(p netip.Prefix) Block {
	c := e.cells.within(p)
	b := Block{Prefix: e.cells.prefixes[c]}
	set := e.outside(c)
	if example := e.free(set); example.IsValid() {
		b.Ends.list = append(b.Ends.list, end{class: e.outsideClass(c, example, set.Prefixes())})
	}
	return b
}

// Holds is the longest prefix named anywhere in the network that holds another one.
func (e *Engine) Holds(p netip.Prefix) netip.Prefix { return e.cells.prefixes[e.cells.within(p)] }

// Class is a word that is the same for interfaces that nothing in the network tells apart, address by address. It is empty for one that is not in
// the network.
func (e *Engine) Class(i *network.Interface) string {
	position, ok := e.network.Interfaces.Index(i.ID)
	if !ok {
		return ""
	}
	word := []byte{'c'}
	for _, c := range e.classOf[position] {
		word = append(strconv.AppendInt(word, int64(c.id), 36), ' ')
	}
	return string(word)
}

// Within is the addresses of a block that are in a set as well, as an end of a question. It is empty when there is none.
func (e *Engine) Within(b Block, set *netipx.IPSet) Ends {
	var ends Ends
	for _, x := range b.Ends.list {
		c := x.class.site.home.cell
		var both netipx.IPSetBuilder
		both.AddSet(e.outside(c))
		both.Intersect(set)
		within, _ := both.IPSet()
		if example := e.free(within); example.IsValid() {
			ends.list = append(ends.list, end{class: e.outsideClass(c, example, within.Prefixes()), internet: x.internet})
		}
	}
	return ends
}

// Prefixes are all that are named anywhere in the network, sorted. They must not be changed.
func (e *Engine) Prefixes() []netip.Prefix { return e.cells.prefixes }

// Public are the ends that are called by their public addresses, or those that are not.
func (x Ends) Public(public bool) Ends {
	var ends Ends
	for _, each := range x.list {
		if each.public == public {
			ends.list = append(ends.list, each)
		}
	}
	return ends
}
