package craft_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// asking is a message with one question.
func asking(q *craft.Packet) *craft.Packet {
	return craft.Stack(craft.IP.New(), craft.UDP.New(), craft.DNS.New("qd", q))
}

// counts checks how many packets p stands for.
func counts(t *testing.T, what string, p *craft.Packet, want uint64) {
	t.Helper()
	if n, err := p.Count(); n != want || err != nil {
		t.Errorf("%s: stands for %d packets, %v, want %d", what, n, err, want)
	}
}

// TestSetsInsideFieldsAreTheFieldsOwn: neither the packet that was given nor a copy is tied to them.
func TestSetsInsideFieldsAreTheFieldsOwn(t *testing.T) {
	q := craft.Stack(craft.DNSQR.New("qtype", craft.List(1, 28)))
	p := asking(q)
	c := p.Copy()
	set(t, q.Layer(craft.DNSQR), "qtype", 5)
	for what, m := range map[string]*craft.Packet{"the packet": p, "its copy": c} {
		counts(t, what, m, 2)
		for i, want := range []uint64{1, 28} {
			if got := m.At(uint64(i)).Layer(craft.DNSQR).Uint("qtype"); got != want {
				t.Errorf("%s, element %d: qtype %d, want %d", what, i, got, want)
			}
		}
	}
}

// TestTooManyListsOfLayersAreAnError: whether one of the layers stands for too many packets or all of them do together.
func TestTooManyListsOfLayersAreAnError(t *testing.T) {
	all16, all32 := craft.Range(0, 65535, 1), craft.Range(0, 1<<32-1, 1)
	some := func() *craft.Packet {
		return craft.Stack(craft.DNSQR.New("qtype", all16, "qclass", all16))
	}
	cases := []struct {
		name, field string
		list        []*craft.Packet
	}{
		{"exactly 2^64 lists", "qd", []*craft.Packet{some(), some()}},
		{"more", "qd", []*craft.Packet{some(), some(), some()}},
		{"one of the layers", "an", []*craft.Packet{craft.Stack(craft.DNSRR.New("rclass", all16, "ttl", all32, "rdlen", all16))}},
	}
	for _, c := range cases {
		p := craft.Stack(craft.DNS.New(c.field, c.list))
		if n, err := p.Count(); err == nil {
			t.Errorf("%s: got %d packets, want an error", c.name, n)
		}
		if _, err := craft.Build(p.At(1<<63+1), nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
