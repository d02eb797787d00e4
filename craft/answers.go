package craft

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// Answers reports whether packet r answers packet q, by scapy's rules with its known misses corrected: sequence numbers
// wrap, an ack without the A flag does not count, an empty datagram is an answer, a challenge ACK answers a SYN, and a
// packet never answers itself.
func Answers(r, q *Packet) bool {
	ok, _ := answers(r, q)
	return ok
}

// Why explains in one sentence why r does or does not answer q.
func Why(r, q *Packet) string {
	ok, reason := answers(r, q)
	if ok {
		return "yes: " + reason
	}
	return "no: " + reason
}

func answers(r, q *Packet) (bool, string) {
	if len(r.layers) == 0 || len(q.layers) == 0 {
		return false, "there is nothing to compare"
	}
	ok, reason := Match{Reply: r, Question: q}.At(0, 0)
	if ok && same(r, q) {
		return false, "it is the question itself"
	}
	return ok, reason
}

// same reports whether two packets are the same bytes, as a question is that its sender hears on a loopback.
func same(r, q *Packet) bool {
	a, err := Build(r, nil)
	if err != nil {
		return false
	}
	b, err := Build(q, nil)
	return err == nil && string(a) == string(b)
}

// A Match is a reply held against a question, layer by layer from the outside in.
type Match struct {
	// Reply is the packet that came back.
	Reply *Packet
	// Question is the packet that was sent.
	Question *Packet
}

// Next goes on with the payloads of layers i and j.
func (m Match) Next(i, j int) (bool, string) { return m.At(i+1, j+1) }

// At decides from layer i of the reply and layer j of the question on.
func (m Match) At(i, j int) (bool, string) {
	switch {
	case j == len(m.Question.layers) || m.Question.layers[j].proto.spec.Name == Padding:
		return true, "the question ends here"
	case i == len(m.Reply.layers) || m.Reply.layers[i].proto.spec.Name == Padding:
		if m.Question.layers[j].proto.spec.Name == Raw {
			return true, "data is answered without data"
		}
		return false, "it has no " + string(m.Question.layers[j].proto.spec.Name) + " layer"
	}
	r, q := m.Reply.layers[i], m.Question.layers[j]
	if !kin(r, q) {
		return false, "it has " + string(r.proto.spec.Name) + " where the question has " + string(q.proto.spec.Name)
	}
	if r.proto.spec.Answers == nil {
		return m.Next(i, j)
	}
	return r.proto.spec.Answers(m, i, j)
}

// kin reports whether messages of r's protocol answer those of q's.
func kin(r, q *Layer) bool {
	return r.proto.spec.Name == q.proto.spec.Name || slices.Contains(r.proto.spec.Replies, q.proto.spec.Name)
}

// Quoted decides whether the header above the network layer that an error quotes, layer i of the reply, is layer j of the
// question. Only the fields that identify a message are compared (Spec.Identity), as far as the quote has them.
func (m Match) Quoted(i, j int) (bool, string) {
	r, q := m.Reply.layers[i], m.Question.layers[j]
	if r.proto.spec.Quotes != q.proto.spec.Name && r.proto.spec.Name != q.proto.spec.Name {
		if r.proto.spec.Name != Raw && q.proto.spec.Name != Raw {
			return false, "the ICMP error quotes " + string(r.proto.spec.Name)
		}
		return true, "an ICMP error that quotes the question's IP header"
	}
	for _, field := range q.proto.spec.Identity {
		rv, err := r.Get(field)
		if err != nil {
			continue
		}
		if rv.Uint() != q.Uint(field) {
			return false, "the ICMP error quotes a packet with another " + field
		}
	}
	return true, "an ICMP error that quotes the question"
}

// A Key finds the questions a reply may answer. A question has the key of its flow; a reply's keys are those of the
// questions it could answer. It is made of nothing but what an ICMP error quotes of a packet: addresses, protocol and
// the first bytes of the transport header.
type Key uint64

