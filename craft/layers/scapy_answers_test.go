package layers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// An exchange is a question and what came, of which it may be an answer.
type exchange struct{ question, reply plan }

func (e exchange) String() string { return fmt.Sprintf("%s <- %s", e.question, e.reply) }

// of is a layer of a plan, from names of fields and their values in turn: a number, an address, bytes as octets, or layers.
func of(name craft.Name, pairs ...any) *layerPlan {
	l := &layerPlan{name: name}
	for i := 0; i < len(pairs); i += 2 {
		s := setting{field: pairs[i].(string), value: pairs[i+1]}
		switch pairs[i+1].(type) {
		case int:
			s.tag = "number"
			s.value = uint64(pairs[i+1].(int))
		case uint64:
			s.tag = "number"
		case string:
			s.tag = "address"
		case octets:
			s.tag = "bytes"
		case []plan:
			s.tag = "packets"
		}
		l.settings = append(l.settings, s)
	}
	return l
}

// A talker makes exchanges by chance. What belongs together is mostly so: each value is another one now and then.
type talker struct {
	*stackGenerator
	v6               bool
	guest, host      string
	sport, dport, id int
	ack              uint64
	question, reply  plan // what stands on the network layers
	proto            int  // of the network layers, where no binding says it
}

// slip is a value, or now and then another one of the same kind.
func slip[T any](c *talker, value T, others ...T) T {
	if !c.chance(8) {
		return value
	}
	return oneOf(c.stackGenerator, others)
}

// exchange makes a question and a reply.
func (g *stackGenerator) exchange() exchange {
	c := &talker{stackGenerator: g, v6: g.chance(35), guest: "192.0.2.1", host: "192.0.2.2", sport: oneOf(g, []int{20, 1024, 40000}), dport: oneOf(g, []int{7, 80, 8080}),
		id: oneOf(g, []int{0, 7, 65535}), ack: oneOf(g, []uint64{0, 1000, 1 << 31})}
	if c.v6 {
		c.guest, c.host = "2001:db8::1", "2001:db8::2"
	}
	talks := []func(c *talker){(*talker).tcp, (*talker).tcp, (*talker).udp, (*talker).echo, (*talker).error, (*talker).error, (*talker).dns, (*talker).bootp, (*talker).ntp,
		(*talker).snmp, (*talker).arp, (*talker).neighbour, (*talker).raw, (*talker).sctp}
	oneOf(g, talks)(c)
	return exchange{c.question, c.reply}
}

// network puts question and reply on network layers, and those on link layers now and then.
func (c *talker) network(question, reply plan) {
	other := []string{"192.0.2.3", "192.0.2.255", c.guest, c.host}
	if c.v6 {
		other = []string{"2001:db8::3", "fe80::1", c.guest, c.host}
	}
	ip, next := layers.IP, "proto"
	if c.v6 {
		ip, next = layers.IPv6, "nh"
	}
	q, r := of(ip, "src", c.guest, "dst", c.host), of(ip, "src", slip(c, c.host, other...), "dst", slip(c, c.guest, other...))
	if c.proto != 0 {
		q.settings = append(q.settings, of(ip, next, c.proto).settings...)
		r.settings = append(r.settings, of(ip, next, slip(c, c.proto, 99, 253)).settings...)
	}
	c.question, c.reply = append(plan{q}, question...), append(plan{r}, reply...)
	c.link()
}

// link puts question and reply on link layers now and then.
func (c *talker) link() {
	if !c.chance(25) {
		return
	}
	below := func(src, dst string) plan {
		p := plan{of(layers.Ether, "src", src, "dst", dst)}
		if c.chance(30) {
			p = append(p, of(layers.Dot1Q, "vlan", slip(c, 5, 6)))
		}
		return p
	}
	if c.chance(30) {
		below = func(src, dst string) plan {
			return plan{of(layers.Ether, "src", src, "dst", dst), of(layers.Dot1Q, "vlan", slip(c, 5, 6))}
		}
	}
	c.question = append(below("02:00:00:00:00:01", "02:00:00:00:00:02"), c.question...)
	c.reply = append(below("02:00:00:00:00:02", "02:00:00:00:00:01"), c.reply...)
}

// data is a payload of a few bytes, or none.
func (c *talker) data() plan {
	if n := c.IntN(4); n > 0 {
		return plan{of(craft.Raw, "load", octets(strings.Repeat("x", n)))}
	}
	return nil
}

