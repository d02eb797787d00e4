package lua_test

import "testing"

// Fields of application protocols as scripts write and read them.
func TestApplications(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"NTP's times", `local n = NTP{sent="3903705244.0105", delay=1.5} print(n.sent, n.delay, n.sent - n.orig) n.sent = n.sent print(n.sent)`,
			"3903705244.0105\t1.5\t3903705244.0105\n3903705244.0105"},
		{"a TFTP request", `local p = TFTP{}/TFTP_RRQ{filename="boot"}/TFTP_Options{options={TFTP_Option{oname="blksize", value="1400"}}}
			print(p[TFTP].op, p[TFTP_RRQ].mode, p[TFTP_Options].options[1].oname, p[TFTP_Option].value)`, "1\toctet\tblksize\t1400"},
		{"SCTP's lists", `local p = SCTPChunkSACK{gap_ack_list={"2:3", "5:6"}, dup_tsn_list={7}} print(#p.gap_ack_list, p.gap_ack_list[2], p.dup_tsn_list[1])`, "2\t5:6\t7"},
		{"SCTP's parameters", `local p = SCTP{}/SCTPChunkInit{params={SCTPChunkParamIPv4Addr{addr="1.2.3.4"}}}
			p[SCTPChunkInit].params[1].addr = "5.6.7.8" print(p[SCTPChunkParamIPv4Addr].addr, hex(p):sub(-8))`, "5.6.7.8\t05060708"},
		{"VRRP's addresses", `print(VRRP{addrlist={"1.2.3.4", "5.6.7.8"}}.addrlist[2])`, "5.6.7.8"},
		{"what an SNMP message asks", `local p = SNMP{PDU=SNMPget{id=7, varbindlist={SNMPvarbind{oid="1.3.6.1.2.1.1.3.0"}}}}
			print(p.PDU.id, p[SNMPget].id, p.PDU.varbindlist[1].oid, p[SNMPvarbind].value[1])`, "7\t7\t1.3.6.1.2.1.1.3.0\tNULL"},
		{"SNMP's values", `local v = SNMPvarbind{value="text"} print(v.value) v.value = -5 print(v.value) v.value = ASN1_TIME_TICKS(100) print(v.value[1], v.value[2])
			v.value = v.value print(hex(v)) v.value = {"OID", "1.3.6"} print(v.value[2]) v.value = ASN1_NULL(0) print(v.value[1])`,
			"text\n-5\nTIME_TICKS\t100\n300606012b430164\n1.3.6\nNULL"},
		{"a change inside an SNMP message", `local p = SNMP{} p.PDU.id = -3 print(p.PDU.id, hex(p):sub(-26))`, "-3\ta00b0201fd0201000201003000"},
		{"an HTTP request", `local p = HTTPRequest{Host="a", User_Agent="x", Unknown_Headers={["X-B"]="1", ["X-A"]="2"}} print(bytes(p)) print(p.Host, p.Accept, p.Unknown_Headers[2][1])`,
			"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\nX-A: 2\r\nX-B: 1\r\n\r\n\na\tnil\tX-B"},
		{"an HTTP head from the wire", `local p = dissect("GET / HTTP/1.1\r\nhost: z\r\nX: 1\r\n\r\nbody", HTTP) local h = p[HTTPRequest]
			h.Accept = "*/*" h.Host = "new" print(bytes(p)) h.Host = nil print(#h.headers, h.headers[2][1], p[Raw].load)`,
			"GET / HTTP/1.1\r\nhost: new\r\nX: 1\r\nAccept: */*\r\n\r\nbody\n2\tAccept\tbody"},
		{"a TLS ClientHello", `local p = TLS{msg={TLSClientHello{ciphers={0x1301, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, ext={
				TLS_Ext_ServerName{servernames={ServerName{servername="a.b"}}}, TLS_Ext_ALPN{protocols={ProtocolName{protocol="h2"}}}}}}}
			local q = dissect(bytes(TCP/p), TCP) local h = q[TLSClientHello]
			print(q[ServerName].servername, q[ProtocolName].protocol, h.ciphers[2], h:name("ciphers"), #h.ext) h.ext[1].servernames[1].servername = "longer" print(q[TLS].len, q[ServerName].servername)
			print(#bytes(q) - 20 - 5 == dissect(bytes(q), TCP)[TLS].len)`,
			"a.b\th2\t49199\t{\"TLS_AES_128_GCM_SHA256\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"}\t2\nnil\tlonger\ntrue"},
		{"parts of what gopacket decodes", `local p = dissect(unhex("020000000002020000000001" .. "88cc" .. "020704020000000001" .. "0403056530" .. "06020078" .. "0a027377" .. "0000"), Ether)
			print(p["LinkLayerDiscovery"].chassisid.subtype, hex(p["LinkLayerDiscovery"].chassisid.id), p["LinkLayerDiscovery"].values[1].value, p["LinkLayerDiscoveryInfo"].sysname)`,
			"4\t020000000001\tsw\tsw"},
		{"sets of HTTP requests", `local t = {} for p in (HTTPRequest{Path={"/a","/b"}, Host={"x","y"}}):each() do t[#t+1] = p.Path .. p.Host end print(table.concat(t, " "))`, "/ax /bx /ay /by"},
		{"TCP options as scapy has them", `print(TCP{options={{"TFO","cookie"}, {"MD5","short"}, {"AO",1,2,"abc"}}}:command())`,
			`TCP{options={{"TFO","cookie"},{"MD5","short\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},{"AO",1,2,"abc"}}}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

func TestValuesOfASN1AreRefusedByName(t *testing.T) {
	s := newShell(t, nil)
	s.check(t, `print(select(2, pcall(ASN1_OID, "x")))`, `test:1: ASN1_OID: want an object identifier such as 1.3.6.1, got "x"`)
}

func TestListingOfWhatGopacketDecodes(t *testing.T) {
	newShell(t, nil).contains(t, `local p = dissect(unhex("020000000002020000000001" .. "88cc" .. "020704020000000001" .. "0403056530" .. "06020078" .. "0a027377" .. "0000"), Ether)
ls(p["LinkLayerDiscovery"])`, "ttl        : number                     = 120")
}
