package lua_test

import (
	"context"
	"strings"
	"testing"
)

// everything is a chunk that calls every function with one and with two of many values, reads, sets and calls what the values
// have, and returns the errors that are no script's fault.
const everything = `
local function fresh()
	local p = IP{dst="192.168.11.2"}/TCP{dport=80, options={{"MSS",1460}}}/"x"
	local d = IP/UDP/DNS{qd={DNSQR{qname="a.b"}, DNSQR{}}}
	return {nil, true, -1, 0/0, 2^53, "", "10.0.0.1", "%s%d", {}, {{}}, {a=1}, TCP, dissect("",IP), dissect("E\1\2",IP), p, raw"x",
		range(1,2), {80, range(1,3)}, setmetatable({}, {__index=function() error("i") end, __tostring=function() error("t") end}),
		p[TCP], d[DNS].qd, d, coroutine.create(function() end), IP{dst="10.0.0.0/30"}/TCP{dport={1,2}}, fuzz(IP/TCP), "\0\255", {IP/TCP, 5}}
end
local many, faults = 27, {}
local function try(name, f, ...)
	local ok, thrown = pcall(f, ...)
	if not ok then
		local told, text = pcall(tostring, thrown)
		if told and (text:find("internal fault", 1, true) or text:find("runtime error", 1, true)) then faults[#faults+1] = name .. ": " .. text end
	end
end
-- these wait, or print what is tried elsewhere
local skipped = {_G=true, run=true, ls=true, help=true, rfc=true, sleep=true, sniff=true, dial=true, sr=true, sr1=true, send=true}
local functions = {}
for name, v in pairs(_G) do
	if type(v) == "function" and not skipped[name] then functions[name] = v end
	if type(v) == "table" and not skipped[name] then
		for inner, f in pairs(v) do if type(f) == "function" then functions[name .. "." .. inner] = f end end
	end
end
for name, f in pairs(functions) do
	try(name, f)
	for i = 1, many do
		try(name, f, fresh()[i])
		local values = fresh()
		try(name, f, values[i], values[(i * #name) % many + 1])
	end
end
local members = {"summary", "show", "show2", "sprintf", "json", "hexdump", "command", "copy", "refresh", "layers", "append", "remove", "replace", "each",
	"has", "layer", "flag", "name", "payload", "src", "dst", "options", "chksum", "time", "wire", "fields", "qd", "ttl"}
for i = 1, many do
	for _, m in ipairs(members) do
		try("reading " .. m, function() return fresh()[i][m] end)
		for j = 1 + (i + #m) % 2, many, 2 do
			local v = fresh()
			try("setting " .. m, function()
				v[i][m] = v[j]
				return tostring(v[i]), v[i]:summary() .. v[i]:show{dump=true} .. v[i]:command() .. v[i]:json(), bytes(v[i])
			end)
			v = fresh()
			try("calling " .. m, function() return v[i][m](v[i], v[j]) end)
		end
	end
	for j = 1, many do
		local v = fresh()
		try("stacking", function() local p = v[i] / v[j] return #p, tostring(p), bytes(p) end)
		try("an index", function() v[i][v[j]] = v[(i + j) % many + 1] return v[i][v[j]] end)
	end
end
return table.concat(faults, "\n")`

// TestNoCallIsAFault looks for panics of ours: whatever a script passes, what is wrong is said in our words.
func TestNoCallIsAFault(t *testing.T) {
	s := inLab(t, "vmnat")
	values, err := s.Run(context.Background(), "test", everything)
	if err != nil {
		t.Fatal(err)
	}
	if faults := strings.Join(values, "\n"); faults != "" {
		t.Error(faults)
	}
}
