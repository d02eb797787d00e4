package vantage

// acceptFirst is a TCP proxy with a listener of its own: it answers every SYN, and dials the server when the guest's handshake
// is complete. Nothing of one connection's numbers is in the other.
//
//	guest                 proxy                   server
//	  |--- SYN x ----------->|                        |
//	  |<-- SYN/ACK y --------|                        |
//	  |--- ACK ------------->|                        |
//	  |                      |--- SYN v ------------->|
//	  |                      |<-- SYN/ACK w ----------|
//	  |                      |--- ACK --------------->|
func acceptFirst() model {
	return model{AcceptFirstProxy, "accept-first-proxy", append(ending(), answersEverySYN, dialsForTheComplete, dialsAfterACK)}
}

// ending is what every box demands that ends the guest's TCP: two connections, with nothing in common but the bytes.
func ending() []rule {
	return []rule{ownSYN, ownAnswer, begunBySYN, answersProbes}
}
