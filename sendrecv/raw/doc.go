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
package raw
