#!/usr/bin/python3
"""Writes the golden vectors of this directory: what scapy 2.5.0 builds for an expression, and what it reads from bytes.

Run it where scapy 2.5.0 is installed: /usr/bin/python3 vectors.py. One JSON file a family comes out, the same on every
machine: nothing is asked of the host, and an expression that would ask is refused. The tests need only the JSON; README.md
says what is in it.
"""

import json
import logging
import os
import sys
import uuid

logging.getLogger("scapy").setLevel(logging.ERROR)

import scapy  # noqa: E402
from scapy.all import *  # noqa: E402,F401,F403
from scapy.contrib.erspan import ERSPAN_II  # noqa: E402,F401
from scapy.contrib.geneve import GENEVE, GeneveOptions  # noqa: E402,F401
from scapy.contrib.igmp import IGMP  # noqa: E402,F401
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3gr, IGMPv3mq, IGMPv3mr  # noqa: E402,F401
from scapy.contrib.mpls import MPLS  # noqa: E402,F401
from scapy.fields import BCDFloatField  # noqa: E402
from scapy.layers.http import HTTP, HTTPRequest, HTTPResponse  # noqa: E402,F401
from scapy.layers.inet import TCPAOValue  # noqa: E402,F401

# The beginnings of most expressions. Addresses are the documentation's (RFC 5737, 3849) and locally administered MACs.
E = 'Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")'
I = 'IP(src="192.0.2.1", dst="198.51.100.2")'
X = 'IPv6(src="2001:db8::1", dst="2001:db8::2")'
L = 'IPv6(src="fe80::1", dst="fe80::2", hlim=255)'

# Why scapy's layers count only up to a point.
GIVES_UP = "scapy gives up on the whole message"
LATER = "later versions of scapy have a layer of its own for this"
SHAPE = "scapy reads TLS only when asked, as other layers"
FREE = "what a broken message is read as is not scapy's to say"

FAMILIES = {}


def family(name, *rows):
    """Adds vectors to a family. A row is (name, expression) or (name, expression, more); more holds "lua", the
    spelling here where Python's does not carry over; "first", what the bytes are read as where that is not what was
    built; "sure", how many of scapy's layers count where what follows is scapy's own way, and "why"; "exact", where scapy
    does not give its own bytes back although nothing in them is wrong."""
    FAMILIES.setdefault(name, []).extend((r[0], r[1], r[2] if len(r) > 2 else {}) for r in rows)


def wire(name, first, text, **more):
    """A row that is bytes only: nobody would write the expression."""
    return (name, None, dict(more, first=first, wire=text.replace(" ", "")))


# --- Ethernet and what replaces it -------------------------------------------------------------------------------------

