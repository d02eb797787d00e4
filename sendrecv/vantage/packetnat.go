package vantage

// packetNAT is a box that gives packets another source, address or port, and passes them on.
//
//	guest a                 box b                  server
//	  |--- SYN x ------------|--- SYN x from b ------>|
//	  |<-- SYN/ACK y --------|<-- SYN/ACK y ----------|
//	  |--- ACK --------------|--- ACK --------------->|
func packetNAT() model {
	return model{PacketNAT, "packet-nat", append(passing(), otherClient, sameISN(Client), sameISN(Server))}
}
