package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv/raw"
)

// Capabilities as /proc shows them.
const (
	none      = "0000000000000000"
	dac       = "0000000000000002"
	netOnly   = "0000000000003000" // CAP_NET_ADMIN, CAP_NET_RAW
	live      = "0000000000003002" // and CAP_DAC_OVERRIDE
	liveAdmin = "0000000000203002" // and CAP_SYS_ADMIN
)

// nobody are the words that start a program as a user without any right.
var nobody = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}

// program is a copy of this test where everybody can run it, with the capabilities that setcap gives it; it goes with the test.
func program(t *testing.T, caps string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("running a program as somebody else needs root")
	}
	for _, needed := range []string{"setpriv", "setcap"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("there is no program " + needed)
		}
	}
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(open(t, 0o755, 0), "moonwire")
	if err := os.WriteFile(path, self, 0o755); err != nil {
		t.Fatal(err)
	}
	if caps != "" {
		if out, err := exec.Command("setcap", caps, path).CombinedOutput(); err != nil {
			t.Skipf("setcap: %v: %s", err, out)
		}
	}
	return path
}

// open is a folder with that mode, which belongs to a user; it goes with the test. Those of package testing are in one that
// only their owner may enter.
func open(t *testing.T, mode os.FileMode, owner int) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "moonwire-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := errors.Join(os.Chmod(dir, mode), os.Chown(dir, owner, owner)); err != nil {
		t.Skip(err)
	}
	return dir
}

// A process is the command as it runs.
type process struct {
	t   *testing.T
	pid int
	out *bufio.Reader
	in  io.WriteCloser
}

// start starts the command with the words of another program before it, and ends it with the test.
func start(t *testing.T, words ...string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "HOME=/nonexistent", "XDG_STATE_HOME=")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	return &process{t, cmd.Process.Pid, bufio.NewReader(out), in}
}

// says waits for a line of output.
func (p *process) says(want string) {
	p.t.Helper()
	if line, err := p.out.ReadString('\n'); line != want+"\n" {
		p.t.Fatalf("got %q, %v; want %q", line, err, want)
	}
}

// rights are those of each thread, as fields of /proc.
func (p *process) rights() (threads []map[string]string) {
	p.t.Helper()
	paths, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p.pid))
	if err != nil || len(paths) == 0 {
		p.t.Fatalf("no threads of %d: %v", p.pid, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) { // the thread has ended
			continue
		}
		if err != nil {
			p.t.Fatal(err)
		}
		fields := map[string]string{}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(line, ":")
			fields[name] = strings.TrimSpace(value)
		}
		threads = append(threads, fields)
	}
	return threads
}

// has checks every thread: the two sets, nothing to inherit, and no way to gain more.
func (p *process) has(permitted, effective string) {
	p.t.Helper()
	threads := p.rights()
	for _, f := range threads {
		for name, want := range map[string]string{"CapPrm": permitted, "CapEff": effective, "CapInh": none, "CapAmb": none, "NoNewPrivs": "1"} {
			if f[name] != want {
				p.t.Errorf("one of %d threads has %s %s, want %s", len(threads), name, f[name], want)
			}
		}
	}
	if len(threads) < 2 {
		p.t.Errorf("%d threads prove nothing of the others", len(threads))
	}
}

