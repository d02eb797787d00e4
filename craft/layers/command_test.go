package layers_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// A commandReader is a Lua interpreter that reads what Command writes.
type commandReader struct{ *lua.State }

func newCommandReader(t *testing.T) commandReader {
	s := lua.New(lua.Config{})
	t.Cleanup(s.Close)
	return commandReader{s}
}

// holds checks that what Command writes of a packet makes its bytes in Lua; a packet that cannot be built has none.
func (r commandReader) holds(t *testing.T, p *craft.Packet) {
	t.Helper()
	wire, err := craft.Build(p, nil)
	if err != nil {
		return
	}
	command := p.Command()
	got, err := r.Run(context.Background(), "command", "return hex("+command+")")
	if want := hex.EncodeToString(wire); err != nil || got[0] != want {
		t.Errorf("%.2000s\nmade %.2000s\nwant %.2000s\nerror %v", command, got, want, err)
	}
}

// everyFrame is the bytes of all golden packets, vectors and captures.
func everyFrame(t *testing.T) (all []frame) {
	wires, first := seeds(t)
	for i, wire := range wires {
		all = append(all, frame{first[i], wire})
	}
	for _, g := range misbuilt {
		all = append(all, frame{g.packet().Layers()[0].Name(), crafttest.Unhex(t, g.wire)})
	}
	return all
}

