package reach

import "slices"

// AtLarge is the internet but for what is named in it: the public addresses that no prefix names but the widest, shorter than /8 in IPv4 and /16 in IPv6. What
// they can do anybody can; what only an office's block can do is none of it.
func (e *Engine) AtLarge() Ends {
	var ends Ends
	for _, x := range e.Internet().list {
		p := e.cells.prefixes[x.class.site.home.cell]
		if most := 8; p.Bits() < most || p.Addr().Is6() && p.Bits() < 2*most {
			ends.list = append(ends.list, x)
		}
	}
	ends.list = slices.Clip(ends.list)
	return ends
}
