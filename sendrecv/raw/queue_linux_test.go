package raw

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// TestASpareQueueBeginsEmpty hands a queue from one receiver to the next: nothing of what passed before or between them is
// seen or counted again.
func TestASpareQueueBeginsEmpty(t *testing.T) {
	w := newWorld(t)
	p := openIn(t, w.near, "mwnear").Port
	probe := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0)
	first, err := p.Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	probe.say(strange(1), strange(2))
	collect(t, first, 1, experimental)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	probe.say(strange(3))
	second := listen(t, p, sendrecv.ListenOptions{})
	if second.(*receiver).queue != first.(*receiver).queue {
		t.Fatal("the second receiver has a queue of its own")
	}
	probe.say(strange(4))
	if got := collect(t, second, 1, experimental)[0]; string(got.Data) != string(strange(4)) {
		t.Errorf("got %x, want the frame sent since", got.Data)
	}
	if got := first.Stats().Received; got != 2 {
		t.Errorf("the first receiver counts %d frames, want 2", got)
	}
	if got := second.Stats().Received; got != 1 {
		t.Errorf("the second receiver counts %d frames, want 1", got)
	}
}
