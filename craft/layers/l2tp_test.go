package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

const offsetInBytes = "an offset of L2TP has as many bytes behind it as it says: RFC 2661, section 3.1; scapy writes and reads two"

var offsetOfL2TP = deviation{
	layer: layers.L2TP, why: offsetInBytes,
	mend: func(p plan, i int) {
		if n, ok := p[i].number("hdr"); ok && n&0x20 != 0 {
			p[i].put("hdr", "number", n&^0x20)
			p[i].drop("offset")
		}
	},
	plan: plan{{layers.L2TP, []setting{{field: "hdr", tag: "number", value: uint64(0x20)}}}},
}

// TestTheOffsetOfL2TPIsSkipped writes and reads offsets of any length.
func TestTheOffsetOfL2TPIsSkipped(t *testing.T) {
	for _, c := range []struct {
		l2tp *craft.Layer
		wire string
	}{
		{layers.L2TP.New("hdr", "offset"), "0202 0000 0000 0000"},
		{layers.L2TP.New("hdr", "offset", "offset", 3), "0202 0000 0000 0003 000000"},
		{layers.L2TP.New("hdr", "offset", "offset_pad", "abcd"), "0202 0000 0000 0004 61626364"},
	} {
		wire := crafttest.Unhex(t, c.wire+"ff030021"+"450000140001000040007ce77f0000017f000001")
		is(t, built(t, craft.Stack(c.l2tp, layers.HDLC.New(), layers.PPP.New("proto", craft.Verbatim("\x00\x21")), layers.IP.New())), hexText(wire))
		p := craft.Dissect(wire, layers.L2TP)
		if got := layerNames(p); got != "L2TP/HDLC/PPP/IP" {
			t.Errorf("%s: got %s", c.wire, got)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// TestPPPOptionsOfAnotherLength: an option whose length is not that of its fields has its bytes, and the next one is read.
func TestPPPOptionsOfAnotherLength(t *testing.T) {
	for _, c := range []struct {
		message craft.Name
		options string
		want    string
	}{
		{layers.PPPIPCP, "03040a00 810601020304", `{PPP_IPCP_Option{type=3, data="\n\x00"}, PPP_IPCP_Option_DNS1{type=129, data="1.2.3.4"}}`},
		{layers.PPPIPCP, "03070a00000163 0202", `{PPP_IPCP_Option_IPAddress{type=3, data="10.0.0.1", garbage="c"}, PPP_IPCP_Option{type=2}}`},
		{layers.PPPECP, "000401020103aa", `{PPP_ECP_Option{type=0, data="\x01\x02"}, PPP_ECP_Option{type=1, data="\xaa"}}`},
		{layers.PPPLCPConfigure, "0304c223 010405dc", `{PPP_LCP_Option{type=3, data="\xc2#"}, PPP_LCP_MRU_Option{type=1, max_recv_unit=1500}}`},
		{layers.PPPLCPConfigure, "0305c22305 0304c023", `{PPP_LCP_Auth_Protocol_Option{type=3, auth_protocol=49699, algorithm=5}, PPP_LCP_Auth_Protocol_Option{type=3, auth_protocol=49187}}`},
		{layers.PPPLCPConfigure, "0403c0 0d02 0702", `{PPP_LCP_Option{type=4, data="\xc0"}, PPP_LCP_Option{type=13}, PPP_LCP_Option{type=7}}`},
	} {
		wire := crafttest.Build(t, craft.Stack(c.message.New("options", craft.Verbatim(crafttest.Unhex(t, c.options)))))
		p := craft.Dissect(wire, c.message)
		if got := p.Layers()[0].Text("options"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.options, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}
