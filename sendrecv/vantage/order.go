package vantage

import "fmt"

// addOrder looks for a closed port: a proxy that knows the server's answer before it answers passes the refusal on. Without
// one the order stays undecided: it never comes from time.
func (f *Finding) addOrder(pairs []*pair) {
	f.Order = Undecided
	for _, p := range pairs {
		if p = p.refused(); p == nil {
			continue
		}
		order, says := ConnectFirst, fmt.Sprintf("and the guest got %s: the proxy asks the server first", p.near.answerWords())
		switch {
		case p.near.synack != nil:
			order, says = Both, "and the guest got a SYN/ACK all the same: the proxy answers without knowing"
		case p.near.refused == nil:
			continue
		}
		f.Evidence = append(f.Evidence, reason(fmt.Sprintf("upstream the SYN to %s got %s, %s", p.far.server, p.far.refused.words(), says),
			Claim{Is: Refused}, p.far.ref(p.far.syn, p.far.refused)...))
		if f.Order != Undecided && f.Order != order {
			f.Order = Undecided
			break
		}
		f.Order = order
	}
	if f.Order == Undecided {
		f.Next = "in one capture with this, send a SYN to a closed port of the same server: a refusal means that the proxy dials first, SYN/ACK that it answers regardless"
	}
}

// refused is the pair when the server refused upstream what was not the guest's own SYN; nil otherwise. A proxy that answers
// without knowing has answered before the refusal is there, so that nothing ties the two: then it must be the only connection
// that can be the guest's, begun right after its SYN.
func (p *pair) refused() *pair {
	if p.far == nil && len(p.rivals) == 1 {
		if r := p.rivals[0]; r.one && r.farAfter(r.far.syn, p.near.syn) && r.far.syn.Time-p.near.syn.Time < patience {
			p = r
		}
	}
	if p.far == nil || p.tie == byNumbers || p.far.synack != nil || p.far.refused == nil {
		return nil
	}
	return p
}

// answerWords names what answered a connection's SYN; "nothing" when nothing did.
func (c *conn) answerWords() string {
	if a := c.answer(); a != nil {
		return a.words()
	}
	return "nothing"
}
