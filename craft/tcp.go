package craft

import (
	"encoding/binary"
	"fmt"

	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

// TCP is the Transmission Control Protocol, RFC 9293.
const TCP Name = "TCP"

// Numbers of the fields that the hooks compute.
const (
	tcpDataOfs = 4
	tcpSum     = 8
)

var tcpSpec = spec{
	name: TCP, doc: "Transmission Control Protocol, RFC 9293",
	fields: []Field{
		{Name: "sport", Kind: Port, Bits: 16, def: 20, names: iana.Services(), Doc: "source port"},
		{Name: "dport", Kind: Port, Bits: 16, def: 80, names: iana.Services(), Doc: "destination port"},
		{Name: "seq", Kind: Number, Bits: 32, Doc: "sequence number of the first byte; the ISN in a SYN"},
		{Name: "ack", Kind: Number, Bits: 32, Doc: "next sequence number expected"},
		{Name: "dataofs", Kind: Number, Bits: 4, auto: derived, Doc: "header length in words of 4 bytes"},
		{Name: "reserved", Kind: Number, Bits: 3, Doc: "reserved bits"},
		{Name: "flags", Kind: Flags, Bits: 9, def: 2, flags: []string{"F", "S", "R", "P", "A", "U", "E", "C", "N"}, Doc: "FIN SYN RST PSH ACK URG ECE CWR NS"},
		{Name: "window", Kind: Number, Bits: 16, def: 8192, Doc: "receive window in bytes, before scaling"},
		{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum with pseudo-header"},
		{Name: "urgptr", Kind: Number, Bits: 16, Doc: "urgent pointer, counts with the U flag"},
		{Name: "options", Kind: Options, random: func(seed uint64) values.Generator { return RandTCPOptions(0, seed) }, Doc: "TCP options"},
	},
	binds: []bind{over(IP, "proto", 6), over(IPv6, "nh", 6)},
	next:  []string{"dport", "sport"},
	hooks: hooks{
		headerLen: func(hdr []byte) int { return int(hdr[12]>>4) * 4 },
		derive:    deriveTCP,
		sum:       sumRule{covers: overSegment, field: "chksum"},
		summary: func(p *Packet, i int) string {
			return portSummary(p, i) + " " + p.layers[i].Text("flags")
		},
		answers: tcpAnswers,
		flow:    portFlow,
		options: tcpOptions,
	},
}

var _ = define(tcpSpec)

var tcpOptions = []optionSpec{
	{0, "EOL", "", nil}, {1, "NOP", "", nil},
	{2, "MSS", "H", nil}, {3, "WScale", "B", nil}, {4, "SAckOK", "", nil}, {5, "SAck", "I*", nil},
	{8, "Timestamp", "II", nil}, {14, "AltChkSum", "BH", nil}, {15, "AltChkSumOpt", "s", []any{""}}, {19, "MD5", "M", nil},
	{25, "Mood", "s", nil}, {28, "UTO", "H", nil}, {29, "AO", "BBs|s", nil}, {34, "TFO", "II|s", nil},
}

func deriveTCP(b *builder, i int, hdr, payload []byte, unset uint64) error {
	if unset>>tcpDataOfs&1 == 1 {
		if len(hdr) > 60 {
			return fmt.Errorf("TCP.dataofs: want at most 40 bytes of options, got %d: set dataofs yourself to send them", len(hdr)-20)
		}
		hdr[12] = hdr[12]&0x0f | byte(len(hdr)/4<<4)
	}
	if unset>>tcpSum&1 == 1 {
		binary.BigEndian.PutUint16(hdr[16:], 0)
		segment := hdr[:len(hdr)+len(payload)] // the payload follows in the same memory
		binary.BigEndian.PutUint16(hdr[16:], b.transportSum(i, 6, segment))
	}
	return nil
}

// portSummary writes "TCP 10.0.0.1:20 > 10.0.0.2:80", without addresses when there is no IP below.
func portSummary(p *Packet, i int) string {
	l := p.layers[i]
	name := string(l.proto.name)
	sport, dport := l.Text("sport"), l.Text("dport")
	if i > 0 && (p.layers[i-1].proto.name == IP || p.layers[i-1].proto.name == IPv6) {
		sport = p.layers[i-1].endpoint("src") + ":" + sport
		dport = p.layers[i-1].Text("dst") + ":" + dport
	}
	return name + " " + sport + " > " + dport
}

func portFlow(f *flow, l *Layer) {
	f.sport, f.dport = uint16(l.Uint("sport")), uint16(l.Uint("dport"))
}

// ackSlop is how far the numbers of an answer may be off, as in scapy: stacks differ in how they count SYN and FIN.
const ackSlop = 2

// tcpAnswers obeys scapy's rules, with three mends: sequence numbers wrap at 2^32; the question's ack counts only when
// its A flag is set; an ACK that does not fit answers a SYN all the same (a challenge ACK, RFC 5961, section 4).
func tcpAnswers(m match, i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	switch {
	case r.Uint("sport") != q.Uint("dport") || r.Uint("dport") != q.Uint("sport"):
		return false, "the ports are not swapped"
	case q.Flag("R"):
		return false, "nothing answers a RST"
	case r.Flag("S") && !(r.Flag("A") && q.Flag("S")):
		return false, "a SYN answers only when it acknowledges a SYN"
	}
	if q.Flag("A") && !near(q.Uint("ack"), r.Uint("seq"), 0) {
		return false, "its seq is not the byte that the question's ack asks for"
	}
	if r.Flag("R") && !r.Flag("A") {
		return true, "a RST without ACK from the peer"
	}
	if !near(q.Uint("seq"), r.Uint("ack"), m.q.payloadLen(j)) {
		if q.Flag("S") && !q.Flag("A") && r.Flag("A") && !r.Flag("S") && !r.Flag("R") {
			return true, "a challenge ACK: the peer knows this flow already"
		}
		return false, "its ack is not within the question's data"
	}
	return true, "ports are swapped and the numbers fit"
}

// near reports whether n lies in [base, base+length] or closely beside it, modulo 2^32.
func near(base, n uint64, length int) bool {
	return uint32(n)-uint32(base)+ackSlop <= uint32(length)+2*ackSlop
}
