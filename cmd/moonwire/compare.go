package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/scripts/report"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// compareForm is how the command is written, for errors.
const compareForm = "moonwire compare guest=G.pcapng host=H.pcapng [server=IP:PORT] [clock=one]"

// Verdicts that --expect may name. Inconclusive is the path's: most captures hold no keepalive at all.
var (
	pathVerdicts = []vantage.Verdict{vantage.HandshakeOnSYNProxy, vantage.AcceptFirstProxy, vantage.SYNProxy, vantage.PacketNAT,
		vantage.Routed, vantage.Inconclusive}
	keepaliveVerdicts = []vantage.Verdict{vantage.Forwarded, vantage.AnsweredByMiddlebox, vantage.Swallowed, vantage.Unanswered}
)

// A comparison is the command line of moonwire compare.
type comparison struct {
	sources  []*source      // nearest to the guest first
	server   netip.AddrPort // whose connections are judged; the zero value until it is known, port 0 for all ports
	found    string         // how it was found; "" when the user named it
	oneClock bool
}

// compare is moonwire compare TAP=FILE TAP=FILE ... [server=IP:PORT] [clock=one]: it judges a path from files alone.
func compare(ctx context.Context, f *flags, words []string, s streams) error {
	if err := f.onlyCompares(); err != nil {
		return err
	}
	c, err := readComparison(words)
	if err != nil {
		return err
	}
	r, err := c.judge(ctx)
	for _, src := range c.sources {
		if ctx.Err() == nil && src.ended != "" { // an interrupted one may still be read
			// What can be read is judged; when standard error cannot be written, only the page is left.
			says := fmt.Sprintf("moonwire: compare: %s: %s: %s; what was read before is compared", src.tap, src.file, src.ended)
			_, _ = fmt.Fprintln(s.err, values.OneLine(says))
		}
	}
	if err != nil {
		return err
	}
	if at := misplaced(r); at != nil {
		if f.json {
			if err := r.JSON(s.out); err != nil {
				return err
			}
		}
		return usage("compare: %s; %s", at.Evidence[0].Says, at.Next)
	}
	if err := f.printComparison(r, s.out); err != nil {
		return err
	}
	return f.gradeComparison(r)
}

// onlyCompares refuses flags that would be ignored, and verdicts that do not exist.
func (f *flags) onlyCompares() error {
	for _, flag := range []string{"lab", "iface", "tap", "allow"} {
		if f.set.Changed(flag) {
			return usage("compare: --%s has no meaning here, since compare reads files and sends nothing: %s", flag, compareForm)
		}
	}
	known := slices.Concat(pathVerdicts, keepaliveVerdicts)
	if f.set.Changed("expect") && !slices.Contains(known, vantage.Verdict(f.expect)) {
		return usage("--expect: %q is no verdict of compare; there are %s", f.expect, listed(known))
	}
	return nil
}

func listed(verdicts []vantage.Verdict) string {
	var names []string
	for _, v := range verdicts {
		names = append(names, string(v))
	}
	return strings.Join(names, ", ")
}

// readComparison reads the words.
func readComparison(words []string) (*comparison, error) {
	c := &comparison{}
	given := map[string]bool{}
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok || !tapName.MatchString(key) || value == "":
			return nil, usage("compare: want TAP=FILE, server=IP:PORT or clock=one, got %q, as in %s", word, compareForm)
		case given[key]:
			return nil, usage("compare: %s is given twice", key)
		}
		given[key] = true
		var err error
		switch key {
		case "server":
			c.server, err = readServer(value)
		case "clock":
			if c.oneClock = value == "one"; !c.oneClock {
				err = usage("compare: clock: want one, which says that one clock stamped all files, got %q; without the word the clocks may differ", value)
			}
		default:
			c.sources = append(c.sources, &source{tap: key, file: value})
		}
		if err != nil {
			return nil, err
		}
	}
	if len(c.sources) < 2 {
		return nil, usage("compare: want two captures or more, nearest to the guest first, got %d: %s", len(c.sources), compareForm)
	}
	return c, c.distinct()
}

// readServer reads IP:PORT, [IPv6]:PORT, or an address alone, which stands for all of its ports.
func readServer(text string) (netip.AddrPort, error) {
	if at, err := netip.ParseAddrPort(text); err == nil && at.Port() > 0 {
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), nil
	}
	bare := text
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		bare = text[1 : len(text)-1]
	}
	addr, err := netip.ParseAddr(bare)
	if err != nil {
		return netip.AddrPort{}, usage("compare: server: want IP:PORT, [IPv6]:PORT, or an address for all of its ports, got %q", text)
	}
	return netip.AddrPortFrom(addr.Unmap(), 0), nil
}

