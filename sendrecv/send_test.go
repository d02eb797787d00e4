package sendrecv_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// deserted is a link on which only the router answers.
type deserted struct{}

func (deserted) Resolve(_ context.Context, a netip.Addr) (values.MAC, error) {
	if a != router {
		return values.MAC{}, &sendrecv.AbsentError{Addr: a, Says: "nobody is at " + a.String()}
	}
	return values.MAC{2, 0, 0, 0, 0, 9}, nil
}

// TestWhatCannotBeSentDoesNotStopTheOthers sends packets without a route, without a neighbour, and such as no link carries.
func TestWhatCannotBeSentDoesNotStopTheOthers(t *testing.T) {
	to := func(dst netip.Addr) *craft.Packet {
		p := syn()
		if err := p.Layer(layers.IP).Set("dst", dst); err != nil {
			t.Fatal(err)
		}
		return p
	}
	w, tally := newWire(nil), &sendrecv.Tally{}
	n, err := w.session().Send(t.Context(), sequence(t, to(nowhere), syn(), craft.Stack(craft.Raw.New("load", "x")), syn()), sendrecv.Options{Tally: tally})
	var unsent *sendrecv.UnsentError
	if n != 2 || len(w.sent) != 2 || tally.Sent() != 2 || !errors.As(err, &unsent) || !errors.Is(err, craft.ErrNoRoute) {
		t.Fatalf("%d sent, %v", n, err)
	}
	if unsent.Count != 2 || unsent.All != 4 || unsent.Failed[0].Number != 0 || unsent.Failed[1].Number != 2 {
		t.Errorf("%+v", unsent)
	}
	if n, err := w.session().Send(t.Context(), sequence(t, to(nowhere)), sendrecv.Options{}); n != 0 || errors.As(err, &unsent) || !errors.Is(err, craft.ErrNoRoute) {
		t.Errorf("one alone: %d sent, %v", n, err)
	}
	if _, err := w.session().Send(t.Context(), sequence(t, to(nowhere), to(nowhere)), sendrecv.Options{}); err == nil ||
		!strings.HasPrefix(err.Error(), "2 of 2 packets could not be sent: packet 1 (") {
		t.Errorf("none: %v", err)
	}

	y := &yard{link: layers.Ether}
	s := &sendrecv.Session{Name: "yard", Port: y, Routes: straight{}, Neighbours: deserted{}, Hardware: values.MAC{2, 0, 0, 0, 0, 1}}
	n, err = s.Send(t.Context(), sequence(t, to(server), to(router)), sendrecv.Options{})
	var absent *sendrecv.AbsentError
	if n != 1 || !errors.As(err, &absent) || absent.Addr != server {
		t.Errorf("%d sent, %v", n, err)
	}
	out, err := s.SR(t.Context(), sequence(t, to(server), to(router)), sendrecv.Options{Timeout: 1})
	if err != nil || out.Sent != 1 || len(out.Failed) != 1 || !errors.As(out.Failed[0].Err, &absent) {
		t.Errorf("%+v, %v", out, err)
	}
}

// straight are routes on which every destination is a neighbour.
type straight struct{}

func (straight) Route(dst netip.Addr) (sendrecv.Route, error) {
	return sendrecv.Route{Source: guest, NextHop: dst}, nil
}

// TestATallyCountsAlong reads the counts while a run goes on.
func TestATallyCountsAlong(t *testing.T) {
	tally := &sendrecv.Tally{}
	w := newWire(synAck)
	most := uint64(0)
	w.onSend = func() { most = max(most, tally.Sent()) }
	out, err := w.session().SR(t.Context(), sequence(t, syn("dport", values.Range(1, 50, 1))), sendrecv.Options{Tally: tally})
	if err != nil || tally.Sent() != 50 || tally.Answered() != uint64(len(out.Pairs)) || len(out.Pairs) != 50 || most != 49 {
		t.Errorf("%d sent, %d answered, %d of them before the last, %v", tally.Sent(), tally.Answered(), most, err)
	}
}
