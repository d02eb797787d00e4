package lua_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv"
)

// A leaving port takes some frames and answers them. Then it has no interface any more, which shows to whoever waits, or sends.
type leaving struct {
	answers int // how many more it takes
	why     error
	frames  []sendrecv.Frame
	gone    bool
	back    bool // it was down and is up again
}

func (p *leaving) Name() string          { return "eth0" }
func (p *leaving) Link() craft.Name      { return layers.IP }
func (p *leaving) Clock() sendrecv.Clock { return sendrecv.SystemClock{} }
func (p *leaving) Close() error          { return nil }
func (p *leaving) Stats() sendrecv.Stats { return sendrecv.Stats{Away: p.gone || p.back} }

func (p *leaving) Listen(sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	if p.gone {
		return nil, p.why
	}
	return p, nil
}

func (p *leaving) Send(_ context.Context, frames [][]byte) (int, error) {
	for i, f := range frames {
		if p.answers == 0 {
			p.gone = true
			return i, p.why
		}
		p.answers--
		q := craft.Dissect(f, layers.IP)
		echo := craft.Stack(layers.IP.New("src", q.Layer(layers.IP).Addr("dst"), "dst", q.Layer(layers.IP).Addr("src")),
			layers.ICMP.New("type", "echo-reply", "seq", q.Layer(layers.ICMP).Uint("seq")))
		wire, err := craft.Build(echo, nil)
		if err != nil {
			return i, err
		}
		p.frames = append(p.frames, sendrecv.Frame{Time: time.Now(), Link: layers.IP, Data: wire})
	}
	return len(frames), nil
}

func (p *leaving) Receive(_ context.Context, frames []sendrecv.Frame, wait time.Duration) (int, error) {
	if n := copy(frames, p.frames); n > 0 {
		p.frames = p.frames[n:]
		return n, nil
	}
	if wait != 0 && p.answers == 0 {
		p.gone = true
	}
	if p.gone {
		return 0, p.why
	}
	return 0, nil
}

var errWentAway = fmt.Errorf("eth0 is gone (%w)", sendrecv.ErrAway)

func atLeaving(t *testing.T, answers int, why error) *shell {
	t.Helper()
	p := &leaving{answers: answers, why: why}
	return newShell(t, &sendrecv.Session{Name: "eth0", Port: p, Taps: []sendrecv.Tap{{Name: "guest", Port: &leaving{why: why}}}})
}

func TestWhatCameBeforeTheInterfaceLeftStays(t *testing.T) {
	const q, two = `IP{src="192.0.2.1", dst="192.0.2.2"}/ICMP{seq=range(1, 5)}`, `IP{src="192.0.2.1", dst="192.0.2.2"}/ICMP{seq=range(1, 2)}`
	for _, why := range []error{errWentAway, fmt.Errorf("eth0: %w", net.ErrClosed)} {
		for name, c := range map[string]struct{ chunk, out, notice string }{
			"sr":       {`local ans, unans = sr(` + q + `, {multi=true}) print(#ans, #unans)`, "2\t0", "the interface went away after 2 of 5 packets and 2 answers: eth0"},
			"send":     {`print(send(` + q + `, {pps=0}))`, "2", "the interface went away after 2 of 5 packets: "},
			"sniff":    {`send(` + two + `, {pps=0}) local l = sniff{timeout=60} print(#l)`, "2", "the interface went away after 2 packets: eth0"},
			"no store": {`send(` + two + `, {pps=0}) print(#sniff{timeout=60, store=false})`, "0", "the interface went away after 2 packets: eth0"},
			"sr1":      {`print(sr1(` + q + `, {timeout=60}):summary())`, "IP / ICMP 192.0.2.2 > 192.0.2.1 echo-reply 0", ""},
		} {
			t.Run(name, func(t *testing.T) {
				s := atLeaving(t, 2, why)
				s.check(t, c.chunk, c.out)
				if !strings.Contains(s.notices.String(), c.notice) {
					t.Errorf("got notices %q, want %q", s.notices.String(), c.notice)
				}
			})
		}
	}
}

func TestACallThatHadNothingFails(t *testing.T) {
	for _, chunk := range []string{`sniff{timeout=60}`, `sr1(IP{src="192.0.2.1", dst="192.0.2.2"}/ICMP{})`, `send(IP{src="192.0.2.1", dst="192.0.2.2"}/ICMP{})`} {
		_, err := atLeaving(t, 0, errWentAway).Run(context.Background(), "test", chunk)
		if !errors.Is(err, lua.ErrUnsent) || !strings.Contains(err.Error(), "eth0 is gone") {
			t.Errorf("%s: got %v, want %v", chunk, err, errWentAway)
		}
	}
}

// TestAnExperimentThatLostItsInterfaceHasNoVerdict ends in an error of the script's own, which took silence for an answer.
func TestAnExperimentThatLostItsInterfaceHasNoVerdict(t *testing.T) {
	for name, source := range map[string]string{
		"it fails at once": `capture() sniff{timeout=60} sniff{timeout=60}`,
		"it has no result": `capture() pcall(sniff, {timeout=60})`,
		"it fails later":   `capture() pcall(sniff, {timeout=60}) local p = nil print(p.ttl)`,
	} {
		t.Run(name, func(t *testing.T) {
			s := atLeaving(t, 0, errWentAway)
			script := scripts.Script{Name: "x", Source: source, Verdicts: []string{"routed"}}
			r, err := s.Experiment(context.Background(), script, scripts.Values{"dst": netip.MustParseAddr("192.0.2.2")})
			if !errors.Is(err, lua.ErrUnsent) {
				t.Errorf("got %v, want that nothing could be sent", err)
			}
			if r == nil || r.Verdict != "inconclusive" || !r.Interrupted || !strings.Contains(r.Evidence[0].Says, "eth0 is gone") {
				t.Errorf("got %+v, want the partial result", r)
			}
		})
	}
}

func TestATapThatWasDownHasLostSomething(t *testing.T) {
	for want, leave := range map[string]func(*leaving){
		"tap guest: eth0 is gone":            func(p *leaving) { p.gone = true },
		"tap guest: the interface went away": func(p *leaving) { p.back = true },
	} {
		t.Run(want, func(t *testing.T) {
			tap := &leaving{why: errWentAway}
			s := newShell(t, &sendrecv.Session{Name: "eth0", Port: &leaving{}, Taps: []sendrecv.Tap{{Name: "guest", Port: tap}}})
			s.check(t, `cap = capture()`, "")
			leave(tap)
			s.check(t, `r = judge.path(cap, {dst="192.0.2.2"}) print(r.verdict, r.evidence[1]:match("lost 1 frame"))`, "inconclusive\tlost 1 frame")
			if !strings.Contains(s.notices.String(), want) {
				t.Errorf("got notices %q, want %q", s.notices.String(), want)
			}
		})
	}
}
