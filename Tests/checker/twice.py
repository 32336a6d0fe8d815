#!/usr/bin/env python3
"""Holds two exports against each other: the log as it was, and as it went on after a dump of it was restored.

usage: twice.py OLD NEW      whole exports

No position may say two things: where both logs have one, it is the same event. So no token was issued twice.

Exit code: 0 so it is, 65 a position says two things (on standard error), 64 usage.
"""

import json
import sys


def hashes(path):
    with open(path, encoding="utf-8") as lines:
        return {event["position"]: event["hash"] for event in map(json.loads, lines)}


def twice(old, new):
    """The positions that say two things."""
    return sorted(position for position in old.keys() & new.keys() if old[position] != new[position])


def main(arguments):
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return 64
    found = twice(*map(hashes, arguments))
    for position in found:
        sys.stderr.write(f"position {position} says two things\n")
    return 65 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