// Flow is what a Key is made of, in the question's orientation.
type Flow struct {
	// Src is the questioner's address.
	Src netip.Addr
	// Dst is the address of the one who is asked.
	Dst netip.Addr
	// Proto is the IP protocol, or a number beyond 255 for a flow without IP.
	Proto uint16
	// SPort is the questioner's port, or what stands for one.
	SPort uint16
	// DPort is the port that is asked, or what stands for one.
	DPort uint16
	// Fragment marks a fragment other than the first: it has no transport header.
	Fragment bool
	// AnyPort says that an answer may come from another port than the one that was asked, as TFTP's.
	AnyPort bool
	// SameID says that the ports are an id that question and answer share, as ICMP's.
	SameID bool
}

// QuestionKeys are the keys to file a question under: exact, and loose for the protocols whose answers may come from
// another port (UDP), and for questions to a group. They are equal when there is no difference.
func QuestionKeys(q *Packet) (exact, loose Key) {
	f := flowOf(q.layers)
	exact, loose = f.keys()
	if f.Dst.IsMulticast() {
		loose = f.anyones()
	}
	return exact, loose
}

// ReplyKeys are the keys to look for questions under when r has come: first the exact one, then the loose one, then
// anyone's: that of questions to a group, whose members answer with addresses of their own.
func ReplyKeys(r *Packet) (exact, loose, anyones Key) {
	f := replyFlow(r)
	exact, loose = f.keys()
	return exact, loose, f.anyones()
}

// replyFlow is the flow of the question that r would answer.
func replyFlow(r *Packet) Flow {
	for i, l := range r.layers {
		if l.proto.spec.Quoted && l.proto.spec.Network {
			return flowOf(r.layers[i:]) // the question itself is quoted
		}
	}
	f := flowOf(r.layers)
	f.Src, f.Dst = f.Dst, f.Src
	if !f.SameID {
		f.SPort, f.DPort = f.DPort, f.SPort
	}
	return f
}

// flowOf reads the flow of the first network layer and what it carries.
func flowOf(layers []*Layer) Flow {
	var f Flow
	for i, l := range layers {
		if l.proto.spec.Flow == nil {
			continue
		}
		i += f.network(layers[i:])
		if !f.Fragment && i < len(layers) && layers[i].proto.spec.Flow != nil && !layers[i].proto.spec.Network {
			layers[i].proto.spec.Flow(&f, layers[i])
		}
		break
	}
	return f
}

// NetworkFlow is the flow of the network header that layers begin with and of the extension headers behind it, and says how
// many they are. Addresses are those that extension headers put in the place of the network header's.
func NetworkFlow(layers []*Layer) (f Flow, headers int) {
	headers = f.network(layers)
	return f, headers
}

// network is NetworkFlow into a flow that is there already.
func (f *Flow) network(layers []*Layer) (headers int) {
	for n, l := range layers {
		if n > 0 && !l.proto.spec.Extends {
			return n
		}
		if l.proto.spec.Flow != nil {
			l.proto.spec.Flow(f, l)
		}
		if n == 0 || l.proto.spec.Reroutes == nil {
			continue
		}
		src, dst := l.Rerouted()
		if a, ok := netip.AddrFromSlice(src); ok {
			f.Src = a
		}
		if a, ok := netip.AddrFromSlice(dst); ok {
			f.Dst = a
		}
	}
	return len(layers)
}

func (f Flow) keys() (exact, loose Key) {
	exact = f.key()
	if !f.AnyPort {
		return exact, exact
	}
	f.DPort = 0
	return exact, f.key()
}

// anyones is the key of a question to a group, which is answered by any member, to the questioner or to the group.
func (f Flow) anyones() Key {
	f.Src, f.Dst = netip.Addr{}, netip.Addr{}
	if f.AnyPort {
		f.DPort = 0
	}
	return f.key()
}

// key mixes the flow into 64 bits; collisions only cost a comparison.
func (f Flow) key() Key {
	const prime = 0x9e3779b97f4a7c15
	h := uint64(f.Proto)<<32 | uint64(f.SPort)<<16 | uint64(f.DPort)
	for _, a := range []netip.Addr{f.Src, f.Dst} {
		b := a.As16()
		for _, w := range [2]uint64{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])} {
			h = (h ^ w) * prime
			h ^= h >> 29
		}
	}
	return Key(h)
}
