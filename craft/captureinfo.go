package craft

// A CaptureInfo is what a capture says of a packet beside its time, its link and its bytes. Packets share one: it is never
// changed, but replaced by a changed copy.
type CaptureInfo struct {
	// Length is the packet's length on the wire in bytes when the capture cut it short; 0 when all of it was captured.
	Length int
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

// WireLen is the packet's length on the wire in bytes, as it was when the packet arrived or as it was set; 0 for a packet that
// was made here.
func (p *Packet) WireLen() int {
	if p.Info != nil && p.Info.Length > 0 {
		return p.Info.Length
	}
	return len(p.Wire)
}

// SetWireLen sets the length on the wire; 0 says that all of the packet is here.
func (p *Packet) SetWireLen(n int) {
	c := p.copyInfo()
	c.Length = n
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

// without is what is left of a packet's CaptureInfo when its first n bytes are taken away.
func (c *CaptureInfo) without(n int) *CaptureInfo {
	if c == nil || c.Length == 0 || n == 0 {
		return c
	}
	shorter := *c
	shorter.Length = max(shorter.Length-n, 0)
	return &shorter
}
