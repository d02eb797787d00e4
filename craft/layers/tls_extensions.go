package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// The extensions of TLS: elements of a hello's ext.
const (
	// TLSExtServerName is the name of the server that is wanted, RFC 6066, section 3.
	TLSExtServerName craft.Name = "TLS_Ext_ServerName"
	// ServerName is one name: an element of servernames.
	ServerName craft.Name = "ServerName"
	// TLSExtSupportedGroups are groups for the key exchange, RFC 8446, section 4.2.7.
	TLSExtSupportedGroups craft.Name = "TLS_Ext_SupportedGroups"
	// TLSExtSupportedPointFormat are forms of points, RFC 8422, section 5.1.2.
	TLSExtSupportedPointFormat craft.Name = "TLS_Ext_SupportedPointFormat"
	// TLSExtSignatureAlgorithms are signatures that are understood, RFC 8446, section 4.2.3.
	TLSExtSignatureAlgorithms craft.Name = "TLS_Ext_SignatureAlgorithms"
	// TLSExtALPN are the protocols to speak inside, RFC 7301.
	TLSExtALPN craft.Name = "TLS_Ext_ALPN"
	// ProtocolName is one protocol: an element of protocols.
	ProtocolName craft.Name = "ProtocolName"
	// TLSExtPadding is filling, RFC 7685.
	TLSExtPadding craft.Name = "TLS_Ext_Padding"
	// TLSExtEncryptThenMAC changes the order of encryption and signature, RFC 7366.
	TLSExtEncryptThenMAC craft.Name = "TLS_Ext_EncryptThenMAC"
	// TLSExtExtendedMasterSecret binds keys to the handshake, RFC 7627.
	TLSExtExtendedMasterSecret craft.Name = "TLS_Ext_ExtendedMasterSecret"
	// TLSExtSessionTicket goes on with an earlier session, RFC 5077.
	TLSExtSessionTicket craft.Name = "TLS_Ext_SessionTicket"
	// TLSExtSupportedVersionCH are the versions that a client speaks, RFC 8446, section 4.2.1.
	TLSExtSupportedVersionCH craft.Name = "TLS_Ext_SupportedVersion_CH"
	// TLSExtSupportedVersionSH is the version that the server chose.
	TLSExtSupportedVersionSH craft.Name = "TLS_Ext_SupportedVersion_SH"
	// TLSExtPSKKeyExchangeModes is how shared keys may be used, RFC 8446, section 4.2.9.
	TLSExtPSKKeyExchangeModes craft.Name = "TLS_Ext_PSKKeyExchangeModes"
	// TLSExtKeyShareCH are the client's halves of key exchanges, RFC 8446, section 4.2.8.
	TLSExtKeyShareCH craft.Name = "TLS_Ext_KeyShare_CH"
	// TLSExtKeyShareSH is the server's half.
	TLSExtKeyShareSH craft.Name = "TLS_Ext_KeyShare_SH"
	// KeyShareEntry is one half of a key exchange: an element of client_shares.
	KeyShareEntry craft.Name = "KeyShareEntry"
	// TLSExtRenegotiationInfo guards a second handshake, RFC 5746.
	TLSExtRenegotiationInfo craft.Name = "TLS_Ext_RenegotiationInfo"
	// TLSExtUnknown is any other extension, or one whose lengths do not fit, with its bytes.
	TLSExtUnknown craft.Name = "TLS_Ext_Unknown"
)