// answerTo is the data of an answer, which seldom is none when the question has some.
func (c *talker) answerTo(data plan) plan {
	if answer := c.data(); answer != nil || data == nil {
		return answer
	}
	return slip(c, plan{of(craft.Raw, "load", octets("xyz"))}, nil)
}

func (c *talker) tcp() {
	const fin, syn, rst, psh, ack = 1, 2, 4, 8, 16
	seq := slip(c, oneOf(c.stackGenerator, []uint64{100, 1, 1 << 31}), 1<<32-1)
	asked := oneOf(c.stackGenerator, []int{syn, syn, ack, ack, psh | ack, fin | ack, fin, 0, rst, fin | psh | 32})
	replied := oneOf(c.stackGenerator, map[bool][]int{true: {syn | ack, syn | ack, rst | ack, ack}, false: {ack, ack, rst, psh | ack, fin | ack, rst | ack}}[asked == syn])
	data := c.data()
	if asked&ack == 0 {
		c.ack = slip[uint64](c, 0, 1000)
	}
	next := seq + uint64(len(data))
	if asked&(syn|fin) != 0 {
		next++
	}
	question := append(plan{of(layers.TCP, "sport", c.sport, "dport", c.dport, "seq", seq, "ack", c.ack, "flags", asked)}, data...)
	reply := append(plan{of(layers.TCP, "sport", slip(c, c.dport, 81, c.sport), "dport", slip(c, c.sport, 21, c.dport), "flags", slip(c, replied, syn, ack, 0),
		"seq", slip(c, c.ack, 5, c.ack+2&0xffffffff), "ack", slip(c, next&0xffffffff, next+2&0xffffffff, next+9&0xffffffff))}, c.data()...)
	c.network(question, reply)
}

func (c *talker) udp() {
	data := c.data()
	c.network(append(plan{of(layers.UDP, "sport", c.sport, "dport", c.dport)}, data...),
		append(plan{of(layers.UDP, "sport", slip(c, c.dport, 81, c.sport), "dport", slip(c, c.sport, 21, c.dport))}, c.answerTo(data)...))
}

func (c *talker) sctp() {
	c.network(plan{of(layers.SCTP, "sport", c.sport, "dport", c.dport, "tag", c.id)},
		plan{of(layers.SCTP, "sport", slip(c, c.dport, 81, c.sport), "dport", slip(c, c.sport, 21, c.dport), "tag", slip(c, c.id, 5))})
}

func (c *talker) raw() {
	c.proto = 99
	data := c.data()
	c.network(data, c.answerTo(data))
}

func (c *talker) echo() {
	seq, data := c.IntN(3), c.data()
	if c.v6 {
		data := octets(oneOf(c.stackGenerator, []string{"x", "abcdefgh"}))
		c.network(plan{of(layers.ICMPv6EchoRequest, "id", c.id, "seq", seq, "data", data)},
			plan{of(layers.ICMPv6EchoReply, "id", slip(c, c.id, 5), "seq", slip(c, seq, 9), "data", slip(c, data, octets("y"), octets("abcdefghi")))})
		return
	}
	kind := oneOf(c.stackGenerator, []int{8, 8, 13, 15, 17})
	answer := map[int]int{8: 0, 13: 14, 15: 16, 17: 18}[kind]
	c.network(append(plan{of(layers.ICMP, "type", kind, "id", c.id, "seq", seq)}, data...),
		append(plan{of(layers.ICMP, "type", slip(c, answer, kind, 0, 14), "id", slip(c, c.id, 5), "seq", slip(c, seq, 9))}, slip(c, data, c.data())...))
}

