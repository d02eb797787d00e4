package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// compared is the object of compare --json.
type compared struct {
	Path struct {
		Verdict    vantage.Verdict
		Order      vantage.Order
		Candidates []vantage.Verdict
		Fault      vantage.Fault
	}
	Keepalive   struct{ Verdict vantage.Verdict }
	Connections []struct {
		Client, Server, Upstream string
		Path                     struct{ Verdict vantage.Verdict }
		Keepalive                struct{ Verdict vantage.Verdict }
	}
	Evidence []vantage.Evidence
	Server   string
	Clock    string
	Files    []struct {
		Tap, File string
		Frames    int
		Ended     string
	}
	Taps []vantage.View
}

// recorded is a capture of a real path.
func recorded(name string) string {
	return filepath.Join("..", "..", "sendrecv", "vantage", "testdata", name+".pcap")
}

// pair are the words for a test's captures at the guest and at the uplink.
func pair(test string) []string {
	return []string{"guest=" + recorded(test+"_g"), "host=" + recorded(test+"_u")}
}

// comparing runs moonwire compare with --json and reads the object.
func comparing(t *testing.T, words ...string) (compared, int, string) {
	t.Helper()
	code, stdout, stderr := moonwire(context.Background(), "", append([]string{"compare", "--json"}, words...)...)
	var c compared
	if err := json.Unmarshal([]byte(stdout), &c); err != nil {
		t.Fatalf("%v: %v: %q, %q", words, err, stdout, stderr)
	}
	return c, code, stderr
}

// TestCompareRealPaths is the table of the captures: six paths, five tests each, on one clock.
func TestCompareRealPaths(t *testing.T) {
	for _, c := range []struct {
		nat        string
		lone, full vantage.Verdict
		idle, cut  []vantage.Verdict
	}{
		{"direct", vantage.Routed, vantage.Routed, verdicts("forwarded"), verdicts("forwarded")},
		{"masq", vantage.PacketNAT, vantage.PacketNAT, verdicts("forwarded"), verdicts("forwarded")},
		{"slirp", vantage.HandshakeOnSYNProxy, vantage.HandshakeOnSYNProxy, verdicts("answered-by-middlebox"), verdicts("answered-by-middlebox")},
		{"pasta", vantage.HandshakeOnSYNProxy, vantage.HandshakeOnSYNProxy, verdicts("swallowed"), verdicts("swallowed inconclusive")},
		{"redir", vantage.Inconclusive, vantage.AcceptFirstProxy, verdicts("answered-by-middlebox"), verdicts("answered-by-middlebox")},
		{"synproxy", vantage.Inconclusive, vantage.SYNProxy, verdicts("forwarded"), verdicts("forwarded")},
	} {
		for _, test := range []string{"T1", "T2", "T5", "T6", "T7b"} {
			t.Run(c.nat+" "+test, func(t *testing.T) {
				path, keepalive := c.full, c.idle
				switch {
				case test == "T1" || test == "T2":
					path, keepalive = c.lone, verdicts("inconclusive")
				case c.nat == "redir" && test != "T6": // the guest's ACK did not wait: nothing shows who dialled first
					path = vantage.Inconclusive
				}
				if test == "T7b" {
					keepalive = c.cut
				}
				got, code, stderr := comparing(t, append(pair(c.nat+"_"+test), "clock=one")...)
				if got.Path.Verdict != path || !slices.Contains(keepalive, got.Keepalive.Verdict) {
					t.Errorf("path %s, keepalive %s; want %s, %v", got.Path.Verdict, got.Keepalive.Verdict, path, keepalive)
				}
				want := exitOK
				if got.Path.Verdict == vantage.Inconclusive && got.Keepalive.Verdict == vantage.Inconclusive {
					want = exitInconclusive
				}
				if code != want || stderr != "" || got.Clock != "one" || got.Server != "192.168.11.2:57212" {
					t.Errorf("exit %d, %q, clock %s, server %s; want exit %d", code, stderr, got.Clock, got.Server, want)
				}
			})
		}
	}
}

