package pcap

// How long the heads of records are, by who wrote them. The number that a file begins with does not always tell: modified libraries
// wrote longer ones under the same.
const (
	nokiaRecord     = 20
	kuznetsovRecord = 24 // also Red Hat's 6.1, under the common number
	suseRecord      = 28 // SuSE's 6.3, under Kuznetsov's
)

// guessHead is how long the heads of the records are. They are what the file's number says, unless its first records make no
// sense so, and do with another length. Only what has been read already is looked at: a pipe may have no more.
func (c *classic) guessHead() int {
	lengths := []int{classicRecord}
	switch {
	case c.magic == magicKuznetsov:
		lengths = []int{kuznetsovRecord, suseRecord}
	case c.magic == magicMicro && c.swapped == capturedFirst:
		lengths = []int{classicRecord, kuznetsovRecord, nokiaRecord}
	}
	there, _ := c.r.Peek(c.r.Buffered()) // it is there
	for i, length := range lengths {
		if whole, sound := c.records(there, length); sound && (i == 0 || whole > 1 || whole == 1 && c.isAll(there, length)) {
			return length
		}
	}
	return lengths[0]
}

// most records are looked at.
const mostGuessed = 4

// records looks at the first records with heads of a length: how many are there as a whole, and whether they make sense.
func (c *classic) records(b []byte, head int) (whole int, sound bool) {
	for whole < mostGuessed && len(b) >= classicRecord && !beginsCapture(b) {
		const second = 1_000_000
		frac, captured, length := c.order.Uint32(b[4:]), c.order.Uint32(b[8:]), c.order.Uint32(b[12:])
		if c.magic != magicNano && frac >= second || captured > c.typ.most(c.snaplen) || captured > length {
			return whole, false
		}
		if len(b) < head+int(captured) {
			return whole, true
		}
		b = b[head+int(captured):]
		whole++
	}
	return whole, true
}

// isAll reports whether one record with such a head is all that is there, or all before another capture.
func (c *classic) isAll(b []byte, head int) bool {
	size := head + int(c.order.Uint32(b[8:]))
	return len(b) == size || beginsCapture(b[size:])
}
