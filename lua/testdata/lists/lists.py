#!/usr/bin/python3
"""Write lists.pcap, and what scapy 2.5.0 makes of it as a list in lists.json. scapy is needed only to write them again."""
import contextlib
import io
import json
import logging

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import *  # noqa: E402


def frame(src="02:00:00:00:00:01", dst="02:00:00:00:00:02"):
    return Ether(src=src, dst=dst)


def there(): return frame() / IP(src="10.0.0.1", dst="10.0.0.2")


def back(): return frame() / IP(src="10.0.0.2", dst="10.0.0.1")


SIX = {"src": "2001:db8::1", "dst": "2001:db8::2"}
XIS = {"src": "2001:db8::2", "dst": "2001:db8::1"}
packets = [
    frame() / ARP(psrc="10.0.0.1", pdst="10.0.0.2", hwsrc="02:00:00:00:00:01"),
    frame() / ARP(op=2, psrc="10.0.0.2", pdst="10.0.0.1", hwsrc="02:00:00:00:00:02", hwdst="02:00:00:00:00:01"),
    frame() / IPv6(**SIX) / UDP(sport=1000, dport=53) / DNS(id=5, qd=DNSQR(qname="a.b")),
    frame() / IPv6(**XIS) / UDP(sport=53, dport=1000) / DNS(id=5, qr=1, qd=DNSQR(qname="a.b"), an=DNSRR(rrname="a.b", rdata="192.0.2.1")),
    frame() / IPv6(**SIX) / ICMPv6EchoRequest(id=3),
    frame() / IPv6(**XIS) / ICMPv6EchoReply(id=3),
    there() / ICMP(id=7, seq=1) / "one",
    there() / ICMP(id=7, seq=2) / "two",
    back() / ICMP(type=0, id=7, seq=2) / "two",
    back() / ICMP(type=0, id=7, seq=1) / "one",
    there() / GRE() / IP(src="192.0.2.1", dst="192.0.2.2") / UDP(),
    frame() / IP(src="10.0.0.1", dst="10.0.0.2", proto=99) / "x",
    frame() / IPv6(nh=59, **SIX),
    frame() / Raw(b"lldp"),
    Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:00") / LLC() / STP(),
    there() / UDP(sport=4000, dport=69) / TFTP() / TFTP_RRQ(filename="f"),
    back() / UDP(sport=5000, dport=4000) / b"\x00\x03\x00\x01abc",
    there() / TCP(sport=1, dport=2, flags="S", seq=9) / Padding(b"\0\0\0\0"),
    frame() / IP(src="10.0.0.9", dst="10.0.0.1") / ICMP(type=3, code=1) / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1, dport=2, flags="S", seq=9),
    there() / TCP(sport=1, dport=80, flags="S", seq=9),
    back() / TCP(sport=80, dport=1, flags="RA", ack=10) / Padding(b"pad"),
    frame() / IP(src="10.0.0.10", dst="10.0.0.2") / TCP(sport=1, dport=443, flags="S"),
    frame() / IP(src="10.0.0.10", dst="10.0.0.2") / TCP(sport=1, dport=443, flags="A"),
]
packets[13].type = 0x88CC
for i, p in enumerate(packets):
    p.time = 1700000000 + i / 8
wrpcap("lists.pcap", packets)


def printed(call, *args):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        call(*args)
    return out.getvalue()


def places(pairs, number):
    return [[number[id(s)], number[id(r)]] for s, r in pairs]


def made(lst, grid):
    return getattr(lst, grid)(lambda p: (p[IP].src, p[TCP].dport, p.sprintf("%TCP.flags%")), dump=True)


def listed():
    lst = rdpcap("lists.pcap")
    return lst, {id(p): i + 1 for i, p in enumerate(lst)}


lst, number = listed()
want = {
    "counts": repr(lst).split(": ", 1)[1][:-1],
    "sessions": [[k, [number[id(p)] for p in v]] for k, v in lst.sessions().items()],
    "tcp": [number[id(p)] for p in lst[TCP]],
    "layers": [p.summary() for p in lst.getlayer(ARP)],
    "some": [number[id(p)] for p in lst.filter(lambda p: ICMP in p)],
    "line": printed(lst.summary, lambda p: p.sprintf("%Ether.src%{IP: %IP.src%}"), lambda p: Ether in p),
    "rawhexdump": printed(lst.rawhexdump),
    "replaced": [bytes(p).hex() for p in lst.replace(IP.dst, "10.0.0.2", "10.0.0.3") if IPerror not in p],
    "replaced all": [bytes(p).hex() for p in lst.replace((IP.ttl, 9), (TCP.dport, 80, 81)) if IPerror not in p],
}
tcp = lst[TCP]
for grid in ("make_table", "make_lined_table", "make_tex_table"):
    want[grid] = made(tcp, grid)
for key, multi in (("sr", False), ("sr multi", True)):
    lst, number = listed()
    pairs, rest = lst.sr(multi=multi)
    want[key] = [places(pairs, number), [number[id(p)] for p in rest]]
with open("lists.json", "w") as f:
    json.dump(want, f, indent=1, sort_keys=True)
    f.write("\n")
