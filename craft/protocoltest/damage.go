package protocoltest

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// Survives damages the frame n times, always in the same ways, and checks Bytes and OwnValues of what comes out.
func (f Frame) Survives(t *testing.T, n int) {
	h := fnv.New64a()
	_, _ = h.Write(f.Wire) // it never fails
	random := rand.New(rand.NewPCG(h.Sum64(), 0))
	for range n {
		wire := damaged(random, f.Wire)
		Bytes(t, f.first(), wire)
		OwnValues(t, f.first(), wire)
		if t.Failed() {
			t.Fatalf("read as %s: %x", f.first(), wire)
		}
	}
}

// damaged is a copy of bytes to which one to three things were done.
func damaged(random *rand.Rand, wire []byte) []byte {
	b := slices.Clone(wire)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(b) + 1)
		switch random.IntN(6) {
		case 0:
			b = b[:at]
		case 1:
			b = append(b, byte(random.Uint32()))
		case 2:
			b = slices.Insert(b, at, byte(random.Uint32()))
		case 3:
			b = slices.Delete(b, at, min(at+1, len(b)))
		default: // mostly another bit or byte, which leaves the rest where it is
			if at == len(b) {
				continue
			}
			b[at] = []byte{b[at] ^ 1<<random.IntN(8), byte(random.Uint32()), 0, 0xff}[random.IntN(4)]
		}
	}
	return b
}

// Bytes reads any bytes as a protocol: nothing that is done with the packet panics, it builds back to the same bytes, and
// neither does a change of a copy change it.
func Bytes(t *testing.T, first craft.Name, wire []byte) {
	t.Helper()
	p := craft.Dissect(wire, first)
	looked := p.Show() + p.Summary() + p.String() + p.Command()
	if text, err := json.Marshal(p); err != nil || !json.Valid(text) {
		t.Errorf("JSON: %v", err)
	}
	if _, err := craft.ExplainText(p, nil); err != nil {
		t.Errorf("explain: %v in %s", err, looked)
	}
	q := craft.Stack(layers.IP.New("dst", "10.0.0.1"), layers.UDP.New())
	for _, other := range []*craft.Packet{q, p} {
		craft.Answers(p, other)
		craft.Answers(other, p)
	}
	craft.ReplyKeys(p)
	craft.QuestionKeys(p)
	rebuilt(t, p, wire)
	c := p.Copy()
	c.Refresh()
	if _, err := craft.Build(c, nil); err != nil {
		return // what was announced is too long to be announced rightly
	}
	rebuilt(t, p, wire)
}
