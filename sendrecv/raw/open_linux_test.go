package raw

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

func TestPlaces(t *testing.T) {
	for where, want := range map[string]ifname{
		"":                 {},
		"eth0":             {device: "eth0"},
		"netns:guest/eth0": {namespace: "guest", device: "eth0"},
		"netns:guest":      {namespace: "guest"},
		"netns:guest/":     {namespace: "guest"},
	} {
		if got, err := parseIfname(where); got != want || err != nil {
			t.Errorf("%q: got %#v, %v, want %#v", where, got, err, want)
		}
	}
	for _, where := range []string{"netns:", "netns:/eth0", "netns:guest/eth0/1"} {
		if _, err := parseIfname(where); err == nil {
			t.Errorf("%q: got no error, want one", where)
		}
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	in := func(device string) string { return ifname{w.near.name, device}.String() }
	within(t, w.near, func() error { return down("mwnear") })
	for where, want := range map[string]string{
		in("mwnone"):           `no interface "` + in("mwnone") + `": want one of lo, mwnear`,
		in("mwnear"):           in("mwnear") + ` is down: ip -n ` + w.near.name + ` link set mwnear up`,
		"netns:mw-none/eth0":   `no network namespace "mw-none": "ip netns list"`,
		"netns:/eth0":          "want netns:NAME/INTERFACE",
		"mwnone":               `no interface "mwnone": want one of `,
		in("mw-name-too-long"): `no interface`,
	} {
		_, err := Open(where)
		wantError(t, err, want)
		_, err = OpenTap(where)
		wantError(t, err, want)
	}
}

func TestForeignFramesAreRefused(t *testing.T) {
	a := netlink.LinkAttrs{Name: "mon0", EncapType: "ieee802.11/radiotap"}
	_, err := newLink("", &netlink.Dummy{LinkAttrs: a})
	wantError(t, err, "mon0 has frames of type ieee802.11/radiotap: want Ethernet")
}

func TestDefaultInterface(t *testing.T) {
	w := newWorld(t)
	opened := func() string {
		s, err := Open("netns:" + w.near.name)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if s.Name != s.Port.Name() {
			t.Errorf("got session %q at port %q, want the same name", s.Name, s.Port.Name())
		}
		return strings.TrimPrefix(s.Name, "netns:"+w.near.name+"/")
	}
	if got := opened(); got != "mwnear" {
		t.Errorf("without a default route: got %s, want mwnear", got)
	}
	w.wire(t, "mwmore", netipPrefix("10.98.0.1/24"), "mwfar", netipPrefix("10.98.0.2/24"))
	within(t, w.near, func() error { return addRoute(unix.RTN_UNICAST, "0.0.0.0/0", "10.98.0.2", "") })
	if got := opened(); got != "mwmore" {
		t.Errorf("with a default route: got %s, want mwmore", got)
	}
	within(t, w.near, func() error { return errors.Join(down("mwnear"), down("mwmore")) })
	if got := opened(); got != "lo" {
		t.Errorf("with nothing else up: got %s, want lo", got)
	}
}

func TestMissingRightNamesTheWayOut(t *testing.T) {
	err := explainRight(os.NewSyscallError("socket", unix.EPERM))
	program, _ := os.Executable()
	want := `needs CAP_NET_RAW: run with sudo, or "setcap cap_net_raw,cap_net_admin+ep ` + program + `", or --lab`
	if err.Error() != want || !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %q, want %q that is %v", err, want, os.ErrPermission)
	}
	if err := explainRight(unix.EMFILE); !errors.Is(err, unix.EMFILE) || errors.Is(err, os.ErrPermission) {
		t.Errorf("another error: got %v, want it as it was", err)
	}
}

func TestLoopbackAnswersAPing(t *testing.T) {
	s := openIn(t, newNamespace(t), "lo")
	ping := craft.Stack(layers.IP.New("dst", "127.0.0.1"), layers.ICMP.New("id", 7, "seq", 1))
	answer, err := s.SR1(t.Context(), ping, sendrecv.Options{})
	if err != nil || answer == nil {
		t.Fatalf("got %v, %v, want an answer", answer, err)
	}
	if kind := answer.Layer(layers.ICMP).Uint("type"); kind != 0 {
		t.Errorf("got ICMP type %d, want an echo reply: %s", kind, answer.Summary())
	}
}

func TestGuardKeepsTheKernelOutOfAHandshake(t *testing.T) {
	w := newWorld(t)
	listenIn(t, w.peer, "10.99.0.2:80")
	s := openIn(t, w.near, "mwnear")
	peer := newProbe(t, w.peer, "mwpeer", unix.SOCK_DGRAM, unix.ETH_P_IP)
	syn := craft.Stack(layers.IP.New("dst", "10.99.0.2"), layers.TCP.New("sport", 61000, "dport", 80, "flags", "S"))
	q, err := sendrecv.NewSequence(syn)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.SR(t.Context(), q, sendrecv.Options{})
	if err != nil || len(out.Pairs) != 1 || !out.Guarded || out.Unguarded != nil {
		t.Fatalf("got %+v, %v, want one answer under guard", out, err)
	}
	for _, f := range peer.seen() {
		if tcp := craft.Dissect(f, layers.IP).Layer(layers.TCP); tcp != nil && tcp.Flag("R") {
			t.Errorf("got a reset from the host's own TCP")
		}
	}
}