// error is a question and an error that quotes it.
func (c *talker) error() {
	var question, quote plan
	switch c.IntN(3) {
	case 0:
		question = plan{of(layers.TCP, "sport", c.sport, "dport", c.dport, "seq", 100, "ack", 0, "flags", 2)}
		quote = plan{of(layers.TCPerror, "sport", slip(c, c.sport, 21), "dport", slip(c, c.dport, 81), "seq", slip(c, 100, 101), "ack", 0, "flags", 2)}
	case 1:
		question = plan{of(layers.UDP, "sport", c.sport, "dport", c.dport)}
		quote = plan{of(layers.UDPerror, "sport", slip(c, c.sport, 21), "dport", slip(c, c.dport, 81))}
	case 2:
		if c.v6 {
			question = plan{of(layers.ICMPv6EchoRequest, "id", c.id, "seq", 1)}
			quote = plan{of(layers.ICMPv6EchoRequest, "id", slip(c, c.id, 5), "seq", slip(c, 1, 2))}
			break
		}
		question = plan{of(layers.ICMP, "type", 8, "id", c.id, "seq", 1)}
		quote = plan{of(layers.ICMPerror, "type", 8, "id", slip(c, c.id, 5), "seq", slip(c, 1, 2))}
	}
	guest, host := c.guest, c.host
	if c.v6 {
		kind := oneOf(c.stackGenerator, []craft.Name{layers.ICMPv6DestUnreach, layers.ICMPv6TimeExceeded, layers.ICMPv6PacketTooBig, layers.ICMPv6ParamProblem})
		reply := append(plan{of(kind), of(layers.IPerror6, "src", slip(c, guest, "2001:db8::9"), "dst", slip(c, host, "2001:db8::9"))}, quote...)
		c.network(question, reply)
	} else {
		kind := oneOf(c.stackGenerator, []int{3, 4, 5, 11, 12})
		reply := append(plan{of(layers.ICMP, "type", kind), of(layers.IPerror, "src", slip(c, guest, "192.0.2.9"), "dst", slip(c, host, "192.0.2.9"), "id", slip(c, 1, 256, 3))}, quote...)
		c.network(question, reply)
	}
	if c.chance(50) { // from a router on the way
		for _, l := range c.reply {
			if l.name == layers.IP || l.name == layers.IPv6 {
				l.settings[0].value = map[bool]string{false: "198.51.100.1", true: "2001:db8:f::1"}[c.v6]
				break
			}
		}
	}
}

func (c *talker) dns() {
	q := of(layers.DNS, "id", c.id, "rd", 1)
	r := of(layers.DNS, "id", slip(c, c.id, 5), "qr", slip(c, 1, 0))
	c.network(plan{of(layers.UDP, "sport", c.sport), q}, plan{of(layers.UDP, "dport", slip(c, c.sport, 21)), r})
}

func (c *talker) bootp() {
	c.v6, c.guest, c.host = false, "0.0.0.0", "255.255.255.255"
	if c.chance(50) {
		c.guest, c.host = "192.0.2.1", "192.0.2.2"
	}
	c.network(plan{of(layers.UDP, "sport", 68, "dport", 67), of(layers.BOOTP, "op", 1, "xid", c.id)},
		plan{of(layers.UDP, "sport", 67, "dport", slip(c, 68, 21)), of(layers.BOOTP, "op", slip(c, 2, 1), "xid", slip(c, c.id, 5))})
}

func (c *talker) ntp() {
	c.network(plan{of(layers.UDP, "sport", c.sport, "dport", 123), of(layers.NTP, "mode", 3)},
		plan{of(layers.UDP, "sport", 123, "dport", slip(c, c.sport, 21)), of(layers.NTP, "mode", slip(c, 4, 3))})
}

func (c *talker) snmp() {
	pdu := func(name craft.Name, id int) *layerPlan {
		return of(layers.SNMP, "PDU", []plan{{of(name, "id", id)}})
	}
	asked := oneOf(c.stackGenerator, []craft.Name{layers.SNMPGet, layers.SNMPNext, layers.SNMPSet})
	c.network(plan{of(layers.UDP, "sport", c.sport, "dport", 161), pdu(asked, 7)},
		plan{of(layers.UDP, "sport", 161, "dport", slip(c, c.sport, 21)), pdu(slip(c, layers.SNMPResponse, layers.SNMPGet), slip(c, 7, 8))})
}

func (c *talker) arp() {
	c.v6, c.guest, c.host = false, "192.0.2.1", "192.0.2.2"
	op := oneOf(c.stackGenerator, []int{1, 1, 3})
	c.question = plan{of(layers.ARP, "op", op, "hwsrc", "02:00:00:00:00:01", "psrc", c.guest, "pdst", c.host)}
	c.reply = plan{of(layers.ARP, "op", slip(c, op+1, 1, 4), "hwsrc", "02:00:00:00:00:02", "psrc", slip(c, c.host, "192.0.2.9"), "pdst", slip(c, c.guest, "192.0.2.9"))}
	c.link()
}

