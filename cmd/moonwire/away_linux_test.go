package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/raw"
)

// A leash is a wire between two namespaces, 10.9.0.1 on mwnear and 10.9.0.2 on mwpeer, that a test takes away.
type leash struct {
	t          *testing.T
	near, peer string // the namespaces
	away       []string
	once       sync.Once
}

func newLeash(t *testing.T, away ...string) *leash {
	t.Helper()
	l := &leash{t: t, near: inNewNamespace(t), away: away}
	l.peer = inNewNamespace(t, []string{"link", "add", "mwpeer", "type", "veth", "peer", "name", "mwnear", "netns", l.near},
		[]string{"addr", "add", "10.9.0.2/24", "dev", "mwpeer"}, []string{"link", "set", "mwpeer", "up"})
	for _, words := range []string{"addr add 10.9.0.1/24 dev mwnear", "link set mwnear up"} {
		ipIn(t, l.near, strings.Fields(words)...)
	}
	return l
}

// cut takes the interface away, once.
func (l *leash) cut() {
	l.once.Do(func() { ipIn(l.t, map[string]string{"del": l.peer, "set": l.near}[l.away[1]], l.away...) })
}

// A cue does something when a text is written to it.
type cue struct {
	bytes.Buffer
	text string
	do   func()
}

func (c *cue) Write(text []byte) (int, error) {
	n, err := c.Buffer.Write(text)
	if strings.Contains(string(text), c.text) {
		c.do()
	}
	return n, err
}

// ways are how an interface leaves.
var ways = map[string][]string{
	"its peer is deleted": {"link", "del", "mwpeer"},
	"it is set down":      {"link", "set", "mwnear", "down"},
}

func TestASniffKeepsWhatCameBeforeTheInterfaceLeft(t *testing.T) {
	for name, away := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLeash(t, away...)
			session, err := raw.Open("netns:" + l.peer + "/mwpeer")
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			ctx, enough := context.WithCancel(t.Context())
			defer enough()
			go func() { // the sniff begins at some moment: it is called until it hears
				call := craft.Stack(layers.Ether.New("dst", "ff:ff:ff:ff:ff:ff", "type", 0x88b5), craft.Raw.New("load", "call"))
				seq, _ := sendrecv.NewSequence(call)
				for ctx.Err() == nil {
					_, _ = session.Send(ctx, seq, sendrecv.Options{}) // it fails once the wire is gone
					_, _ = session.Clock().Wait(ctx, 5*time.Millisecond, nil)
				}
			}()
			out := &cue{text: "heard", do: func() { enough(); l.cut() }}
			var stderr bytes.Buffer
			chunk := `local l = sniff{timeout=300, lfilter=function(p) return p:has(Raw) and p[Raw].load == "call" end, prn=function() return "heard" end}
				print(#l > 0, l[1][Raw].load)`
			code := run(t.Context(), []string{"--iface", "netns:" + l.near + "/mwnear", "-e", chunk}, streams{in: strings.NewReader(""), out: out, err: &stderr})
			if code != exitOK || !strings.HasSuffix(out.String(), "true\tcall\n") || !strings.Contains(stderr.String(), "the interface went away after") {
				t.Errorf("exit %d, %q, %q", code, out.String(), stderr.String())
			}
		})
	}
}

func TestAnExchangeKeepsWhatCameBeforeTheInterfaceLeft(t *testing.T) {
	for name, away := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLeash(t, away...)
			tap, err := raw.OpenTap("netns:" + l.peer + "/mwpeer")
			if err != nil {
				t.Fatal(err)
			}
			defer tap.Close()
			rx, err := tap.Listen(sendrecv.ListenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, end := context.WithCancel(t.Context())
			defer end()
			go func() {
				var frames [16]sendrecv.Frame
				for {
					n, err := rx.Receive(ctx, frames[:], -1)
					for _, f := range frames[:n] {
						if icmp := craft.Dissect(f.Data, f.Link).Layer(layers.ICMP); icmp != nil && icmp.Text("type") == "echo-reply" {
							l.cut()
							return
						}
					}
					if err != nil {
						return
					}
				}
			}()
			code, stdout, stderr := moonwire(t.Context(), "", "--iface", "netns:"+l.near+"/mwnear", "-e",
				`local ans, unans = sr(IP{dst="10.9.0.2"}/ICMP{}, {multi=true, timeout=300}) print(#ans, ans[1].answer[IP].src)`)
			if code != exitOK || stdout != "1\t10.9.0.2\n" || !strings.Contains(stderr, "the interface went away after 1 of 1 packets and 1 answer: ") {
				t.Errorf("exit %d, %q, %q", code, stdout, stderr)
			}
		})
	}
}

func TestAnExperimentThatLosesItsInterfaceShowsWhatItSaw(t *testing.T) {
	const source = `--- asks and loses its interface
-- @args dst:address the server's address
-- @verdicts routed packet-nat dropped inconclusive
local cap = capture()
send(IP{dst=args.dst}/TCP{sport=61000, dport=80, flags="S"})
print("cut it")
local answer = sr1(IP{dst=args.dst}/TCP{sport=61000, dport=80, flags="S"}, {timeout=300})
return judge.path(cap, {dst=args.dst, dport=80})
`
	path := filepath.Join(t.TempDir(), "loses.lua")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, away := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLeash(t, away...)
			out := &cue{text: "cut it", do: l.cut}
			var stderr bytes.Buffer
			code := run(t.Context(), []string{"run", path, "dst=10.9.0.2", "--iface", "netns:" + l.near + "/mwnear"}, streams{in: strings.NewReader(""), out: out, err: &stderr})
			if code != exitCannotRun && code != exitInconclusive || !strings.Contains(out.String(), "Verdict: inconclusive") || !strings.Contains(out.String(), " 1 SYN") {
				t.Errorf("exit %d\n%s\n%s", code, out.String(), stderr.String())
			}
			if !strings.Contains(stderr.String(), "tap guest: ") {
				t.Errorf("nothing tells of the tap: %q", stderr.String())
			}
		})
	}
}
