package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// TestDefectsOfOtherLibraries are things that other packet libraries in Go get wrong, each seen there.
func TestDefectsOfOtherLibraries(t *testing.T) {
	dissected := func(wire string) *craft.Packet { return craft.Dissect(crafttest.Unhex(t, wire), layers.IP) }
	for name, test := range map[string]func(t *testing.T){
		"a wrong packet can be crafted": func(t *testing.T) {
			p := craft.Stack(layers.IP.New("len", 9999, "chksum", 0xdead), layers.TCP.New("dataofs", 15, "chksum", 0xbeef))
			read := craft.Dissect([]byte(fromHex(t, built(t, p))), layers.IP)
			ip, tcp := read.Layer(layers.IP), p.Layer(layers.TCP)
			if ip.Uint("len") != 9999 || ip.Uint("chksum") != 0xdead || !strings.Contains(built(t, p), "f002"+"2000"+"beef") || tcp.Uint("dataofs") != 15 {
				t.Error(built(t, p))
			}
		},
		"a question is read by its destination port": func(t *testing.T) {
			for _, ports := range [][2]int{{40000, 53}, {53, 40000}} {
				p := craft.Stack(layers.IP.New(), layers.UDP.New("sport", ports[0], "dport", ports[1]), layers.DNS.New())
				if read := dissected(built(t, p)); !read.Has(layers.DNS) {
					t.Errorf("%v: %s", ports, read.Summary())
				}
			}
		},
		"IP options survive": func(t *testing.T) {
			p := craft.Stack(layers.IP.New("options", crafttest.IPOption("Router_Alert")), layers.UDP.New())
			read := dissected(built(t, p))
			read.Refresh()
			if built(t, read) != built(t, p) || len(read.Layer(layers.IP).Bytes("options")) != 4 {
				t.Error(read.Show())
			}
		},
		"an Ethernet trailer is no payload": func(t *testing.T) {
			p := craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New(), craft.Padding.New("load", "trailer"))
			read := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.Ether)
			if read.Has(craft.Raw) || string(read.Layer(craft.Padding).Bytes("load")) != "trailer" {
				t.Error(read.Summary())
			}
		},
		"a copy is a packet of its own": func(t *testing.T) {
			p := craft.Stack(layers.IP.New("ttl", 64), layers.UDP.New(), layers.DNS.New("qd", craft.Stack(layers.DNSQR.New("qname", "a."))))
			before, c := built(t, p), p.Copy()
			crafttest.Set(t, c.Layer(layers.IP), "ttl", 1)
			crafttest.Set(t, c.Layer(layers.DNSQR), "qname", "b.")
			if built(t, p) != before || built(t, c) == before {
				t.Error("the copy and the original are one")
			}
		},
		"setters say what is wrong at once": func(t *testing.T) {
			l := craft.NewLayer(craft.Lookup(layers.TCP))
			for field, value := range map[string]any{"dport": 70000, "flags": "Q", "dprt": 1, "seq": "x", "window": -1} {
				if err := l.Set(field, value); err == nil || !strings.HasPrefix(err.Error(), "TCP") {
					t.Errorf("%s = %v: %v", field, value, err)
				}
			}
		},
		"packets show values, stand for many, and are told as source": func(t *testing.T) {
			p := craft.Stack(layers.IP.New("dst", "10.0.0.0/31"), layers.TCP.New("dport", values.Range(1, 3, 1), "options", crafttest.TCPOption("MSS", 1460)))
			if n, err := p.Count(); n != 6 || err != nil {
				t.Errorf("%d packets, %v", n, err)
			}
			one := p.At(0)
			for what, want := range map[string]string{
				one.Summary(): "10.0.0.0:1 S", one.Show(): "dport     = 1", one.Command(): `options={{"MSS",1460}}`,
				hexdump.Dump([]byte("AB")): "41 42",
			} {
				if !strings.Contains(what, want) {
					t.Errorf("want %q in %s", want, what)
				}
			}
		},
	} {
		t.Run(name, test)
	}
}

func fromHex(t *testing.T, text string) string { return string(crafttest.Unhex(t, text)) }
