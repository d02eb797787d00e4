package repl

import (
	"io"
	"regexp"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// Harmless is a writer to a terminal that lets text through, the ends of lines, tabs, carriage returns and colours, and shows
// every other control character, and whatever else is hidden, as values.Visible writes it: what a script prints may come from
// the network. A sequence that two writes share is shown, not obeyed, so that nothing waits for a write that never comes.
func Harmless(w io.Writer) io.Writer { return harmless{w} }

type harmless struct{ terminal io.Writer }

// Write writes all of the text or returns why not; of a write that failed in the middle nobody knows how much was text.
func (h harmless) Write(text []byte) (int, error) {
	if _, err := io.WriteString(h.terminal, tame(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// colours are the sequences that change how letters look and nothing else (SGR, ECMA-48 section 8.3.117).
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// tame is text that a terminal may be given.
func tame(text string) string {
	const kept = "\n\t\r"
	if strings.IndexByte(text, '\x1b') < 0 {
		return values.VisibleBut(text, kept)
	}
	var b strings.Builder
	for {
		at := colours.FindStringIndex(text)
		if at == nil {
			b.WriteString(values.VisibleBut(text, kept))
			return b.String()
		}
		b.WriteString(values.VisibleBut(text[:at[0]], kept))
		b.WriteString(text[at[0]:at[1]])
		text = text[at[1]:]
	}
}
