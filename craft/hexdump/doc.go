// Package hexdump prints bytes as people read them and reads back what people paste: Dump and Diff write rows as scapy
// and tcpdump -X do, Parse takes the dumps of a dozen programs. It knows no packet.
package hexdump
