package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// captureFile writes a capture of SYNs to servers, or of other traffic where the server is "-".
func captureFile(t *testing.T, name string, servers ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w, err := pcap.Create(path, layers.IP)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range servers {
		p := craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", "10.9.9.9"), layers.UDP.New("sport", 53))
		if host, port, ok := strings.Cut(at, ":"); ok {
			p = craft.Stack(layers.IP.New("src", "10.0.2.100", "dst", host), layers.TCP.New("sport", 4000+i, "flags", "S"))
			if err := p.Layer(layers.TCP).SetText("dport", port); err != nil {
				t.Fatal(err)
			}
		}
		data, err := craft.Build(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(sendrecv.Frame{Time: time.Unix(int64(i), 0), Link: layers.IP, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompareFindsTheServer(t *testing.T) {
	none := captureFile(t, "none.pcapng")
	other := captureFile(t, "other.pcap", "-", "-")
	one := captureFile(t, "one.pcap", "-", "192.0.2.1:80")
	several := captureFile(t, "several.pcap", "192.0.2.1:80", "192.0.2.2:443", "192.0.2.1:80")
	elsewhere := captureFile(t, "elsewhere.pcap", "192.0.2.3:22")
	for _, c := range []struct {
		name   string
		words  []string
		server string // "" when it is an error
		says   string
	}{
		{"in all files", []string{"a=" + one, "b=" + several}, "192.0.2.1:80", ""},
		{"beside an empty file", []string{"a=" + one, "b=" + none}, "192.0.2.1:80", ""},
		{"beside a file without TCP", []string{"a=" + other, "b=" + one}, "192.0.2.1:80", ""},
		{"given", []string{"a=" + several, "b=" + none, "server=192.0.2.2:443"}, "192.0.2.2:443", ""},
		{"given, all ports", []string{"server=192.0.2.2", "a=" + several, "b=" + none}, "192.0.2.2", ""},
		{"given as IPv6 writes IPv4", []string{"server=[::ffff:192.0.2.2]:443", "a=" + several, "b=" + none}, "192.0.2.2:443", ""},
		{"several", []string{"a=" + several, "b=" + none}, "", "server: several fit: 192.0.2.1:80, 192.0.2.2:443; give server=IP:PORT"},
		{"none in common", []string{"a=" + several, "b=" + elsewhere}, "",
			"server: the files have none in common; a has 192.0.2.1:80, 192.0.2.2:443, b has 192.0.2.3:22; give server=IP:PORT"},
		{"no TCP at all", []string{"a=" + other, "b=" + none}, "", "server: no file holds TCP: start both captures before the connection begins"},
		{"given, and nobody talks to it", []string{"a=" + one, "b=" + elsewhere, "server=192.0.2.9:80"}, "",
			"server: no file holds a segment of 192.0.2.9:80; a has 192.0.2.1:80, b has 192.0.2.3:22"},
		{"given, and nothing is there", []string{"a=" + none, "b=" + other, "server=[2001:db8::1]"}, "",
			"server: no file holds a segment of 2001:db8::1; a has none, b has none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.server != "" {
				if got, code, stderr := comparing(t, c.words...); got.Server != c.server || stderr != "" || code != exitInconclusive {
					t.Errorf("server %q, exit %d, %q; want %q", got.Server, code, stderr, c.server)
				}
				return
			}
			wantRefused(t, append([]string{"compare"}, c.words...), c.says)
		})
	}
}

// TestCompareTakesWhatAFileHolds holds that a capture that breaks off counts as far as it goes, in any format.
func TestCompareTakesWhatAFileHolds(t *testing.T) {
	whole, err := os.ReadFile(recorded("slirp_T5_u"))
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(whole) // a buffer takes all
	_ = z.Close()
	for _, c := range []struct {
		name   string
		data   []byte
		frames int
		says   string
	}{
		{"cut off", whole[:700], 7, "host: FILE: cut off after frame 7; what was read before is compared"},
		{"cut off in the first frame", whole[:30], 0, "host: FILE: cut off after frame 0; what was read before is compared"},
		{"damaged", append(slices.Clone(whole), bytes.Repeat([]byte{0xee}, 64)...), 10, "host: FILE: damaged after frame 10: "},
		{"no frames", whole[:24], 0, ""},
		{"compressed", zipped.Bytes(), 10, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "u.pcap")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			got, code, stderr := comparing(t, "guest="+recorded("slirp_T5_g"), "host="+path, "clock=one")
			if got.Files[1].Frames != c.frames || (code != exitOK && code != exitInconclusive) {
				t.Errorf("%d frames, exit %d; want %d", got.Files[1].Frames, code, c.frames)
			}
			want := strings.Replace(c.says, "FILE", path, 1)
			if !strings.Contains(stderr, want) || (stderr == "") != (want == "") || (got.Files[1].Ended == "") != (want == "") {
				t.Errorf("got %q, %q; want %q", stderr, got.Files[1].Ended, want)
			}
		})
	}
}
