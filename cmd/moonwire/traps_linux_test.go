package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/netlab"
	"github.com/moonwire/moonwire/sendrecv/raw"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// Traps.

type (
	// A layer adds something to a network, which goes with the test.
	layer func(*testing.T, *netlab.Net)
	// An activity is what others do while an experiment runs, until ctx ends; sent is closed when the guest's first SYN left.
	activity func(ctx context.Context, n *netlab.Net, sent <-chan struct{}) error
)

// A trap is a network in which a judge can go wrong, and an experiment there.
type trap struct {
	name   string
	nat    string
	lay    layer                    // nil is nothing
	beside activity                 // nil is nobody
	tap    func(*netlab.Net) string // where tap host stands; nil is the NAT's uplink
	line   string                   // the experiment and its arguments

	// verdicts are what may come; the first is what stands there.
	verdicts []vantage.Verdict
	// truth must be among the candidates of a finding that has any; empty is the first of verdicts.
	truth vantage.Verdict
	// candidates are all that a finding may leave open; nil is anything.
	candidates []vantage.Verdict
	// fault is what must be found to be wrong with the taps.
	fault vantage.Fault
	// chance decides between the verdicts, where what the others do falls now before the guest's segments, now behind them.
	chance bool
}

// again is how often each experiment is run in its network in a long run: a verdict that comes twice and not a third time is none.
const again = 3

// spring runs all traps, more of them at a time than there are processors: they wait, they do not compute.
func spring(t *testing.T, all []trap) {
	t.Parallel()
	var running sync.WaitGroup
	defer running.Wait()
	free := make(chan struct{}, 6)
	for _, c := range all {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			t.Run(c.name, c.spring)
		})
	}
}

// spring runs the trap's experiment several times in one network.
func (c trap) spring(t *testing.T) {
	runs := again
	if os.Getenv("MOONWIRE_LONG") == "" {
		if runs = 1; strings.HasPrefix(c.line, "keepalive") {
			t.Skip("takes a minute: MOONWIRE_LONG=1 runs it")
		}
	}
	n := network(t, c.nat)
	if c.lay != nil {
		c.lay(t, n)
	}
	var first vantage.Result
	for i := range runs {
		r := c.run(t, n)
		t.Logf("run %d: %s %v %s", i+1, r.Verdict, r.Candidates, r.Fault)
		if wrong := c.wrong(r); wrong != "" {
			t.Errorf("run %d: %s\n%s", i+1, wrong, ladder(r))
		}
		if i == 0 {
			first = r
		} else if r.Verdict != first.Verdict && !c.chance {
			t.Errorf("run %d is not as the first: %s\nat first: %s", i+1, ladder(r), ladder(first))
		}
	}
}

// run runs the experiment once, and beside it what the others do.
func (c trap) run(t *testing.T, n *netlab.Net) vantage.Result {
	t.Helper()
	if c.beside != nil {
		sent := firstSYN(t, n.Guest())
		ctx, cancel := context.WithCancel(t.Context())
		var others sync.WaitGroup
		defer others.Wait()
		defer cancel()
		others.Go(func() {
			if err := c.beside(ctx, n, sent); err != nil && ctx.Err() == nil {
				t.Errorf("the others: %v", err)
			}
		})
	}
	host := n.Host()
	if c.tap != nil {
		host = c.tap(n)
	}
	r, _ := result(t, "run "+c.line+" dst=192.168.11.2 --iface "+n.Guest()+" --tap host="+host)
	return r
}

// wrong says what must not be in a result; empty when nothing.
func (c trap) wrong(r vantage.Result) string {
	tooMany := func(v vantage.Verdict) bool { return !slices.Contains(c.candidates, v) }
	truth := c.truth
	if truth == "" {
		truth = c.verdicts[0]
	}
	switch {
	case !slices.Contains(c.verdicts, r.Verdict):
		return fmt.Sprintf("verdict %s, want one of %v", r.Verdict, c.verdicts)
	case r.Fault != c.fault:
		return fmt.Sprintf("fault %q, want %q", r.Fault, c.fault)
	case c.candidates != nil && slices.ContainsFunc(r.Candidates, tooMany):
		return fmt.Sprintf("candidates %v, want none but %v", r.Candidates, c.candidates)
	case len(r.Candidates) > 0 && !slices.Contains(r.Candidates, truth):
		return fmt.Sprintf("candidates %v, and what stands there is %s", r.Candidates, truth)
	}
	return ""
}

