package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

const hostA, hostB, hostC = "192.0.2.1", "192.0.2.2", "192.0.2.3"

// ab is a packet from A to B, ba one from B to A.
func ab(upper ...*craft.Layer) *craft.Packet { return between(hostA, hostB, upper...) }
func ba(upper ...*craft.Layer) *craft.Packet { return between(hostB, hostA, upper...) }

func between(src, dst string, upper ...*craft.Layer) *craft.Packet {
	return craft.Stack(append([]*craft.Layer{layers.IP.New("src", src, "dst", dst)}, upper...)...)
}

// question is a TCP segment from port 1000 to port 80, reply one back; n is seq, then ack.
func question(flags string, n ...uint32) *craft.Layer { return segment(1000, 80, flags, n...) }
func reply(flags string, n ...uint32) *craft.Layer    { return segment(80, 1000, flags, n...) }

func segment(sport, dport int, flags string, n ...uint32) *craft.Layer {
	var seq, ack uint32
	if len(n) > 0 {
		seq = n[0]
	}
	if len(n) > 1 {
		ack = n[1]
	}
	return layers.TCP.New("sport", sport, "dport", dport, "flags", flags, "seq", seq, "ack", ack)
}

func data(s string) *craft.Layer { return craft.Raw.New("load", s) }
func echo(kind string, id, seq int) *craft.Layer {
	return layers.ICMP.New("type", kind, "id", id, "seq", seq)
}

// quoting is an ICMP error from a router to A that quotes q, cut after n bytes of the quoted transport header.
func quoting(t *testing.T, q *craft.Packet, n int) *craft.Packet {
	t.Helper()
	wire, err := craft.Build(q, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := between(hostC, hostA, layers.ICMP.New("type", "time-exceeded"), data(string(wire[:min(20+n, len(wire))])))
	wire, err = craft.Build(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	return craft.Dissect(wire, layers.IP)
}

// fragment is the second part of a datagram: what stands behind its IP header is no UDP header.
func fragment() *craft.Packet {
	return craft.Stack(layers.IP.New("src", hostA, "dst", hostB, "frag", 10), layers.UDP.New("sport", 1000, "dport", 53))
}

// TestAnswers is the truth table of scapy's rules, measured, with the misses mended that are marked so.
func TestAnswers(t *testing.T) {
	syn := ab(question("S", 100))
	probe := ab(question("A", 499, 700))
	ten := ab(question("PA", 100, 700), data("0123456789"))
	udp := ab(crafttest.Datagram(1000, 53), data("question"))
	ping := ab(echo("echo-request", 7, 1))
	arp := craft.Stack(layers.ARP.New("psrc", hostA, "pdst", hostB))
	cases := []verdict{
		{"SYN, SYN/ACK", syn, ba(reply("SA", 9, 101)), true},
		{"SYN, RST/ACK with seq 0", syn, ba(reply("RA", 0, 101)), true},
		{"SYN, RST without ACK", syn, ba(reply("R", 0, 0)), true},
		{"SYN, SYN/ACK two too low", syn, ba(reply("SA", 9, 98)), true},
		{"SYN, SYN/ACK one too high", syn, ba(reply("SA", 9, 102)), true},
		{"SYN, SYN/ACK three too high", syn, ba(reply("SA", 9, 103)), false},
		{"SYN, SYN/ACK far off", syn, ba(reply("SA", 9, 110)), false},
		{"SYN at the end of the sequence space (mended)", ab(question("S", 0xffffffff)), ba(reply("SA", 9, 0)), true},
		{"SYN, challenge ACK (mended)", syn, ba(reply("A", 7777, 9999)), true},
		{"SYN, SYN: simultaneous open", syn, ba(reply("S", 9)), false},
		{"RST is answered by nothing", ab(question("R", 100)), ba(reply("RA", 0, 100)), false},
		{"keepalive, its answer", probe, ba(reply("A", 700, 500)), true},
		{"ACK, RST with its ack as seq", probe, ba(reply("R", 700)), true},
		{"ACK, later data", probe, ba(reply("PA", 2100, 500), data("x")), false},
		{"ten bytes, all acknowledged", ten, ba(reply("A", 700, 110)), true},
		{"ten bytes, some acknowledged", ten, ba(reply("A", 700, 105)), true},
		{"ten bytes, an old acknowledgment", ten, ba(reply("A", 700, 50)), false},
		{"FIN/ACK, FIN/ACK", ab(question("FA", 100, 700)), ba(reply("FA", 700, 101)), true},
		{"no flags, RST/ACK", ab(question("", 100)), ba(reply("RA", 0, 100)), true},
		{"no flags with an ack, RST/ACK with seq 0 (mended)", ab(question("", 100, 55)), ba(reply("RA", 0, 100)), true},
		{"Xmas with an ack, RST/ACK with seq 0 (mended)", ab(question("FPU", 100, 55)), ba(reply("RA", 0, 101)), true},
		{"SYN, SYN/ACK from another port", syn, ba(segment(81, 1000, "SA", 9, 101)), false},
		{"SYN, SYN/ACK from another host", syn, between(hostC, hostA, reply("SA", 9, 101)), false},
		{"UDP, data", udp, ba(crafttest.Datagram(53, 1000), data("answer")), true},
		{"empty UDP, data", ab(crafttest.Datagram(1000, 53)), ba(crafttest.Datagram(53, 1000), data("answer")), true},
		{"empty UDP, empty UDP", ab(crafttest.Datagram(1000, 53)), ba(crafttest.Datagram(53, 1000)), true},
		{"UDP, an empty datagram (mended)", udp, ba(crafttest.Datagram(53, 1000)), true},
		{"UDP, from another port", udp, ba(crafttest.Datagram(4000, 1000), data("answer")), true},
		{"UDP, to another port", udp, ba(crafttest.Datagram(53, 1001), data("answer")), false},
		{"echo, its reply", ping, ba(echo("echo-reply", 7, 1)), true},
		{"echo, another id", ping, ba(echo("echo-reply", 8, 1)), false},
		{"echo, another responder", ping, between(hostC, hostA, echo("echo-reply", 7, 1)), false},
		{"echo, an echo", ping, ba(echo("echo-request", 7, 1)), false},
		{"broadcast UDP, unicast reply", between(hostA, "192.0.2.255", crafttest.Datagram(68, 67)), ba(crafttest.Datagram(67, 68)), false},
		{"protocol 99, data", craft.Stack(layers.IP.New("src", hostA, "dst", hostB, "proto", 99), data("x")),
			craft.Stack(layers.IP.New("src", hostB, "dst", hostA, "proto", 99), data("y")), true},
		{"ICMP quotes eight bytes of TCP", syn, quoting(t, syn, 8), true},
		{"ICMP quotes all of TCP", syn, quoting(t, syn, 20), true},
		{"ICMP quotes eight bytes of UDP (mended)", udp, quoting(t, udp, 8), true},
		{"ICMP quotes eight bytes of echo", ping, quoting(t, ping, 8), true},
		{"ICMP quotes a fragment", fragment(), quoting(t, fragment(), 8), true},
		{"ICMP quotes another source port", syn, quoting(t, ab(segment(1001, 80, "S", 100)), 8), false},
		{"ICMP quotes another source", syn, quoting(t, between(hostC, hostB, question("S", 100)), 8), false},
		{"ICMP quotes another sequence number", syn, quoting(t, ab(question("S", 555)), 8), true},
		{"ICMP quotes another echo", ping, quoting(t, ab(echo("echo-request", 7, 2)), 8), false},
		{"ARP is-at", arp, craft.Stack(layers.ARP.New("op", "is-at", "psrc", hostB, "pdst", hostA)), true},
		{"ARP is-at for another address", arp, craft.Stack(layers.ARP.New("op", "is-at", "psrc", hostC, "pdst", hostA)), false},
		{"Ethernet with other addresses", craft.Stack(layers.Ether.New("dst", "02:00:00:00:00:01")).Over(syn),
			craft.Stack(layers.Ether.New("src", "02:00:00:00:00:09")).Over(ba(reply("SA", 9, 101))), true},
		{"Ethernet of another type", craft.Stack(layers.Ether.New("type", 0x1234)).Over(syn),
			craft.Stack(layers.Ether.New("type", 0x1235)).Over(ba(reply("SA", 9, 101))), false},
		{"an Ethernet trailer behind the reply", syn, ba(reply("SA", 9, 101), craft.Padding.New("load", "\x00\x00")), true},
	}
	judge(t, cases)
}

// A verdict is whether a reply answers a question.
type verdict struct {
	name string
	q, r *craft.Packet
	want bool
}

// judge compares verdicts with what Answers says; the keys of a reply that answers must find the question.
func judge(t *testing.T, cases []verdict) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := craft.Answers(c.r, c.q); got != c.want {
				t.Errorf("%s\n%s\ngot %v, want %v: %s", c.q.Summary(), c.r.Summary(), got, c.want, craft.Why(c.r, c.q))
			}
			if c.want && !meet(c.q, c.r) {
				t.Error("the reply answers, but its keys do not find the question")
			}
		})
	}
}

