package sendrecv

import (
	"time"

	"github.com/moonwire/moonwire/craft"
)

// Defaults of a run. Scapy waits for ever and sends as fast as it can; a tool that ends and does not flood is kinder.
const (
	// DefaultTimeout is how long SR waits for answers after the last packet was sent.
	DefaultTimeout = 2 * time.Second
	// DefaultPPS is how many packets per second leave when nothing else is said.
	DefaultPPS = 1000
)

// Options tune Send and SR. The zero value is the default run.
type Options struct {
	// Timeout is how long answers are awaited after the last packet was sent; 0 means DefaultTimeout, negative
	// means without limit.
	Timeout time.Duration
	// Retry is how many more times the unanswered questions are sent.
	Retry int
	// Multi keeps a question open after its first answer.
	Multi bool
	// First ends the run at the first answer.
	First bool
	// PPS is the pace in packets per second; 0 means DefaultPPS, negative means as fast as it goes.
	PPS float64
	// Inter is the time between two packets; it overrides PPS when it is not 0.
	Inter time.Duration
	// NoGuard leaves the host's own TCP free to answer what comes back; otherwise the session's Guard holds the
	// source ports of the questions during the run.
	NoGuard bool
	// Held is called with the source ports once the Guard holds them, before the first packet leaves; nil means not at
	// all.
	Held func(ports []uint16)
	// Full is asked again and again whether there is no more room for what the run keeps; nil means that there always is.
	// When it says so the run ends with what it has (Outcome.Full).
	Full func() bool
	// Tally, if it is not nil, counts along while the run goes on.
	Tally *Tally
	// Refuse says why a packet is not to be sent, before it is built, and stops no other one; nil refuses none.
	Refuse func(p *craft.Packet) error
	// Match decides whether r answers q; nil means craft.Answers.
	Match func(r, q *craft.Packet) bool
	// Protocols are the protocols that answers are read with; nil means the built-in ones.
	Protocols *craft.Table
}

func (o Options) timeout() time.Duration {
	if o.Timeout == 0 {
		return DefaultTimeout
	}
	return o.Timeout
}

// gap is the time between two packets; 0 is as fast as it goes.
func (o Options) gap() time.Duration {
	switch {
	case o.Inter > 0:
		return o.Inter
	case o.PPS < 0:
		return 0
	case o.PPS == 0:
		return time.Second / DefaultPPS
	}
	return time.Duration(float64(time.Second) / o.PPS)
}

// refuses is why a packet is not to be sent; nil for all others.
func (o Options) refuses(p *craft.Packet) error {
	if o.Refuse == nil {
		return nil
	}
	if err := o.Refuse(p); err != nil {
		return packetError{err}
	}
	return nil
}

// full reports that there is no room for more.
func (o Options) full() bool { return o.Full != nil && o.Full() }

func (o Options) match() func(r, q *craft.Packet) bool {
	if o.Match == nil {
		return craft.Answers
	}
	return o.Match
}
