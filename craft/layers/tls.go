package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Transport Layer Security, as far as it can be read without keys: RFC 8446, RFC 5246. A record is the layer TLS; the
// messages in it are its msg, and the record behind it is the next layer.
const (
	// TLS is one record.
	TLS craft.Name = "TLS"
	// TLSHandshake is a handshake message without a table.
	TLSHandshake craft.Name = "TLSHandshake"
	// TLSAlert is an alert that is not encrypted.
	TLSAlert craft.Name = "TLSAlert"
	// TLSChangeCipherSpec says that what follows is encrypted.
	TLSChangeCipherSpec craft.Name = "TLSChangeCipherSpec"
	// TLSApplicationData is what is encrypted, or in the clear before keys are agreed on.
	TLSApplicationData craft.Name = "TLSApplicationData"
)

// Types of records.
const tlsCipherSpec, tlsAlert, tlsHandshake, tlsData = 20, 21, 22, 23

// Types of handshake messages that have a table.
const tlsClientHello, tlsServerHello = 1, 2

// tlsHeader is the length of a record's header, and maxRecord what a record may hold: RFC 5246, section 6.2.3. maxMessage is more
// than any certificate chain has.
const tlsHeader, maxRecord, maxMessage = 5, 1<<14 + 2048, 1 << 18

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLS, Doc: "a record of Transport Layer Security, RFC 8446, section 5.1",
		Fields: []craft.Field{
			{Name: "type", Kind: craft.Enum, Bits: 8, Computed: &craft.Computation{What: craft.ByLayout, State: true}, Names: iana.TLSContents(), Doc: "what the record holds, by its first message"},
			{Name: "version", Kind: craft.Enum, Bits: 16, Default: 0x0303, Hex: true, Names: iana.TLSVersions(), Doc: "TLS version of the record"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Measures("msg")},
			{Name: "msg", Kind: craft.Packets, Part: tlsMessages(), Doc: "the messages: TLSClientHello, TLSAlert, ..."},
		},
		Binds: []craft.Binding{craft.Over(TCP, "dport", 443), craft.ReadOver(TCP, "sport", 443)},
		Hooks: craft.Hooks{
			Accepts: isTLS,
			GuessPayload: func(_ *craft.Layer, b []byte) craft.Name {
				if isTLS(b) {
					return TLS
				}
				return craft.Raw
			},
			Derive: func(b *craft.Builder, i int, hdr, _ []byte, _ uint64) error {
				hdr[0] = tlsType(b.Layer(i))
				return nil
			},
			Summary: tlsSummary,
		},
	}
})

// isTLS reports whether bytes begin like a record.
func isTLS(b []byte) bool {
	return len(b) >= tlsHeader && b[0] >= tlsCipherSpec && b[0] <= 24 && b[1] == 3 && b[2] <= 4 && binary.BigEndian.Uint16(b[3:]) <= maxRecord
}

// tlsType is the type of the record: the one set, that of the messages it was given, or what its bytes look like.
func tlsType(l *craft.Layer) byte {
	if n := byte(l.Uint("type")); n != 0 || l.IsSet("type") {
		return n
	}
	switch b := l.PartBytes("msg"); {
	case len(b) == 2 && (b[0] == 1 || b[0] == 2):
		return tlsAlert
	case len(b) == 1 && b[0] == 1:
		return tlsCipherSpec
	case len(b) > 0 && tlsMessage(tlsHandshake, b) == craft.Raw:
		return tlsData
	}
	return tlsHandshake
}

// tlsContent is the type of record that holds a message.
func tlsContent(name craft.Name) byte {
	switch name {
	case TLSAlert:
		return tlsAlert
	case TLSChangeCipherSpec:
		return tlsCipherSpec
	case TLSApplicationData:
		return tlsData
	case TLSClientHello, TLSServerHello, TLSHandshake:
		return tlsHandshake
	}
	return 0
}

// tlsMessages are the messages of a record. A record that is given messages notes their type, as bytes alone would not
// tell it; a type that was set stays.
var tlsMessages = sync.OnceValue(func() *craft.Part {
	return func() *craft.Part {
		p := *craft.PacketList(func(l *craft.Layer, b []byte) craft.Name { return tlsMessage(tlsType(l), b) })
		build := p.Encode
		p.Encode = func(l *craft.Layer, v any) ([]byte, error) {
			b, err := build(l, v)
			if err == nil && !l.IsSet("type") {
				l.Suggest("type", uint64(tlsContent(firstName(v))))
			}
			return b, err
		}
		return &p
	}()
})

