package iana

import "sync"

// PPPProtocols are the numbers of the protocols that PPP carries, as IANA has registered them.
func PPPProtocols() map[uint64]string { return pppProtocols() }

var pppProtocols = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0x01: "Padding Protocol", 0x03: "ROHC small-CID", 0x05: "ROHC large-CID", 0x21: "Internet Protocol version 4",
		0x23: "OSI Network Layer", 0x25: "Xerox NS IDP", 0x27: "DECnet Phase IV", 0x29: "Appletalk", 0x2b: "Novell IPX",
		0x2d: "Van Jacobson Compressed TCP/IP", 0x2f: "Van Jacobson Uncompressed TCP/IP", 0x31: "Bridging PDU",
		0x33: "Stream Protocol (ST-II)", 0x35: "Banyan Vines", 0x39: "AppleTalk EDDP", 0x3b: "AppleTalk SmartBuffered",
		0x3d: "Multi-Link", 0x3f: "NETBIOS Framing", 0x41: "Cisco Systems", 0x43: "Ascom Timeplex",
		0x45: "Fujitsu Link Backup and Load Balancing (LBLB)", 0x47: "DCA Remote Lan",
		0x49: "Serial Data Transport Protocol (PPP-SDTP)", 0x4b: "SNA over 802.2", 0x4d: "SNA", 0x4f: "IPv6 Header Compression",
		0x51: "KNX Bridging Data", 0x53: "Encryption", 0x55: "Individual Link Encryption", 0x57: "Internet Protocol version 6",
		0x59: "PPP Muxing", 0x5b: "Vendor-Specific Network Protocol (VSNP)", 0x61: "RTP IPHC Full Header",
		0x63: "RTP IPHC Compressed TCP", 0x65: "RTP IPHC Compressed Non TCP", 0x67: "RTP IPHC Compressed UDP 8",
		0x69: "RTP IPHC Compressed RTP 8", 0x6f: "Stampede Bridging", 0x73: "MP+ Protocol", 0xc1: "NTCITS IPI",
		0xfb: "single link compression in multilink", 0xfd: "compressed datagram", 0x201: "802.1d Hello Packets",
		0x203: "IBM Source Routing BPDU", 0x205: "DEC LANBridge100 Spanning Tree", 0x207: "Cisco Discovery Protocol",
		0x209: "Netcs Twin Routing", 0x20b: "STP - Scheduled Transfer Protocol", 0x20d: "EDP - Extreme Discovery Protocol",
		0x211: "Optical Supervisory Channel Protocol (OSCP)", 0x213: "Optical Supervisory Channel Protocol (OSCP)", 0x231: "Luxcom",
		0x233: "Sigma Network Systems", 0x235: "Apple Client Server Protocol", 0x281: "MPLS Unicast", 0x283: "MPLS Multicast",
		0x285: "IEEE p1284.4 standard - data packets", 0x287: "ETSI TETRA Network Protocol Type 1",
		0x289: "Multichannel Flow Treatment Protocol", 0x2063: "RTP IPHC Compressed TCP No Delta", 0x2065: "RTP IPHC Context State",
		0x2067: "RTP IPHC Compressed UDP 16", 0x2069: "RTP IPHC Compressed RTP 16", 0x4001: "Cray Communications Control Protocol",
		0x4003: "CDPD Mobile Network Registration Protocol", 0x4005: "Expand accelerator protocol", 0x4007: "ODSICP NCP",
		0x4009: "DOCSIS DLL", 0x400b: "Cetacean Network Detection Protocol", 0x4021: "Stacker LZS", 0x4023: "RefTek Protocol",
		0x4025: "Fibre Channel", 0x4027: "EMIT Protocols", 0x405b: "Vendor-Specific Protocol (VSP)",
		0x8021: "Internet Protocol Control Protocol", 0x8023: "OSI Network Layer Control Protocol",
		0x8025: "Xerox NS IDP Control Protocol", 0x8027: "DECnet Phase IV Control Protocol", 0x8029: "Appletalk Control Protocol",
		0x802b: "Novell IPX Control Protocol", 0x8031: "Bridging NCP", 0x8033: "Stream Protocol Control Protocol",
		0x8035: "Banyan Vines Control Protocol", 0x803d: "Multi-Link Control Protocol", 0x803f: "NETBIOS Framing Control Protocol",
		0x8041: "Cisco Systems Control Protocol", 0x8043: "Ascom Timeplex", 0x8045: "Fujitsu LBLB Control Protocol",
		0x8047: "DCA Remote Lan Network Control Protocol (RLNCP)", 0x8049: "Serial Data Control Protocol (PPP-SDCP)",
		0x804b: "SNA over 802.2 Control Protocol", 0x804d: "SNA Control Protocol",
		0x804f: "IPv6 Header Compression Control Protocol", 0x8051: "KNX Bridging Control Protocol",
		0x8053: "Encryption Control Protocol", 0x8055: "Individual Link Encryption Control Protocol",
		0x8057: "IPv6 Control Protocol", 0x8059: "PPP Muxing Control Protocol",
		0x805b: "Vendor-Specific Network Control Protocol (VSNCP)", 0x806f: "Stampede Bridging Control Protocol",
		0x8073: "MP+ Control Protocol", 0x80c1: "NTCITS IPI Control Protocol",
		0x80fb: "single link compression in multilink control", 0x80fd: "Compression Control Protocol",
		0x8207: "Cisco Discovery Protocol Control", 0x8209: "Netcs Twin Routing", 0x820b: "STP - Control Protocol",
		0x820d: "EDPCP - Extreme Discovery Protocol Control Protocol", 0x8235: "Apple Client Server Protocol Control",
		0x8281: "MPLSCP", 0x8285: "IEEE p1284.4 standard", 0x8287: "ETSI TETRA TNP1 Control Protocol",
		0x8289: "Multichannel Flow Treatment Protocol", 0xc021: "Link Control Protocol", 0xc023: "Password Authentication Protocol",
		0xc025: "Link Quality Report", 0xc027: "Shiva Password Authentication Protocol", 0xc029: "CallBack Control Protocol (CBCP)",
		0xc02b: "BACP Bandwidth Allocation Control Protocol", 0xc02d: "BAP",
		0xc05b: "Vendor-Specific Authentication Protocol (VSAP)", 0xc081: "Container Control Protocol",
		0xc223: "Challenge Handshake Authentication Protocol", 0xc225: "RSA Authentication Protocol",
		0xc227: "Extensible Authentication Protocol", 0xc229: "Mitsubishi Security Info Exch Protocol (SIEP)",
		0xc26f: "Stampede Bridging Authorization Protocol", 0xc281: "Proprietary Authentication Protocol",
		0xc283: "Proprietary Authentication Protocol", 0xc481: "Proprietary Node ID Authentication Protocol",
	}
})
