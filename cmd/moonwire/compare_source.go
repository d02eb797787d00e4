package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// mostKept bounds the memory of one file's TCP, in bytes: the judge needs all of it at once. perFrame is what a frame takes
// beside its bytes.
const (
	mostKept = 256 << 20
	perFrame = 300
)

// A source is one TAP=FILE of moonwire compare, and what was read of it.
type source struct {
	tap, file string

	frames  int              // all of them
	kept    []sendrecv.Frame // those with TCP in them, of the server when it is known
	size    int              // memory that they take
	servers []netip.AddrPort // where plain SYNs go, first come first
	known   map[netip.AddrPort]bool
	foreign craft.Name // link of frames that cannot be read here
	ended   string     // why reading ended before the file did; "" when it did not
}

// read reads the file. Once the server is known only its frames are kept.
func (src *source) read(ctx context.Context, server netip.AddrPort) error {
	r, err := pcap.Open(src.file)
	if err != nil {
		return src.unreadable(err)
	}
	defer func() { _ = r.Close() }() // only read
	src.known = map[netip.AddrPort]bool{}
	for f, err := range r.Frames() {
		switch {
		case ctx.Err() != nil:
			return &fault{exitInterrupted, lua.ErrInterrupted}
		case err != nil:
			return src.cutShort(err)
		}
		src.frames++
		src.take(f, server)
		if src.size > mostKept {
			return usage("compare: %s: %s holds more than %d MiB of TCP; cut it down to one connection first: tcpdump -r %s -w small.pcap host IP and tcp port PORT",
				src.tap, src.file, mostKept>>20, src.file)
		}
	}
	if len(src.kept) == 0 && src.foreign != "" {
		return usage("compare: %s: %s: frames of link type %s cannot be read here; capture on an Ethernet interface",
			src.tap, src.file, strings.TrimPrefix(string(src.foreign), foreignLink))
	}
	return nil
}

// foreignLink begins the names of links that have no protocol here.
const foreignLink = "LINKTYPE_"

// take keeps a frame that the judge may read, and notes the server that a plain SYN goes to.
func (src *source) take(f sendrecv.Frame, server netip.AddrPort) {
	if strings.HasPrefix(string(f.Link), foreignLink) {
		src.foreign = f.Link
	}
	from, to, syn, ok := ends(craft.Dissect(f.Data, f.Link))
	if !ok {
		return
	}
	enough := server.IsValid() && len(src.servers) >= mostNamed // they are only for an error then
	if syn && !src.known[to] && !enough {
		src.known[to] = true
		src.servers = append(src.servers, to)
	}
	if at := server.Addr().WithZone(""); !server.IsValid() || from.Addr() == at || to.Addr() == at {
		src.kept = append(src.kept, f)
		src.size += len(f.Data) + perFrame
	}
}

// ends finds the ends of the TCP segment in a frame, or of the one that an ICMP error in it quotes, and whether it is a SYN
// that opens a connection; ok is false when there is neither.
func ends(p *craft.Packet) (from, to netip.AddrPort, syn, ok bool) {
	var ip *craft.Layer
	for _, l := range p.Layers() {
		switch l.Name() {
		case layers.IP, layers.IPv6, layers.IPerror, layers.IPerror6:
			ip = l // the innermost: a tunnel's outer header is not the segment's
		case layers.TCP, layers.TCPerror:
			if ip == nil {
				return from, to, false, false
			}
			from = netip.AddrPortFrom(ip.Addr("src"), uint16(l.Uint("sport")))
			to = netip.AddrPortFrom(ip.Addr("dst"), uint16(l.Uint("dport")))
			flags := ""
			if l.Name() == layers.TCP {
				flags = l.Text("flags")
			}
			return from, to, strings.Contains(flags, "S") && !strings.ContainsAny(flags, "ARF"), true
		}
	}
	return from, to, false, false
}

// unreadable is the fault of a file that cannot be opened as a capture.
func (src *source) unreadable(err error) error {
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return usage("compare: %s: %s: %w%s", src.tap, src.file, path.Err, src.meant())
	case errors.Is(err, pcap.ErrFormat):
		return usage("compare: %s: %s; want a pcap or pcapng file, as Wireshark and tcpdump -w write them", src.tap, values.Said(err))
	}
	return usage("compare: %s: %w", src.tap, err)
}

// meant guesses from a name that is no capture's that another key was meant.
func (src *source) meant() string {
	if strings.HasPrefix(src.tap, "s") && strings.Contains(src.file, ".") && strings.Trim(src.file, "0123456789.:") == "" || src.file == "one" {
		return "; the keys beside taps are server= and clock="
	}
	return ""
}

// cutShort takes what was read before a file broke off for good, as a capture leaves it that was stopped or copied too early.
// A file that is damaged from its first frame on is none.
func (src *source) cutShort(err error) error {
	says := strings.TrimPrefix(values.Said(err), src.file+": ")
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		src.ended = fmt.Sprintf("cut off after frame %d", src.frames)
	case src.frames > 0:
		src.ended = says
	default:
		return usage("compare: %s: %s: %s; want a pcap or pcapng file, as Wireshark and tcpdump -w write them", src.tap, src.file, says)
	}
	return nil
}

// mostNamed is how many servers of a file an error names.
const mostNamed = 8

// findServer finds the one server that every file with TCP has a connection to.
func (c *comparison) findServer() error {
	var with, without []*source
	for _, src := range c.sources {
		if len(src.kept) > 0 {
			with = append(with, src)
		} else {
			without = append(without, src)
		}
	}
	if len(with) == 0 {
		return usage("compare: server: no file holds TCP: start both captures before the connection begins")
	}
	var fit []netip.AddrPort
	for _, at := range with[0].servers {
		everywhere := true
		for _, src := range with[1:] {
			everywhere = everywhere && src.known[at]
		}
		if everywhere {
			fit = append(fit, at)
		}
	}
	switch len(fit) {
	case 0:
		if !slices.ContainsFunc(with, func(src *source) bool { return len(src.servers) > 0 }) {
			return usage("compare: server: no file holds the SYN of a connection: start both captures before it begins, or give server=IP:PORT")
		}
		return usage("compare: server: the files have none in common; %s; give server=IP:PORT", c.census())
	case 1:
		c.server, c.found = fit[0], "the only one that every file has a connection to"
		if len(without) > 0 {
			c.found = fmt.Sprintf("the only one that %s has a connection to (%s holds no TCP)", taps(with), taps(without))
		}
		return nil
	}
	return usage("compare: server: several fit: %s; give server=IP:PORT", named(fit))
}

// census says which servers each file has.
func (c *comparison) census() string {
	var parts []string
	for _, src := range c.sources {
		parts = append(parts, src.tap+" has "+named(src.servers))
	}
	return strings.Join(parts, ", ")
}

// named lists servers, or says that there is none.
func named(servers []netip.AddrPort) string {
	if len(servers) == 0 {
		return "none"
	}
	var parts []string
	for i, at := range servers {
		if i == mostNamed {
			parts = append(parts, fmt.Sprintf("and %d more", len(servers)-i))
			break
		}
		parts = append(parts, at.String())
	}
	return strings.Join(parts, ", ")
}

func taps(sources []*source) string {
	var names []string
	for _, src := range sources {
		names = append(names, src.tap)
	}
	return strings.Join(names, ", ")
}

// serverText is a server as the user writes it.
func serverText(at netip.AddrPort) string {
	if at.Port() == 0 {
		return at.Addr().String()
	}
	return at.String()
}
