package craft

import "net/netip"

// Answers reports whether packet r answers packet q, by scapy's rules with its known misses mended: sequence numbers
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
	ok, reason := match{r, q}.at(0, 0)
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

// A match is a reply held against a question, layer by layer from the outside in.
type match struct{ r, q *Packet }

// next goes on with the payloads of layers i and j.
func (m match) next(i, j int) (bool, string) { return m.at(i+1, j+1) }

// at decides from layer i of the reply and layer j of the question on.
func (m match) at(i, j int) (bool, string) {
	switch {
	case j == len(m.q.layers) || m.q.layers[j].proto.name == Padding:
		return true, "the question ends here"
	case i == len(m.r.layers) || m.r.layers[i].proto.name == Padding:
		if m.q.layers[j].proto.name == Raw {
			return true, "data is answered without data"
		}
		return false, "it has no " + string(m.q.layers[j].proto.name) + " layer"
	}
	r, q := m.r.layers[i], m.q.layers[j]
	if r.proto.name != q.proto.name {
		return false, "it has " + string(r.proto.name) + " where the question has " + string(q.proto.name)
	}
	if q.proto.answers == nil {
		return m.next(i, j)
	}
	return q.proto.answers(m, i, j)
}

// quote decides whether the packet quoted at layer i of the reply is the question from its IP layer j on. Only what the
// first eight bytes of a transport header hold is compared: more may not be there.
func (m match) quote(i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	if r.Addr("src") != q.Addr("src") || r.Addr("dst") != q.Addr("dst") || r.Uint("proto") != q.Uint("proto") {
		return false, "the ICMP error quotes a packet between other hosts"
	}
	if i+1 == len(m.r.layers) || j+1 == len(m.q.layers) {
		return true, "an ICMP error that quotes the question"
	}
	r, q = m.r.layers[i+1], m.q.layers[j+1]
	if r.proto.name != q.proto.name+"error" {
		return true, "an ICMP error that quotes the question's IP header"
	}
	for _, field := range []string{"sport", "dport", "type", "code", "id", "seq"} {
		if field == "seq" && q.proto.name == TCP {
			continue // routers and NATs on the way may have rewritten it
		}
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

// flow is what a Key is made of, in the question's orientation.
type flow struct {
	src, dst     netip.Addr
	proto        uint16
	sport, dport uint16
}

// flowARP marks the flow of an ARP exchange, beyond the IP protocol numbers.
const flowARP = 0x806

// QuestionKeys are the keys to file a question under: exact, and loose for the protocols whose answers may come from
// another port (UDP). They are equal when there is no difference.
func QuestionKeys(q *Packet) (exact, loose Key) {
	f := flowOf(q.layers)
	return f.keys()
}

// ReplyKeys are the keys to look for questions under when r has come: first the exact one, then the loose one.
func ReplyKeys(r *Packet) (exact, loose Key) {
	for i, l := range r.layers {
		if l.proto.name == IPerror {
			f := flowOf(r.layers[i:]) // the question itself is quoted
			return f.keys()
		}
	}
	f := flowOf(r.layers)
	f.src, f.dst = f.dst, f.src
	if f.proto != icmpProtocol {
		f.sport, f.dport = f.dport, f.sport
	}
	return f.keys()
}

const icmpProtocol, udpProtocol = 1, 17

// flowOf reads the flow of the first network layer and what it carries.
func flowOf(layers []*Layer) flow {
	var f flow
	for i, l := range layers {
		if l.proto.flow == nil {
			continue
		}
		l.proto.flow(&f, l)
		if l.Uint("frag") == 0 && i+1 < len(layers) && layers[i+1].proto.flow != nil && !layers[i+1].proto.network {
			layers[i+1].proto.flow(&f, layers[i+1])
		}
		break
	}
	return f
}

func (f flow) keys() (exact, loose Key) {
	exact = f.key()
	if f.proto != udpProtocol {
		return exact, exact
	}
	f.dport = 0
	return exact, f.key()
}

// key mixes the flow into 64 bits; collisions only cost a comparison.
func (f flow) key() Key {
	const prime = 0x9e3779b97f4a7c15
	h := uint64(f.proto)<<32 | uint64(f.sport)<<16 | uint64(f.dport)
	for _, a := range []netip.Addr{f.src, f.dst} {
		b := a.As16()
		for _, w := range [2][]byte{b[:8], b[8:]} {
			for _, c := range w {
				h = h<<8 | h>>56
				h ^= uint64(c)
			}
			h *= prime
			h ^= h >> 29
		}
	}
	return Key(h)
}
