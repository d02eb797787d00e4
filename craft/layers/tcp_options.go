package layers

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// maxOptions is how many bytes of options a TCP header holds.
const maxOptions = 40

// RandTCPOptions draws a list of TCP options with random values: so many of them, or for 0 one to five, and never more than
// the header holds.
func RandTCPOptions(count int, seed uint64) values.Generator {
	text := "RandTCPOptions()"
	if count > 0 {
		text = fmt.Sprintf("RandTCPOptions(%d)", count)
	}
	return tcpOptionsDraw{text, count, seed}
}

// A tcpOptionsDraw draws a list of TCP options.
type tcpOptionsDraw struct {
	text  string // as Lua makes it
	count int    // how many; 0 is one to five
	seed  uint64
}

func (d tcpOptionsDraw) Draw(s values.Spot) any {
	r, tcp := s.Random(d.seed), craft.Lookup(TCP)
	n := d.count
	if n <= 0 {
		n = 1 + int(r.Below(5))
	}
	opts, size := []craft.Option{}, 0
	for range min(n, maxOptions) {
		o := tcp.RandomOption(r)
		if w := o.Len(); size+w <= maxOptions {
			opts, size = append(opts, o), size+w
		}
	}
	return opts
}

func (d tcpOptionsDraw) Samples() []any { return []any{[]craft.Option{}} }
func (d tcpOptionsDraw) String() string { return d.text }
