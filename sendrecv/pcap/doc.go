// Package pcap reads and writes capture files, and opens them as ports. It reads pcap and pcapng of any link type,
// one frame at a time, and writes either format so that a crash loses nothing already written. Either may be compressed with
// gzip.
//
// Scripts name the files, and may be a stranger's while the process is root's. So a capture is written under a capture's
// name only (name.go), beside the older one, which it replaces at the end (part.go), by one writer at a time (lock_*.go),
// and what is no capture is neither replaced nor told anything of (file.go, fault.go).
//
// The two formats are decoded here rather than by a library, because a capture file is untrusted input: a frame
// length of four gigabytes, a clock resolution of 10^-99 or a cut-off tail must end in a clear error, and link types
// above 255 must not be taken for others.
package pcap