// firstName is the protocol of the first of some packets; "" when there is none.
func firstName(v any) craft.Name {
	switch v := v.(type) {
	case *craft.Layer:
		return v.Name()
	case *craft.Packet:
		if len(v.Layers()) > 0 {
			return v.Layers()[0].Name()
		}
	case []*craft.Packet:
		if len(v) > 0 {
			return firstName(v[0])
		}
	case []any:
		if len(v) > 0 {
			return firstName(v[0])
		}
	}
	return ""
}

// tlsSummary names the message, and the server that a ClientHello asks for.
func tlsSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	text := "TLS " + l.Text("type")
	for _, p := range l.Value("msg").Packets() {
		m := p.Layers()[0]
		if m.Has("msgtype") && m.Name() != TLSChangeCipherSpec {
			text += " " + m.Text("msgtype")
		}
		if m.Name() == TLSAlert {
			text += " " + m.Text("level") + " " + m.Text("descr")
		}
		if name := p.Layer(ServerName); name != nil {
			text += " " + name.Text("servername")
		}
	}
	return text
}

var _ = define(func() craft.Spec {
	return becomes(craft.Spec{
		Name: TLSHandshake, Doc: "a handshake message of TLS, RFC 8446, section 4",
		Fields: []craft.Field{
			{Name: "msgtype", Kind: craft.Enum, Bits: 8, Default: 20, Names: iana.TLSMessages(), Doc: "type of the message"},
			{Name: "msglen", Kind: craft.Number, Bits: 24, Computed: craft.Measures("data")},
			{Name: "data", Kind: craft.Bytes, Doc: "the message"},
		},
	}, func(_ *craft.Layer, b []byte) craft.Name { return tlsMessage(tlsHandshake, b) })
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLSAlert, Doc: "an alert of TLS, RFC 8446, section 6",
		Fields: []craft.Field{
			{Name: "level", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{1: "warning", 2: "fatal"}, Doc: "whether the connection ends"},
			{Name: "descr", Kind: craft.Enum, Bits: 8, Names: iana.TLSAlerts(), Doc: "what went wrong"},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLSChangeCipherSpec, Doc: "what follows is encrypted, RFC 5246, section 7.1",
		Fields: []craft.Field{{Name: "msgtype", Kind: craft.Enum, Bits: 8, Default: 1, Names: map[uint64]string{1: "change_cipher_spec"}, Doc: "1"}},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLSApplicationData, Doc: "data of the application, mostly encrypted, RFC 8446, section 5.2",
		Fields: []craft.Field{{Name: "data", Kind: craft.Bytes, Doc: "the data"}},
	}
})

// tlsMessage names the message that begins with b in a record of the given type. A handshake message that is encrypted, or
// the rest of one that began in another record, is bytes; a hello is read as far as it goes.
func tlsMessage(content byte, b []byte) craft.Name {
	switch {
	case content == tlsAlert && len(b) == 2:
		return TLSAlert
	case content == tlsCipherSpec && len(b) == 1:
		return TLSChangeCipherSpec
	case content == tlsData:
		return TLSApplicationData
	case content != tlsHandshake || len(b) < 4:
		return craft.Raw
	case b[0] == tlsClientHello && len(b) > 4 && b[1] == 0 && b[4] == 3:
		return TLSClientHello
	case b[0] == tlsServerHello && len(b) > 4 && b[1] == 0 && b[4] == 3:
		return TLSServerHello
	case messageLength(b) <= len(b)-4 && plainHandshake(b):
		return TLSHandshake
	}
	return craft.Raw
}

// messageLength is how much stands behind the type and the length of a handshake message.
func messageLength(b []byte) int { return int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }

// plainHandshake reports whether bytes are handshake messages to their end, the last of which may go on in another record. An
// encrypted message may begin like one: with eight zeros, the explicit part of a first nonce (RFC 5288, section 3).
func plainHandshake(b []byte) bool {
	for len(b) > 0 {
		if iana.TLSMessages()[uint64(b[0])] == "" {
			return false
		}
		if len(b) < 4 {
			return true
		}
		n := messageLength(b)
		if n > len(b)-4 {
			return n <= maxMessage
		}
		b = b[4+n:]
	}
	return true
}
