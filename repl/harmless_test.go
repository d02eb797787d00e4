package repl

import (
	"bytes"
	"strings"
	"testing"
)

func TestATerminalIsGivenTextAndColours(t *testing.T) {
	cases := []struct {
		name   string
		writes []string
		want   string
	}{
		{"text", []string{"é 世 👍🏽\tx\r\n"}, "é 世 👍🏽\tx\r\n"},
		{"colours", []string{"\x1b[31mred\x1b[0m\x1b[1;38;5;9mx\x1b[m"}, "\x1b[31mred\x1b[0m\x1b[1;38;5;9mx\x1b[m"},
		{"a title", []string{"\x1b]0;x\x07"}, `\x1b]0;x\x07`},
		{"moves, and what clears", []string{"\x1b[2J\x1b[1;1H\x1b[?25l\x1b[>4m"}, `\x1b[2J\x1b[1;1H\x1b[?25l\x1b[>4m`},
		{"a colour inside a title", []string{"\x1b]0;\x1b[31mx\x1b\\"}, `\x1b]0;` + "\x1b[31m" + `x\x1b\`},
		{"C1", []string{"\x9b31m\u009b31m"}, `\x9b31m\u{9b}31m`},
		{"direction", []string{"a\u202eb"}, `a\u{202e}b`},
		{"backspace, bell and zero", []string{"a\b\a\x00\x0b"}, `a\x08\x07\x00\x0b`},
		{"a sequence in two writes", []string{"\x1b", "]0;x\x07", "\x1b[3", "1m"}, `\x1b]0;x\x07\x1b[31m`},
		{"C1 in two writes", []string{"\xc2", "\x9b31m"}, `\xc2\x9b31m`},
		{"a sequence that never ends", []string{"\x1b[" + strings.Repeat("1;", 10)}, `\x1b[` + strings.Repeat("1;", 10)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			w := Harmless(&b)
			for _, text := range c.writes {
				if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("wrote %d of %d, %v", n, len(text), err)
				}
			}
			if b.String() != c.want {
				t.Errorf("got %q, want %q", b.String(), c.want)
			}
		})
	}
}
