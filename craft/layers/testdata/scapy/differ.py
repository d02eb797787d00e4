#!/usr/bin/python3
"""Builds and reads packets with scapy 2.5.0 for the differential test: ../../scapy_differential_test.go.

One JSON array a line comes in, one JSON object a line goes out; the first line out says which scapy this is. See ASKED, at
the end, for what may be asked. A packet is a list of layers, [name, [[field, tag, value], ...]], where the tag says how the
value is spelled: see VALUES.
"""

import fractions
import functools
import json
import logging
import os
import random
import signal
import struct
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
logging.disable(logging.CRITICAL)
import vectors  # noqa: E402
from vectors import *  # noqa: E402,F401,F403
from scapy.fields import BCDFloatField, UUIDField, VolatileValue  # noqa: E402
from scapy.layers.dns import DNSRRField  # noqa: E402
from scapy.layers.inet import IPOption, TCPAOValue, TCPOptionsField  # noqa: E402

# How long one packet may take, in seconds: bytes at random can lead scapy anywhere.
PATIENCE = 10

# Layers with another name in scapy.
CALLED = {"NTP": "NTPHeader"}


def layer_class(name):
    """The class of a layer, None where scapy has none."""
    found = getattr(vectors, CALLED.get(name, name), None)
    return found if isinstance(found, type) and issubclass(found, Packet) else None


def inmost(field):
    """The field under those that only wrap it."""
    while hasattr(field, "fld") or hasattr(field, "_fld") or hasattr(field, "dflt"):
        field = getattr(field, "fld", None) or getattr(field, "_fld", None) or field.dflt
    return field


# --- Values -------------------------------------------------------------------------------------------------------------


def number(field, value):
    if isinstance(getattr(field, "fmt", None), str) and field.fmt[-1] in "bhiq":
        bits = 8 * field.sz
        return value - (value >> (bits - 1) << bits)
    return value


def fixed(field, value):
    """A fixed-point number from its bits."""
    return fractions.Fraction(value, 256 if isinstance(field, BCDFloatField) else 1 << field.frac_bits)


def text(field, value):
    return value if type(field).__name__.startswith("ASN1F") else value.encode("latin-1")


def octets(field, value):
    value = bytes.fromhex(value)
    return uuid.UUID(bytes=value) if isinstance(field, UUIDField) else value


def values(field, value):
    return [number(inmost(getattr(field, "field", field)), v) for v in value]


def packets(field, value):
    """A list, the one that there is room for, or a chain, as DNS has its records."""
    made = [packet(v) for v in value]
    if field.islist:
        return made
    if isinstance(field, DNSRRField):
        return functools.reduce(lambda low, high: low / high, made)
    return made[0]


def options(field, value):
    """TCP's options, or IP's: [kind, name, values, data in hex], without a name for those given by number."""
    one = tcp_option if isinstance(field, TCPOptionsField) else ip_option
    return [one(kind, name, inner, bytes.fromhex(data)) for kind, name, inner, data in value]


def tcp_option(kind, name, inner, data):
    if name is None:
        return (kind, data)
    inner = [bytes.fromhex(v[4:]) if isinstance(v, str) and v.startswith("hex:") else v for v in inner]
    if name == "AO" and len(inner) == 3:
        return (name, TCPAOValue(data))
    if name in ("EOL", "NOP"):
        return (name, None)
    if not inner:
        return (name, b"")
    return (name, inner[0] if len(inner) == 1 and name != "SAck" else tuple(inner))


def ip_option(kind, name, inner, data):
    cls = getattr(vectors, "IPOption_" + name, None) if name else None
    if cls is None:
        head = IPOption(copy_flag=kind >> 7, optclass=kind >> 5 & 3, option=kind & 31, value=data)
        return head
    names = [f.name for f in cls.fields_desc[4:]]
    inner = [bytes.fromhex(v[4:]) if isinstance(v, str) and v.startswith("hex:") else v for v in inner]
    if name == "Timestamp":
        names = ["pointer", "oflw", "flg", "internet_address", "timestamp"]
        inner[1:2] = [inner[1] >> 4, inner[1] & 15]
    elif names and isinstance(inmost(cls.fields_desc[-1]), FieldListField):
        inner = inner[: len(names) - 1] + [inner[len(names) - 1:]]
    return cls(**dict(zip(names, inner)))


VALUES = {
    "number": number,   # all its bits, without a sign
    "fixed": fixed,     # all its bits
    "address": lambda field, value: value,
    "text": text,
    "bytes": octets,    # in hex
    "texts": lambda field, value: [text(field, v) for v in value],
    "values": values,
    "packets": packets,
    "options": options,
}


def layer(name, settings):
    cls = layer_class(name)
    fields = {f.name: inmost(f) for f in cls.fields_desc}
    return cls(**{field: VALUES[tag](fields[field], value) for field, tag, value in settings})


