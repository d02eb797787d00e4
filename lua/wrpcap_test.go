package lua_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// captureFolder is a shell whose chunks say DIR for a new folder.
type captureFolder struct {
	*shell
	dir string
}

func newCaptureFolder(t *testing.T, s *shell) captureFolder {
	return captureFolder{s, filepath.ToSlash(t.TempDir())}
}

func (f captureFolder) check(t *testing.T, chunk, want string) {
	t.Helper()
	f.shell.check(t, strings.ReplaceAll(chunk, "DIR", f.dir), want)
}

func (f captureFolder) refused(t *testing.T, chunk, want string) {
	t.Helper()
	f.shell.refused(t, strings.ReplaceAll(chunk, "DIR", f.dir), strings.ReplaceAll(want, "DIR", f.dir))
}

// noticed is what notices said since the last time.
func (f captureFolder) noticed() string {
	text := strings.ReplaceAll(f.notices.String(), f.dir, "DIR")
	f.notices.Reset()
	return text
}

func TestWhatACaptureSaysOfAPacket(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `local p = Ether{}/IP{}/UDP{} print(p.time, p.sec, p.nsec, p.wirelen, p.comment, #p.comments, p.iface, p.wire)`, "nil\tnil\tnil\tnil\tnil\t0\tnil\tnil")
	f.check(t, `p = Ether{}/IP{}/UDP{} p.sec = 1700000000 p.nsec = 389603989 p.wirelen = 154 p.comment = "one" p.iface = "eth7"
		local q = p:copy() q.nsec = 389603990 q.comment = {"two", "three"}
		wrpcap("DIR/a.pcapng", {p, q})
		for r in pcap("DIR/a.pcapng") do print(r.sec, r.nsec, r.time == r.sec + r.nsec / 1e9, r.wirelen, r.comment, #r.comments, r.iface) end`,
		"1700000000\t389603989\ttrue\t154\tone\t1\teth7\n1700000000\t389603990\ttrue\t154\ttwo\nthree\t2\teth7")
	for _, target := range []string{"b.pcapng", "b.pcapng.zst", "b.pcapng.lz4", "b.pcapng.gz"} {
		f.check(t, `wrpcap("DIR/`+target+`", rdpcap("DIR/a.pcapng")) local r = rdpcap("DIR/`+target+`")[2] print(r.nsec, r.wirelen, r.comment, r.iface)`, "389603990\t154\ttwo\nthree\teth7")
	}
	if got := f.noticed(); got != "" {
		t.Errorf("noticed %s", got)
	}
	f.check(t, `wrpcap("DIR/b.pcap", rdpcap("DIR/a.pcapng")) local r = rdpcap("DIR/b.pcap")[2] print(r.nsec, r.wirelen, r.comment, r.iface)`, "389603990\t154\tnil\tnil")
	if got := f.noticed(); got != "DIR/b.pcap does not hold comments of packets: 2; names of interfaces: eth7\n" {
		t.Errorf("noticed %s", got)
	}
	// What was read and is set again is the same, to the nanosecond.
	f.check(t, `local r = rdpcap("DIR/a.pcapng")[2] r.time = r.time r.comment = r.comment r.iface = r.iface r.wirelen = r.wirelen print(r.nsec, #r.comments, r.iface, r.wirelen)`, "389603990\t2\teth7\t154")
	f.check(t, `local r = rdpcap("DIR/a.pcapng")[1] r.time = 5 print(r.time, r.sec, r.nsec) r.time = 1.5 print(r.nsec) r.time = nil print(r.time, r.sec) r.comment = nil r.iface = nil r.wirelen = nil
		print(r.comment, r.iface, r.wirelen)`, "5\t5\t0\n500000000\nnil\tnil\nnil\tnil\t42")
	f.check(t, `p.nsec = 1 print(p[IP].ttl, p[UDP]:copy().iface)`, "64\teth7")
	for chunk, want := range map[string]string{
		`p.time = "x"`:                 `time: want seconds since 1970 (or nil), got x`,
		`p.time = 1e300`:               `time: want seconds since 1970 (or nil)`,
		`p.time = 0/0`:                 `time: want seconds since 1970 (or nil)`,
		`p.sec = -1`:                   `sec: want a whole number in 0..`,
		`p.nsec = 1000000000`:          `nsec: want a whole number in 0..999999999`,
		`p.wirelen = 3`:                `wirelen: want a whole number of at least the 42 bytes that are here`,
		`p.wire = "x"`:                 `wire: these are the bytes as they arrived, and stay`,
		`p.comment = 5`:                `comment: want a string or a list of strings, got number`,
		`p.comment = {5}`:              `comment: element 1: want a string, got number`,
		`p.comment = "\xff"`:           `comment: want text in UTF-8`,
		`p.comment = ("x"):rep(65536)`: `comment: want at most 65535 bytes, got 65536`,
		`p.iface = {}`:                 `iface: want the name of an interface, got table`,
	} {
		f.refused(t, chunk, want)
	}
}

