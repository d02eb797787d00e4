package traffic

import "github.com/moonwire/moonwire/craft"

// A Conversation is the packets of two hosts, in both directions.
type Conversation[Host comparable] struct {
	// Src is the host that spoke first.
	Src Host
	// Dst is the other one.
	Dst Host
	// Sent is what Src sent.
	Sent Sum
	// Back is what Dst sent.
	Back Sum
	// Labels are what was said of its packets, each once, in that order.
	Labels []string

	labelled map[string]bool
}

// Conversations are found packet by packet. Hosts are whatever two packets are told apart by. The zero value has none and is ready.
type Conversations[Host comparable] struct {
	// All are those found, in the order in which they began.
	All []*Conversation[Host]

	known map[[2]Host]*Conversation[Host]
}

// Add counts a packet from one host to another, and returns their conversation.
func (c *Conversations[Host]) Add(src, dst Host, p *craft.Packet) *Conversation[Host] {
	found := c.known[[2]Host{src, dst}]
	if found == nil {
		if c.known == nil {
			c.known = map[[2]Host]*Conversation[Host]{}
		}
		found = &Conversation[Host]{Src: src, Dst: dst}
		c.known[[2]Host{src, dst}], c.known[[2]Host{dst, src}] = found, found
		c.All = append(c.All, found)
	}
	if src == found.Src {
		found.Sent.Add(p)
	} else {
		found.Back.Add(p)
	}
	return found
}

// Label notes what was said of a packet, unless it was said before.
func (c *Conversation[Host]) Label(text string) {
	if c.labelled[text] {
		return
	}
	if c.labelled == nil {
		c.labelled = map[string]bool{}
	}
	c.labelled[text] = true
	c.Labels = append(c.Labels, text)
}
