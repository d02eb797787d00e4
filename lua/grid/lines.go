package grid

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

const (
	// head and tail are how many lines of many are shown, of their beginning and of their end.
	head, tail = 20, 10
	// Most is how many lines are shown all: the one that says how many are left out is one, too.
	Most = head + tail + 1
)

// Shown are the numbers, from 1, of the lines of n that are shown.
func Shown(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 1; i <= n; i++ {
			if n > Most && i == head+1 {
				i = n - tail + 1
			}
			if !yield(i) {
				return
			}
		}
	}
}

// Elide writes n lines below a heading: of many those at the beginning and the end, and between them how many more there are.
func Elide(n int, heading string, line func(i int) string) string {
	var b strings.Builder
	b.WriteString(heading)
	last := 0
	for i := range Shown(n) {
		if more := i - last - 1; more > 0 {
			fmt.Fprintf(&b, "\n  ...  %d more", more)
		}
		b.WriteString("\n" + line(i))
		last = i
	}
	return b.String()
}

// A Column is as wide as the widest text that it took.
type Column struct{ width int }

// Take makes the column as wide as a text.
func (c *Column) Take(text string) { c.width = max(c.width, utf8.RuneCountInString(text)) }

// Left is a text at the left of the column.
func (c *Column) Left(text string) string { return fmt.Sprintf("%-*s", c.width, text) }

// Right is a text at its right.
func (c *Column) Right(text string) string { return fmt.Sprintf("%*s", c.width, text) }