// ladder writes a result's taps nearly as the judge's own tests read them, under what was found and why.
func ladder(r vantage.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %v %s\n", r.Verdict, r.Order, r.Candidates, r.Fault)
	for _, e := range r.Evidence {
		fmt.Fprintf(&b, "  - %s %v\n", e.Says, e.Frames)
	}
	for _, tap := range r.Taps {
		fmt.Fprintf(&b, "# %s until %.3f, %d frames lost\n", tap.Name, tap.Until*1e3, tap.Dropped)
		for _, s := range tap.Segments {
			client, arrow := s.Src, ">"
			if s.Dir == "in" {
				client, arrow = s.Dst, "<"
			}
			fmt.Fprintf(&b, "%s %.3f %s %s %d %d len=%d from=%s ttl=%d %s\n",
				tap.Name, s.Time*1e3, arrow, s.Flags+s.ICMP, s.Seq, s.Ack, s.Len, client, s.TTL, s.MACs)
		}
	}
	return b.String()
}

// firstSYN is closed when the guest's next SYN has left.
func firstSYN(t *testing.T, guest string) <-chan struct{} {
	t.Helper()
	tap, err := raw.OpenTap(guest)
	if err != nil {
		t.Fatal(err)
	}
	passing, err := tap.Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer tap.Close()
		frames := make([]sendrecv.Frame, 16)
		for {
			n, err := passing.Receive(t.Context(), frames, -1)
			if err != nil {
				return
			}
			if slices.ContainsFunc(frames[:n], func(f sendrecv.Frame) bool { return tcpFlags(f) == "S" }) {
				close(sent)
				return
			}
		}
	}()
	return sent
}

// tcpFlags are the flags of a frame's TCP; empty when it has none.
func tcpFlags(f sendrecv.Frame) string {
	if tcp := craft.Dissect(f.Data, f.Link).Layer(layers.TCP); tcp != nil {
		return tcp.Text("flags")
	}
	return ""
}

// Where the taps are.

// on is an interface of one of the network's hosts, as --tap takes it.
func on(n *netlab.Net, node, iface string) string {
	network, _, _ := strings.Cut(n.Host(), "-nat/")
	return network + "-" + node + "/" + iface
}

// wire is the name of both ends of one of the network's wires.
func wire(n *netlab.Net, name string) string {
	_, uplink, _ := strings.Cut(n.Host(), "/")
	return strings.TrimSuffix(uplink, "uplink") + name
}

// in runs a program in one of the network's hosts.
func in(t *testing.T, n *netlab.Net, node, stdin, line string) {
	t.Helper()
	words := strings.Fields(line)
	cmd := exec.Command(words[0], words[1:]...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &said, &said
	switch err := n.In(node, cmd.Run); {
	case errors.Is(err, exec.ErrNotFound):
		t.Skipf("no network to try it in: %v", err)
	case err != nil:
		t.Fatalf("%s: %v: %s", line, err, said.String())
	}
}

// rules loads nftables rules into the NAT: a chain of a type and hook, with one rule.
func rules(t *testing.T, n *netlab.Net, chain, rule string) {
	t.Helper()
	in(t, n, "nat", fmt.Sprintf("table ip trap { chain trap { type %s; %s; }; }", chain, rule), "nft -f -")
}

// What stands in the way.

// both lays one thing after the other.
func both(a, b layer) layer {
	return func(t *testing.T, n *netlab.Net) {
		a(t, n)
		b(t, n)
	}
}

// firewall drops what the guest sends through the NAT.
func firewall(t *testing.T, n *netlab.Net) {
	rules(t, n, "filter hook forward priority 0", fmt.Sprintf("iifname %q drop", wire(n, "guest")))
}

// relay ends the guest's TCP in a listener of the NAT's kernel, and dials the server once it has accepted.
func relay(t *testing.T, n *netlab.Net) {
	rules(t, n, "nat hook prerouting priority -100", fmt.Sprintf("iifname %q tcp dport 57212 redirect", wire(n, "guest")))
	var l net.Listener
	err := n.In("nat", func() (err error) {
		c := net.ListenConfig{KeepAlive: -1} // probes of its own would be taken for somebody else's
		l, err = c.Listen(t.Context(), "tcp4", "10.0.2.2:57212")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		l.Close()
		running.Wait()
	})
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { carry(ctx, n, c.(*net.TCPConn)) })
		}
	})
}

