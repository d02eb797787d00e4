package lua_test

import "testing"

func TestLoopsWalkWhatTheyAreGiven(t *testing.T) {
	newShell(t, nil).check(t, `
for q in (IP{dst="10.0.0.0/31"}/TCP{dport=80}):each() do print(q) end
local function f(x) return x end
for w in (f('a')..f('b')):gmatch('.') do print(w) end
for i, v in ipairs{"x", "y"} do
  for k in pairs{z=1} do print(i, v, k) end
  if i == 1 then print("first") else break end
end
local function count() return function(n, i) if i < n then return i + 1 end end, 3, 0 end
for i in count() do print(i, (function() for j in count() do if j == 2 then return j end end end)()) end`,
		`<IP  proto=tcp dst=10.0.0.0 |<TCP  dport=80 |>>
<IP  proto=tcp dst=10.0.0.1 |<TCP  dport=80 |>>
a
b
1	x	z
first
2	y	z
1	2
2	2
3	2`)
}

func TestHexEscapesAreRead(t *testing.T) {
	newShell(t, nil).check(t, `
print(hex("\x41\x00\xfF"), hex('\\x41'), hex("\"\x42"), hex([[\x41]]), #"\xzz") --[[ "\x41 ]] print("\x43") -- "\x44`,
		"4100ff\t5c783431\t2242\t5c783431\t3\nC")
}
