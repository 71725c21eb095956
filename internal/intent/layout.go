package intent

import (
	"fmt"
	"net/netip"
	"slices"
)

// The layout of an environment's block. A tier has a sixteenth of it, a zone of a tier an eighth of that.
const (
	tierBits = 4
	zoneBits = 7
	tiers    = 1 << tierBits
	maxZones = 1 << (zoneBits - tierBits)
)

// The slots of infrastructure, and the first one for tiers of roles' own; these count down.
var infrastructureSlots = map[Purpose]int{ForNAT: 15, ForFirewall: 14, ForTransit: 13}

const ownSlot = 12

// slot is a part of a block: the n-th of those that are so many bits longer.
func slot(block netip.Prefix, bits, n int) netip.Prefix {
	a := block.Addr().As4()
	at := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	at += uint32(n) << (32 - block.Bits() - bits)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)}), block.Bits()+bits)
}

// environmentBlock gives an environment without cidr the first /16 of 10.0.0.0/8 that none has that is declared before it.
func (l *loader) environmentBlock(b *environmentBlock) netip.Prefix {
	if b.cidr.text != "" {
		p := l.prefix(b.cidr)
		if p.IsValid() && b.vpc.text == "" && !private(p) {
			l.wrong(b.cidr.at, "Take one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10: others are told from the internet by nothing.", "%s is not private", p)
		}
		return p
	}
	all := netip.MustParsePrefix("10.0.0.0/8")
	for n := range 256 {
		block := slot(all, 8, n)
		if !slices.ContainsFunc(l.Environments, func(e *Environment) bool { return e.Block.IsValid() && e.Block.Overlaps(block) }) {
			return block
		}
	}
	l.wrong(b.at, "Give it a cidr.", "there is no /16 left in 10.0.0.0/8 for environment %q", b.name.text)
	return netip.Prefix{}
}

// layout is the use of an environment's block.
type layout struct {
	*loader
	environment *Environment
	taken       []netip.Prefix
}

// place lays a tier out in the first free slot from one on, upwards or downwards.
func (y *layout) place(t *Tier, from, step int) { y.fill(t, y.keep(from, step)) }

// keep takes the first free slot from one on, so that nothing else gets it. What may come to need a slot keeps it before it does, so that what needs one already does not move then.
// There is none when the environment is full.
func (y *layout) keep(from, step int) netip.Prefix {
	block := y.environment.Block
	if !block.IsValid() || block.Bits()+zoneBits > 28 {
		return netip.Prefix{}
	}
	for n := from; n >= 0 && n < tiers; n += step {
		if reserve := slot(block, tierBits, n); !slices.ContainsFunc(y.taken, reserve.Overlaps) {
			y.taken = append(y.taken, reserve)
			return reserve
		}
	}
	return netip.Prefix{}
}

// fill lays a tier out in a slot.
func (y *layout) fill(t *Tier, reserve netip.Prefix) {
	block := y.environment.Block
	if !block.IsValid() {
		return
	}
	longest := block.Bits() + zoneBits
	if longest > 28 {
		y.wrong(t.At, fmt.Sprintf("A zone of a tier has 1/128 of the environment's block, and AWS takes no subnet smaller than /28: give environment %q a block of /21 or more, or the tier its cidrs.", y.environment.Name),
			"there is no room to lay out tier %q in %s", t.Name, block)
		return
	}
	if len(y.environment.Zones) > maxZones {
		return // said before
	}
	if !reserve.IsValid() {
		y.wrong(t.At, fmt.Sprintf("The block is laid out in sixteenths, and all of them are in use or kept: give environment %q a larger block, or tiers their cidrs.", y.environment.Name), "there is no room left for tier %q in %s", t.Name, block)
		return
	}
	t.Reserve = reserve
	for zone := range y.environment.Zones {
		subnet := slot(reserve, zoneBits-tierBits, zone)
		if t.Purpose != ForRoles {
			subnet = netip.PrefixFrom(subnet.Addr(), 28)
		}
		t.Subnets = append(t.Subnets, subnet)
	}
}

// write gives a tier the blocks that are declared for it.
func (y *layout) write(t *Tier, b *tierBlock) {
	e := y.environment
	if len(b.cidrs) != len(e.Zones) && e.VPC == "" {
		y.wrong(b.cidrsAt, fmt.Sprintf("It has one for each zone of the environment, in their order: %v.", e.Zones), "tier %q has %s, and environment %q has %s", t.Name, count(len(b.cidrs), "cidr"), e.Name, count(len(e.Zones), "zone"))
		return
	}
	for _, w := range b.cidrs {
		p := y.prefix(w)
		if !p.IsValid() {
			return
		}
		if e.VPC == "" && e.Block.IsValid() && (!e.Block.Contains(p.Addr()) || p.Bits() < e.Block.Bits()) {
			y.wrong(w.at, "Give it a block within that, or give the environment another one.", "%s is not in %s, the block of environment %q", p, e.Block, e.Name)
			continue
		}
		if owner := y.holder(p); owner != "" {
			y.wrong(w.at, "Give it a block that is free.", "%s overlaps %s", p, owner)
			continue
		}
		t.Subnets = append(t.Subnets, p)
		y.taken = append(y.taken, p)
	}
}

// holder says what of an environment has addresses of a block.
func (y *layout) holder(p netip.Prefix) string {
	for _, t := range slices.Concat(y.environment.Tiers, y.environment.Infrastructure) {
		if t.Reserve.IsValid() && t.Reserve.Overlaps(p) {
			return fmt.Sprintf("%s, which was laid out for tier %q (%s)", t.Reserve, t.Name, where(t.At))
		}
		for _, s := range t.Subnets {
			if s.Overlaps(p) {
				return fmt.Sprintf("%s of tier %q (%s)", s, t.Name, where(t.At))
			}
		}
	}
	for _, s := range y.taken {
		if s.Overlaps(p) {
			return s.String() + " of the same tier"
		}
	}
	return ""
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
