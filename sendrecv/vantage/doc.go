// Package vantage compares what several taps saw of one path, and judges what stands between them: a router, a
// NAT that rewrites packets, or a proxy that ends the guest's TCP and opens a connection of its own. A verdict may be
// missing; it is never false.
//
// A tap is a point where frames are captured. Segments reads what each recorded (a Capture) into what it saw of the server
// (a View), nearest to the guest first. Path and Keepalive judge views and nothing else: a report can be judged again from
// its own JSON. Compare does the work once for both, and for a report.
//
// The way of a judgement, a file for each step:
//
//	segments   frames become segments; trust leaves out what TCP never got, checksum and stream read on
//	conn       segments become connections; handshake reads how they begin, course how far their bytes had come
//	hop        two neighbouring taps; tie finds which far connection carries which near one, by numbers, bytes or time
//	clock      what the order of two segments at two taps can be, by what passed both (passage) and how clocks drift (drift)
//	twins      which segments of a pair are the same
//	model      each box that may stand there, and what it cannot explain (rules); those that nothing fells are left
//	path       the finding: one model left is a verdict, more are candidates; order tells a closed port
//	untied     what is said when nothing ties the connections; misplaced, when the taps stand wrong
//	probe      keepalive probes; toll sorts them by what became of them, keepalive judges that
//	evidence   the sentences, each with a claim
//	own        what an experimenter says, who is no judge: other words, and frames that may be of any kind
//
// Each box is a file that reads like its ladder: routed, packetnat, renumbering, synproxy, acceptfirst, dropped, and two for
// the verdict handshake-on-syn-proxy, onsyn_connectfirst and onsyn_both. A new box is a new file and a row in models.
package vantage