func verdicts(words string) []vantage.Verdict {
	var all []vantage.Verdict
	for _, v := range strings.Fields(words) {
		all = append(all, vantage.Verdict(v))
	}
	return all
}

// TestCompareBelievesNoClocks holds that the clocks of two files are not taken for one unasked.
func TestCompareBelievesNoClocks(t *testing.T) {
	got, code, _ := comparing(t, pair("slirp_T1")...)
	if got.Path.Verdict != vantage.Inconclusive || code != exitInconclusive || got.Clock != "unknown" {
		t.Errorf("path %s, exit %d, clock %s", got.Path.Verdict, code, got.Clock)
	}
	if got.Taps[0].Clock == got.Taps[1].Clock {
		t.Errorf("both taps have the clock %q", got.Taps[0].Clock)
	}
}

// TestCompareFindings holds the shape of the JSON, and what a program may rely on.
func TestCompareFindings(t *testing.T) {
	_, stdout, _ := moonwire(context.Background(), "", append([]string{"compare", "--json", "clock=one"}, pair("slirp_T5")...)...)
	if !strings.HasPrefix(stdout, `{"path":{"verdict":"handshake-on-syn-proxy","order":"undecided","candidates":[]`) ||
		strings.Contains(stdout, "null") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("got %s", stdout)
	}
	got, _, _ := comparing(t, append(pair("slirp_T5"), "clock=one")...)
	if len(got.Connections) != 1 || got.Connections[0].Client != "10.0.2.100:40005" || got.Connections[0].Server != got.Server ||
		!strings.HasPrefix(got.Connections[0].Upstream, "192.168.10.1:") || got.Connections[0].Path.Verdict != vantage.HandshakeOnSYNProxy {
		t.Errorf("connections: %+v", got.Connections)
	}
	if len(got.Files) != 2 || got.Files[0].Tap != "guest" || got.Files[0].Frames != 15 || got.Files[1].File != recorded("slirp_T5_u") {
		t.Errorf("files: %+v", got.Files)
	}
	path, keepalive := vantage.Path(got.Taps), vantage.Keepalive(got.Taps, nil)
	if path.Verdict != got.Path.Verdict || keepalive.Verdict != got.Keepalive.Verdict || len(got.Evidence) != len(path.Evidence)+len(keepalive.Evidence) {
		t.Errorf("judged again from the taps: %s, %s, %d pieces of evidence; got %d", path.Verdict, keepalive.Verdict,
			len(path.Evidence)+len(keepalive.Evidence), len(got.Evidence))
	}
	if last := got.Evidence[len(got.Evidence)-1]; !slices.ContainsFunc(keepalive.Evidence, func(e vantage.Evidence) bool { return e.Says == last.Says }) {
		t.Errorf("the last evidence is not the keepalive's: %q", last.Says)
	}
}

// wantRefused holds that a command line ends with one line on standard error, nothing else, and exit 2.
func wantRefused(t *testing.T, args []string, says string) {
	t.Helper()
	code, stdout, stderr := moonwire(context.Background(), "", args...)
	if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, says) {
		t.Errorf("%q: exit %d, %q, %q; want exit 2 and one line with %q", args, code, stdout, stderr, says)
	}
	if strings.Contains(stderr, "failed to") {
		t.Errorf("that is for Go programmers: %q", stderr)
	}
}

