package lua

import (
	"encoding/hex"
	"math"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua/vm"
)

// packetFunctions are between packets, bytes and values of fields.
func (s *State) packetFunctions() []function {
	return []function{
		{"bytes", "bytes(p)", "a packet's bytes as they would leave here, as a string", nil, func(l *glua.LState) int {
			return pushString(l, string(s.bytesOf(l, 1)))
		}},
		{"hex", "hex(p)", "a packet's bytes, or a string's, in hex", nil, func(l *glua.LState) int {
			if l.Get(1).Type() == glua.LTNumber {
				l.RaiseError("%s", `hex: want a packet or a string, got number; a number in hex is ("0x%x"):format(n)`)
			}
			b := s.bytesOf(l, 1)
			s.vm.Room(l, "hex", 2*len(b))
			return pushString(l, hex.EncodeToString(b))
		}},
		{"unhex", "unhex(text)", "the bytes that pairs of hex digits stand for, also with blanks, colons, commas, new lines or 0x between them", nil, unhex},
		{"dissect", "dissect(bytes, IP)", "read bytes as a packet that begins with a protocol (IP)", nil, s.dissect},
		{"why", "why(question, reply)", "whether the reply answers the question as sr asks it, with this host's addresses, and how that is decided; of a set or a list, whether it answers one of them", nil, s.why},
		{"raw", `raw"bytes"`, "bytes to put in place of any field, as in IP{len=raw\"##\"}", nil, func(l *glua.LState) int {
			if l.Get(1).Type() != glua.LTString {
				l.RaiseError("raw: want a string to put in place of a field, got %s; the bytes of a packet are bytes(p)", vm.KindOf(l.Get(1)))
			}
			l.Push(s.value(craft.Verbatim(l.CheckString(1)), s.types.raw))
			return 1
		}},
		{"u32", "u32(n)", "n modulo 2^32, as sequence numbers wrap", nil, u32},
	}
}

func unhex(l *glua.LState) int {
	b, err := hexdump.Unhex(l.CheckString(1))
	if err != nil {
		l.RaiseError("unhex: %s", err)
	}
	return pushString(l, string(b))
}

func u32(l *glua.LState) int {
	n := math.Mod(math.Floor(float64(l.CheckNumber(1))), 1<<32)
	if math.IsNaN(n) {
		l.RaiseError("u32: want a finite number, got %s", vm.Text(l.Get(1)))
	}
	if n < 0 {
		n += 1 << 32
	}
	l.Push(glua.LNumber(n))
	return 1
}

// resolved is a packet as it would leave here: with the addresses that this host gives it, as far as it can.
func (s *State) resolved(p *craft.Packet) *craft.Packet {
	if !p.Asks() {
		return p
	}
	env := s.env()
	if env == nil {
		return p
	}
	c := p.Copy()
	if c.Resolve(env) != nil {
		return p // a destination without a way: shown as it is
	}
	return c
}

// build is a packet's bytes as they would leave here, until the next build.
func (s *State) build(l *glua.LState, p *craft.Packet) []byte {
	s.vm.Room(l, "a packet", size(p))
	b, err := craft.AppendBuild(s.scratch[:0], p, s.env())
	if err != nil {
		s.fail(l, err)
	}
	s.scratch = b
	return b
}

// bytesOf is argument n as bytes: a string as it is; of a layer the bytes it has in its packet, payload included.
func (s *State) bytesOf(l *glua.LState, n int) []byte {
	if text, ok := l.Get(n).(glua.LString); ok {
		return []byte(text)
	}
	if ud, ok := l.Get(n).(*glua.LUserData); ok {
		if view, ok := ud.Value.(layerView); ok {
			return s.build(l, view.packet())[view.packet().Offset(view.at()):]
		}
	}
	return s.build(l, checkPacket(l, n))
}

// dissect(bytes, TCP) reads bytes as a packet; they begin with IP or IPv6 unless a protocol is given.
func (s *State) dissect(l *glua.LState) int {
	b := frame(l, "dissect", l.CheckString(1))
	first := layers.IPVersion(b)
	if l.GetTop() > 1 {
		first = protocolName(l)
		if s.table.Lookup(first) == nil && !s.table.Decodes(first) {
			l.RaiseError("dissect: no protocol is called %q%s", string(first), suggestion(string(first), s.table.Names()))
		}
	}
	l.Push(s.packetValue(s.table.Dissect(b, first)))
	return 1
}

func rawText(l *glua.LState) int {
	return pushString(l, string(of[craft.Verbatim](l, 1, "raw bytes")))
}

// asn1Functions make values of ASN.1, by the names that scapy has for them.
func (s *State) asn1Functions() []function {
	var functions []function
	for _, f := range []struct{ name, usage, doc string }{
		{"BOOLEAN", "(1)", "a truth value"},
		{"INTEGER", "(5)", "an integer; a number alone is one, too"},
		{"STRING", `("text")`, "a string; a string alone is one, too"},
		{"NULL", "(0)", "no value; scapy's takes a number that means nothing"},
		{"OID", `("1.3.6.1")`, "an object identifier"},
		{"IPADDRESS", `("192.0.2.1")`, "an IPv4 address"},
		{"COUNTER32", "(7)", "a number that grows and begins again at zero"},
		{"GAUGE32", "(7)", "a number that grows and falls"},
		{"TIME_TICKS", "(100)", "hundredths of a second"},
		{"COUNTER64", "(7)", "a number of 64 bits that grows"},
	} {
		name := "ASN1_" + f.name
		functions = append(functions, function{name, name + f.usage, "for SNMPvarbind's value: " + f.doc, nil, func(l *glua.LState) int {
			value, err := toScalar(l.Get(1))
			if f.name == "NULL" {
				value, err = nil, nil // scapy's takes a number that means nothing
			}
			if err != nil {
				l.RaiseError("%s: %s", name, err)
			}
			b, err := layers.EncodeBER(f.name, value)
			if err != nil {
				l.RaiseError("ASN1_%s", err)
			}
			l.Push(s.value(b, s.types.raw))
			return 1
		}})
	}
	return functions
}
