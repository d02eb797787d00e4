package craft_test

import (
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// formatted are the packets of the samples below.
func formatted() map[string]*craft.Packet {
	ip := func(pairs ...any) *craft.Layer {
		return layers.IP.New(append([]any{"src", "10.0.0.1", "dst", "10.0.0.2"}, pairs...)...)
	}
	ether := func() *craft.Layer { return layers.Ether.New("src", "00:01:02:03:04:05", "dst", "06:07:08:09:0a:0b") }
	all := map[string]*craft.Packet{
		"tcp":    craft.Stack(ip(), layers.TCP.New("dport", 80, "flags", "SA"), craft.Raw.New("load", "hello")),
		"tunnel": craft.Stack(ether(), ip(), layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), layers.UDP.New(), craft.Raw.New("load", "x")),
		"icmp":   craft.Stack(ip(), layers.ICMP.New("type", 3, "code", 3)),
		"arp":    craft.Stack(ether(), layers.ARP.New("psrc", "1.2.3.4", "pdst", "1.2.3.5")),
	}
	for _, p := range all {
		p.Time = time.Date(2009, 2, 13, 23, 31, 30, 123456000, time.Local)
	}
	return all
}

// TestSprintfIsScapys compares with what scapy 2.5.0 writes.
func TestSprintfIsScapys(t *testing.T) {
	cases := []struct{ packet, format, want string }{
		{"tcp", "%IP.src% > %IP.dst%", "10.0.0.1 > 10.0.0.2"},
		{"tcp", "%TCP.flags%", "SA"},
		{"tcp", "%-10s,IP.src%|", "10.0.0.1  |"},
		{"tcp", "%10s,IP.src%|", "  10.0.0.1|"},
		{"tcp", "%10.5s,IP.src%|", "     10.0.|"},
		{"tcp", "%.3s,IP.src%", "10."},
		{"tcp", "%-5sr,TCP.dport%|", "80   |"},
		{"tcp", "%5sr,IP.ttl%|", "   64|"},
		{"tcp", "%-5dr,IP.ttl%|", "64   |"},
		{"tcp", "%05dr,IP.ttl%|", "00064|"},
		{"tcp", "%+dr,IP.ttl%|", "+64|"},
		{"tcp", "% dr,IP.ttl%|", " 64|"},
		{"tcp", "%ir,IP.ttl% %ur,IP.ttl%", "64 64"},
		{"tcp", "%Xr,IP.ttl% %or,IP.ttl% %cr,IP.ttl%", "40 100 @"},
		{"tcp", "%-10xr,IP.ttl%|", "40        |"},
		{"tcp", "%.2fr,IP.ttl% %er,IP.ttl% %08.3fr,IP.ttl%", "64.00 6.400000e+01 0064.000"},
		{"tcp", "%#4xr,IP.ttl%", "0x40"},
		{"tcp", "%03xr,IP.proto% %03xr,TCP.dport%", "006 050"},
		{"tcp", "%IP.ttl% %IP.tos% %r,IP.tos%", "64 0x0 0"},
		{"tcp", "%IP.proto% %r,IP.proto% %-6s,IP.proto%|", "tcp 6 tcp   |"},
		{"tcp", "%IP:1.dst% %IP:2.dst%", "10.0.0.2 ??"},
		{"tcp", "%ICMP.type% %r,ICMP.type% %TCP.nosuch% %Foo.bar% %ip.src% %IP.SRC% %.len% %Ether.src%", "?? ?? ?? ?? ?? ?? ?? ??"},
		{"tcp", "%-5sr,UDP.dport%|", "??|"},
		{"tcp", "%src% %dport%", "10.0.0.1 80"},
		{"tcp", "%IP.chksum% %r,IP.chksum% %s,IP.chksum% %IP.len%", "None None None None"},
		{"tcp", "%.time% %time% %-17s,.time%|", "23:31:30.123456 23:31:30.123456 23:31:30.123456  |"},
		{"tcp", "%TCP.payload%;%Raw.payload%", "Raw;"},
		{"tcp", "%(x%) %% }", "{x} % }"},
		{"tcp", "{TCP:TCP %IP.ttl%}{UDP:UDP %UDP.dport%}", "TCP 64"},
		{"tcp", "{!TCP:no TCP}{!UDP:no UDP}{!!IP:x}", "no UDPx"},
		{"tcp", "{TCP:{IP:both %IP.src%}}", "both 10.0.0.1"},
		{"tcp", "a{IP:b{UDP:c}{TCP:d}e}f", "abdef"},
		{"tcp", "{IP:a%(b%)c}{TCP:%(in%)}", "a{b}c{in}"},
		{"tcp", "{IP:}}{ip:x}{IP :x}", "}"},
		{"tcp", "{IP:2:x}", "2:x"},
		{"tcp", "{TCP:a}:b", "a:b"},
		{"tcp", "%IP.src%%IP.dst%", "10.0.0.110.0.0.2"},
		{"tcp", "plain", "plain"},
		{"tcp", "%IP.flags%|", "|"},
		{"tunnel", "%IP.dst% %IP:2.dst% %IP:3.dst%", "10.0.0.2 2.2.2.2 ??"},
		{"tunnel", "%src%", "00:01:02:03:04:05"},
		{"tunnel", "%Ether.type% %r,Ether.type% %#xr,Ether.type%", "IPv4 2048 0x800"},
		{"tunnel", "%-15s,IP.src% %-15s,IP.dst% %5s,IP.proto%", "10.0.0.1        10.0.0.2        ipencap"},
		{"tunnel", "{UDP: %IP.ttl%}%TCP.dport%", " 64??"},
		{"tunnel", "{Ether:%Ether.dst%}", "06:07:08:09:0a:0b"},
		{"icmp", "%ICMP.type% %r,ICMP.type% %ICMP.code% %r,ICMP.code%", "dest-unreach 3 port-unreachable 3"},
		{"icmp", "%IP.payload%", "ICMP 10.0.0.1 > 10.0.0.2 dest-unreach port-unreachable"},
		{"arp", "%ARP.op% %r,ARP.op% %ARP.psrc% %IP.src%", "who-has 1 1.2.3.4 ??"},
		{"arp", "%Ether.type% %r,Ether.type%", "ARP 2054"},
		{"arp", "{!IP:a}{Raw:c}", "a"},
	}
	packets := formatted()
	for _, c := range cases {
		t.Run(c.packet+" "+c.format, func(t *testing.T) {
			if got, err := packets[c.packet].Sprintf(c.format); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// TestSprintfBesidesScapys are the places where this is not scapy: ports are numbers, bytes are quoted as Lua does, r
// gives a number for flags too, and a letter for numbers needs no r.
func TestSprintfBesidesScapys(t *testing.T) {
	cases := []struct{ packet, format, want string }{
		{"tcp", "%TCP.sport% %-5s,TCP.sport%|", "20 20   |"},
		{"tcp", "%r,TCP.flags% %#04xr,TCP.flags%", "18 0x12"},
		{"tcp", "%Raw.load% %r,Raw.load% %-7sr,Raw.load%|", `"hello" hello hello  |`},
		{"tcp", "%5d,IP.ttl%|%#x,IP.ttl%|%x,IP.chksum%", "   64|0x40|None"},
		{"tcp", "%IP.payload%", "TCP 10.0.0.1:20 > 10.0.0.2:80 SA / Raw"},
		{"tunnel", "%IP.payload%", "IP / UDP 1.1.1.1:53 > 2.2.2.2:53 / Raw"},
	}
	packets := formatted()
	for _, c := range cases {
		t.Run(c.packet+" "+c.format, func(t *testing.T) {
			if got, err := packets[c.packet].Sprintf(c.format); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
	if got, err := craft.Stack(layers.IP.New()).Sprintf("%time%"); err != nil || got != "??" {
		t.Errorf("the time of a packet that did not pass: %q, %v", got, err)
	}
}

func TestSprintfSaysWhatIsWrong(t *testing.T) {
	cases := []struct{ format, want string }{
		{"100%", `craft: format "100%": want a second % for the one at 4; a percent sign itself is %%`},
		{"%IP.src", `craft: format "%IP.src": want a second % for the one at 1; a percent sign itself is %%`},
		{"{", `craft: format "{": want {Layer:text} at 1; a brace itself is %(`},
		{"a{TCP}", `craft: format "a{TCP}": want {Layer:text} at 2; a brace itself is %(`},
		{"{TCP:", `craft: format "{TCP:": want a } for the { at 1`},
		{"{:x}", `craft: format "{:x}": want {Layer:text} at 1; a brace itself is %(`},
		{"%IP:x.ttl%", `craft: format "%IP:x.ttl%": %IP:x.ttl% at 1: want a number from 1 behind the colon, got "x"`},
		{"%IP..ttl%", `craft: format "%IP..ttl%": %IP..ttl% at 1: want [format[r],][Layer[:number].]field`},
		{"%zr,IP.ttl%", `craft: format "%zr,IP.ttl%": %zr,IP.ttl% at 1: want a format such as -15s, d or 04x, got "z"`},
		{"%5,IP.ttl%", `craft: format "%5,IP.ttl%": %5,IP.ttl% at 1: want a format such as -15s, d or 04x, got "5"`},
		{"%999999s,IP.ttl%", `craft: format "%999999s,IP.ttl%": %999999s,IP.ttl% at 1: want a width and a precision of at most 256, got "999999s"`},
		{"%d,IP.src%", `craft: format "%d,IP.src%": %d,IP.src% at 1: want the letter s: the field is a text`},
		{"%*d,IP.ttl%", `craft: format "%*d,IP.ttl%": %*d,IP.ttl% at 1: want a width and a precision of at most 256, got "*d"`},
	}
	for _, c := range cases {
		t.Run(c.format, func(t *testing.T) {
			if got, err := formatted()["tcp"].Sprintf(c.format); err == nil || err.Error() != c.want {
				t.Errorf("got %q, %v\nwant %s", got, err, c.want)
			}
		})
	}
	if _, err := formatted()["tcp"].Sprintf(strings.Repeat("{IP:", 1000) + strings.Repeat("}", 1000)); err == nil {
		t.Error("conditions nest without bound")
	}
}
