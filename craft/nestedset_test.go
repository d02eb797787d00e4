package craft_test

import (
	"runtime"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// asking is a message with one question.
func asking(q *craft.Packet) *craft.Packet {
	return craft.Stack(layers.IP.New(), layers.UDP.New(), layers.DNS.New("qd", q))
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
	q := craft.Stack(layers.DNSQR.New("qtype", values.List(1, 28)))
	p := asking(q)
	c := p.Copy()
	crafttest.Set(t, q.Layer(layers.DNSQR), "qtype", 5)
	for what, m := range map[string]*craft.Packet{"the packet": p, "its copy": c} {
		counts(t, what, m, 2)
		for i, want := range []uint64{1, 28} {
			if got := m.At(uint64(i)).Layer(layers.DNSQR).Uint("qtype"); got != want {
				t.Errorf("%s, element %d: qtype %d, want %d", what, i, got, want)
			}
		}
	}
}

// TestTooManyListsOfLayersAreAnError: whether one of the layers stands for too many packets or all of them do together.
func TestTooManyListsOfLayersAreAnError(t *testing.T) {
	all16, all32 := values.Range(0, 65535, 1), values.Range(0, 1<<32-1, 1)
	some := func() *craft.Packet {
		return craft.Stack(layers.DNSQR.New("qtype", all16, "qclass", all16))
	}
	cases := []struct {
		name, field string
		list        []*craft.Packet
	}{
		{"exactly 2^64 lists", "qd", []*craft.Packet{some(), some()}},
		{"more", "qd", []*craft.Packet{some(), some(), some()}},
		{"one of the layers", "an", []*craft.Packet{craft.Stack(layers.DNSRR.New("rclass", all16, "ttl", all32, "rdlen", all16))}},
	}
	for _, c := range cases {
		p := craft.Stack(layers.DNS.New(c.field, c.list))
		if n, err := p.Count(); err == nil {
			t.Errorf("%s: got %d packets, want an error", c.name, n)
		}
		if _, err := craft.Build(p.At(1<<63+1), nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestAChangeKeepsTheSetsOfTheOtherFields: the layers that are read from a field have the sets they were given.
func TestAChangeKeepsTheSetsOfTheOtherFields(t *testing.T) {
	p := asking(craft.Stack(layers.DNSQR.New("qname", "a.", "qtype", values.List(1, 28))))
	q := p.Layer(layers.DNSQR)
	crafttest.Set(t, q, "qname", "b.")
	counts(t, "with another name", p, 2)
	for i, want := range []uint64{1, 28} {
		e := p.At(uint64(i)).Layer(layers.DNSQR)
		if e.Text("qname") != `"b."` || e.Uint("qtype") != want {
			t.Errorf("element %d: %s of type %d, want \"b.\" of type %d", i, e.Text("qname"), e.Uint("qtype"), want)
		}
	}
	dns := p.Layer(layers.DNS)
	v, err := dns.Get("qd")
	if err != nil {
		t.Fatal(err)
	}
	crafttest.Set(t, dns, "qd", v)
	counts(t, "assigned to itself", p, 2)
	crafttest.Set(t, q, "qclass", values.List(1, 2, 3))
	counts(t, "with a second set", p, 6)
	counts(t, "a copy", p.Copy(), 6)
	crafttest.Set(t, q, "qtype", 5)
	counts(t, "without the first", p, 3)
	crafttest.Set(t, q, "qclass", 1)
	counts(t, "without any", p, 1)
	if got := p.Layer(layers.DNSQR); got != q || got.Uint("qtype") != 5 {
		t.Errorf("the question is %s, not the one that was read", got.Packet())
	}
}

// TestStackedLayersWithSetsAreReadOneByOne as those without are.
func TestStackedLayersWithSetsAreReadOneByOne(t *testing.T) {
	p := asking(craft.Stack(layers.DNSQR.New("qname", "a", "qtype", values.List(1, 28)), layers.DNSQR.New("qname", "b")))
	v, err := p.Layer(layers.DNS).Get("qd")
	if err != nil || len(v.Packets()) != 2 {
		t.Fatalf("got %s, %v, want two questions", v, err)
	}
	crafttest.Set(t, v.Packets()[1].Layers()[0], "qname", "c")
	counts(t, "with another name", p, 2)
	if got := p.At(1).Nth(layers.DNSQR, 2).Text("qname"); got != `"c."` {
		t.Errorf("the second question of the second packet is %s", got)
	}
}

// TestWhatReplacesALayerThatChangedStays: what is still to be written of a change gives way to what is set after it.
func TestWhatReplacesALayerThatChangedStays(t *testing.T) {
	p := asking(craft.Stack(layers.DNSQR.New("qname", "a.")))
	dns, q := p.Layer(layers.DNS), p.Layer(layers.DNSQR)
	crafttest.Set(t, q, "qname", "b.")
	crafttest.Set(t, dns, "qd", craft.Verbatim("xyz"))
	if got := string(dns.Bytes("qd")); got != "xyz" {
		t.Errorf("raw bytes: got %q", got)
	}
	crafttest.Set(t, q, "qname", "c.")
	if got := string(dns.Bytes("qd")); got != "xyz" {
		t.Errorf("a change to a layer that stands nowhere: got %q", got)
	}
	if err := dns.Clear("qd"); err != nil {
		t.Fatal(err)
	}
	crafttest.Set(t, p.Layer(layers.DNSQR), "qname", "d.")
	v, err := dns.Get("qd")
	if got := string(v.Bytes()); err != nil || got != "\x01d\x00\x00\x01\x00\x01" {
		t.Errorf("a default that changed: got %q, %v", got, err)
	}
	crafttest.Set(t, p.Layer(layers.DNSQR), "qname", "e.")
	if err := dns.Clear("qd"); err != nil || p.Layer(layers.DNSQR).Text("qname") != `"www.example.com."` {
		t.Errorf("given back after a change: %s, %v", p.Layer(layers.DNSQR).Text("qname"), err)
	}
}

// BenchmarkChangeRecords changes every record of a message, and builds it once.
func BenchmarkChangeRecords(b *testing.B) {
	list := make([]*craft.Packet, 2000)
	for i := range list {
		list[i] = craft.Stack(layers.DNSRR.New("rrname", "a.", "rdata", "10.0.0.1"))
	}
	p := craft.Stack(layers.DNS.New("an", list))
	for i := range b.N {
		for k := range list {
			v, err := p.Layer(layers.DNS).Get("an")
			if err != nil {
				b.Fatal(err)
			}
			if err := v.Packets()[k].Layers()[0].SetUint("ttl", uint64(i)); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := craft.Build(p, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestChangingManyRecordsWritesThemOnce: by what it allocates, since a clock tells little on a busy machine.
func TestChangingManyRecordsWritesThemOnce(t *testing.T) {
	list := make([]*craft.Packet, 500)
	for i := range list {
		list[i] = craft.Stack(layers.DNSRR.New("rrname", "a.", "rdata", "10.0.0.1"))
	}
	p := craft.Stack(layers.DNS.New("an", list))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for k := range list {
		v, err := p.Layer(layers.DNS).Get("an")
		if err != nil {
			t.Fatal(err)
		}
		crafttest.Set(t, v.Packets()[k].Layers()[0], "ttl", 7)
	}
	last := p.Copy().Nth(layers.DNSRR, 500).Uint("ttl")
	runtime.ReadMemStats(&after)
	if last != 7 {
		t.Errorf("the last ttl is %d, want 7", last)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
		t.Errorf("500 changes took %d bytes, want at most 2 MiB", n)
	}
}

// TestPacketsAreReadSideBySide: two packets, though one is a copy of the other, share nothing that reading changes.
func TestPacketsAreReadSideBySide(t *testing.T) {
	p := asking(craft.Stack(layers.DNSQR.New("qname", "a.", "qtype", values.List(1, 28))))
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	for range 2 {
		c := p.Copy()
		go func() {
			d := craft.Dissect(wire, layers.IP)
			done <- d.Layer(layers.DNSQR).Text("qname") + c.Layer(layers.DNSQR).Text("qname") + c.Command() + c.At(1).Show()
		}()
	}
	if one, two := <-done, <-done; one != two {
		t.Errorf("got %s and %s", one, two)
	}
}

// TestAChangedListIsCountedAsItWasMade: two records are two whatever length the first one tells.
func TestAChangedListIsCountedAsItWasMade(t *testing.T) {
	p := craft.Stack(layers.DNS.New("an", []*craft.Packet{
		craft.Stack(layers.DNSRR.New("rdata", "10.0.0.1")), craft.Stack(layers.DNSRR.New("rdata", "10.0.0.2")),
	}))
	crafttest.Set(t, p.Layer(layers.DNSRR), "rdlen", 99)
	wire, err := craft.Build(p, nil)
	if err != nil || wire[7] != 2 {
		t.Errorf("got %x, %v, want two records", wire, err)
	}
}
