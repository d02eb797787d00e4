package lua_test

import "testing"

// TestTablesPrintWhatTheyHold holds that no table prints its address.
func TestTablesPrintWhatTheyHold(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"options", `print((IP/TCP{options={{"MSS",1460},{"NOP"},{"WScale",7},{254,"ab"}}})[TCP].options)`, `{{"MSS", 1460}, {"NOP"}, {"WScale", 7}, {254, "ab"}}`},
		{"among other values", `print(1, TCP{options={{"MSS",1460}}}.options, tostring(TCP{options={"NOP"}}.options))`, "1\t{{\"MSS\", 1460}}\t{{\"NOP\"}}"},
		{"one option", `print(TCP{options={{"MSS",1460}}}.options[1])`, `{"MSS", 1460}`},
		{"no options", `print(TCP{}.options)`, `{}`},
		{"numbers and names", `print(DHCP6OptOptReq{}.reqopts, (IP/GRE/IP):layers())`, "{23, 24}\t{\"IP\", \"GRE\", \"IP\"}"},
		{"walked", `for o in TCP{options={{"MSS",1460},{"NOP"}}}.options do print(o[1], o) end`, "MSS\t{\"MSS\", 1460}\nNOP\t{\"NOP\"}"},
		{"layers", `print(1, DNS{qd={DNSQR{qname="a.example"}}}.qd)`, "1\t{<DNSQR  qname=\"a.example.\" qtype=A qclass=IN |>}"},
		{"layers alone", `print(DNS{qd={DNSQR{qname="a.example"}, DNSQR}}.qd)`, "2 layers\n    1  DNSQR \"a.example.\"\n    2  DNSQR \"www.example.com.\""},
		{"the names of layers", `print((IP/TCP):layers())`, `{"IP", "TCP"}`},
		{"set again", `local p = TCP{options={{"MSS",1460},{"NOP"}}} local o = p.options o[1] = {"MSS", 536} p.options = o print(hex(p):sub(41))`, "0204021801000000"},
		{"a script's own table", `print({1, 2, 3}) print(1, {a=1, "x"}, {}) local t = {} t[1] = t print(t)`, "{1, 2, 3}\n1\t{\"x\", a=1}\t{}\n{{{{...}}}}"},
		{"a script's own table of packets", `print({IP{dst="10.0.0.1"}, {TCP{dport=80}}})`, `{<IP  dst=10.0.0.1 |>, {<TCP  dport=80 |>}}`},
		{"one that says its text", `print(setmetatable({1}, {__tostring=function() return "mine" end}))`, "mine"},
		{"a long one", `local t = {} for i = 1, 1000 do t[i] = i end print(t)`, "{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, ...}"},
		{"the text of a script's own table is as in Lua", `print((tostring({1}):gsub("0x.*", "")), type(TCP{}.options))`, "table: \ttable"},
	} {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

func TestTablesThatAreReadBeginAtOne(t *testing.T) {
	for _, place := range []string{"0", "-1"} {
		newShell(t, nil).check(t, `print(select(2, pcall(function() return (IP/TCP{options={{"MSS",1460}}})[TCP].options[`+place+`] end)))`,
			"test:1: lists begin at 1: list[1] is the first, list[#list] the last of 1 value; got ["+place+"]")
	}
	newShell(t, nil).check(t, `print(TCP{options={"NOP"}}.options[2], TCP{}.options.name)`, "nil\tnil")
}
