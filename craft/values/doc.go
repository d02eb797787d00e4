// Package values holds what a field may hold many of: sets (ranges, lists, networks) that make a packet a stream of packets,
// and generators that draw a value for each packet anew. Element i of a set can be made again at any time, and what a
// generator draws is a function of its seed, of the packet's number and of the field, so nothing is ever stored.
//
// It holds the link-layer address and the spelling of values in Lua besides, which both need; it knows no packet.
package values
