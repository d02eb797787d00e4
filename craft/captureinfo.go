package craft

// A CaptureInfo is what a capture says of a packet beside its time, its link and its bytes. Packets share one: it is never
// changed, but replaced by a changed copy.
type CaptureInfo struct {
	// Cut is how many bytes the capture cut off at the packet's end; 0 when all of it was captured.
	Cut int
	// Measured says that the length on the wire was set, of a packet that was made here too.
	Measured bool
	// Comments are what somebody wrote beside the packet, in order.
	Comments []string
	// Interface is where it passed; nil when that is not known.
	Interface *CaptureInterface
	// More is what else the capture says, in the words of the package that read it; nil is nothing.
	More any
}

// A CaptureInterface is an interface of a capture. Packets share one: it is never changed.
type CaptureInterface struct {
	// Name is what the system calls the interface, and Description what a person does; "" where that is not known.
	Name, Description string
	// SnapLen is how many bytes of a packet are captured at most; 0 is all.
	SnapLen uint32
	// More is what else the capture says, in the words of the package that read it; nil is nothing.
	More any
}

// copyInfo is a CaptureInfo for a caller to change and to put in the place of the packet's own.
func (p *Packet) copyInfo() *CaptureInfo {
	c := &CaptureInfo{}
	if p.Info != nil {
		*c = *p.Info
	}
	return c
}

// WireLen is the packet's length on the wire in bytes: that of the bytes which it has now, and of those that the capture cut off behind
// them; 0 for a packet that was made here, unless it was set.
func (p *Packet) WireLen() int {
	if p.Wire == nil && (p.Info == nil || !p.Info.Measured) {
		return 0
	}
	return p.size() + p.Cut()
}

// size is how many bytes the packet has.
func (p *Packet) size() (n int) {
	for _, l := range p.layers {
		n += l.Len()
	}
	return n
}

// SetWireLen sets the length on the wire: what is longer than the packet was cut off at its end. 0 says that all of it is here.
func (p *Packet) SetWireLen(n int) {
	c := p.copyInfo()
	c.Cut, c.Measured = max(n-p.size(), 0), n > 0
	p.Info = c
}

// Cut is how many bytes a capture cut off at the packet's end, whatever has changed before it. It goes with the last layer: when that is
// another one, nothing is cut off.
func (p *Packet) Cut() int {
	if p.Info == nil {
		return 0
	}
	return p.Info.Cut
}

// SetCut sets how many bytes a capture cut off.
func (p *Packet) SetCut(n int) {
	if n == p.Cut() {
		return
	}
	c := p.copyInfo()
	c.Cut, c.Measured = n, c.Measured || n > 0
	p.Info = c
}

// SetComments sets what stands beside the packet in a capture that can hold it.
func (p *Packet) SetComments(comments []string) {
	c := p.copyInfo()
	c.Comments = comments
	p.Info = c
}

// SetInterface sets the name of the interface where the packet passed; "" is none.
func (p *Packet) SetInterface(name string) {
	c := p.copyInfo()
	i := &CaptureInterface{}
	if c.Interface != nil {
		*i = *c.Interface
	}
	i.Name = name
	c.Interface = i
	p.Info = c
}
