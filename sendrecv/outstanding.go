package sendrecv

import (
	"time"

	"github.com/moonwire/moonwire/craft"
)

// outstanding is the table of the questions of a run: a few tens of bytes each, found by key in constant time. Those
// with one key stand in the order they were sent, as scapy takes them: of probes that differ only in what an answer
// does not repeat (a TTL), the one sent first is the likelier.
type outstanding struct {
	entries []entry              // by question number: they are filed in order
	chains  map[craft.Key]*chain // the entries under a key
	open    int                  // questions that wait for their first answer
}

// An entry is one question that was sent.
type entry struct {
	sent      int64 // nanoseconds since 1970 on the port's clock
	exact     craft.Key
	nextExact int32 // the entry filed after this one under the same key
	nextLoose int32
	open      bool // wants (more) answers
	answered  bool
	withdrawn bool // was never sent
}

// A chain is the entries under one key, from the first that may be open.
type chain struct{ first, last int32 }

// none ends a chain of entries.
const none = int32(-1)

func newOutstanding() *outstanding { return &outstanding{chains: map[craft.Key]*chain{}} }

// file notes that question number is about to be sent; a question sent again keeps its row.
func (t *outstanding) file(number uint64, now time.Time, exact, loose craft.Key) {
	if number < uint64(len(t.entries)) {
		t.entries[number].sent = now.UnixNano()
		return
	}
	at := int32(len(t.entries))
	t.entries = append(t.entries, entry{sent: now.UnixNano(), exact: exact, nextExact: none, nextLoose: none, open: true})
	t.link(at, exact)
	if loose != exact {
		t.link(at, loose)
	}
	t.open++
}

// link puts an entry at the end of a key's chain.
func (t *outstanding) link(at int32, key craft.Key) {
	c := t.chains[key]
	if c == nil {
		t.chains[key] = &chain{at, at}
		return
	}
	*t.after(c.last, key) = at
	c.last = at
	if c.first == none {
		c.first = at
	}
}

// withdraw forgets the question filed last: it did not leave.
func (t *outstanding) withdraw(number uint64) {
	e := &t.entries[number]
	if !e.answered && e.open {
		e.open, e.withdrawn = false, true
		t.open--
	}
}

// knows reports whether any question was filed under a key, open or not.
func (t *outstanding) knows(key craft.Key) bool { return t.chains[key] != nil }

// first is the entry filed first under a key of those that may be open, none when there is no such entry. Entries at
// the front that want no more answers are left behind for good.
func (t *outstanding) first(key craft.Key) int32 {
	c := t.chains[key]
	if c == nil {
		return none
	}
	for c.first != none && !t.entries[c.first].open {
		c.first = *t.after(c.first, key)
	}
	return c.first
}

// next is the entry filed after at under the same key.
func (t *outstanding) next(at int32, key craft.Key) int32 { return *t.after(at, key) }

// after is where an entry keeps the next one of a key's chain.
func (t *outstanding) after(at int32, key craft.Key) *int32 {
	if t.entries[at].exact == key {
		return &t.entries[at].nextExact
	}
	return &t.entries[at].nextLoose
}

// answer notes an answer; keep leaves the question open for more.
func (t *outstanding) answer(at int32, keep bool) {
	e := &t.entries[at]
	if !e.answered {
		t.open--
	}
	e.answered = true
	e.open = keep
}

// isOpen reports whether a question waits for its first answer; one that was never sent does.
func (t *outstanding) isOpen(number uint64) bool {
	return number >= uint64(len(t.entries)) || !t.entries[number].answered && !t.entries[number].withdrawn
}

// unanswered lists the questions without an answer, in order.
func (t *outstanding) unanswered() []uint64 {
	var numbers []uint64
	for i := range t.entries {
		if !t.entries[i].answered && !t.entries[i].withdrawn {
			numbers = append(numbers, uint64(i))
		}
	}
	return numbers
}