family(
    "ether",
    ("defaults", 'Ether(dst="ff:ff:ff:ff:ff:ff", src="00:00:00:00:00:00")'),
    ("an unknown type with a payload", E[:-1] + ', type=0x88b5)/Raw(load=b"abc")'),
    ("broadcast", 'Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01")/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("IP", E + "/" + I + '/TCP(sport=1024, dport=22)'),
    ("IPv6", E + "/" + X + '/TCP(sport=1024, dport=22)'),
    ("the type is set against the payload", E[:-1] + ', type=0x86dd)/' + I + '/UDP(sport=7, dport=9)'),
    ("a trailer of zeros up to 60 bytes", E + "/" + I + '/UDP(sport=1, dport=2)/Padding(load=b"\\x00"*18)'),
    ("a trailer that leaks memory", E + "/" + I + '/ICMP(id=1, seq=1)/Padding(load=b"leaked bytes")'),
    ("a trailer behind ARP", E + '/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")/Padding(load=b"\\x00"*18)'),
    ("type below 1536 and above 1500", E[:-1] + ', type=1520)/Raw(load=b"x")'),
)

family(
    "llc",
    ("802.3 alone", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC()'),
    ("LLC with a control byte", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC(dsap=0xf0, ssap=0xf0, ctrl=3)/Raw(load=b"netbios")'),
    ("a length set too large", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", len=1500)/LLC(dsap=1, ssap=2, ctrl=3)/Raw(load=b"x")'),
    ("a length set too small", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", len=4)/LLC(dsap=1, ssap=2, ctrl=3)/Raw(load=b"xyz")'),
    ("a trailer behind 802.3", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC(dsap=1, ssap=2, ctrl=3)/Raw(load=b"x")/Padding(load=b"\\x00"*42)'),
    ("SNAP", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC()/SNAP()'),
    ("IP in SNAP", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC()/SNAP()/' + I + '/UDP(sport=1, dport=2)'),
    ("ARP in SNAP", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC()/SNAP()/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("SNAP of a vendor", 'Dot3(dst="01:00:0c:cc:cc:cc", src="02:00:00:00:00:01")/LLC(dsap=0xaa, ssap=0xaa, ctrl=3)/SNAP(OUI=0x0c, code=0x2004)/Raw(load=b"dtp")'),
    ("STP", 'Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01")/LLC()/STP()'),
    ("STP with every field", 'Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01")/LLC()/STP(version=2, bpdutype=2, bpduflags=0x3c, rootid=32768, rootmac="02:00:00:00:00:0a", pathcost=20000, bridgeid=32769, bridgemac="02:00:00:00:00:0b", portid=0x8001, age=2, maxage=21, hellotime=3, fwddelay=16)'),
    ("STP with a trailer", 'Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01")/LLC()/STP(rootid=4096)/Padding(load=b"\\x00"*8)'),
    ("STP topology change", 'Dot3(dst="01:80:c2:00:00:00", src="02:00:00:00:00:01")/LLC()/STP(bpdutype=0x80, age=0, maxage=0, hellotime=0, fwddelay=0)'),
    ("LLC over Ethernet by its type", E[:-1] + ', type=0x8870)/LLC(dsap=0xf0, ssap=0xf0, ctrl=3)/Raw(load=b"jumbo")'),
)

family(
    "vlan",
    ("a tag alone", E + '/Dot1Q(vlan=5)'),
    ("IP in a VLAN", E + '/Dot1Q(vlan=100)/' + I + '/TCP(sport=1, dport=2)'),
    ("every field", E + '/Dot1Q(prio=7, id=1, vlan=4095, type=0x88b5)/Raw(load=b"x")'),
    ("the lowest VLAN", E + '/Dot1Q(vlan=0)/' + I),
    ("IPv6 in a VLAN", E + '/Dot1Q(vlan=2)/' + X + '/UDP(sport=1, dport=2)'),
    ("ARP in a VLAN", E + '/Dot1Q(vlan=3)/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("two tags", E + '/Dot1Q(vlan=1)/Dot1Q(vlan=2)/' + I + '/ICMP(id=1, seq=2)'),
    ("QinQ", E + '/Dot1AD(vlan=10)/Dot1Q(vlan=20)/' + I + '/TCP(sport=1, dport=2)'),
    ("802.1ad with every field", E + '/Dot1AD(prio=3, vlan=300)/Dot1AD(vlan=301)/Dot1Q(vlan=302)/' + X),
    ("QinQ by Ethernet's type", E[:-1] + ', type=0x9100)/Dot1Q(vlan=7)/Dot1Q(vlan=8)/' + I),
    ("a wrong type in the tag", E + '/Dot1Q(vlan=1, type=0x86dd)/' + I),
    ("a length in the tag", E + '/Dot1Q(vlan=1, type=3)/LLC(dsap=1, ssap=1, ctrl=3)'),
    ("STP in a VLAN", E + '/Dot1Q(vlan=9)/LLC()/STP(rootid=32768)'),
    ("a trailer behind a VLAN", E + '/Dot1Q(vlan=100)/' + I + '/UDP(sport=1, dport=2)/Padding(load=b"\\x00"*14)'),
    ("IP without anything in two tags", E + '/Dot1AD(vlan=1)/Dot1Q(vlan=1)/' + I),
)

family(
    "arp",
    ("who-has", 'ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("is-at", 'ARP(op="is-at", hwsrc="02:00:00:00:00:02", psrc="192.0.2.2", hwdst="02:00:00:00:00:01", pdst="192.0.2.1")'),
    ("is-at by number over Ethernet", E + '/ARP(op=2, hwsrc="02:00:00:00:00:02", psrc="192.0.2.2", hwdst="02:00:00:00:00:01", pdst="192.0.2.1")'),
    ("gratuitous", 'ARP(op=2, hwsrc="02:00:00:00:00:02", psrc="192.0.2.2", hwdst="ff:ff:ff:ff:ff:ff", pdst="192.0.2.2")'),
    ("a probe", 'ARP(hwsrc="02:00:00:00:00:01", psrc="0.0.0.0", pdst="192.0.2.9")'),
    ("RARP request", 'ARP(op=3, hwsrc="02:00:00:00:00:01", psrc="0.0.0.0", hwdst="02:00:00:00:00:01", pdst="0.0.0.0")'),
    ("RARP reply", 'ARP(op="RARP-rep", hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="0.0.0.0")'),
    ("InARP", 'ARP(op=8, hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("an unknown operation", 'ARP(op=4711, hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("addresses of five bytes", 'ARP(hwlen=5, hwsrc=b"\\x02\\x00\\x00\\x00\\x01", psrc="192.0.2.1", hwdst=b"\\x02\\x00\\x00\\x00\\x02", pdst="192.0.2.2")'),
    ("addresses of eight bytes", 'ARP(hwtype=32, hwlen=8, hwsrc=b"\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x01", psrc="192.0.2.1", hwdst=b"\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x02", pdst="192.0.2.2")'),
    ("IPv6 as the protocol", 'ARP(ptype=0x86dd, hwsrc="02:00:00:00:00:01", psrc="2001:db8::1", pdst="2001:db8::2")'),
    ("bytes behind it", 'ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")/Padding(load=b"trailer")'),
    wire("addresses of two and three bytes", "ARP", "0001 0800 03 02 0001 0a0b0c 0102 0d0e0f 0304"),
    wire("addresses of no bytes", "ARP", "0001 0800 00 00 0001", silent=True),
    wire("cut in the middle", "ARP", "0001 0800 06 04 0001 0200000000", silent=True),
)

family(
    "sll",
    ("defaults", 'CookedLinux()'),
    ("IP in a cooked capture", 'CookedLinux(pkttype=4, lladdrtype=1, lladdrlen=6, src=b"\\x02\\x00\\x00\\x00\\x00\\x01\\x00\\x00")/' + I + '/TCP(sport=1, dport=2)'),
    ("IPv6", 'CookedLinux(pkttype=3, lladdrlen=6)/' + X + '/UDP(sport=1, dport=2)'),
    ("ARP", 'CookedLinux(pkttype=1, lladdrlen=6)/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("a VLAN", 'CookedLinux(lladdrlen=6)/Dot1Q(vlan=3)/' + I),
    ("an unknown protocol", 'CookedLinux(proto=0x88b5)/Raw(load=b"x")'),
    ("version 2", 'CookedLinuxV2(ifindex=3, lladdrtype=1, pkttype=4, lladdrlen=6, src=b"\\x02\\x00\\x00\\x00\\x00\\x01")/' + I + '/TCP(sport=1, dport=2)'),
    ("version 2, defaults", 'CookedLinuxV2()'),
    ("version 2, IPv6", 'CookedLinuxV2(ifindex=70000)/' + X + '/UDP(sport=1, dport=2)'),
    ("version 2, ARP", 'CookedLinuxV2(ifindex=1, lladdrlen=6)/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("loopback", 'Loopback()/' + I + '/UDP(sport=1, dport=2)'),
    ("loopback of an unknown family", 'Loopback(type=200)/Raw(load=b"x")'),
    ("loopback with IPv6", 'Loopback(type=0x1e)/' + X + '/UDP(sport=1, dport=2)'),
    wire("loopback in the other byte order", "Loopback", "00000002 45000014 00010000 40008eb2 c0000201 c6336402"),
)

# --- Labels and PPP -------------------------------------------------------------------------------------------------

family(
    "mpls",
    ("defaults", 'MPLS()'),
    ("one label", E + '/MPLS(label=16, ttl=64)/' + I + '/UDP(sport=1, dport=2)'),
    ("a stack of labels", E + '/MPLS(label=100, s=0, ttl=255)/MPLS(label=101, s=0, ttl=254)/MPLS(label=102, s=1, ttl=253)/' + I),
    ("the bottom bit by itself", E + '/MPLS(label=100, ttl=255)/MPLS(label=101, ttl=254)/' + I + '/TCP(sport=1, dport=2)'),
    ("every field", E + '/MPLS(label=0xfffff, cos=7, s=1, ttl=255)/' + X),
    ("IPv6 below a label", E + '/MPLS(label=2, ttl=64)/' + X + '/UDP(sport=1, dport=2)'),
    ("a pseudowire", E + '/MPLS(label=20, ttl=2)/' + 'Ether(dst="02:00:00:00:00:04", src="02:00:00:00:00:03")/' + I),
    ("multicast", E[:-1] + ', type=0x8848)/MPLS(label=20, ttl=2)/' + I),
    ("in IP", I + '/MPLS(label=7, ttl=9)/' + I),
    ("in UDP", I + '/UDP(sport=49152, dport=6635)/MPLS(label=7, ttl=9)/' + I),
    ("in GRE", I + '/GRE()/MPLS(label=7, ttl=9)/' + I + '/UDP(sport=1, dport=2)'),
    ("in a VLAN", E + '/Dot1Q(vlan=5)/MPLS(label=9, ttl=3)/' + I),
    wire("a label cut short", "MPLS", "0001 00"),
)

family(
    "pppoe",
    ("a session with IP", E + '/PPPoE(sessionid=17)/PPP()/' + I + '/UDP(sport=1, dport=2)'),
    ("a session with IPv6", E + '/PPPoE(sessionid=17)/PPP(proto=0x57)/' + X),
    ("a session by its default", E + '/PPPoE()/PPP()/Raw(load=b"x")'),
    ("a wrong length", E + '/PPPoE(sessionid=1, len=6)/PPP()/' + I),
    ("a trailer behind a session", E + '/PPPoE(sessionid=1)/PPP()/' + I + '/Padding(load=b"\\x00"*16)'),
    ("discovery, PADI", 'Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01")/PPPoED()/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101)])'),
    ("discovery, PADI without tags", E + '/PPPoED()'),
    ("discovery, PADO", E + '/PPPoED(code=0x07)/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101), PPPoETag(tag_type=0x0102, tag_value=b"bras1"), PPPoETag(tag_type=0x0104, tag_value=b"\\x01\\x02\\x03\\x04")])'),
    ("discovery, PADR", E + '/PPPoED(code=0x19)/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101, tag_value=b"svc"), PPPoETag(tag_type=0x0103, tag_value=b"host")])'),
    ("discovery, PADS", E + '/PPPoED(code=0x65, sessionid=0x1234)/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101)])'),
    ("discovery, PADT", E + '/PPPoED(code=0xa7, sessionid=0x1234)'),
    ("discovery, a vendor's tag and the end", E + '/PPPoED()/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0105, tag_value=b"\\x00\\x00\\x0d\\xe9"), PPPoETag(tag_type=0)])'),
    ("discovery, a tag of a wrong length", E + '/PPPoED()/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101, tag_len=2, tag_value=b"abcd")])'),
    ("discovery, a wrong length", E + '/PPPoED(len=100)/PPPoED_Tags(tag_list=[PPPoETag(tag_type=0x0101, tag_value=b"a")])'),
)

family(
    "ppp",
    ("PPP alone", 'PPP()/' + I),
    ("PPP with IPv6", 'PPP()/' + X),
    ("an unknown protocol", 'PPP(proto=0x4021)/Raw(load=b"x")'),
    ("LCP echo request", 'PPP()/PPP_LCP_Echo(id=3, magic_number=0x01020304, data=b"ping")'),
    ("LCP echo reply", 'PPP()/PPP_LCP_Echo(code=10, id=3, magic_number=0x01020304)'),
    ("LCP configure request", 'PPP()/PPP_LCP_Configure(id=1, options=[PPP_LCP_MRU_Option(max_recv_unit=1492), PPP_LCP_Magic_Number_Option(magic_number=0x5e630ab8)])'),
    ("LCP configure ack", 'PPP()/PPP_LCP_Configure(code=2, id=1, options=[PPP_LCP_MRU_Option()])'),
    ("LCP configure, PAP", 'PPP()/PPP_LCP_Configure(id=2, options=[PPP_LCP_Auth_Protocol_Option(auth_protocol=0xc023)])'),
    ("LCP configure, CHAP with MD5", 'PPP()/PPP_LCP_Configure(id=2, options=[PPP_LCP_Auth_Protocol_Option(auth_protocol=0xc223, algorithm=5)])'),
    ("LCP configure, a character map and quality", 'PPP()/PPP_LCP_Configure(id=2, options=[PPP_LCP_ACCM_Option(accm=0xa0000), PPP_LCP_Quality_Protocol_Option(quality_protocol=0xc025, data=b"\\x00\\x00\\x00\\x64")])'),
    ("LCP configure, an option without a class", 'PPP()/PPP_LCP_Configure(id=2, options=[PPP_LCP_Option(type=7), PPP_LCP_Option(type=8), PPP_LCP_Option(type=17, data=b"\\x05\\xdc")])'),
    ("LCP terminate", 'PPP()/PPP_LCP_Terminate(id=9, data=b"bye")'),
    ("LCP terminate ack", 'PPP()/PPP_LCP_Terminate(code=6, id=9)'),
    ("LCP discard", 'PPP()/PPP_LCP_Discard_Request(id=1, magic_number=7, data=b"zz")'),
    ("LCP protocol reject", 'PPP()/PPP_LCP_Protocol_Reject(id=1, rejected_protocol=0x57, rejected_information=Packet(b"\\x60\\x00"))', {"lua": 'PPP{}/PPP_LCP_Protocol_Reject{id=1, rejected_protocol=0x57, rejected_information="\\96\\0"}'}),
    ("IPCP request", 'PPP()/PPP_IPCP(id=1, options=[PPP_IPCP_Option_IPAddress(data="192.0.2.7")])'),
    ("IPCP with name servers", 'PPP()/PPP_IPCP(code=3, id=4, options=[PPP_IPCP_Option_IPAddress(data="192.0.2.7"), PPP_IPCP_Option_DNS1(data="192.0.2.53"), PPP_IPCP_Option_DNS2(data="192.0.2.54"), PPP_IPCP_Option_NBNS1(data="192.0.2.55"), PPP_IPCP_Option_NBNS2(data="192.0.2.56")])'),
    ("IPCP without options", 'PPP()/PPP_IPCP(code=2, id=4)'),
    ("IPCP with compression", 'PPP()/PPP_IPCP(id=1, options=[PPP_IPCP_Option(type=2, data=b"\\x00\\x2d\\x0f\\x01")])'),
    ("PAP request", 'PPP()/PPP_PAP_Request(id=5, username=b"user", password=b"secret")'),
    ("PAP ack", 'PPP()/PPP_PAP_Response(id=5, message=b"welcome")'),
    ("PAP nak", 'PPP()/PPP_PAP_Response(code=3, id=5)'),
    ("CHAP challenge", 'PPP()/PPP_CHAP_ChallengeResponse(id=1, value=b"\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08", optional_name=b"bras")'),
    ("CHAP response", 'PPP()/PPP_CHAP_ChallengeResponse(code=2, id=1, value=b"\\x0f"*16, optional_name=b"user")'),
    ("CHAP success", 'PPP()/PPP_CHAP(code=3, id=1, data=b"ok")'),
    ("a wrong length", 'PPP()/PPP_LCP_Echo(id=3, len=4, magic_number=1)'),
    ("LCP in PPPoE", E + '/PPPoE(sessionid=2)/PPP()/PPP_LCP_Echo(id=3, magic_number=1)'),
)

# --- IPv4 -----------------------------------------------------------------------------------------------------------

family(
    "ip",
    ("defaults", 'IP()'),
    ("addresses", I),
    ("every field", 'IP(version=4, ihl=5, tos=0x28, len=24, id=0xabcd, flags="DF", frag=0, ttl=1, proto=99, chksum=0x1234, src="192.0.2.1", dst="198.51.100.2")/Raw(load=b"abcd")'),
    ("another version", I[:-1] + ', version=5)/Raw(load=b"x")'),
    ("version 15 and ihl 15", I[:-1] + ', version=15, ihl=15)'),
    ("ihl too large", I[:-1] + ', ihl=7)/Raw(load=b"abcdefgh")'),
    ("ihl too small", I[:-1] + ', ihl=4)/UDP(sport=1, dport=2)'),
    ("ihl 0", I[:-1] + ', ihl=0)/UDP(sport=1, dport=2)'),
    ("len too large", I[:-1] + ', len=1000)/Raw(load=b"abc")'),
    ("len too small", I[:-1] + ', len=22)/Raw(load=b"abcdef")'),
    ("len less than the header", I[:-1] + ', len=10)/Raw(load=b"abcdef")'),
    ("len 0", I[:-1] + ', len=0)/UDP(sport=1, dport=2)/Raw(load=b"abc")'),
    ("a wrong checksum", I[:-1] + ', chksum=0xbeef)/UDP(sport=1, dport=2)'),
    ("checksum 0", I[:-1] + ', chksum=0)/TCP(sport=1, dport=2)'),
    ("tos", I[:-1] + ', tos=0xff)/ICMP(id=1, seq=1)'),
    ("ttl 0", I[:-1] + ', ttl=0)/ICMP(id=1, seq=1)'),
    ("ttl 255", I[:-1] + ', ttl=255)/UDP(sport=1, dport=2)'),
    ("id 65535", I[:-1] + ', id=65535)/UDP(sport=1, dport=2)'),
    ("flag DF", I[:-1] + ', flags="DF")/TCP(sport=1, dport=2)'),
    ("flag MF", I[:-1] + ', flags="MF")/Raw(load=b"12345678")'),
    ("flag evil", I[:-1] + ', flags="evil")/UDP(sport=1, dport=2)'),
    ("flags joined", I[:-1] + ', flags="MF+DF")/Raw(load=b"12345678")'),
    ("flags as a number", I[:-1] + ', flags=7)/Raw(load=b"12345678")'),
    ("the first fragment", I[:-1] + ', flags="MF", proto=17)/Raw(load=b"\\x00\\x01\\x00\\x02\\x00\\x10\\x00\\x00abcdefgh")'),
    ("a later fragment", I[:-1] + ', flags="MF", frag=185, proto=17)/Raw(load=b"12345678")'),
    ("the last fragment", I[:-1] + ', frag=8191, proto=6)/Raw(load=b"123")'),
    ("a fragment that carries TCP by name", I[:-1] + ', frag=1)/TCP(sport=1, dport=2)'),
    ("a protocol by name", I[:-1] + ', proto="udp")/Raw(load=b"12345678")'),
    ("an unknown protocol", I[:-1] + ', proto=253)/Raw(load=b"experiment")'),
    ("the protocol is set against the payload", I[:-1] + ', proto=6)/UDP(sport=1, dport=2)'),
    ("IP in IP", I + '/IP(src="10.0.0.1", dst="10.0.0.2")/TCP(sport=1, dport=2)'),
    ("IP in IP in IP", I + '/IP(src="10.0.0.1", dst="10.0.0.2")/IP(src="10.1.0.1", dst="10.1.0.2")/UDP(sport=1, dport=2)/Raw(load=b"x")'),
    ("IPv6 in IP", I + '/' + X + '/TCP(sport=1, dport=2)'),
    ("IPv6 in IP with a payload", I + '/' + X + '/UDP(sport=1, dport=2)/Raw(load=b"6in4")'),
    ("broadcast", 'IP(src="0.0.0.0", dst="255.255.255.255")/UDP(sport=1, dport=2)'),
    ("multicast", 'IP(src="192.0.2.1", dst="224.0.0.1", ttl=1)/UDP(sport=1, dport=2)'),
    ("a payload of text", I[:-1] + ', proto=200)/"text"'),
    ("an odd payload", I[:-1] + ', proto=200)/Raw(load=b"\\xff\\x00\\xff")'),
    ("padding behind IP", I[:-1] + ', proto=200)/Raw(load=b"abc")/Padding(load=b"pad")'),
    ("2048 bytes", I[:-1] + ', proto=200)/Raw(load=b"A"*2048)'),
    ("65515 bytes of payload are left to another test; 9000 are here", I + '/UDP(sport=1, dport=2)/Raw(load=b"J"*8972)'),
)


def ip_option(name, python, lua, **more):
    """A row with IP options, which are written as lists here."""
    return (name, I[:-1] + ', options=[%s])/UDP(sport=1, dport=2)' % python,
            dict(more, lua='IP{src="192.0.2.1", dst="198.51.100.2", options={%s}}/UDP{sport=1, dport=2}' % lua))


family(
    "ip_options",
    ip_option("end of list", 'IPOption_EOL()', '{"EOL"}'),
    ip_option("nothing", 'IPOption_NOP()', '{"NOP"}'),
    ip_option("four times nothing", 'IPOption_NOP(), IPOption_NOP(), IPOption_NOP(), IPOption_NOP()', '{"NOP"}, {"NOP"}, {"NOP"}, {"NOP"}'),
    ip_option("security", 'IPOption_Security(security=0xf135, compartment=1, handling_restrictions=2, transmission_control_code=b"abc")', '{"Security", 0xf135, 1, 2, "abc"}'),
    ip_option("security by default", 'IPOption_Security()', '{"Security"}'),
    ip_option("record route", 'IPOption_RR(routers=["0.0.0.0", "0.0.0.0", "0.0.0.0"])', '{"RR", "0.0.0.0", "0.0.0.0", "0.0.0.0"}'),
    ip_option("record route, one taken", 'IPOption_RR(pointer=8, routers=["203.0.113.1", "0.0.0.0"])', '{"RR", 8, "203.0.113.1", "0.0.0.0"}'),
    ip_option("record route, empty", 'IPOption_RR()', '{"RR"}'),
    ip_option("loose source route", 'IPOption_LSRR(routers=["203.0.113.1", "203.0.113.2"])', '{"LSRR", "203.0.113.1", "203.0.113.2"}'),
    ip_option("strict source route", 'IPOption_SSRR(routers=["203.0.113.1"])', '{"SSRR", "203.0.113.1"}'),
    ip_option("a source route that is used up", 'IPOption_LSRR(pointer=12, routers=["203.0.113.1", "203.0.113.2"])', '{"LSRR", 12, "203.0.113.1", "203.0.113.2"}'),
    ip_option("two source routes", 'IPOption_LSRR(routers=["203.0.113.1"]), IPOption_SSRR(routers=["203.0.113.2"])', '{"LSRR", "203.0.113.1"}, {"SSRR", "203.0.113.2"}'),
    ip_option("a stream", 'IPOption_Stream_Id(security=0x1234)', '{"Stream_Id", 0x1234}'),
    ip_option("a timestamp with its address", 'IPOption_Timestamp(flg=1, internet_address="203.0.113.1", timestamp=0x01020304)', '{"Timestamp", 9, 1, "203.0.113.1", 0x01020304}'),
    ip_option("an MTU probe", 'IPOption_MTU_Probe(mtu=1500)', '{"MTU_Probe", 1500}'),
    ip_option("an MTU reply", 'IPOption_MTU_Reply(mtu=1400)', '{"MTU_Reply", 1400}'),
    ip_option("traceroute", 'IPOption_Traceroute(id=7, outbound_hops=1, return_hops=0xffff, originator_ip="203.0.113.1")', '{"Traceroute", 7, 1, 0xffff, "203.0.113.1"}'),
    ip_option("an address extension", 'IPOption_Address_Extension(src_ext="203.0.113.1", dst_ext="203.0.113.2")', '{"Address_Extension", "203.0.113.1", "203.0.113.2"}'),
    ip_option("router alert", 'IPOption_Router_Alert()', '{"Router_Alert"}'),
    ip_option("router alert with a value", 'IPOption_Router_Alert(alert=5)', '{"Router_Alert", 5}'),
    ip_option("selective directed broadcast", 'IPOption_SDBM(addresses=["203.0.113.1", "203.0.113.2"])', '{"SDBM", "203.0.113.1", "203.0.113.2"}'),
    ip_option("an unknown option", 'IPOption(copy_flag=1, optclass=3, option=30, value=b"what")', '{254, "what"}'),
    ip_option("an unknown option without data", 'IPOption(copy_flag=0, optclass=2, option=25, value=b"")', '{89, ""}'),
    ip_option("three kinds", 'IPOption_NOP(), IPOption_RR(routers=["0.0.0.0"]), IPOption_Router_Alert(), IPOption_EOL()', '{"NOP"}, {"RR", "0.0.0.0"}, {"Router_Alert"}, {"EOL"}'),
    ip_option("forty bytes", 'IPOption_RR(routers=["0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"])',
              '{"RR", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"}'),
    ("an explicit ihl keeps the options", I[:-1] + ', ihl=5, options=[IPOption_Router_Alert()])/UDP(sport=1, dport=2)',
     {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2", ihl=5, options={{"Router_Alert"}}}/UDP{sport=1, dport=2}'}),
    ("TCP behind a source route", I[:-1] + ', options=[IPOption_LSRR(routers=["203.0.113.1", "203.0.113.2"])])/TCP(sport=1, dport=2)',
     {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2", options={{"LSRR", "203.0.113.1", "203.0.113.2"}}}/TCP{sport=1, dport=2}'}),
    wire("an option of length 0", "IP", "4600001800010000400049fbc0000201c6336402 07000000"),
    wire("an option beyond the header", "IP", "4600001800010000400049fbc0000201c6336402 072704cb"),
)

# --- ICMP -----------------------------------------------------------------------------------------------------------

family(
    "icmp",
    ("defaults", I + '/ICMP()'),
    ("echo request", I + '/ICMP(id=0x1234, seq=7)/Raw(load=b"ping of 16 bytes")'),
    ("echo reply", I + '/ICMP(type="echo-reply", id=0x1234, seq=7)/Raw(load=b"ping")'),
    ("an odd payload", I + '/ICMP(id=1, seq=1)/Raw(load=b"abc")'),
    ("alone", 'ICMP(id=1, seq=2)/Raw(load=b"abc")'),
    ("a wrong checksum", I + '/ICMP(chksum=0x1234, id=1, seq=1)'),
    ("checksum 0", I + '/ICMP(chksum=0, id=1, seq=1)/Raw(load=b"x")'),
    ("a code that echo has not", I + '/ICMP(code=9, id=1, seq=1)'),
    *[("unreachable, code %d" % c, I + '/ICMP(type=3, code=%d)/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=33434, dport=33435)' % c) for c in range(16)],
    ("unreachable by names", I + '/ICMP(type="dest-unreach", code="port-unreachable")/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)'),
    ("fragmentation needed", I + '/ICMP(type=3, code=4, nexthopmtu=1400)/IP(src="198.51.100.2", dst="192.0.2.1")/TCP(sport=1, dport=2)'),
    ("unreachable, every field", I + '/ICMP(type=3, code=1, reserved=1, length=2, nexthopmtu=3)/IP(src="198.51.100.2", dst="192.0.2.1")/TCP(sport=1, dport=2)'),
    ("source quench", I + '/ICMP(type=4)/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)'),
    ("source quench, unused", I + '/ICMP(type=4, unused=0x01020304)/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)'),
    *[("redirect, code %d" % c, I + '/ICMP(type=5, code=%d, gw="192.0.2.254")/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)' % c) for c in range(4)],
    ("alternate host address", I + '/ICMP(type=6)/Raw(load=b"abcd")'),
    ("router advertisement", I + '/ICMP(type=9)/Raw(load=b"\\xc0\\x00\\x02\\xfe\\x00\\x00\\x00\\x00")'),
    ("router solicitation", I + '/ICMP(type=10)'),
    ("time exceeded in transit", I + '/ICMP(type=11)/IP(src="198.51.100.2", dst="192.0.2.1", ttl=1)/UDP(sport=1, dport=33434)'),
    ("time exceeded in reassembly", I + '/ICMP(type=11, code=1)/IP(src="198.51.100.2", dst="192.0.2.1", flags="MF")/Raw(load=b"12345678")'),
    ("time exceeded, every field", I + '/ICMP(type=11, reserved=1, length=2, unused=3)/IP(src="198.51.100.2", dst="192.0.2.1")/ICMP(id=1, seq=1)'),
    ("parameter problem", I + '/ICMP(type=12, ptr=20)/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)'),
    ("parameter problem, every field", I + '/ICMP(type=12, code=1, ptr=1, length=2, unused=3)/IP(src="198.51.100.2", dst="192.0.2.1")/UDP(sport=1, dport=2)'),
    ("timestamp request", I + '/ICMP(type=13, id=1, seq=2, ts_ori=3, ts_rx=4, ts_tx=5)'),
    ("timestamp reply", I + '/ICMP(type="timestamp-reply", id=1, seq=2, ts_ori=0xffffffff, ts_rx=4, ts_tx=5)'),
    ("information request", I + '/ICMP(type=15, id=1, seq=2)'),
    ("information reply", I + '/ICMP(type=16, id=1, seq=2)'),
    ("address mask request", I + '/ICMP(type=17, id=1, seq=2)'),
    ("address mask reply", I + '/ICMP(type=18, id=1, seq=2, addr_mask="255.255.255.0")'),
    ("traceroute", I + '/ICMP(type=30, unused=9)'),
    ("datagram conversion error", I + '/ICMP(type=31)'),
    ("mobile host redirect", I + '/ICMP(type=32)'),
    ("IPv6 where are you", I + '/ICMP(type=33)'),
    ("IPv6 I am here", I + '/ICMP(type=34)'),
    ("mobile registration request", I + '/ICMP(type=35)'),
    ("mobile registration reply", I + '/ICMP(type=36)'),
    # No 37 and 38: four bytes too many are behind their seq (RFC 1788, section 3).
    ("skip", I + '/ICMP(type=39)'),
    ("photuris", I + '/ICMP(type=40, code=2)'),
    ("an unknown type", I + '/ICMP(type=200, code=100, unused=0xdeadbeef)/Raw(load=b"x")'),
    ("an error that quotes TCP", I + '/ICMP(type=3, code=3)/IP(src="198.51.100.2", dst="192.0.2.1")/TCP(sport=80, dport=1024, seq=7, flags="SA", options=[("MSS",1460)])'),
    ("an error that quotes eight bytes of TCP", I + '/ICMP(type=11)/IP(src="198.51.100.2", dst="192.0.2.1", len=40, proto=6)/Raw(load=b"\\x00\\x50\\x04\\x00\\x00\\x00\\x00\\x07")'),
    ("an error that quotes eight bytes of UDP", I + '/ICMP(type=11)/IP(src="198.51.100.2", dst="192.0.2.1", len=100, proto=17)/Raw(load=b"\\x00\\x50\\x04\\x00\\x00\\x48\\x12\\x34")'),
    ("an error that quotes an echo", I + '/ICMP(type=3, code=1)/IP(src="198.51.100.2", dst="192.0.2.1")/ICMP(id=9, seq=10)/Raw(load=b"data")'),
    ("an error that quotes an unknown protocol", I + '/ICMP(type=3, code=2)/IP(src="198.51.100.2", dst="192.0.2.1", proto=99)/Raw(load=b"12345678")'),
    ("an error that quotes nothing", I + '/ICMP(type=3, code=2)'),
    ("an error that quotes IP options", I + '/ICMP(type=12, ptr=22)/IP(src="198.51.100.2", dst="192.0.2.1", options=[IPOption_Router_Alert()])/UDP(sport=1, dport=2)',
     {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2"}/ICMP{type=12, ptr=22}/IP{src="198.51.100.2", dst="192.0.2.1", options={{"Router_Alert"}}}/UDP{sport=1, dport=2}'}),
    # RFC 4884: the quote is filled to 128 bytes, then the extensions follow.
    ("extension, MPLS", I + '/ICMP(type=11, length=32)/IP(src="198.51.100.2", dst="192.0.2.1", len=60)/UDP(sport=1, dport=33434, len=40)/Raw(load=b"\\x00"*100)/Raw(load=b"\\x20\\x00\\xdd\\xf9\\x00\\x08\\x01\\x01\\x00\\x01\\x01\\xff")', {"sure": 1, "why": LATER}),
    ("extension, an interface", I + '/ICMP(type=3, code=3, length=32)/IP(src="198.51.100.2", dst="192.0.2.1", len=60)/UDP(sport=1, dport=33434, len=40)/Raw(load=b"\\x00"*100)/Raw(load=b"\\x20\\x00\\x00\\x00\\x00\\x14\\x02\\x0f\\x00\\x00\\x00\\x02\\x08eth0\\x00\\x00\\x00\\x00\\x00\\x05\\xdc")', {"sure": 1, "why": LATER}),
    ("extension, two labels", I + '/ICMP(type=12, length=32)/IP(src="198.51.100.2", dst="192.0.2.1", len=60)/UDP(sport=1, dport=33434, len=40)/Raw(load=b"\\x00"*100)/Raw(load=b"\\x20\\x00\\xa5\\x16\\x00\\x0c\\x01\\x01\\x00\\x06\\x4e\\x01\\x00\\x06\\x5f\\x02")', {"sure": 1, "why": LATER}),
    wire("an echo cut short", "ICMP", "0800f7", silent=True),
)

# --- IGMP -----------------------------------------------------------------------------------------------------------

family(
    "igmp",
    ("general query", 'IP(src="192.0.2.1", dst="224.0.0.1")/IGMP()'),
    ("group query", 'IP(src="192.0.2.1", dst="239.1.1.1")/IGMP(gaddr="239.1.1.1")'),
    ("query of version 1", 'IP(src="192.0.2.1", dst="224.0.0.1")/IGMP(mrcode=0)'),
    ("report of version 1", 'IP(src="192.0.2.1", dst="239.1.1.1")/IGMP(type=0x12, gaddr="239.1.1.1")'),
    ("report of version 2", 'IP(src="192.0.2.1", dst="239.1.1.1")/IGMP(type=0x16, mrcode=0, gaddr="239.1.1.1")'),
    ("leave", 'IP(src="192.0.2.1", dst="224.0.0.2")/IGMP(type=0x17, mrcode=0, gaddr="239.1.1.1")'),
    ("a wrong checksum", 'IP(src="192.0.2.1", dst="224.0.0.1")/IGMP(chksum=0x1111)'),
    ("with an explicit TTL and options of its own", 'IP(src="192.0.2.1", dst="224.0.0.1", ttl=5, tos=0, options=[IPOption_NOP()])/IGMP()',
     {"lua": 'IP{src="192.0.2.1", dst="224.0.0.1", ttl=5, tos=0, options={{"NOP"}}}/IGMP{}'}),
    ("version 3, general query", 'IP(src="192.0.2.1", dst="224.0.0.1")/IGMPv3()/IGMPv3mq()'),
    ("version 3, query with sources", 'IP(src="192.0.2.1", dst="239.1.1.1")/IGMPv3(mrcode=100)/IGMPv3mq(gaddr="239.1.1.1", s=1, qrv=2, qqic=125, srcaddrs=["203.0.113.1", "203.0.113.2"])'),
    ("version 3, a wrong count of sources", 'IP(src="192.0.2.1", dst="239.1.1.1")/IGMPv3()/IGMPv3mq(numsrc=1, srcaddrs=["203.0.113.1", "203.0.113.2"])'),
    ("version 3, report", 'IP(src="192.0.2.1", dst="224.0.0.22")/IGMPv3(type=0x22)/IGMPv3mr(records=[IGMPv3gr(maddr="239.1.1.1")])'),
    ("version 3, report with two groups", 'IP(src="192.0.2.1", dst="224.0.0.22")/IGMPv3(type=0x22, mrcode=0)/IGMPv3mr(records=[IGMPv3gr(rtype=4, maddr="239.1.1.1"), IGMPv3gr(rtype=1, maddr="239.1.1.2", srcaddrs=["203.0.113.1", "203.0.113.2"])])'),
    ("version 3, report without groups", 'IP(src="192.0.2.1", dst="224.0.0.22")/IGMPv3(type=0x22, mrcode=0)/IGMPv3mr()'),
    ("version 3, a wrong count of groups", 'IP(src="192.0.2.1", dst="224.0.0.22")/IGMPv3(type=0x22, mrcode=0)/IGMPv3mr(numgrp=7, records=[IGMPv3gr(maddr="239.1.1.1")])'),
)

# --- TCP ------------------------------------------------------------------------------------------------------------


def tcp_options(name, options, **more):
    return (name, I + '/TCP(sport=1024, dport=22, options=[%s])' % options, more)


family(
    "tcp",
    ("defaults", I + '/TCP()'),
    ("alone", 'TCP(sport=1, dport=2)'),
    ("a payload", I + '/TCP(sport=1024, dport=4444, flags="PA", seq=1, ack=2)/Raw(load=b"hello")'),
    ("a payload of text", I + '/TCP(sport=1024, dport=4444, flags="PA")/"hello"'),
    ("an odd payload", I + '/TCP(sport=1024, dport=4444, flags="A")/Raw(load=b"\\xff\\xfe\\xfd")'),
    ("every field", I + '/TCP(sport=65535, dport=65534, seq=0xffffffff, ack=0xfffffffe, dataofs=5, reserved=7, flags=0x1ff, window=0xffff, chksum=0x1234, urgptr=0xffff)'),
    ("all zero", I + '/TCP(sport=0, dport=0, seq=0, ack=0, flags=0, window=0)'),
    *[("flags %s" % f, I + '/TCP(sport=1024, dport=22, flags="%s")' % f) for f in
      ("F", "S", "R", "P", "A", "U", "E", "C", "N", "SA", "FA", "RA", "PA", "FPU", "SEC", "FSRPAUECN")],
    ("no flags", I + '/TCP(sport=1024, dport=22, flags="")'),
    ("flags as a number", I + '/TCP(sport=1024, dport=22, flags=0x12)'),
    ("dataofs too large", I + '/TCP(sport=1024, dport=22, dataofs=15)/Raw(load=b"abcd")'),
    ("dataofs too small", I + '/TCP(sport=1024, dport=22, dataofs=4)/Raw(load=b"abcd")'),
    ("dataofs 0", I + '/TCP(sport=1024, dport=22, dataofs=0)'),
    ("a wrong checksum", I + '/TCP(sport=1024, dport=22, chksum=0xdead)'),
    ("checksum 0", I + '/TCP(sport=1024, dport=22, chksum=0)'),
    ("over a wrong IP length", I[:-1] + ', len=50)/TCP(sport=1024, dport=4444)/Raw(load=b"0123456789")'),
    ("over a wrong IP protocol", I[:-1] + ', proto=253)/TCP(sport=1024, dport=22)'),
    ("padding behind it", I + '/TCP(sport=1024, dport=4444, flags="A")/Padding(load=b"\\x00"*6)'),
    ("over IPv6", X + '/TCP(sport=1024, dport=22, flags="SA", seq=1, ack=2)'),
    ("over IPv6 with a payload", X + '/TCP(sport=1024, dport=4444, flags="PA")/Raw(load=b"abc")'),
    ("1460 bytes", I + '/TCP(sport=1024, dport=4444, flags="A")/Raw(load=b"x"*1460)'),
)

family(
    "tcp_options",
    tcp_options("end of list", '("EOL", None)'),
    tcp_options("nothing", '("NOP", None)'),
    tcp_options("nothing with an empty tuple", '("NOP", ())'),
    tcp_options("maximum segment size", '("MSS", 1460)'),
    tcp_options("window scale", '("WScale", 7)'),
    tcp_options("selective acknowledgement permitted", '("SAckOK", b"")'),
    tcp_options("selective acknowledgement, one block", '("SAck", (1, 2))'),
    tcp_options("selective acknowledgement, three blocks", '("SAck", (1, 2, 3, 4, 5, 4294967295))'),
    tcp_options("timestamps", '("Timestamp", (1, 2))'),
    tcp_options("timestamps at their end", '("Timestamp", (4294967295, 0))'),
    tcp_options("alternate checksum request", '("AltChkSum", (1, 2))'),
    tcp_options("alternate checksum data", '("AltChkSumOpt", b"")'),
    tcp_options("MD5", '("MD5", b"0123456789abcdef")'),
    tcp_options("mood", '("Mood", b":)")'),
    tcp_options("user timeout", '("UTO", 0x8005)'),
    tcp_options("authentication option", '("AO", TCPAOValue(keyid=1, rnextkeyid=2, mac=b"0123456789ab"))', lua='IP{src="192.0.2.1", dst="198.51.100.2"}/TCP{sport=1024, dport=22, options={{"AO", 1, 2, "0123456789ab"}}}'),
    tcp_options("fast open as scapy has it", '("TFO", (1, 2))'),
    tcp_options("fast open with a cookie", '(34, b"cookie01")'),
    tcp_options("fast open asking for a cookie", '(34, b"")'),
    tcp_options("multipath capable", '(30, b"\\x00\\x81\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08")'),
    tcp_options("multipath join", '(30, b"\\x10\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x02")'),
    tcp_options("an unknown option", '(254, b"ab")'),
    tcp_options("an unknown option without data", '(253, b"")'),
    tcp_options("a known option by its number", '(2, b"\\x05\\xb4")'),
    tcp_options("a known option of a wrong length", '(2, b"\\x05\\xb4\\x00")'),
    tcp_options("Linux's SYN", '("MSS", 1460), ("SAckOK", b""), ("Timestamp", (12345, 0)), ("NOP", None), ("WScale", 7)'),
    tcp_options("Windows' SYN", '("MSS", 1460), ("NOP", None), ("WScale", 8), ("NOP", None), ("NOP", None), ("SAckOK", b"")'),
    tcp_options("macOS' SYN", '("MSS", 1460), ("NOP", None), ("WScale", 6), ("NOP", None), ("NOP", None), ("Timestamp", (1, 0)), ("SAckOK", b""), ("EOL", None)'),
    tcp_options("nmap's probe", '("WScale", 10), ("NOP", None), ("MSS", 265), ("Timestamp", (4294967295, 0)), ("SAckOK", b"")'),
    tcp_options("two ends of list", '("EOL", None), ("EOL", None), ("EOL", None), ("EOL", None), ("EOL", None)'),
    tcp_options("forty bytes", '("MSS", 1460), ("SAck", (1, 2, 3, 4)), ("Timestamp", (1, 2)), ("WScale", 7), ("NOP", None), ("NOP", None), ("NOP", None), ("EOL", None)'),
    tcp_options("filled up with zeros", '("WScale", 3), ("MSS", 536)'),
    ("with a payload", I + '/TCP(sport=1024, dport=4444, flags="A", options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 2))])/Raw(load=b"data")'),
    ("an explicit dataofs keeps the options", I + '/TCP(sport=1024, dport=4444, dataofs=5, options=[("MSS", 1460)])/Raw(load=b"data")'),
    ("over IPv6", X + '/TCP(sport=1024, dport=22, options=[("MSS", 1440), ("SAckOK", b"")])'),
    wire("an option of length 0", "TCP", "0400 0016 00000000 00000000 6002 2000 0000 0000 02000000"),
    wire("an option of length 1", "TCP", "0400 0016 00000000 00000000 6002 2000 0000 0000 02010000"),
    wire("an option beyond the header", "TCP", "0400 0016 00000000 00000000 6002 2000 0000 0000 020405b4"[:-4]),
    wire("a length beyond the header", "TCP", "0400 0016 00000000 00000000 6002 2000 0000 0000 08ff0000"),
)

# --- UDP and Raw ----------------------------------------------------------------------------------------------------

family(
    "udp",
    ("defaults without a payload", I + '/UDP(sport=53, dport=4444)'),
    ("alone", 'UDP(sport=1, dport=2)/Raw(load=b"x")'),
    ("a payload", I + '/UDP(sport=1, dport=2)/Raw(load=b"hello")'),
    ("a payload of text", I + '/UDP(sport=1, dport=2)/"hello"'),
    ("every field", I + '/UDP(sport=65535, dport=65534, len=8, chksum=0xffff)'),
    ("len too large", I + '/UDP(sport=1, dport=2, len=100)/Raw(load=b"abc")'),
    ("len too small", I + '/UDP(sport=1, dport=2, len=9)/Raw(load=b"abc")'),
    ("len less than the header", I + '/UDP(sport=1, dport=2, len=3)/Raw(load=b"abc")'),
    ("len 0", I + '/UDP(sport=1, dport=2, len=0)/Raw(load=b"abc")'),
    ("checksum 0 means none", I + '/UDP(sport=1, dport=2, chksum=0)/Raw(load=b"abc")'),
    ("a wrong checksum", I + '/UDP(sport=1, dport=2, chksum=0x5555)/Raw(load=b"abc")'),
    ("a checksum that comes to 0", 'IP(src="0.0.0.0", dst="0.0.0.0")/UDP(sport=0, dport=0)/Raw(load=b"\\xff\\xda")'),
    ("over a wrong IP length", I[:-1] + ', len=30)/UDP(sport=1, dport=2)/Raw(load=b"abc")'),
    ("over IPv6", X + '/UDP(sport=1, dport=2)/Raw(load=b"abc")'),
    ("over IPv6 without a checksum", X + '/UDP(sport=1, dport=2, chksum=0)'),
    ("padding behind it", I + '/UDP(sport=1, dport=2)/Raw(load=b"abc")/Padding(load=b"\\x00\\x00\\x00")'),
    ("1472 bytes", I + '/UDP(sport=1, dport=2)/Raw(load=b"x"*1472)'),
    ("two payloads", I + '/UDP(sport=1, dport=2)/Raw(load=b"abc")/Raw(load=b"def")'),
)

family(
    "raw",
    ("bytes", 'Raw(load=b"\\x00\\x01\\xff")'),
    ("nothing", 'Raw()'),
    ("padding alone", 'Padding(load=b"pad")'),
    ("bytes and padding", 'Raw(load=b"abc")/Padding(load=b"pad")'),
    ("padding in the middle goes to the end", I + '/Padding(load=b"pad")/UDP(sport=1, dport=2)'),
    ("all bytes there are", 'Raw(load=b"%s")' % "".join("\\x%02x" % i for i in range(256))),
)

# --- IPv6 -----------------------------------------------------------------------------------------------------------

family(
    "ipv6",
    ("defaults", 'IPv6(src="::1", dst="::1")'),
    ("addresses", X),
    ("every field", 'IPv6(version=6, tc=0xff, fl=0xfffff, plen=4, nh=253, hlim=1, src="2001:db8::1", dst="2001:db8::2")/Raw(load=b"abcd")'),
    ("another version", X[:-1] + ', version=4)/Raw(load=b"x")'),
    ("plen too large", X[:-1] + ', plen=100)/UDP(sport=1, dport=2)'),
    ("plen too small", X[:-1] + ', plen=9)/UDP(sport=1, dport=2)/Raw(load=b"abcdef")'),
    ("plen 0", X[:-1] + ', plen=0)/UDP(sport=1, dport=2)'),
    ("traffic class", X[:-1] + ', tc=0xb8)/UDP(sport=1, dport=2)'),
    ("flow label", X[:-1] + ', fl=0x12345)/TCP(sport=1, dport=2)'),
    ("hop limit 0", X[:-1] + ', hlim=0)/UDP(sport=1, dport=2)'),
    ("no next header", X[:-1] + ', nh=59)'),
    ("no next header, and bytes", X[:-1] + ', nh=59)/Raw(load=b"x")'),
    ("an unknown next header", X[:-1] + ', nh=253)/Raw(load=b"x")'),
    ("the next header is set against the payload", X[:-1] + ', nh=6)/UDP(sport=1, dport=2)'),
    ("a mapped address", 'IPv6(src="::ffff:192.0.2.1", dst="::ffff:198.51.100.2")/UDP(sport=1, dport=2)'),
    ("link local", L + '/UDP(sport=1, dport=2)'),
    ("IPv6 in IPv6", X + '/' + L + '/UDP(sport=1, dport=2)'),
    ("IP in IPv6", X + '/' + I + '/TCP(sport=1, dport=2)'),
    ("padding behind it", E + '/' + X + '/UDP(sport=1, dport=2)/Padding(load=b"\\x00"*4)'),
    ("over Ethernet", E + '/' + X + '/TCP(sport=1, dport=2)/Raw(load=b"x")'),
    wire("cut short", "IPv6", "6000 0000 0008 11 40 20010db8", silent=True),
)

family(
    "ipv6_headers",
    ("hop by hop, padding alone", X + '/IPv6ExtHdrHopByHop()/UDP(sport=1, dport=2)'),
    ("hop by hop, router alert", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert()])/UDP(sport=1, dport=2)'),
    ("hop by hop, router alert with a value", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert(value=2)])/UDP(sport=1, dport=2)'),
    ("hop by hop, jumbo", X + '/IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=70000)])/Raw(load=b"x")'),
    ("hop by hop, Pad1 and PadN", X + '/IPv6ExtHdrHopByHop(options=[Pad1(), PadN(optdata=b"\\x00\\x00\\x00")])/UDP(sport=1, dport=2)'),
    ("hop by hop, an unknown option", X + '/IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0x3e, optdata=b"abcd")])/UDP(sport=1, dport=2)'),
    ("hop by hop, two options", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert(), HBHOptUnknown(otype=0x1e, optdata=b"abcdefgh")])/UDP(sport=1, dport=2)'),
    ("hop by hop, autopad off", X + '/IPv6ExtHdrHopByHop(autopad=0, options=[RouterAlert(), PadN(optdata=b"")])/UDP(sport=1, dport=2)'),
    ("hop by hop, a wrong length", X + '/IPv6ExtHdrHopByHop(len=3, options=[RouterAlert()])/UDP(sport=1, dport=2)'),
    ("hop by hop, nothing follows", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert()])'),
    ("destination options, padding alone", X + '/IPv6ExtHdrDestOpt()/TCP(sport=1, dport=2)'),
    ("destination options, home address", X + '/IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::99")])/TCP(sport=1, dport=2)', {"exact": True}),
    ("destination options, an unknown option", X + '/IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0xc3, optdata=b"xyz")])/TCP(sport=1, dport=2)'),
    ("routing, no addresses", X + '/IPv6ExtHdrRouting()/UDP(sport=1, dport=2)'),
    ("routing, one address", X + '/IPv6ExtHdrRouting(addresses=["2001:db8::3"])/UDP(sport=1, dport=2)'),
    ("routing, two addresses", X + '/IPv6ExtHdrRouting(addresses=["2001:db8::3", "2001:db8::4"])/TCP(sport=1, dport=2)'),
    ("routing, at its end", X + '/IPv6ExtHdrRouting(segleft=0, addresses=["2001:db8::3"])/TCP(sport=1, dport=2)'),
    ("routing, type 2", X + '/IPv6ExtHdrRouting(type=2, addresses=["2001:db8::3"])/TCP(sport=1, dport=2)'),
    ("routing, every field", X + '/IPv6ExtHdrRouting(nh=17, len=2, type=0, segleft=9, reserved=0x01020304, addresses=["2001:db8::3"])/UDP(sport=1, dport=2)'),
    ("segment routing", X + '/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::3", "2001:db8::4", "2001:db8::5"])/UDP(sport=1, dport=2)'),
    ("segment routing by default", X + '/IPv6ExtHdrSegmentRouting()/UDP(sport=1, dport=2)'),
    ("segment routing, every field", X + '/IPv6ExtHdrSegmentRouting(segleft=1, lastentry=1, protected=1, oam=1, alert=1, hmac=0, tag=0x1234, addresses=["2001:db8::3", "2001:db8::4"])/TCP(sport=1, dport=2)'),
    ("segment routing, padding", X + '/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::3"], tlv_objects=[IPv6ExtHdrSegmentRoutingTLVPadN(len=6, padding=b"\\x00"*6)])/UDP(sport=1, dport=2)'),
    ("segment routing, ingress and egress", X + '/IPv6ExtHdrSegmentRouting(addresses=["2001:db8::3"], tlv_objects=[IPv6ExtHdrSegmentRoutingTLVIngressNode(ingress_node="2001:db8::a"), IPv6ExtHdrSegmentRoutingTLVEgressNode(egress_node="2001:db8::b")])/UDP(sport=1, dport=2)'),
    ("fragment, whole", X + '/IPv6ExtHdrFragment(id=1)/UDP(sport=1, dport=2)'),
    ("fragment, the first", X + '/IPv6ExtHdrFragment(id=0x12345678, m=1, nh=17)/Raw(load=b"\\x00\\x01\\x00\\x02\\x00\\x10\\x00\\x00abcdefgh")'),
    ("fragment, a later one", X + '/IPv6ExtHdrFragment(id=0x12345678, offset=1, m=1, nh=17)/Raw(load=b"ijklmnop")'),
    ("fragment, the last", X + '/IPv6ExtHdrFragment(id=0x12345678, offset=8191, nh=17)/Raw(load=b"q")'),
    ("fragment, every field", X + '/IPv6ExtHdrFragment(nh=17, res1=0xff, offset=0, res2=3, m=1, id=0xffffffff)/UDP(sport=1, dport=2)'),
    ("a chain of all", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert()])/IPv6ExtHdrDestOpt()/IPv6ExtHdrRouting(addresses=["2001:db8::3"])/IPv6ExtHdrFragment(id=7)/IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::99")])/TCP(sport=1, dport=2)', {"exact": True}),
    ("a chain before ICMPv6", X + '/IPv6ExtHdrHopByHop(options=[RouterAlert()])/ICMPv6EchoRequest(id=1, seq=2)'),
    ("UDP after home address and routing", X + '/IPv6ExtHdrRouting(type=2, addresses=["2001:db8::3"])/IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::99")])/UDP(sport=1, dport=2)', {"exact": True}),
    ("two fragments headers", X + '/IPv6ExtHdrFragment(id=1)/IPv6ExtHdrFragment(id=2)/UDP(sport=1, dport=2)'),
    wire("hop by hop beyond the packet", "IPv6", "6000000000080040 20010db8000000000000000000000001 20010db8000000000000000000000002 1103 050200000100"),
    wire("routing beyond the packet", "IPv6", "6000000000082b40 20010db8000000000000000000000001 20010db8000000000000000000000002 1106 0003 00000000"),
)

family(
    "icmpv6",
    ("echo request", X + '/ICMPv6EchoRequest(id=0x1234, seq=7, data=b"ping")'),
    ("echo reply", X + '/ICMPv6EchoReply(id=0x1234, seq=7, data=b"pong!")'),
    ("echo request by default", X + '/ICMPv6EchoRequest()'),
    ("alone", 'ICMPv6EchoRequest(id=1, seq=1)'),
    ("a wrong checksum", X + '/ICMPv6EchoRequest(cksum=0x1234, id=1, seq=1)'),
    ("checksum 0", X + '/ICMPv6EchoRequest(cksum=0, id=1, seq=1)'),
    ("echo of another code", X + '/ICMPv6EchoRequest(code=9)'),
    *[("unreachable, code %d" % c, X + '/ICMPv6DestUnreach(code=%d)/IPv6(src="2001:db8::2", dst="2001:db8::1")/UDP(sport=1, dport=2)' % c) for c in range(7)],
    ("unreachable, length", X + '/ICMPv6DestUnreach(code=1, length=1)/IPv6(src="2001:db8::2", dst="2001:db8::1")/TCP(sport=1, dport=2)'),
    ("too big", X + '/ICMPv6PacketTooBig(mtu=1280)/IPv6(src="2001:db8::2", dst="2001:db8::1")/TCP(sport=1, dport=2)'),
    ("too big, a large MTU", X + '/ICMPv6PacketTooBig(mtu=0xffffffff)/IPv6(src="2001:db8::2", dst="2001:db8::1")/UDP(sport=1, dport=2)'),
    ("time exceeded", X + '/ICMPv6TimeExceeded()/IPv6(src="2001:db8::2", dst="2001:db8::1", hlim=1)/UDP(sport=1, dport=33434)'),
    ("time exceeded in reassembly", X + '/ICMPv6TimeExceeded(code=1)/IPv6(src="2001:db8::2", dst="2001:db8::1")/ICMPv6EchoRequest(id=1)'),
    ("parameter problem", X + '/ICMPv6ParamProblem()/IPv6(src="2001:db8::2", dst="2001:db8::1")/UDP(sport=1, dport=2)'),
    ("parameter problem, every field", X + '/ICMPv6ParamProblem(code=2, ptr=40)/IPv6(src="2001:db8::2", dst="2001:db8::1")/IPv6ExtHdrDestOpt()/UDP(sport=1, dport=2)'),
    ("a message of unknown type", X + '/ICMPv6Unknown(type=200, code=1, msgbody=b"body")'),
    ("router renumbering stays unknown", X[:-1] + ', nh=58)/Raw(load=b"\\x8a\\x00\\x00\\x00abcd")'),
    ("MLD query", L + '/ICMPv6MLQuery()'),
    ("MLD query of a group", L + '/ICMPv6MLQuery(mrd=1000, mladdr="ff02::1234")'),
    ("MLD report", L + '/ICMPv6MLReport(mladdr="ff02::1234")'),
    ("MLD done", L + '/ICMPv6MLDone(mladdr="ff02::1234")'),
    ("MLDv2 query", L + '/ICMPv6MLQuery2(mladdr="ff02::1234", S=1, QRV=2, QQIC=125, sources=["2001:db8::5", "2001:db8::6"])'),
    ("MLDv2 query, no sources", L + '/ICMPv6MLQuery2()'),
    ("MLDv2 report", L + '/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst="ff02::1234"), ICMPv6MLDMultAddrRec(rtype=1, dst="ff02::1235", sources=["2001:db8::5"])])', {"exact": True}),
    ("MLDv2 report, auxiliary data", L + '/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst="ff02::1234", auxdata=b"abcd")])'),
    ("MLDv2 report, a wrong count", L + '/ICMPv6MLReport2(records_number=4, records=[ICMPv6MLDMultAddrRec(dst="ff02::1234")])'),
    ("MLD with hop by hop", L + '/IPv6ExtHdrHopByHop(options=[RouterAlert()])/ICMPv6MLReport(mladdr="ff02::1234")'),
    ("multicast router advertisement", L + '/ICMPv6MRD_Advertisement(advinter=10, queryint=20, robustness=2)'),
)

family(
    "nd",
    ("router solicitation", L + '/ICMPv6ND_RS()'),
    ("router solicitation with an address", L + '/ICMPv6ND_RS()/ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")'),
    ("router advertisement", L + '/ICMPv6ND_RA()'),
    ("router advertisement, every field", L + '/ICMPv6ND_RA(chlim=64, M=1, O=1, H=1, prf=3, P=1, res=3, routerlifetime=0, reachabletime=30000, retranstimer=1000)'),
    ("router advertisement with options", L + '/ICMPv6ND_RA(chlim=64, prf=0)/ICMPv6NDOptPrefixInfo(prefix="2001:db8:1::", prefixlen=64)/ICMPv6NDOptMTU(mtu=1500)/ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")'),
    ("neighbour solicitation", L + '/ICMPv6ND_NS(tgt="fe80::2")'),
    ("neighbour solicitation with an address", L + '/ICMPv6ND_NS(tgt="fe80::2")/ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01")'),
    ("neighbour solicitation, a hop limit of its own", 'IPv6(src="fe80::1", dst="ff02::1:ff00:2")/ICMPv6ND_NS(tgt="fe80::2")'),
    ("neighbour advertisement", L + '/ICMPv6ND_NA(tgt="fe80::2")'),
    ("neighbour advertisement, flags", L + '/ICMPv6ND_NA(R=0, S=1, O=1, tgt="fe80::2")/ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:02")'),
    ("redirect", L + '/ICMPv6ND_Redirect(tgt="fe80::9", dst="2001:db8::9")'),
    ("redirect with options", L + '/ICMPv6ND_Redirect(tgt="fe80::9", dst="2001:db8::9")/ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:09")'),
    ("prefix information, every field", L + '/ICMPv6ND_RA()/ICMPv6NDOptPrefixInfo(prefixlen=48, L=0, A=0, R=1, res1=31, validlifetime=7200, preferredlifetime=3600, res2=5, prefix="2001:db8:2::")'),
    ("redirected header", L + '/ICMPv6ND_Redirect(tgt="fe80::9", dst="2001:db8::9")/ICMPv6NDOptRedirectedHdr(pkt=IPv6(src="2001:db8::1", dst="2001:db8::9")/UDP(sport=1, dport=2))'),
    ("advertisement interval", L + '/ICMPv6ND_RA()/ICMPv6NDOptAdvInterval(advint=4000)'),
    ("home agent information", L + '/ICMPv6ND_RA()/ICMPv6NDOptHAInfo(pref=1, lifetime=2)'),
    ("route information", L + '/ICMPv6ND_RA()/ICMPv6NDOptRouteInfo(plen=48, prf=1, rtlifetime=600, prefix="2001:db8:3::")'),
    ("recursive DNS server", L + '/ICMPv6ND_RA()/ICMPv6NDOptRDNSS(lifetime=600, dns=["2001:db8::53", "2001:db8::54"])'),
    ("DNS search list", L + '/ICMPv6ND_RA()/ICMPv6NDOptDNSSL(lifetime=600, searchlist=["example.com.", "example.org."])'),
    ("source address list", L + '/ICMPv6ND_NS(tgt="fe80::2")/ICMPv6NDOptSrcAddrList(addrlist=["2001:db8::5"])'),
    ("an unknown option", L + '/ICMPv6ND_RA()/ICMPv6NDOptUnknown(type=253, len=1, data=b"abcdef")'),
    ("a link-layer address of a wrong length", L + '/ICMPv6ND_NS(tgt="fe80::2")/ICMPv6NDOptSrcLLAddr(len=2, lladdr="02:00:00:00:00:01")'),
    wire("an option of length 0", "IPv6", "6000000000203aff fe800000000000000000000000000001 fe800000000000000000000000000002 870000000000 0000 fe800000000000000000000000000002 0100020000000001"),
)

# --- SCTP -----------------------------------------------------------------------------------------------------------

S = I + '/SCTP(sport=1024, dport=2048, tag=0x01020304)'
family(
    "sctp",
    ("no chunks", S),
    ("a wrong checksum", I + '/SCTP(sport=1024, dport=2048, tag=1, chksum=0x12345678)'),
    ("alone", 'SCTP(sport=1, dport=2, tag=3)'),
    ("data", S + '/SCTPChunkData(beginning=1, ending=1, tsn=1, stream_id=2, stream_seq=3, proto_id=4, data=b"data")'),
    ("data that is filled up", S + '/SCTPChunkData(tsn=1, stream_id=2, stream_seq=3, proto_id=4, data=b"a")'),
    ("data, every flag", S + '/SCTPChunkData(reserved=15, delay_sack=1, unordered=1, beginning=1, ending=1, tsn=0xffffffff, stream_id=0xffff, stream_seq=0xffff, proto_id=0xffffffff, data=b"ab")'),
    ("data of a wrong length", S + '/SCTPChunkData(len=17, tsn=1, stream_id=0, stream_seq=0, proto_id=0, data=b"abcd")'),
    ("two data chunks", S + '/SCTPChunkData(tsn=1, stream_id=0, stream_seq=0, proto_id=0, data=b"abc")/SCTPChunkData(tsn=2, stream_id=0, stream_seq=1, proto_id=0, data=b"de")'),
    ("init", I + '/SCTP(sport=1024, dport=2048, tag=0)/SCTPChunkInit(init_tag=0x11223344, a_rwnd=65536, n_out_streams=10, n_in_streams=2048, init_tsn=7)'),
    ("init with addresses", S + '/SCTPChunkInit(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamIPv4Addr(addr="192.0.2.9"), SCTPChunkParamIPv6Addr(addr="2001:db8::9"), SCTPChunkParamSupportedAddrTypes(addr_type_list=[5, 6])])'),
    ("init with capabilities", S + '/SCTPChunkInit(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamECNCapable(), SCTPChunkParamFwdTSN(), SCTPChunkParamCookiePreservative(sug_cookie_inc=1000), SCTPChunkParamSupportedExtensions(supported_extensions=[0x40, 0x80, 0xc1]), SCTPChunkParamAdaptationLayer(indication=7)])'),
    ("init with authentication", S + '/SCTPChunkInit(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamRandom(random=b"0123456789abcdef0123456789abcdef"), SCTPChunkParamChunkList(chunk_list=[0, 1]), SCTPChunkParamRequestedHMACFunctions(HMAC_functions_list=[1, 3])])'),
    ("init with a host name", S + '/SCTPChunkInit(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamHostname(hostname=b"host")])'),
    ("init ack", S + '/SCTPChunkInitAck(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamStateCookie(cookie=b"cookie")])'),
    ("init ack with an unrecognized parameter", S + '/SCTPChunkInitAck(init_tag=1, a_rwnd=65536, n_out_streams=10, n_in_streams=10, init_tsn=7, params=[SCTPChunkParamUnrocognizedParam(param=b"\\xc0\\x08\\x00\\x04")])'),
    ("selective ack", S + '/SCTPChunkSACK(cumul_tsn_ack=5, a_rwnd=65536)'),
    ("selective ack with gaps", S + '/SCTPChunkSACK(cumul_tsn_ack=5, a_rwnd=65536, gap_ack_list=["2:3", "5:9"], dup_tsn_list=[4, 5])'),
    ("heartbeat", S + '/SCTPChunkHeartbeatReq(params=[SCTPChunkParamHeartbeatInfo(data=b"beat")])'),
    ("heartbeat ack", S + '/SCTPChunkHeartbeatAck(params=[SCTPChunkParamHeartbeatInfo(data=b"beat")])'),
    ("abort", S + '/SCTPChunkAbort()'),
    ("abort with a cause", S + '/SCTPChunkAbort(TCB=1, error_causes=b"\\x00\\x0c\\x00\\x04")'),
    ("shutdown", S + '/SCTPChunkShutdown(cumul_tsn_ack=9)'),
    ("shutdown ack", S + '/SCTPChunkShutdownAck()'),
    ("shutdown complete", S + '/SCTPChunkShutdownComplete(TCB=1)'),
    ("error", S + '/SCTPChunkError(error_causes=b"\\x00\\x01\\x00\\x08\\x00\\x05\\x00\\x00")'),
    ("cookie echo", S + '/SCTPChunkCookieEcho(cookie=b"cookie")'),
    ("cookie ack", S + '/SCTPChunkCookieAck()'),
    ("cookie echo and data", S + '/SCTPChunkCookieEcho(cookie=b"cook")/SCTPChunkData(beginning=1, ending=1, tsn=1, stream_id=0, stream_seq=0, proto_id=0, data=b"x")'),
    ("authentication", S + '/SCTPChunkAuthentication(shared_key_id=1, HMAC_function=1, HMAC=b"01234567890123456789")'),
    ("address configuration", S + '/SCTPChunkAddressConf(seq=1, params=[SCTPChunkParamIPv4Addr(addr="192.0.2.9"), SCTPChunkParamAddIPAddr(correlation_id=1, addr="192.0.2.10")])'),
    ("address configuration ack", S + '/SCTPChunkAddressConfAck(seq=1, params=[SCTPChunkParamSuccessIndication(correlation_id=1)])'),
    ("over IPv6", X + '/SCTP(sport=1, dport=2, tag=3)/SCTPChunkCookieAck()'),
    ("padding behind it", E + '/' + S + '/SCTPChunkCookieAck()/Padding(load=b"\\x00"*10)'),
    wire("an unknown chunk", "SCTP", "0400 0800 01020304 00000000 3f00 0008 61626364"),
    wire("a chunk of length 0", "SCTP", "0400 0800 01020304 00000000 0000 0000"),
    wire("a chunk beyond the packet", "SCTP", "0400 0800 01020304 00000000 0003 0100 00000001"),
)

# --- Tunnels ----------------------------------------------------------------------------------------------------------

family(
    "gre",
    ("IP in GRE", I + '/GRE()/IP(src="10.0.0.1", dst="10.0.0.2")/TCP(sport=1, dport=2)'),
    ("IPv6 in GRE", I + '/GRE()/' + X + '/UDP(sport=1, dport=2)'),
    ("Ethernet in GRE", I + '/GRE()/' + E + '/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("a key", I + '/GRE(key_present=1, key=0x01020304)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("a sequence number", I + '/GRE(seqnum_present=1, sequence_number=7)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("a checksum", I + '/GRE(chksum_present=1)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("a wrong checksum", I + '/GRE(chksum_present=1, chksum=0x1234)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("checksum, key and sequence number", I + '/GRE(chksum_present=1, key_present=1, seqnum_present=1, key=1, sequence_number=2)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("the present bits without values", I + '/GRE(key_present=1, seqnum_present=1)/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("every bit", I + '/GRE(strict_route_source=1, recursion_control=7, flags=31, version=0, proto=0x88b5)/Raw(load=b"x")'),
    ("another version", I + '/GRE(version=2, proto=0x88b5)/Raw(load=b"x")'),
    ("an unknown protocol", I + '/GRE(proto=0x88b5)/Raw(load=b"x")'),
    ("over IPv6", X + '/GRE()/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("GRE in GRE", I + '/GRE()/IP(src="10.0.0.1", dst="10.0.0.2")/GRE()/IP(src="10.1.0.1", dst="10.1.0.2")/UDP(sport=1, dport=2)'),
    ("PPTP", I + '/GRE_PPTP(call_id=7, seqnum_present=1, sequence_number=3)/PPP()/' + 'IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("PPTP acknowledges", I + '/GRE_PPTP(call_id=7, acknum_present=1, ack_number=3)'),
)

family(
    "erspan",
    ("Ethernet in ERSPAN II", I + '/GRE(seqnum_present=1, sequence_number=7)/ERSPAN_II(ver=1, vlan=100, session_id=77)/' + E + '/' + I + '/UDP(sport=1, dport=2)'),
    ("every field", I + '/GRE(seqnum_present=1)/ERSPAN_II(ver=1, vlan=4095, cos=5, en=2, t=1, session_id=1023, reserved=0xabc, index=0x12345)/' + E[:-1] + ', type=0x88b5)/Raw(load=b"hi")'),
    ("the sequence number by itself", I + '/GRE()/ERSPAN_II(ver=1)/' + E),
    ("another version", I + '/GRE(seqnum_present=1)/ERSPAN_II(ver=9)/' + E),
    ("over IPv6, with a key", X + '/GRE(key_present=1, key=1, seqnum_present=1)/ERSPAN_II(ver=1, session_id=1)/' + E),
    ("alone", 'ERSPAN_II(ver=1, vlan=5)/' + E),
    wire("type I", "GRE", "000088be 020000000002 020000000001 88b5 6869"),
)

family(
    "vxlan",
    ("defaults", I + '/UDP(sport=49152, dport=4789)/VXLAN()'),
    ("Ethernet in VXLAN", I + '/UDP(sport=49152, dport=4789)/VXLAN(vni=100)/' + E + '/' + I + '/TCP(sport=1, dport=2)'),
    ("the ports by themselves", I + '/UDP()/VXLAN(vni=100)/' + E + '/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")'),
    ("flags that are set", I + '/UDP(sport=1, dport=4789)/VXLAN(flags="Instance", vni=0xffffff, reserved1=0, reserved2=0xff)/' + E),
    ("the next protocol is IP", I + '/UDP(sport=1, dport=4789)/VXLAN(vni=5, flags=0xc, NextProtocol=1)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("the next protocol is IPv6", I + '/UDP(sport=1, dport=4789)/VXLAN(vni=5)/' + X + '/UDP(sport=1, dport=2)'),
    ("group policy", I + '/UDP(sport=1, dport=4789)/VXLAN(flags=0x88, gpid=7, vni=5)/Raw(load=b"")'),
    ("alone", 'VXLAN(vni=1)/' + E),
    ("over IPv6", X + '/UDP(sport=49152, dport=4789)/VXLAN(vni=100)/' + E + '/' + I),
    ("VXLAN in VXLAN", I + '/UDP(sport=1, dport=4789)/VXLAN(vni=1)/' + E + '/' + I + '/UDP(sport=1, dport=4789)/VXLAN(vni=2)/' + E + '/' + I),
)

family(
    "geneve",
    ("Ethernet in Geneve", I + '/UDP(sport=49152, dport=6081)/GENEVE(vni=100)/' + E + '/' + I + '/TCP(sport=1, dport=2)'),
    ("IP in Geneve", I + '/UDP(sport=49152, dport=6081)/GENEVE(vni=100)/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("IPv6 in Geneve", I + '/UDP(sport=49152, dport=6081)/GENEVE(vni=100)/' + X + '/UDP(sport=1, dport=2)'),
    ("the ports by themselves", I + '/UDP()/GENEVE(vni=1)/' + E, {"sure": 2, "why": "ports 53 to 53 are DNS, and this is none"}),
    ("every field", I + '/UDP(sport=1, dport=6081)/GENEVE(version=1, oam=1, critical=1, proto=0x88b5, vni=0xffffff, reserved2=0xff)/Raw(load=b"x")'),
    ("an option", I + '/UDP(sport=1, dport=6081)/GENEVE(vni=1, options=[GeneveOptions(classid=0x102, type=0x80, data=b"\\x00\\x01\\x00\\x02")])/' + E),
    ("two options", I + '/UDP(sport=1, dport=6081)/GENEVE(vni=1, critical=1, options=[GeneveOptions(classid=0x102, type=1, data=b"abcdefgh"), GeneveOptions(classid=0x103, type=2)])/' + E),
    ("an option that does not fill its words", I + '/UDP(sport=1, dport=6081)/GENEVE(vni=1, options=[GeneveOptions(classid=1, type=1, data=b"abc")])/' + E),
    ("a wrong length of options", I + '/UDP(sport=1, dport=6081)/GENEVE(vni=1, optionlen=0, options=[GeneveOptions(classid=1, type=1, data=b"abcd")])/' + E),
    ("alone", 'GENEVE(vni=1)/' + E),
)

family(
    "l2tp",
    ("data", I + '/UDP(sport=1701, dport=1701)/L2TP(tunnel_id=1, session_id=2)/PPP()/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("with a length", I + '/UDP(sport=1701, dport=1701)/L2TP(hdr="length", tunnel_id=1, session_id=2)/PPP()/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("with a sequence", I + '/UDP(sport=1701, dport=1701)/L2TP(hdr="sequence", tunnel_id=1, session_id=2, ns=3, nr=4)/PPP()/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("with an offset", I + '/UDP(sport=1701, dport=1701)/L2TP(hdr="offset", tunnel_id=1, session_id=2)/PPP()/IP(src="10.0.0.1", dst="10.0.0.2")'),
    ("control", I + '/UDP(sport=1701, dport=1701)/L2TP(hdr="control+length+sequence", tunnel_id=1, session_id=0, ns=3, nr=4)'),
    ("the ports by themselves", I + '/UDP()/L2TP(tunnel_id=5, session_id=6)'),
    ("a wrong length", I + '/UDP(sport=1701, dport=1701)/L2TP(hdr="length", len=100, tunnel_id=1, session_id=2)'),
    ("another version", I + '/UDP(sport=1701, dport=1701)/L2TP(version=3, tunnel_id=1, session_id=2)'),
)

# --- Routing and redundancy ---------------------------------------------------------------------------------------------

family(
    "vrrp",
    ("defaults", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRP()'),
    ("one address", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRP(vrid=7, priority=200, addrlist=["192.0.2.254"])'),
    ("two addresses and a password", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRP(authtype=1, adv=3, addrlist=["192.0.2.254", "192.0.2.253"], auth1=0x70617373, auth2=0x776f7264)'),
    ("a wrong count", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRP(ipcount=2, addrlist=["192.0.2.254"])'),
    ("a wrong checksum", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRP(chksum=1, addrlist=["192.0.2.254"])'),
    ("version 3", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRPv3(vrid=7, priority=200, addrlist=["192.0.2.254"])'),
    ("version 3, two addresses", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRPv3(vrid=7, adv=4095, res=3, addrlist=["192.0.2.254", "192.0.2.253"])'),
    ("version 3 over IPv6", 'IPv6(src="fe80::1", dst="ff02::12", hlim=255)/VRRPv3(vrid=7, addrlist=["fe80::100"])'),
    ("version 3, a wrong checksum", 'IP(src="192.0.2.1", dst="224.0.0.18", ttl=255)/VRRPv3(chksum=7, addrlist=["192.0.2.254"])'),
)

family(
    "rip",
    ("request of the whole table", I + '/UDP(sport=520, dport=520)/RIP()/RIPEntry(AF=0, metric=16)'),
    ("the ports by themselves", I + '/UDP()/RIP()/RIPEntry()'),
    ("version 1 response", I + '/UDP(sport=520, dport=520)/RIP(cmd=2)/RIPEntry(addr="10.0.0.0", metric=1)'),
    ("version 2 response", I + '/UDP(sport=520, dport=520)/RIP(cmd=2, version=2)/RIPEntry(RouteTag=7, addr="10.0.0.0", mask="255.0.0.0", nextHop="192.0.2.9", metric=3)/RIPEntry(addr="10.1.0.0", mask="255.255.0.0", metric=16)'),
    ("a password", I + '/UDP(sport=520, dport=520)/RIP(cmd=2, version=2)/RIPAuth(authtype=2, password=b"secret")/RIPEntry(addr="10.0.0.0", mask="255.0.0.0")'),
    ("a digest", I + '/UDP(sport=520, dport=520)/RIP(cmd=2, version=2)/RIPAuth(authtype=3, digestoffset=24, keyid=1, authdatalen=20, seqnum=9)/RIPEntry(addr="10.0.0.0", mask="255.0.0.0")'),
    ("a digest's trailer", I + '/UDP(sport=520, dport=520)/RIP(cmd=2, version=2)/RIPAuth(authtype=1, authdata=b"0123456789abcdef")'),
    ("no entries", I + '/UDP(sport=520, dport=520)/RIP(cmd=2, version=2)'),
    ("an unknown command", I + '/UDP(sport=520, dport=520)/RIP(cmd=9, version=9, null=9)/RIPEntry(metric=0xffffffff)'),
)

# --- DNS --------------------------------------------------------------------------------------------------------------

D = I + '/UDP(sport=1024, dport=53)/'
F = I + '/UDP(sport=53, dport=1024)/'


def answer(name, record, **more):
    """A row with one answer."""
    return (name, F + 'DNS(id=1, qr=1, qd=DNSQR(qname="example.com"), an=%s)' % record, more)


family(
    "dns",
    ("defaults", D + 'DNS()'),
    ("a question", D + 'DNS(id=0x1234, qd=DNSQR(qname="example.com"))'),
    ("the ports by themselves", I + '/UDP()/DNS(id=1, qd=DNSQR(qname="example.com"))'),
    ("alone", 'DNS(id=7, rd=0, qd=DNSQR(qname="example.com", qtype="AAAA"))'),
    ("no question", D + 'DNS(id=1, qd=None)', {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2"}/UDP{sport=1024, dport=53}/DNS{id=1, qd={}}', "exact": True}),
    ("the root", D + 'DNS(id=1, qd=DNSQR(qname="."))'),
    ("a name with a dot at its end", D + 'DNS(id=1, qd=DNSQR(qname="example.com."))'),
    ("a long name", D + 'DNS(id=1, qd=DNSQR(qname="a23456789012345678901234567890123456789012345678901234567890123.b23456789012345678901234567890123456789012345678901234567890123.example.com"))'),
    ("every header field", D + 'DNS(id=0xffff, qr=1, opcode=15, aa=1, tc=1, rd=1, ra=1, z=1, ad=1, cd=1, rcode=15, qd=DNSQR(qname="example.com"))'),
    ("wrong counts", D + 'DNS(id=1, qdcount=2, ancount=1, nscount=1, arcount=1, qd=DNSQR(qname="example.com"))', {"sure": 2, "why": GIVES_UP}),
    ("count 0 before a question", D + 'DNS(id=1, qdcount=0, qd=DNSQR(qname="example.com"))'),
    *[("a question of type %s" % t, D + 'DNS(id=1, qd=DNSQR(qname="example.com", qtype="%s"))' % t) for t in
      ("A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "SRV", "ANY", "AXFR")],
    ("a question of another class", D + 'DNS(id=1, qd=DNSQR(qname="version.bind", qtype="TXT", qclass=3))'),
    ("two questions", D + 'DNS(id=1, qd=DNSQR(qname="example.com")/DNSQR(qname="example.org", qtype=28))',
     {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2"}/UDP{sport=1024, dport=53}/DNS{id=1, qd={DNSQR{qname="example.com"}, DNSQR{qname="example.org", qtype=28}}}'}),
    answer("A", 'DNSRR(rrname="example.com", type="A", ttl=300, rdata="192.0.2.80")'),
    answer("AAAA", 'DNSRR(rrname="example.com", type="AAAA", ttl=300, rdata="2001:db8::80")'),
    answer("NS", 'DNSRR(rrname="example.com", type="NS", ttl=300, rdata="ns1.example.com")'),
    answer("CNAME", 'DNSRR(rrname="www.example.com", type="CNAME", ttl=300, rdata="example.com")'),
    answer("PTR", 'DNSRR(rrname="80.2.0.192.in-addr.arpa", type="PTR", ttl=300, rdata="example.com")'),
    answer("TXT", 'DNSRR(rrname="example.com", type="TXT", ttl=300, rdata=[b"v=spf1 -all"])'),
    answer("TXT of two strings", 'DNSRR(rrname="example.com", type="TXT", ttl=300, rdata=[b"one", b"two"])'),
    answer("TXT, an empty string", 'DNSRR(rrname="example.com", type="TXT", ttl=300, rdata=[b""])',
           lua='IP{src="192.0.2.1", dst="198.51.100.2"}/UDP{sport=53, dport=1024}/DNS{id=1, qr=1, qd=DNSQR{qname="example.com"}, an=DNSRR{rrname="example.com", type="TXT", ttl=300, rdata={}}}'),
    answer("HINFO as bytes", 'DNSRR(rrname="example.com", type="HINFO", ttl=300, rdata=b"\\x03x86\\x05Linux")', sure=2, why=LATER),
    answer("an unknown type", 'DNSRR(rrname="example.com", type=65280, ttl=300, rdata=b"\\x01\\x02\\x03")'),
    answer("a ttl at its end and cache flush", 'DNSRR(rrname="example.com", rclass=0x8001, ttl=0xffffffff, rdata="192.0.2.80")'),
    answer("a wrong rdlen", 'DNSRR(rrname="example.com", rdlen=2, rdata="192.0.2.80")', sure=2, why=GIVES_UP),
    answer("NULL without data", 'DNSRR(rrname="example.com", type=10, rdata=b"")'),
    answer("SOA", 'DNSRRSOA(rrname="example.com", ttl=300, mname="ns1.example.com", rname="root.example.com", serial=2024010101, refresh=7200, retry=3600, expire=1209600, minimum=300)'),
    answer("MX", 'DNSRRMX(rrname="example.com", type="MX", ttl=300, preference=10, exchange="mail.example.com")'),
    answer("SRV", 'DNSRRSRV(rrname="_sip._udp.example.com", ttl=300, priority=1, weight=2, port=5060, target="sip.example.com")'),
    answer("DS", 'DNSRRDS(rrname="example.com", ttl=300, keytag=1234, algorithm=8, digesttype=2, digest=b"0123456789abcdef0123456789abcdef")'),
    answer("DLV", 'DNSRRDLV(rrname="example.com", ttl=300, keytag=1234, algorithm=8, digesttype=2, digest=b"0123456789abcdef0123456789abcdef")'),
    answer("DNSKEY", 'DNSRRDNSKEY(rrname="example.com", ttl=300, flags=257, protocol=3, algorithm=8, publickey=b"key")'),
    answer("RRSIG", 'DNSRRRSIG(rrname="example.com", ttl=300, typecovered="A", algorithm=8, labels=2, originalttl=300, expiration=1700000000, inception=1690000000, keytag=1234, signersname="example.com", signature=b"signature")'),
    answer("NSEC", 'DNSRRNSEC(rrname="example.com", ttl=300, nextname="a.example.com", typebitmaps=[1, 2, 6, 15, 16, 28, 46, 47, 48])'),
    answer("NSEC3", 'DNSRRNSEC3(rrname="abc.example.com", ttl=300, hashalg=1, flags=1, iterations=10, saltlength=2, salt=b"\\xaa\\xbb", hashlength=20, nexthashedownername=b"01234567890123456789", typebitmaps=[1, 46])'),
    answer("NSEC3PARAM", 'DNSRRNSEC3PARAM(rrname="example.com", ttl=300, hashalg=1, flags=0, iterations=10, saltlength=2, salt=b"\\xaa\\xbb")'),
    answer("NAPTR as bytes", 'DNSRR(rrname="example.com", type=35, ttl=300, rdata=b"\\x00\\x0a\\x00\\x0a\\x01u\\x07E2U+sip\\x00\\x00")', sure=2, why=LATER),
    answer("SVCB as bytes", 'DNSRR(rrname="example.com", type=64, ttl=300, rdata=b"\\x00\\x01\\x03svc\\x07example\\x03com\\x00\\x00\\x03\\x00\\x02\\x1f\\x90")', sure=2, why=LATER),
    answer("HTTPS as bytes", 'DNSRR(rrname="example.com", type=65, ttl=300, rdata=b"\\x00\\x01\\x00\\x00\\x01\\x00\\x03\\x02h2")', sure=2, why=LATER),
    answer("TSIG", 'DNSRRTSIG(rrname="key", rclass=255, algo_name="hmac-sha1", time_signed=1700000000, fudge=300, mac_len=20, mac_data=b"01234567890123456789", original_id=1)'),
    ("answers in all sections", F + 'DNS(id=1, qr=1, aa=1, qd=DNSQR(qname="example.com"), an=DNSRR(rrname="example.com", ttl=1, rdata="192.0.2.80"), ns=DNSRR(rrname="example.com", type="NS", ttl=2, rdata="ns1.example.com"), ar=DNSRR(rrname="ns1.example.com", ttl=3, rdata="192.0.2.53"))'),
    ("three answers", F + 'DNS(id=1, qr=1, qd=DNSQR(qname="example.com"), an=DNSRR(rrname="example.com", ttl=1, rdata="192.0.2.80")/DNSRR(rrname="example.com", ttl=1, rdata="192.0.2.81")/DNSRR(rrname="example.com", type="AAAA", ttl=1, rdata="2001:db8::80"))',
     {"lua": 'IP{src="192.0.2.1", dst="198.51.100.2"}/UDP{sport=53, dport=1024}/DNS{id=1, qr=1, qd=DNSQR{qname="example.com"}, an={DNSRR{rrname="example.com", ttl=1, rdata="192.0.2.80"}, DNSRR{rrname="example.com", ttl=1, rdata="192.0.2.81"}, DNSRR{rrname="example.com", type="AAAA", ttl=1, rdata="2001:db8::80"}}}'}),
    ("no such name", F + 'DNS(id=1, qr=1, rcode=3, qd=DNSQR(qname="nosuch.example.com"), ns=DNSRRSOA(rrname="example.com", ttl=300, mname="ns1.example.com", rname="root.example.com", serial=1))'),
    ("EDNS", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT())'),
    ("EDNS, every field", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(rclass=1232, extrcode=1, version=1, z=0))'),
    ("EDNS, a name server's identity", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(z=0, rdata=[EDNS0TLV(optcode=3)]))'),
    ("EDNS, a cookie", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(z=0, rdata=[EDNS0TLV(optcode=10, optdata=b"01234567")]))'),
    ("EDNS, two options", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(z=0, rdata=[EDNS0TLV(optcode=3, optdata=b"ns1"), EDNS0TLV(optcode=12, optdata=b"\\x00\\x00\\x00\\x00")]))'),
    ("EDNS, a client's network", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(z=0, rdata=[EDNS0ClientSubnet(source_plen=24, address="203.0.113.0")]))'),
    ("EDNS, a client's IPv6 network", D + 'DNS(id=1, qd=DNSQR(qname="example.com"), ar=DNSRROPT(z=0, rdata=[EDNS0ClientSubnet(family=2, source_plen=48, address="2001:db8:1::")]))'),
    ("over TCP", I + '/TCP(sport=1024, dport=53, flags="PA")/DNS(id=1, qd=DNSQR(qname="example.com"))'),
    ("over TCP, an answer", I + '/TCP(sport=53, dport=1024, flags="PA")/DNS(id=1, qr=1, qd=DNSQR(qname="example.com"), an=DNSRR(rrname="example.com", ttl=1, rdata="192.0.2.80"))'),
    ("over TCP, a wrong length", I + '/TCP(sport=1024, dport=53, flags="PA")/DNS(length=5, id=1, qd=DNSQR(qname="example.com"))', {"sure": 2, "why": GIVES_UP}),
    ("over IPv6", X + '/UDP(sport=1024, dport=53)/DNS(id=1, qd=DNSQR(qname="example.com"))'),
    ("multicast DNS", 'IP(src="192.0.2.1", dst="224.0.0.251", ttl=255)/UDP(sport=5353, dport=5353)/DNS(id=0, rd=0, qd=DNSQR(qname="_http._tcp.local", qtype="PTR"))'),
    ("a dynamic update", D + 'DNS(id=1, opcode=5, rd=0, qd=DNSQR(qname="example.com", qtype="SOA"), ns=DNSRR(rrname="new.example.com", ttl=300, rdata="192.0.2.90"))'),
    ("LLMNR", I + '/UDP(sport=1024, dport=5355)/LLMNRQuery(id=1, qd=DNSQR(qname="host"))'),
    ("LLMNR's answer", I + '/UDP(sport=5355, dport=1024)/LLMNRResponse(id=1, qd=DNSQR(qname="host"), an=DNSRR(rrname="host", ttl=30, rdata="192.0.2.9"))'),
    ("compressed", None, {"first": "DNS", "wire": "00018180 0001 0002 0000 0000 076578616d706c6503636f6d00 0001 0001 c00c 0001 0001 0000012c 0004 c0000250 c00c 0005 0001 0000012c 0006 03777777c00c"}),
    ("a pointer to itself", None, {"first": "DNS", "wire": "00010100 0001 0000 0000 0000 c00c 0001 0001", "sure": 0, "why": FREE}),
    ("a pointer ahead", None, {"first": "DNS", "wire": "00010100 0001 0000 0000 0000 c0ff 0001 0001", "sure": 0, "why": FREE}),
    ("a question cut short", None, {"first": "DNS", "wire": "00010100 0001 0000 0000 0000 07657861", "sure": 0, "why": FREE}),
)
for row in FAMILIES["dns"]:
    if "wire" in row[2]:
        row[2]["wire"] = row[2]["wire"].replace(" ", "")

# --- Configuration ------------------------------------------------------------------------------------------------------

B = 'IP(src="0.0.0.0", dst="255.255.255.255")/UDP(sport=68, dport=67)/BOOTP(chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01", xid=0x12345678)'
family(
    "dhcp",
    ("BOOTP by default", I + '/UDP(sport=68, dport=67)/BOOTP(chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01")'),
    ("the ports by themselves", I + '/UDP()/BOOTP(chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01")'),
    ("BOOTP, every field", I + '/UDP(sport=67, dport=68)/BOOTP(op=2, htype=1, hlen=6, hops=1, xid=0xffffffff, secs=2, flags="B", ciaddr="192.0.2.1", yiaddr="192.0.2.2", siaddr="192.0.2.3", giaddr="192.0.2.4", chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01", sname=b"server", file=b"pxelinux.0")'),
    ("discover", B + '/DHCP(options=[("message-type","discover"),"end"])'),
    ("request", B + '/DHCP(options=[("message-type","request"),("requested_addr","192.0.2.9"),("server_id","192.0.2.3"),("param_req_list",[1,3,6,15]),"end"])'),
    ("offer", I + '/UDP(sport=67, dport=68)/BOOTP(op=2, xid=1, yiaddr="192.0.2.9", chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01")/DHCP(options=[("message-type","offer"),("server_id","192.0.2.3"),("lease_time",86400),("subnet_mask","255.255.255.0"),("router","192.0.2.254"),("name_server","192.0.2.53","192.0.2.54"),"end"])'),
    ("ack", I + '/UDP(sport=67, dport=68)/BOOTP(op=2, xid=1, yiaddr="192.0.2.9", chaddr=b"\\x02\\x00\\x00\\x00\\x00\\x01")/DHCP(options=[("message-type","ack"),("renewal_time",100),("rebinding_time",200),("broadcast_address","192.0.2.255"),("domain",b"example.com"),"end"])'),
    *[("message %s" % m, B + '/DHCP(options=[("message-type","%s"),"end"])' % m) for m in ("decline", "nak", "release", "inform")],
    ("message by number", B + '/DHCP(options=[("message-type",3),"end"])'),
    ("host name and client", B + '/DHCP(options=[("message-type","discover"),("hostname",b"host"),("client_id",b"\\x01\\x02\\x00\\x00\\x00\\x00\\x01"),("vendor_class_id",b"MSFT 5.0"),("max_dhcp_size",1500),"end"])'),
    ("no end", B + '/DHCP(options=[("message-type","discover")])'),
    ("pads", B + '/DHCP(options=[("message-type","discover"),"pad","pad","end","pad","pad"])'),
    ("padded to 300 bytes", B + '/DHCP(options=[("message-type","discover"),"end"])/Padding(load=b"\\x00"*56)'),
    ("an option by number", B + '/DHCP(options=[(252,b"http://wpad/"),"end"])'),
    ("no options", B + '/DHCP(options=["end"])'),
    ("a relay", B + '/DHCP(options=[("message-type","discover"),("relay_agent_information",b"\\x01\\x04port"),"end"])'),
    ("static routes", B + '/DHCP(options=[("message-type","ack"),("static-routes","10.0.0.1","192.0.2.254"),"end"])'),
    ("over Ethernet", 'Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01")/' + B + '/DHCP(options=[("message-type","discover"),("param_req_list",[1,3,6]),"end"])'),
    wire("an option cut short", "DHCP", "350101 3204 0a00"),
    wire("a cookie of another protocol", "BOOTP", "010106000000000100000000" + "00" * 16 + "020000000001" + "00" * 10 + "00" * 64 + "00" * 128 + "01020304"),
)

V = 'IPv6(src="fe80::1", dst="ff02::1:2")/UDP(sport=546, dport=547)/'
W = 'IPv6(src="fe80::2", dst="fe80::1")/UDP(sport=547, dport=546)/'
C = 'DHCP6OptClientId(duid=DUID_LL(hwtype=1, lladdr="02:00:00:00:00:01"))'
family(
    "dhcp6",
    ("solicit", V + 'DHCP6_Solicit(trid=0x123456)'),
    ("the ports by themselves", 'IPv6(src="fe80::1", dst="ff02::1:2")/UDP()/DHCP6_Solicit(trid=1)'),
    ("solicit with a client and a request of options", V + 'DHCP6_Solicit(trid=1)/' + C + '/DHCP6OptElapsedTime(elapsedtime=10)/DHCP6OptOptReq(reqopts=[23, 24, 39])'),
    ("solicit with an association", V + 'DHCP6_Solicit(trid=1)/' + C + '/DHCP6OptIA_NA(iaid=0x1234, T1=0, T2=0)'),
    ("advertise", W + 'DHCP6_Advertise(trid=1)/' + C + '/DHCP6OptServerId(duid=DUID_EN(enterprisenum=311, id=b"server"))/DHCP6OptPref(prefval=255)'),
    ("request with an address", V + 'DHCP6_Request(trid=1)/DHCP6OptIA_NA(iaid=1, T1=100, T2=200, ianaopts=[DHCP6OptIAAddress(addr="2001:db8::9", preflft=300, validlft=400)])'),
    ("confirm", V + 'DHCP6_Confirm(trid=1)'),
    ("renew", V + 'DHCP6_Renew(trid=1)/DHCP6OptIA_PD(iaid=1, T1=100, T2=200, iapdopt=[DHCP6OptIAPrefix(preflft=300, validlft=400, plen=56, prefix="2001:db8:100::")])'),
    ("rebind", V + 'DHCP6_Rebind(trid=1)/DHCP6OptIA_TA(iaid=5)'),
    ("reply", W + 'DHCP6_Reply(trid=1)/DHCP6OptStatusCode(statuscode=0, statusmsg=b"ok")'),
    ("reply with name servers", W + 'DHCP6_Reply(trid=1)/DHCP6OptDNSServers(dnsservers=["2001:db8::53", "2001:db8::54"])/DHCP6OptDNSDomains(dnsdomains=["example.com.", "example.org."])'),
    ("release", V + 'DHCP6_Release(trid=1)'),
    ("decline", V + 'DHCP6_Decline(trid=1)'),
    ("reconfigure", W + 'DHCP6_Reconf(trid=0)/DHCP6OptReconfMsg(msgtype=5)'),
    ("information request", V + 'DHCP6_InfoRequest(trid=1)/DHCP6OptOptReq(reqopts=[23])'),
    ("a rapid commit", V + 'DHCP6_Solicit(trid=1)/DHCP6OptRapidCommit()'),
    ("a server's address", W + 'DHCP6_Reply(trid=1)/DHCP6OptServerUnicast(srvaddr="2001:db8::1")'),
    ("authentication", W + 'DHCP6_Reply(trid=1)/DHCP6OptAuth(proto=2, alg=1, rdm=0, replay=b"12345678", authinfo=b"info")'),
    ("a user's class", V + 'DHCP6_Solicit(trid=1)/DHCP6OptUserClass(userclassdata=[USER_CLASS_DATA(data=b"class")])'),
    ("a vendor's class", V + 'DHCP6_Solicit(trid=1)/DHCP6OptVendorClass(enterprisenum=311, vcdata=[VENDOR_CLASS_DATA(data=b"MSFT 5.0")])'),
    ("a vendor's information", V + 'DHCP6_Solicit(trid=1)/DHCP6OptVendorSpecificInfo(enterprisenum=311, vso=[VENDOR_SPECIFIC_OPTION(optcode=1, optdata=b"abc")])'),
    ("an interface", V + 'DHCP6_Solicit(trid=1)/DHCP6OptIfaceId(ifaceid=b"eth0")'),
    ("a full name", V + 'DHCP6_Solicit(trid=1)/DHCP6OptClientFQDN(flags="S", fqdn="host.example.com")'),
    ("accept reconfiguration", V + 'DHCP6_Solicit(trid=1)/DHCP6OptReconfAccept()'),
    ("time servers", W + 'DHCP6_Reply(trid=1)/DHCP6OptSNTPServers(sntpservers=["2001:db8::123"])/DHCP6OptInfoRefreshTime(reftime=3600)'),
    ("phone servers", W + 'DHCP6_Reply(trid=1)/DHCP6OptSIPServers(sipservers=["2001:db8::5060"])/DHCP6OptSIPDomains(sipdomains=["sip.example.com."])'),
    ("a boot file", W + 'DHCP6_Reply(trid=1)/DHCP6OptBootFileUrl(optdata=b"tftp://[2001:db8::1]/boot")'),
    ("an identity of time and address", V + 'DHCP6_Solicit(trid=1)/DHCP6OptClientId(duid=DUID_LLT(hwtype=1, timeval=700000000, lladdr="02:00:00:00:00:01"))'),
    ("an identity of the machine", V + 'DHCP6_Solicit(trid=1)/DHCP6OptClientId(duid=DUID_UUID(uuid="01234567-89ab-cdef-0123-456789abcdef"))'),
    ("an unknown option", V + 'DHCP6_Solicit(trid=1)/DHCP6OptUnknown(optcode=65000, data=b"abc")'),
    ("an unknown message", V + 'DHCP6(msgtype=200, trid=1)'),
    ("a relay's message", 'IPv6(src="2001:db8::1", dst="2001:db8::2")/UDP(sport=547, dport=547)/DHCP6_RelayForward(hopcount=1, linkaddr="2001:db8::1", peeraddr="fe80::1")/DHCP6OptRelayMsg(message=DHCP6_Solicit(trid=7))'),
    ("a relay's reply", 'IPv6(src="2001:db8::2", dst="2001:db8::1")/UDP(sport=547, dport=547)/DHCP6_RelayReply(hopcount=1, linkaddr="2001:db8::1", peeraddr="fe80::1")/DHCP6OptIfaceId(ifaceid=b"eth0")/DHCP6OptRelayMsg(message=DHCP6_Advertise(trid=7))'),
    ("an option of a wrong length", V + 'DHCP6_Solicit(trid=1)/DHCP6OptIfaceId(optlen=100, ifaceid=b"eth0")'),
)

family(
    "ntp",
    ("client", I + '/UDP(sport=123, dport=123)/NTP(orig=0, sent=0)'),
    ("the ports by themselves", I + '/UDP()/NTP(orig=0, sent=0)'),
    ("header by its own name", I + '/UDP(sport=123, dport=123)/NTPHeader(orig=0, sent=0)'),
    ("server", I + '/UDP(sport=123, dport=123)/NTP(leap=1, version=3, mode=4, stratum=3, poll=6, precision=236, delay=0, dispersion=0, id="192.0.2.123", ref=3900000000, orig=3900000001, recv=3900000002, sent=3900000003)'),
    ("a primary server", I + '/UDP(sport=123, dport=123)/NTP(mode=4, stratum=1, ref_id=b"GPS", orig=0, sent=3900000000)'),
    ("fractions", I + '/UDP(sport=123, dport=123)/NTP(delay=0.5, dispersion=1.25, orig=3900000000.5, recv=3900000000.25, sent=3900000000.75)'),
    ("kiss of death", I + '/UDP(sport=123, dport=123)/NTP(leap=3, mode=4, stratum=0, ref_id=b"RATE", orig=0, sent=0)'),
    ("with a key", I + '/UDP(sport=123, dport=123)/NTP(orig=0, sent=0)/NTPAuthenticator(key_id=7, dgst=b"0123456789abcdef")'),
)

family(
    "tftp",
    ("read request", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_RRQ(filename=b"file")'),
    ("the ports by themselves", I + '/UDP()/TFTP()/TFTP_RRQ(filename=b"file")', {"sure": 2, "why": "ports 53 to 53 are DNS, and this is none"}),
    ("write request", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_WRQ(filename=b"file", mode=b"netascii")'),
    ("read request with options", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_RRQ(filename=b"file")/TFTP_Options(options=[TFTP_Option(oname=b"blksize", value=b"1468"), TFTP_Option(oname=b"tsize", value=b"0")])'),
    ("data", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_DATA(block=1)/Raw(load=b"data")'),
    ("ack", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_ACK(block=1)'),
    ("error", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_ERROR(errorcode=1, errormsg=b"File not found")'),
    ("option acknowledgement", I + '/UDP(sport=1024, dport=69)/TFTP()/TFTP_OACK()/TFTP_Options(options=[TFTP_Option(oname=b"blksize", value=b"1468")])'),
    ("an unknown operation", I + '/UDP(sport=1024, dport=69)/TFTP(op=9)/Raw(load=b"x")'),
    ("a name without end", I + '/UDP(sport=1024, dport=69)/TFTP(op=1)/Raw(load=b"file")'),
)

# --- Management and applications ----------------------------------------------------------------------------------------


def snmp(name, python, **more):
    return (name, I + '/UDP(sport=1024, dport=161)/' + python, more)


family(
    "snmp",
    snmp("defaults", 'SNMP()'),
    ("the ports by themselves", I + '/UDP()/SNMP()'),
    ("alone", 'SNMP(community="private")'),
    snmp("version 1", 'SNMP(version=0, community="public", PDU=SNMPget(id=1))'),
    snmp("get", 'SNMP(community="public", PDU=SNMPget(id=0x12345678, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.1.0")]))'),
    snmp("get next", 'SNMP(community="public", PDU=SNMPnext(id=2, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1")]))'),
    snmp("get of two", 'SNMP(community="public", PDU=SNMPget(id=3, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.1.0"), SNMPvarbind(oid="1.3.6.1.2.1.1.3.0")]))'),
    snmp("get bulk", 'SNMP(community="public", PDU=SNMPbulk(id=4, non_repeaters=1, max_repetitions=10, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2")]))'),
    snmp("response, a string", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.1.0", value=ASN1_STRING("Linux"))]))'),
    snmp("response, an integer", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2.1.0", value=ASN1_INTEGER(5))]))'),
    snmp("response, a negative integer", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2.1.0", value=ASN1_INTEGER(-129))]))'),
    snmp("response, a large integer", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2.1.0", value=ASN1_INTEGER(2147483647))]))'),
    snmp("response, an address", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.4.20.1.1", value=ASN1_IPADDRESS("192.0.2.1"))]))'),
    snmp("response, a counter", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2.2.1.10.1", value=ASN1_COUNTER32(4294967295))]))'),
    snmp("response, a gauge", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.2.2.1.5.1", value=ASN1_GAUGE32(1000000000))]))'),
    snmp("response, ticks", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.3.0", value=ASN1_TIME_TICKS(123456))]))'),
    snmp("response, an object", 'SNMP(community="public", PDU=SNMPresponse(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.2.0", value=ASN1_OID("1.3.6.1.4.1.8072.3.2.10"))]))'),
    snmp("response, an error", 'SNMP(community="public", PDU=SNMPresponse(id=1, error=2, error_index=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.1.0")]))'),
    snmp("set", 'SNMP(community="private", PDU=SNMPset(id=5, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.5.0", value=ASN1_STRING("host"))]))'),
    snmp("inform", 'SNMP(community="public", PDU=SNMPinform(id=6, varbindlist=[SNMPvarbind(oid="1.3.6.1.2.1.1.3.0", value=ASN1_TIME_TICKS(1))]))'),
    ("trap of version 1", I + '/UDP(sport=1024, dport=162)/SNMP(version=0, community="public", PDU=SNMPtrapv1(enterprise="1.3.6.1.4.1.8072", agent_addr="192.0.2.1", generic_trap=6, specific_trap=7, time_stamp=8, varbindlist=[SNMPvarbind(oid="1.3.6.1.4.1.8072.1", value=ASN1_INTEGER(1))]))'),
    ("trap of version 2", I + '/UDP(sport=1024, dport=162)/SNMP(community="public", PDU=SNMPtrapv2(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.6.3.1.1.4.1.0", value=ASN1_OID("1.3.6.1.6.3.1.1.5.3"))]))'),
    snmp("a community of no bytes", 'SNMP(community="", PDU=SNMPget(id=1))'),
    snmp("a long community", 'SNMP(community="%s", PDU=SNMPget(id=1))' % ("c" * 200)),
    snmp("a large part of an object's name", 'SNMP(community="public", PDU=SNMPget(id=1, varbindlist=[SNMPvarbind(oid="1.3.6.1.4.1.2021.4294967295.128.127.16384")]))'),
    wire("a length beyond the packet", "SNMP", "307f 020101 0406 7075626c6963", silent=True),
    wire("no SNMP at all", "SNMP", "ffffffff", silent=True),
)

family(
    "http",
    ("request by default", I + '/TCP(sport=1024, dport=80, flags="PA")/HTTP()/HTTPRequest()'),
    ("a request", I + '/TCP(sport=1024, dport=80, flags="PA")/HTTP()/HTTPRequest(Method=b"GET", Path=b"/index.html", Http_Version=b"HTTP/1.1", Host=b"example.com", User_Agent=b"moonwire")'),
    ("a request with a body", I + '/TCP(sport=1024, dport=80, flags="PA")/HTTP()/HTTPRequest(Method=b"POST", Path=b"/form", Host=b"example.com", Content_Length=b"5")/Raw(load=b"a=b&c")'),
    ("a response", I + '/TCP(sport=80, dport=1024, flags="PA")/HTTP()/HTTPResponse(Status_Code=b"200", Reason_Phrase=b"OK", Server=b"moonwire", Content_Length=b"2")/Raw(load=b"hi")'),
    ("a response by default", I + '/TCP(sport=80, dport=1024, flags="PA")/HTTP()/HTTPResponse()'),
    ("not found", I + '/TCP(sport=80, dport=1024, flags="PA")/HTTP()/HTTPResponse(Status_Code=b"404", Reason_Phrase=b"Not Found", Connection=b"close")'),
    ("a head as bytes", I + '/TCP(sport=1024, dport=80, flags="PA")/Raw(load=b"GET / HTTP/1.1\\r\\nHost: example.com\\r\\nAccept: */*\\r\\nX-Own: 1\\r\\n\\r\\n")'),
    ("a response as bytes", I + '/TCP(sport=80, dport=1024, flags="PA")/Raw(load=b"HTTP/1.0 301 Moved Permanently\\r\\nLocation: https://example.com/\\r\\n\\r\\n")'),
    ("a head cut short", I + '/TCP(sport=1024, dport=80, flags="PA")/Raw(load=b"GET / HTTP/1.1\\r\\nHost: exam")'),
    ("port 80 without HTTP", I + '/TCP(sport=1024, dport=80, flags="PA")/Raw(load=b"\\x16\\x03\\x01")'),
    ("port 8080", I + '/TCP(sport=1024, dport=8080, flags="PA")/Raw(load=b"OPTIONS * HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n")'),
)


def client_hello(sni, alpn, ciphers, version=0x0303, record=0x0301, more=b""):
    """The bytes of a TLS record with a ClientHello, RFC 8446, section 4.1.2."""
    def u16(n):
        return n.to_bytes(2, "big")

    def vector(b, n=2):
        return len(b).to_bytes(n, "big") + b

    extensions = b""
    if sni:
        extensions += u16(0) + vector(vector(b"\0" + vector(sni.encode())))
    if alpn:
        extensions += u16(16) + vector(vector(b"".join(vector(p.encode(), 1) for p in alpn)))
    extensions += more
    body = u16(version) + bytes(range(32)) + vector(b"", 1) + vector(b"".join(map(u16, ciphers))) + b"\1\0"
    if extensions:
        body += vector(extensions)
    hello = b"\1" + vector(body, 3)
    return b"\x16" + u16(record) + vector(hello)


def tls(name, sni, alpn, ciphers, **more):
    """A row that is read, not built: a ClientHello in a segment. "hello" is what is to be found in it."""
    load = "".join("\\x%02x" % c for c in client_hello(sni, alpn, ciphers, **more))
    return (name, I + '/TCP(sport=1024, dport=443, flags="PA")/Raw(load=b"%s")' % load,
            {"sure": 2, "why": SHAPE, "hello": {"sni": sni, "alpn": alpn, "ciphers": ciphers}})


family(
    "tls",
    tls("a name", "example.com", [], [0x1301, 0x1302, 0xc02f]),
    tls("a name and protocols", "example.com", ["h2", "http/1.1"], [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f]),
    tls("no name", "", ["h2"], [0x1301]),
    tls("no extensions", "", [], [0x002f, 0x0035], record=0x0301, version=0x0301),
    tls("an extension before it is known", "sub.example.org", [], [0x1301], more=b"\xfe\x0d\x00\x03abc\x00\x2b\x00\x03\x02\x03\x04"),
    ("an alert", I + '/TCP(sport=443, dport=1024, flags="PA")/Raw(load=b"\\x15\\x03\\x03\\x00\\x02\\x02\\x28")', {"sure": 2, "why": SHAPE}),
    ("application data", I + '/TCP(sport=443, dport=1024, flags="PA")/Raw(load=b"\\x17\\x03\\x03\\x00\\x04abcd")', {"sure": 2, "why": SHAPE}),
    ("a hello cut short", I + '/TCP(sport=1024, dport=443, flags="PA")/Raw(load=b"\\x16\\x03\\x01\\x00\\xc8\\x01\\x00\\x00\\xc4\\x03\\x03")', {"sure": 2, "why": SHAPE}),
    ("port 443 without TLS", I + '/TCP(sport=1024, dport=443, flags="PA")/Raw(load=b"hello")', {"sure": 2, "why": SHAPE}),
)

# --- Whole stacks -------------------------------------------------------------------------------------------------------

family(
    "stacks",
    ("VLAN, PPPoE, IP", E + '/Dot1Q(vlan=7)/PPPoE(sessionid=1)/PPP()/' + I + '/UDP(sport=1, dport=2)/Raw(load=b"x")'),
    ("MPLS, Ethernet, VLAN, IPv6", E + '/MPLS(label=16, ttl=64)/Ether(dst="02:00:00:00:00:04", src="02:00:00:00:00:03")/Dot1Q(vlan=3)/' + X + '/UDP(sport=1, dport=2)'),
    ("6in4 in GRE", I + '/GRE()/IP(src="10.0.0.1", dst="10.0.0.2")/' + X + '/ICMPv6EchoRequest(id=1, seq=1)'),
    ("4in6 in 6in4", X + '/' + I + '/' + X + '/TCP(sport=1, dport=2)'),
    ("VXLAN in Geneve", I + '/UDP(sport=1, dport=6081)/GENEVE(vni=1)/' + E + '/' + I + '/UDP(sport=1, dport=4789)/VXLAN(vni=2)/' + E + '/' + I + '/TCP(sport=1, dport=2)/Raw(load=b"deep")'),
    ("QinQ, MPLS, IP", E + '/Dot1AD(vlan=1)/Dot1Q(vlan=2)/MPLS(label=5, ttl=1)/' + I + '/ICMP(id=1, seq=1)'),
    ("cooked, IP, GRE, IP", 'CookedLinux(lladdrlen=6)/' + I + '/GRE(key_present=1, key=7)/IP(src="10.0.0.1", dst="10.0.0.2")/SCTP(sport=1, dport=2, tag=3)/SCTPChunkCookieAck()'),
    ("802.3, SNAP, IP, IP", 'Dot3(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")/LLC()/SNAP()/' + I + '/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
    ("DNS in VXLAN", I + '/UDP(sport=1, dport=4789)/VXLAN(vni=2)/' + E + '/' + I + '/UDP(sport=1024, dport=53)/DNS(id=1, qd=DNSQR(qname="example.com"))'),
    ("L2TP, PPP, IP, UDP", I + '/UDP(sport=1701, dport=1701)/L2TP(tunnel_id=1, session_id=2)/PPP()/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)/Raw(load=b"x")'),
    ("an error about a tunnel", I + '/ICMP(type=3, code=4, nexthopmtu=1400)/IP(src="198.51.100.2", dst="192.0.2.1")/IP(src="10.0.0.1", dst="10.0.0.2")/UDP(sport=1, dport=2)'),
)


# --- What scapy makes of them --------------------------------------------------------------------------------------------

# The fields without a default that are computed from the packet, by name; those without a default that are not (an
# address asked of the host, a timestamp, a number that is 0 when unset) are left out.
COMPUTED = {
    "ihl", "len", "chksum", "cksum", "dataofs", "plen", "hwlen", "length", "optionlen", "optlen", "tag_len", "rdlen",
    "qdcount", "ancount", "nscount", "arcount", "numsrc", "numgrp", "ipcount", "records_number", "sources_number",
    "auxdata_len", "segleft", "lastentry", "n_gap_ack", "n_dup_tsn", "username_len", "passwd_len", "msg_len",
    "value_size", "addr_len", "payload_len", "source_plen",
}

# In a quote the lengths and sums are those of the whole packet, of which a part is here.
QUOTED = ("IPerror", "TCPerror", "UDPerror", "ICMPerror", "SCTPerror", "IPerror6")


def nested(value):
    """The packets in a field's value."""
    if isinstance(value, Packet):
        return [value]
    if isinstance(value, list):
        return [v for v in value if isinstance(v, Packet)]
    return []


def stack(packet):
    while packet is not None and not isinstance(packet, NoPayload):
        yield packet
        packet = packet.payload


def release(packet):
    """Gives every computed field of a packet that was read back to scapy."""
    for layer in stack(packet):
        for field in layer.fields_desc:
            for inner in nested(layer.fields.get(field.name)):
                release(inner)
            if field.name in COMPUTED and field.default is None and type(layer).__name__ not in QUOTED:
                layer.fields.pop(field.name, None)
        layer.raw_packet_cache = None
        layer.wirelen = None


def plain(value, field):
    """A field's value as JSON has it."""
    if isinstance(value, TCPAOValue):
        return [value.keyid, value.rnextkeyid, value.mac.hex()]
    if isinstance(value, Packet):
        return layers(value)
    if isinstance(value, dict):
        return {plain(k, field): plain(v, field) for k, v in value.items()}
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (list, tuple)):
        items = [plain(v, field) for v in value]
        if value and isinstance(value[0], Packet):
            return [layer for item in items for layer in item]
        return items
    if isinstance(value, ASN1_Object):
        return plain(value.val, field)
    if isinstance(value, FlagValue):
        return int(value)
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, float) and isinstance(getattr(field, "fld", field), BCDFloatField):
        return int(value * 256)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError("%s: no JSON for a %s" % (field.name, type(value).__name__))


def layers(packet):
    """[[name, {field: value, ...}], ...], the fields that are on the wire, outermost layer first."""
    result = []
    for layer in stack(packet):
        values = {f.name: plain(layer.fields[f.name], f) for f in layer.fields_desc if f.name in layer.fields}
        result.append([type(layer).__name__, values])
    return result


def refuse(*args, **kwargs):
    raise RuntimeError("asks the host: give addresses")


def route(dst=None, *args, **kwargs):
    return ("lo", "127.0.0.1", "0.0.0.0") if dst in (None, "127.0.0.1") else refuse()


def vector(row):
    name, python, more = row
    result = {"name": name}
    if python is not None:
        packet = eval(python)
        data = bytes(packet)
        first = more.get("first", type(packet).__name__)
        result["python"] = python
        if more.get("lua"):
            result["lua"] = more["lua"]
    else:
        data, first = bytes.fromhex(more["wire"]), more["first"]
    result["wire"], result["first"] = data.hex(), first
    if "hello" in more:
        result["hello"] = more["hello"]
    cls = globals()[first]
    if more.get("silent"):
        return result  # scapy raises, or asks the host, where the first header is broken
    read = cls(data)
    release(read)
    result["exact"] = more.get("exact", bytes(read) == data)
    result["layers"] = layers(cls(data))
    for key in ("sure", "why"):
        if key in more:
            result[key] = more[key]
    return result


def main():
    if scapy.__version__ != "2.5.0":
        sys.exit("want scapy 2.5.0, got " + scapy.__version__)
    conf.route.route, conf.route6.route = route, refuse
    conf.iface = "lo"
    here = os.path.dirname(os.path.abspath(__file__))
    count, bad = 0, 0
    for name, rows in FAMILIES.items():
        vectors, seen = [], set()
        for row in rows:
            if row[0] in seen:
                sys.exit("%s: two vectors %r" % (name, row[0]))
            seen.add(row[0])
            try:
                vectors.append(vector(row))
            except Exception as e:
                print("%s/%s: %s: %s" % (name, row[0], type(e).__name__, e))
                bad += 1
        count += len(vectors)
        with open(os.path.join(here, name + ".json"), "w") as f:
            f.write("[\n" + ",\n".join(json.dumps(v) for v in vectors) + "\n]\n")
    print(count, "vectors")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
