package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// list is a list of layers for a field.
func list(layers ...*craft.Layer) []*craft.Packet {
	var packets []*craft.Packet
	for _, l := range layers {
		packets = append(packets, craft.Stack(l))
	}
	return packets
}

var goldenSCTP = []goldenPacket{
	{"SCTP", stack(layers.SCTP.New()), "0000000000000000 5db5602b"},
	{"SCTP data", stack(layers.SCTPChunkData.New("data", "a", "tsn", 1, "stream_id", 2, "stream_seq", 3, "proto_id", 46, "beginning", 1, "ending", 1)),
		"0003001100000001000200030000002e61000000"},
	{"SCTP data and SACK", stack(layers.SCTP.New("sport", 1, "dport", 2, "tag", 3), layers.SCTPChunkData.New("data", "abc", "beginning", 1),
		layers.SCTPChunkSACK.New("cumul_tsn_ack", 5, "gap_ack_list", "2:3", "dup_tsn_list", []any{7, 8})),
		"0001000200000003bc36fa5400020013000000000000000000000000616263000300001c000000050000000000010002000200030000000700000008"},
	{"SCTP SACK with two gaps", stack(layers.SCTPChunkSACK.New("gap_ack_list", []any{"2:3", "5:6"}, "dup_tsn_list", 7)),
		"0300001c000000000000000000020001000200030005000600000007"},
	{"SCTP INIT", stack(layers.SCTP.New("sport", 1, "dport", 2), layers.SCTPChunkInit.New("init_tag", 1, "a_rwnd", 2, "n_out_streams", 3, "n_in_streams", 4, "init_tsn", 5,
		"params", list(layers.SCTPChunkParamIPv4Addr.New("addr", "1.2.3.4"), layers.SCTPChunkParamHostname.New("hostname", "a"), layers.SCTPChunkParamSupportedAddrTypes.New()))),
		"0001000200000000b0f1c7c60100002a000000010000000200030004000000050005000801020304000b000561000000000c000600050000"},
	{"SCTP INIT alone", stack(layers.SCTPChunkInit.New()), "0100001400000000000000000000000000000000"},
	{"SCTP INIT ACK", stack(layers.SCTPChunkInitAck.New("params", list(layers.SCTPChunkParamStateCookie.New("cookie", "abcde")))),
		"0200001d00000000000000000000000000000000000700096162636465000000"},
	{"SCTP heartbeat", stack(layers.SCTPChunkHeartbeatReq.New("params", list(layers.SCTPChunkParamHeartbeatInfo.New("data", "abc")))), "0400000b0001000761626300"},
	{"SCTP heartbeat answer", stack(layers.SCTPChunkHeartbeatAck.New()), "05000004"},
	{"SCTP ABORT", stack(layers.SCTPChunkAbort.New("TCB", 1, "error_causes", "\x00\x01\x00\x05x")), "060100090001000578000000"},
	{"SCTP SHUTDOWN", stack(layers.SCTPChunkShutdown.New()), "0700000800000000"},
	{"SCTP SHUTDOWN ACK", stack(layers.SCTPChunkShutdownAck.New()), "08000004"},
	{"SCTP ERROR", stack(layers.SCTPChunkError.New("error_causes", "ab")), "0900000661620000"},
	{"SCTP COOKIE ECHO", stack(layers.SCTPChunkCookieEcho.New("cookie", "abc")), "0a00000761626300"},
	{"SCTP COOKIE ACK", stack(layers.SCTPChunkCookieAck.New()), "0b000004"},
	{"SCTP SHUTDOWN COMPLETE", stack(layers.SCTPChunkShutdownComplete.New()), "0e000004"},
	{"SCTP AUTH", stack(layers.SCTPChunkAuthentication.New("shared_key_id", 1, "HMAC_function", 1, "HMAC", "abcde")), "0f00000d000100016162636465000000"},
	{"SCTP ASCONF", stack(layers.SCTPChunkAddressConf.New("seq", 1, "params", list(layers.SCTPChunkParamAddIPAddr.New("addr", "1.2.3.4")))),
		"c100001800000001c0010010000000000005000801020304"},
	{"SCTP ASCONF ACK", stack(layers.SCTPChunkAddressConfAck.New()), "8000000800000000"},
	{"SCTP parameter: IPv6", stack(layers.SCTPChunkParamIPv6Addr.New()), "0006001400000000000000000000000000000001"},
	{"SCTP parameter: add IPv6", stack(layers.SCTPChunkParamAddIPAddr.New("addr_type", 6, "addr", "::1")), "c001001c000000000006001400000000000000000000000000000001"},
	{"SCTP parameter: remove", stack(layers.SCTPChunkParamDelIPAddr.New()), "c002001000000000000500087f000001"},
	{"SCTP parameter: primary", stack(layers.SCTPChunkParamSetPrimaryAddr.New()), "c004001000000000000500087f000001"},
	{"SCTP parameter: failure", stack(layers.SCTPChunkParamErrorIndication.New("error_causes", "a")), "c00300090000000061000000"},
	{"SCTP parameter: success", stack(layers.SCTPChunkParamSuccessIndication.New()), "c005000800000000"},
	{"SCTP parameter: adaptation", stack(layers.SCTPChunkParamAdaptationLayer.New()), "c006000800000000"},
	{"SCTP parameter: chunk list", stack(layers.SCTPChunkParamChunkList.New("chunk_list", []any{1, 2, 3})), "8003000701020300"},
	{"SCTP parameter: digests", stack(layers.SCTPChunkParamRequestedHMACFunctions.New("HMAC_functions_list", []any{1, 3, 2})), "8004000a0001000300020000"},
	{"SCTP parameter: extensions", stack(layers.SCTPChunkParamSupportedExtensions.New()), "800800070fc18000"},
	{"SCTP parameter: random", stack(layers.SCTPChunkParamRandom.New("random", "abc")), "8002000761626300"},
	{"SCTP parameter: ECN", stack(layers.SCTPChunkParamECNCapable.New()), "80000004"},
	{"SCTP parameter: FORWARD TSN", stack(layers.SCTPChunkParamFwdTSN.New()), "c0000004"},
	{"SCTP parameter: not understood", stack(layers.SCTPChunkParamUnrecognizedParam.New("param", "abc")), "0008000761626300"},
	{"SCTP parameter: cookie time", stack(layers.SCTPChunkParamCookiePreservative.New()), "0009000800000000"},
}

