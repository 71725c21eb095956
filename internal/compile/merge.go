package compile

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/watertight/watertight/internal/blueprint"
)

// merged are fewer entries that admit exactly what others do. The addresses that are named are cut into atoms, and the spans into pieces:
//
//	             10.0.0.0/24  10.0.1.0/24  10.0.9.0/24
//	tcp 443         ###          ###
//	tcp 1024-5431                ###          ###        an atom's column is what it may be talked to about;
//	tcp 5432                     ###          ###        a candidate is a span with all atoms that have it,
//	tcp 5433-65535               ###          ###        joined to blocks
//
// Candidates are taken, the one first that covers most of what is left, until all is covered: the greedy way, which is not always the fewest. The pieces that the internet is admitted to
// anyway may be covered, and need not be.
func merged(t *blueprint.Tier, outbound bool, plain []*entry) []*entry {
	g := &grid{own: t.Environment.Block}
	for _, e := range plain {
		if e.Block == everywhere {
			g.internet = append(g.internet, e.span)
		} else {
			g.blocks = append(g.blocks, e.Block)
		}
	}
	g.blocks = atoms(append(g.blocks, inside(g.blocks, g.own)...))
	g.internet = union(g.internet)
	g.columns = make([][]span, len(g.blocks))
	for i, block := range g.blocks {
		for _, e := range plain {
			if e.Block != everywhere && covers(e.Block, block) {
				g.columns[i] = append(g.columns[i], e.span)
			}
		}
		g.columns[i] = union(g.columns[i])
	}
	var fewer []*entry
	for _, c := range g.cover(plain) {
		fewer = append(fewer, named(t, outbound, c, plain))
	}
	for _, s := range g.internet {
		fewer = append(fewer, named(t, outbound, candidate{everywhere, s}, plain))
	}
	return fewer
}

// inside is the VPC's own block, where a block of others is around it: what is said of the two differs.
func inside(blocks []netip.Prefix, own netip.Prefix) []netip.Prefix {
	if slices.ContainsFunc(blocks, func(p netip.Prefix) bool { return covers(p, own) }) {
		return []netip.Prefix{own}
	}
	return nil
}

// union are the fewest spans that entries can name, and that hold exactly what some spans do.
func union(spans []span) []span {
	var all []span
	for _, s := range spans { // in lanes
		for _, lane := range lanes {
			if low, high := max(s.low, lane.low), min(s.high, lane.high); low <= high {
				all = append(all, span{low, high})
			}
		}
	}
	slices.SortFunc(all, compareSpans)
	var wide []span
	for _, s := range all {
		if k := len(wide) - 1; k >= 0 && s.low <= wide[k].high+1 && lane(s) == lane(wide[k]) {
			wide[k].high = max(wide[k].high, s.high)
		} else {
			wide = append(wide, s)
		}
	}
	if slices.Equal(wide, lanes[:]) {
		return []span{anything}
	}
	return wide
}

func lane(s span) int { return slices.IndexFunc(lanes[:], func(l span) bool { return l.contains(s) }) }

// grid is what is admitted: columns[i] is that of blocks[i].
type grid struct {
	own      netip.Prefix
	blocks   []netip.Prefix
	columns  [][]span
	internet []span // admitted to everything outside of own
}

type candidate struct {
	block netip.Prefix
	span  span
}

// candidates are the boxes that entries may name, the widest ones, in order.
func (g *grid) candidates(plain []*entry) []candidate {
	var spans []span
	for _, column := range g.columns {
		spans = append(spans, column...)
	}
	for _, e := range plain {
		spans = append(spans, e.span)
	}
	slices.SortFunc(spans, compareSpans)
	var all []candidate
	for _, s := range slices.Compact(spans) {
		var b netipx.IPSetBuilder
		for i, block := range g.blocks {
			if g.admits(i, s) {
				b.AddPrefix(block)
			}
		}
		for _, block := range prefixesOf(&b) {
			all = append(all, candidate{block, s})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Or(a.block.Compare(b.block), compareSpans(a.span, b.span)) })
	return all
}

// admits tells whether a span may be named with a block.
func (g *grid) admits(i int, s span) bool {
	column := g.columns[i]
	if !g.own.Overlaps(g.blocks[i]) {
		column = union(slices.Concat(column, g.internet))
	}
	return slices.ContainsFunc(column, func(c span) bool { return c.contains(s) })
}

// piece is an atom and an interval that no span cuts.
type piece struct{ block, low int }

// cover are candidates that together hold what has to be admitted.
func (g *grid) cover(plain []*entry) []candidate {
	candidates := g.candidates(plain)
	cuts := []int{0, end}
	for _, c := range candidates {
		cuts = append(cuts, c.span.low, c.span.high+1)
	}
	for _, l := range lanes {
		cuts = append(cuts, l.low)
	}
	for _, s := range g.internet {
		cuts = append(cuts, s.low, s.high+1)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	left := map[piece]bool{}
	for i, block := range g.blocks {
		for k := range len(cuts) - 1 {
			s := span{cuts[k], cuts[k+1] - 1}
			within := func(w span) bool { return w.contains(s) }
			if slices.ContainsFunc(g.columns[i], within) && (g.own.Overlaps(block) || !slices.ContainsFunc(g.internet, within)) {
				left[piece{i, s.low}] = true
			}
		}
	}
	held := make([][]piece, len(candidates))
	for i, c := range candidates {
		for p := range left {
			if covers(c.block, g.blocks[p.block]) && c.span.low <= p.low && p.low <= c.span.high {
				held[i] = append(held[i], p)
			}
		}
	}
	var chosen []int
	for len(left) > 0 {
		best, most := -1, 0
		for i := range candidates {
			count := 0
			for _, p := range held[i] {
				if left[p] {
					count++
				}
			}
			if count > most {
				best, most = i, count
			}
		}
		chosen = append(chosen, best)
		for _, p := range held[best] {
			delete(left, p)
		}
	}
	slices.Sort(chosen)
	return necessary(candidates, held, chosen)
}

// necessary leaves out the candidates that the others make up for.
func necessary(candidates []candidate, held [][]piece, chosen []int) []candidate {
	count := map[piece]int{}
	for _, i := range chosen {
		for _, p := range held[i] {
			count[p]++
		}
	}
	var all []candidate
	for _, i := range chosen {
		if !slices.ContainsFunc(held[i], func(p piece) bool { return count[p] == 1 }) {
			for _, p := range held[i] {
				count[p]--
			}
			continue
		}
		all = append(all, candidates[i])
	}
	return all
}

// named is the entry for a box: the plain one, where one says the same, or else one that is called after the box, and that has the reasons of those which it stands for.
func named(t *blueprint.Tier, outbound bool, c candidate, plain []*entry) *entry {
	e := &entry{Tier: t, Outbound: outbound, Block: c.block, span: c.span}
	for _, p := range plain {
		if p.Block == c.block && p.span == c.span {
			return p
		}
		if p.Block.Overlaps(c.block) && (p.Block == everywhere) == (c.block == everywhere) && p.span.low <= c.span.high && c.span.low <= p.span.high {
			e.because(p.Because)
		}
	}
	remote := strings.ReplaceAll(c.block.String(), "/", "-")
	if c.block == everywhere {
		remote = "internet"
	}
	e.Key = fmt.Sprintf("%s_%s_%s_%s", t.Name, direction(outbound), portKey(c.span.port()), remote)
	return e
}
