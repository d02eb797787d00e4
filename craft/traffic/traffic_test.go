package traffic_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/traffic"
)

func TestSession(t *testing.T) {
	ip := func(above ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2")}, above...)...)
	}
	for _, c := range []struct {
		packet        *craft.Packet
		session, want string // and the hosts
	}{
		{ip(layers.TCP.New("sport", 1, "dport", 2)), "TCP 10.0.0.1:1 > 10.0.0.2:2", "10.0.0.1 10.0.0.2 true"},
		{ip(layers.UDP.New("sport", 1, "dport", 2)), "UDP 10.0.0.1:1 > 10.0.0.2:2", "10.0.0.1 10.0.0.2 true"},
		{ip(layers.ICMP.New("id", 7)), "ICMP 10.0.0.1 > 10.0.0.2 type=8 code=0 id=0x7", "10.0.0.1 10.0.0.2 true"},
		{ip(layers.ICMP.New("type", 3)), "ICMP 10.0.0.1 > 10.0.0.2 type=3 code=0 id=0x0", "10.0.0.1 10.0.0.2 true"},
		{ip(layers.GRE.New()), "IP 10.0.0.1 > 10.0.0.2 proto=gre", "10.0.0.1 10.0.0.2 true"},
		{craft.Stack(layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2"), layers.ICMPv6EchoRequest.New()), "IPv6 2001:db8::1 > 2001:db8::2 nh=ICMPv6", "2001:db8::1 2001:db8::2 true"},
		{craft.Stack(layers.IP.New("dst", "10.0.0.2"), layers.UDP.New("sport", 1, "dport", 2)), "UDP 0.0.0.0:1 > 10.0.0.2:2", "0.0.0.0 10.0.0.2 true"},
		{craft.Stack(layers.IPv6.New("dst", "2001:db8::2"), layers.TCP.New("sport", 1, "dport", 2)), "TCP :::1 > 2001:db8::2:2", ":: 2001:db8::2 true"},
		{craft.Stack(layers.ARP.New("psrc", "10.0.0.1", "pdst", "10.0.0.2")), "ARP 10.0.0.1 > 10.0.0.2", "10.0.0.1 10.0.0.2 true"},
		{craft.Stack(layers.Ether.New("src", "02:00:00:00:00:01", "dst", "02:00:00:00:00:02", "type", 0x88cc)), "Ethernet type=88cc", "02:00:00:00:00:01 02:00:00:00:00:02 true"},
		{craft.Stack(layers.ARP.New("pdst", "10.0.0.2")), "ARP 0.0.0.0 > 10.0.0.2", "0.0.0.0 10.0.0.2 true"},
		{craft.Stack(layers.Ether.New("dst", "02:00:00:00:00:02", "type", 0x88cc)), "Ethernet type=88cc", " 02:00:00:00:00:02 true"},
		{craft.Stack(layers.Dot3.New("src", "02:00:00:00:00:01")), "Other", "02:00:00:00:00:01  true"},
		{craft.Stack(craft.Raw.New("load", "x")), "Other", "  false"},
		{craft.Stack(), "Other", "  false"},
	} {
		t.Run(c.session, func(t *testing.T) {
			src, dst, ok := traffic.Hosts(c.packet)
			if got := fmt.Sprint(src, " ", dst, " ", ok); got != c.want || traffic.Session(c.packet) != c.session {
				t.Errorf("got %s of %s, want %s of %s", traffic.Session(c.packet), got, c.session, c.want)
			}
		})
	}
}

func TestConversations(t *testing.T) {
	at := func(seconds int64) *craft.Packet {
		p := craft.Stack(layers.UDP.New(), craft.Raw.New("load", "abc"))
		p.Time = time.Unix(seconds, 0)
		return p
	}
	cut := craft.Dissect([]byte("cut"), craft.Raw)
	cut.SetWireLen(100)
	var c traffic.Conversations[string]
	c.Add("a", "b", at(5)).Label("x")
	c.Add("b", "a", at(7)).Label("y")
	c.Add("b", "c", craft.Stack(layers.UDP.New()))
	c.Add("a", "b", at(3)).Label("x")
	if c.Add("x", "y", cut); c.All[2].Sent.Bytes != 100 || traffic.Length(cut) != 3 {
		t.Errorf("of a packet that was cut short: %d bytes on the wire, %d here", c.All[2].Sent.Bytes, traffic.Length(cut))
	}
	if len(c.All) != 3 {
		t.Fatalf("got %d conversations", len(c.All))
	}
	both := c.All[0]
	sum := both.Sent.With(both.Back)
	if got, want := fmt.Sprint(both.Src, both.Dst, " ", both.Sent.Packets, both.Back.Packets, both.Labels, sum.Packets, sum.Bytes, sum.First.Unix(), sum.Last.Unix()), "ab 2 1 [x y] 3 33 3 7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if other := c.All[1]; other.Sent.Bytes != 8 || !other.Sent.First.IsZero() || !other.Sent.Last.IsZero() {
		t.Errorf("of packets without times: %+v", other.Sent)
	}
}