// TestATimeThatIsNotKnown is one of a Simple Packet Block.
func TestATimeThatIsNotKnown(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `wrpcap("DIR/a.pcapng", IP{}) local p = rdpcap("DIR/a.pcapng")[1] p.time = nil wrpcap("DIR/b.pcapng", p) print(rdpcap("DIR/b.pcapng")[1].time)
		wrpcap("DIR/b.pcap", p) print(rdpcap("DIR/b.pcap")[1].time)`, "nil\n0")
	if got := f.noticed(); got != "DIR/b.pcap does not hold packets without a time, which are of 1970 now: 1\n" {
		t.Errorf("noticed %s", got)
	}
}

func TestWrpcapTakesWhatStandsForPackets(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	for _, c := range []struct{ packets, want string }{
		{`IP{}`, "1"}, {`IP`, "1"}, {`{}`, "0"}, {`IP{id=range(1,5)}`, "5"}, {`{IP{id=range(1,5)}, IP{}}`, "6"}, {`pcap("DIR/in.pcap")`, "3"},
		{`{pcap("DIR/in.pcap"), IP{}, pcap("DIR/in.pcap")}`, "7"}, {`{rdpcap("DIR/in.pcap"), {IP{}, {IPv6{}}}}`, "5"}, {`(IP{}/UDP{})[IP]`, "1"},
		{`(function() local n = 0 return function() n = n + 1 if n < 4 then return IP{id=n} end end end)()`, "3"},
		{`coroutine.wrap(function() coroutine.yield(IP{}) coroutine.yield(IP{id=range(1,2)}) end)`, "3"},
	} {
		f.check(t, `wrpcap("DIR/in.pcap", {IP{}, IP{}, IP{}}) wrpcap("DIR/out.pcap", `+c.packets+`) print(#rdpcap("DIR/out.pcap"))`, c.want)
	}
	for packets, want := range map[string]string{
		`5`:                       "wrpcap: want a packet, a list of packets, or an iterator as pcap(file) is, got number",
		`{IP{}, 5}`:               "wrpcap: element 2: want a packet, a list of packets, or an iterator as pcap(file) is, got number",
		`{IP{}, {IP{}, true}}`:    "wrpcap: element 2: element 2: want a packet",
		`nil`:                     "wrpcap: want a packet, a list of packets",
		`{append=true}`:           "wrpcap: want a list of packets, got a table of names",
		`function() return 5 end`: "wrpcap: want an iterator of packets, as pcap(file) is; this one gave a number",
		`(function() local t = {} t[1] = t return t end)()`: "wrpcap: element 1: element 1:",
		`{IP{}, Ether{}/IP{}}`:                              "frame 2: link: want IP as in the file's header, got Ether: a pcap file has one link type, one that is named .pcapng holds several; DIR/out.pcap is as it was",
		`TCP{}`:                                             "frame 1: link: want a protocol with a link type of its own (Ether, IP, ...), or a link type for the whole file, got \"TCP\"",
	} {
		f.refused(t, `wrpcap("DIR/out.pcap", `+packets+`)`, want)
	}
	f.check(t, `print(#rdpcap("DIR/out.pcap"))`, "3")
}

