package dump

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// notCollected is the reason of a gap for a list that is absent.
const notCollected = "not collected"

// metadata are members of answers that are no lists.
var metadata = map[string]bool{"NextToken": true, "nextToken": true, "NextMarker": true, "Marker": true, "IsTruncated": true, "MaxItems": true,
	"MaxResults": true, "ResponseMetadata": true, "failures": true, "$schema": true}

// remark reads a member of an answer that is no list.
func (f *file) remark(name, path string, value []byte) {
	empty := slices.Contains([]string{"null", `""`, "false", "[]"}, string(value))
	switch name {
	case "NextToken", "nextToken", "NextMarker", "Marker", "IsTruncated":
		if !empty {
			f.token = path
		}
	case "failures": // of ECS: what was asked for by name and is not there
		if !empty && len(bytes.TrimSpace(value[1:])) > 1 {
			f.odd(path, "says that some of what was asked for was not answered")
		}
	}
}

// holds notes that a file holds a known list.
func (f *file) holds(key string) { f.keys = append(f.keys, key) }

// odd tells of something in a file that is no object.
func (f *file) odd(path, message string) {
	f.own.Problems = append(f.own.Problems, network.Problem{Origin: network.Origin{Source: f.name, Path: path}, Message: message})
}

// skipped counts a list that nothing reads.
func (f *file) skipped(name, path string, count int) {
	if f.own.Unread == nil {
		f.own.Unread = map[string]int{}
	}
	f.own.Unread[name] += count
	f.odd(path, fmt.Sprintf("nothing reads this list: %s", countOf(count)))
}

func countOf(n int) string {
	if n == 1 {
		return "1 object is counted, and not understood"
	}
	return strconv.Itoa(n) + " objects are counted, and not understood"
}

// gap notes that a list is incomplete.
func (f *file) gap(key, reason string, origin network.Origin) {
	f.own.Gaps = append(f.own.Gaps, network.Gap{List: key, Reason: reason, Origin: origin})
}

// pageNumber splits "Vpcs-2" into "Vpcs" and 2; the first page has no number.
func pageNumber(base string) (string, int) {
	if i := strings.LastIndexByte(base, '-'); i >= 0 {
		if n, err := strconv.Atoi(base[i+1:]); err == nil && n > 0 {
			return base[:i], n
		}
	}
	return base, 1
}