func TestCompareMistakes(t *testing.T) {
	g, u := "guest="+recorded("slirp_T5_g"), "host="+recorded("slirp_T5_u")
	empty := filepath.Join(t.TempDir(), "empty.pcap")
	foreign := filepath.Join(t.TempDir(), "foreign.pcap")
	for path, text := range map[string]string{empty: "", foreign: "no capture at all\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no words", nil, "compare: want two captures or more, nearest to the guest first, got 0: moonwire compare guest=G.pcapng host=H.pcapng"},
		{"one file", []string{g, "clock=one"}, "want two captures or more, nearest to the guest first, got 1"},
		{"a file without a name", []string{g, recorded("slirp_T5_u")}, "want TAP=FILE, server=IP:PORT or clock=one, got "},
		{"a name that scripts cannot say", []string{g, "2=" + recorded("slirp_T5_u")}, `got "2=`},
		{"a name without a file", []string{g, "host="}, `got "host="`},
		{"a name twice", []string{g, "guest=" + recorded("slirp_T5_u")}, "compare: guest is given twice"},
		{"a server twice", []string{g, u, "server=192.0.2.1", "server=192.0.2.1"}, "compare: server is given twice"},
		{"one file twice", []string{g, "host=./" + recorded("slirp_T5_g")}, "compare: guest and host are the same file"},
		{"another clock", []string{g, u, "clock=two"}, `compare: clock: want one, which says that one clock stamped all files, got "two"`},
		{"a server's name", []string{g, u, "server=a.example:80"}, `compare: server: want IP:PORT, [IPv6]:PORT, or an address for all of its ports, got "a.example:80"`},
		{"a port out of range", []string{g, u, "server=192.0.2.1:70000"}, `got "192.0.2.1:70000"`},
		{"no such file", []string{"guest=nothere.pcap", u}, "compare: guest: nothere.pcap: "},
		{"a folder", []string{g, "host=."}, "compare: host: . is a folder; want a capture file"},
		{"an empty file", []string{g, "host=" + empty}, "empty.pcap: not a capture file: the file is empty; want a pcap or pcapng file"},
		{"another file", []string{"guest=" + foreign, u}, "foreign.pcap: not a capture file: want pcap, pcapng or snoop"},
		{"the lab", []string{g, u, "--lab"}, "compare: --lab has no meaning here, since compare reads files and sends nothing"},
		{"an interface", []string{g, u, "--iface", "lo"}, "compare: --iface has no meaning here"},
		{"a tap by flag", []string{g, "--tap", u}, "compare: --tap has no meaning here"},
		{"no verdict", []string{g, u, "--expect", "proxied"}, `--expect: "proxied" is no verdict of compare; there are handshake-on-syn-proxy`},
		{"an empty verdict", []string{g, u, "--expect="}, `--expect: "" is no verdict of compare`},
		{"swapped", []string{"guest=" + recorded("slirp_T6_u"), "host=" + recorded("slirp_T6_g"), "clock=one"},
			"compare: taps guest and host look swapped: what is called the far one stands nearer to the guest; exchange taps guest and host"},
		{"swapped, clocks unknown", []string{"guest=" + recorded("masq_T5_u"), "host=" + recorded("masq_T5_g")}, "look swapped"},
		{"unrelated", []string{g, "host=" + recorded("masq_T5_u"), "clock=one"}, "compare: taps guest and host show nothing in common"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, append([]string{"compare"}, c.args...), c.want) })
	}
}

// TestCompareTellsFaultsToPrograms holds that --json prints its object also where the files do not belong together.
func TestCompareTellsFaultsToPrograms(t *testing.T) {
	got, code, stderr := comparing(t, "guest="+recorded("slirp_T5_g"), "host="+recorded("masq_T5_u"), "clock=one")
	if got.Path.Fault != vantage.Unrelated || code != exitUsage || strings.Count(stderr, "\n") != 1 {
		t.Errorf("fault %q, exit %d, %q", got.Path.Fault, code, stderr)
	}
}