// TestTheCommandKeepsNoMoreRightsThanItNeeds looks at every thread while a script runs, for everybody who may run it. Where
// there are rights to send, the script has sent and guarded a port, so that those that are left suffice.
func TestTheCommandKeepsNoMoreRightsThanItNeeds(t *testing.T) {
	name, within := namespace(t, "rights", "127.0.0.1")
	plain, capable := program(t, ""), program(t, "cap_net_raw,cap_net_admin+ep")
	const (
		sends  = `local c = capture() guard(4000) print(sr1(IP{dst="127.0.0.1"}/TCP{sport=4001, dport=9, flags="S"})[TCP].flags, #sniff{timeout=0.01, promisc=true}) `
		crafts = `print(#bytes(IP{dst="127.0.0.1"}/ICMP{}), 0) `
		waits  = `print("ready") while true do end`
	)
	words := func(list ...any) (all []string) {
		for _, w := range list {
			switch w := w.(type) {
			case string:
				all = append(all, w)
			case []string:
				all = append(all, w...)
			}
		}
		return all
	}
	ambient := words(nobody, "--inh-caps=+net_raw,+net_admin", "--ambient-caps=+net_raw,+net_admin")
	for _, c := range []struct {
		name                 string
		words                []string
		lines                string // typed
		says                 string
		permitted, effective string
	}{
		{"root in the lab", words(plain, "--lab", "-e", crafts+waits), "", "28\t0", none, none},
		{"root in the lab, a script", words(plain, "--lab", "run", "-"), crafts + waits, "28\t0", none, none},
		{"root at the lab's prompt", words(plain, "--lab"), crafts + waits + "\n", "28\t0", none, none},
		{"root on live interfaces, that are never opened", words(within, plain, "-e", crafts+waits), "", "28\t0", live, live},
		{"root on live interfaces", words(within, plain, "-e", sends+waits), "", "RA\t0", live, live},
		{"root, a script", words(within, plain, "run", "-"), sends + waits, "RA\t0", live, live},
		{"root at the prompt", words(within, plain), sends + waits + "\n", "RA\t0", live, live},
		{"root behind a fence", words(within, plain, "--allow", "127.0.0.0/8", "-e", sends+waits), "", "RA\t0", live, live},
		{"root in a namespace", words(plain, "--iface", "netns:"+name+"/lo", "-e", sends+waits), "", "RA\t0", liveAdmin, live},
		{"root with a tap in a namespace", words(plain, "--iface", "lo", "--tap", "host=netns:"+name+"/lo", "-e", `local c = capture() print(#c.host, 0) `+waits), "", "0\t0", liveAdmin, live},
		{"a user of a program with capabilities", words(within, nobody, capable, "-e", sends+waits), "", "RA\t0", netOnly, netOnly},
		{"the same in the lab", words(within, nobody, capable, "--lab", "-e", crafts+waits), "", "28\t0", none, none},
		{"a user with ambient capabilities", words(within, ambient, plain, "-e", sends+waits), "", "RA\t0", netOnly, netOnly},
		{"a user without any right, in the lab", words(within, nobody, plain, "--lab", "-e", crafts+waits), "", "28\t0", none, none},
		{"a user without any right, crafting", words(within, nobody, plain, "-e", crafts+waits), "", "28\t0", none, none},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, c.words...)
			if _, err := io.WriteString(p.in, c.lines); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(c.lines, "\n") || c.lines == "" { // a prompt reads on
				defer func() { _ = p.in.Close() }()
			} else if err := p.in.Close(); err != nil {
				t.Fatal(err)
			}
			p.says(c.says)
			p.says("ready")
			p.has(c.permitted, c.effective)
		})
	}
}

// TestWithoutRightsTheWayOutIsSaid runs the command as somebody who may not send.
func TestWithoutRightsTheWayOutIsSaid(t *testing.T) {
	name, within := namespace(t, "nobody", "127.0.0.1")
	plain, capable := program(t, ""), program(t, "cap_net_raw,cap_net_admin+ep")
	lo := watching(t, "netns:"+name+"/lo")
	for _, c := range []struct {
		name  string
		words []string
		stdin string
		code  int
		out   string
		err   string
	}{
		{"-e that sends", append(append(within, nobody...), plain, "-e", `sr1(IP{dst="127.0.0.1"}/ICMP{})`), "", exitCannotRun, "",
			`needs CAP_NET_RAW: run with sudo, or "setcap cap_net_raw,cap_net_admin+ep ` + plain + `", or --lab`},
		{"a prompt, which is the lab's then", append(append(within, nobody...), plain), `print(IP{dst="server"}.dst) IP{dst="x.example"}` + "\n", exitScript, "192.168.11.2\n",
			"in the built-in network, behind its NAT vmnat: "},
		{"a namespace", append(append(within, nobody...), capable, "--iface", "netns:"+name+"/lo", "-e", "capture()"), "", exitCannotRun, "",
			"entering network namespace " + name + " needs CAP_SYS_ADMIN: run with sudo, or --lab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), c.words[0], c.words[1:]...)
			cmd.Env = append(os.Environ(), asCommand+"=1", "HOME=/nonexistent", "XDG_STATE_HOME=")
			var out, errs strings.Builder
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.stdin), &out, &errs
			_ = cmd.Run() // its exit code tells
			if code := cmd.ProcessState.ExitCode(); code != c.code || out.String() != c.out || !strings.Contains(errs.String(), c.err) {
				t.Errorf("exit %d, %q, %q; want %d, %q, %q", code, out.String(), errs.String(), c.code, c.out, c.err)
			}
			if got := lo.frames(); len(got) > 0 {
				t.Errorf("%d frames left", len(got))
			}
		})
	}
}

