//go:build linux || darwin

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// rows are the rows of the screen that have text, without blank ends.
func (s *transcript) rows() (all []string) {
	for line := range strings.Lines(s.screen()) {
		if line = strings.TrimRight(line, " \n"); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// asks waits until the last row is the prompt.
func (s *transcript) asks() {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if rows := s.rows(); len(rows) > 0 && rows[len(rows)-1] == "lab:vmnat>" {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("want the prompt at the end of this screen:\n%s", strings.Join(s.rows(), "\n"))
		}
	}
}

// TestOneLineTellsWhatCameOfQuestions assigns answers at the prompt, which shows no values then.
func TestOneLineTellsWhatCameOfQuestions(t *testing.T) {
	s := atTerminal(t, t.TempDir(), 120, "--lab")
	s.sees("lab:vmnat> ")
	for _, step := range []struct{ entry, says string }{
		{`x = sr1(IP{dst="192.168.11.2"}/ICMP{})`, `answered in [0-9.]+ m?s`},
		{`x = sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=1})`, "no answer within 1 s"},
		{`ans, unans = sr(IP{dst={"192.168.11.2", "192.168.11.3"}}/ICMP{}, {timeout=1})`, "2 asked, 1 answered, 1 silent in [0-9.]+ s"},
		{`ans = sr(IP{dst="192.168.11.2"}/ICMP{})`, "1 asked, 1 answered, 0 silent in [0-9.]+ m?s"},
		{`for i = 1, 3 do x = sr1(IP{dst="192.168.11.2"}/ICMP{id=i}) end`, "3 asked, 3 answered, 0 silent in [0-9.]+ m?s"},
		{`x = sr1(IP{dst="10.0.2.77"}/ICMP{})`, "not sent: no answer to ARP from 10.0.2.77: the guest's only neighbour in the lab is 10.0.2.2"},
		{`ans, unans = sr(IP{dst={"192.168.11.2", "10.0.2.77"}}/ICMP{id=9})`, "2 asked, 1 answered, 0 silent, 1 not sent in [0-9.]+ m?s"},
	} {
		s.types(step.entry + "\r")
		begins, _, _ := strings.Cut(step.says, " [")
		s.sees(begins)
		s.asks()
		row := s.below(step.entry)
		if !regexp.MustCompile("^" + step.says + "$").MatchString(row) {
			t.Errorf("%s: got %q, want %q", step.entry, row, step.says)
		}
		s.types("\x0c") // a fresh screen
	}
	s.types(`#sr(IP{dst="192.168.11.2"}/ICMP{id=77})` + "\r")
	s.sees("\n1 ")
	s.types(`sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=1})` + "\r")
	s.sees("no answer within 1 s")
	s.sees("\nnil")
	if text := strings.Join(s.rows(), "\n"); strings.Contains(text, "asked") || strings.Count(text, "no answer") != 1 {
		t.Errorf("values that are shown need no line:\n%s", text)
	}
	s.types("\x04")
}

// below is the last row of those between an entry and the next prompt.
func (s *transcript) below(entry string) (last string) {
	found := false
	for _, row := range s.rows() {
		switch {
		case strings.HasSuffix(row, "> "+entry):
			found = true
		case strings.HasPrefix(row, "lab:vmnat>") && found:
			return last
		case found:
			last = row
		}
	}
	return last
}

// TestLongCallsShowProgress looks at the line of progress while calls run, and that nothing of it is left: at the prompt, in -e and in
// a script. They run side by side: most of it is waiting.
func TestLongCallsShowProgress(t *testing.T) {
	const scan = `ans, unans = sr(IP{dst="192.168.11.3"}/TCP{dport=range(1,1800)}, {timeout=1})`
	for _, c := range []struct{ entry, progress, then string }{
		{scan, "sr: 1", "1800 asked, 0 answered, 1800 silent in "},
		{`n = send(IP{dst="192.168.11.3"}/TCP{dport=range(1,2000)}) print("sent")`, "send: 1", "\nsent "},
		{`x = sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=3})`, "sr1: 1 of 1 sent, 0 answered, 2 s left", "no answer within 3 s"},
		{`l = sniff{timeout=2} print(#l)`, "sniff: 0 packets, 1 s left", "\n0 "},
	} {
		t.Run(c.progress, func(t *testing.T) {
			t.Parallel()
			s := atTerminal(t, t.TempDir(), 100, "--lab")
			s.sees("lab:vmnat> ")
			s.types(c.entry + "\r")
			s.sees("\n" + c.progress)
			s.sees(c.then)
			s.asks()
			s.gone(c.progress)
			s.types("\x04")
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		s := atTerminal(t, t.TempDir(), 100, "--lab")
		s.sees("lab:vmnat> ")
		s.types(`x = sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=600})` + "\r")
		s.sees("sr1: 1 of 1 sent, 0 answered, 9 min 5")
		s.types("\x03")
		s.sees("\ninterrupted")
		s.gone("sr1: 1 of 1 sent")
		s.types("\x04")
	})
	for _, columns := range []int{100, 20} {
		t.Run(fmt.Sprintf("-e at %d columns", columns), func(t *testing.T) {
			t.Parallel()
			s := atTerminal(t, t.TempDir(), columns, "--lab", "-e", scan+` print(#ans, #unans)`)
			s.sees("sr: 1")
			s.sees("0       1800")
			s.gone("sr: 1")
		})
	}
}

// gone fails the test when the screen still shows a line of progress.
func (s *transcript) gone(progress string) {
	s.t.Helper()
	for _, row := range s.rows() {
		if strings.HasPrefix(row, progress) {
			s.t.Errorf("what was shown of progress is still there:\n%s", strings.Join(s.rows(), "\n"))
			return
		}
	}
}

// TestNoProgressWithoutATerminal has standard error go elsewhere.
func TestNoProgressWithoutATerminal(t *testing.T) {
	code, stdout, stderr := moonwire(t.Context(), "", "--lab", "-e", `x = sr1(IP{dst="192.168.11.3"}/ICMP{}, {timeout=1.5}) print(x)`)
	if code != exitOK || stdout != "nil\n" || stderr != "" {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

// TestPipedQuestionsTellWhatCame pipes entries in: the line goes to standard error.
func TestPipedQuestionsTellWhatCame(t *testing.T) {
	code, stdout, stderr := moonwire(t.Context(), "x = sr1(IP{dst='192.168.11.3'}/ICMP{}, {timeout=1})\n"+
		"ans, unans = sr(IP{dst={'192.168.11.2', '192.168.11.3'}}/ICMP{}, {timeout=1})\n#unans\n", "--lab")
	if code != exitOK || stdout != "1\n" || !strings.HasPrefix(stderr, "no answer within 1 s\n2 asked, 1 answered, 1 silent in 1") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

// TestNobodyThereIsSilence asks the lab for neighbours and networks that are not there.
func TestNobodyThereIsSilence(t *testing.T) {
	for _, c := range []struct{ name, chunk, out, err string }{
		{"sr1", `print(sr1(IP{dst="10.0.2.77"}/ICMP{}))`, "nil\n", "not sent: no answer to ARP from 10.0.2.77"},
		{"sr1 alone", `sr1(IP{dst="10.0.2.77"}/ICMP{})`, "", "not sent: no answer to ARP from 10.0.2.77"},
		{"sr of some", `local a, u = sr(IP{dst={"10.0.2.77", "192.168.11.2", "10.0.2.78"}}/ICMP{}) print(#a, #u, u[2].dst)`, "1\t2\t10.0.2.78\n",
			"2 of 3 packets could not be sent and count as unanswered: no answer to ARP from 10.0.2.77 and 10.0.2.78\n"},
		{"sr of none", `local a, u = sr({IP{dst="10.0.2.77"}/ICMP{}, IP{dst="10.0.2.78"}/ICMP{}}) print(#a, #u)`, "0\t2\n", "2 of 2 packets could not be sent"},
		{"send to none", `print(send(IP{dst="10.0.2.77"}/ICMP{}))`, "0\n", "not sent: no answer to ARP from 10.0.2.77"},
		{"send to some", `print(send(IP{dst=range("10.0.2.1", "10.0.2.6")}/ICMP{}))`, "1\n",
			"5 of 6 packets could not be sent: no answer to ARP from 10.0.2.1, 10.0.2.3, 10.0.2.4 and 2 more\n"},
		{"one that cannot be built", `print(send({IP{dst="192.168.11.2"}/ICMP{}, Raw/"x", IP{dst="192.168.11.2"}/ICMP{}}))`, "2\n",
			"1 of 3 packets could not be sent: lab:guest takes packets that begin with Ether, IP, IPv6 or ARP, not with Raw\n"},
		{"one without a destination", `print(send({IP{dst="192.168.11.2"}/ICMP, IP{}/ICMP}))`, "1\n", `1 of 2 packets could not be sent: IP.dst: want a destination, got none: say IP{dst="..."}` + "\n"},
		{"the first without a destination", `local a, u = sr({IP/ICMP, IP{dst="192.168.11.2"}/ICMP, IPv6/UDP}) print(#a, #u)`, "1\t2\n",
			`2 of 3 packets could not be sent and count as unanswered: 1: IP.dst: want a destination, got none: say IP{dst="..."}; 1: IPv6.dst: want a destination`},
		{"a set without a destination", `print(sr1({IP{ttl=range(1, 3)}/ICMP, IP{dst="192.168.11.2"}/ICMP}).src)`, "192.168.11.2\n", "3 of 4 packets could not be sent"},
		{"several causes", `local a, u = sr({IP{dst="192.168.11.2"}/ICMP{}, Raw/"x", IP{dst="10.0.2.9"}/ICMP{}}) print(#a, #u)`, "1\t2\n",
			"2 of 3 packets could not be sent and count as unanswered: 1: lab:guest takes packets that begin with Ether, IP, IPv6 or ARP, not with Raw; 1: no answer to ARP from 10.0.2.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := moonwire(t.Context(), "", "--lab", "-e", c.chunk)
			if code != exitOK || stdout != c.out || !strings.HasPrefix(stderr, c.err) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, %q, %q; want %q and one line %q", code, stdout, stderr, c.out, c.err)
			}
		})
	}
	for chunk, want := range map[string]string{
		`sr1(Raw/"x")`:                                       "not with Raw",
		`send({Raw/"x", Raw/"y"})`:                           "2 of 2 packets could not be sent: packet 1 (",
		`sr1(IP{dst="10.0.2.77"}, {iface="nosuch"})`:         "nosuch",
		`sr1(IP{dst="192.168.11.2"}/("x"):rep(70000))`:       "IP.len: want at most 65535 bytes, got 70020",
		`sr({Raw, IP{dst="192.168.11.2"}/("x"):rep(70000)})`: "not with Raw",
		`send(IP/ICMP)`:                                      `-e:1: IP.dst: want a destination, got none: say IP{dst="..."}`,
		`send({IP{ttl={1, 2}}/ICMP})`:                        `-e:1: IP.dst: want a destination, got none: say IP{dst="..."}`,
		`sr1({IPv6/UDP, IP/ICMP})`:                           `-e:1: element 1: IPv6.dst: want a destination, got none: say IPv6{dst="..."}`,
		`send({IP{dst="192.168.11.2"}, dissect("")})`:        "element 2: a packet without layers cannot be sent",
		`send({IP{dst="192.168.11.2"}, 5})`:                  "element 2: want a packet, got number",
	} {
		if code, _, stderr := moonwire(t.Context(), "", "--lab", "-e", chunk); code != exitScript || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %q; want %q", chunk, code, stderr, want)
		}
	}
}
