// Package traffic says who talked with whom in a list of packets: the session of each (Session), the two hosts that it is of
// (Hosts), how much packets amount to (Sum), and the conversations between hosts with both directions (Conversations).
package traffic