func TestOptionsOfWrpcap(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `for i = 1, 3 do wrpcap("DIR/a.pcap", IP{id=i}, {append=true}) wrpcap("DIR/a.pcapng.zst", IP{id=i}, {append=true}) end
		print(#rdpcap("DIR/a.pcap"), #rdpcap("DIR/a.pcapng.zst"), rdpcap("DIR/a.pcapng.zst")[3].id)`, "3\t3\t3")
	f.refused(t, `wrpcap("DIR/a.pcap", Ether{}, {append=true})`, "a pcap file has one link type")
	f.check(t, `print(#rdpcap("DIR/a.pcap"))`, "3")
	f.check(t, `for _, link in ipairs{"RAW", "DLT_RAW", 101, IP, "IP"} do wrpcap("DIR/b.pcap", TCP{}, {linktype=link}) print(rdpcap("DIR/b.pcap")[1].wirelen) end`, "20\n20\n20\n20\n20")
	f.check(t, `wrpcap("DIR/c.pcapng", {Ether{}/IP{}, "bytes"}, {linktype=147}) print(rdpcap("DIR/c.pcapng")[1]:summary())`, "Raw")
	f.check(t, `wrpcap("DIR/d.pcap", Ether{}/IP{}/("x"):rep(100), {snaplen=34}) local p = rdpcap("DIR/d.pcap")[1] print(#p.wire, p.wirelen)
		wrpcap("DIR/e.pcap", p) p = rdpcap("DIR/e.pcap")[1] print(#p.wire, p.wirelen)`, "34\t134\n34\t134")
	f.check(t, `wrpcap("DIR/e.pcapng", IP{}, {comment="of the file"}) wrpcap("DIR/f.pcapng", rdpcap("DIR/e.pcapng")) print(#rdpcap("DIR/f.pcapng"))`, "1")
	if b, err := os.ReadFile(filepath.FromSlash(f.dir + "/f.pcapng")); err != nil || !bytes.Contains(b, []byte("of the file")) {
		t.Errorf("the comment is gone: %v", err)
	}
	for chunk, want := range map[string]string{
		`wrpcap("DIR/x.pcap", IP{}, {appnd=true})`:      `no option "appnd"; there are append, linktype, snaplen, comment, format; did you mean append?`,
		`wrpcap("DIR/x.pcap", IP{}, {append=1})`:        "append: want true or false",
		`wrpcap("DIR/x.pcap", IP{}, {linktype="Ethr"})`: `linktype: want a protocol that has one (Ether, IP), a name of the registry ("RAW", "DLT_USB_LINUX") or its number, got "Ethr"`,
		`wrpcap("DIR/x.pcap", IP{}, {linktype={}})`:     "linktype: want a protocol, a name or a number, got table",
		`wrpcap("DIR/x.pcap", IP{}, {snaplen=0})`:       "snaplen: want at least 1 byte",
		`wrpcap("DIR/x.csv", IP{})`:                     "captures are written under no other; text comes into a file by the shell: moonwire -e",
		`wrpcap("DIR/x.pcap", IP{}, {comment="x"})`:     "comment: a pcap file holds none: want a name that ends in .pcapng",
		`wrpcap("DIR/x.pcap", IP{}, {format="pcap"})`:   "format: the name of the file says it",
		`wrpcap("DIR/x.pcap", IP{}, IP{})`:              "bad argument #3: want a table of options, got packet",
		`wrpcap("DIR/x.pcap", IP{}, {}, 4)`:             "wrpcap: want at most 3 arguments, got 4",
		`wrpcap("DIR/x.pcap")`:                          "wrpcap: want a file and packets; {} writes a capture without any",
		`rdpcap("DIR/a.pcap", 1, 2)`:                    "rdpcap: want at most 2 arguments, got 3",
		`rdpcap("DIR/a.pcap", {cnt=1})`:                 `no option "cnt"; there are count`,
		`rdpcap("DIR/a.pcap", "x")`:                     "count: want a number",
		`pcap("DIR/a.pcap", 1)`:                         "pcap: want at most 1 argument, got 2",
		`sniff({count=1}, 2)`:                           "sniff: want at most 1 argument, got 2",
		`sniff{offline="DIR/a.pcap", iface="eth0"}`:     "sniff: iface: nothing is listened to with offline=",
		`sniff{offline="DIR/none.pcap"}`:                "no such file",
		`sniff{offline=5}`:                              "sniff: offline: want a packet, a list of packets",
	} {
		f.refused(t, chunk, want)
	}
	f.check(t, `print(#rdpcap("DIR/a.pcap", {count=2}), #rdpcap("DIR/a.pcap", 2), #rdpcap("DIR/a.pcap", -1), #rdpcap("DIR/a.pcap", 0))`, "2\t2\t3\t0")
}

