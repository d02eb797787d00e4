package sendrecv_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

func TestSR1ReturnsTheAnswerWithItsTimes(t *testing.T) {
	w := newWire(synAck)
	out, err := w.session().SR(context.Background(), sequence(t, syn()), sendrecv.Options{})
	if err != nil || len(out.Pairs) != 1 || len(out.Unanswered) != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	pair := out.Pairs[0]
	if got := pair.Answer.Summary(); got != "IP / TCP 192.0.2.2:80 > 192.0.2.1:1000 SA" {
		t.Error(got)
	}
	if pair.RTT != 10*time.Millisecond || !pair.Answer.Time.Equal(pair.Sent.Time.Add(pair.RTT)) {
		t.Errorf("RTT %s, sent %s, came %s", pair.RTT, pair.Sent.Time, pair.Answer.Time)
	}
	if src := pair.Sent.Layer(layers.IP).Addr("src"); src != guest {
		t.Errorf("sent from %s, want the route's %s", src, guest)
	}
}

func TestSilenceIsNoErrorAndLastsTheTimeout(t *testing.T) {
	for name, c := range map[string]struct{ given, want time.Duration }{
		"default": {0, 2 * time.Second}, "given": {300 * time.Millisecond, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(nil)
			start := w.now
			p, err := w.session().SR1(context.Background(), syn(), sendrecv.Options{Timeout: c.given})
			if p != nil || err != nil {
				t.Errorf("got %v, %v", p, err)
			}
			if took := w.now.Sub(start); took != c.want {
				t.Errorf("took %s, want %s", took, c.want)
			}
		})
	}
}

func TestWhatCountsAsAnAnswer(t *testing.T) {
	quote := func(q *craft.Packet) *craft.Packet {
		return craft.Stack(layers.IP.New("src", router, "dst", guest), layers.ICMP.New("type", "time-exceeded"), craft.Raw.New("load", q.Wire[:28]))
	}
	cases := []struct {
		name   string
		answer func(q *craft.Packet) *craft.Packet
		out    bool
		want   int
	}{
		{"SYN/ACK", func(q *craft.Packet) *craft.Packet { return back(q, "SA") }, false, 1},
		{"RST/ACK", func(q *craft.Packet) *craft.Packet { return back(q, "RA") }, false, 1},
		{"ICMP error that quotes eight bytes", quote, false, 1},
		{"the same frame leaving through the port", func(q *craft.Packet) *craft.Packet { return back(q, "SA") }, true, 0},
		{"the question itself", func(q *craft.Packet) *craft.Packet { return q }, false, 0},
		{"another flow's SYN/ACK", func(*craft.Packet) *craft.Packet { return back(between(guest, "sport", 1001), "SA") }, false, 0},
		{"bytes that are no packet", func(*craft.Packet) *craft.Packet { return craft.Stack(craft.Raw.New("load", "\x45\x00")) }, false, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(func(q *craft.Packet) []reply { return []reply{{time.Millisecond, c.answer(q), c.out}} })
			out, err := w.session().SR(context.Background(), sequence(t, syn()), sendrecv.Options{})
			if err != nil || len(out.Pairs) != c.want {
				t.Errorf("%d answers, %v; want %d", len(out.Pairs), err, c.want)
			}
		})
	}
}

func TestADatagramFromAnotherPortIsAnAnswer(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply {
		return []reply{{0, craft.Stack(layers.IP.New("src", server, "dst", guest), layers.UDP.New("sport", 4000, "dport", 69)), false}}
	})
	q := craft.Stack(layers.IP.New("dst", server), layers.UDP.New("sport", 69, "dport", 69))
	if p, err := w.session().SR1(context.Background(), q, sendrecv.Options{}); p == nil || err != nil {
		t.Errorf("got %v, %v", p, err)
	}
}

