package lua_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// heavy is a capture of more bytes than the scripts of these tests may use. It is small on the disk.
func heavy(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heavy.pcap.gz")
	w, err := pcap.Create(path, layers.IP)
	if err != nil {
		t.Fatal(err)
	}
	frame := sendrecv.Frame{Link: layers.IP, Data: make([]byte, 200<<10)}
	for range 2000 {
		if err := w.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAListThatFillsTheMemoryIsKept has calls whose lists outgrow what a script may use: they return what they have, and say so.
func TestAListThatFillsTheMemoryIsKept(t *testing.T) {
	path := heavy(t)
	for _, c := range []struct{ name, chunk, notice string }{
		{"rdpcap", `local list = rdpcap(path) print(#list > 100 and #list < 2000, #bytes(list[#list]))`, "ended after "},
		{"sniff", `local list = sniff{} print(#list > 100 and #list < 2000, #bytes(list[#list]))`, "ended after "},
		{"sniff that keeps nothing", `local n = 0 sniff{store=false, prn=function() n = n + 1 end} print(n == 2000, 204800)`, ""},
		{"a capture", `local cap = capture() sleep(0.1) cap:stop() local n = #cap.guest print(n > 100 and n < 2000, 204800)`, "keeps no more"},
		{"the walk of a file", `local n = 0 for p in pcap(path) do n = n + 1 end print(n == 2000, 204800)`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			port, err := pcap.OpenPort(path, "")
			if err != nil {
				t.Fatal(err)
			}
			defer port.Close()
			s := &shell{}
			session := &sendrecv.Session{Name: "file", Port: port, Taps: []sendrecv.Tap{{Name: "guest", Port: port}}}
			s.State = lua.New(lua.Config{Session: session, Stdout: &s.out, Stderr: &s.notices, Memory: 192 << 20})
			defer s.Close()
			if _, err := s.Run(context.Background(), "test", "path = '"+path+"' "+c.chunk); err != nil {
				t.Fatal(err)
			}
			if got := s.out.String(); got != "true\t204800\n" {
				t.Errorf("got %s", got)
			}
			if got := s.notices.String(); !strings.Contains(got, c.notice) || c.notice == "" && got != "" {
				t.Errorf("notices %q, want %q", got, c.notice)
			}
		})
	}
}

// TestARunThatFillsTheMemoryIsKept asks so many hosts that what is known of them is too much.
func TestARunThatFillsTheMemoryIsKept(t *testing.T) {
	l, err := lab.New(lab.Config{NAT: "vmnat"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := &shell{}
	s.State = lua.New(lua.Config{Session: l.Session(), Stdout: &s.out, Stderr: &s.notices, Memory: 96 << 20})
	defer s.Close()
	s.check(t, `local ans, unans = sr(IP{dst="192.168.11.2"}/UDP{dport=range(1, 65535), sport=range(1, 1000)}, {pps=0, timeout=0.1})
		print(#ans + #unans > 100)`, "true")
	if got := s.notices.String(); !strings.Contains(got, "of 65535000 packets: what they leave behind fills the memory") {
		t.Errorf("notices %q", got)
	}
}

// TestAFullProxyIgnoresWhatIsNew asks for more conversations at once than the lab's NAT has.
func TestAFullProxyIgnoresWhatIsNew(t *testing.T) {
	inLab(t, "vmnat").check(t, `local t = {} for i = 1, 17000 do t[i] = IP{dst="192.168.11.2"}/TCP{dport=57212, sport=1024+i, flags="S", seq=i} end
		local answers, silent = sr(t, {pps=0, timeout=1}) print(#answers, #silent)`, "16384\t616")
}