func TestSniffGoesThroughWhatIsThere(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `wrpcap("DIR/a.pcap", IP{id=range(1,5)}) wrpcap("DIR/b.pcapng.lz4", {IP{id=6}/UDP{}, Ether{}/IP{id=7}})`, "")
	f.check(t, `print(#sniff{offline="DIR/a.pcap"}, #sniff{offline={"DIR/a.pcap", "DIR/b.pcapng.lz4"}}, #sniff{offline=rdpcap("DIR/a.pcap")}, #sniff{offline=pcap("DIR/a.pcap")}, #sniff{offline=IP{id=range(1,3)}})`, "5\t7\t5\t5\t3")
	f.check(t, `local ps = sniff{offline="DIR/a.pcap", count=2, lfilter=function(p) return p.id > 1 end, prn=function(p) return p.id end} print(#ps, ps[1].id)`, "2\n3\n2\t2")
	f.check(t, `print(#sniff{offline="DIR/a.pcap", store=false, prn=function(p) if p.id == 5 then return "last" end end})`, "last\n0")
	f.check(t, `sniff{offline={"DIR/a.pcap", "DIR/b.pcapng.lz4"}, write="DIR/c.pcapng", lfilter=function(p) return p.id > 3 end} print(#rdpcap("DIR/c.pcapng"))`, "4")
	f.check(t, `print(#sniff{offline="DIR/b.pcapng.lz4", write="DIR/d.pcap"})`, "1")
	if got := f.noticed(); !strings.Contains(got, "a pcap file has one link type") {
		t.Errorf("noticed %s", got)
	}
	f.check(t, `print(#sniff{offline="DIR/a.pcap", write="DIR/a.pcap", lfilter=function(p) return p.id == 3 end}, #rdpcap("DIR/a.pcap"))`, "1\t1")
}

