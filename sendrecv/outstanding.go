package sendrecv

import (
	"time"

	"github.com/moonwire/moonwire/craft"
)

// outstanding is the table of the questions of a run: a few tens of bytes each, found by key in constant time.
type outstanding struct {
	entries []entry             // by question number: they are filed in order
	heads   map[craft.Key]int32 // the entry filed last under a key
	open    int                 // questions that wait for their first answer
}

// An entry is one question that was sent.
type entry struct {
	sent      time.Time
	exact     craft.Key
	nextExact int32 // the entry filed before this one under the same key
	nextLoose int32
	open      bool // wants (more) answers
	answered  bool
}

// none ends a chain of entries.
const none = int32(-1)

func newOutstanding() *outstanding { return &outstanding{heads: map[craft.Key]int32{}} }

// file notes that question number is about to be sent; a question sent again keeps its row.
func (t *outstanding) file(number uint64, now time.Time, exact, loose craft.Key) {
	if number < uint64(len(t.entries)) {
		t.entries[number].sent = now
		return
	}
	at := int32(len(t.entries))
	e := entry{sent: now, exact: exact, nextExact: t.first(exact), nextLoose: none, open: true}
	if loose != exact {
		e.nextLoose = t.first(loose)
		t.heads[loose] = at
	}
	t.heads[exact] = at
	t.entries = append(t.entries, e)
	t.open++
}

// first is the entry filed last under a key, none when there is no such entry.
func (t *outstanding) first(key craft.Key) int32 {
	if at, ok := t.heads[key]; ok {
		return at
	}
	return none
}

// next is the entry filed before at under the same key.
func (t *outstanding) next(at int32, key craft.Key) int32 {
	if t.entries[at].exact == key {
		return t.entries[at].nextExact
	}
	return t.entries[at].nextLoose
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
	return number >= uint64(len(t.entries)) || !t.entries[number].answered
}

// unanswered lists the questions without an answer, in order.
func (t *outstanding) unanswered() []uint64 {
	var numbers []uint64
	for i := range t.entries {
		if !t.entries[i].answered {
			numbers = append(numbers, uint64(i))
		}
	}
	return numbers
}
