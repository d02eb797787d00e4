package raw

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// A portFilter is an nftables table of this process that drops the TCP segments which arrive for a set of ports. One
// goroutine uses it at a time.
//
//	table inet moonwire-PID-SOCKET { flags owner
//		set ports { type inet_service; flags timeout }
//		chain input { type filter hook input priority -400
//			meta l4proto tcp, tcp dport @ports, counter drop }}
//
// Hook input: what a router forwards is none of ours, and only here has the kernel decided that a packet is for itself,
// and put fragments together. Priority -400: before every filter of the host, which would log and count segments of flows
// it does not know, or reject them. (The hook output would do for the RST alone, but the kernel would have changed its own
// state by then, and a crafted RST that leaves through a raw IP socket would be dropped too.)
//
// A set: the rule never changes, so that a hold costs the kernel one element, and a thousand ports slow no packet down
// more than one does. Its flag makes the kernel choose a hash table, although no element times out: the bitmap that it
// takes for 16-bit keys otherwise walks a list for each new element, which is half a minute for all ports.
//
// An owner: the table belongs to the socket and goes with it, however the process ends; after kill -9 nobody would be
// left to remove it. Other programs cannot change it either, and "nft flush ruleset" leaves it alone.
type portFilter struct {
	nft *nftSocket
	// table is the table's name.
	table string
}

const (
	// Names within the table.
	setName, chainName = "ports", "input"
	// tableOwner is NFT_TABLE_F_OWNER.
	tableOwner = 0x2
	// setTimeout is NFT_SET_TIMEOUT.
	setTimeout = 0x10
	// typeInetService is how nft names and prints the elements' type; the kernel does not look at it.
	typeInetService = 13
	// verdictDrop is NF_DROP.
	verdictDrop = 0
	// setID names the set within its own batch only.
	setID = 1
	// beforeAll is the priority of connection tracking's defragmentation, NF_IP_PRI_CONNTRACK_DEFRAG: the earliest that
	// anything uses.
	beforeAll = -400
	// chunk is how many elements one message carries: 16 bytes each, and attributes have 16 bits for their length.
	chunk = 2048
)

// openPortFilter makes an empty filter in the calling thread's network namespace.
func openPortFilter() (*portFilter, error) {
	s, err := openNFT()
	if err != nil {
		return nil, err
	}
	// The socket's address is unique in the namespace; process IDs are not, where containers share it.
	f := &portFilter{nft: s, table: fmt.Sprintf("moonwire-%d-%d", os.Getpid(), s.address)}
	err = s.commit(f.newTable(), f.newSet(), f.newChain(), f.newRule())
	if err == nil {
		return f, nil
	}
	_ = s.close() // err says more
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("nftables: table of its own: needs CAP_NET_ADMIN: %w", err)
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EINVAL):
		return nil, fmt.Errorf("nftables: table with an owner: needs Linux 5.12 with nf_tables: %w", err)
	}
	return nil, fmt.Errorf("nftables: table with an owner: %w", err)
}

// add drops what arrives for all the ports from now on or, with an error, for none.
func (f *portFilter) add(ports []uint16) error {
	if err := f.change(unix.NFT_MSG_NEWSETELEM, unix.NLM_F_CREATE, ports); err != nil {
		return fmt.Errorf("nftables: hold %d ports: %w", len(ports), err)
	}
	return nil
}

// remove undoes add, for all the ports or, with an error, for none: one that is not in is an error.
func (f *portFilter) remove(ports []uint16) error {
	if err := f.change(unix.NFT_MSG_DELSETELEM, 0, ports); err != nil {
		return fmt.Errorf("nftables: release %d ports: %w", len(ports), err)
	}
	return nil
}

func (f *portFilter) change(kind, flags uint16, ports []uint16) error {
	var messages []nftMessage
	for some := range slices.Chunk(ports, chunk) {
		messages = append(messages, f.elements(kind, flags, some))
	}
	if len(messages) == 0 {
		return nil
	}
	return f.nft.commit(messages...)
}

// close removes the table: it goes with its owner.
func (f *portFilter) close() error { return f.nft.close() }

func (f *portFilter) newTable() nftMessage {
	return nftMessage{unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE | unix.NLM_F_EXCL, slices.Concat(
		text(unix.NFTA_TABLE_NAME, f.table),
		attr(unix.NFTA_TABLE_FLAGS, be32(tableOwner)),
	)}
}

