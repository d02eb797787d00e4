// Package sendrecv pairs what goes out with what comes back.
//
// It declares what an experiment runs on, a Session: a Port with its Clock, Routes, Neighbours, a Guard, taps, a Dialer. Its
// functions work on any of them: SR sends a Sequence of packets and collects their answers, Send only sends, Sniff only
// listens. The packages below it make sessions and ports: live interfaces (raw), the built-in network (lab), capture files
// (pcap).
//
//	out, err := session.SR(ctx, sequence, sendrecv.Options{})
//
// Fence puts a session behind a fence of networks: frames for elsewhere do not leave.
//
// The receiver listens before the first frame leaves. Silence is data: a question without an answer is no error. A run
// that is interrupted returns what it has.
package sendrecv