// captured are the frames of the capture files in a folder.
func captured(t *testing.T, folder string) (all []frame) {
	files, err := filepath.Glob(filepath.Join(folder, "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		r, err := pcap.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for f, err := range r.Frames() {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, frame{f.Link, f.Data})
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// some is every nth element of a list, so that n of them are left; all of them with MOONWIRE_LONG=1.
func some[T any](list []T, n int) (out []T) {
	if os.Getenv(longTests) != "" || len(list) <= n {
		return list
	}
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// damages are n spoilt copies of the bytes: one of each has a bit flipped, one more its end cut off, one a byte of any value.
func damages(wire []byte, n int, r *rand.Rand) (out [][]byte) {
	if len(wire) == 0 {
		return nil
	}
	for i := range n {
		w := slices.Clone(wire)
		at := r.IntN(len(w))
		switch i % 4 {
		case 0:
			w[at] ^= 1 << r.IntN(8)
		case 1:
			w = w[:at]
		case 2:
			w[at] = []byte{0, 1, 0xff, 0x80, 0xc0}[r.IntN(5)]
		default:
			w[at] = byte(r.Uint32())
			w[r.IntN(len(w))] += byte(1 - 2*r.IntN(2))
			w = w[:len(w)-r.IntN(min(len(w), 4))]
		}
		out = append(out, w)
	}
	return out
}

// TestCommandTellsWhatFieldsCannot holds how Command writes what plain values do not make again, and that Lua makes it.
func TestCommandTellsWhatFieldsCannot(t *testing.T) {
	r := newCommandReader(t)
	record := craft.Stack(layers.DNSRR.New("rrname", "a.", "rdlen", 77))
	for name, c := range map[string]struct {
		packet *craft.Packet
		want   string // a part of the text
	}{
		"a record of an address without one": {read(t, "000028000000000000010000 016100 000100ff000000000000", layers.DNS), `type=1, rclass=255, ttl=0, rdata=""}`},
		"a message cut short":                {read(t, "302302010104067075626c6963a01602", layers.SNMP), `list_header=""`},
		"an address in the other byte order": {read(t, "00000002 450000140001000040007ce77f0000017f000001", layers.Loopback), `Loopback{type=raw"\x00\x00\x00\x02"}/IP{`},
		"a record whose length is wrong":     {craft.Stack(layers.IP.New(), layers.UDP.New(), layers.DNS.New("ar", record)), `UDP{}/DNS{arcount=1, ar={Raw{load=`},
		"a header that is empty":             {craft.Stack(layers.HTTPRequest.New("Host", "", "Accept", "x")), `Host=""`},
		"a text that begins with spaces":     {craft.Stack(craft.Raw.New("load", "  {x")), `Raw{load="  {x"}`},
		"names that point into other sections, below a layer of gopacket's": {
			read(t, "450000000000000040610000c0000201c0000202 3000 0200000000010200000000020800"+
				"450000000000000040110000c0000201c0000202 0035003500000000"+
				"000081000001000100010000 0161026364000001 0001 c00c000100010000000000040a000001 c00e000200010000000000020161", layers.IP), `Raw{load="0\x00"}/Ether{`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.packet.Command(); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s in it", got, c.want)
			}
			r.holds(t, c.packet)
		})
	}
}

// TestCommandOfWhatIsLarge holds that what Command writes can be compiled, whatever a packet holds.
func TestCommandOfWhatIsLarge(t *testing.T) {
	r := newCommandReader(t)
	var ciphers, records []any
	for i := range 30_000 {
		ciphers = append(ciphers, uint64(i))
	}
	for i := range 3000 {
		records = append(records, layers.DNSRR.New("rrname", fmt.Sprint("a", i, "."), "rdata", fmt.Sprintf("10.0.%d.%d", i>>8, i&255)))
	}
	tall := craft.NewPacket(craft.Lookup(layers.MPLS))
	for i := range 700 {
		tall.Append(layers.MPLS.New("label", i))
	}
	inside := craft.Stack(layers.IPv6.New(), layers.UDP.New())
	for range 20 {
		inside = craft.Stack(layers.IPv6.New(), layers.ICMPv6NDRedirect.New(), layers.ICMPv6NDOptRedirectedHdr.New("pkt", inside))
	}
	var nest []byte
	for range 3000 { // options that hold options
		nest = append(binary.BigEndian.AppendUint16([]byte{0, 3}, uint16(len(nest)+12)), append(make([]byte, 12), nest...)...)
	}
	for name, p := range map[string]*craft.Packet{
		"options in options":    craft.Dissect(nest, layers.DHCP6OptIANA),
		"a long list":           craft.Stack(layers.TLSClientHello.New("ciphers", ciphers)),
		"a long list of layers": craft.Stack(layers.DNS.New("an", records)),
		"many layers":           tall,
		"layers in layers":      inside,
		"many bytes":            craft.Stack(layers.IP.New(), craft.Raw.New("load", strings.Repeat("\"\\\xff", 20_000))),
	} {
		t.Run(name, func(t *testing.T) { r.holds(t, p) })
		wire := crafttest.Build(t, p)
		t.Run(name+", read", func(t *testing.T) { r.holds(t, craft.Dissect(wire, p.Layers()[0].Name())) })
	}
}

func read(t *testing.T, wire string, first craft.Name) *craft.Packet {
	t.Helper()
	return craft.Dissect(crafttest.Unhex(t, wire), first)
}

// TestCommandOfWhatWasRead holds that Command makes every packet again that was read: golden ones, captured ones, and these
// with their ends cut off or other damage.
func TestCommandOfWhatWasRead(t *testing.T) {
	r := newCommandReader(t)
	t.Run("golden packets", func(t *testing.T) { r.holdDamaged(t, everyFrame(t)) })
	t.Run("captures", func(t *testing.T) { r.holdDamaged(t, some(captured(t, captures[0]), 300)) })
	t.Run("captures elsewhere", func(t *testing.T) {
		if _, err := os.Stat(captures[1]); errors.Is(err, os.ErrNotExist) {
			t.Skipf("%s is not on this machine", captures[1])
		}
		r.holdDamaged(t, some(captured(t, captures[1]), 200))
	})
}

// holdDamaged is holds for frames as they are, and with some damage; with MOONWIRE_LONG=1 with more, and with every end cut off.
func (r commandReader) holdDamaged(t *testing.T, frames []frame) {
	random, long, n := rand.New(rand.NewPCG(1, 2)), os.Getenv(longTests) != "", 8
	if long {
		n = 60
	}
	for _, f := range frames {
		r.holds(t, craft.Dissect(slices.Clone(f.wire), f.first))
		for _, wire := range damages(f.wire, n, random) {
			r.holds(t, craft.Dissect(wire, f.first))
		}
		for n := 0; long && n < min(len(f.wire), 300); n++ {
			r.holds(t, craft.Dissect(slices.Clone(f.wire[:n]), f.first))
		}
	}
}

// A stacker makes packets by chance.
type stacker struct {
	*rand.Rand
	protocols []*craft.Protocol
}

// packet is one to four layers, with any fields set to anything that they take.
func (s stacker) packet(depth int) *craft.Packet {
	stack := []*craft.Layer{s.layer(pick(s.Rand, s.protocols), depth)}
	for range s.IntN(4) {
		stack = append(stack, s.layer(pick(s.Rand, s.protocols), depth))
	}
	if s.IntN(4) == 0 {
		stack = append(stack, craft.Padding.New("load", s.bytes(6)))
	}
	return craft.Stack(stack...)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (s stacker) bytes(most int) []byte {
	b := make([]byte, s.IntN(most+1))
	for i := range b {
		b[i] = []byte{0, 1, 2, 3, 0xc0, 0x0c, 0xff, 'a', '"', '\\', '\n', byte(s.Uint32())}[s.IntN(12)]
	}
	return b
}

// layer sets some of a layer's fields.
func (s stacker) layer(p *craft.Protocol, depth int) *craft.Layer {
	l := craft.NewLayer(p)
	if len(p.Fields()) == 0 {
		return l
	}
	for range s.IntN(4) {
		f := pick(s.Rand, p.Fields())
		_ = l.Set(f.Name, s.value(&f, depth)) // what it does not take, stays out
	}
	return l
}

// value is something for a field.
func (s stacker) value(f *craft.Field, depth int) any {
	switch s.IntN(6) {
	case 0:
		return craft.Verbatim(s.bytes(9))
	case 1:
		return string(s.bytes(9))
	case 2:
		return []any{s.bytes(5), uint64(s.IntN(300)), craft.Verbatim(s.bytes(5))}
	case 3:
		if f.Kind == craft.Packets && depth > 0 {
			list := []any{}
			for range s.IntN(3) {
				list = append(list, craft.Stack(s.layer(pick(s.Rand, s.protocols), depth-1)))
			}
			return list
		}
	case 4:
		return []craft.Option{{Kind: s.IntN(256), Data: s.bytes(5)}, {Kind: s.IntN(3)}, {Kind: -1, Data: s.bytes(3)}}
	}
	return s.Uint64() >> s.IntN(64)
}

// TestCommandOfWhatWasMade holds that Command makes every packet again that was made by hand: any fields set, rightly or not.
func TestCommandOfWhatWasMade(t *testing.T) {
	r := newCommandReader(t)
	s := stacker{rand.New(rand.NewPCG(3, 4)), craft.Protocols()}
	n := 4000
	if os.Getenv(longTests) != "" {
		n = 100_000
	}
	for i := range n {
		p := s.packet(2)
		if i%2 == 0 {
			p = craft.Fuzz(p, uint64(i)).At(uint64(i))
		}
		r.holds(t, p)
	}
	for _, proto := range craft.Protocols() {
		r.holds(t, craft.Fuzz(craft.NewPacket(proto), 7).At(0))
	}
}
