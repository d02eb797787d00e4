package raw

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/sendrecv"
)

// collect receives until n frames of the EtherType came, and returns them.
func collect(t *testing.T, rx sendrecv.Receiver, n int, etherType uint16) (got []sendrecv.Frame) {
	t.Helper()
	var frames [8]sendrecv.Frame
	for len(got) < n {
		k, err := rx.Receive(t.Context(), frames[:], 10*time.Second)
		if k == 0 || err != nil {
			t.Fatalf("Receive after %d of %d frames: got %d, %v", len(got), n, k, err)
		}
		for _, f := range frames[:k] {
			if binary.BigEndian.Uint16(f.Data[12:]) == etherType {
				got = append(got, f)
			}
		}
	}
	return got
}

func listen(t *testing.T, p sendrecv.Port, o sendrecv.ListenOptions) sendrecv.Receiver {
	t.Helper()
	rx, err := p.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rx.Close() })
	return rx
}

func TestVLANTagIsPutBack(t *testing.T) {
	for name, tpid := range map[string]uint16{"802.1Q": unix.ETH_P_8021Q, "802.1ad": unix.ETH_P_8021AD} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			rx := listen(t, openIn(t, w.near, "mwnear").Port, sendrecv.ListenOptions{})
			tagged := strange(1)
			binary.BigEndian.PutUint16(tagged[12:], tpid)
			binary.BigEndian.PutUint16(tagged[14:], 3<<13|42)
			binary.BigEndian.PutUint16(tagged[16:], experimental)
			newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0).say(tagged)
			if got := collect(t, rx, 1, tpid)[0]; string(got.Data) != string(tagged) || got.Length != 0 {
				t.Errorf("got length %d and\n%s, want 0 and\n%s", got.Length, hexdump.Dump(got.Data), hexdump.Dump(tagged))
			}
		})
	}
}

func TestPromiscuousGoesWithItsReceiver(t *testing.T) {
	w := newWorld(t)
	p := openIn(t, w.near, "mwnear").Port
	promiscuous := func() (n int) {
		within(t, w.near, func() error {
			l, err := netlink.LinkByName("mwnear")
			if err == nil {
				n = l.Attrs().Promisc
			}
			return err
		})
		return n
	}
	listen(t, p, sendrecv.ListenOptions{})
	if n := promiscuous(); n != 0 {
		t.Errorf("plain receiver: got promiscuity %d, want 0", n)
	}
	rx := listen(t, p, sendrecv.ListenOptions{Promiscuous: true})
	if n := promiscuous(); n != 1 {
		t.Errorf("promiscuous receiver: got promiscuity %d, want 1", n)
	}
	rx.Close()
	if n := promiscuous(); n != 0 {
		t.Errorf("closed: got promiscuity %d, want 0", n)
	}
}

func TestTapSurvivesItsLinkGoingDown(t *testing.T) {
	w := newWorld(t)
	tap, err := OpenTap(ifname{w.near.name, "mwnear"}.String())
	if err != nil {
		t.Fatal(err)
	}
	defer tap.Close()
	rx := listen(t, tap, sendrecv.ListenOptions{})
	peer := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0)
	peer.say(strange(1))
	within(t, w.near, func() error { return down("mwnear") })
	within(t, w.near, func() error { return up("mwnear") })
	peer.say(strange(2))
	got := collect(t, rx, 2, experimental)
	if got[0].Data[14] != 1 || got[1].Data[14] != 2 {
		t.Errorf("got frames %d, %d, want 1, 2", got[0].Data[14], got[1].Data[14])
	}
	if !rx.Stats().Away {
		t.Error("nothing tells that frames may have passed unseen")
	}
}

func TestReceiverTellsThatItsInterfaceIsGone(t *testing.T) {
	w := newWorld(t)
	p := openIn(t, w.near, "mwnear").Port
	rx := listen(t, p, sendrecv.ListenOptions{})
	newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0).say(strange(1))
	within(t, w.peer, func() error {
		l, err := netlink.LinkByName("mwpeer")
		if err != nil {
			return err
		}
		return netlink.LinkDel(l)
	})
	collect(t, rx, 1, experimental)
	frames := make([]sendrecv.Frame, 64)
	var err error
	for n := 1; n > 0; {
		n, err = rx.Receive(t.Context(), frames, 10*time.Second)
	}
	wantError(t, err, p.Name()+" is gone")
	if !sendrecv.IsAway(err) || !rx.Stats().Away {
		t.Errorf("away %v and %v, want true and true", sendrecv.IsAway(err), rx.Stats().Away)
	}
	_, err = p.Send(t.Context(), [][]byte{strange(2)})
	wantError(t, err, p.Name()+" is gone")
}

func TestNothingIsLostWithoutBeingCounted(t *testing.T) {
	w := newWorld(t)
	rx := listen(t, openIn(t, w.near, "mwnear").Port, sendrecv.ListenOptions{})
	err := rx.(*receiver).poll.conn.Control(func(fd uintptr) {
		if err := unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1); err != nil { // the smallest there is
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	peer := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0)
	last := sendrecv.Stats{}
	for range 2 {
		for i := range 100 {
			peer.say(strange(i))
		}
		stats := rx.Stats()
		if stats.Dropped <= last.Dropped || stats.Received+stats.Dropped < last.Received+last.Dropped+100 {
			t.Errorf("after 100 frames more: got %+v, before %+v, want some dropped and all counted", stats, last)
		}
		last = stats
	}
	frames := make([]sendrecv.Frame, 300)
	n, err := rx.Receive(t.Context(), frames, 0)
	if err != nil || uint64(n) != rx.Stats().Received {
		t.Errorf("got %d frames, %v, want %d", n, err, rx.Stats().Received)
	}
	rx.Close()
	if got := rx.Stats(); got.Dropped < last.Dropped {
		t.Errorf("closed: got %+v, want no less than %+v", got, last)
	}
}

func TestReceiverTellsThatItsInterfaceStaysDown(t *testing.T) {
	w := newWorld(t)
	p := openIn(t, w.near, "mwnear").Port
	rx := listen(t, p, sendrecv.ListenOptions{})
	newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0).say(strange(1))
	within(t, w.near, func() error { return down("mwnear") })
	collect(t, rx, 1, experimental) // what had come is not lost
	n, err := rx.Receive(t.Context(), make([]sendrecv.Frame, 64), -1)
	wantError(t, err, p.Name()+" is down: ip -n "+w.near.name+" link set mwnear up")
	if n != 0 || !sendrecv.IsAway(err) || !rx.Stats().Away {
		t.Errorf("got %d frames, away %v and %v, want 0, true and true", n, sendrecv.IsAway(err), rx.Stats().Away)
	}
	within(t, w.near, func() error { return up("mwnear") })
	newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, 0).say(strange(2))
	collect(t, rx, 1, experimental) // and it goes on when the interface does
}
