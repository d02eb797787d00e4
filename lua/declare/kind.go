package declare

import (
	"github.com/moonwire/moonwire/craft"
)

// kinds is what a declaration calls each kind of field.
var kinds = map[craft.Kind]kind{
	craft.Number:      {word: "number", doc: `a number of bits=, 1 to 64`},
	craft.Enum:        {word: "enum", doc: `a number whose values have names: names={[1]="ask"}`},
	craft.Port:        {word: "port", doc: `a port of TCP or UDP, with the names of services`},
	craft.Flags:       {word: "flags", doc: `bits with names: flags={"F","S"}`},
	craft.IPv4:        {word: "ipv4", doc: `an IPv4 address`},
	craft.IPv6Address: {word: "ipv6", doc: `an IPv6 address`},
	craft.Hardware:    {word: "mac", doc: `a MAC address`},
	craft.Bytes:       {word: "bytes", doc: `bytes: bits= of them, or as many as length or a computed length says, or all that are left of the message`},
	craft.Options:     {},
	craft.Text:        {word: "text", doc: `text as it is, as long as length or a computed length says, or all that is left of the message; with zero=true up to a zero byte`},
	craft.Values:      {word: "list", doc: `a list of numbers or addresses: of=16`},
	craft.Packets:     {word: "layers", doc: `a list of layers: of=IP`},
	craft.Fixed:       {},
}

// A kind is what a declaration calls a kind of field.
type kind struct {
	word string // its name in a declaration; "" for none
	doc  string // and what it is, for help(protocol)
}

// declarable are the kinds that a declaration may name, by their names.
func declarable() map[string]craft.Kind {
	words := map[string]craft.Kind{}
	for k, row := range kinds {
		if row.word != "" {
			words[row.word] = k
		}
	}
	return words
}
