package craft_test

import (
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// courier is a protocol with everything that a declaration can say.
var courier = craft.Spec{
	Name: "Courier", Doc: "a protocol of this test",
	Fields: []craft.Field{
		{Name: "version", Bits: 4, Value: 1},
		{Name: "op", Kind: craft.Enum, Bits: 4, Value: "ask", Names: map[uint64]string{1: "ask", 2: "tell"}},
		{Name: "flags", Kind: craft.Flags, Bits: 8, Flags: []string{"U", "R"}},
		{Name: "len", Bits: 16, Computed: craft.Computes(craft.Total)},
		{Name: "chksum", Bits: 16, Hex: true, Computed: craft.Computes(craft.MessageSum)},
		{Name: "id", Bits: 16, LittleEndian: true, Value: 0x102},
		{Name: "next", Bits: 8},
		{Name: "stops", Bits: 8, Computed: craft.Counts("route")},
		{Name: "urgency", Bits: 16, Value: 7, When: []craft.Condition{{Field: "flags", Mask: 1}}},
		{Name: "name", Kind: craft.Text, Value: "post"},
		{Name: "route", Kind: craft.Values, Item: craft.Item{Kind: craft.IPv4}, Length: &craft.Measure{Field: "stops", Count: true}},
	},
	Binds: []craft.Binding{
		craft.Over(layers.UDP, "dport", 7777),
		craft.ReadOver(layers.UDP, "sport", 7777),
	},
	Next: []string{"next"}, Carries: map[uint64]craft.Name{4: layers.IP},
	Matches: &craft.AnswerRule{Same: []string{"id"}, Reply: map[string]map[uint64]uint64{"op": {1: 2}}},
}

// declared is a table with the courier, and the courier.
func declared(t *testing.T, d craft.Spec) (*craft.Table, *craft.Protocol) {
	t.Helper()
	table := craft.NewTable()
	p, err := table.Define(d)
	if err != nil {
		t.Fatal(err)
	}
	return table, p
}

func layer(t *testing.T, p *craft.Protocol, pairs ...any) *craft.Layer {
	t.Helper()
	l := craft.NewLayer(p)
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		crafttest.Set(t, l, name, pairs[i+1])
	}
	return l
}

func TestADeclaredProtocolBuildsAndDissects(t *testing.T) {
	table, p := declared(t, courier)
	cases := []struct {
		name   string
		fields []any
		above  []*craft.Layer
		want   string
	}{
		{"defaults", nil, nil, "1100" + "000f" + "0201" + "0000" + "706f737400"},
		{"a list and its count", []any{"route", []any{"10.0.0.1", "10.0.0.2"}}, nil,
			"1100" + "0017" + "0201" + "0002" + "706f737400" + "0a0000010a000002"},
		{"a field that is there with a flag", []any{"flags", "U", "urgency", 9}, nil,
			"1101" + "0011" + "0201" + "0000" + "0009" + "706f737400"},
		{"a payload", []any{"name", "x"}, []*craft.Layer{layers.IP.New()},
			"1100" + "0020" + "0201" + "0400" + "7800" + "450000140001000040007ce77f0000017f000001"},
		{"wrong on purpose", []any{"len", 3, "chksum", 0xdead, "stops", 9}, nil, "1100" + "0003" + "0201" + "0009" + "706f737400"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			packet := craft.Stack(append([]*craft.Layer{layer(t, p, c.fields...)}, c.above...)...)
			wire, err := craft.Build(packet, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(wire); got[:8]+got[12:] != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
			if n := ones(wire); n != 0xffff && c.name != "wrong on purpose" {
				t.Errorf("the checksum is wrong: the message sums up to %#x", n)
			}
			crafttest.Rebuilt(t, table.Dissect(wire, "Courier"), wire)
		})
	}
}