// tlsExtension names the extension that begins with b in a hello. One whose own lengths do not fit is none that is known, so
// that those behind it are found all the same.
func tlsExtension(l *craft.Layer, b []byte) craft.Name {
	if len(b) < 4 {
		return craft.Raw
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n > len(b)-4 {
		return TLSExtUnknown
	}
	content := b[4 : 4+n]
	for _, e := range tlsExtensions() {
		if e.typ == binary.BigEndian.Uint16(b) && (e.in == "" || l != nil && e.in == l.Name()) && e.fits(content) {
			return e.name
		}
	}
	return TLSExtUnknown
}

// A tlsRow is a known extension: the hello that it stands in, "" for both, and whether a content may be its own.
type tlsRow struct {
	typ  uint16
	name craft.Name
	in   craft.Name
	fits func(content []byte) bool
}

var tlsExtensions = sync.OnceValue(func() []tlsRow {
	return []tlsRow{
		{0, TLSExtServerName, "", func(b []byte) bool { return len(b) == 0 || behindLength(2, 0)(b) }},
		{10, TLSExtSupportedGroups, "", behindLength(2, 0)},
		{11, TLSExtSupportedPointFormat, "", behindLength(1, 0)},
		{13, TLSExtSignatureAlgorithms, "", behindLength(2, 0)},
		{16, TLSExtALPN, "", behindLength(2, 0)},
		{21, TLSExtPadding, "", func([]byte) bool { return true }},
		{22, TLSExtEncryptThenMAC, "", ofLength(0)},
		{23, TLSExtExtendedMasterSecret, "", ofLength(0)},
		{35, TLSExtSessionTicket, "", func([]byte) bool { return true }},
		{43, TLSExtSupportedVersionCH, TLSClientHello, behindLength(1, 0)},
		{43, TLSExtSupportedVersionSH, TLSServerHello, ofLength(2)},
		{45, TLSExtPSKKeyExchangeModes, "", behindLength(1, 0)},
		{51, TLSExtKeyShareCH, TLSClientHello, behindLength(2, 0)},
		{51, TLSExtKeyShareSH, TLSServerHello, behindLength(2, 2)},
		{65281, TLSExtRenegotiationInfo, "", behindLength(1, 0)},
	}
})

func ofLength(n int) func([]byte) bool { return func(b []byte) bool { return len(b) == n } }

// behindLength is a content that ends where a length of so many bytes at that place says.
func behindLength(width, at int) func([]byte) bool {
	return func(b []byte) bool {
		if len(b) < at+width {
			return false
		}
		n := 0
		for _, c := range b[at : at+width] {
			n = n<<8 | int(c)
		}
		return n == len(b)-at-width
	}
}

// tlsExt is an extension: its type, its length and its content, with the lengths inside it.
func tlsExt(name craft.Name, typ uint64, doc string, content ...craft.Field) craft.Spec {
	return craft.Spec{
		Name: name, Families: []craft.Name{"TLS_Ext"}, Doc: doc,
		Fields: append([]craft.Field{
			{Name: "type", Kind: craft.Enum, Bits: 16, Default: typ, Names: iana.TLSExtensions(), Doc: "type of the extension"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind)},
		}, content...),
	}
}

// tlsList is a list of numbers behind its length.
func tlsList(length string, bits int, list string, width int, names map[uint64]string, doc string, def ...byte) []craft.Field {
	return []craft.Field{
		{Name: length, Kind: craft.Number, Bits: bits, Computed: craft.Measures(list)},
		{Name: list, Kind: craft.Values, Names: names, Part: craft.NamedItemList(width, names), Initial: def, Doc: doc},
	}
}

