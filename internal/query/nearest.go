package query

import (
	"cmp"
	"slices"
	"strings"
)

// nearest are the names that someone who wrote word may have meant, the likeliest first.
func nearest(word string, names []string) []string {
	type guess struct {
		name     string
		distance int
	}
	word = strings.ToLower(word)
	limit := max(1, min(4, len(word)/3))
	var guesses []guess
	for _, name := range names {
		lower := strings.ToLower(name)
		d := limit + 1
		if abs(len(lower)-len(word)) <= limit {
			d = distance(word, lower, limit)
		}
		if d > limit && len(word) >= 3 && strings.Contains(lower, word) {
			d = limit // a part of a longer name
		}
		if d <= limit {
			guesses = append(guesses, guess{name, d})
		}
	}
	slices.SortFunc(guesses, func(a, b guess) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name)) })
	out := make([]string, 0, 5)
	for _, g := range guesses[:min(5, len(guesses))] {
		out = append(out, g.name)
	}
	return out
}

// distance is the number of letters to add, leave out, replace or swap with their neighbour to get from a to b, or more than limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