func (c *talker) neighbour() {
	c.v6, c.guest, c.host = true, "fe80::1", "fe80::2"
	target := c.host
	q, r := of(layers.ICMPv6NDNS, "tgt", target), of(layers.ICMPv6NDNA, "tgt", slip(c, target, "fe80::9"))
	if c.chance(30) {
		q, r = of(layers.ICMPv6NDRS), of(layers.ICMPv6NDRA)
	}
	c.network(plan{q}, plan{r})
}

// matched reports whether a reply is taken for the answer to a question here: found under its key, and by its fields.
func (e exchange) matched() bool {
	q, r := e.question.packet(), e.reply.packet()
	exact, loose := craft.QuestionKeys(q)
	keys := func(a, b, c craft.Key) []craft.Key { return []craft.Key{a, b, c} }(craft.ReplyKeys(r))
	return (slices.Contains(keys, exact) || slices.Contains(keys, loose)) && craft.Answers(r, q)
}

// answersCompared compares which reply sr takes for the answer to a question.
func (s *scapyProcess) answersCompared(t *testing.T, g *stackGenerator) {
	var all []exchange
	var questions [][]any
	for i := range 4 * usersCases() {
		g.target(scapySeed(t), i)
		e := g.exchange()
		all = append(all, e)
		questions = append(questions, []any{"answers", e.reply, e.question})
	}
	c, raised := newTally(), map[string]int{}
	yes := 0
	s.askAll(t, questions, func(i int, a answer) {
		if a.Error != "" {
			raised[a.Error]++
			return
		}
		e := all[i]
		got := e.matched()
		if a.Yes {
			yes++
		}
		c.add(got == a.Yes, e.why(got), fmt.Sprintf("got %t, want %t: %s", got, a.Yes, craft.Why(e.reply.packet(), e.question.packet())), e.String())
	})
	reportRaised(t, scapySeed(t), len(all), raised)
	t.Logf("%d of %d are answers", yes, len(all))
	c.report(t, "answers", leastEqual)
}

// why is why an exchange is one here and none in scapy, or the other way round; "" for no reason.
func (e exchange) why(got bool) string {
	q := e.question.packet()
	says := craft.Why(e.reply.packet(), q)
	for _, d := range answerDifferences {
		if d.got == got && d.says == says && (d.only == nil || d.only(q)) {
			return d.why
		}
	}
	return ""
}

// An answerDifference is where a reply is an answer on one side only, by what is said of it here, and for which questions.
type answerDifference struct {
	got  bool
	says string
	only func(q *craft.Packet) bool
	why  string
}

const (
	emptyAnswers = "data is answered without data, too"
	noFlag       = "an acknowledgement number counts with its flag only"
)

var answerDifferences = []answerDifference{
	{false, "no: it answers the question of another host", nil, "an answer of ARP names who asked"},
	{false, "no: its mode does not answer the question's mode", nil, "a client of NTP is answered by a server: another question is no answer"},
	{true, "yes: data is answered without data", nil, emptyAnswers},
	{true, "yes: it comes to the question's port", nil, emptyAnswers},
	{true, "yes: a challenge ACK: the peer knows this flow already", nil, "a peer that knows the flow answers a SYN with the numbers of that one, RFC 5961"},
	{true, "yes: a RST without ACK from the peer", acknowledgesNothing, noFlag},
	{true, "yes: ports are swapped and the numbers fit", acknowledgesNothing, noFlag},
	{true, "yes: ports are swapped and the numbers fit", wraps, "sequence numbers wrap"},
	{true, "yes: an ICMP error that quotes the question", behindIPv6, "a quote is known by addresses and ports: a NAT may have changed the rest; so in scapy over IPv4 only"},
}

// acknowledgesNothing reports whether a segment has neither ACK nor SYN: its acknowledgement number says nothing.
func acknowledgesNothing(q *craft.Packet) bool {
	const syn, ack = 2, 16
	return q.Layer(layers.TCP).Uint("flags")&(syn|ack) == 0
}

// wraps reports whether what answers a segment has small numbers.
func wraps(q *craft.Packet) bool { return q.Layer(layers.TCP).Uint("seq") == 1<<32-1 }

func behindIPv6(q *craft.Packet) bool { return q.Has(layers.IPv6) }