// distinct checks that the files are there and not one file twice.
func (c *comparison) distinct() error {
	infos := make([]os.FileInfo, len(c.sources))
	for i, src := range c.sources {
		info, err := os.Stat(src.file)
		if err != nil {
			return src.unreadable(err)
		}
		if info.IsDir() {
			return usage("compare: %s: %s is a folder; want a capture file", src.tap, src.file)
		}
		infos[i] = info
		for j, other := range infos[:i] {
			if os.SameFile(info, other) {
				return usage("compare: %s and %s are the same file, %s; want one capture of each place", c.sources[j].tap, src.tap, src.file)
			}
		}
	}
	return nil
}

// judge reads the files and compares them until the context ends: a pipe may be silent, and a file large.
func (c *comparison) judge(ctx context.Context) (*report.Comparison, error) {
	type outcome struct {
		r     *report.Comparison
		err   error
		panic any
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil { // run reports internal faults, on its own goroutine
				done <- outcome{panic: p}
			}
		}()
		r, err := c.read(ctx)
		done <- outcome{r: r, err: err}
	}()
	select {
	case o := <-done:
		if o.panic != nil {
			panic(o.panic)
		}
		return o.r, o.err
	case <-ctx.Done():
		return nil, &fault{exitInterrupted, lua.ErrInterrupted}
	}
}

// read reads the files and has the judge compare them.
func (c *comparison) read(ctx context.Context) (*report.Comparison, error) {
	var captures []vantage.Capture
	r := &report.Comparison{OneClock: c.oneClock}
	for _, src := range c.sources {
		if err := src.read(ctx, c.server); err != nil {
			return nil, err
		}
		capture := vantage.Capture{Tap: src.tap, Clock: src.file, Frames: src.kept}
		if c.oneClock {
			capture.Clock = "one"
		}
		captures = append(captures, capture)
		r.Files = append(r.Files, report.File{Tap: src.tap, Name: src.file, Frames: src.frames, Ended: src.ended})
	}
	if !c.server.IsValid() {
		if err := c.findServer(); err != nil {
			return nil, err
		}
	}
	r.Server, r.Found = c.server, c.found
	taps := vantage.Segments(captures, c.server)
	if !slices.ContainsFunc(taps, func(t vantage.View) bool { return len(t.Segments) > 0 }) {
		return nil, usage("compare: server: no file holds a segment of %s; %s", serverText(c.server), c.census())
	}
	r.Result = &vantage.Result{Experiment: "compare", Taps: taps}
	all := r.Result.Comparison()
	r.Result.Finding, r.Keepalive, r.Connections = all.Path(), all.Keepalive(nil), all.Connections(nil)
	return r, nil
}

// misplaced is the finding that the files do not belong together as they were given; nil when they may.
func misplaced(r *report.Comparison) *vantage.Finding {
	for _, f := range []*vantage.Finding{&r.Result.Finding, &r.Keepalive} {
		if f.Fault == vantage.Swapped || f.Fault == vantage.Unrelated {
			return f
		}
	}
	return nil
}

// printComparison writes a comparison as print writes a result.
func (f *flags) printComparison(r *report.Comparison, w io.Writer) error {
	if f.json {
		return r.JSON(w)
	}
	o := report.Options{Width: 80}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		o.Color = os.Getenv("NO_COLOR") == ""
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			o.Width = width
		}
	}
	return r.Terminal(w, o)
}

// gradeComparison turns the verdicts into the exit code. The expected word decides which of the two is meant.
func (f *flags) gradeComparison(r *report.Comparison) error {
	path, keepalive := r.Result.Verdict, r.Keepalive.Verdict
	if !f.set.Changed("expect") {
		if path == vantage.Inconclusive && keepalive == vantage.Inconclusive {
			return &fault{code: exitInconclusive}
		}
		return nil
	}
	what, got := "path", path
	if slices.Contains(keepaliveVerdicts, vantage.Verdict(f.expect)) {
		what, got = "keepalive", keepalive
	}
	switch got {
	case vantage.Verdict(f.expect):
		return nil
	case vantage.Inconclusive:
		return &fault{code: exitInconclusive, err: fmt.Errorf("%s: want %s, got %s", what, f.expect, got)}
	}
	return &fault{code: exitOther, err: fmt.Errorf("%s: want %s, got %s", what, f.expect, got)}
}
