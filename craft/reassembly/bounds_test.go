package reassembly_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
)

// Thousands of segments that wait, in any order, with and without holes between them.
func TestManySegmentsWait(t *testing.T) {
	const n = 5000
	r := rand.New(rand.NewPCG(9, 10))
	for _, order := range []string{"reversed", "shuffled", "overlapping"} {
		c := talk{r.Uint32(), r.Uint32()}
		var packets []*craft.Packet
		var want []byte
		for i := range n {
			data := string([]byte{byte(i), byte(i >> 8), byte(i % 7)})
			if i%100 != 99 { // what is lost
				packets = append(packets, c.up("A", 1+3*i, data))
				want = append(want, data...)
			}
			if order == "overlapping" && i%100 > 1 && i%100 < 90 {
				packets = append(packets, c.up("A", 3*i-1, string(want[len(want)-5:])))
			}
		}
		slices.Reverse(packets)
		if order != "reversed" {
			r.Shuffle(len(packets), func(i, j int) { packets[i], packets[j] = packets[j], packets[i] })
		}
		packets = append([]*craft.Packet{c.up("S", 0, "")}, packets...)
		got := reassembly.Follow(slices.Values(packets))
		if len(got) != 1 || !bytes.Equal(got[0].Data, want) || len(got[0].Gaps) != n/100-1 || got[0].Conflicts != nil {
			t.Errorf("%s: got %d streams with %d bytes, %d gaps and conflicts %v, want %d bytes and %d gaps",
				order, len(got), len(got[0].Data), len(got[0].Gaps), got[0].Conflicts, len(want), n/100-1)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Run("what waits in a stream", func(t *testing.T) {
		c := talk{100, 200}
		s := reassembly.NewStreams(reassembly.StreamLimits{Early: 10_000})
		s.Add(c.up("S", 0, ""))
		s.Add(c.up("A", 1, "a"))
		for i := range 20 {
			s.Add(c.up("A", 3+1000*i, strings.Repeat("x", 1000)))
		}
		s.Add(c.up("A", 2, "b"))
		got := s.Flush()
		if len(got) != 1 || len(got[0].Data) != 20_001 || got[0].Unplaced != 1 || fmt.Sprint(got[0].Gaps) != "[1..1]" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("all streams together", func(t *testing.T) {
		s := reassembly.NewStreams(reassembly.StreamLimits{Bytes: 100_000})
		total, parts := 0, 0
		count := func(list []*reassembly.Stream) {
			for _, st := range list {
				total += len(st.Data)
				parts++
			}
		}
		for i := range 1000 {
			port := 1000 + i%100
			count(s.Add(tcp("10.0.0.1", "10.0.0.2", port, 80, "A", uint32(2000*(i/100)), 0, strings.Repeat("x", 2000))))
		}
		if total < 2_000_000-100_000 {
			t.Errorf("%d bytes were handed out: more is held than the limit", total)
		}
		count(s.Flush())
		if total != 2_000_000 {
			t.Errorf("%d bytes came out of 2000000", total)
		}
		if parts < 900 {
			t.Errorf("%d parts", parts)
		}
	})
	t.Run("connections", func(t *testing.T) {
		s := reassembly.NewStreams(reassembly.StreamLimits{Connections: 10})
		var got []*reassembly.Stream
		for port := range 50 {
			got = append(got, s.Add(tcp("10.0.0.1", "10.0.0.2", port, 80, "A", 1, 0, "x"))...)
		}
		if len(got) != 40 || got[0].End != reassembly.EndLimit || got[39].Src.Port() != 39 {
			t.Errorf("%d handed out, want the 40 that were silent longest", len(got))
		}
		if left := s.Flush(); len(left) != 10 {
			t.Errorf("%d were left, want 10", len(left))
		}
	})
}

// What no stream ends and no gap fills must not fill the memory either.
func TestStreamsHoldConstantMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	s := reassembly.NewStreams(reassembly.StreamLimits{Connections: 100, Bytes: 4 << 20, Early: 1 << 20})
	p := tcp("10.0.0.1", "10.0.0.2", 1000, 80, "A", 0, 0, strings.Repeat("x", 1000))
	l := p.Layer(layers.TCP)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100_000 {
		if err := errors.Join(l.SetUint("sport", uint64(r.IntN(1000))), l.SetUint("seq", uint64(r.Uint32()))); err != nil {
			t.Fatal(err)
		}
		s.Add(p)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("100 MB of segments left %d bytes on the heap, want about 4 MiB", grown)
	}
	runtime.KeepAlive(s)
}