// tlsPackets is a list of layers behind its length in two bytes.
func tlsPackets(length, list string, of craft.Name, doc string) []craft.Field {
	return []craft.Field{
		{Name: length, Kind: craft.Number, Bits: 16, Computed: craft.Measures(list)},
		{Name: list, Kind: craft.Packets, Of: of, Doc: doc},
	}
}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		tlsExt(TLSExtServerName, 0, "the name of the wanted server (SNI), RFC 6066, section 3", []craft.Field{
			optionalLength("servernameslen", "servernames", func(l *craft.Layer) int { return int(l.Uint("len")) }),
			{Name: "servernames", Kind: craft.Packets, Of: ServerName, Length: &craft.Measure{Field: "servernameslen"}, Doc: "the names: ServerName"},
		}...),
		{
			Name: ServerName, Doc: "a name of a server, RFC 6066, section 3",
			Fields: []craft.Field{
				{Name: "nametype", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "host_name"}, Doc: "0"},
				{Name: "namelen", Kind: craft.Number, Bits: 16, Computed: craft.Measures("servername")},
				{Name: "servername", Kind: craft.Text, Part: craft.PlainText(), Doc: "the name"},
			},
		},
		tlsExt(TLSExtSupportedGroups, 10, "groups for the key exchange, RFC 8446, section 4.2.7", tlsList("groupslen", 16, "groups", 2, iana.TLSGroups(), "the groups, the best first")...),
		tlsExt(TLSExtSupportedPointFormat, 11, "forms of points, RFC 8422, section 5.1.2", tlsList("ecpllen", 8, "ecpl", 1,
			map[uint64]string{0: "uncompressed", 1: "ansiX962_compressed_prime", 2: "ansiX962_compressed_char2"}, "the forms", 0)...),
		tlsExt(TLSExtSignatureAlgorithms, 13, "signatures that are understood, RFC 8446, section 4.2.3", tlsList("sig_algs_len", 16, "sig_algs", 2, iana.TLSSignatures(), "the algorithms, the best first")...),
		tlsExt(TLSExtALPN, 16, "protocols to speak inside, RFC 7301", tlsPackets("protocolslen", "protocols", ProtocolName, "the protocols, the best first: ProtocolName")...),
		{
			Name: ProtocolName, Doc: "a protocol to speak inside TLS, RFC 7301",
			Fields: []craft.Field{
				{Name: "len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("protocol")},
				{Name: "protocol", Kind: craft.Text, Part: craft.PlainText(), Doc: "the name: h2, http/1.1"},
			},
		},
		tlsExt(TLSExtPadding, 21, "filling, RFC 7685", craft.Field{Name: "padding", Kind: craft.Bytes, Doc: "zeros"}),
		tlsExt(TLSExtEncryptThenMAC, 22, "encryption before signature, RFC 7366"),
		tlsExt(TLSExtExtendedMasterSecret, 23, "keys that are bound to the handshake, RFC 7627"),
		tlsExt(TLSExtSessionTicket, 35, "an earlier session to go on with, RFC 5077", craft.Field{Name: "ticket", Kind: craft.Bytes, Doc: "the ticket"}),
		tlsExt(TLSExtSupportedVersionCH, 43, "versions that the client speaks, RFC 8446, section 4.2.1", tlsList("versionslen", 8, "versions", 2, iana.TLSVersions(), "the versions, the best first")...),
		tlsExt(TLSExtSupportedVersionSH, 43, "the version that the server chose, RFC 8446, section 4.2.1",
			craft.Field{Name: "version", Kind: craft.Enum, Bits: 16, Hex: true, Names: iana.TLSVersions(), Doc: "the version"}),
		tlsExt(TLSExtPSKKeyExchangeModes, 45, "how shared keys may be used, RFC 8446, section 4.2.9", tlsList("kxmodeslen", 8, "kxmodes", 1,
			map[uint64]string{0: "psk_ke", 1: "psk_dhe_ke"}, "the modes")...),
		tlsExt(TLSExtKeyShareCH, 51, "the client's halves of key exchanges, RFC 8446, section 4.2.8", tlsPackets("client_shares_len", "client_shares", KeyShareEntry, "the halves: KeyShareEntry")...),
		tlsExt(TLSExtKeyShareSH, 51, "the server's half of the key exchange, RFC 8446, section 4.2.8", []craft.Field{
			{Name: "server_share", Kind: craft.Packets, Single: true, Of: KeyShareEntry, Doc: "the half: KeyShareEntry"},
		}...),
		{
			Name: KeyShareEntry, Doc: "a half of a key exchange, RFC 8446, section 4.2.8",
			Fields: []craft.Field{
				{Name: "group", Kind: craft.Enum, Bits: 16, Names: iana.TLSGroups(), Doc: "the group"},
				{Name: "kxlen", Kind: craft.Number, Bits: 16, Computed: craft.Measures("key_exchange")},
				{Name: "key_exchange", Kind: craft.Bytes, Doc: "the public key"},
			},
		},
		tlsExt(TLSExtRenegotiationInfo, 65281, "guard of a second handshake, RFC 5746", []craft.Field{
			{Name: "reneg_conn_len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("renegotiated_connection")},
			{Name: "renegotiated_connection", Kind: craft.Bytes, Doc: "what the first handshake ended with"},
		}...),
		becomes(tlsExt(TLSExtUnknown, 0, "an extension of another type, RFC 8446, section 4.2", craft.Field{Name: "val", Kind: craft.Bytes, Doc: "the content"}), tlsExtension),
	}
})
