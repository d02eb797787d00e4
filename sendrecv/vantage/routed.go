package vantage

// routed is a box that passes packets on as they are: a router, a bridge, nothing at all.
//
//	guest a                 box                    server
//	  |--- SYN x ------------|--- SYN x from a ------>|
//	  |<-- SYN/ACK y --------|<-- SYN/ACK y ----------|
//	  |--- ACK --------------|--- ACK --------------->|
func routed() model {
	return model{Routed, "routed", append(passing(), sameClient, sameISN(Client), sameISN(Server))}
}

// passing is what every box demands that lets the guest's own packets pass: each is seen at the tap it passes first, and
// nothing is answered before it was asked.
func passing() []rule {
	return []rule{crossesBeforeAnswer, begunBySYN, answeredByServer, acknowledgedByGuest, atGuestsPace, dataAcknowledgedByServer,
		dataAcknowledgedByGuest, asManySYNs, refusedAlike, heardTheAnswer}
}
