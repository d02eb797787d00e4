package vantage_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/pcap"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// The scenes that damage is done to: recorded captures, and runs of the lab.

// boxTruths are what stands between guest and uplink, by the name of the set-up.
var boxTruths = map[string]struct{ path, keepalive vantage.Verdict }{
	"direct":     {vantage.Routed, vantage.Forwarded},
	"masq":       {vantage.PacketNAT, vantage.Forwarded},
	"slirp":      {vantage.HandshakeOnSYNProxy, vantage.AnsweredByMiddlebox},
	"pasta":      {vantage.HandshakeOnSYNProxy, vantage.Swallowed},
	"redir":      {vantage.AcceptFirstProxy, vantage.AnsweredByMiddlebox},
	"synproxy":   {vantage.SYNProxy, vantage.Forwarded},
	"vmnat":      {vantage.HandshakeOnSYNProxy, vantage.AnsweredByMiddlebox},
	"masquerade": {vantage.PacketNAT, vantage.Forwarded},
	"none":       {vantage.Routed, vantage.Forwarded},
}

// recordedScenes are the captures of a folder, each two taps of one run, without those that are known already.
func recordedScenes(t *testing.T, folder string, known []scene) []scene {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_g.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	var all []scene
	for _, g := range files {
		run := strings.TrimSuffix(filepath.Base(g), "_g.pcap")
		nat, test, _ := strings.Cut(run, "_")
		truth, ok := boxTruths[nat]
		if !ok {
			continue
		}
		for _, pair := range []string{"gu", "us", "gs"} {
			s := scene{name: nat + " " + test + " " + pair, path: truth.path, keepalive: truth.keepalive}
			for tap := range s.frames {
				s.frames[tap] = framesOf(t, filepath.Join(folder, run+"_"+pair[tap:tap+1]+".pcap"))
			}
			if pair == "us" {
				s.path, s.keepalive = vantage.Routed, vantage.Forwarded
			}
			// The cut of T7b lies between uplink and server: behind it probes are lost, which no verdict tells.
			if test == "T7b" && pair != "gu" && s.keepalive == vantage.Forwarded {
				s.keepalive = vantage.Inconclusive
			}
			there := slices.ContainsFunc(known, func(k scene) bool { return k.name == s.name }) || len(tapsOf(s)[nearTap].Segments) == 0
			if s.frames[nearTap] != nil && s.frames[farTap] != nil && !there {
				all = append(all, s)
			}
		}
	}
	return all
}

