// Package pcap reads and writes capture files, and opens them as ports. It reads pcap and pcapng of any link type,
// one frame at a time, and writes either format so that a crash loses nothing already written.
//
// The two formats are decoded here rather than by a library, because a capture file is untrusted input: a frame
// length of four gigabytes, a clock resolution of 10^-99 or a cut-off tail must end in a clear error, and link types
// above 255 must not be taken for others.
package pcap
