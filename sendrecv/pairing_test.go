package sendrecv_test

import (
	"fmt"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// fromTo is a packet from one host to another.
func fromTo(src, dst string, above ...*craft.Layer) *craft.Packet {
	return craft.Stack(append([]*craft.Layer{layers.IP.New("src", src, "dst", dst)}, above...)...)
}

func TestPairing(t *testing.T) {
	const a, b = "10.0.0.1", "10.0.0.2"
	ask := func(seq int) *craft.Packet { return fromTo(a, b, layers.ICMP.New("id", 7, "seq", seq)) }
	reply := func(seq int) *craft.Packet { return fromTo(b, a, layers.ICMP.New("type", 0, "id", 7, "seq", seq)) }
	udp := func(src, dst string, sport, dport int) *craft.Packet {
		return fromTo(src, dst, layers.UDP.New("sport", sport, "dport", dport))
	}
	tcp := func(src, dst string, flags string, seq, ack int) *craft.Packet {
		ports := [2]int{4000, 80}
		if src == b {
			ports = [2]int{80, 4000}
		}
		return fromTo(src, dst, layers.TCP.New("sport", ports[0], "dport", ports[1], "flags", flags, "seq", seq, "ack", ack))
	}
	for _, c := range []struct {
		name    string
		match   sendrecv.Pairing
		packets []*craft.Packet
		want    string // of each packet, which it answers
	}{
		{"in any order", sendrecv.Pairing{}, []*craft.Packet{ask(1), ask(2), reply(2), reply(1)}, "[[] [] [1] [0]]"},
		{"the earliest of two", sendrecv.Pairing{}, []*craft.Packet{ask(1), ask(1), reply(1), reply(1), reply(1)}, "[[] [] [0] [1] []]"},
		{"an answer comes behind", sendrecv.Pairing{}, []*craft.Packet{reply(1), ask(1)}, "[[] []]"},
		{"an answer is no question", sendrecv.Pairing{}, []*craft.Packet{tcp(a, b, "S", 9, 0), tcp(b, a, "SA", 99, 10), tcp(a, b, "A", 10, 100)}, "[[] [0] []]"},
		{"unless many are wanted", sendrecv.Pairing{Multi: true}, []*craft.Packet{tcp(a, b, "S", 9, 0), tcp(b, a, "SA", 99, 10), tcp(a, b, "A", 10, 100)}, "[[] [0] [1]]"},
		{"every answer", sendrecv.Pairing{Multi: true}, []*craft.Packet{ask(1), reply(1), reply(1)}, "[[] [0] [0]]"},
		{"too far behind", sendrecv.Pairing{Lookahead: 1}, []*craft.Packet{ask(1), ask(2), reply(2), reply(1)}, "[[] [] [1] []]"},
		{"near enough", sendrecv.Pairing{Lookahead: 3}, []*craft.Packet{ask(1), ask(2), reply(2), reply(1)}, "[[] [] [1] [0]]"},
		{"from another port", sendrecv.Pairing{}, []*craft.Packet{udp(a, b, 4000, 69), udp(b, a, 5000, 4000)}, "[[] [0]]"},
		{"not from a port that was asked something else", sendrecv.Pairing{}, []*craft.Packet{udp(a, b, 4000, 69), udp(a, b, 4000, 70), udp(b, a, 70, 4000), udp(b, a, 70, 4000)}, "[[] [] [1] []]"},
		{"an error", sendrecv.Pairing{}, []*craft.Packet{ask(1), fromTo("10.0.0.9", a, layers.ICMP.New("type", 11), layers.IPerror.New("src", a, "dst", b), layers.ICMPerror.New("id", 7, "seq", 1))}, "[[] [0]]"},
		{"nothing in common", sendrecv.Pairing{}, []*craft.Packet{craft.Stack(layers.ARP.New()), craft.Stack(), ask(1)}, "[[] [] []]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got [][]int
			for _, p := range c.packets {
				got = append(got, c.match.Add(p))
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// TestPairingIsBounded holds that a flow of questions that nobody answers does not make each packet wait longer.
func TestPairingIsBounded(t *testing.T) {
	var p sendrecv.Pairing
	question := fromTo("10.0.0.1", "10.0.0.2", layers.ICMP.New("id", 7, "seq", 1))
	for range 1000 {
		p.Add(question)
	}
	if got := p.Add(fromTo("10.0.0.2", "10.0.0.1", layers.ICMP.New("type", 0, "id", 7, "seq", 1))); fmt.Sprint(got) != "[744]" {
		t.Errorf("got %v, want the earliest of the last 256", got)
	}
}
