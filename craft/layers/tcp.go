package layers

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// TCP is the Transmission Control Protocol, RFC 9293.
const TCP craft.Name = "TCP"

func tcpSpec() craft.Spec {
	return craft.Spec{
		Name: TCP, Doc: "Transmission Control Protocol, RFC 9293",
		Fields: []craft.Field{
			{Name: "sport", Kind: craft.Port, Bits: 16, Default: 20, Doc: "source port"},
			{Name: "dport", Kind: craft.Port, Bits: 16, Default: 80, Doc: "destination port"},
			{Name: "seq", Kind: craft.Number, Bits: 32, Doc: "sequence number of the first byte; the ISN in a SYN"},
			{Name: "ack", Kind: craft.Number, Bits: 32, Doc: "next sequence number expected"},
			{Name: "dataofs", Kind: craft.Number, Bits: 4, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 4}},
			{Name: "reserved", Kind: craft.Number, Bits: 3, Doc: "reserved bits"},
			{Name: "flags", Kind: craft.Flags, Bits: 9, Default: 2, Flags: []string{"F", "S", "R", "P", "A", "U", "E", "C", "N"}, Doc: "FIN SYN RST PSH ACK URG ECE CWR NS"},
			{Name: "window", Kind: craft.Number, Bits: 16, Default: 8192, Doc: "receive window in bytes, before scaling"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.SegmentSum, Number: 6}, Hex: true},
			{Name: "urgptr", Kind: craft.Number, Bits: 16, Doc: "urgent pointer, counts with the U flag"},
			{Name: "options", Kind: craft.Options, Random: func(seed uint64) values.Generator { return RandTCPOptions(0, seed) }, Doc: "TCP options"},
		},
		Binds: []craft.Binding{craft.Over(IP, "proto", 6), craft.Over(IPv6, "nh", 6)},
		Next:  []string{"dport", "sport"}, Identity: []string{"sport", "dport"},
		Options: tcpOptions,
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string {
				return portSummary(p, i) + " " + p.Layers()[i].Text("flags")
			},
			Answers: tcpAnswers,
			Flow:    portFlow,
		},
	}
}

var _ = define(tcpSpec)

var tcpOptions = []craft.OptionSpec{
	{Kind: 0, Name: "EOL", Format: "", Defaults: nil}, {Kind: 1, Name: "NOP", Format: "", Defaults: nil},
	{Kind: 2, Name: "MSS", Format: "H", Defaults: nil}, {Kind: 3, Name: "WScale", Format: "B", Defaults: nil}, {Kind: 4, Name: "SAckOK", Format: "", Defaults: nil}, {Kind: 5, Name: "SAck", Format: "I*", Defaults: nil},
	{Kind: 8, Name: "Timestamp", Format: "II", Defaults: nil}, {Kind: 14, Name: "AltChkSum", Format: "BH", Defaults: nil}, {Kind: 15, Name: "AltChkSumOpt", Format: "s", Defaults: []any{""}}, {Kind: 19, Name: "MD5", Format: "M", Defaults: nil},
	{Kind: 25, Name: "Mood", Format: "s", Defaults: nil}, {Kind: 28, Name: "UTO", Format: "H", Defaults: nil}, {Kind: 29, Name: "AO", Format: "BBs|s", Defaults: nil}, {Kind: 34, Name: "TFO", Format: "II|s", Defaults: nil},
}

// portSummary writes "TCP 10.0.0.1:20 > 10.0.0.2:80", without addresses when there is no IP below.
func portSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	name := string(l.Name())
	sport, dport := l.Text("sport"), l.Text("dport")
	if i > 0 && (p.Layers()[i-1].Name() == IP || p.Layers()[i-1].Name() == IPv6) {
		sport = endpoint(p.Layers()[i-1], "src") + ":" + sport
		dport = p.Layers()[i-1].Text("dst") + ":" + dport
	}
	return name + " " + sport + " > " + dport
}

func portFlow(f *craft.Flow, l *craft.Layer) {
	f.SPort, f.DPort = uint16(l.Uint("sport")), uint16(l.Uint("dport"))
}

// ackSlop is how far the numbers of an answer may be off, as in scapy: stacks differ in how they count SYN and FIN.
const ackSlop = 2

// tcpAnswers obeys scapy's rules, with three corrections: sequence numbers wrap at 2^32; the question's ack counts only when
// its A flag is set; an ACK that does not fit answers a SYN all the same (a challenge ACK, RFC 5961, section 4).
func tcpAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
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
	if !near(q.Uint("seq"), r.Uint("ack"), m.Question.PayloadLen(j)) {
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
