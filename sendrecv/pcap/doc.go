// Package pcap reads and writes capture files, and opens them as ports. It reads pcap and its relatives, pcapng and snoop of any link type,
// one frame at a time, and writes pcap and pcapng so that a crash loses nothing already written. All may be compressed with
// gzip, zstd or lz4. A format is a file (classic.go, kuznetsov.go, ng.go, snoop.go), and so is a compression.
//
// Scripts name the files, and may be a stranger's while the process is root's. So a capture is written under a capture's
// name only (name.go), beside the older one, which it replaces at the end (part.go), by one writer at a time (lock_*.go),
// and what is no capture is neither replaced nor told anything of (file.go, fault.go).
//
// The formats are decoded here rather than by a library, because a capture file is untrusted input: a frame
// length of four gigabytes, a clock resolution of 10^-99 or a cut-off tail must end in a clear error, and link types
// above 255 must not be taken for others.
package pcap
