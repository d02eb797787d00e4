package craft_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// tunnel is a packet with two layers of IP.
func tunnel() *craft.Packet {
	return craft.Stack(layers.Ether.New(), layers.IP.New("ttl", 9), layers.IP.New("ttl", 8), layers.TCP.New(), craft.Raw.New("load", "x"))
}

func TestSurgery(t *testing.T) {
	udp := func() *craft.Layer { return layers.UDP.New("dport", 5) }
	cases := []struct {
		name string
		cut  func(p *craft.Packet)
		want string
	}{
		{"append", func(p *craft.Packet) { p.Append(udp(), craft.Raw.New("load", "y")) },
			`<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=tcp |<TCP  |<Raw  load="x" |<UDP  dport=5 |<Raw  load="y" |>>>>>>>`},
		{"append nothing", func(p *craft.Packet) { p.Append() }, tunnel().String()},
		{"remove the outermost", func(p *craft.Packet) { p.Remove(layers.Ether, 1) },
			`<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=tcp |<TCP  |<Raw  load="x" |>>>>`},
		{"remove in the middle", func(p *craft.Packet) { p.Remove(layers.IP, 2) }, `<Ether  type=IPv4 |<IP  ttl=9 proto=tcp |<TCP  |<Raw  load="x" |>>>>`},
		{"remove the innermost", func(p *craft.Packet) { p.Remove(craft.Raw, 1) }, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=tcp |<TCP  |>>>>`},
		{"remove what is not there", func(p *craft.Packet) { p.Remove(layers.IP, 3) }, tunnel().String()},
		{"replace", func(p *craft.Packet) { p.Replace(layers.TCP, 1, udp()) },
			`<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=udp |<UDP  dport=5 |<Raw  load="x" |>>>>>`},
		{"replace the second", func(p *craft.Packet) { p.Replace(layers.IP, 2, udp()) },
			`<Ether  type=IPv4 |<IP  ttl=9 proto=udp |<UDP  dport=5 |<TCP  |<Raw  load="x" |>>>>>`},
		{"replace what is not there", func(p *craft.Packet) { p.Replace(layers.UDP, 1, udp()) }, tunnel().String()},
		{"replace by itself", func(p *craft.Packet) { p.Replace(layers.TCP, 1, p.Layer(layers.TCP)) }, tunnel().String()},
		{"another payload", func(p *craft.Packet) { p.SetPayload(1, craft.Stack(udp())) }, `<Ether  type=IPv4 |<IP  ttl=9 proto=udp |<UDP  dport=5 |>>>`},
		{"no payload", func(p *craft.Packet) { p.SetPayload(1, nil) }, `<Ether  type=IPv4 |<IP  ttl=9 |>>`},
		{"a payload above the last", func(p *craft.Packet) { p.SetPayload(4, craft.Stack(udp())) },
			`<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=tcp |<TCP  |<Raw  load="x" |<UDP  dport=5 |>>>>>>`},
		{"all of it", func(p *craft.Packet) { p.SetPayload(-1, craft.Stack(udp())) }, `<UDP  dport=5 |>`},
		{"itself in itself", func(p *craft.Packet) { p.SetPayload(1, p.From(1)) },
			`<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=tcp |<TCP  |<Raw  load="x" |>>>>>>`},
		{"what is set stays", func(p *craft.Packet) {
			crafttest.Set(t, p.Nth(layers.IP, 2), "proto", 99)
			p.SetPayload(2, craft.Stack(udp()))
		}, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=99 |<UDP  dport=5 |>>>>`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := tunnel()
			c.cut(p)
			if got := p.String(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, l := range p.Layers() {
				if l.Packet() != p {
					t.Errorf("%s is not a layer of the packet", l.Name())
				}
			}
			crafttest.Build(t, p)
		})
	}
}

func TestWhatWasCutOutIsAPacketOfItsOwn(t *testing.T) {
	p := tunnel()
	ip := p.Remove(layers.IP, 2)
	if ip.Packet() == p || len(ip.Packet().Layers()) != 1 || ip.Text("proto") != "hopopt" {
		t.Errorf("the removed layer is %v", ip.Packet())
	}
	tcp := p.Replace(layers.TCP, 1, layers.UDP.New())
	if got := tcp.Packet().String(); got != `<TCP  |>` {
		t.Errorf("the replaced layer is %s", got)
	}
	udp := p.Layer(layers.UDP)
	rest := p.SetPayload(1, nil)
	if got := rest.String(); got != `<UDP  |<Raw  load="x" |>>` || udp.Packet() != rest {
		t.Errorf("what was above is %s", got)
	}
	if again := p.SetPayload(1, nil); again != nil {
		t.Errorf("nothing was above, got %s", again)
	}
}

// TestWhatACaptureCutOffGoesWithTheLastLayer: while that stays, whatever changes before it, the length on the wire counts it.
func TestWhatACaptureCutOffGoesWithTheLastLayer(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *craft.Packet) *craft.Packet
		want   int
	}{
		{"nothing", func(p *craft.Packet) *craft.Packet { return p }, 140},
		{"a copy", (*craft.Packet).Copy, 140},
		{"from a layer on", func(p *craft.Packet) *craft.Packet { return p.From(1) }, 120},
		{"its first layers", func(p *craft.Packet) *craft.Packet { return p.Head(1) }, 0},
		{"without the first layer", func(p *craft.Packet) *craft.Packet { p.Remove(layers.IP, 1); return p }, 120},
		{"without the last layer", func(p *craft.Packet) *craft.Packet { p.Remove(craft.Raw, 1); return p }, 28},
		{"another first layer", func(p *craft.Packet) *craft.Packet { p.Replace(layers.IP, 1, layers.IPv6.New()); return p }, 160},
		{"another last layer", func(p *craft.Packet) *craft.Packet { p.Replace(craft.Raw, 1, craft.Raw.New("load", "abc")); return p }, 31},
		{"one more layer", func(p *craft.Packet) *craft.Packet { p.Append(craft.Raw.New("load", "abc")); return p }, 43},
		{"another payload", func(p *craft.Packet) *craft.Packet {
			p.SetPayload(1, craft.Stack(craft.Raw.New("load", "abc")))
			return p
		}, 31},
		{"a payload that was cut off too", func(p *craft.Packet) *craft.Packet { p.SetPayload(0, p.From(1)); return p }, 140},
		{"no payload", func(p *craft.Packet) *craft.Packet { p.SetPayload(1, nil); return p }, 28},
	} {
		p := craft.Dissect(crafttest.Build(t, craft.Stack(layers.IP.New(), layers.UDP.New(), craft.Raw.New("load", "0123456789ab"))), layers.IP)
		p.SetCut(100)
		if got := c.change(p).WireLen(); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
