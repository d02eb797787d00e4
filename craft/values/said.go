package values

import "strings"

// packages are those of ours whose errors begin with their name, as errors of Go packages do.
func packages() []string { return []string{"craft", "sendrecv", "lab", "pcap", "report"} }

// mostSaid is how many errors Said looks at in a chain: texts of a run with thousands of failures name the first ones.
const mostSaid = 64

// Said is the text of an error for a person: without the names of packages at the beginning of the errors that it is made of, which are
// for Go programmers. What others wrote stays.
func Said(err error) string {
	text, left := err.Error(), mostSaid
	var strip func(error)
	strip = func(e error) {
		if left--; e == nil || left < 0 {
			return
		}
		whole := e.Error()
		for _, name := range packages() {
			if rest, ok := strings.CutPrefix(whole, name+": "); ok {
				text = strings.Replace(text, whole, rest, 1)
			}
		}
		switch e := any(e).(type) { // this one of the chain alone
		case interface{ Unwrap() error }:
			strip(e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				strip(inner)
			}
		}
	}
	strip(err)
	return text
}