func TestRetryAsksOnlyWhatIsOpen(t *testing.T) {
	asked := map[uint64]int{}
	w := newWire(func(q *craft.Packet) []reply {
		port := q.Layer(layers.TCP).Uint("dport")
		if asked[port]++; port == 2 && asked[port] < 3 {
			return nil
		}
		return synAck(q)
	})
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(1, 3, 1))), sendrecv.Options{Retry: 5, Timeout: time.Second})
	if err != nil || len(out.Pairs) != 3 || len(out.Unanswered) != 0 {
		t.Fatalf("%d pairs, %v unanswered, %v", len(out.Pairs), out.Unanswered, err)
	}
	if asked[1] != 1 || asked[2] != 3 || asked[3] != 1 || out.Sent != 5 {
		t.Errorf("asked %v, %d sent", asked, out.Sent)
	}
}

func TestUnansweredQuestionsAreListed(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply {
		if q.Layer(layers.TCP).Uint("dport")%2 == 0 {
			return nil
		}
		return synAck(q)
	})
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(1, 6, 1))), sendrecv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ports []uint64
	for _, i := range out.Unanswered {
		ports = append(ports, out.Sequence.At(i).Layer(layers.TCP).Uint("dport"))
	}
	if !slices.Equal(ports, []uint64{2, 4, 6}) || len(out.Pairs) != 3 {
		t.Errorf("unanswered %v, %d pairs", ports, len(out.Pairs))
	}
}

func TestMultiKeepsQuestionsOpen(t *testing.T) {
	for multi, want := range map[bool]int{false: 1, true: 2} {
		w := newWire(func(q *craft.Packet) []reply {
			return []reply{{time.Millisecond, back(q, "SA"), false}, {time.Second, back(q, "SA"), false}}
		})
		out, err := w.session().SR(context.Background(), sequence(t, syn()), sendrecv.Options{Multi: multi})
		if err != nil || len(out.Pairs) != want {
			t.Errorf("multi %v: %d answers, %v", multi, len(out.Pairs), err)
		}
	}
}

func TestFirstEndsTheRun(t *testing.T) {
	w := newWire(synAck)
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(1, 1000, 1))), sendrecv.Options{First: true})
	if err != nil || len(out.Pairs) != 1 || len(w.sent) > 12 {
		t.Errorf("%d answers, %d sent, %v", len(out.Pairs), len(w.sent), err)
	}
}

func TestPace(t *testing.T) {
	cases := []struct {
		name string
		o    sendrecv.Options
		want time.Duration
	}{
		{"default", sendrecv.Options{}, time.Millisecond},
		{"packets per second", sendrecv.Options{PPS: 10}, 100 * time.Millisecond},
		{"seconds between packets", sendrecv.Options{PPS: 10, Inter: time.Second}, time.Second},
		{"as fast as it goes", sendrecv.Options{PPS: -1}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for name, run := range map[string]func(*sendrecv.Session) error{
				"SR": func(s *sendrecv.Session) error {
					_, err := s.SR(context.Background(), sequence(t, syn("dport", values.Range(1, 9, 1))), c.o)
					return err
				},
				"Send": func(s *sendrecv.Session) error {
					_, err := s.Send(context.Background(), sequence(t, syn("dport", values.Range(1, 9, 1))), c.o)
					return err
				},
			} {
				w := newWire(nil)
				if err := run(w.session()); err != nil || len(w.sent) != 9 {
					t.Fatalf("%s: %d sent, %v", name, len(w.sent), err)
				}
				if took := w.sent[8].Time.Sub(w.sent[0].Time); took != 8*c.want {
					t.Errorf("%s: nine packets took %s, want %s", name, took, 8*c.want)
				}
			}
		})
	}
}

func TestAnInterruptedRunReturnsWhatCame(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := newWire(synAck)
	w.onSend = func() {
		if len(w.sent) == 50 {
			cancel()
		}
	}
	out, err := w.session().SR(ctx, sequence(t, syn("dport", values.Range(1, 1000, 1))), sendrecv.Options{})
	if !errors.Is(err, context.Canceled) || out == nil || len(out.Pairs) < 30 {
		t.Fatalf("%v, %v", out, err)
	}
	if len(out.Pairs)+len(out.Unanswered) != len(w.sent) {
		t.Errorf("%d answered and %d unanswered of %d sent", len(out.Pairs), len(out.Unanswered), len(w.sent))
	}
}

