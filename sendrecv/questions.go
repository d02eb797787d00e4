package sendrecv

import (
	"errors"
	"math/bits"
	"sort"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// Questions are the packets of one run, numbered from 0. A packet with sets stands for all of its elements, which are
// made one at a time and can be made again; nothing is stored.
type Questions struct {
	packets []*craft.Packet
	ends    []uint64 // how many elements there are up to and with each packet
}

// NewQuestions numbers the elements of the given packets. The error tells that there are no packets, one without
// layers, or more than 2^64 elements.
func NewQuestions(packets ...*craft.Packet) (*Questions, error) {
	q := &Questions{packets: packets}
	if len(packets) == 0 {
		return nil, errors.New("sendrecv: nothing to send")
	}
	total := uint64(0)
	for _, p := range packets {
		if len(p.Layers()) == 0 {
			return nil, errors.New("sendrecv: a packet without layers cannot be sent")
		}
		n, err := p.Count()
		if err != nil {
			return nil, err
		}
		var carry uint64
		if total, carry = bits.Add64(total, n, 0); carry != 0 {
			return nil, errors.New("sendrecv: more than 2^64 packets")
		}
		q.ends = append(q.ends, total)
	}
	return q, nil
}

// Packets are the packets as they were given, sets and all. The caller must not change the slice.
func (q *Questions) Packets() []*craft.Packet { return q.packets }

// Len is how many packets there are.
func (q *Questions) Len() uint64 { return q.ends[len(q.ends)-1] }

// At makes packet i, 0 <= i < Len.
func (q *Questions) At(i uint64) *craft.Packet {
	k := sort.Search(len(q.ends), func(k int) bool { return i < q.ends[k] })
	if k > 0 {
		i -= q.ends[k-1]
	}
	return q.packets[k].At(i)
}

// oneDestination reports that all questions go to the same host: a single packet without a set of addresses.
func (q *Questions) oneDestination() bool {
	ip := q.packets[0].Layer(layers.IP)
	return len(q.packets) == 1 && (ip == nil || ip.SetOf("dst") == nil)
}

// tcpPorts are the source ports of the TCP packets among the questions.
func (q *Questions) tcpPorts() []uint16 {
	seen := map[uint16]bool{}
	var ports []uint16
	add := func(port uint16) {
		if !seen[port] {
			seen[port] = true
			ports = append(ports, port)
		}
	}
	for _, p := range q.packets {
		l := p.Layer(layers.TCP)
		if l == nil {
			continue
		}
		set := l.SetOf("sport")
		switch {
		case set == nil:
			add(uint16(l.Uint("sport")))
			continue
		case l.Draws("sport"):
			n, _ := p.Count() // NewQuestions has seen that there are not too many
			for i := range min(n, 1<<16) {
				add(uint16(p.At(i).Layer(layers.TCP).Uint("sport")))
			}
			continue
		}
		trial := layers.TCP.New()
		for i := range min(set.Len(), 1<<16) {
			if trial.Set("sport", set.At(i)) == nil {
				add(uint16(trial.Uint("sport")))
			}
		}
	}
	return ports
}