// carry joins an accepted connection to one that it makes to the server.
func carry(ctx context.Context, n *netlab.Net, near *net.TCPConn) {
	defer near.Close()
	far, err := connect(ctx, n, "nat", -1)
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { near.Close(); far.Close() })()
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(near, far)
		near.CloseWrite()
	})
	io.Copy(far, near)
	far.CloseWrite()
	back.Wait()
}

// connect makes a connection from a host's kernel to the server, with probes so often; -1 is none.
func connect(ctx context.Context, n *netlab.Net, node string, probes time.Duration) (c *net.TCPConn, err error) {
	err = n.In(node, func() error {
		d := net.Dialer{KeepAlive: probes, Timeout: 5 * time.Second}
		conn, err := d.DialContext(ctx, "tcp4", "192.168.11.2:57212")
		if err == nil {
			c = conn.(*net.TCPConn)
		}
		return err
	})
	return c, err
}

// stranger is somebody on the NAT's own host who opens the same server's port some time after the guest's SYN, and closes the
// connection again.
func stranger(after time.Duration) activity { return caller(after, 0, -1) }

// caller is a stranger who holds the connection for a while, negative is until the end, and whose kernel probes it so often,
// negative is never.
func caller(after, hold, probes time.Duration) activity {
	return func(ctx context.Context, n *netlab.Net, sent <-chan struct{}) error {
		clock := sendrecv.SystemClock{}
		if _, err := clock.Wait(ctx, -1, sent); err != nil {
			return err
		}
		if _, err := clock.Wait(ctx, after, nil); err != nil {
			return err
		}
		c, err := connect(ctx, n, "nat", probes)
		if err != nil {
			return err
		}
		_, _ = clock.Wait(ctx, hold, nil) // the end is an end too
		return c.Close()
	}
}

// crowd comes one after the other, before the guest's SYN and after it.
func crowd(ctx context.Context, n *netlab.Net, _ <-chan struct{}) error {
	for {
		c, err := connect(ctx, n, "nat", -1)
		if err != nil {
			return err
		}
		c.Close()
		if _, err := (sendrecv.SystemClock{}).Wait(ctx, 25*time.Millisecond, nil); err != nil {
			return err
		}
	}
}

// plug adds a wire between two hosts, the second of which is the router.
func plug(t *testing.T, n *netlab.Net, node string) {
	name := wire(n, "second")
	namespace := strings.TrimSuffix(strings.TrimPrefix(on(n, "router", ""), "netns:"), "/")
	in(t, n, node, "", "ip link add "+name+" type veth peer name "+name+" netns "+namespace)
	for node, addr := range map[string]string{node: "192.168.12.1/24", "router": "192.168.12.254/24"} {
		in(t, n, node, "", "ip addr add "+addr+" dev "+name)
		in(t, n, node, "", "ip link set "+name+" up")
	}
}

// answersElsewhere brings the server's answers to the NAT on a second wire: the uplink carries the questions alone.
func answersElsewhere(t *testing.T, n *netlab.Net) {
	plug(t, n, "nat")
	in(t, n, "router", "", "ip route replace 10.0.2.0/24 via 192.168.12.1")
	in(t, n, "router", "", "ip route add 192.168.10.1/32 via 192.168.12.1")
}

// questionsElsewhere takes what is for the server to the router on a second wire: the uplink carries the answers alone.
func questionsElsewhere(t *testing.T, n *netlab.Net) {
	plug(t, n, "nat")
	in(t, n, "nat", "", "ip route add 192.168.11.0/24 via 192.168.12.254 src 192.168.10.1")
}