func TestASendThatFailsDoesNotStopTheOthers(t *testing.T) {
	w := newWire(synAck)
	w.failAt = 30
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(1, 100, 1))), sendrecv.Options{})
	if err != nil || out.Sent != 99 || len(out.Pairs) != 99 || len(out.Unanswered) != 0 {
		t.Fatalf("%d sent, %d answered, %v", out.Sent, len(out.Pairs), err)
	}
	if len(out.Failed) != 1 || out.Failed[0].Number != 29 || !errors.Is(out.Failed[0].Err, io.ErrShortWrite) {
		t.Errorf("failed: %v", out.Failed)
	}
}

func TestNothingSentIsAnError(t *testing.T) {
	w := newWire(synAck)
	w.failAt = 1
	out, err := w.session().SR(context.Background(), sequence(t, syn()), sendrecv.Options{})
	if !errors.Is(err, io.ErrShortWrite) || out.Sent != 0 {
		t.Errorf("%d sent, %v", out.Sent, err)
	}
}

func TestPacketsBeginWithWhatTheLinkCarries(t *testing.T) {
	for _, p := range []*craft.Packet{craft.Stack(layers.TCP.New()), craft.Stack(craft.Raw.New("load", "x")), craft.Stack(layers.Ether.New(), layers.IP.New())} {
		w := newWire(nil)
		if _, err := w.session().Send(context.Background(), sequence(t, p), sendrecv.Options{}); err == nil || len(w.sent) > 0 {
			t.Errorf("%s: %v, %d sent", p.Summary(), err, len(w.sent))
		}
	}
}

func TestAFinitePortEndsTheWait(t *testing.T) {
	w := newWire(synAck)
	w.finite = true
	start := w.now
	out, err := w.session().SR(context.Background(), sequence(t, syn(), syn("dport", 81)), sendrecv.Options{PPS: -1, Timeout: time.Hour, Multi: true})
	if err != nil || len(out.Pairs) != 2 || w.now.Sub(start) > time.Second {
		t.Errorf("%d answers after %s, %v", len(out.Pairs), w.now.Sub(start), err)
	}
}

func TestTheGuardIsHeldForTheRun(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply { return synAck(q) })
	s := w.session()
	if _, err := s.SR(context.Background(), sequence(t, syn("sport", values.List(5, 6)), syn()), sendrecv.Options{}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(w.held, []uint16{5, 6, 1000}) || w.release != 1 {
		t.Errorf("held %v, released %d times", w.held, w.release)
	}
	w.held = nil
	drawn := syn("sport", values.RandEnum(2000, 2002, 1), "dport", values.Range(1, 3, 1))
	if _, err := s.SR(context.Background(), sequence(t, drawn), sendrecv.Options{}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(w.held)
	if !slices.Equal(w.held, []uint16{2000, 2001, 2002}) {
		t.Errorf("held %v of the ports that are drawn", w.held)
	}
	w.held = nil
	if _, err := s.SR(context.Background(), sequence(t, syn()), sendrecv.Options{NoGuard: true}); err != nil || w.held != nil {
		t.Errorf("held %v without being asked, %v", w.held, err)
	}
}

func TestAMissingRightToGuardIsTold(t *testing.T) {
	w := newWire(synAck)
	w.denied = os.ErrPermission
	out, err := w.session().SR(context.Background(), sequence(t, syn()), sendrecv.Options{})
	if err != nil || !errors.Is(out.Unguarded, os.ErrPermission) || len(out.Pairs) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestAllPortsAreMatched(t *testing.T) {
	w := newWire(synAck)
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(0, 65535, 1))), sendrecv.Options{PPS: 100_000})
	if err != nil || len(out.Pairs) != 65536 || len(out.Unanswered) != 0 {
		t.Errorf("%d pairs, %d unanswered, %v", len(out.Pairs), len(out.Unanswered), err)
	}
}