func TestSCTPChunksFollowOneAnother(t *testing.T) {
	head := "000100020000000300000000"
	cases := []struct{ name, wire, want string }{
		{"data and SACK", "00020013000000000000000000000000616263000300001000000005" + "0000000000000000", "SCTP 1 > 2 / SCTPChunkData / SCTPChunkSACK"},
		{"padding that is not zero", "0002001100000000000000000000000061010203" + "0b000004", "SCTP 1 > 2 / SCTPChunkData / SCTPChunkCookieAck"},
		{"padding that is missing", "0a000005ff", "SCTP 1 > 2 / SCTPChunkCookieEcho"},
		{"padding cut short", "0a000005ff00", "SCTP 1 > 2 / SCTPChunkCookieEcho"},
		{"FORWARD TSN", "c000000800000007" + "0b000004", "SCTP 1 > 2 / SCTPChunk / SCTPChunkCookieAck"},
		{"length below the header", "0002000100000000000000000000000061626364", "SCTP 1 > 2 / SCTPChunkData [malformed: the lengths before data leave -15 bytes for it] / SCTPChunk [truncated: data of 25440 bytes, 0 are here]"},
		{"length beyond the packet", "0a000020ff", "SCTP 1 > 2 / SCTPChunkCookieEcho [truncated: cookie of 28 bytes, 1 are here]"},
		{"rest of a chunk header", "0b00", "SCTP 1 > 2 / Raw"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, head+c.wire)
			p := craft.Dissect(wire, layers.SCTP)
			if got := p.Summary(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestSCTPPaddingFollowsANewLength(t *testing.T) {
	p := craft.Dissect(crafttest.Unhex(t, "0a000005ff010203"), layers.SCTPChunkCookieEcho)
	l := p.Layers()[0]
	if err := l.Set("cookie", "ab"); err != nil {
		t.Fatal(err)
	}
	l.Refresh()
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := "0a00000661620000"; string(wire) != string(crafttest.Unhex(t, want)) {
		t.Errorf("got %x, want %s", wire, want)
	}
}

// TestSCTPChunksOfAnotherLength: a chunk whose length is not that of its fields has its bytes, and the next one is read.
func TestSCTPChunksOfAnotherLength(t *testing.T) {
	for _, c := range []struct{ chunk, want string }{
		{"07000008 00000001", "SCTPChunkShutdown/SCTPChunkCookieAck"},
		{"07000004", "SCTPChunk/SCTPChunkCookieAck"},
		{"0700000c 00000001 0b000004", "SCTPChunk/SCTPChunkCookieAck"},
		{"0b000008 0b000004", "SCTPChunk/SCTPChunkCookieAck"},
		{"00030008 00000001", "SCTPChunk/SCTPChunkCookieAck"},
		{"01000008 00000001", "SCTPChunk/SCTPChunkCookieAck"},
		{"c1000004", "SCTPChunk/SCTPChunkCookieAck"},
		{"00030011 00000001 00000000 00000000 61000000", "SCTPChunkData/SCTPChunkCookieAck"},
	} {
		wire := crafttest.Unhex(t, "0001000200000000deadbeef"+c.chunk+"0b000004")
		p := craft.Dissect(wire, layers.SCTP)
		if got := layerNames(p); got != "SCTP/"+c.want {
			t.Errorf("%s: got %s, want %s", c.chunk, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// TestSCTPParametersOfAnotherLength: a parameter whose length is not that of its fields has its bytes, and the next one is read.
func TestSCTPParametersOfAnotherLength(t *testing.T) {
	const next = ", SCTPChunkParamFwdTSN{type=49152}}"
	for _, c := range []struct{ param, want string }{
		{"0005 0006 0102 0000", `{SCTPChunkParam{type=5, data="\x01\x02"}`},
		{"0005 0008 01020304", `{SCTPChunkParamIPv4Addr{type=5, addr="1.2.3.4"}`},
		{"0006 0008 01020304", `{SCTPChunkParam{type=6, data="\x01\x02\x03\x04"}`},
		{"0009 0004", `{SCTPChunkParam{type=9}`},
		{"8000 0008 01020304", `{SCTPChunkParam{type=32768, data="\x01\x02\x03\x04"}`},
		{"c006 0004", `{SCTPChunkParam{type=49158}`},
		{"c001 0010 00000001 0005 0008 01020304", `{SCTPChunkParamAddIPAddr{type=49153, correlation_id=1, addr_type=5, addr="1.2.3.4"}`},
		{"c001 000c 00000001 0005 0004", `{SCTPChunkParam{type=49153, data="\x00\x00\x00\x01\x00\x05\x00\x04"}`},
		{"c001 0010 00000001 0006 0008 01020304", `{SCTPChunkParam{type=49153, data="\x00\x00\x00\x01\x00\x06\x00\x08\x01\x02\x03\x04"}`},
		{"c001 001c 00000001 0006 0014 20010db8000000000000000000000009", `{SCTPChunkParamAddIPAddr{type=49153, correlation_id=1, addr_type=6, addr="2001:db8::9"}`},
	} {
		params := crafttest.Unhex(t, c.param+"c000 0004")
		wire := crafttest.Build(t, craft.Stack(layers.SCTPChunkInit.New("params", craft.Verbatim(params))))
		p := craft.Dissect(wire, layers.SCTPChunkInit)
		if got := p.Layers()[0].Text("params"); got != c.want+next {
			t.Errorf("%s: got %s, want %s", c.param, got, c.want+next)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

func TestSCTPParametersAreLayers(t *testing.T) {
	wire := crafttest.Unhex(t, "0100002c00000000000000000000000000000000 00630007aabbcc00 0005000801020304 000b000561000000")
	p := craft.Dissect(wire, layers.SCTPChunkInit)
	want := `{SCTPChunkParam{type=99, data="\xaa\xbb\xcc"}, SCTPChunkParamIPv4Addr{type=5, addr="1.2.3.4"}, SCTPChunkParamHostname{type=11, hostname="a"}}`
	if got := p.Layers()[0].Text("params"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	v, err := p.Layers()[0].Get("params")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Packets()[1].Layers()[0].Set("addr", "9.9.9.9"); err != nil {
		t.Fatal(err)
	}
	if wire, err = craft.Build(p, nil); err != nil || string(wire[32:36]) != "\x09\x09\x09\x09" {
		t.Errorf("a change to a parameter: % x, %v", wire, err)
	}
	if err := v.Packets()[2].Layers()[0].Set("hostname", "longer"); err != nil {
		t.Fatal(err)
	}
	if wire, err = craft.Build(p, nil); err != nil || wire[3] != 0x2e || string(wire[36:]) != "\x00\x0b\x00\x0alonger\x00\x00" {
		t.Errorf("a longer parameter, and a chunk that follows: % x, %v", wire, err)
	}
}

func TestSCTPMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{[]any{"1:2", "3"}, `SCTPChunkSACK.gap_ack_list: element 2: want a block such as "2:3", got 3`},
		{"1:2:3", `SCTPChunkSACK.gap_ack_list: element 1: want a block such as "2:3", got 1:2:3`},
		{"1:70000", `SCTPChunkSACK.gap_ack_list: element 1: want a block such as "2:3", got 1:70000`},
	} {
		if err := layers.SCTPChunkSACK.New().Set("gap_ack_list", c.value); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestSCTPAnswers(t *testing.T) {
	q := craft.Stack(layers.SCTP.New("sport", 1, "dport", 2), layers.SCTPChunkInit.New("init_tag", 77))
	answer := func(tag int, chunks ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{layers.SCTP.New("sport", 2, "dport", 1, "tag", tag)}, chunks...)...)
	}
	for _, c := range []struct {
		name string
		r    *craft.Packet
		want bool
	}{
		{"an INIT ACK", answer(77, layers.SCTPChunkInitAck.New()), true},
		{"an INIT ACK with another tag", answer(78, layers.SCTPChunkInitAck.New()), false},
		{"an ABORT", answer(77, layers.SCTPChunkAbort.New("TCB", 1)), true},
		{"a SACK", answer(77, layers.SCTPChunkSACK.New()), false},
		{"a SACK and an INIT ACK", answer(77, layers.SCTPChunkSACK.New(), layers.SCTPChunkInitAck.New()), true},
		{"the same ports", craft.Stack(layers.SCTP.New("sport", 1, "dport", 2, "tag", 77), layers.SCTPChunkInitAck.New()), false},
		{"no chunk", answer(0), true},
	} {
		if got := craft.Answers(c.r, q); got != c.want {
			t.Errorf("%s: %v, %s", c.name, got, craft.Why(c.r, q))
		}
	}
}
