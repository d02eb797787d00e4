package vantage

// A Relation is what a Claim says of the frames beside it.
type Relation string

// Relations. "The frames" are those of the Evidence, in its order.
const (
	// IsSYN: every frame is a SYN that opens a connection, with the number Value; there are Count at their tap with it.
	IsSYN Relation = "syn"
	// SameISN and OtherISN: the two sides of the box hold the same, or another, ISN of the party Of; the first frame shows
	// the near one and the second the far one.
	SameISN  Relation = "same-isn"
	OtherISN Relation = "other-isn"
	// SameClient and OtherClient: the first frame's connection has the client address and port of the second's, or not.
	SameClient  Relation = "same-client"
	OtherClient Relation = "other-client"
	// Before: the first frame passed before the second, whatever the clocks of their taps, within Low and High.
	Before Relation = "before"
	// NoAnswer: nothing at the tap answers the SYN that the first frame is.
	NoAnswer Relation = "no-answer"
	// Refused: the second frame refuses the SYN that the first one is: RST, FIN or an ICMP error.
	Refused Relation = "refused"
	// Absent: tap Tap holds no segment that is like the first frame but for what the box renumbers.
	Absent Relation = "absent"
	// Empty: tap Tap holds no segment of a connection to the server that the frames belong to.
	Empty Relation = "empty"
	// SameStream: the first two frames end the same bytes of the same direction at two taps.
	SameStream Relation = "same-stream"
	// Several: Count connections at tap Tap could each be the guest's; the frames begin the first of them.
	Several Relation = "several"
	// Fate: of the segments of the guest's connections Forwarded are at both taps, Absorbed were seen at one tap and not
	// beyond, Originated were seen beyond and not before.
	Fate Relation = "fate"
	// Tally: the guest sent Count probes, Answered of which were answered; Seen of them are at tap Tap.
	Tally Relation = "tally"
	// Took: the third and fourth frames are High seconds apart on their tap's clock, or more, the first two Low or less.
	Took Relation = "took"
	// MoreSYNs: the frames are SYNs, and more of them are at the far tap than at the near one; there are Count with the number
	// Value.
	MoreSYNs Relation = "more-syns"
	// OtherAnswer: the frames answer SYNs in different ways: SYN/ACK, RST, FIN, an ICMP error.
	OtherAnswer Relation = "other-answer"
	// Answered: the second frame answers the SYN that the first one is.
	Answered Relation = "answered"
	// Completed: the frame shows that the client has completed its handshake. NotCompleted: nothing at the frame's tap shows
	// that of its connection.
	Completed    Relation = "completed"
	NotCompleted Relation = "not-completed"
	// Nested: of each four frames the second passed between the first and the third, and the third between the second and the
	// fourth: a probe crossed and its answer came back. There are two such probes at least.
	Nested Relation = "nested"
	// Tunnelled: Count segments passed tap Tap inside a tunnel.
	Tunnelled Relation = "tunnelled"
	// WrittenHere: the frames left through their tap's own port in the server's name, or are copies of such. WrongSum: their checksums are wrong.
	WrittenHere Relation = "written-here"
	WrongSum    Relation = "wrong-checksum"
	// Handshake: the frames are SYN, SYN/ACK and ACK of one connection.
	Handshake Relation = "handshake"
	// InTime: the second frame begins a connection after the first, which asked for one, and the third answers it before the
	// fourth answered the first.
	InTime Relation = "in-time"
	// OnOneLink: each two frames are one segment at two taps, with the same TTL.
	OnOneLink Relation = "on-one-link"
	// Rivals: the frames are SYN/ACKs of one connection with different numbers.
	Rivals Relation = "rivals"
	// Own: no frame has its like at tap Tap.
	Own Relation = "own"
	// Twice: the frames are one segment with different TTLs.
	Twice Relation = "twice"
	// Heard: the second and third frame came from the server, at two taps, after the first had passed.
	Heard Relation = "heard"
	// Clocks: the far clock is between Low and High seconds ahead of the near one; both 0 for one clock.
	Clocks Relation = "clocks"
	// TapsOpen: there are Count taps.
	TapsOpen Relation = "taps-open"
	// Lost: tap Tap lost Count frames.
	Lost Relation = "lost"
	// NoSYN: tap Tap shows no SYN that opens a connection. NoBeginning: it shows a connection whose SYN it does not show.
	NoSYN       Relation = "no-syn"
	NoBeginning Relation = "no-beginning"
	// NothingLike: tap Tap shows nothing that could be the connection that the frame begins.
	NothingLike Relation = "nothing-like"
	// NoProbe: no keepalive probe of the guest's is in view. Uncovered: tap Tap does not show that it would have seen Count
	// probes.
	NoProbe   Relation = "no-probe"
	Uncovered Relation = "uncovered"
	// WireCut: a mark says that the guest's own wire was cut.
	WireCut Relation = "wire-cut"
	// Found: something was found between tap Tap and the one before it.
	Found Relation = "found"
	// Disagree: findings about several connections differ. NoModel: no box that is known explains the segments.
	Disagree Relation = "disagree"
	NoModel  Relation = "no-model"
	// Misplaced: tap Tap does not stand where it should.
	Misplaced Relation = "misplaced"
	// Ends: the frame ends the guest's side, or the server's, of its connection: FIN or RST.
	Ends Relation = "ends"
	// StillOpen: nothing at the frame's tap ends its connection.
	StillOpen Relation = "still-open"
)

// A Party is one of the two that number their bytes.
type Party string

// Parties of a connection.
const (
	Client Party = "client"
	Server Party = "server"
)

// A Claim is what a sentence of evidence says, for a program to check against the frames it names. Fields that its relation
// does not mention are zero.
type Claim struct {
	// Is names the relation.
	Is Relation `json:"is"`
	// Of is whose ISN is meant.
	Of Party `json:"of,omitempty"`
	// Tap is the tap that is spoken of, beside those of the frames.
	Tap string `json:"tap,omitempty"`
	// Value is a sequence number.
	Value uint32 `json:"value,omitempty"`
	// Count is how many there are.
	Count int `json:"count,omitempty"`
	// Low and High bound the second frame's clock minus the first's, in seconds; both 0 for one clock, -1e9 and 1e9 where nothing
	// bounds it.
	Low float64 `json:"low,omitempty"`
	// High is the upper bound.
	High float64 `json:"high,omitempty"`
	// Forwarded, Absorbed and Originated count segments.
	Forwarded int `json:"forwarded,omitempty"`
	// Absorbed counts segments that were seen before the box and not behind it, in the direction they travel.
	Absorbed int `json:"absorbed,omitempty"`
	// Originated counts segments that were seen behind the box and not before it, in the direction they travel.
	Originated int `json:"originated,omitempty"`
	// Answered counts probes that were answered.
	Answered int `json:"answered,omitempty"`
	// Seen counts probes that are at Tap too.
	Seen int `json:"seen,omitempty"`
}
