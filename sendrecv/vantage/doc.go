// Package vantage compares what several capture points saw of one path, and judges what stands between them: a router, a
// NAT that rewrites packets, or a proxy that ends the guest's TCP and opens a connection of its own.
//
// Segments reads captures into taps, nearest to the guest first. Path and Keepalive judge taps and nothing else: a
// report can be judged again from its own JSON. Between two taps a segment was forwarded (it is at both), absorbed (only
// at the near one) or originated (only at the far one); Align tells which, and verdicts follow from that. Connections
// are paired by server, order and numbers, never by source port, which a NAT changes, and never by clocks alone, which
// two machines do not share.
package vantage
