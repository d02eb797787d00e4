package vantage

// Dropped is the candidate, never the verdict, when nothing of the guest's arrives: a firewall drops it, or the path is dead.
// What the far tap shows is somebody else's.
const Dropped Verdict = "dropped"

// dropped is a box that lets nothing through.
//
//	guest                  box                    server
//	  |--- SYN x ----------->|                        |
//	  |--- SYN x ----------->|                        |
func dropped() model {
	return model{Dropped, "dropped", []rule{nothingAnswered}}
}

// nothingAnswered demands that the guest gets no answer.
func nothingAnswered(p *pair) *objection {
	n := p.near
	switch {
	case n.answer() != nil:
		return never("the guest's SYN was answered with "+n.answer().words(), Claim{Is: Answered}, n.ref(n.syn, n.answer())...)
	case n.completed() != nil:
		return never("the guest completed a handshake", Claim{Is: Completed}, n.ref(n.completed())...)
	}
	return nil
}
