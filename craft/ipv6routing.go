package craft

// lastHop is where a routing header with hops to go leads to in the end; nil for other layers.
func (l *Layer) lastHop() []byte { return nil }

// homeAddress is the address that a mobile node has at home, as a destination option tells it; nil for other layers.
func (l *Layer) homeAddress() []byte { return nil }

// jumbo is the length of a jumbogram that a hop-by-hop option tells; -1 when there is none.
func (l *Layer) jumbo() int { return -1 }
