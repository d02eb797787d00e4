package vantage

// synProxy is a firewall that answers the handshake itself, so that no half-open connection reaches the server, and opens
// the same one to the server when the guest's handshake is complete. From then on packets pass, the server's numbers shifted.
//
//	guest                  box                    server
//	  |--- SYN x ----------->|                        |
//	  |<-- SYN/ACK c --------|                        |
//	  |--- ACK ------------->|                        |
//	  |                      |--- SYN x ------------->|
//	  |                      |<-- SYN/ACK y ----------|
//	  |                      |--- ACK --------------->|
//	  |--- data -------------|--- data -------------->|
func synProxy() model {
	return model{SYNProxy, "syn-proxy", []rule{sameISN(Client), otherISN(Server), begunBySYN, answersEverySYN, dialsForTheComplete, dialsAfterACK}}
}
