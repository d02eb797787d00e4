// Package crafttest holds what the tests of craft and of the rooms inside it share: building, reading hex, and the check
// that a packet builds to given bytes.
package crafttest

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// Unhex reads hex with or without spaces.
func Unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// HexOf is text in hex.
func HexOf(text string) string { return hex.EncodeToString([]byte(text)) }

// Set sets a field that must take the value.
func Set(t testing.TB, l *craft.Layer, field string, value any) {
	t.Helper()
	if err := l.Set(field, value); err != nil {
		t.Fatal(err)
	}
}

// Build is a packet's bytes, built without a host.
func Build(t testing.TB, p *craft.Packet) []byte {
	t.Helper()
	b, err := craft.Build(p, nil)
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	return b
}

// Rebuilt checks that a packet builds to these bytes.
func Rebuilt(t testing.TB, p *craft.Packet, wire []byte) {
	t.Helper()
	if got := Build(t, p); string(got) != string(wire) {
		t.Fatalf("%s\ngot\n%swant\n%s", p.Show(), hexdump.Dump(got), hexdump.Dump(wire))
	}
}

// option is a list of one option of that protocol; it panics when the protocol has no such option.
func option(proto craft.Name, kind any, values ...any) []craft.Option {
	o, err := craft.Lookup(proto).Option(kind, values...)
	if err != nil {
		panic(err)
	}
	return []craft.Option{o}
}

// IPOption is a list of one IPv4 option.
func IPOption(kind any, values ...any) []craft.Option { return option(layers.IP, kind, values...) }

// TCPOption is a list of one TCP option.
func TCPOption(kind any, values ...any) []craft.Option { return option(layers.TCP, kind, values...) }

// Datagram is a UDP header.
func Datagram(sport, dport int) *craft.Layer { return layers.UDP.New("sport", sport, "dport", dport) }

// Generator is a generator whose arguments are right; it panics when they are not.
func Generator(g values.Generator, err error) values.Generator {
	if err != nil {
		panic(err)
	}
	return g
}
