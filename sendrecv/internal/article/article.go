// Package article holds the addresses and ports of the network in the article whose experiment moonwire repeats. Package lab
// builds that network in the process, package netlab from Linux namespaces; a script that runs on one runs on the other.
//
//	Guest -- Gateway NAT Uplink -- RouterUplink router RouterServer -- Server
//
// Addresses and networks are constants of text, for netip to parse.
package article

import "time"

// The addresses of the hosts.
const (
	// Guest is the virtual machine that experiments run on.
	Guest = "10.0.2.100"
	// Gateway is the NAT's address towards the guest: the guest's only neighbour and its default route.
	Gateway = "10.0.2.2"
	// Uplink is the NAT's address towards the router: what servers see where addresses are rewritten.
	Uplink = "192.168.10.1"
	// RouterUplink is the router's address towards the NAT.
	RouterUplink = "192.168.10.254"
	// RouterServer is the router's address towards the server.
	RouterServer = "192.168.11.254"
	// Server is the host at the far end of the path.
	Server = "192.168.11.2"
	// Silent is a host beside the server that drops every packet to it.
	Silent = "192.168.11.3"
	// Prohibited is a host beside the server that refuses every packet to it, with ICMP "communication administratively
	// prohibited" (RFC 1812, section 5.2.7.1).
	Prohibited = "192.168.11.4"
)

// The networks between the hosts.
const (
	// GuestNet is between guest and NAT.
	GuestNet = "10.0.2.0/24"
	// UplinkNet is between NAT and router.
	UplinkNet = "192.168.10.0/24"
	// ServerNet is between router and server.
	ServerNet = "192.168.11.0/24"
	// Everywhere is the destination of a default route.
	Everywhere = "0.0.0.0/0"
	// Mask is the length of the three networks' prefixes, as it is written behind an address.
	Mask = "/24"
)

// The server's TCP ports. Every other one is closed; experiments that need a closed port use 57213.
const (
	// EchoPort sends back what it gets, over UDP too.
	EchoPort = 57212
	// ResetPort resets a connection on its first data.
	ResetPort = 57214
	// ByePort says "bye\n" ByeDelay after the client's FIN.
	ByePort = 57216
	// HalfClosePort sends FIN at once and goes on reading.
	HalfClosePort = 57217
	// EchoAgainPort is a second EchoPort, without UDP.
	EchoAgainPort = 57218
)

// ByeDelay is how long the server at ByePort waits before it answers.
const ByeDelay = 2 * time.Second
