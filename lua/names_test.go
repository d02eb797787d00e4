package lua_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/scripts"
)

func TestAFamilysNameFindsItsMembersInLua(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"EAP", `local p = Ether/EAPOL/EAP_MD5{} print(p:has(EAP), p[EAP].code, p["EAP"].code, p:layer(EAP).code, p:layer(EAP, 2), p:has("EAP"))`, "true\t1\t1\t1\tnil\ttrue"},
		{"NTP", `local p = IP/UDP/NTPHeader{} print(p:has(NTP), p[NTP].version, p[UDP][NTP].mode, p[UDP]["NTP"].mode)`, "true\t4\t3\t3"},
		{"a name that is no protocol", `print((IPv6/ICMPv6EchoRequest):has("ICMPv6"), (IPv6/ICMPv6EchoRequest)["ICMPv6"].type, (IPv6/UDP):has("ICMPv6"))`, "true\t128\tfalse"},
		{"a quote is no member", `print((IP/ICMP{type=3}/IPerror/TCPerror):has(TCP))`, "false"},
		{"inside a field", `print((IP/UDP/DNS{an={DNSRRMX{preference=7}}})[DNSRR].preference)`, "7"},
		{"a layer of a layer, inside a field", `print((IP/UDP/DNS)[UDP][DNSQR].qname)`, "www.example.com."},
		{"set", `local p = IP/UDP/NTPHeader{} p[NTP] = TFTP print(p:summary())`, "IP / UDP 127.0.0.1:53 > 127.0.0.1:69 / TFTP"},
		{"removed", `print((IP/UDP/NTPHeader{}/"x"):remove(NTP):summary())`, "IP / UDP 127.0.0.1:53 > 127.0.0.1:53 / Raw"},
		{"printed", `print((PPP/PPP_LCP_Echo{id=5}):sprintf("%PPP_LCP.id% {EAP:x}{!EAP:none}"))`, "0x5 none"},
		{"a layer that gopacket reads", `print((IP/TCP):has("OSPF"), (IP/TCP)["OSPF"], (IP/TCP):sprintf("%OSPF.x%"))`, "false\tnil\t??"},
		{"bytes", `print(NTP(unhex("160100000000000000000000")):layers()[1], IGMP(unhex("1164eeeb0000000000000000")):layers()[1], IGMPv3("\x11\x64\xee\xeb\0\0\0\0"):layers()[1])`,
			"NTPControl\tIGMPv3\tIGMP"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

func TestNamesThatNoLayerHas(t *testing.T) {
	cases := []struct{ chunk, want string }{
		{`(IP/TCP):has("nonsense")`, `no layer is called "nonsense"; p:layers() names those of the packet, ls() all`},
		{`(IP/TCP):has("TPC")`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):layer("Tcp")`, `no layer is called "Tcp"; did you mean TCP?`},
		{`(IP/TCP):layer("IPv4", 2)`, `no layer is called "IPv4"; here: IP`},
		{`(IP/TCP):has("Ethernet")`, `no layer is called "Ethernet"; here: Ether`},
		{`return (IP/TCP)["Tcp"]`, `no field or method "Tcp" in IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S; did you mean TCP?`},
		{`return (IP/TCP)["nonsense"]`, `no field or method "nonsense"`},
		{`(IP/TCP):remove("TPC")`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):replace("TPC", UDP)`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):sprintf("%TPC.sport%")`, `no layer is called "TPC"`},
		{`(IP/TCP):sprintf("{TPC:x}")`, `no layer is called "TPC"`},
		{`dissect("abc", "TPC")`, `dissect: no protocol is called "TPC"; did you mean TCP?`},
		{`dissect("abc", "_ICMPv6")`, `dissect: no protocol is called "_ICMPv6"`},
	}
	for _, c := range cases {
		_, err := newShell(t, nil).Run(context.Background(), "test", c.chunk)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.chunk, err, c.want)
		}
	}
}

// TestNamesThatLibrariesAndArgumentsLack holds what is said of a slip behind a dot.
func TestNamesThatLibrariesAndArgumentsLack(t *testing.T) {
	s := inLab(t, "vmnat")
	for chunk, want := range map[string]string{
		"TCP{dport=bit.nope}":             "bit.nope: bit has no such name; there are arshift, band, bnot, bor,",
		"print(path.mnd)":                 "path.mnd: path has no such name; there are cut, mend, wires; did you mean path.mend?",
		"judge.pth(1)":                    "judge.pth: judge has no such name; there are keepalive, path; did you mean judge.path?",
		"return math.flor(1)":             "did you mean math.floor?",
		`string.frmat("x")`:               "did you mean string.format?",
		"table.isnert({}, 1)":             "did you mean table.insert?",
		"coroutine.rseume()":              "did you mean coroutine.resume?",
		"return package.path":             "package.path: package has no such name; there are loaded",
		"if bit.nope then return 1 end":   `; what may be missing is read with rawget(bit, "nope")`,
		"return bit[(\"n\"):rep(100000)]": "bit." + strings.Repeat("n", 64) + "...: bit has no such name",
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.HasPrefix(err.Error(), "test:1: ") || !strings.Contains(err.Error(), want) || len(err.Error()) > 1000 {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
	s.check(t, `string.trim = function(s) return (s:gsub(" ", "")) end print((" a "):trim(), ("S").S, rawget(bit, "x"), package.loaded.x, (table.unpack or unpack){7})`, "a\ttrue\tnil\tnil\t7")
}

// TestArgumentsThatTheHeaderLacks has a slip in the name of an argument end an experiment, one that another script runs too.
func TestArgumentsThatTheHeaderLacks(t *testing.T) {
	const header = "--- a slip\n-- @args dport:port=57212 the port\n-- @args count:number=3 how many\n-- @verdicts seen\n"
	for body, want := range map[string]string{
		"TCP{dport=args.dprot}":                          "slip.lua:5: args.dprot: the script has no argument of that name; there are count, dport; did you mean args.dport?",
		"if args.cuont then error(1) end":                `did you mean args.count?; what may be missing is read with rawget(args, "cuont")`,
		"local t = args\nreturn t.x":                     "slip.lua:6: args.x: ",
		"return args[1]":                                 "slip.lua:5: args.1: ",
		`string.frmat("x")`:                              "slip.lua:5: string.frmat: string has no such name",
		"coroutine.wrap(function() return args.y end)()": "slip.lua:5: args.y: ",
		`for name, v in pairs(args) do assert(args[name] == v) end args.more = 1 assert(args.more == 1 and rawget(args, "x") == nil and args.dport == 57212) return verdict("seen", "it ran")`: "",
	} {
		s := inLab(t, "vmnat")
		script, err := scripts.Parse("slip.lua", header+body)
		if err != nil {
			t.Fatal(err)
		}
		args, err := s.Arguments(script, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Experiment(context.Background(), script, args); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

// TestASlipInAnExperimentThatAScriptRuns has the sandbox of such an experiment be as strict.
func TestASlipInAnExperimentThatAScriptRuns(t *testing.T) {
	s, dir := inLab(t, "vmnat"), t.TempDir()
	s.SetFolder(dir)
	for body, want := range map[string]string{
		"return args.dprot": "slip.lua:4: args.dprot: the script has no argument of that name; there are dport; did you mean args.dport?",
		"return bit.nope":   "slip.lua:4: bit.nope: bit has no such name",
	} {
		if err := os.WriteFile(filepath.Join(dir, "slip.lua"), []byte("--- a slip\n-- @args dport:port=57212 the port\n-- @verdicts seen\n"+body), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Run(context.Background(), "test", `run("./slip.lua")`); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

// TestAProtocolOfNoBytesIsTheDefault compares with scapy, whose IP(b"") is IP().
func TestAProtocolOfNoBytesIsTheDefault(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, `print(IP("") == IP{}, #bytes(TCP("")), IP("")/TCP(""), Raw(""), #dissect(""):layers())`, "true\t20\t<IP  proto=tcp |<TCP  |>>\t<Raw  |>\t0")
}

func TestHelpSaysWhereAFieldThatIsNilIsShown(t *testing.T) {
	s := newShell(t, nil)
	s.contains(t, "help(explain)", "is nil until the packet is sent: p[IP].src is. explain(p) and p:summary() show what it would be.")
}
