package walker

import "slices"

// answer to a question that the network may not settle.
type answer int

const (
	no answer = iota
	yes
	unsure
)

// every is yes when every answer is, and no when one is.
func every(answers ...answer) answer {
	switch {
	case slices.Contains(answers, no):
		return no
	case slices.Contains(answers, unsure):
		return unsure
	}
	return yes
}

// some is yes when one answer is, and no when every one is.
func some(answers ...answer) answer {
	switch {
	case slices.Contains(answers, yes):
		return yes
	case slices.Contains(answers, unsure):
		return unsure
	}
	return no
}

// when is yes or no.
func when(holds bool) answer {
	if holds {
		return yes
	}
	return no
}

// not turns yes and no round.
func not(a answer) answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return unsure
}
