#!/usr/bin/env python3
"""Recomputes the hash chain of an exported log, and shares nothing with the program that wrote it.

usage: recompute.py [FILE]      lines of 'interlock log export' from its first event on; standard input without FILE

hash(n) = SHA-256(hash(n-1) || fields), hash(0) = 32 zero bytes. The fields, each as UTF-8 behind its length (4 bytes,
big-endian; absent = length 0): position, id, stream, streamVersion, type, schema, at, actor, host, correlation,
causation, payloadHash. payloadHash is the SHA-256 of the canonical JSON (RFC 8785) of data, which is absent when redacted
(then 'remains' stands in its place, which check.py holds against the later event that says so).
Positions are 1, 2, 3 …; only log.restored jumps, by a million or more, from the position that it names.

Exit code: 0 whole, 65 damaged (with the position on standard error), 64 usage.
"""

import hashlib
import json
import struct
import sys
from decimal import Decimal

FIELDS = [
    "position", "id", "stream", "streamVersion", "type", "schema", "at", "actor", "host", "correlation", "causation",
    "payloadHash",
]
RESTORED_JUMP = 1_000_000

# Nearly always the canonical form already, and written in C.
quick = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value):
    """RFC 8785: objects sorted by UTF-16 code units, numbers as ECMAScript writes them."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(element) for element in value) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """The shortest digits that give the number back; with an exponent below 1e-6 and from 1e21 on."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, digits))
    point = len(digits) + exponent
    if 0 < point <= 21:
        whole = digits.ljust(point, "0")
        text = whole[:point] + ("." + whole[point:] if whole[point:] else "")
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+d}"
    return "-" * sign + text


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content(event):
    """The fields as they are hashed."""
    parts = []
    for name in FIELDS:
        text = str(event[name]).encode("utf-8") if name in event else b""
        parts += (struct.pack(">I", len(text)), text)
    return b"".join(parts)


class Chain:
    """What a log's next event is held against."""

    def __init__(self):
        self.position, self.hash, self.time = 0, bytes(32), ""

    def problem(self, event):
        """What is wrong with the next event, None when nothing is; goes on behind it as it stands."""
        found = self.find(event)
        self.position, self.hash, self.time = event["position"], bytes.fromhex(event["hash"]), event["at"]
        return found

    def find(self, event):
        jump = event["position"] - self.position
        if event["type"] == "log.restored":
            said = event.get("data", event.get("remains", {})).get("previousHead")
            if said != self.position or jump < RESTORED_JUMP:
                return "it does not stand behind the head that it names"
        elif jump != 1:
            return "the event is missing"
        if event["at"] < self.time:
            return "its time is before the event before it"
        if "data" in event:
            data, expected = event["data"], event["payloadHash"]
            if sha256(quick(data)) != expected and sha256(canonical(data)) != expected:
                return "payloadHash is not that of data"
        if hashlib.sha256(self.hash + content(event)).hexdigest() != event["hash"]:
            return "hash is not that of the fields and the event before"
        return None


def main(arguments):
    if len(arguments) > 1:
        sys.stderr.write(__doc__)
        return 64
    lines = open(arguments[0], encoding="utf-8") if arguments else sys.stdin
    chain, count = Chain(), 0
    for line in lines:
        event, expected = json.loads(line), chain.position + 1
        found = chain.problem(event)
        if found:
            sys.stderr.write(f"position {expected}: {found}\n")
            return 65
        count += 1
    print(json.dumps({"ok": True, "events": count, "tip": chain.hash.hex()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
