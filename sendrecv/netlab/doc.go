// Package netlab builds the lab's network from Linux namespaces, with real kernels and real NAT programs: what package lab
// models can be measured here. It needs root.
//
//	guest 10.0.2.100 -- 10.0.2.2 NAT 192.168.10.1 -- 192.168.10.254 router 192.168.11.254 -- server 192.168.11.2
//
// Each host is a network namespace as "ip netns" makes them, moonwire-ID-guest and so on; the wires are veth pairs, named
// mwID-guest, mwID-uplink and mwID-server at both ends. Nothing happens in the namespace that the process was started in.
// Frames on the wires are as a wire would carry them: checksums and segmentation are not left to hardware that is not there.
// IPv6 is off.
//
// The server is the same as in package lab. TCP ports: 57212 and 57218 echo (57212 also over UDP), 57213 is closed, 57214
// resets the connection on the first data, 57216 says "bye\n" two seconds after the client's FIN, 57217 sends FIN at once
// and keeps reading. Beside the server, 192.168.11.3 drops whatever it gets, 192.168.11.4 refuses it (administratively
// prohibited), 192.168.11.77 does not exist, and the router has no route outside its two networks.
//
// A process that is killed leaves its namespaces behind ("ip netns list" shows them, "ip netns delete" removes them); they do
// not get in the way of others.
package netlab
