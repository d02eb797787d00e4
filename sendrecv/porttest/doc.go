// Package porttest is the conformance suite of sendrecv.Port: every package that opens ports runs it on them, so that an
// exchange behaves the same on a live interface, in a lab and over a capture file.
//
// The cases follow the comments of the contract one by one. They work on the port's own clock, and they tolerate
// foreign frames on the wire: only frames of the rig's own family are compared.
package porttest