// complete finds out which lists are missing, or miss pages (V-6).
func (d *dump) complete(all *part) {
	held := map[place]map[string][]*file{}
	roots := map[place]string{}
	for _, f := range d.files {
		if len(f.keys) == 0 {
			continue
		}
		if held[f.place] == nil {
			held[f.place] = map[string][]*file{}
			roots[f.place] = strings.TrimSuffix(f.name, f.name[strings.LastIndexByte(f.name, '/')+1:])
		}
		for _, key := range f.keys {
			held[f.place][key] = append(held[f.place][key], f)
		}
	}
	places := slices.SortedFunc(maps.Keys(held), comparePlaces)
	for _, p := range places {
		for _, key := range slices.Sorted(maps.Keys(held[p])) {
			pages(all, p, key, held[p][key])
		}
	}
	failed := map[place]map[string]bool{}
	if s := d.snapshot; s != nil {
		places = nil
		for _, a := range s.Places {
			places = append(places, place{a.Account, a.Region})
		}
		for i, f := range s.Failures {
			p := place{f.Account, f.Region}
			if failed[p] == nil {
				failed[p] = map[string]bool{}
			}
			failed[p][f.List] = true
			origin := network.Origin{Source: strings.TrimSuffix(d.slashed(), "/") + "/" + snapshotFile, Path: at("failures", i)}
			all.Gaps = append(all.Gaps, network.Gap{List: f.List, Account: f.Account, Region: f.Region, Reason: f.Code, Origin: origin})
			all.Problems = append(all.Problems, network.Problem{Origin: origin, Message: fmt.Sprintf("%s of %s was not collected in full: AWS answered %s", f.List, p, strings.TrimSuffix(f.Code+": "+f.Message, ": "))})
		}
		for key, count := range s.Unread {
			if all.Unread == nil {
				all.Unread = map[string]int{}
			}
			all.Unread[key] += count
		}
	}
	for _, p := range places {
		if !regional(slices.Collect(maps.Keys(held[p]))) && d.snapshot == nil { // a folder of what has no Region, such as zones of Route 53
			continue
		}
		all.Collected = append(all.Collected, network.Place{Account: p.account, Region: p.region})
		for i := range lists {
			l := &lists[i]
			asked := func(q place, key string) bool { return len(held[q][key]) > 0 || failed[q][key] }
			if l.idle || l.or != "" && asked(p, l.or) || asked(p, l.key) || failed[place{}][l.key] {
				continue
			}
			elsewhere := func(q place) bool { return (q.account == p.account || q.account == "") && asked(q, l.key) }
			if l.global && (slices.ContainsFunc(slices.Collect(maps.Keys(held)), elsewhere) || slices.ContainsFunc(slices.Collect(maps.Keys(failed)), elsewhere)) {
				continue
			}
			origin := network.Origin{Source: cmp.Or(roots[p], d.slashed())}
			all.Gaps = append(all.Gaps, network.Gap{List: l.key, Account: p.account, Region: p.region, Reason: notCollected, Origin: origin, Assumed: !l.needed && d.assumes(p, l.key)})
			if l.needed {
				all.Problems = append(all.Problems, network.Problem{Origin: origin, Message: fmt.Sprintf("%s of %s is not in the input: answers that need it are unknown. Add %s.json with the answer of %s", l.key, p, l.key, l.call)})
			}
		}
	}
}

// assumes tells whether a list that is absent is taken to be empty: always where nobody says what was asked for, and else where that is said.
func (d *dump) assumes(p place, list string) bool {
	if d.snapshot == nil {
		return true
	}
	return slices.ContainsFunc(d.snapshot.Places, func(a asked) bool {
		return p == (place{a.Account, a.Region}) && slices.Contains(a.Assumed, list)
	})
}

func (d *dump) slashed() string { return strings.ReplaceAll(d.path, "\\", "/") }

// regional tells whether one of some lists is made per Region.
func regional(keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return !known[key].idle && !known[key].global })
}

// pages checks that what announces a further page of a list is followed by one. Pages are told by the numbers of their files,
// where these have any; otherwise all that is known is that one page must be the last.
func pages(all *part, p place, key string, files []*file) {
	last := slices.ContainsFunc(files, func(f *file) bool { return f.token == "" })
	for i, f := range files {
		if f.token == "" {
			continue
		}
		name, n := pageNumber(f.base)
		numbers := map[int]bool{}
		for _, g := range files {
			if m, number := pageNumber(g.base); m == name && g.dir == f.dir {
				numbers[number] = true
			}
		}
		switch {
		case numbers[n+1], last && len(numbers) == 1, !last && len(numbers) == 1 && i+1 < len(files):
			continue
		}
		reason := fmt.Sprintf("page %d is missing", n+1)
		origin := network.Origin{Source: f.name, Path: f.token}
		all.Gaps = append(all.Gaps, network.Gap{List: key, Account: p.account, Region: p.region, Reason: reason, Origin: origin})
		all.Problems = append(all.Problems, network.Problem{Origin: origin, Message: fmt.Sprintf("%s is incomplete: %s. Ask again with the token that stands here, and save the answer as a further file", key, reason)})
	}
}

func (p place) String() string {
	switch {
	case p.account == "" && p.region == "":
		return "the network"
	case p.account == "":
		return "Region " + p.region
	case p.region == "":
		return "account " + p.account
	}
	return "account " + p.account + " in " + p.region
}
