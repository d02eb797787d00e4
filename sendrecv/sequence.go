package sendrecv

import (
	"errors"
	"fmt"
	"math/bits"
	"sort"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// A Sequence is packets to be sent, asked or written one after the other, numbered from 0. A packet with sets stands for
// all of its elements, which are made one at a time and can be made again; nothing is stored. A Sequence does not change.
type Sequence struct {
	packets []*craft.Packet
	ends    []uint64 // how many elements there are up to and with each packet
}

// NewSequence numbers the elements of the given packets, in order. It fails when there are no packets, when one has no
// layers, and when there are more than 2^64-1 elements.
func NewSequence(packets ...*craft.Packet) (*Sequence, error) {
	seq := &Sequence{packets: packets}
	if len(packets) == 0 {
		return nil, errors.New("sendrecv: nothing to send")
	}
	total := uint64(0)
	for i, p := range packets {
		if len(p.Layers()) == 0 {
			element := ""
			if len(packets) > 1 {
				element = fmt.Sprintf("element %d: ", i+1)
			}
			return nil, fmt.Errorf("sendrecv: %sa packet without layers cannot be sent", element)
		}
		n, err := p.Count()
		if err != nil {
			return nil, err
		}
		var carry uint64
		if total, carry = bits.Add64(total, n, 0); carry != 0 {
			return nil, errors.New("sendrecv: more than 2^64 packets")
		}
		seq.ends = append(seq.ends, total)
	}
	return seq, nil
}

// Packets are the packets as they were given, with their sets. The caller must not change the slice.
func (seq *Sequence) Packets() []*craft.Packet { return seq.packets }

// Len is how many packets there are.
func (seq *Sequence) Len() uint64 { return seq.ends[len(seq.ends)-1] }

// At makes packet i, 0 <= i < Len.
func (seq *Sequence) At(i uint64) *craft.Packet {
	k := sort.Search(len(seq.ends), func(k int) bool { return i < seq.ends[k] })
	if k > 0 {
		i -= seq.ends[k-1]
	}
	return seq.packets[k].At(i)
}

// oneDestination reports that all packets go to the same host: there is one, without a set of addresses.
func (seq *Sequence) oneDestination() bool {
	ip := seq.packets[0].Layer(layers.IP)
	return len(seq.packets) == 1 && (ip == nil || ip.SetOf("dst") == nil)
}

// tcpPorts are the source ports of the TCP packets.
func (seq *Sequence) tcpPorts() []uint16 {
	seen := map[uint16]bool{}
	var ports []uint16
	add := func(port uint16) {
		if !seen[port] {
			seen[port] = true
			ports = append(ports, port)
		}
	}
	for _, p := range seq.packets {
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
			n, _ := p.Count() // NewSequence has seen that this does not fail
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
