package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// kinds is what Lua makes of each kind of field.
var kinds = map[craft.Kind]kind{
	craft.Number:      {word: "number"},
	craft.Enum:        {word: "enum"},
	craft.Port:        {word: "port"},
	craft.Flags:       {word: "flags"},
	craft.IPv4:        {word: "ipv4", network: "ip4"},
	craft.IPv6Address: {word: "ipv6", network: "ip6"},
	craft.Hardware:    {word: "mac"},
	craft.Bytes:       {word: "bytes"},
	craft.Options:     {table: toOptions},
	craft.Text:        {word: "text"},
	craft.Values:      {word: "list", table: toValues},
	craft.Packets:     {word: "layers", table: toValues},
	craft.Fixed:       {},
}

// A kind is what Lua makes of a kind of field.
type kind struct {
	word    string                                               // its name in a declaration; "" for none
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
