package vantage

// dialsBoth is a TCP proxy that answers the guest's SYN and dials the server on it at once, without waiting for either. A
// closed port looks open.
//
//	guest                 proxy                   server
//	  |--- SYN x ----------->|--- SYN v ------------->|
//	  |<-- SYN/ACK y --------|<-- SYN/ACK w ----------|
//	  |--- ACK ------------->|--- ACK --------------->|
func dialsBoth() model {
	return model{HandshakeOnSYNProxy, "handshake-on-syn-proxy that answers at once", append(ending(), dialsOnSYN, answersEverySYN, answersUnasked, completesAlone)}
}
