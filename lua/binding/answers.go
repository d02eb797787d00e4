package binding

import (
	"fmt"
	"io"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/values"
)

// Say prints text for the user to read, with nothing hidden in it.
func Say(l *glua.LState, out io.Writer, text string) int {
	if _, err := fmt.Fprintln(out, values.Visible(strings.TrimRight(text, "\n"))); err != nil {
		l.RaiseError("print: %s", err)
	}
	return 0
}

// Since1970 is a time as scripts see it, in seconds: the number that is next to it.
func Since1970(t time.Time) glua.LNumber {
	return glua.LNumber(float64(t.Unix()) + float64(t.Nanosecond())/1e9)
}

// Plural is how many of something there are: "1 packet", "2 packets".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