func (f *portFilter) newSet() nftMessage {
	return nftMessage{unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE | unix.NLM_F_EXCL, slices.Concat(
		text(unix.NFTA_SET_TABLE, f.table),
		text(unix.NFTA_SET_NAME, setName),
		attr(unix.NFTA_SET_FLAGS, be32(setTimeout)),
		attr(unix.NFTA_SET_KEY_TYPE, be32(typeInetService)),
		attr(unix.NFTA_SET_KEY_LEN, be32(2)),
		attr(unix.NFTA_SET_ID, be32(setID)),
	)}
}

func (f *portFilter) newChain() nftMessage {
	priority := int32(beforeAll)
	return nftMessage{unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE | unix.NLM_F_EXCL, slices.Concat(
		text(unix.NFTA_CHAIN_TABLE, f.table),
		text(unix.NFTA_CHAIN_NAME, chainName),
		nest(unix.NFTA_CHAIN_HOOK,
			attr(unix.NFTA_HOOK_HOOKNUM, be32(unix.NF_INET_LOCAL_IN)),
			attr(unix.NFTA_HOOK_PRIORITY, be32(uint32(priority)))),
		text(unix.NFTA_CHAIN_TYPE, "filter"),
	)}
}

func (f *portFilter) newRule() nftMessage {
	register := be32(unix.NFT_REG_1)
	return nftMessage{unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE | unix.NLM_F_APPEND, slices.Concat(
		text(unix.NFTA_RULE_TABLE, f.table),
		text(unix.NFTA_RULE_CHAIN, chainName),
		nest(unix.NFTA_RULE_EXPRESSIONS,
			expression("meta",
				attr(unix.NFTA_META_KEY, be32(unix.NFT_META_L4PROTO)),
				attr(unix.NFTA_META_DREG, register)),
			expression("cmp",
				attr(unix.NFTA_CMP_SREG, register),
				attr(unix.NFTA_CMP_OP, be32(unix.NFT_CMP_EQ)),
				nest(unix.NFTA_CMP_DATA, attr(unix.NFTA_DATA_VALUE, []byte{unix.IPPROTO_TCP}))),
			expression("payload",
				attr(unix.NFTA_PAYLOAD_DREG, register),
				attr(unix.NFTA_PAYLOAD_BASE, be32(unix.NFT_PAYLOAD_TRANSPORT_HEADER)),
				attr(unix.NFTA_PAYLOAD_OFFSET, be32(2)), // the destination port (RFC 9293, section 3.1)
				attr(unix.NFTA_PAYLOAD_LEN, be32(2))),
			expression("lookup",
				text(unix.NFTA_LOOKUP_SET, setName),
				attr(unix.NFTA_LOOKUP_SET_ID, be32(setID)),
				attr(unix.NFTA_LOOKUP_SREG, register)),
			expression("counter"),
			expression("immediate",
				attr(unix.NFTA_IMMEDIATE_DREG, be32(unix.NFT_REG_VERDICT)),
				nest(unix.NFTA_IMMEDIATE_DATA, nest(unix.NFTA_DATA_VERDICT,
					attr(unix.NFTA_VERDICT_CODE, be32(verdictDrop))))),
		),
	)}
}

// expression is one step of a rule.
func expression(name string, attrs ...[]byte) []byte {
	return nest(unix.NFTA_LIST_ELEM,
		text(unix.NFTA_EXPR_NAME, name),
		nest(unix.NFTA_EXPR_DATA, attrs...))
}

// elements is a change of the set.
func (f *portFilter) elements(kind, flags uint16, ports []uint16) nftMessage {
	list := make([][]byte, len(ports))
	for i, p := range ports {
		list[i] = nest(unix.NFTA_LIST_ELEM, nest(unix.NFTA_SET_ELEM_KEY,
			attr(unix.NFTA_DATA_VALUE, binary.BigEndian.AppendUint16(nil, p))))
	}
	return nftMessage{kind, flags, slices.Concat(
		text(unix.NFTA_SET_ELEM_LIST_TABLE, f.table),
		text(unix.NFTA_SET_ELEM_LIST_SET, setName),
		nest(unix.NFTA_SET_ELEM_LIST_ELEMENTS, list...),
	)}
}
