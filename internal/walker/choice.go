package walker

// chooser makes the choices of one walk, where AWS has several (V-10). What was asked once is answered the same way again.
type chooser struct {
	script []int // the answers to give first, in the order of the questions; the first option after that
	taken  []taken
	known  map[string]int
}

type taken struct {
	option, of int
	label      string
}

// pick is the index of the option taken; about identifies the question, and the labels are what a reader sees of each option.
func (c *chooser) pick(about string, labels []string) int {
	if len(labels) == 1 {
		return 0
	}
	if option, ok := c.known[about]; ok {
		return option
	}
	option := 0
	if n := len(c.taken); n < len(c.script) {
		option = c.script[n]
	}
	c.known[about] = option
	c.taken = append(c.taken, taken{option, len(labels), about + ": " + labels[option]})
	return option
}

// labels are the choices taken.
func (c *chooser) labels() []string {
	var all []string
	for _, each := range c.taken {
		all = append(all, each.label)
	}
	return all
}

// explore runs a walk once for every combination of choices. A choice may bring others with it: the combinations form a tree, of
// which script is the path to a node; its first leaf comes first, then what branches off that leaf's path, the deepest first.
func explore(script []int, walk func(*chooser)) {
	c := &chooser{script: script, known: map[string]int{}}
	walk(c)
	for depth := len(c.taken) - 1; depth >= len(script); depth-- {
		for option := 1; option < c.taken[depth].of; option++ {
			branch := make([]int, depth+1)
			for i := range depth {
				branch[i] = c.taken[i].option
			}
			branch[depth] = option
			explore(branch, walk)
		}
	}
}
