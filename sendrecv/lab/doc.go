// Package lab is a network inside the process, without root and on every system: a guest behind a NAT, a router and a
// server. It repeats one experiment anywhere: who answers the guest's TCP, the server or the NAT?
//
//	guest 10.0.2.100 -- 10.0.2.2 NAT 192.168.10.1 -- 192.168.10.254 router 192.168.11.254 -- server 192.168.11.2
//
// Guest, server and the proxying NATs are gVisor's TCP/IP stack: real handshakes, timers, keepalives. The router and the
// packet-rewriting NAT are small forwarders of this package. Every link carries Ethernet frames, can be listened to at
// both ends, and can be cut.
//
// The server's TCP ports: 57212 and 57218 echo (57212 also over UDP), 57213 is closed, 57214 resets the connection on the
// first data, 57216 says "bye\n" two seconds after the client's FIN, 57217 sends FIN at once and keeps reading. Beside the
// server, 192.168.11.3 drops whatever it gets, 192.168.11.4 refuses it (administratively prohibited), 192.168.11.77 does
// not exist, and the router has no route outside its two networks.
//
// Hosts have names: guest, nat (10.0.2.2, the gateway that the guest sees), router (192.168.10.254, as a trace from the guest
// shows it) and server. No other name is known, and none is asked for outside the process.
//
// Time is virtual unless Config.RealTime is set: it moves only while a call waits on the lab's clock, from one event to the
// next, so that a minute of keepalives takes milliseconds. A wait without limit lets it run on for as long as anything
// is due. Goroutines that use one lab at the same time call Lab.Join: then time also waits for what each of them does
// between its calls.
package lab
