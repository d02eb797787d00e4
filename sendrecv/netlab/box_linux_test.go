package netlab

import (
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
)

func TestBoxes(t *testing.T) {
	n := newNet(t, none)
	for _, b := range []Box{
		{Node: "router", Delay: 20 * time.Millisecond},
		{Node: "nat", Edit: func(p *craft.Packet, outward bool) error { return nil }},
	} {
		stop, err := n.Insert(b)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}()
	}
	before := time.Now()
	c := n.dial(t, "tcp4", "192.168.11.2:57212")
	if took := time.Since(before); took < 40*time.Millisecond {
		t.Errorf("a handshake took %v, want 40 ms at least", took)
	}
	if got := talk(t, c, "through two boxes"); got != "through two boxes" {
		t.Errorf("got %q, want an echo", got)
	}
}
