package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestFlagsAsScapySpellsThem holds p[TCP]:flag("SA") and p[TCP].flags.S.
func TestFlagsAsScapySpellsThem(t *testing.T) {
	for _, c := range []struct{ chunk, want string }{
		{`p[TCP]:flag("SA"), p[TCP]:flag("A"), p[TCP]:flag("SF"), p[TCP]:flag("F")`, "true\ttrue\tfalse\tfalse"},
		{`p[IP]:flag("DF"), p[IP]:flag("MF+DF"), p[IP]:flag("DF+evil")`, "true\ttrue\tfalse"},
		{`p[TCP].flags.S, p[TCP].flags.SA, p[TCP].flags.FA, p[TCP].flags.F, p[TCP].flags.FSRPAUECN`, "true\ttrue\tfalse\tfalse\tfalse"},
		{`p[IP].flags.DF, p[IP].flags.MF, p[IP].flags.evil`, "true\ttrue\tfalse"},
		{`p[TCP].flags["S"], p[IP].flags["MF+DF"]`, "true\ttrue"},
		{`TCP{flags=0}.flags.S, TCP{flags=""}.flags.FA, TCP{}.flags.S`, "false\tfalse\ttrue"},
		{`(IP/UDP/VXLAN)[VXLAN].flags.Instance, BOOTP{flags="B"}.flags.B, BOOTP{}.flags.B`, "true\ttrue\tfalse"},
		{`p[TCP].flags == "SA", #p[TCP].flags, p[TCP].flags:find("A"), p[TCP].flags .. "F"`, "true\t2\t2\tSAF"},
		{`Knock{how="loud"}.how.loud, Knock{how="loud"}.how.late, Knock{how=3}[Knock]:flag("loud+late")`, "true\tfalse\ttrue"},
		{`("abc").S, ("SA").foo, ("").x, ("hello world").A, rawget(string, "S")`, "nil\tnil\tnil\tnil\tnil"},
		{`("x"):rep(3), ("%d"):format(4), ("abc").upper("x")`, "xxx\t4\tX"},
		{`setmetatable({}, {__index=string}).S`, "nil"},
	} {
		s := newShell(t, nil)
		s.check(t, `protocol{name="Knock", fields={{"how", "flags", bits=8, flags={"loud", "late"}}}} local p = IP{flags="MF+DF"}/TCP{flags="SA"} print(`+c.chunk+`)`, c.want)
	}
	for chunk, want := range map[string]string{
		`(IP/TCP)[TCP]:flag("X")`:                    `TCP has no flag "X"; there are F, S, R, P, A, U, E, C, N`,
		`(IP/TCP)[TCP]:flag("")`:                     `TCP has no flag ""; there are F, S`,
		`(IP/TCP)[TCP]:flag()`:                       "bad argument #1 to 'flag' (string expected, got no value)",
		`(IP/TCP)[TCP]:flag({"S"})`:                  "bad argument #1 to 'flag' (string expected, got table)",
		`(IP/TCP)[TCP]:flag("S", "A")`:               "flag: want at most 1 argument, got 2",
		`(IP/UDP)[UDP]:flag("S")`:                    "UDP has no flags",
		`local x = (IP/TCP)[TCP].flags.X`:            `the flags "S" have no flag "X"; there are F, S, R, P, A, U, E, C, N`,
		`local x = IP{flags="DF"}.flags.S`:           `the flags "DF" have no flag "S"; there are MF, DF, evil`,
		`local p = IP/TCP p[TCP].flags.A = 1`:        `attempt to change a string value (key 'A'); flags are text and are set whole, as in p[TCP].flags = "SA"`,
		`local p = IP{flags="DF"} p.flags.MF = true`: `as in p[TCP].flags = "DF+MF"`,
		`("hello").x = 1`:                            "attempt to change a string value (key 'x')",
	} {
		_, err := newShell(t, nil).Run(context.Background(), "test", chunk)
		if err == nil || !strings.HasPrefix(err.Error(), "test:1: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}
