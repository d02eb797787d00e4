package vantage

import "github.com/moonwire/moonwire/sendrecv"

// A Verdict is the judge's word about a path or about the keepalives on it.
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
	// Finding is what the judge says about the taps.
	Finding
	// Guard says whether the guest's own TCP was kept away from the crafted flow.
	Guard bool `json:"guard"`
	// Taps are the capture points, nearest to the guest first, with what passed there.
	Taps []Tap `json:"taps"`
	// Marks are moments the experiment made: the cut. They are in time order.
	Marks []Mark `json:"marks,omitempty"`
	// Session says where it ran: "lab:vmnat".
	Session string `json:"session,omitempty"`
	// Virtual says that times are of a virtual clock.
	Virtual bool `json:"virtual,omitempty"`
	// Interrupted says that the run was stopped before its end; the taps hold what had passed.
	Interrupted bool `json:"interrupted,omitempty"`
}

// A Finding is the judge's answer to one question.
type Finding struct {
	// Verdict is the judge's word.
	Verdict Verdict `json:"verdict"`
	// Order is set for handshake-on-syn-proxy only; otherwise empty.
	Order Order `json:"order"`
	// Candidates are the verdicts that remain possible when the verdict is inconclusive; never nil.
	Candidates []Verdict `json:"candidates"`
	// Evidence is why, strongest first; never nil.
	Evidence []Evidence `json:"evidence"`
	// Next is the cheapest test that would tell more; empty when nothing is open.
	Next string `json:"next,omitempty"`
}

// Evidence is one reason, with the frames that prove it.
type Evidence struct {
	// Says is one sentence.
	Says string `json:"says"`
	// Frames are the segments that prove it; never nil.
	Frames []FrameRef `json:"frames"`
}

// A FrameRef points at one segment of one tap.
type FrameRef struct {
	// Tap is the tap's name.
	Tap string `json:"tap"`
	// N is the segment's number at that tap, from 1.
	N int `json:"n"`
}

// A Tap is what one capture point saw of the server's TCP port.
type Tap struct {
	// Name is the vantage point: "guest", "host".
	Name string `json:"name"`
	// Segments are in the order they passed; never nil.
	Segments []Segment `json:"segments"`
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
	// Seq and Ack are the header's numbers as they stand, not relative to the ISN.
	Seq uint32 `json:"seq"`
	// Ack is the acknowledgment field, also when the A flag is not set.
	Ack uint32 `json:"ack"`
	// Len is the number of payload bytes.
	Len int `json:"len"`
	// Src and Dst are address:port.
	Src string `json:"src"`
	// Dst is address:port.
	Dst string `json:"dst"`
	// ICMP names the ICMP error that this is ("host-unreachable"), which quotes a segment of the flow: then Src and
	// Dst are those of the error itself without ports, and Seq is the quoted one. Empty for a TCP segment.
	ICMP string `json:"icmp,omitempty"`
	// Payload is the segment's data. It is not part of the JSON: verdicts must follow from the numbers.
	Payload []byte `json:"-"`
}

// A Mark is a moment of an experiment, on the same clock as the segments.
type Mark struct {
	// Time is in seconds since the first segment of any tap.
	Time float64 `json:"time"`
	// Says is what happened: "cut".
	Says string `json:"says"`
}

// A Capture is what one tap recorded, before anything is read from it.
type Capture struct {
	// Tap is the vantage point's name.
	Tap string
	// Frames are in the order they passed; both directions.
	Frames []sendrecv.Frame
	// Dropped counts the frames that passed and were lost to the capture.
	Dropped uint64
}