func TestNothingToSend(t *testing.T) {
	if _, err := sendrecv.NewSequence(); err == nil {
		t.Error("no packets are accepted")
	}
	if _, err := sendrecv.NewSequence(&craft.Packet{}); err == nil {
		t.Error("a packet without layers is accepted")
	}
}

func TestSniff(t *testing.T) {
	fill := func() *wire {
		w := newWire(nil)
		for i := range 5 {
			data, err := craft.Build(craft.Stack(layers.IP.New("dst", server), layers.UDP.New("dport", i)), nil)
			if err != nil {
				t.Fatal(err)
			}
			w.queue = append(w.queue, sendrecv.Frame{Time: w.now.Add(time.Duration(i) * time.Second), Link: layers.IP, Data: data})
		}
		return w
	}
	odd := func(p *craft.Packet) bool { return p.Layer(layers.UDP).Uint("dport")%2 == 1 }
	cases := []struct {
		name   string
		o      sendrecv.SniffOptions
		finite bool
		want   []uint64
	}{
		{"count", sendrecv.SniffOptions{Count: 2}, false, []uint64{0, 1}},
		{"time", sendrecv.SniffOptions{Timeout: 2500 * time.Millisecond}, false, []uint64{0, 1, 2}},
		{"filter", sendrecv.SniffOptions{Count: 2, Keep: odd}, false, []uint64{1, 3}},
		{"end of file", sendrecv.SniffOptions{}, true, []uint64{0, 1, 2, 3, 4}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := fill()
			w.finite = c.finite
			var got []uint64
			c.o.Each = func(p *craft.Packet) bool {
				got = append(got, p.Layer(layers.UDP).Uint("dport"))
				return true
			}
			if _, err := sendrecv.Sniff(context.Background(), w, c.o); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestTheSystemClockWaits(t *testing.T) {
	var c sendrecv.SystemClock
	ready := make(chan struct{}, 1)
	ready <- struct{}{}
	if ok, err := c.Wait(context.Background(), -1, ready); !ok || err != nil {
		t.Errorf("ready: %v, %v", ok, err)
	}
	if ok, err := c.Wait(context.Background(), time.Microsecond, ready); ok || err != nil {
		t.Errorf("over: %v, %v", ok, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Wait(ctx, -1, ready); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// TestProbesThatLookAlikeAreAnsweredInTheOrderTheyWereSent is the traceroute that sends all TTLs at once.
func TestProbesThatLookAlikeAreAnsweredInTheOrderTheyWereSent(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply {
		quote := craft.Stack(layers.IP.New("src", router, "dst", guest), layers.ICMP.New("type", "time-exceeded"), craft.Raw.New("load", q.Wire[:28]))
		return []reply{{time.Duration(q.Layer(layers.IP).Uint("ttl")) * time.Millisecond, quote, false}}
	})
	q := craft.Stack(layers.IP.New("dst", server, "ttl", values.Range(1, 6, 1)), layers.UDP.New())
	out, err := w.session().SR(context.Background(), sequence(t, q), sendrecv.Options{})
	if err != nil || len(out.Pairs) != 6 {
		t.Fatalf("%d answers, %v", len(out.Pairs), err)
	}
	for i, pair := range out.Pairs {
		if ttl := pair.Sent.Layer(layers.IP).Uint("ttl"); ttl != uint64(i+1) || pair.RTT != time.Duration(ttl)*time.Millisecond {
			t.Errorf("answer %d is taken for the one to TTL %d, RTT %s", i+1, ttl, pair.RTT)
		}
	}
}

// TestTheQuotedIdentificationTellsProbesApart lets answers come in the other order.
func TestTheQuotedIdentificationTellsProbesApart(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply {
		quote := craft.Stack(layers.IP.New("src", router, "dst", guest), layers.ICMP.New("type", "time-exceeded"), craft.Raw.New("load", q.Wire[:28]))
		return []reply{{time.Second - time.Duration(q.Layer(layers.IP).Uint("id"))*10*time.Millisecond, quote, false}}
	})
	q := craft.Stack(layers.IP.New("dst", server, "id", values.Range(1, 6, 1)), layers.UDP.New())
	out, err := w.session().SR(context.Background(), sequence(t, q), sendrecv.Options{})
	if err != nil || len(out.Pairs) != 6 {
		t.Fatalf("%d answers, %v", len(out.Pairs), err)
	}
	for i, pair := range out.Pairs {
		if id := pair.Sent.Layer(layers.IP).Uint("id"); id != uint64(6-i) {
			t.Errorf("answer %d is taken for the one to id %d", i+1, id)
		}
	}
}

func TestABusyPortHoldsNothingUp(t *testing.T) {
	w := newWire(nil)
	w.busy = true
	start := w.now
	out, err := w.session().SR(context.Background(), sequence(t, syn("dport", values.Range(1, 10, 1))), sendrecv.Options{Timeout: time.Second})
	if err != nil || len(w.sent) != 10 || len(out.Unanswered) != 10 {
		t.Errorf("%d sent, %d unanswered, %v", len(w.sent), len(out.Unanswered), err)
	}
	if took := w.now.Sub(start); took > 1200*time.Millisecond {
		t.Errorf("SR took %s", took)
	}
	start = w.now
	if _, err := sendrecv.Sniff(context.Background(), w, sendrecv.SniffOptions{Timeout: time.Second}); err != nil || w.now.Sub(start) > 1100*time.Millisecond {
		t.Errorf("Sniff took %s, %v", w.now.Sub(start), err)
	}
}

func TestQuestionsThatCannotBeSentDoNotStopTheOthers(t *testing.T) {
	lost := syn()
	if err := lost.Layer(layers.IP).Set("dst", nowhere); err != nil {
		t.Fatal(err)
	}
	out, err := newWire(synAck).session().SR(context.Background(), sequence(t, syn(), lost, syn("dport", 81)), sendrecv.Options{})
	if err != nil || len(out.Pairs) != 2 || len(out.Unanswered) != 0 || len(out.Failed) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	if f := out.Failed[0]; f.Number != 1 || !errors.Is(f.Err, craft.ErrNoRoute) {
		t.Errorf("failed: %+v", f)
	}
	if _, err := newWire(synAck).session().SR(context.Background(), sequence(t, lost), sendrecv.Options{}); !errors.Is(err, craft.ErrNoRoute) {
		t.Errorf("nothing could be sent: got %v", err)
	}
}

func TestASecondDatagramAnswersNoOtherQuestion(t *testing.T) {
	w := newWire(func(q *craft.Packet) []reply {
		if q.Layer(layers.UDP).Uint("dport") != 53 {
			return nil
		}
		answer := craft.Stack(layers.IP.New("src", server, "dst", guest), layers.UDP.New("sport", 53, "dport", 1000))
		return []reply{{time.Millisecond, answer, false}, {2 * time.Millisecond, answer, false}}
	})
	q := craft.Stack(layers.IP.New("dst", server), layers.UDP.New("sport", 1000, "dport", values.List(53, 123, 161)))
	out, err := w.session().SR(context.Background(), sequence(t, q), sendrecv.Options{})
	if err != nil || len(out.Pairs) != 1 || len(out.Unanswered) != 2 {
		t.Errorf("%d answers, %d unanswered, %v", len(out.Pairs), len(out.Unanswered), err)
	}
}

func TestHeldIsToldOfThePortsThatAreGuarded(t *testing.T) {
	for name, c := range map[string]struct {
		o      sendrecv.Options
		denied error
		want   []uint16
	}{
		"held": {want: []uint16{1000}}, "no guard": {o: sendrecv.Options{NoGuard: true}}, "no right": {denied: os.ErrPermission},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(synAck)
			w.denied = c.denied
			var held []uint16
			c.o.Held = func(ports []uint16) {
				if held = ports; len(w.sent) > 0 {
					t.Error("told after the first packet")
				}
			}
			if _, err := w.session().SR(context.Background(), sequence(t, syn()), c.o); err != nil || !slices.Equal(held, c.want) {
				t.Errorf("got %v, %v, want %v", held, err, c.want)
			}
		})
	}
}
