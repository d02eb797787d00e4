package craft_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func TestSummary(t *testing.T) {
	raw := craft.Raw.New("load", "x")
	cases := []struct {
		packet *craft.Packet
		want   string
	}{
		{craft.Stack(layers.IP.New(), layers.TCP.New()), "IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S"},
		{craft.Stack(layers.Ether.New(), layers.IP.New(), layers.TCP.New(), raw), "Ether / IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S / Raw"},
		{craft.Stack(layers.IP.New(), craft.Raw.New()), "127.0.0.1 > 127.0.0.1 hopopt / Raw"},
		{craft.Stack(layers.IP.New(), layers.ICMP.New(), craft.Raw.New()), "IP / ICMP 127.0.0.1 > 127.0.0.1 echo-request 0 / Raw"},
		{craft.Stack(layers.IP.New("frag", 3), craft.Raw.New()), "127.0.0.1 > 127.0.0.1 hopopt frag:3 / Raw"},
		{craft.Stack(layers.Ether.New(), layers.ARP.New("psrc", "10.0.0.1", "pdst", "10.0.0.2")), "Ether / ARP who has 10.0.0.2 says 10.0.0.1"},
		{craft.Stack(layers.ARP.New("op", 2, "psrc", "10.0.0.1", "hwsrc", "02:00:00:00:00:01")), "ARP is at 02:00:00:00:00:01 says 10.0.0.1"},
		{craft.Stack(layers.UDP.New()), "UDP 53 > 53"},
		{craft.Stack(craft.Raw.New()), "Raw"},
	}
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			if got := c.packet.Summary(); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestASummaryThatSaysNothingLeavesTheName is what Hooks.Summary promises.
func TestASummaryThatSaysNothingLeavesTheName(t *testing.T) {
	_, p := declared(t, craft.Spec{Name: "X", Hooks: craft.Hooks{Summary: func(*craft.Packet, int) string { return "" }}})
	if got := craft.Stack(layers.UDP.New(), craft.NewLayer(p)).Summary(); got != "UDP / X" {
		t.Errorf("got %s", got)
	}
}

func TestShow(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", "1.2.3.4"), layers.TCP.New("flags", "SA", "options", crafttest.TCPOption("MSS", 1460)))
	want := `###[ IP ]###
  version   = 4
  ihl       = None
  tos       = 0x0
  len       = None
  id        = 1
  flags     = 
  frag      = 0
  ttl       = 64
  proto     = tcp
  chksum    = None
  src       = None
  dst       = 1.2.3.4
  options   = {}
###[ TCP ]###
     sport     = 20
     dport     = 80
     seq       = 0
     ack       = 0
     dataofs   = None
     reserved  = 0
     flags     = SA
     window    = 8192
     chksum    = None
     urgptr    = 0
     options   = {{"MSS",1460}}
`
	if got := p.Show(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStringShowsWhatIsSet(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", "1.2.3.4"), layers.TCP.New("dport", 443, "flags", "SA"), craft.Raw.New("load", "a\"b\x00"))
	want := `<IP  proto=tcp dst=1.2.3.4 |<TCP  dport=443 flags=SA |<Raw  load="a\"b\x00" |>>>`
	if got := p.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCommand(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", "10.0.0.0/30", "flags", "DF"),
		layers.TCP.New("dport", values.List(80, values.Range(1, 3, 1)), "options", crafttest.TCPOption("MSS", 1460), "seq", craft.Verbatim("\x01")))
	want := `IP{flags="DF", dst="10.0.0.0/30"}/TCP{dport={80, range(1,3)}, seq=raw"\x01", options={{"MSS",1460}}}`
	if got := p.Command(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHexdump(t *testing.T) {
	want := "0000  45 00 00 3B 00 01 00 00 40 06 7C BA 7F 00 00 01  E..;....@.|.....\n" +
		"0010  68 65 6C 6C 6F                                   hello\n"
	if got := hexdump.Dump(append(crafttest.Unhex(t, "4500003B0001000040067CBA7F000001"), "hello"...)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestShowOfPacketsInAField is scapy's picture of packets in a field.
func TestShowOfPacketsInAField(t *testing.T) {
	table, p := declared(t, craft.Spec{Name: "Bag", Fields: []craft.Field{
		{Name: "n", Bits: 8}, {Name: "items", Kind: craft.Packets, Of: layers.Ether, Length: &craft.Measure{Field: "n", Unit: 14}},
	}})
	bag := layer(t, p, "n", 2, "items", []any{craft.Stack(layers.Ether.New("type", 0x601)), craft.Stack(layers.Ether.New("type", 0x602))})
	packet := craft.Stack(bag, craft.Raw.New("load", "x"))
	want := `###[ Bag ]###
  n         = 2
  \items     \
   |###[ Ethernet ]###
   |  dst       = ff:ff:ff:ff:ff:ff
   |  src       = 00:00:00:00:00:00
   |  type      = 0x601
   |###[ Ethernet ]###
   |  dst       = ff:ff:ff:ff:ff:ff
   |  src       = 00:00:00:00:00:00
   |  type      = 0x602
###[ Raw ]###
     load      = "x"
`
	packet = table.Dissect(crafttest.Build(t, packet), "Bag")
	if got := packet.Show(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := packet.String(); !strings.Contains(got, " items=[<Ether  dst=ff:ff:ff:ff:ff:ff src=00:00:00:00:00:00 type=") {
		t.Errorf("got %s", got)
	}
}

// TestCommandOfWhatEncodingWouldNotWrite gives bytes where a value would build to others, or lose digits in Lua.
func TestCommandOfWhatEncodingWouldNotWrite(t *testing.T) {
	_, p := declared(t, craft.Spec{Name: "Odd", Fields: []craft.Field{
		{Name: "big", Bits: 64}, {Name: "list", Kind: craft.Values, Item: craft.Item{Bytes: 8}, Length: &craft.Measure{Field: "big", Unit: 8}}, {Name: "name", Kind: craft.Text, Value: "x"},
	}})
	cases := []struct {
		name   string
		fields []any
		want   string
	}{
		{"as encoding does", []any{"big", 9, "list", []any{7}, "name", "y"}, `Odd{big=9, list={7}, name="y"}`},
		{"no zero byte at the end", []any{"name", craft.Verbatim("y")}, `Odd{name=raw"y"}`},
		{"nothing where the default is something", []any{"name", craft.Verbatim("")}, `Odd{name=raw""}`},
		{"more than Lua counts", []any{"big", uint64(1)<<63 + 1, "list", []any{uint64(1)<<63 + 1}}, `Odd{big="9223372036854775809", list=raw"\x80\x00\x00\x00\x00\x00\x00\x01"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := craft.Stack(layer(t, p, c.fields...)).Command(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
