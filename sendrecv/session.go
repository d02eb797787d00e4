package sendrecv

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/moonwire/moonwire/craft/values"
)

// A Session is what an experiment runs on: a port with the world around it. Two sessions never share state.
type Session struct {
	// Name says where packets leave; the prompt shows it: "lab:vmnat", "eth0".
	Name string
	// Port is where crafted frames leave and answers arrive.
	Port Port
	// Hardware is the link-layer address of the port's interface; zero on ports without Ethernet.
	Hardware values.MAC
	// Routes picks the source address and the next hop for a destination; nil means that packets are sent with
	// the addresses they have.
	Routes Routes
	// Neighbours turns a next hop into a link-layer address; nil on ports without Ethernet.
	Neighbours Neighbours
	// Guard keeps the host's own TCP out of crafted exchanges; nil where the host has none.
	Guard Guard
	// Taps are the capture points on the path, nearest to the guest first.
	Taps []Tap
	// Dialer opens real TCP connections of the host's own stack; nil where there is none.
	Dialer Dialer
	// Path can be cut and mended; nil where this program does not control the wires.
	Path Path
	// Host is the machine behind a live session, which has more than this one interface; nil where there is only
	// this port (the lab, a capture file).
	Host Host
	// Hosts knows the names of hosts here. nil (every live session) means that the system's resolver is asked.
	Hosts Hosts
	// Server is a destination worth knocking at when the user named none: the lab's server. The zero value (every
	// live session) means that a destination must be given.
	Server netip.AddrPort
	// Closer ends everything behind the session; Close calls it.
	Closer func() error
}

// Clock is the clock of the session's port.
func (s *Session) Clock() Clock { return s.Port.Clock() }

// Close ends the session, its port and its taps.
func (s *Session) Close() error {
	if s.Closer == nil {
		return s.Port.Close()
	}
	return s.Closer()
}

// A Host is a machine with several interfaces, each of which can be a session's port. A host is seen from one of its
// sessions: whether packets must leave through that session's interface or may leave where the routing table says is
// that session's to know.
type Host interface {
	// Interfaces names what can be opened, the loopback interface too.
	Interfaces() []string
	// Session is the session at the named interface; packets sent through it leave there. It ends with the host's
	// own session; the caller need not close it.
	Session(name string) (*Session, error)
	// Toward is the session that packets for dst leave from: loopback for the host's own addresses, otherwise the
	// interface that the user named or the one that the routing table chooses. The error wraps craft.ErrNoRoute when
	// there is no way.
	Toward(dst netip.Addr) (*Session, error)
}

// Hosts are the hosts of a session that have names.
type Hosts interface {
	// Lookup is the addresses of the host of that name, of the kind that network names: "ip4" or "ip6". A host without
	// one of that kind has an empty list; a name that no host has is an error that names those there are.
	Lookup(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// A Tap is a capture point with a name: "guest", "host", "server". Its port is listened to, never sent through.
type Tap struct {
	// Name is what scripts and reports call it.
	Name string
	// Port is where the frames pass.
	Port Port
}

// Routes is the routing table of the sending host.
type Routes interface {
	// Route finds the way to dst. The error wraps craft.ErrNoRoute when there is none.
	Route(dst netip.Addr) (Route, error)
}

// A Route is the way to one destination.
type Route struct {
	// Source is the address packets leave with.
	Source netip.Addr
	// NextHop is the neighbour that is given the packet: a gateway, or the destination itself when it is on link.
	NextHop netip.Addr
}

// Neighbours resolves link-layer addresses (ARP, RFC 826).
type Neighbours interface {
	// Resolve finds the link-layer address of a host on the session's link. It waits on the session's clock and
	// fails loudly: no answer is an error, an *AbsentError, never a broadcast.
	Resolve(ctx context.Context, addr netip.Addr) (values.MAC, error)
}

// An AbsentError is the error of a neighbour that does not answer: nobody has the address, or its host is silent. Nothing is
// wrong with what was to be sent there.
type AbsentError struct {
	// Addr is the address that was asked for.
	Addr netip.Addr
	// Says is the text of the error.
	Says string
}

// Error is the text.
func (e *AbsentError) Error() string { return e.Says }

// A Preparer is a Neighbours that can resolve many addresses at once: a set of hosts of which most are silent then waits for
// the silence once, not for each.
type Preparer interface {
	Neighbours
	// Prepare asks for those of the addresses that are not known yet. It returns no error: Resolve returns what it
	// found, silence too.
	Prepare(ctx context.Context, addrs []netip.Addr)
}

// A Guard keeps the host's own TCP away from crafted flows: the stack knows nothing of a crafted SYN and would reset
// the peer's SYN/ACK.
type Guard interface {
	// Hold starts guarding the given local TCP ports until release is called. Holds nest; release is safe to call
	// twice. The error wraps os.ErrPermission when the right is missing; the caller then says what will happen.
	Hold(ports ...uint16) (release func(), err error)
}

// A HostGuard is the Guard of a real host, which has services of its own: while a port is held, the one that listens there
// hears nobody.
type HostGuard interface {
	Guard
	// Listening returns those of the ports that a process of the host listens on with TCP, over IPv4 or IPv6, in the
	// order given. It fails where the system does not tell.
	Listening(ports ...uint16) ([]uint16, error)
}

// A Dialer opens connections of the host's own TCP: real timers, real keepalive, no crafting.
type Dialer interface {
	// Dial connects to dst and waits on the session's clock until timeout (0: 10 s). keepalive's zero fields
	// (and its Enable) work as in net.Dialer. The caller closes the connection.
	Dial(ctx context.Context, dst netip.AddrPort, timeout time.Duration, keepalive net.KeepAliveConfig) (Conn, error)
}

// A Conn is a TCP connection of the host's own stack on the session's clock.
type Conn interface {
	// LocalAddr is the guest's end.
	LocalAddr() netip.AddrPort
	// Send queues data for the peer. It fails when the stack has given the connection up.
	Send(ctx context.Context, data []byte) error
	// Receive returns what the peer sent, at least one byte. It returns nil and no error when nothing came within
	// wait, io.EOF after the peer's FIN, and the stack's error (reset, timed out) when the connection died.
	Receive(ctx context.Context, wait time.Duration) ([]byte, error)
	// CloseWrite sends FIN and goes on receiving.
	CloseWrite() error
	// Close sends FIN and forgets the connection. It is safe to call twice.
	Close() error
}

// A Path is a set of wires that can be cut, as the lab's are: the frames of a cut wire are lost, without an error anywhere.
type Path interface {
	// Wires names what can be cut, nearest to the guest first.
	Wires() []string
	// Cut loses every frame on the wire from now on, in both directions.
	Cut(wire string) error
	// Mend undoes Cut.
	Mend(wire string) error
}