// asUplink has what leaves on the second wire come from the uplink's address.
func asUplink(t *testing.T, n *netlab.Net) {
	rules(t, n, "nat hook postrouting priority 90", fmt.Sprintf("oifname %q snat to 192.168.10.1", wire(n, "second")))
}

// multihomed gives the NAT's own host another way to the server than the guest's, which is slow: 80 ms there and
// back.
func multihomed(t *testing.T, n *netlab.Net) {
	plug(t, n, "nat")
	in(t, n, "nat", "", "ip route add 192.168.11.0/24 via 192.168.12.254")
	insert(t, n, netlab.Box{Node: "nat", Delay: 40 * time.Millisecond}) // which sends by the uplink, whatever the routes say
}

// shortcut brings the server's answers from the router straight to the guest, past the interface that it asked on.
func shortcut(t *testing.T, n *netlab.Net) {
	plug(t, n, "guest")
	in(t, n, "router", "", "ip route replace 10.0.2.0/24 via 192.168.12.1")
}

// insert puts a box into the network, until the end of the test.
func insert(t *testing.T, n *netlab.Net, b netlab.Box) {
	stop, err := n.Insert(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("box on the %s: %v", b.Node, err)
		}
	})
}

// distance puts the server 80 ms away: so far that the time that a box takes does not count.
func distance(t *testing.T, n *netlab.Net) {
	insert(t, n, netlab.Box{Node: "router", Delay: 40 * time.Millisecond})
}

// renumber has the NAT add a number to all sequence numbers of the guest's and another to the server's, as some firewalls do.
// Translating, it changes the guest's address too.
func renumber(translating bool) layer {
	return func(t *testing.T, n *netlab.Net) {
		if translating { // the answers are for the NAT's own address, and its kernel must not reset them
			rules(t, n, "filter hook input priority 0", "ip saddr 192.168.11.0/24 drop")
		}
		insert(t, n, netlab.Box{Node: "nat", Edit: func(p *craft.Packet, outward bool) error {
			return errors.Join(translate(p.Layer(layers.IP), translating, outward), shift(p.Layer(layers.TCP), outward))
		}})
		warm(t, n)
	}
}

// warm has a first packet go to the server and back, by UDP, which no tap counts: a box is slower with it than with the others.
func warm(t *testing.T, n *netlab.Net) {
	err := n.In("guest", func() error {
		c, err := net.Dial("udp4", "192.168.11.2:57212")
		if err != nil {
			return err
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			return err
		}
		if _, err := c.Write([]byte("warm")); err != nil {
			return err
		}
		_, err = c.Read(make([]byte, 4))
		return err
	})
	if err != nil {
		t.Fatalf("through the box: %v", err)
	}
}

// translate puts the NAT's own address in the guest's place, and the guest's back.
func translate(ip *craft.Layer, translating, outward bool) error {
	switch {
	case !translating:
		return nil
	case outward:
		return ip.SetText("src", "192.168.10.1")
	}
	return ip.SetText("dst", "10.0.2.100")
}

// shift renumbers one segment; nil is none.
func shift(tcp *craft.Layer, outward bool) error {
	if tcp == nil {
		return nil
	}
	own, peers := uint32(1_000_000_007), uint32(3_000_000_019)
	if !outward {
		own, peers = peers, own
	}
	err := tcp.SetUint("seq", uint64(uint32(tcp.Uint("seq"))+own))
	if tcp.Flag("A") {
		err = errors.Join(err, tcp.SetUint("ack", uint64(uint32(tcp.Uint("ack"))-peers)))
	}
	if tcp.Flag("S") {
		err = errors.Join(err, forbidSACK(tcp))
	}
	return err
}

// forbidSACK takes the offer of selective acknowledgments out of a SYN: they hold numbers too.
func forbidSACK(tcp *craft.Layer) error {
	v, err := tcp.Get("options")
	if err != nil {
		return err
	}
	const nop, permitted = 1, 4
	var kept []craft.Option
	for _, o := range v.Options() {
		if o.Kind == permitted {
			kept = append(kept, craft.Option{Kind: nop}, craft.Option{Kind: nop})
			continue
		}
		kept = append(kept, o)
	}
	return tcp.Set("options", kept)
}

// Captures of others.