func TestCompareGrades(t *testing.T) {
	for _, c := range []struct {
		test, expect string
		code         int
		says         string
	}{
		{"slirp_T5", "handshake-on-syn-proxy", exitOK, ""},
		{"slirp_T5", "answered-by-middlebox", exitOK, ""},
		{"slirp_T5", "packet-nat", exitOther, "path: want packet-nat, got handshake-on-syn-proxy"},
		{"slirp_T5", "forwarded", exitOther, "keepalive: want forwarded, got answered-by-middlebox"},
		{"slirp_T5", "inconclusive", exitOther, "path: want inconclusive, got handshake-on-syn-proxy"},
		{"slirp_T1", "forwarded", exitInconclusive, "keepalive: want forwarded, got inconclusive"},
		{"redir_T1", "accept-first-proxy", exitInconclusive, "path: want accept-first-proxy, got inconclusive"},
		{"redir_T1", "inconclusive", exitOK, ""},
		{"redir_T5", "answered-by-middlebox", exitOK, ""},
	} {
		t.Run(c.test+" "+c.expect, func(t *testing.T) {
			code, _, stderr := moonwire(context.Background(), "", append([]string{"compare", "clock=one", "--expect", c.expect}, pair(c.test)...)...)
			if code != c.code || !strings.Contains(stderr, c.says) || (stderr == "") != (c.says == "") {
				t.Errorf("exit %d, %q; want exit %d, %q", code, stderr, c.code, c.says)
			}
		})
	}
}

func TestComparePages(t *testing.T) {
	for _, c := range []struct {
		name        string
		words       []string
		want, never []string
	}{
		{"a proxy", append(pair("slirp_T5"), "clock=one"), []string{"Path verdict: handshake-on-syn-proxy (order: undecided)", "Keepalive verdict: answered-by-middlebox",
			"server: 192.168.11.2:57212, the only one that every file has a connection to", "one for all files (clock=one)", "tap guest", "SYN ISN", "Of the keepalives:", "Next: "},
			[]string{"Each connection alone", "not known to be one"}},
		{"a lone SYN on two clocks", pair("slirp_T1"), []string{"Path verdict: inconclusive", "not known to be one"}, []string{"Keepalive verdict", "Of the keepalives", "(clock=one)\n"}},
		{"several connections", append(pair("masq_T6d"), "clock=one", "server=192.168.11.2"),
			[]string{"Each connection alone:\n  - 10.0.2.100:40011 -> 192.168.10.1:40011: path packet-nat, keepalive forwarded", "server: 192.168.11.2, all ports\n"}, nil},
		{"names of one's own", []string{"vm=" + recorded("direct_T5_g"), "uplink=" + recorded("direct_T5_u"), "clock=one"}, []string{"tap vm: ", "tap uplink", "Path verdict: routed"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, stdout, stderr := moonwire(context.Background(), "", append([]string{"compare"}, c.words...)...)
			if stderr != "" {
				t.Errorf("standard error: %q", stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("%q is not in\n%s", want, stdout)
				}
			}
			for _, never := range c.never {
				if strings.Contains(stdout, never) {
					t.Errorf("%q is in\n%s", never, stdout)
				}
			}
		})
	}
}

func TestCompareHelp(t *testing.T) {
	for _, args := range [][]string{{"help", "compare"}, {"compare", "--help"}} {
		code, stdout, stderr := moonwire(context.Background(), "", args...)
		if code != exitOK || stderr != "" {
			t.Errorf("%q: exit %d, %q", args, code, stderr)
		}
		for _, want := range []string{compareForm, "server=192.168.11.2:57212", "What clock=one means", "Exit status: 0", "dumpcap -i", "w32tm /resync", "tcpdump -i eth0 -s 0 -w guest.pcap"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q: %q is not in\n%s", args, want, stdout)
			}
		}
	}
	if _, stdout, _ := moonwire(context.Background(), "", "help"); !strings.Contains(stdout, "moonwire compare TAP=FILE") {
		t.Errorf("help does not list compare:\n%s", stdout)
	}
}

func TestCompareIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	code, stdout, stderr := moonwire(ctx, "", append([]string{"compare"}, pair("slirp_T5")...)...)
	if code != exitInterrupted || stdout != "" || stderr != "moonwire: interrupted\n" {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}
