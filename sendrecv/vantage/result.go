package vantage

import (
	"net/netip"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// A Verdict is the judge's word about a path or about the keepalives on it, or a word of an experimenter's own about what was
// seen (Opinion), which no judgement stands behind.
type Verdict string

// Verdicts of a path: who ends the guest's TCP.
const (
	// HandshakeOnSYNProxy ends the guest's TCP and completes a connection of its own to the server on the guest's
	// SYN alone: the finding of the article.
	HandshakeOnSYNProxy Verdict = "handshake-on-syn-proxy"
	// AcceptFirstProxy ends the guest's TCP and dials the server after the guest's handshake ACK.
	AcceptFirstProxy Verdict = "accept-first-proxy"
	// SYNProxy answers the handshake itself; afterwards the guest's own segments pass (same ISN upstream).
	SYNProxy Verdict = "syn-proxy"
	// PacketNAT rewrites addresses and lets the guest's own segments pass.
	PacketNAT Verdict = "packet-nat"
	// Routed passes the guest's segments with their addresses.
	Routed Verdict = "routed"
)

// Verdicts of a keepalive: who answers it.
const (
	// Forwarded keepalive probes reach the far side.
	Forwarded Verdict = "forwarded"
	// AnsweredByMiddlebox means that probes are answered and none reaches the far side: the connection looks
	// alive whatever became of the server.
	AnsweredByMiddlebox Verdict = "answered-by-middlebox"
	// Swallowed means that probes are neither answered nor forwarded while data still flows.
	Swallowed Verdict = "swallowed"
	// Unanswered means that probes were not answered and there is no second view that tells why.
	Unanswered Verdict = "unanswered"
)

// Inconclusive is the verdict, of either kind, when the segments do not decide.
const Inconclusive Verdict = "inconclusive"

// An Order says when a handshake-on-syn-proxy answers the guest: before it knows the server's answer or after. Only a
// SYN to a closed port decides it; it never comes from time.
type Order string

// Orders of a handshake-on-syn-proxy.
const (
	// ConnectFirst answers the guest only when the server has answered: a closed port stays closed.
	ConnectFirst Order = "connect-first"
	// Both answers the guest and dials the server at once: a closed port looks open.
	Both Order = "both"
	// Undecided is the order when no closed port was tried.
	Undecided Order = "undecided"
)

// A Result is what an experiment found: verdict, reasons and the segments they stand on.
type Result struct {
	// Experiment is the script's name: "handshake".
	Experiment string `json:"experiment"`
	// Args are the arguments of the run by name, as JSON may hold them: texts, numbers, truth values. nil when it had none.
	Args map[string]any `json:"args,omitempty"`
	// Finding is what the judge says about the taps.
	Finding
	// Guard says whether the guest's own TCP was kept away from the crafted flow.
	Guard bool `json:"guard"`
	// Taps are what each tap saw, nearest to the guest first.
	Taps []View `json:"taps"`
	// Marks are moments the experiment made: the cut. They are in time order.
	Marks []Mark `json:"marks,omitempty"`
	// Session says where it ran: "lab:vmnat".
	Session string `json:"session,omitempty"`
	// Virtual says that times are of a virtual clock.
	Virtual bool `json:"virtual,omitempty"`
	// Interrupted says that the run was stopped before its end; the taps hold what had passed.
	Interrupted bool `json:"interrupted,omitempty"`
	// Error is why the run came to no end, as in "mine.lua:12: ..."; empty when it did. Then there is no verdict, and the taps
	// hold what had passed.
	Error string `json:"error,omitempty"`

	// Look, if it is not nil, is called now and then while the result is judged, which takes minutes for thousands of connections: it may
	// panic to end that. Nothing of the result has changed then.
	Look func() `json:"-"`

	comparison *Comparison
}

// Comparison is the result's taps taken apart and aligned. It is made at the first call; the taps must not change any more.
func (r *Result) Comparison() *Comparison {
	if r.comparison == nil {
		r.comparison = compare(r.Taps, r.Look)
	}
	return r.comparison
}

// JudgePath fills in what Path finds in the result's taps and marks.
func (r *Result) JudgePath() {
	if firstCut(r.Marks) != nil {
		r.Finding = path(r.Taps, r.Marks, r.Look)
		return
	}
	r.Finding = r.Comparison().Path()
}

// JudgeKeepalive fills in what Keepalive finds in them.
func (r *Result) JudgeKeepalive() { r.Finding = r.Comparison().Keepalive(r.Marks) }

// A Fault is what is wrong with the taps themselves, so that nothing can be judged between them.
type Fault string

// Faults of taps.
const (
	// Swapped taps stand the other way round: what was called the far one is nearer to the guest.
	Swapped Fault = "swapped"
	// Unrelated taps show nothing in common, at times that lie apart.
	Unrelated Fault = "unrelated"
	// OneLink means that both taps stand on one link, with nothing between them.
	OneLink Fault = "one-link"
	// BothSides means that one tap sees the link on either side of the box, as a mirror port or "any" does.
	BothSides Fault = "both-sides"
)

// A Finding is the judge's answer to one question.
type Finding struct {
	// Verdict is the judge's word.
	Verdict Verdict `json:"verdict"`
	// Order is set for handshake-on-syn-proxy only; otherwise empty.
	Order Order `json:"order"`
	// Candidates are the verdicts that remain possible when the verdict is inconclusive; never nil.
	Candidates []Verdict `json:"candidates"`
	// Between names the two taps between which it happens; nil when no pair of taps decided it.
	Between []string `json:"between,omitempty"`
	// Fault is what is wrong with the taps themselves; empty when nothing is.
	Fault Fault `json:"fault,omitempty"`
	// Evidence is why, strongest first; never nil.
	Evidence []Evidence `json:"evidence"`
	// Next is the cheapest test that would tell more; empty when nothing is open.
	Next string `json:"next,omitempty"`
}

// Evidence is one reason, with the frames that prove it.
type Evidence struct {
	// Says is one sentence.
	Says string `json:"says"`
	// Claim is the same for a program, which can check it against the frames; nil for what others than the judge say.
	Claim *Claim `json:"claim,omitempty"`
	// Check is Pass or Fail for what an experimenter's check says; empty for everything else.
	Check Verdict `json:"check,omitempty"`
	// Frames are the segments that prove it; never nil. Those of an experimenter's own verdict may be other frames too.
	Frames []FrameRef `json:"frames"`
}

// A FrameRef points at one segment of one tap, or shows a frame that is none.
type FrameRef struct {
	// Tap is the tap's name; empty for a frame that no tap has.
	Tap string `json:"tap,omitempty"`
	// N is the segment's number at that tap, from 1; 0 for a frame that is no segment of the server's.
	N int `json:"n,omitempty"`
	// Shown is the frame itself where N does not say which one it is; nil where it does.
	*Shown
}

// A View is what one tap saw of the server's TCP port.
type View struct {
	// Name is the tap's name: "guest", "host".
	Name string `json:"name"`
	// Clock names the clock that stamped the segments: taps whose clocks have the same name share one. Empty is the
	// clock of the session that captured, so that the taps of one session share it.
	Clock string `json:"clock,omitempty"`
	// Resolution is how coarse the stamps are, in seconds, when they are whole milliseconds or coarser: a segment passed up
	// to so long after its Time. 0 is as fine as the times are written.
	Resolution float64 `json:"resolution,omitempty"`
	// Segments are in the order they were captured; never nil.
	Segments []Segment `json:"segments"`
	// Until is how long the tap was listening at least, in seconds as in Segment: until the last frame of any kind, or until
	// the session ended the capture. 0 is until its last segment. What did not pass before then was not missed by the end.
	Until float64 `json:"until,omitempty"`
	// Tunnelled counts segments of the server's that passed inside a tunnel. They are not read: capture at the tunnel's own
	// interface.
	Tunnelled int `json:"tunnelled,omitempty"`
	// Dropped counts frames that passed and that the capture lost, of whatever connection. Verdicts rest on what is
	// not there as much as on what is: with losses there is none.
	Dropped uint64 `json:"dropped,omitempty"`
}

// A Segment is one TCP segment at one tap (or an ICMP error that quotes one).
type Segment struct {
	// N is its number at this tap, from 1.
	N int `json:"n"`
	// Time is in seconds since the first segment of any tap.
	Time float64 `json:"time"`
	// Dir is "out" when it travels away from the guest, "in" when it comes back.
	Dir string `json:"dir"`
	// Flags are scapy's letters: "S", "SA", "RA", "PA". They are empty for a segment without flags and for an ICMP error.
	Flags string `json:"flags"`
	// Seq is the sequence number as it stands in the header, not relative to the ISN.
	Seq uint32 `json:"seq"`
	// Ack is the acknowledgment field, also when the A flag is not set.
	Ack uint32 `json:"ack"`
	// Len is the number of payload bytes.
	Len int `json:"len"`
	// Src is where the segment comes from.
	Src netip.AddrPort `json:"src"`
	// Dst is where it goes.
	Dst netip.AddrPort `json:"dst"`
	// ICMP names the ICMP error that this is ("host-unreachable"), which quotes a segment of the flow. It travels against
	// the segment it quotes: Src is where that one was going, Dst where it came from, and Seq is its number. Empty for a
	// TCP segment.
	ICMP string `json:"icmp,omitempty"`
	// From is who sent the ICMP error; the zero Addr for a TCP segment.
	From netip.Addr `json:"from,omitzero"`
	// ZeroWindow says that its window is 0: the peer must send nothing but probes of the window. Not set for RST.
	ZeroWindow bool `json:"zerowindow,omitempty"`
	// Sum is the CRC-32 (IEEE 802.3) of all bytes of its direction up to its end, so that streams can be compared however
	// they are cut into segments. 0 when it has no payload or what came before is not known.
	Sum uint32 `json:"sum,omitempty"`
	// TTL is IP's time to live or IPv6's hop limit; 0 when not known.
	TTL uint8 `json:"ttl,omitempty"`
	// MACs are the link-layer addresses, "source>destination"; empty on links without.
	MACs string `json:"macs,omitempty"`
	// Iface is the number of the interface in a capture of several ("any"); 0 when there is one.
	Iface uint32 `json:"iface,omitempty"`
	// Bad says that its checksum, or that of its IP header, is wrong: no host's TCP took it.
	Bad bool `json:"bad,omitempty"`
	// Forged says that it travels toward the guest and yet left through the port that the guest's segments leave through:
	// somebody here wrote it in the server's name. It is no answer.
	Forged bool `json:"forged,omitempty"`
	// Payload is the segment's data. It is not part of the JSON: verdicts must follow from the numbers.
	Payload []byte `json:"-"`
}

// A Mark is a moment of an experiment, on the same clock as the segments.
type Mark struct {
	// Time is in seconds since the first segment of any tap.
	Time float64 `json:"time"`
	// Says is what happened: "cut".
	Says string `json:"says"`
	// Cut is the wire that was cut at that moment, as the session calls it ("guest", "server"); empty when the mark is the
	// experimenter's word alone.
	Cut string `json:"cut,omitempty"`
}

// A Capture is what one tap recorded, before anything is read from it.
type Capture struct {
	// Tap is the tap's name.
	Tap string
	// Clock names the clock that stamped the frames, as in View.
	Clock string
	// Frames are in the order they passed; both directions.
	Frames []sendrecv.Frame
	// Until is when the capture ended; the zero time means with its last frame.
	Until time.Time
	// Dropped counts the frames that passed and were lost to the capture.
	Dropped uint64
}
