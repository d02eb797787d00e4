package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// kinds is what Lua makes of each kind of field.
var kinds = map[craft.Kind]kind{
	craft.Number:      {word: "number", doc: `a number of bits=, 1 to 64`},
	craft.Enum:        {word: "enum", doc: `a number whose values have names: names={[1]="ask"}`},
	craft.Port:        {word: "port", doc: `a port of TCP or UDP, with the names of services`},
	craft.Flags:       {word: "flags", doc: `bits with names: flags={"F","S"}`},
	craft.IPv4:        {word: "ipv4", doc: `an IPv4 address`, network: "ip4"},
	craft.IPv6Address: {word: "ipv6", doc: `an IPv6 address`, network: "ip6"},
	craft.Hardware:    {word: "mac", doc: `a MAC address`},
	craft.Bytes:       {word: "bytes", doc: `bytes: bits= of them, or as many as length or a computed length says, or all that are left of the message`},
	craft.Options:     {table: toOptions},
	craft.Text:        {word: "text", doc: `text as it is, as long as length or a computed length says, or all that is left of the message; with zero=true up to a zero byte`},
	craft.Values:      {word: "list", doc: `a list of numbers or addresses: of=16`, table: toValues},
	craft.Packets:     {word: "layers", doc: `a list of layers: of=IP`, table: toValues},
	craft.Fixed:       {},
}

// A kind is what Lua makes of a kind of field.
type kind struct {
	word    string                                               // its name in a declaration; "" for none
	doc     string                                               // and what it is, for help(protocol)
	network string                                               // the addresses of a host that are such values, as package net has it; "" for none
	table   func(p *craft.Protocol, t *glua.LTable) (any, error) // the value that a table is; nil: it is a set of values
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
