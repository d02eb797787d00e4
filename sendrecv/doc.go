// Package sendrecv pairs what goes out with what comes back.
//
// It declares what a place to experiment from consists of (Session: a Port with its Clock, Routes, Neighbours, Guard,
// taps, a Dialer) and works on any of them: SR sends questions and collects their answers, Send only sends, Sniff only
// listens. The places themselves are built by the packages below it: the built-in network (lab), capture files (pcap).
//
//	out, err := session.SR(ctx, sequence, sendrecv.Options{})
//
// The receiver listens before the first frame leaves. Silence is data: a question without an answer is no error. A run
// that is interrupted returns what it has.
package sendrecv