// framesOf reads a capture; nil when there is none.
func framesOf(t *testing.T, name string) []sendrecv.Frame {
	t.Helper()
	r, err := pcap.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := []sendrecv.Frame{}
	for f, err := range r.Frames() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// labScenes are runs of the built-in lab, one of each model of a NAT and kind of connection.
func labScenes(t *testing.T) []scene {
	t.Helper()
	var all []scene
	for _, nat := range lab.NATs() {
		for _, act := range []struct {
			name string
			do   func(context.Context, *sendrecv.Session) error
		}{{"lone", loneSYNInLab}, {"hand", handMadeInLab}, {"kernel", kernelMadeInLab}} {
			truth, known := boxTruths[nat.Name]
			if !known {
				t.Errorf("no truth is known of the lab's %s", nat.Name)
				continue
			}
			frames, err := labRun(nat.Name, act.do)
			if err != nil {
				t.Fatalf("%s %s: %v", nat.Name, act.name, err)
			}
			all = append(all, scene{name: nat.Name + " " + act.name + " lab", frames: frames, path: truth.path, keepalive: truth.keepalive})
		}
	}
	return all
}

func labRun(nat string, act func(context.Context, *sendrecv.Session) error) (got [2][]sendrecv.Frame, err error) {
	l, err := lab.New(lab.Config{NAT: nat, Seed: 11})
	if err != nil {
		return got, err
	}
	defer func() { _ = l.Close() }()
	s, ctx := l.Session(), context.Background()
	var watched [2]sendrecv.Receiver
	for i := range watched {
		if watched[i], err = s.Taps[i].Port.Listen(sendrecv.ListenOptions{}); err != nil {
			return got, err
		}
	}
	if err := act(ctx, s); err != nil {
		return got, err
	}
	for i := range watched {
		for {
			buffer := make([]sendrecv.Frame, 64)
			n, err := watched[i].Receive(ctx, buffer, 0)
			if err != nil {
				return got, err
			}
			if n == 0 {
				break
			}
			got[i] = append(got[i], buffer[:n]...)
		}
	}
	return got, nil
}

func loneSYNInLab(ctx context.Context, s *sendrecv.Session) error {
	syn := craft.Stack(layers.IP.New("dst", s.Server.Addr()), layers.TCP.New("dport", int(s.Server.Port()), "sport", 42007, "seq", 0x7a1f0c55, "flags", "S"))
	if _, err := s.SR1(ctx, syn, sendrecv.Options{NoGuard: true}); err != nil {
		return err
	}
	_, err := s.Clock().Wait(ctx, 3*time.Second, nil)
	return err
}

// handMadeInLab is a connection made by hand: an echo, probes, an echo.
func handMadeInLab(ctx context.Context, s *sendrecv.Session) error {
	release, err := s.Guard.Hold(42011)
	if err != nil {
		return err
	}
	defer release()
	next, ack := uint32(0x51c30a77), uint32(0)
	ask := func(flags string, seq uint32, text string, wait time.Duration) error {
		p := craft.Stack(layers.IP.New("dst", s.Server.Addr()),
			layers.TCP.New("sport", 42011, "dport", int(s.Server.Port()), "flags", flags, "seq", seq, "ack", ack))
		if text != "" {
			p.Append(craft.Raw.New("load", text))
		}
		q, err := sendrecv.NewSequence(p)
		if err != nil {
			return err
		}
		out, err := s.SR(ctx, q, sendrecv.Options{Timeout: wait, Multi: true})
		if err != nil {
			return err
		}
		for _, x := range out.Pairs {
			tcp, end := x.Answer.Layer(layers.TCP), uint32(0)
			if raw := x.Answer.Layer(craft.Raw); raw != nil {
				end = uint32(len(raw.Bytes("load")))
			}
			if tcp.Flag("S") {
				end = 1
			}
			if end > 0 {
				ack = uint32(tcp.Uint("seq")) + end
			}
		}
		return nil
	}
	steps := []func() error{
		func() error { return ask("S", next, "", 600*time.Millisecond) },
		func() error { next++; return ask("A", next, "", 50*time.Millisecond) },
	}
	echo := func(text string) func() error {
		return func() error {
			if err := ask("PA", next, text, 100*time.Millisecond); err != nil {
				return err
			}
			next += uint32(len(text))
			return ask("A", next, "", 50*time.Millisecond)
		}
	}
	steps = append(steps, echo("before"))
	for range 4 {
		steps = append(steps, func() error { return ask("A", next-1, "", 800*time.Millisecond) })
	}
	for _, do := range append(steps, echo("after"), func() error { return ask("RA", next, "", 50*time.Millisecond) }) {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// kernelMadeInLab is a connection of the guest's own stack with keepalive.
func kernelMadeInLab(ctx context.Context, s *sendrecv.Session) error {
	c, err := s.Dialer.Dial(ctx, s.Server, 0, net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 50})
	if err != nil {
		return err
	}
	for range 2 {
		if err := c.Send(ctx, []byte("one echo")); err != nil {
			return err
		}
		if _, err := c.Receive(ctx, 2*time.Second); err != nil {
			return err
		}
		if _, err := s.Clock().Wait(ctx, 12*time.Second, nil); err != nil {
			return err
		}
	}
	if err := c.Close(); err != nil {
		return err
	}
	_, err = s.Clock().Wait(ctx, time.Second, nil)
	return err
}

// ladderOf writes a scene as ladder (vantage_test.go) reads it.
func ladderOf(s scene) string {
	var b strings.Builder
	taps := tapsOf(s)
	for _, tap := range taps {
		for _, x := range tap.Segments {
			dir, client := ">", x.Src
			if x.Dir == "in" {
				dir, client = "<", x.Dst
			}
			fmt.Fprintf(&b, "%-5s %.3f %s %-2s %d %d", tap.Name, x.Time*1000, dir, x.Flags+strings.Repeat("-", asInt(x.Flags == "")), x.Seq, x.Ack)
			if x.Len > 0 {
				fmt.Fprintf(&b, " len=%d", x.Len)
			}
			if x.ICMP != "" {
				fmt.Fprintf(&b, " icmp=%s", x.ICMP)
			}
			if x.Bad {
				b.WriteString(" # bad sum")
			}
			fmt.Fprintf(&b, " from=%s # ttl %d\n", client, x.TTL)
		}
	}
	return b.String()
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
