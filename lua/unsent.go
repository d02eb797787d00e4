package lua

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// unreachable reports whether a packet was not sent because there is nobody to give it to: silence of the network, and nobody's
// mistake.
func unreachable(err error) bool {
	var absent *sendrecv.AbsentError
	return errors.As(err, &absent) || errors.Is(err, craft.ErrNoRoute)
}

// mistaken reports whether all packets that an error is about are the script's mistake: nothing that is missing here would send them.
func mistaken(err error) bool {
	var unsent *sendrecv.UnsentError
	if errors.As(err, &unsent) {
		return !slices.ContainsFunc(unsent.Failed, func(f sendrecv.Failure) bool { return !errors.Is(f.Err, sendrecv.ErrPacket) })
	}
	return errors.Is(err, sendrecv.ErrPacket)
}

// forgiven reports whether a run whose packets were in part not sent is a run like others: none was kept back by a fence, and
// something was sent, or could not be because nobody was there.
func forgiven(sent uint64, failed []sendrecv.Failure) bool {
	there := sent > 0
	for _, f := range failed {
		if errors.Is(f.Err, sendrecv.ErrOutside) || sendrecv.IsAway(f.Err) {
			return false
		}
		there = there || unreachable(f.Err)
	}
	return there
}

// announceUnsent says how many packets were not sent, and why. what is what becomes of them.
func (s *State) announceUnsent(q *sendrecv.Sequence, failed []sendrecv.Failure, count uint64, what string) {
	if q.Len() == 1 {
		s.notice("not sent: %s", causes(q, failed))
		return
	}
	s.notice("%d of %d packets could not be sent%s: %s", count, q.Len(), what, causes(q, failed))
}

// A cause is why some packets were not sent.
type cause struct {
	kind  string // what they have in common
	says  string // of the first
	count int
	addrs []netip.Addr // who is meant, each once
	way   string       // the way out, behind the addresses
}

const (
	noAnswer = "no answer to ARP from "
	noRoute  = "no route to "
)

// mostCauses and mostNamed are how many causes, and addresses of one, a notice names.
const mostCauses, mostNamed = 4, 3

// causes says why packets were not sent, each cause once.
func causes(q *sendrecv.Sequence, failed []sendrecv.Failure) string {
	var all []*cause
	for _, f := range failed {
		c := causeOf(q.At(f.Number), f.Err)
		at := slices.IndexFunc(all, func(other *cause) bool { return other.kind == c.kind })
		if at < 0 {
			all = append(all, c)
			continue
		}
		all[at].count++
		if len(c.addrs) > 0 && !slices.Contains(all[at].addrs, c.addrs[0]) && len(all[at].addrs) < 1<<12 {
			all[at].addrs = append(all[at].addrs, c.addrs[0])
		}
	}
	if len(all) == 1 {
		return all[0].text()
	}
	var parts []string
	for i, c := range all {
		if i == mostCauses {
			parts = append(parts, fmt.Sprintf("and %d causes more", len(all)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%d: %s", c.count, c.text()))
	}
	return strings.Join(parts, "; ")
}

// builder is what stands in front of an error of a layer that was being built.
var builder = regexp.MustCompile(`^craft: \w+: `)

// causeOf is why one packet was not sent.
func causeOf(p *craft.Packet, err error) *cause {
	if inner := errors.Unwrap(err); inner != nil {
		err = inner // without the packet's number and summary
	}
	layer := strings.TrimPrefix(builder.FindString(err.Error()), "craft: ")
	c := &cause{says: strings.TrimPrefix(values.Said(err), layer), count: 1}
	c.kind = c.says
	var absent *sendrecv.AbsentError
	switch dst := destination(p); {
	case errors.As(err, &absent):
		c.kind, c.addrs = noAnswer, []netip.Addr{absent.Addr}
	case errors.Is(err, craft.ErrNoRoute) && dst.IsValid():
		c.kind, c.addrs = noRoute, []netip.Addr{dst}
		if dst.Is6() {
			c.way = strings.TrimPrefix(c.says, noRoute+dst.String())
			c.kind += c.way
		}
	}
	return c
}

// destination is the address that a packet goes to; the zero Addr when it has none.
func destination(p *craft.Packet) netip.Addr {
	for _, name := range []craft.Name{layers.IP, layers.IPv6} {
		if l := p.Layer(name); l != nil {
			return l.Addr("dst")
		}
	}
	return netip.Addr{}
}

// text is the cause in words, with the first of those who are meant.
func (c *cause) text() string {
	if len(c.addrs) < 2 {
		return c.says
	}
	kind := strings.TrimSuffix(c.kind, c.way)
	var names []string
	for i, a := range c.addrs {
		if i == mostNamed {
			return kind + strings.Join(names, ", ") + fmt.Sprintf(" and %d more", len(c.addrs)-i) + c.way
		}
		names = append(names, a.String())
	}
	return kind + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + c.way
}