def packet(stack):
    result = None
    for name, settings in stack:
        one = layer(name, settings)
        result = one if result is None else result / one
    return result


# --- What may be asked ----------------------------------------------------------------------------------------------------


def describe(names):
    """The fields of those layers that scapy has: what a list of values holds, and whether there is no fixed default."""
    return {name: {f.name: about(f) for f in layer_class(name).fields_desc} for name in names if layer_class(name)}


def about(field):
    plain = inmost(field)
    element = inmost(plain.field) if hasattr(plain, "field") else plain
    kinds = {"IPField": "IPv4", "IP6Field": "IPv6", "IP6ListField": "IPv6", "MACField": "MAC"}
    return {
        "of": kinds.get(type(element).__name__, "number"),
        "bits": 8 * getattr(element, "sz", 0),
        "single": not plain.islist and not isinstance(plain, DNSRRField),
        "open": plain.default is None,
        "random": isinstance(getattr(plain.default, "val", plain.default), VolatileValue) or "TimeStamp" in type(plain).__name__,
    }


def build(stack):
    return {"wire": bytes(packet(stack)).hex()}


def command(stack):
    return {"python": packet(stack).command()}


def dissect(first, wire):
    """What scapy reads; gave_up says that a layer raised an exception and became Raw for it."""
    cls, wire, gave_up = layer_class(first), bytes.fromhex(wire), ""
    try:
        conf.debug_dissector = True
        cls(wire)
    except Exception as e:
        gave_up = "%s: %s" % (type(e).__name__, e)
    finally:
        conf.debug_dissector = False
    read = cls(wire)
    for one in vectors.stack(read):
        for field in one.fields_desc:
            unsigned(one.fields, field)
    return {"layers": layers(read), "gaveup": gave_up}


def unsigned(fields, field):
    value, plain = fields.get(field.name), inmost(field)
    if isinstance(value, int) and not isinstance(value, bool) and value < 0 and plain.sz:
        fields[field.name] = value & (1 << int(8 * plain.sz)) - 1


def named(names):
    """Those of the names that are classes of scapy."""
    return {"named": [name for name in names if layer_class(name)]}


def made(what):
    """A packet from its layers, or from the name of its first layer and its bytes."""
    if isinstance(what[0], str):
        return layer_class(what[0])(bytes.fromhex(what[1]))
    return packet(what)


def inside(p):
    """The layers of a packet and those in their fields."""
    for one in vectors.stack(p):
        yield one
        for field in one.packetfields:
            for packet in vectors.nested(one.getfieldval(field.name)):
                yield from inside(packet)


def has(what, names):
    """Which of the layers are in a packet: the class that p[name] gives and its place, -1 in a field of another layer.
    All that are seen in it are asked for besides those that are named."""
    p, found = made(what), {}
    places = {id(one): i for i, one in enumerate(vectors.stack(p))}
    for name in {*names, *(type(one).__name__ for one in inside(p) if layer_class(type(one).__name__))}:
        cls = layer_class(name)
        if cls in p:
            found[name] = [type(p[cls]).__name__, places.get(id(p[cls]), -1)]
    return {"has": found, **(dissect(*what) if isinstance(what[0], str) else {})}


def dispatch(names, wire):
    """What Name(bytes) makes of bytes: the class of its first layer and its bytes; None where it raises."""
    made = {}
    for name in names:
        try:
            p = layer_class(name)(bytes.fromhex(wire))
            made[name] = [type(p).__name__, bytes(p).hex()]
        except Exception:
            made[name] = None
    return {"dispatch": made}


def answers(reply, question):
    """Whether sr takes a reply for the answer: it is looked for by its hash, and then by its fields."""
    r, q = made(reply), made(question)
    return {"yes": r.hashret() == q.hashret() and bool(r.answers(q))}


def answer_all(packets):
    """Which packet answers which: pairs of the places of reply and question."""
    all = [made(what) for what in packets]
    return {"pairs": [[i, j] for i, r in enumerate(all) for j, q in enumerate(all) if answered(r, q)]}


def answered(reply, question):
    try:
        return bool(reply.answers(question))
    except Exception:
        return False


ASKED = {
    "describe": describe, "build": build, "command": command, "dissect": dissect, "named": named, "has": has,
    "dispatch": dispatch, "answers": answers, "answer_all": answer_all,
}


def too_long(*args):
    raise TimeoutError("more than %d s" % PATIENCE)


def main():
    conf.route.route, conf.route6.route = vectors.route, vectors.refuse
    conf.iface = "lo"
    random.seed(0)
    signal.signal(signal.SIGALRM, too_long)
    print(json.dumps({"scapy": scapy.__version__}), flush=True)
    for line in sys.stdin:
        what, *rest = json.loads(line)
        signal.alarm(PATIENCE)
        try:
            answer = ASKED[what](*rest)
        except Exception as e:
            answer = {"error": "%s: %s" % (type(e).__name__, e)}
        finally:
            signal.alarm(0)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
