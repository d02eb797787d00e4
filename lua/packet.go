package lua

import (
	"errors"
	"fmt"
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// construct is IP{dst="..."}: a packet of one layer.
func (s *State) construct(l *glua.LState) int {
	proto := of[*craft.Protocol](l, 1, "protocol")
	p := s.table.NewPacket(proto)
	layer := p.Layers()[0]
	if n := binding.Given(s.vm, l, 2); n > 2 {
		l.RaiseError("%s: want one table of fields, as %[1]s{...}, got %d arguments", proto.Name(), n-1)
	}
	switch arg := l.Get(2).(type) {
	case *glua.LNilType:
	case *glua.LTable:
		if err := s.fill(layer, arg); err != nil {
			s.fail(l, err)
		}
	case glua.LString: // IP(bytes), as scapy reads them; of none it is the default
		if arg == "" {
			break
		}
		p = s.table.Dissect(frame(l, string(proto.Name()), string(arg)), proto.Name())
	default:
		l.RaiseError("%s: want fields in braces, as %s{...}, or bytes to read, got %s", proto.Name(), proto.Name(), vm.KindOf(arg))
	}
	l.Push(s.packetValue(p))
	return 1
}

// maxFrame is how many bytes are read as a packet at most, four times what captures hold in one. Each byte may be a layer's option,
// which takes a hundred when it is looked at.
const maxFrame = 1 << 20

// frame is bytes to read as a packet; what is the function that does.
func frame(l *glua.LState, what, bytes string) []byte {
	if len(bytes) > maxFrame {
		l.RaiseError("%s: want at most %d bytes to read as a packet, got %d", what, maxFrame, len(bytes))
	}
	return []byte(bytes)
}

// fill sets the fields of a constructor's table. Fields that choose the layer's shape (ICMP's type) come first, since
// a Lua table has no order.
func (s *State) fill(layer *craft.Layer, fields *glua.LTable) error {
	shaping := layer.Protocol().ShapeFields()
	for _, name := range shaping {
		if v := fields.RawGetString(name); v != glua.LNil {
			if err := s.assign(layer, name, v); err != nil {
				return err
			}
		}
	}
	for k, v := fields.Next(glua.LNil); k != glua.LNil; k, v = fields.Next(k) {
		name, ok := k.(glua.LString)
		if !ok {
			return fmt.Errorf("%s: want field=value, got a value without a name (%s)", layer.Name(), binding.Brief(v))
		}
		if slices.Contains(shaping, string(name)) {
			continue
		}
		if err := s.assign(layer, string(name), v); err != nil {
			return err
		}
	}
	return nil
}

// assign sets or, with nil, clears one field. Strings and whole numbers, the usual values, go straight to the layer.
func (s *State) assign(layer *craft.Layer, name string, v glua.LValue) error {
	err := errors.ErrUnsupported // by the short ways
	switch v := v.(type) {
	case glua.LString:
		err = layer.SetText(name, string(v))
	case glua.LNumber:
		if n := uint64(v); v >= 0 && glua.LNumber(n) == v {
			err = layer.SetUint(name, n)
		}
	}
	if err != nil {
		return s.assignSlowly(layer, name, v, err)
	}
	return nil
}

// assignSlowly is assign for values that no short way takes; refused is what that way said.
func (s *State) assignSlowly(layer *craft.Layer, name string, v glua.LValue, refused error) error {
	if !layer.Protocol().Has(name) {
		return s.noField(layer, name)
	}
	switch v := v.(type) {
	case *glua.LNilType:
		return layer.Clear(name)
	case glua.LString:
		if ok, err := s.assignHost(layer, name, string(v)); ok {
			return err
		}
		return refused
	case glua.LNumber:
		if !errors.Is(refused, errors.ErrUnsupported) {
			return refused
		}
	}
	value, err := toField(layer.Protocol(), name, v)
	if err == nil {
		err = s.vm.Fits(weight(value))
	}
	if err != nil {
		return fmt.Errorf("%s.%s: %w", layer.Name(), name, err)
	}
	return layer.Set(name, value)
}

// weight is about how many bytes a value takes in a field: packets in packets double with each line of a script.
func weight(value any) (n int) {
	switch v := value.(type) {
	case string:
		return len(v)
	case *craft.Packet:
		return size(v)
	case []any:
		for _, item := range v {
			n += weight(item)
		}
	}
	return n
}

// noField says which fields there are and which one may be meant.
func (s *State) noField(layer *craft.Layer, name string) error {
	if _, err := layer.Get(name); err != nil {
		if layer.Protocol().Has(name) {
			return err // it is spelled well
		}
		return fmt.Errorf("%w%s", err, didYouMean(name, layer.Protocol().FieldNames()))
	}
	return layer.Set(name, 0) // it can be read: craft says why it cannot be set
}

// packetValue is a packet as scripts see it: its fields are read with the protocols that the session declared.
func (s *State) packetValue(p *craft.Packet) *glua.LUserData {
	return s.value(s.table.Adopt(p), s.types.packet)
}

// stack is a/b: a new packet with b's layers on a's.
func (s *State) stack(l *glua.LState) int {
	var sides [2]*craft.Packet
	for i := range sides {
		p, ok := packetOf(l.Get(i + 1))
		if !ok {
			s.vm.Arithmetic(l, i+1)
		}
		sides[i] = p
	}
	checkLayers(l, len(sides[0].Layers())+len(sides[1].Layers()))
	l.Push(s.packetValue(sides[0].Over(sides[1])))
	return 1
}

// maxLayers is how many layers a packet has at most: what is read from bytes has 66. A change of one may change all others, and
// packets that are put on themselves double with each line of a script.
const maxLayers = 1000

// checkLayers refuses a packet of n layers when that is too many.
func checkLayers(l *glua.LState, n int) {
	if n > maxLayers {
		l.RaiseError("want a packet of at most %d layers, got %d", maxLayers, n)
	}
}

// packetMethods are p:name(...). They work on a layer too, for the packet from there on.
var packetMethods = slices.Concat(printingMethods, lookingMethods, surgeryMethods, captureFields)

// lookingMethods show what a packet has, and copy it.
var lookingMethods = []method{
	{"layer", "p:layer(TCP, n)", "the n-th layer of a protocol (1), or nil", func(s *State, l *glua.LState) int {
		p := checkPacket(l, 1)
		name := s.layerName(l, p)
		return s.pushFound(l, p, name, p.Nth(name, layerNumber(l, 3)))
	}},
	{"layers", "p:layers()", "the names of its layers", func(s *State, l *glua.LState) int {
		t := s.lists.Written(l.NewTable())
		for _, layer := range checkPacket(l, 1).Layers() {
			t.Append(glua.LString(layer.Name()))
		}
		l.Push(t)
		return 1
	}},
	{"has", "p:has(TCP)", "whether it has a layer of a protocol", func(s *State, l *glua.LState) int {
		p := checkPacket(l, 1)
		l.Push(glua.LBool(p.Has(s.layerName(l, p))))
		return 1
	}},
	{"copy", "p:copy()", "another packet with the same fields", func(s *State, l *glua.LState) int {
		l.Push(s.packetValue(checkPacket(l, 1).Copy()))
		return 1
	}},
	{"refresh", "p:refresh()", "have lengths and checksums computed again; returns p", func(_ *State, l *glua.LState) int {
		p, first := checkPlace(l)
		p.RefreshFrom(first)
		return pushSelf(l)
	}},
	{"compress", "p:compress()", "a copy in which DNS names point to equal ones before them", func(s *State, l *glua.LState) int {
		l.Push(s.packetValue(layers.CompressDNS(checkPacket(l, 1))))
		return 1
	}},
	{"at", "p:at(i)", "packet i of those that a set stands for; beyond #p, sets begin again and random values are drawn on", packetAt},
	{"each", "for q in p:each{first=1, count=10} do", "walk the packets that a set stands for (all #p of them)", eachPacket},
}

// protocolName reads argument 2, which names a protocol: IP or "IP".
func protocolName(l *glua.LState) craft.Name {
	if name, ok := l.Get(2).(glua.LString); ok {
		return craft.Name(name)
	}
	ud, ok := l.Get(2).(*glua.LUserData)
	if ok {
		if p, ok := ud.Value.(*craft.Protocol); ok {
			return p.Name()
		}
	}
	l.RaiseError("want a protocol, as in p[TCP], or a field's name, got %s", vm.KindOf(l.Get(2)))
	return ""
}

// layerName is protocolName for looking in a packet: a name that no layer can have is an error.
func (s *State) layerName(l *glua.LState, p *craft.Packet) craft.Name {
	name := protocolName(l)
	if !s.table.Knows(name) && !p.Has(name) {
		near := suggestion(string(name), s.layerNames(p))
		if near == "" {
			near = "; p:layers() names those of the packet, ls() all"
		}
		l.RaiseError("no layer is called %q%s", string(name), near)
	}
	return name
}

// layerNames are the names that find a layer in a packet.
func (s *State) layerNames(p *craft.Packet) []string {
	names := s.table.Names()
	for _, family := range s.table.Families() {
		names = append(names, string(family))
	}
	for _, layer := range p.Layers() {
		names = append(names, string(layer.Name()))
	}
	return names
}

func pushString(l *glua.LState, s string) int {
	l.Push(glua.LString(s))
	return 1
}

// packetIndex is p[TCP], p.name and p:method.
func (s *State) packetIndex(l *glua.LState) int {
	p := of[*craft.Packet](l, 1, "packet")
	key, ok := l.Get(2).(glua.LString)
	if !ok {
		checkLayerKey(l)
		name := s.layerName(l, p)
		return s.pushFound(l, p, name, p.Layer(name))
	}
	if fn, ok := s.bound[string(key)]; ok {
		l.Push(fn)
		return 1
	}
	if v := s.captured(p, string(key)); v != nil {
		l.Push(v)
		return 1
	}
	layer, err := s.owner(p, string(key))
	if err != nil && key == "payload" {
		return s.payloadOf(l, p, 0)
	}
	if err != nil && s.isLayerName(p, key) {
		return s.pushFound(l, p, craft.Name(key), p.Layer(craft.Name(key)))
	}
	if err != nil {
		s.fail(l, err)
	}
	l.Push(s.read(layer, string(key)))
	return 1
}

// isLayerName reports whether p["TCP"] is meant: a name that a layer may have.
func (s *State) isLayerName(p *craft.Packet, key glua.LString) bool {
	return s.table.Knows(craft.Name(key)) || p.Has(craft.Name(key))
}

// checkLayerKey refuses p[1]: the layers have names.
func checkLayerKey(l *glua.LState) {
	if l.Get(2).Type() == glua.LTNumber {
		l.RaiseError("layers are found by name, not by number: p[TCP], the second one p:layer(IP, 2), what is above it p[IP].payload; p:layers() lists them")
	}
}

// owner is the only layer of a packet with a field of that name. Several are an error: which one is meant must be
// said, since the outermost one is a guess that is often wrong.
func (s *State) owner(p *craft.Packet, field string) (*craft.Layer, error) {
	var owner *craft.Layer
	for _, layer := range p.Layers() {
		if !layer.Has(field) {
			continue
		}
		if owner != nil {
			return nil, severalOwners(p, field, owner, layer)
		}
		owner = layer
	}
	if owner == nil {
		return nil, s.noSuchField(p, field)
	}
	return owner, nil
}

// mayHave is the only layer of a packet that has a field of that name in another shape, which setting it may give it; nil for none.
func mayHave(p *craft.Packet, field string) (one *craft.Layer) {
	for _, layer := range p.Layers() {
		if !layer.Protocol().Has(field) {
			continue
		}
		if one != nil {
			return nil
		}
		one = layer
	}
	return one
}

// severalOwners says which layers have the field, and how each is written.
func severalOwners(p *craft.Packet, field string, first, second *craft.Layer) error {
	both := fmt.Sprintf("both %s and %s", first.Name(), second.Name())
	if first.Name() == second.Name() {
		both = fmt.Sprintf("several layers %s", first.Name())
	}
	return fmt.Errorf("%q is a field of %s: say %s.%s or %s.%s", field, both, spelled(p, first), field, spelled(p, second), field)
}

// spelled is how one of a packet's layers is written.
func spelled(p *craft.Packet, layer *craft.Layer) string {
	n := 1
	for _, other := range p.Layers() {
		if other == layer {
			break
		}
		if other.Name() == layer.Name() {
			n++
		}
	}
	if n > 1 {
		return fmt.Sprintf("p:layer(%s, %d)", layer.Name(), n)
	}
	return fmt.Sprintf("p[%s]", layer.Name())
}

// noSuchField says that no layer has the field, and which one may be meant, or which layer.
func (s *State) noSuchField(p *craft.Packet, field string) error {
	names := methodNames(packetMethods)
	if field != "" && field[0] >= 'A' && field[0] <= 'Z' {
		names = append(names, s.layerNames(p)...)
	}
	for _, layer := range p.Layers() {
		if layer.Protocol().Has(field) {
			_, err := layer.Get(field)
			return err // it is in another shape of that layer
		}
		names = append(names, layer.Fields()...)
	}
	slices.Sort(names)
	if slices.ContainsFunc(packetMethods, func(m method) bool { return m.name == field && m.call != nil }) {
		return fmt.Errorf("%s is a method and cannot be set: p:%[1]s(...)", field)
	}
	if s.boundLayer[field] != nil && len(p.Layers()) > 0 {
		return fmt.Errorf("%s is a method of a layer: p[%s]:%[1]s(...)", field, p.Layers()[0].Name())
	}
	return fmt.Errorf("no field or method %q in %s%s", field, described(p), suggestion(field, names))
}

// described names a packet in errors: its summary.
func described(p *craft.Packet) string {
	if len(p.Layers()) == 0 {
		return "a packet without layers"
	}
	return p.Summary()
}

// packetSet is p.name = value, p[TCP] = q and p.payload = q.
func (s *State) packetSet(l *glua.LState) int {
	p := of[*craft.Packet](l, 1, "packet")
	name, ok := l.Get(2).(glua.LString)
	if !ok {
		checkLayerKey(l)
		return s.setLayer(l, p)
	}
	if s.setCaptured(l, p, string(name), l.Get(3)) {
		return 0
	}
	layer, err := s.owner(p, string(name))
	if err != nil {
		layer = mayHave(p, string(name))
	}
	switch {
	case layer != nil:
		err = s.assign(layer, string(name), l.Get(3))
	case name == "payload":
		return setPayload(l, p, 0)
	case s.isLayerName(p, name):
		return s.setLayer(l, p)
	}
	if err != nil {
		s.fail(l, err)
	}
	return 0
}

// same compares two packets. A packet that stands for many is only equal to one that is written the same; what counts
// otherwise, and of those whose values are drawn, is what they build to when no host is asked.
func same(a, b *craft.Packet) bool {
	if a.Command() == b.Command() {
		return !a.Draws() && !b.Draws() || sameBytes(a, b)
	}
	for _, p := range []*craft.Packet{a, b} {
		if n, err := p.Count(); n != 1 || err != nil {
			return false
		}
	}
	return sameBytes(a, b)
}

// sameBytes compares what two packets build to, or the first of those that they stand for.
func sameBytes(a, b *craft.Packet) bool {
	x, err := craft.Build(a, nil)
	if err != nil {
		return false
	}
	y, err := craft.Build(b, nil)
	return err == nil && string(x) == string(y)
}

// packetEqual is a == b.
func (s *State) packetEqual(l *glua.LState) int {
	a, b := s.legible(l, "==", 1), s.legible(l, "==", 2)
	l.Push(glua.LBool(same(a, b)))
	return 1
}

func (s *State) packetText(l *glua.LState) int {
	return pushString(l, s.legible(l, "tostring", 1).String())
}

// packetCount is #p: how many packets it stands for.
func (s *State) packetCount(l *glua.LState) int {
	n, err := of[*craft.Packet](l, 1, "packet").Count()
	if err != nil {
		s.fail(l, err)
	}
	l.Push(glua.LNumber(n))
	return 1
}

func protocolText(l *glua.LState) int {
	p := of[*craft.Protocol](l, 1, "protocol")
	return pushString(l, fmt.Sprintf("%s: %s", p.Name(), p.Doc()))
}