// TestStandardStreamsAsCaptures reads one from standard input and writes one to standard output, where text is in the way.
func TestStandardStreamsAsCaptures(t *testing.T) {
	run := func(in []byte, chunk string) (out []byte, notices string, err error) {
		var stdout, stderr bytes.Buffer
		s := lua.New(lua.Config{Stdout: &stdout, Stderr: &stderr, Standard: &lua.Standard{In: bytes.NewReader(in), Out: &stdout}})
		defer s.Close()
		_, err = s.Run(context.Background(), "test", chunk)
		return stdout.Bytes(), stderr.String(), err
	}
	capture, notices, err := run(nil, `wrpcap("-", IP{id=range(1,3)}) print("text")`)
	if err != nil || notices != "text\n" || !bytes.HasPrefix(capture, []byte("\x4d\x3c\xb2\xa1")) {
		t.Fatalf("%.8x, %q, %v", capture, notices, err)
	}
	out, _, err := run(capture, `for p in pcap("-") do print(p.id) end`)
	if err != nil || string(out) != "1\n2\n3\n" {
		t.Errorf("%q, %v", out, err)
	}
	out, _, err = run(capture, `wrpcap("-", pcap("-"), {format="pcapng"})`)
	if err != nil || !bytes.HasPrefix(out, []byte("\x0a\x0d\x0d\x0a")) {
		t.Errorf("%.8x, %v", out, err)
	}
	out, _, err = run(out, `sniff{offline="-", write="-", lfilter=function(p) return p.id == 2 end}`)
	if again, _, err2 := run(out, `print(#rdpcap("-"))`); err != nil || string(again) != "1\n" {
		t.Errorf("%q, %v, %v", again, err, err2)
	}
	for chunk, want := range map[string]string{
		`print(1) wrpcap("-", IP{})`:          `"-": standard output: something was printed to it before`,
		`wrpcap("-", IP{}) wrpcap("-", IP{})`: `"-": standard output: it has a capture in it already`,
		`wrpcap("-", IP{}, {append=true})`:    `"-": nothing can be appended to on standard output`,
		`rdpcap("-") rdpcap("-")`:             `"-": standard input was read before`,
		`wrpcap("-", {IP{}, Ether{}})`:        "standard output: frame 2: link: want IP as in the file's header, got Ether",
	} {
		if _, _, err := run(capture, chunk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
	s := newShell(t, nil)
	s.refused(t, `wrpcap("-", IP{})`, `"-": standard output is not this script's alone here`)
	s.refused(t, `rdpcap("-")`, `"-": standard input holds no capture here`)
}

// TestASniffKnowsItsInterface has the name of the port where frames passed, which a pcapng file keeps.
func TestASniffKnowsItsInterface(t *testing.T) {
	f := newCaptureFolder(t, inLab(t, ""))
	f.check(t, `send(IP{dst="192.168.11.2"}/ICMP{}) local p = sniff{timeout=1, write="DIR/a.pcapng"}[1] print(p.iface, rdpcap("DIR/a.pcapng")[1].iface) wrpcap("DIR/b.pcap", p)`, "lab:guest\tlab:guest")
	if got := f.noticed(); got != "" {
		t.Errorf("noticed %s", got)
	}
}

// TestAnswersAreWritten has each question before its answer.
func TestAnswersAreWritten(t *testing.T) {
	f := newCaptureFolder(t, inLab(t, ""))
	f.check(t, `local ans = sr(IP{dst="192.168.11.2"}/ICMP{seq=range(1,2)}) wrpcap("DIR/a.pcap", ans)
		for p in pcap("DIR/a.pcap") do print(p[ICMP].type, p[ICMP].seq) end`, "8\t1\n0\t1\n8\t2\n0\t2")
}

// TestACaptureWithoutPacketsKeepsItsLinkType where a file among them says it; a list knows no file, which is told.
func TestACaptureWithoutPacketsKeepsItsLinkType(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `wrpcap("DIR/usb.pcap", {}, {linktype=189}) wrpcap("DIR/one.pcap", IP)`, "")
	const told = "DIR/out.pcap has no packets, and Ethernet as its link type: linktype= says another\n"
	for _, c := range []struct {
		packets, notice string
		link            byte
	}{
		{`pcap("DIR/usb.pcap")`, "", 189}, {`{{}, pcap("DIR/usb.pcap")}`, "", 189}, {`{pcap("DIR/usb.pcap"), IP}`, "", 101}, {`{}`, "", 1},
		{`rdpcap("DIR/usb.pcap")`, told, 1}, {`rdpcap("DIR/one.pcap"):filter(function() return false end)`, told, 1}, {`function() end`, told, 1},
		{`{}, {linktype=189}`, "", 189}, {`rdpcap("DIR/usb.pcap"), {linktype=189}`, "", 189},
	} {
		f.check(t, `wrpcap("DIR/out.pcap", `+c.packets+`)`, "")
		b, err := os.ReadFile(filepath.FromSlash(f.dir + "/out.pcap"))
		if got := f.noticed(); err != nil || b[20] != c.link || got != c.notice {
			t.Errorf("%s: link type %d, %v, noticed %q", c.packets, b[20], err, got)
		}
	}
}

// TestASniffOfNothingKeepsTheLinkType of the file that it goes through.
func TestASniffOfNothingKeepsTheLinkType(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `wrpcap("DIR/usb.pcap", {}, {linktype=189})`, "")
	for _, source := range []string{`"DIR/usb.pcap"`, `{"DIR/usb.pcap"}`, `pcap("DIR/usb.pcap")`} {
		f.check(t, `sniff{offline=`+source+`, write="DIR/out.pcap"}`, "")
		if b, err := os.ReadFile(filepath.FromSlash(f.dir + "/out.pcap")); err != nil || b[20] != 189 {
			t.Errorf("sniff{offline=%s}: link type %d, %v", source, b[20], err)
		}
	}
}

