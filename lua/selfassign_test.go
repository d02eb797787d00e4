package lua_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// selfAssign is Lua that assigns fields to themselves: same(p, layers) those of all layers of a packet and of the packets that stand in
// them; every(make, name, f, values) one field of a packet, with each of the values.
const selfAssign = `
local function stays(p, layers, whole, before)
	for _, one in ipairs(layers) do
		for _, f in ipairs(one.fields) do
			local v = p:layer(one.name, one.nth)[f]
			if v ~= nil then
				local ok, why = pcall(function() p:layer(one.name, one.nth)[f] = v end)
				if not ok then return one.name .. "." .. f .. " does not take its own value: " .. why end
				if bytes(whole) ~= before then return one.name .. "." .. f .. ": " .. hex(before) .. " is now " .. hex(whole) end
			end
		end
		for f, inside in pairs(one.inside) do
			local v = p:layer(one.name, one.nth)[f]
			for i, layers in ipairs(inside) do
				local wrong = stays(type(v) == "table" and v[i] or v, layers, whole, before)
				if wrong then return wrong end
			end
		end
	end
end
function same(p, layers) print(stays(p, layers, p, bytes(p)) or "the same") end
function every(make, name, f, values)
	for _, v in ipairs(values) do
		local p = make()
		if pcall(function() p[name][f] = v end) and p[name][f] ~= nil then
			local wrong = stays(p, {{name=name, nth=1, fields={f}, inside={}}}, p, bytes(p))
			if wrong then return print(wrong) end
		end
	end
	print("the same")
end`

// stacked is the layers of a packet and their fields as selfAssign takes them.
func stacked(p *craft.Packet) string {
	var b strings.Builder
	seen := map[craft.Name]int{}
	for _, l := range p.Layers() {
		seen[l.Name()]++
		if craft.Lookup(l.Name()) == nil {
			continue // decoded by gopacket, not to be changed
		}
		fmt.Fprintf(&b, "{name=%q, nth=%d, fields={", l.Name(), seen[l.Name()])
		inside := ""
		for _, field := range l.Fields() {
			fmt.Fprintf(&b, "%q, ", field)
			if packets := l.Value(field).Packets(); len(packets) > 0 {
				inside += field + "={"
				for _, q := range packets {
					inside += stacked(q) + ", "
				}
				inside += "}, "
			}
		}
		b.WriteString("}, inside={" + inside + "}}, ")
	}
	return "{" + b.String() + "}"
}

// damaged are the bytes of a packet as they are, and some cut short and with bytes that are wrong.
func damaged(wire []byte, r *rand.Rand) [][]byte {
	list, copies := [][]byte{wire}, 1
	if os.Getenv("MOONWIRE_LONG") != "" {
		copies = 20
	}
	for range min(copies, len(wire)) {
		b := bytes.Clone(wire)
		b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		list = append(list, b[:1+r.IntN(len(b))], b)
	}
	return list
}

// TestReadPacketsAssignedToThemselvesStay is p[X].f = p[X].f for all fields of the golden vectors, and of the packets that stand in
// those fields.
func TestReadPacketsAssignedToThemselvesStay(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, selfAssign, "")
	files, err := filepath.Glob(filepath.Join(vectorFiles, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	random := rand.New(rand.NewPCG(7, 7))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rows []struct {
			Wire  string
			First craft.Name
		}
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, r := range rows {
			wire, err := hex.DecodeString(r.Wire)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range damaged(wire, random) {
				if p := craft.Dissect(b, r.First); len(p.Layers()) > 0 && craft.Lookup(r.First) != nil {
					s.check(t, fmt.Sprintf("same(dissect(%s, %s), %s)", values.Quote(b), r.First, stacked(p)), "the same")
				}
			}
		}
	}
}

// TestFieldsAssignedToThemselvesStay gives every field of fixed width, of every protocol in each of its shapes, values that use all
// of its bits, and assigns it to itself.
func TestFieldsAssignedToThemselvesStay(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, selfAssign, "")
	for _, p := range craft.Protocols() {
		seen := map[string]bool{}
		for _, shape := range shapesOf(p) {
			for _, f := range p.Fields() {
				key := f.Name + " of " + strings.Join(shape.Fields(), " ")
				if f.Bits == 0 || !shape.Has(f.Name) || seen[key] {
					continue
				}
				seen[key] = true
				made := craft.Stack(shape).Command()
				s.check(t, fmt.Sprintf("every(function() return %s end, %q, %q, {%s})", made, p.Name(), f.Name, literals(f.Bits)), "the same")
			}
		}
	}
}

// shapesOf are layers with every small setting of a field that decides a shape.
func shapesOf(p *craft.Protocol) []*craft.Layer {
	all := []*craft.Layer{craft.NewLayer(p)}
	for _, key := range p.ShapeFields() {
		for v := range uint64(256) {
			if l := craft.NewLayer(p); l.SetUint(key, v) == nil {
				all = append(all, l)
			}
		}
	}
	return all
}

// literals are values for a field of a width: numbers, and bytes where there are too many bits. With MOONWIRE_LONG each bit has its turn
// alone, otherwise the first and the last.
func literals(bits int) string {
	var list []string
	add := func(bit func(i int) bool) {
		b, n := make([]byte, (bits+7)/8), uint64(0)
		for i := range bits {
			if bit(i) {
				b[len(b)-1-i/8] |= 1 << (i % 8)
				n |= 1 << i
			}
		}
		if bits > 64 {
			list = append(list, "raw"+values.Quote(b))
		} else {
			list = append(list, values.Literal(n))
		}
		if bits == 64 {
			list = append(list, "raw"+values.Quote(b))
		}
	}
	add(func(int) bool { return false })
	add(func(int) bool { return true })
	for one := range min(bits, 64) {
		if inTurn := one == 0 || one == bits-1 || one == 63; inTurn || os.Getenv("MOONWIRE_LONG") != "" {
			add(func(i int) bool { return i == one })
		}
	}
	for step := 2; step < 5; step++ {
		add(func(i int) bool { return i*i/step%3 == 1 })
	}
	return strings.Join(list, ", ")
}
