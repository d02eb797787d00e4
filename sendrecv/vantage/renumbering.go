package vantage

// renumbering is a packet NAT or a firewall that gives one side, or both, sequence numbers of its own and passes the packets
// on: Cisco's ASA, pf with "modulate state". Every segment has its twin at a constant offset, a moment later.
//
//	guest a                 box                    server
//	  |--- SYN x ------------|--- SYN x' ------------>|
//	  |<-- SYN/ACK y' -------|<-- SYN/ACK y ----------|
//	  |--- ACK y'+1 ---------|--- ACK y+1 ----------->|
func renumbering() model {
	return model{PacketNAT, "packet-nat that renumbers", append(passing(), renumbered)}
}
