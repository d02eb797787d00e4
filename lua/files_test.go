package lua_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// refused runs a chunk that must end in an error with these words.
func (s *shell) refused(t *testing.T, chunk, want string) {
	t.Helper()
	if _, err := s.Run(context.Background(), "test", chunk); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s\ngot  %v\nwant %s", chunk, err, want)
	}
}

func TestOnlyCapturesAreWritten(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	s := inLab(t, "")
	for _, name := range []string{dir + "/.bashrc", dir + "/x", dir + `/a\n.pcap`, ""} {
		s.refused(t, `wrpcap("`+name+`", IP{})`, "want a name ")
		s.refused(t, `sniff{count=1, timeout=1, write="`+name+`"}`, "want a name ")
	}
	if entries, err := os.ReadDir(filepath.FromSlash(dir)); err != nil || len(entries) > 0 {
		t.Errorf("made %v, %v", entries, err)
	}
}

func TestAFileIsReadAndWrittenInOneGo(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	s := newShell(t, nil)
	for _, name := range []string{"a.pcap", "a.pcapng.gz"} {
		file := `"` + dir + "/" + name + `"`
		s.check(t, `local ps = {} for i = 1, 200 do ps[i] = IP{id=i}/UDP{}/("x"):rep(1000) end wrpcap(`+file+`, ps)
			wrpcap(`+file+`, rdpcap(`+file+`)) print(#rdpcap(`+file+`))`, "200")
		s.check(t, `local n = 0 for p in pcap(`+file+`) do n = n + 1 wrpcap(`+file+`, p) end print(n, #rdpcap(`+file+`), rdpcap(`+file+`)[1][IP].id)`, "200\t1\t200")
	}
}

// An onPrint is where a shell prints to that does something meanwhile.
type onPrint func(text string)

func (f onPrint) Write(b []byte) (int, error) {
	f(string(b))
	return len(b), nil
}

func TestOneWriterAtATime(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	other, printed := newShell(t, nil), ""
	s := lua.New(lua.Config{Session: l.Session(), Stdout: onPrint(func(text string) {
		printed += text
		other.refused(t, `wrpcap("`+dir+`/a.pcap", IP{})`, "is being written already")
	})})
	defer s.Close()
	values, err := s.Run(context.Background(), "test", `send(IP{dst="192.168.11.2"}/ICMP{})
		sniff{timeout=1, store=false, write="`+dir+`/a.pcap", prn=function(p)
			print(pcall(wrpcap, "`+dir+`/../`+filepath.Base(dir)+`/a.pcap", p))
			print(pcall(sniff, {count=1, write="`+dir+`/a.pcap"}))
			print(coroutine.wrap(function() return pcall(wrpcap, "`+dir+`/a.pcap", p) end)())
		end}
		return #rdpcap("`+dir+`/a.pcap")`)
	if err != nil || strings.Count(printed, "is being written already") != 3 || len(values) != 1 || values[0] != "1" {
		t.Errorf("printed %s, returned %v, %v; want three writers refused and one frame", printed, values, err)
	}
}

// TestASniffThatAnErrorEnds: one that kept nothing costs no older capture, and one that an error ends keeps what passed.
func TestASniffThatAnErrorEnds(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	file := `"` + dir + `/a.pcap"`
	s := inLab(t, "")
	s.check(t, `wrpcap(`+file+`, {IP{}, IP{}}) send(IP{dst="192.168.11.2"}/ICMP{})
		print(pcall(sniff, {timeout=1, write=`+file+`, lfilter=function() error("mine") end})) print(#rdpcap(`+file+`))`, "false\ttest:2: mine\n2")
	s.check(t, `send(IP{dst="192.168.11.2"}/ICMP{})
		print(pcall(sniff, {timeout=1, write=`+file+`, prn=function() error("mine") end})) print(#rdpcap(`+file+`))`, "false\ttest:2: mine\n1")
	if entries, err := os.ReadDir(filepath.FromSlash(dir)); err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestADamagedCaptureGivesWhatIsGood(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	path := filepath.FromSlash(dir + "/a.pcapng")
	s := newShell(t, nil)
	s.check(t, `wrpcap("`+dir+`/a.pcapng", IP{id=range(1,300)})`, "")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const frames = 228
	record := 52 // of an IP header alone, with its block
	at := len(whole) - (300-frames)*record
	binary.LittleEndian.PutUint32(whole[at+4:], 13)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	notice := dir + "/a.pcapng: damaged after frame 228: block length: want a multiple of 4 from 12 on, got 13; what was read before is good\n"
	for _, chunk := range []string{`print(#rdpcap("` + dir + `/a.pcapng"))`, `local n = 0 for p in pcap("` + dir + `/a.pcapng") do n = n + 1 end print(n)`} {
		s.notices.Reset()
		s.check(t, chunk, "228")
		if got := s.notices.String(); got != notice {
			t.Errorf("got %q, want %q", got, notice)
		}
	}
	s.notices.Reset()
	s.check(t, `print(#rdpcap("`+dir+`/a.pcapng", 228))`, "228")
	if got := s.notices.String(); got != "" {
		t.Errorf("before the damage: %q", got)
	}
	s.refused(t, `rdpcap("`+dir+`/b.pcapng")`, "no such file")
}

// A stopping table of routes ends the run when it is asked for the way to one destination.
type stopping struct {
	sendrecv.Routes
	dst  netip.Addr
	stop func()
}

func (r *stopping) Route(dst netip.Addr) (sendrecv.Route, error) {
	if dst == r.dst {
		r.stop()
	}
	return r.Routes.Route(dst)
}

// TestAnInterruptedWrpcapIsNotTakenForAWholeOne interrupts one that a sniff has called, so that the script goes on a moment.
func TestAnInterruptedWrpcapIsNotTakenForAWholeOne(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	session := *l.Session()
	session.Routes = &stopping{session.Routes, netip.MustParseAddr("10.9.9.9"), cancel}
	s := newShell(t, &session)
	_, err = s.Run(ctx, "test", `send(IP{dst="192.168.11.2"}/ICMP{})
		sniff{count=1, prn=function(p) print(pcall(wrpcap, "`+dir+`/a.pcap", {IP{dst="10.9.9.9"}, IP{dst="10.9.9.9"}})) end}`)
	if got := s.out.String(); got != "false\ttest:2: interrupted\n" || !errors.Is(err, lua.ErrInterrupted) {
		t.Errorf("printed %q, %v", got, err)
	}
	if entries, err := os.ReadDir(filepath.FromSlash(dir)); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}
