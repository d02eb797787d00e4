// Package raw sends and receives on live network interfaces: those of this host, or of a network namespace that "ip netns"
// made. It is Linux only and needs CAP_NET_RAW; where either is missing, every error says so and names the lab.
//
// A port is one of three kinds. On Ethernet it carries whole frames. On tunnels without a header of their own it carries
// IPv4 packets. On the loopback interface it carries IPv4 packets too, with two limits that are the kernel's: frames put
// there below IP are dropped as martians, and a raw IP socket writes the header's total length and checksum itself, and
// the identification and the source where they are 0. So a packet with any of these wrong cannot be sent to this host.
// What a session itself sends to loopback its receivers mark as leaving; anybody else's packets, and all that a tap sees
// there, count as arriving.
//
// A session's interface is "pinned" when the user named it: packets leave there or not at all. A session at the default
// interface lets the routing table choose, one exchange at a time.
//
// The files, from what is opened to what the kernel is asked:
//
//	session     Open and OpenTap; raw has their comments, raw_other the answer of other systems
//	ifname      how the user names an interface; link is one as it was found, lookup finds the default one
//	machine     a host and what its sessions share; namespace is the one that its sockets are made in, host is it as sessions see it
//	port        a live interface: sender sends; receiver receives, from a queue of the kernel
//	queue       that queue: listening opens it, poll waits for it, ancillary reads what comes beside a frame, stamps wait for its clock
//	echoes      what a port sent to loopback and has not seen come back
//	routes      the way to a destination; neighbours asks by ARP; tables are what the kernel knows of both
//	dialer      connections of the kernel's TCP, each a conn
//	guard       keeps the kernel's TCP away from ports: hold opens it when it is first wanted, guard_filter is its table in
//	            nftables, guard_netlink how that is written, services what it keeps from listeners of the host's own
//	socket      what all sockets need; right is the error of a missing capability; rights are what a process keeps
package raw