// all reports whether every thread is as it should be.
func all(threads []map[string]string, good func(map[string]string) bool) bool {
	return !slices.ContainsFunc(threads, func(thread map[string]string) bool { return !good(thread) })
}

// TestOtherCommandsKeepTheRightToRead looks at one that waits for its input.
func TestOtherCommandsKeepTheRightToRead(t *testing.T) {
	p := start(t, program(t, ""), "show", "-")
	has := func(thread map[string]string) bool { // they lose their rights one after the other
		return thread["CapPrm"] == dac && thread["CapEff"] == dac && thread["NoNewPrivs"] == "1"
	}
	for end := time.Now().Add(20 * time.Second); !all(p.rights(), has) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	p.has(dac, dac)
}

// TestRootAndTheFoldersOfOthers is sudo in a user's own folder: scripts are read, and captures written but in the lab.
func TestRootAndTheFoldersOfOthers(t *testing.T) {
	_, within := namespace(t, "sudo", "127.0.0.1")
	dir := open(t, 0o700, 65534)
	file := filepath.Join(dir, "a.pcap")
	script := filepath.Join(dir, "a.lua")
	if err := os.WriteFile(script, []byte(`print(#bytes(IP{dst="127.0.0.1"}))`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(script, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string // of both streams
	}{
		{"a script in the lab", []string{"--lab", "run", script}, exitOK, "20\n"},
		{"a script", []string{"run", script}, exitOK, "20\n"},
		{"writing in the lab", []string{"--lab", "-e", `wrpcap("` + file + `", IP/ICMP)`}, exitScript,
			"permission denied: with --lab, root keeps no right over the files of other users: run it as that user, or choose a folder of root's"},
		{"writing", []string{"-e", `wrpcap("` + file + `", IP/ICMP) print(#rdpcap("` + file + `"))`}, exitOK, "1\n"},
		{"reading in the lab", []string{"--lab", "-e", `rdpcap("` + file + `")`}, exitScript, "permission denied: with --lab"},
		{"writing again", []string{"-e", `wrpcap("` + file + `2.pcap", IP/TCP)`}, exitOK, ""},
		{"comparing", []string{"compare", "guest=" + file, "host=" + file + "2.pcap", "server=127.0.0.1:80"}, exitInconclusive, "Path verdict: inconclusive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runAs(t, within, "", c.args...)
			if code != c.code || !strings.Contains(stdout+stderr, c.want) {
				t.Errorf("exit %d, %q, %q; want %d, %q", code, stdout, stderr, c.code, c.want)
			}
		})
	}
}

// TestNothingRunsWithMoreRightsThanItNeeds has giving up fail.
func TestNothingRunsWithMoreRightsThanItNeeds(t *testing.T) {
	for _, args := range [][]string{{"--lab", "-e", "print(1)"}, {"-e", "print(1)"}, {"run", "-"}, {"--lab"}, {"list"}, {"version"}, {"--help"}} {
		var out, errs strings.Builder
		s := streams{in: strings.NewReader("print(1)\n"), out: &out, err: &errs, limit: func(raw.Rights) error { return errors.New("no such call") }}
		if code := run(t.Context(), args, s); code != exitCannotRun || out.String() != "" ||
			errs.String() != "moonwire: nothing is run with more rights than it needs: no such call\n" {
			t.Errorf("%q: exit %d, %q, %q", args, code, out.String(), errs.String())
		}
	}
}
