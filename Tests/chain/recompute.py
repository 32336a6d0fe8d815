#!/usr/bin/env python3
"""Recomputes the hash chain of an exported log, and shares nothing with the program that wrote it.

usage: recompute.py [FILE]      lines of 'interlock log export' from its first event on; standard input without FILE

hash(n) = SHA-256(hash(n-1) || fields), hash(0) = 32 zero bytes. The fields, each as UTF-8 behind its length (4 bytes,
big-endian; absent = length 0): position, id, stream, streamVersion, type, schema, at, actor, host, correlation,
causation, payloadHash. payloadHash is the SHA-256 of the canonical JSON (RFC 8785) of data, which is absent when redacted.

Exit code: 0 whole, 65 damaged (with the position on standard error), 64 usage.
"""

import hashlib
import json
import struct
import sys

FIELDS = [
    "position", "id", "stream", "streamVersion", "type", "schema", "at", "actor", "host", "correlation", "causation",
    "payloadHash",
]


def canonical(value):
    """RFC 8785 for what events hold: objects sorted by UTF-16 code units, no fractions."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(element) for element in value) + "]"
    if isinstance(value, float):
        raise ValueError("an event holds no fractions")
    return json.dumps(value, ensure_ascii=False)


def field(event, name):
    if name not in event:
        return struct.pack(">I", 0)
    text = str(event[name]).encode("utf-8")
    return struct.pack(">I", len(text)) + text


def problem(event, expected, previous, time):
    """What is wrong with an event behind `previous`; None when nothing is."""
    if event["position"] != expected:
        return "the event is missing"
    if event["at"] < time:
        return "its time is before the event before it"
    if "data" in event:
        payload = canonical(event["data"]).encode("utf-8")
        if hashlib.sha256(payload).hexdigest() != event["payloadHash"]:
            return "payloadHash is not that of data"
    content = previous + b"".join(field(event, name) for name in FIELDS)
    if hashlib.sha256(content).hexdigest() != event["hash"]:
        return "hash is not that of the fields and the event before"
    return None


def main(arguments):
    if len(arguments) > 1:
        sys.stderr.write(__doc__)
        return 64
    lines = open(arguments[0], encoding="utf-8") if arguments else sys.stdin
    count, previous, time = 0, bytes(32), ""
    for line in lines:
        event = json.loads(line)
        found = problem(event, count + 1, previous, time)
        if found:
            sys.stderr.write(f"position {count + 1}: {found}\n")
            return 65
        count, previous, time = count + 1, bytes.fromhex(event["hash"]), event["at"]
    print(json.dumps({"ok": True, "events": count, "tip": previous.hex()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
