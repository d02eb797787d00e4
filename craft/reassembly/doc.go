// Package reassembly puts together what was cut: fragments of IP and IPv6 datagrams (Defragmenter) and the segments of TCP
// connections (Streams); Fragment and Fragment6 cut. What is missing, overlapping or given up is reported, never made up.
package reassembly