// ones is the one's complement sum of 16-bit words: 0xffff for bytes that hold their own checksum.
func ones(b []byte) uint32 {
	var sum uint32
	for i, c := range b {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}

func TestADeclaredProtocolIsCarriedAndAnswers(t *testing.T) {
	table, p := declared(t, courier)
	q := craft.Stack(layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2"), layers.UDP.New("sport", 999), layer(t, p, "id", 5))
	r := craft.Stack(layers.IP.New("src", "192.0.2.2", "dst", "192.0.2.1"), layers.UDP.New("sport", 7777, "dport", 999),
		layer(t, p, "id", 5, "op", "tell"))
	var read [2]*craft.Packet
	for i, packet := range []*craft.Packet{q, r} {
		wire, err := craft.Build(packet, nil)
		if err != nil {
			t.Fatal(err)
		}
		read[i] = table.Dissect(wire, layers.IP)
		if !read[i].Has("Courier") {
			t.Fatalf("not recognised: %s", read[i])
		}
		if craft.Dissect(wire, layers.IP).Has("Courier") {
			t.Error("the built-in table knows it too")
		}
	}
	if !craft.Answers(read[1], read[0]) {
		t.Error(craft.Why(read[1], read[0]))
	}
	crafttest.Set(t, read[1].Layer("Courier"), "id", 6)
	if why := craft.Why(read[1], read[0]); !strings.Contains(why, "id differs") {
		t.Error(why)
	}
}

func TestADeclaredProtocolHasSets(t *testing.T) {
	_, p := declared(t, courier)
	packet := craft.Stack(layer(t, p, "op", values.List("ask", "tell"), "id", values.Range(1, 3, 1)))
	if n, err := packet.Count(); n != 6 || err != nil {
		t.Errorf("%d packets, %v", n, err)
	}
}

// TestWhatIsMadeIsRead builds declared protocols in all of their rows' combinations of parts and ends, and reads the same values back.
func TestWhatIsMadeIsRead(t *testing.T) {
	number := func(name string) craft.Field { return craft.Field{Name: name, Bits: 16} }
	counted := func(c *craft.Computation) craft.Field { return craft.Field{Name: "n", Bits: 8, Computed: c} }
	text, list, load := craft.Field{Name: "v", Kind: craft.Text}, craft.Field{Name: "v", Kind: craft.Values, Item: craft.Item{Kind: craft.Number, Bytes: 2}}, craft.Field{Name: "v", Kind: craft.Bytes}
	for _, c := range []struct {
		name   string
		fields []craft.Field
		value  any // of v; nil leaves it alone
		want   string
	}{
		{"a text left alone, and a number", []craft.Field{text, number("b")}, nil, "00 0002"},
		{"an empty text, and a number", []craft.Field{text, number("b")}, "", "00 0002"},
		{"a text, and a number", []craft.Field{text, number("b")}, "ab", "616200 0002"},
		{"a text that another field measures", []craft.Field{counted(craft.Measures("v")), text, number("b")}, "ab", "02 6162 0002"},
		{"the same, left alone", []craft.Field{counted(craft.Measures("v")), text, number("b")}, nil, "00 0002"},
		{"a text with its length behind it", []craft.Field{text, counted(craft.Measures("v")), number("b")}, "ab", "6162 02 0002"},
		{"bytes with their length behind them", []craft.Field{load, counted(craft.Measures("v")), number("b")}, "ab", "6162 02 0002"},
		{"a list with its count behind it", []craft.Field{list, counted(craft.Counts("v")), number("b")}, []any{uint64(1), uint64(2)}, "0001 0002 02 0002"},
		{"bytes up to the end, and a number", []craft.Field{load, number("b")}, "ab", "6162 0002"},
		{"a list up to the end, and a number", []craft.Field{list, number("b")}, []any{uint64(1)}, "0001 0002"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, p := declared(t, craft.Spec{Name: "X", Fields: c.fields})
			l := layer(t, p, "b", 2)
			if c.value != nil {
				crafttest.Set(t, l, "v", c.value)
			}
			wire := crafttest.Build(t, craft.Stack(l))
			if want := crafttest.Unhex(t, c.want); string(wire) != string(want) {
				t.Fatalf("got %x, want %x", wire, want)
			}
			read := table.Dissect(wire, "X")
			for _, field := range l.Fields() {
				if got, want := read.Layers()[0].Text(field), craft.Stack(l).Layers()[0].Text(field); field != "n" && got != want {
					t.Errorf("%s: got %s, want %s", field, got, want)
				}
			}
			crafttest.Rebuilt(t, read, wire)
		})
	}
}

// TestPaddingIsThereForItsLength: a length that is not in the header counts no padding.
func TestPaddingIsThereForItsLength(t *testing.T) {
	table, p := declared(t, craft.Spec{Name: "X", Pad: &craft.Pad{To: 4, Counted: true}, Fields: []craft.Field{
		{Name: "long"}, {Name: "len", When: craft.Given("long"), Computed: craft.Computes(craft.HeaderLength)}, {Name: "a"},
	}})
	for long, want := range []string{"00 00", "01 04 00 00"} {
		wire := crafttest.Build(t, craft.Stack(layer(t, p, "long", long)))
		if string(wire) != string(crafttest.Unhex(t, want)) {
			t.Errorf("got %x, want %s", wire, want)
		}
		crafttest.Rebuilt(t, table.Dissect(wire, "X"), wire)
	}
}

// TestLengthsBeyondAnIntAreTooLong also where an int has 32 bits: such a length is not a small one.
func TestLengthsBeyondAnIntAreTooLong(t *testing.T) {
	number := func(c *craft.Computation) craft.Field { return craft.Field{Name: "n", Bits: 32, Computed: c} }
	list, load := craft.Field{Name: "v", Kind: craft.Values, Item: craft.Item{Bytes: 4}}, craft.Field{Name: "v", Kind: craft.Bytes}
	measured := craft.Field{Name: "v", Kind: craft.Bytes, Length: &craft.Measure{Field: "n", Unit: 4}}
	for name, fields := range map[string][]craft.Field{
		"a count":               {number(craft.Counts("v")), list},
		"a length":              {number(craft.Measures("v")), load},
		"a length in words":     {number(&craft.Computation{What: craft.LengthOf, Of: "v", Unit: 4}), load},
		"a measure":             {number(nil), measured},
		"a header's length":     {number(craft.Computes(craft.HeaderLength)), load},
		"a length of all":       {number(craft.Computes(craft.Total)), load},
		"a length of a payload": {number(craft.Computes(craft.PayloadLength))},
	} {
		table, _ := declared(t, craft.Spec{Name: "X", Fields: fields})
		for _, length := range []string{"40000001", "80000000", "ffffffff"} {
			wire := crafttest.Unhex(t, length+"0102030405060708")
			p := table.Dissect(wire, "X")
			if note := p.Layers()[0].Note(); !strings.HasPrefix(note, "truncated: ") {
				t.Errorf("%s of %s: got %q", name, length, note)
			}
			crafttest.Rebuilt(t, p, wire)
		}
	}
}

// TestACutHeaderHasTheFieldsThatItSays: which fields there are is told by what is here, not by the defaults.
func TestACutHeaderHasTheFieldsThatItSays(t *testing.T) {
	table, _ := declared(t, craft.Spec{Name: "X", Fields: []craft.Field{
		{Name: "a", Bits: 8, Value: 1},
		{Name: "b", Bits: 16, When: craft.Unless("a")},
		{Name: "c", Bits: 32},
	}})
	for wire, want := range map[string]string{"00 0102 0304": "b is 258", "01 0304": "no b"} {
		l := table.Dissect(crafttest.Unhex(t, wire), "X").Layers()[0]
		got := "no b"
		if l.Has("b") {
			got = "b is " + l.Text("b")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", wire, got, want)
		}
	}
}

// TestDeclaringAgainReplaces is what somebody does who develops a protocol at the prompt.
func TestDeclaringAgainReplaces(t *testing.T) {
	table, _ := declared(t, courier)
	again := craft.Spec{Name: "Courier", Fields: []craft.Field{{Name: "only"}},
		Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 8888)}}
	if _, err := table.Define(again); err != nil {
		t.Fatal(err)
	}
	wire, err := craft.Build(craft.Stack(layers.UDP.New("dport", 7777), craft.Raw.New("load", "x")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := table.Dissect(wire, layers.UDP); p.Has("Courier") {
		t.Errorf("the earlier declaration still reads: %s", p)
	}
}

// TestDeclaringAgainKeepsItsNeighbours: what stands upon a protocol, and what carries it, finds the new one, read and made.
func TestDeclaringAgainKeepsItsNeighbours(t *testing.T) {
	table := craft.NewTable()
	number := []craft.Field{{Name: "n"}}
	middle := craft.Spec{Name: "Middle", Next: []string{"n"}, Fields: number}
	for _, s := range []craft.Spec{
		middle,
		{Name: "Above", Binds: []craft.Binding{craft.Over("Middle", "n", 1)}, Fields: number},
		{Name: "Below", Next: []string{"n"}, Carries: map[uint64]craft.Name{2: "Middle"}, Fields: number},
		middle,
	} {
		if _, err := table.Define(s); err != nil {
			t.Fatal(err)
		}
	}
	made := craft.Stack(craft.NewLayer(table.Lookup("Below")), craft.NewLayer(table.Lookup("Middle")), craft.NewLayer(table.Lookup("Above")))
	wire := crafttest.Build(t, made)
	if want := "\x02\x01\x00"; string(wire) != want {
		t.Errorf("made: got %x, want %x", wire, want)
	}
	if got := table.Dissect(wire, "Below").Summary(); got != "Below / Middle / Above" {
		t.Errorf("read: got %s", got)
	}
}

// TestADeclaredProtocolIsLikeAnother: it carries what that one carries, and belongs to the families that it names.
func TestADeclaredProtocolIsLikeAnother(t *testing.T) {
	table, tag := declared(t, craft.Spec{
		Name: "Tag", Like: layers.Ether, Families: []craft.Name{"Tags"}, Next: []string{"type"}, Fields: []craft.Field{{Name: "id", Bits: 16}, {Name: "type", Bits: 16}},
	})
	later, err := table.Define(craft.Spec{Name: "Later", Binds: []craft.Binding{craft.Over(layers.Ether, "type", 0x9999)}, Fields: []craft.Field{{Name: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := table.Define(craft.Spec{Name: "Reader", Reads: layers.Ether, Next: []string{"type"}, Fields: []craft.Field{{Name: "type", Bits: 16}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		made *craft.Packet
		want string
	}{
		{craft.Stack(craft.NewLayer(tag), layers.IP.New()), "Tag / 127.0.0.1 > 127.0.0.1"},
		{craft.Stack(craft.NewLayer(tag), craft.NewLayer(later)), "Tag / Later"},
		{craft.Stack(layer(t, reader, "type", 0x800), layers.IP.New()), "Reader / 127.0.0.1 > 127.0.0.1"},
		{craft.Stack(craft.NewLayer(reader), layers.IP.New()), "Reader / Raw"},
	} {
		read := table.Dissect(crafttest.Build(t, c.made), c.made.Layers()[0].Name())
		if got := read.Summary(); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %s, want %s", got, c.want)
		}
		if c.made.Layers()[0].Name() == "Tag" && !read.Has("Tags") || !table.Knows("Tags") {
			t.Error("it is not found by the name of its family")
		}
	}
	if craft.Lookup("Tag") != nil || craft.NewTable().Knows("Tags") || craft.Dissect(crafttest.Build(t, craft.Stack(layers.Ether.New("type", 0x9999), craft.NewLayer(later))), layers.Ether).Has("Later") {
		t.Error("other tables know it too")
	}
}

// TestADefinitionIsTakenAsItIs: what becomes of the parts of a Spec afterwards does not reach the protocol.
func TestADefinitionIsTakenAsItIs(t *testing.T) {
	s := craft.Spec{Name: "X", Pad: &craft.Pad{To: 4}, Fields: []craft.Field{
		{Name: "n"},
		{Name: "len", Computed: craft.Computes(craft.Total)},
		{Name: "a", When: []craft.Condition{{Field: "n", Values: []uint64{1}, Or: &craft.Condition{Field: "n", Values: []uint64{2}}}}},
	}}
	_, p := declared(t, s)
	when := s.Fields[2].When[0]
	s.Pad.To, s.Fields[1].Computed.Plus, when.Values[0], when.Or.Values[0] = 8, 100, 7, 7
	for n, want := range []string{"00040000", "01040000", "02040000"} {
		l := layer(t, p, "n", n)
		if got := crafttest.Build(t, craft.Stack(l)); string(got) != string(crafttest.Unhex(t, want)) || l.Has("a") != (n > 0) {
			t.Errorf("got %x with %v, want %s", got, l.Fields(), want)
		}
	}
}

// TestADeclarationKeepsItsWords: what it says of names, of flags and of whom it answers is not replaced by what it may leave out.
func TestADeclarationKeepsItsWords(t *testing.T) {
	_, p := declared(t, craft.Spec{Name: "X", Fields: []craft.Field{
		{Name: "door", Kind: craft.Port, Names: map[uint64]string{7: "seven"}},
		{Name: "gate", Kind: craft.Port},
		{Name: "how", Kind: craft.Flags, Flags: []string{"loud", "late"}, Join: ", "},
		{Name: "id", Bits: 8}, {Name: "seq", Bits: 8},
	}, Identity: []string{"seq"}, Binds: []craft.Binding{craft.Over(layers.IP, "proto", 200)}})
	l := layer(t, p, "door", "seven", "gate", "https", "how", "loud, late")
	if got := l.Text("door") + " " + l.Text("gate") + " " + l.Text("how"); got != "7 443 loud, late" {
		t.Errorf("got %s", got)
	}
	if err := l.Set("door", "https"); err == nil {
		t.Error("door takes a name that is not one of its own")
	}
	quote := craft.Stack(layers.IP.New("src", "9.9.9.9", "dst", "1.1.1.1"), layers.ICMP.New("type", 3),
		layers.IPerror.New("src", "1.1.1.1", "dst", "2.2.2.2"), layer(t, p, "id", 1, "seq", 2))
	for seq, want := range map[int]bool{2: true, 3: false} {
		question := craft.Stack(layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), layer(t, p, "id", 9, "seq", seq))
		if got := craft.Answers(quote, question); got != want {
			t.Errorf("seq %d: got %v, want %v: %s", seq, got, want, craft.Why(quote, question))
		}
	}
}

func TestTablesAreSafeForConcurrentUse(t *testing.T) {
	table, _ := declared(t, courier)
	wire, err := craft.Build(craft.Stack(layers.IP.New(), layers.UDP.New("dport", 7777), craft.Raw.New("load", "x")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				table.Dissect(wire, layers.IP)
				if _, err := table.Define(courier); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// TestDeclaredProtocolsAreReadInsideFields holds that a layer knows the protocols it was read with, or made of: a packet that
// stands in its field is read with them too.
func TestDeclaredProtocolsAreReadInsideFields(t *testing.T) {
	table, knock := declared(t, craft.Spec{
		Name: "Knock", Fields: []craft.Field{{Name: "times", Bits: 64}},
		Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 7000)},
	})
	inner := craft.Stack(layers.IPv6.New(), layers.UDP.New("dport", 7000), craft.NewLayer(knock))
	inside := func(p *craft.Packet, field string) string {
		t.Helper()
		for _, l := range p.Layers() {
			if l.Has(field) {
				return l.Value(field).Packets()[0].Summary()
			}
		}
		t.Fatalf("no field %s in %s", field, p)
		return ""
	}
	want := table.Dissect(crafttest.Build(t, inner), layers.IPv6).Summary()
	redirect := craft.Stack(layers.IPv6.New(), layers.ICMPv6NDRedirect.New(), layers.ICMPv6NDOptRedirectedHdr.New("pkt", inner))
	wire := crafttest.Build(t, redirect)
	read := table.Dissect(wire, layers.IPv6)
	for name, p := range map[string]*craft.Packet{
		"read": read, "copied": read.Copy(), "cut": read.From(1), "stacked": craft.Stack(layers.Ether.New()).Over(read),
	} {
		if got := inside(p, "pkt"); got != want || !strings.HasSuffix(got, "Knock") {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	appended, replaced, carried := craft.Stack(layers.IPv6.New()), redirect.Copy(), craft.Stack(layers.IPv6.New())
	appended.Append(read.From(1).Layers()...)
	replaced.Replace(layers.ICMPv6NDOptRedirectedHdr, 1, read.From(2).Layers()[0])
	carried.SetPayload(0, read.From(1))
	for name, p := range map[string]*craft.Packet{"appended": appended, "replaced": replaced, "carried": carried} {
		if got := inside(p, "pkt"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	made := table.NewPacket(craft.Lookup(layers.ICMPv6NDOptRedirectedHdr))
	crafttest.Set(t, made.Layers()[0], "pkt", inner)
	if got := inside(made, "pkt"); got != want {
		t.Errorf("made with the table: got %s, want %s", got, want)
	}
	if got := inside(craft.Dissect(wire, layers.IPv6), "pkt"); !strings.HasSuffix(got, "Raw") {
		t.Errorf("without the table: got %s, want Raw at its end", got)
	}
}

// TestWhatStandsInAFieldOfADeclaredTableHasTheTable also when it was made without one.
func TestWhatStandsInAFieldOfADeclaredTableHasTheTable(t *testing.T) {
	table, knock := declared(t, craft.Spec{
		Name: "Knock", Fields: []craft.Field{{Name: "times", Bits: 64}},
		Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 7000)},
	})
	bag, err := table.Define(craft.Spec{Name: "Bag", Fields: []craft.Field{{Name: "all", Kind: craft.Packets, Of: layers.ICMPv6NDOptRedirectedHdr}}})
	if err != nil {
		t.Fatal(err)
	}
	wire := crafttest.Build(t, craft.Stack(layers.IPv6.New(), layers.UDP.New("dport", 7000), craft.NewLayer(knock)))
	p := table.NewPacket(bag)
	crafttest.Set(t, p.Layers()[0], "all", []*craft.Packet{craft.Stack(layers.ICMPv6NDOptRedirectedHdr.New("type", values.List(4, 5)))}) // a set is kept as it was made
	inside := p.Layers()[0].Value("all").Packets()[0].Layers()[0]
	crafttest.Set(t, inside, "pkt", craft.Verbatim(wire))
	if got := inside.Value("pkt").Packets()[0]; !got.Has("Knock") {
		t.Errorf("got %s", got.Summary())
	}
}

// TestQuotesOfDeclaredProtocols holds that an error answers a question of a declared protocol only when it quotes that one.
func TestQuotesOfDeclaredProtocols(t *testing.T) {
	table, foo := declared(t, craft.Spec{
		Name: "Foo", Fields: []craft.Field{{Name: "sport", Kind: craft.Port}, {Name: "id", Bits: 16}, {Name: "src", Kind: craft.IPv4}},
		Binds: []craft.Binding{craft.Over(layers.IP, "proto", 200)},
	})
	message := func(sport, id int) *craft.Layer {
		l := craft.NewLayer(foo)
		crafttest.Set(t, l, "sport", sport)
		crafttest.Set(t, l, "id", id)
		return l
	}
	question := craft.Stack(layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), message(1, 1))
	for _, c := range []struct {
		name      string
		sport, id int
		want      bool
	}{{"the question", 1, 1, true}, {"another port", 9, 1, false}, {"another id", 1, 2, false}} {
		quote := craft.Stack(layers.IP.New("src", "9.9.9.9", "dst", "1.1.1.1"), layers.ICMP.New("type", 3),
			layers.IPerror.New("src", "1.1.1.1", "dst", "2.2.2.2"), message(c.sport, c.id))
		if got := craft.Answers(quote, question); got != c.want {
			t.Errorf("a quote of %s: got %v, want %v: %s", c.name, got, c.want, craft.Why(quote, question))
		}
		read := table.Dissect(crafttest.Build(t, quote), layers.IP)
		if got := craft.Answers(read, question); got != c.want {
			t.Errorf("a quote of %s, read: got %v, want %v: %s", c.name, got, c.want, read.Summary())
		}
	}
	if drawn := craft.Fuzz(craft.Stack(craft.NewLayer(foo)), 1).Layers()[0]; drawn.Draws("src") || !drawn.Draws("id") {
		t.Error("want fuzz to draw id and to leave src alone")
	}
}
