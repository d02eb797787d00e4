//go:build linux || darwin

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// asCommand is the variable that makes the test binary the command itself.
const asCommand = "MOONWIRE_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// A transcript is the command at a terminal, and what its screen shows.
type transcript struct {
	t        *testing.T
	keyboard *os.File
	mu       sync.Mutex
	display  vt10x.Terminal
	sent     bytes.Buffer  // what the terminal was sent
	ended    chan struct{} // closed when nothing more is sent
}

// atTerminal starts the command at a terminal of that many columns. home is where it keeps its state.
func atTerminal(t *testing.T, home string, columns int, args ...string) *transcript {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+home, "TERM=xterm", "NO_COLOR=1")
	const rows = 60
	keyboard, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	s := &transcript{t: t, keyboard: keyboard, display: vt10x.New(vt10x.WithSize(columns, rows)), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		buf := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buf)
			s.mu.Lock()
			_, _ = s.display.Write(buf[:n])
			s.sent.Write(buf[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // most have left
		_ = cmd.Wait()
		keyboard.Close()
		<-s.ended
	})
	return s
}

// written is all that the terminal was sent so far.
func (s *transcript) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent.String()
}

// screen is what the terminal shows; lines that its width has broken are whole.
func (s *transcript) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	columns, _ := s.display.Size()
	var b strings.Builder
	for line := range strings.Lines(s.display.String()) {
		line = strings.TrimSuffix(line, "\n")
		b.WriteString(line)
		if len([]rune(strings.TrimRight(line, " "))) < columns {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// sees waits until the screen shows a text.
func (s *transcript) sees(text string) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(s.screen(), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("want %q on this screen:\n%s", text, strings.TrimRight(s.screen(), " \n"))
		}
	}
}

// types sends keys.
func (s *transcript) types(keys string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// TestTheFirstMinutesAtThePrompt is what somebody does who has just started the command.
func TestTheFirstMinutesAtThePrompt(t *testing.T) {
	s := atTerminal(t, t.TempDir(), 100, "--lab")
	s.sees("lab:vmnat> ")
	for _, step := range []struct{ keys, sees string }{
		{`IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}` + "\r", `<IP  proto=tcp dst=192.168.11.2 |<TCP  dport=57212 flags=S |>>`},
		{"sr1(_)\r", "flags=SA"},
		{"_[TCP].fl", "_[TCP].fl"},
		{"\t", "_[TCP].flags"},
		{"\r", "\nSA "},
		{"TPC{}\r", "TPC: no layer, function or variable has that name; did you mean TCP?"},
		{"x = = 1\r", "    ^ "},
		{"for i = 6, 7 do\r", "      ...> "},
		{"print(i * i)\r", "...> print(i * i)"},
		{"end\r", "\n36 "},
		{`sr1(IP(dst="192.168.11.2")/TCP(dport=57212,flags="S")),` + "\r", "\n" + `sr1(IP{dst="192.168.11.2"}/TCP{dport=57212,flags="S"})`},
		{`ans, unans = sr(IP{dst={"192.168.11.2", "192.168.11.3"}}/ICMP{}, {timeout=600})` + "\r", "timeout=600})"},
	} {
		s.types(step.keys)
		s.sees(step.sees)
	}
	time.Sleep(200 * time.Millisecond) // an answer is there in a fraction of it
	s.types("\x03")
	s.sees("interrupted")
	s.types("#ans, #unans\r")
	s.sees("1       1")
	s.types("\x04")
}

// TestTheReadmesConnectionIsPasted pastes what README.md has for a connection by hand, between the marks of a terminal.
func TestTheReadmesConnectionIsPasted(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```lua\nlocal sport, dst")
	block, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md has no such block")
	}
	s := atTerminal(t, t.TempDir(), 200, "--lab")
	s.sees("lab:vmnat> ")
	s.types("\x1b[200~" + strings.ReplaceAll("local sport, dst"+block, "\n", "\r") + "\x1b[201~")
	s.sees("57212 > 10.0.2.100:40000 PA / Raw")
	s.types("#ans, sport, rawget(_G, 'sport')\r")
	s.sees("2       40000   nil")
}

// TestAPromptBehindAFileAtATerminal runs a file that asks, and goes on with what it has.
func TestAPromptBehindAFileAtATerminal(t *testing.T) {
	inFolder(t, map[string]string{"ask.lua": "local sa = sr1(IP{dst=arg[1]}/TCP{sport=4000, dport=57212, flags='S'})\nsleep(tonumber(arg[2]))"})
	s := atTerminal(t, t.TempDir(), 100, "--lab", "-i", "ask.lua", "192.168.11.2", "0")
	s.sees("lab:vmnat> ")
	s.types("sa[TCP].flags\r")
	s.sees("\nSA ")
	s.types("\x04")
	s = atTerminal(t, t.TempDir(), 100, "--lab", "-i", "ask.lua", "192.168.11.2", "600")
	s.sees("Ctrl-D leaves")
	time.Sleep(200 * time.Millisecond) // an answer is there in a fraction of it
	s.types("\x03")
	s.sees("interrupted")
	s.types("sa[TCP].flags\r")
	s.sees("\nSA ")
}

// TestANarrowTerminal evaluates a line of several rows.
func TestANarrowTerminal(t *testing.T) {
	s := atTerminal(t, t.TempDir(), 30, "--lab")
	s.sees("lab:vmnat> ")
	s.types(`IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}/"0123456789"` + "\r")
	s.sees(`<TCP  dport=57212 flags=S |<Raw  load="0123456789" |>>>`)
}

// TestHistoryLastsAndIsPrivate leaves a line for the next session.
func TestHistoryLastsAndIsPrivate(t *testing.T) {
	home := t.TempDir()
	first := atTerminal(t, home, 80, "--lab")
	first.sees("lab:vmnat> ")
	first.types("20 + 22\r")
	first.sees("\n42 ")
	first.types("\x04")
	second := atTerminal(t, home, 80, "--lab")
	second.sees("lab:vmnat> ")
	second.types("\x1b[A")
	second.sees("lab:vmnat> 20 + 22")
	info, err := os.Stat(filepath.Join(home, "moonwire", "history"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history: %v, %v", info, err)
	}
}
