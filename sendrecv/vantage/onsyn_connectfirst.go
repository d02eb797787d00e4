package vantage

// connectFirst is a TCP proxy that dials the server on the guest's SYN and answers the guest when it knows the server's
// answer: libslirp, pasta, gvisor-tap-vsock, and the NAT of the article. A closed port stays closed.
//
//	guest                 proxy                   server
//	  |--- SYN x ----------->|--- SYN v ------------->|
//	  |                      |<-- SYN/ACK w ----------|
//	  |                      |--- ACK --------------->|
//	  |<-- SYN/ACK y --------|                        |
func connectFirst() model {
	return model{HandshakeOnSYNProxy, "handshake-on-syn-proxy that connects first", append(ending(), dialsOnSYN, answersLast, completesAlone, refusesAsRefused)}
}
