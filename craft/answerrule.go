package craft

// An AnswerRule says which message answers which. All parts must hold.
type AnswerRule struct {
	// Same are fields with equal values in both.
	Same []string
	// Swapped are pairs of fields that change places.
	Swapped [][2]string
	// Reply gives, for a field, the reply's value to each value of the question.
	Reply map[string]map[uint64]uint64
}

// hold reports whether r answers q, and why.
func (a *AnswerRule) hold(r, q *Layer) (bool, string) {
	for _, field := range a.Same {
		if r.Text(field) != q.Text(field) {
			return false, field + " differs"
		}
	}
	for _, pair := range a.Swapped {
		if r.Text(pair[0]) != q.Text(pair[1]) || r.Text(pair[1]) != q.Text(pair[0]) {
			return false, pair[0] + " and " + pair[1] + " are not swapped"
		}
	}
	wrong := ""
	for field, reply := range a.Reply {
		if want, ok := reply[q.Uint(field)]; (!ok || r.Uint(field) != want) && (wrong == "" || field < wrong) {
			wrong = field // the first by name: a map has no order, and the reason is the same each time
		}
	}
	if wrong != "" {
		return false, "its " + wrong + " does not answer the question's " + wrong
	}
	return true, "its fields fit the question's"
}
