package outside_test

import (
	"encoding/hex"
	"testing"

	"example.com/outside"
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
	"github.com/moonwire/moonwire/craft/values"
)

const (
	alice, bob       = "2001:21::1", "2001:21::2" // host identity tags
	aliceAt, bobAt   = "192.0.2.1", "192.0.2.2"
	aliceAt6, bobAt6 = "2001:db8::1", "2001:db8::2"
)

// frames are one packet of each kind; the bytes are put together by hand from the RFCs.
func frames(t *testing.T) []protocoltest.Frame {
	t.Helper()
	puzzle := outside.HIPParamPuzzle.New("k", 10, "opaque", "ab", "i", "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f")
	moved := outside.HIPParamLocatorSet.New("locators", []any{
		outside.HIPLocator.New("address", "2001:db8::9"),
		outside.HIPLocator.New("traffic", "data", "type", "SPI", "preferred", 1, "lifetime", 60, "spi", 0x1234, "address", "2001:db8::a"),
	})
	return []protocoltest.Frame{
		{Name: "I1", Packet: craft.Stack(toBob(), hip(alice, bob)), Wire: unhex(t,
			"4500003c00010000408bf632c0000201c0000202"+"3b040121fedb0000"+"20010021000000000000000000000001"+"20010021000000000000000000000002")},
		{Name: "R1 with a puzzle", Packet: craft.Stack(layers.IPv6.New("src", bobAt6, "dst", aliceAt6),
			hip(bob, alice, "type", "R1", "controls", "A", "params", []any{puzzle, outside.HIPParam.New("type", "HIP_CIPHER", "contents", "\x00\x02")})),
			Wire: unhex(t, "6000000000588b40"+"20010db8000000000000000000000002"+"20010db8000000000000000000000001"+
				"3b0a0221c63f0001"+"20010021000000000000000000000002"+"20010021000000000000000000000001"+
				"010100240a256162000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"+"0243000200020000")},
		{Name: "UPDATE with locators", Packet: craft.Stack(toBob(),
			hip(alice, bob, "type", "UPDATE", "params", []any{outside.HIPParamESPInfo.New("new_spi", 0x1234), moved, outside.HIPParamAck.New("ids", []any{7, 8})})),
			Wire: unhex(t, "4500009400010000408bf5dac0000201c0000202"+"3b0f102160bb0000"+"20010021000000000000000000000001"+"20010021000000000000000000000002"+
				"0041000c000000000000000000001234"+"00c10034"+"000004000000007820010db8000000000000000000000009"+
				"020105010000003c0000123420010db800000000000000000000000a"+"01c10008000000070000000800000000")},
		{Name: "I1 of version 1", Packet: craft.Stack(toBob(), outside.HIPv1.New("shit", alice, "rhit", bob)), Wire: unhex(t,
			"4500003c00010000408bf632c0000201c0000202"+"3b040111feeb0000"+"20010021000000000000000000000001"+"20010021000000000000000000000002")},
		{Name: "I1 in UDP", Packet: craft.Stack(toBob(), layers.UDP.New("sport", 4000), outside.HIPUDP.New(), hip(alice, bob)), Wire: unhex(t,
			"45000048000100004011f6a0c0000201c0000202"+"0fa029040034c671"+"00000000"+"3b04012100000000"+"20010021000000000000000000000001"+"20010021000000000000000000000002")},
	}
}

func toBob() *craft.Layer { return layers.IP.New("src", aliceAt, "dst", bobAt) }

