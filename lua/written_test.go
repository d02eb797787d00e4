package lua_test

import "testing"

// TestTablesThatAreReadPrintWhatTheyHold holds that no table of ours prints its address.
func TestTablesThatAreReadPrintWhatTheyHold(t *testing.T) {
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
		{"a script's own table is as in Lua", `print((tostring({1}):gsub("0x.*", "")), type(TCP{}.options))`, "table: \ttable"},
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
