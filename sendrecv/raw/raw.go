package raw

import "github.com/moonwire/moonwire/sendrecv"

// Open opens a session at an interface: "eth0", "netns:NAME/eth0" for one in a namespace of "ip netns", or "" for the one
// with the default route (else the first that is up and not loopback, else loopback; "netns:NAME" is the same choice in a
// namespace). A session at a named interface sends through it alone; the others go where the routing table says. The
// caller closes the session.
//
// The error wraps os.ErrPermission when the right is missing and errors.ErrUnsupported on systems other than Linux.
func Open(where string) (*sendrecv.Session, error) { return open(where) }

// OpenTap opens a capture point, spelt like Open's. It is listened to only: Send fails with errors.ErrUnsupported. The
// caller closes it.
func OpenTap(where string) (sendrecv.Port, error) { return openTap(where) }

// Look is what the host knows of the ways out, for packets that are looked at and not sent: a session without a Port, spelt like
// Open's, of which only Env can be used. It needs no right, and asks nobody: an address on the link is found only when the kernel
// knows it already. The caller closes the session.
//
// The error wraps errors.ErrUnsupported on systems other than Linux.
func Look(where string) (*sendrecv.Session, error) { return look(where) }