// hip is a message from one host identity to another.
func hip(from, to string, fields ...any) *craft.Layer {
	return outside.HIP.New(append([]any{"shit", from, "rhit", to}, fields...)...)
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestThePromises(t *testing.T) {
	for name, values := range map[craft.Name]map[string]any{
		outside.HIP: {"params": outside.HIPParam.New("type", 77, "contents", "wrong on purpose")}, outside.HIPv1: {"params": outside.HIPParamAck.New("ids", 7)},
		outside.HIPUDP: nil, outside.HIPParam: nil, outside.HIPParamESPInfo: nil, outside.HIPParamPuzzle: nil,
		outside.HIPParamAck:        {"ids": []any{7, 9}},
		outside.HIPParamLocatorSet: {"locators": outside.HIPLocator.New("address", "2001:db8::77")},
		outside.HIPLocator:         nil,
	} {
		t.Run(string(name), func(t *testing.T) {
			protocoltest.Run(t, protocoltest.Case{Protocol: name, Values: values, Frames: frames(t)})
		})
	}
}

func TestTheBytesSayWhichVersionItIs(t *testing.T) {
	for _, announced := range []craft.Name{outside.HIP, outside.HIPv1} {
		for _, f := range frames(t)[:4] {
			made := f.Packet.Layers()[1]
			wire := f.Wire[f.Packet.Offset(1):]
			if read := craft.Dissect(wire, announced).Layers()[0].Name(); read != made.Name() {
				t.Errorf("%s announced as %s: read %s", f.Name, announced, read)
			}
		}
	}
}

// TestESPSharesThePort checks that what begins with an SPI is not taken for HIP.
func TestESPSharesThePort(t *testing.T) {
	esp := craft.Stack(toBob(), layers.UDP.New("sport", 10500, "dport", 10500), craft.Raw.New("load", "\x00\x00\x12\x34\x00\x00\x00\x01"))
	wire, err := craft.Build(esp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := craft.Dissect(wire, layers.IP); p.Has(outside.HIPUDP) {
		t.Errorf("read %s", p.Summary())
	}
}

func TestAnswers(t *testing.T) {
	back := func(l ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{layers.IP.New("src", bobAt, "dst", aliceAt)}, l...)...)
	}
	i1, toAnyone := craft.Stack(toBob(), hip(alice, bob)), craft.Stack(toBob(), hip(alice, "::"))
	cases := []struct {
		name        string
		question, r *craft.Packet
		want        string
	}{
		{"R1", i1, back(hip(bob, alice, "type", "R1")), "yes: R1 answers I1, and the host identity tags fit"},
		{"R1 to whoever asked anyone", toAnyone, back(hip(bob, alice, "type", "R1")), "yes: R1 answers I1, and the host identity tags fit"},
		{"R2 to I1", i1, back(hip(bob, alice, "type", "R2")), "no: R2 is no answer to I1"},
		{"another's R1", i1, back(hip("2001:21::3", alice, "type", "R1")), "no: the host identity tags are others"},
		{"in UDP", craft.Stack(toBob(), layers.UDP.New("sport", 4000), outside.HIPUDP.New(), hip(alice, bob)),
			back(layers.UDP.New("sport", 10500, "dport", 4000), outside.HIPUDP.New(), hip(bob, alice, "type", "R1")), "yes: R1 answers I1, and the host identity tags fit"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := craft.Why(read(t, c.r), c.question); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// read is what a packet is read as.
func read(t *testing.T, p *craft.Packet) *craft.Packet {
	t.Helper()
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return craft.Dissect(wire, p.Layers()[0].Name())
}

// TestSetsAreCompiled checks that sets under HIP's own checksum are written by a template, as those under TCP's are.
func TestSetsAreCompiled(t *testing.T) {
	p := craft.Stack(layers.IP.New("src", values.List("192.0.2.1", "192.0.2.7"), "dst", bobAt), hip(alice, bob, "type", values.Range(1, 4, 1)))
	set, err := craft.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !set.Compiled() || set.Len() != 8 {
		t.Errorf("%d elements, compiled: %v; want 8, true", set.Len(), set.Compiled())
	}
	for i := range set.Len() {
		got, err := set.Append(nil, i)
		if err != nil {
			t.Fatal(err)
		}
		want, err := craft.Build(p.At(i), nil)
		if err != nil || string(got) != string(want) {
			t.Errorf("element %d: %x, built %x, %v", i, got, want, err)
		}
	}
}

func TestText(t *testing.T) {
	update := frames(t)[2].Packet
	if got, want := update.Summary(), "IP / HIP UPDATE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	found := update.Layer(outside.HIPLocator)
	if found == nil || found.Has("spi") || found.Text("address") != "2001:db8::9" {
		t.Errorf("the first locator is %v, want one without SPI", found)
	}
	if second := update.Nth(outside.HIPLocator, 2); second == nil || second.Uint("spi") != 0x1234 {
		t.Errorf("the second locator is %v, want SPI 0x1234", second)
	}
}
