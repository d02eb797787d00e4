package lua_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/values"
)

// TestThePromptShowsNothingHidden enters what holds text of a stranger in every kind of value.
func TestThePromptShowsNothingHidden(t *testing.T) {
	setup := `bad = "\x1b]0;x\x07\xe2\x80\xae\xc2\x9b" p = IP/UDP/bad ps = {[bad]=bad, {bad}}
		ans = sr(IP{dst="192.168.11.2"}/ICMP/bad) list = (IP/bad):each()`
	for _, entry := range []string{
		`bad`, `p`, `p:summary()`, `p:command()`, `p:sprintf("%Raw.load%")`, `ps`, `ans`, `p[Raw]`, `p[Raw].load`, `error(bad)`, `error({bad})`,
		`p[bad]`, `p.x = bad`, `_G[bad]()`, `sr1(p, {[bad]=1})`, `run(bad)`, `help(bad)`, `ls(bad)`, `ls(p)`, `explain(p)`, `dial{dst=bad, dport=1}`,
		`rdpcap(bad)`, `setmetatable({}, {__tostring=function() return bad end})`, `IP{dst=bad}`, `"` + "\u202e" + `"`, "x = '\u202e' '\x1b'",
		`protocol{name="X", doc=bad, fields={{"a", "u8"}}}`, `capture()[bad]`, `path.cut(bad)`, `print(p:json())`, `import_hexcap(bad)`, `p:show()`,
		`setmetatable(ans, nil) ans[1] = bad`, `ans`, `IP(dst=` + "'\u202e'" + `)`,
	} {
		s := inLab(t, "masquerade")
		s.enter(t, setup)
		text, _, err := s.Eval(context.Background(), "prompt", entry)
		if err != nil {
			text += err.Error()
		}
		for _, written := range []string{text, s.out.String(), s.notices.String()} {
			if values.Visible(written) != written {
				t.Errorf("%s: hidden characters in %q", entry, written)
			}
		}
	}
}

func TestTabOffersNothingHidden(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ab\x1b]0;x\x07.pcap", "ab\u202e.pcap", "ab\n.pcap", "abé.pcap"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Skip("no such names here: ", err)
		}
	}
	s := inLab(t, "masquerade")
	s.enter(t, `t = {["a\x1b"]=1, ab=2} _G["gl\x1b"] = 1`)
	for entry, want := range map[string]string{
		`rdpcap("` + dir + `/ab`: dir + `/abé.pcap"`,
		"t.a":                    "ab",
		"gl":                     "",
	} {
		candidates, _, _ := s.Complete(entry)
		if got := strings.Join(candidates, " "); got != want {
			t.Errorf("%s: got %q, want %q", entry, got, want)
		}
	}
}

func TestAnErrorFromTheNetworkIsVisible(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `p = IP/"\x1b]0;owned\x07"`)
	_, _, err := s.Eval(context.Background(), "prompt", `error("got " .. p.load .. ' "x"')`)
	if want := `prompt:1: got \x1b]0;owned\x07 "x"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