// TestTheLengthOnTheWireFollowsThePacket: it is that of its bytes now, and of what the capture cut off behind its last layer.
func TestTheLengthOnTheWireFollowsThePacket(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	f.check(t, `wrpcap("DIR/whole.pcap", Ether/IP/UDP) wrpcap("DIR/cut.pcap", Ether/IP/UDP/("x"):rep(100), {snaplen=60})`, "")
	for _, c := range []struct{ file, change, want string }{
		{"whole", ``, "42\t42"}, {"whole", `p:append("q")`, "43\t43"}, {"whole", `p[UDP]=UDP{}/"abcdefghij"`, "52\t52"}, {"whole", `p[UDP]=nil`, "34\t34"},
		{"whole", `p[IP].payload=nil`, "34\t34"}, {"whole", `p.ttl=3`, "42\t42"}, {"whole", `p[IP].options={{"NOP"}}`, "46\t46"}, {"whole", `p=p:copy() p:remove(Ether)`, "28\t28"},
		{"whole", `p.wirelen=100`, "100\t42"}, {"whole", `p.wirelen=42`, "42\t42"}, {"whole", `p=p/"x"`, "nil\t43"},
		{"cut", ``, "142\t60"}, {"cut", `p.ttl=3`, "142\t60"}, {"cut", `p=p:copy()`, "142\t60"}, {"cut", `p:remove(Ether)`, "128\t46"}, {"cut", `p:replace(Ether, Ether/Dot1Q)`, "146\t64"},
		{"cut", `p[Raw].load="abc"`, "127\t45"}, {"cut", `p.wirelen=nil`, "60\t60"}, {"cut", `p.wirelen=150 p.ttl=1`, "150\t60"}, {"cut", `p[UDP].payload=p[UDP].payload`, "142\t60"},
		{"cut", `p:append("q")`, "61\t61"}, {"cut", `p[UDP].payload="abc"`, "45\t45"}, {"cut", `p[UDP].payload=nil`, "42\t42"}, {"cut", `p:remove(Raw)`, "42\t42"}, {"cut", `p:replace(Raw, Raw"a")`, "43\t43"},
		{"cut", `p=Ether/IP p.wirelen=34`, "34\t34"}, {"cut", `p=Ether/IP p.wirelen=100`, "100\t34"}, {"cut", `p=Ether/IP p:append(rdpcap("DIR/cut.pcap")[1][UDP])`, "142\t60"},
	} {
		f.check(t, `local p = rdpcap("DIR/`+c.file+`.pcap")[1] `+c.change+` print(p.wirelen, #bytes(p)) wrpcap("DIR/out.pcap", p)
			local q = rdpcap("DIR/out.pcap")[1] assert(q.wirelen == (p.wirelen or #bytes(p)), q.wirelen)`, c.want)
	}
}

// TestAnEmptyCommentIsOne, for the file too.
func TestAnEmptyCommentIsOne(t *testing.T) {
	f := newCaptureFolder(t, newShell(t, nil))
	for _, c := range []struct{ set, want string }{
		{`p.comment = ""`, "\"\"\t1"}, {`p.comments = {""}`, "\"\"\t1"}, {`p.comment = "x" p.comment = ""`, "\"\"\t1"}, {`p.comment = {"", "b"}`, "\"\\\nb\"\t2"},
		{`p.comment = "" p.comment = nil`, "nil\t0"}, {`p.comment = "" p.comment = {}`, "nil\t0"}, {`p.comment = nil`, "nil\t0"},
	} {
		f.check(t, `local function told(p) return (p.comment and ("%q"):format(p.comment) or "nil").."\t"..#p.comments end
			local p = Ether/IP `+c.set+` local before = told(p) wrpcap("DIR/a.pcapng", p, {comment=""}) assert(told(rdpcap("DIR/a.pcapng")[1]) == before) print(before)`, c.want)
	}
}
