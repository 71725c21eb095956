package query

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a question, and what would be right. It is the asker's to mend.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

func wrong(format string, values ...any) error { return &Error{fmt.Sprintf(format, values...)} }

// Bug says that the program contradicts itself: there is no answer that could be trusted.
type Bug struct {
	Message  string
	Question string // as a command line, without --from
}

func (b *Bug) Error() string {
	return fmt.Sprintf("%s\n\nThis is a bug in watertight, not an answer about your network. Please report it, and attach\n  the question:  watertight %s\n  the input:     what --from names, or the smallest part of it that still shows this", b.Message, b.Question)
}

// listing is a list for a message, one a line, cut when it gets long.
func listing(lines []string) string {
	const most = 12
	var b strings.Builder
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(&b, "\n  … and %d more", len(lines)-most)
			break
		}
		b.WriteString("\n  " + line)
	}
	return b.String()
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if strings.HasSuffix(word, "ss") {
		return fmt.Sprintf("%d %ses", n, word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