// meet reports whether a reply's keys find the question.
func meet(q, r *craft.Packet) bool {
	exact, loose := craft.QuestionKeys(q)
	rExact, rLoose, anyones := craft.ReplyKeys(r)
	return exact == rExact || loose == rLoose || loose == anyones
}

func TestAPacketDoesNotAnswerItself(t *testing.T) {
	q := between(hostA, hostA, layers.UDP.New())
	wire, err := craft.Build(q, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := craft.Dissect(wire, layers.IP)
	if craft.Answers(r, q) {
		t.Error("UDP from port 53 to port 53 of the same host answers itself")
	}
	if err := r.Layer(layers.IP).Set("id", 2); err != nil {
		t.Fatal(err)
	}
	if !craft.Answers(r, q) {
		t.Error("an edited copy is still taken for the question")
	}
}

func TestWhyGivesTheReason(t *testing.T) {
	syn := ab(question("S", 100))
	cases := []struct {
		name string
		r    *craft.Packet
		want string
	}{
		{"answer", ba(reply("SA", 9, 101)), "yes: ports are swapped and the numbers fit"},
		{"challenge", ba(reply("A", 7, 7)), "yes: a challenge ACK: the peer knows this flow already"},
		{"ports", ba(segment(81, 1000, "SA", 9, 101)), "no: the ports are not swapped"},
		{"numbers", ba(reply("SA", 9, 200)), "no: its ack is not within the question's data"},
		{"protocol", ba(crafttest.Datagram(80, 1000)), "no: the IP protocols differ"},
		{"quote", quoting(t, syn, 8), "yes: an ICMP error that quotes the question"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := craft.Why(c.r, syn); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
