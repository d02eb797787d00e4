package sendrecv

import "github.com/moonwire/moonwire/craft"

// A Pairing finds questions and their answers among packets that passed, as SR does among those it sends: in a capture, for
// instance. Add takes one packet after the other, in their order. A packet that answers an earlier one is its answer and no
// question; any other one is a question that later ones may answer. Of several questions that a packet answers the earliest is
// meant. The zero Pairing is ready.
type Pairing struct {
	// Multi takes every answer to a question, not only the first, and has an answer be a question too.
	Multi bool
	// Lookahead is how many packets an answer may stand behind its question at most; 0 is no limit.
	Lookahead int

	added int
	open  map[craft.Key][]unanswered // by what an answer finds them by, the earliest first
}

// An unanswered is a packet that waits for an answer.
type unanswered struct {
	number int
	packet *craft.Packet
	done   *bool // it has its answer; shared by the keys that it is filed under
}

// maxOpen is how many questions with one key wait at most: each packet is held against all of them, and a long transfer leaves
// thousands that nobody answers one by one. The earliest gives way.
const maxOpen = 256

// Add takes the next packet, and returns the numbers of the packets that it answers, counted from 0: at most one unless Multi is
// set, none when it answers none.
func (p *Pairing) Add(r *craft.Packet) (answered []int) {
	if p.open == nil {
		p.open = map[craft.Key][]unanswered{}
	}
	number := p.added
	p.added++
	exact, loose, anyones := craft.ReplyKeys(r)
	_, known := p.open[exact]
	for i, key := range []craft.Key{exact, loose, anyones} {
		if i > 0 && key == exact || i == 1 && known || i == 2 && key == loose {
			continue // as SR: only a reply from a port that no question went to may answer for another one
		}
		if answered = append(answered, p.answered(key, number, r)...); len(answered) > 0 {
			break
		}
	}
	if p.Multi || len(answered) == 0 {
		p.file(unanswered{number, r, new(bool)})
	}
	return answered
}

// answered are the questions under a key that a packet answers.
func (p *Pairing) answered(key craft.Key, number int, r *craft.Packet) (numbers []int) {
	waiting := p.open[key]
	for len(waiting) > 0 && (*waiting[0].done || p.Lookahead > 0 && number-waiting[0].number > p.Lookahead) {
		waiting = waiting[1:]
	}
	if len(waiting) < len(p.open[key]) {
		p.open[key] = waiting
	}
	for _, q := range waiting {
		if *q.done || !craft.Answers(r, q.packet) {
			continue
		}
		numbers = append(numbers, q.number)
		if !p.Multi {
			*q.done = true
			break
		}
	}
	return numbers
}

// file has a question wait for its answer.
func (p *Pairing) file(q unanswered) {
	exact, loose := craft.QuestionKeys(q.packet)
	for i, key := range []craft.Key{exact, loose} {
		if i > 0 && key == exact {
			continue
		}
		waiting := append(p.open[key], q)
		if len(waiting) > maxOpen {
			waiting = waiting[len(waiting)-maxOpen:]
		}
		p.open[key] = waiting
	}
}
