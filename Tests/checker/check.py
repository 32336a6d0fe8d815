#!/usr/bin/env python3
"""Checks exported logs against what is always true (design §12), and shares nothing with the program that wrote them.

usage: check.py [--quiet] [--without RULE]… FILE…

FILE holds the lines of 'interlock log export' from the first event on, or several logs with an empty line between two;
it may be packed by lz4 (NAME.lz4), and '-' is standard input. For each log 'ok: N events' is printed, or a line for
each violation: 'position P: rule R: what'. R begins with the number of the point in the design. Of several logs, each
line begins with the log's name. With --quiet, the logs end when all was done: no app may be behind then.

Exit code: 0 all hold, 65 some do not, 64 usage.
"""

import subprocess
import sys
from contextlib import contextmanager

from log import Log


@contextmanager
def lines(name):
    if name == "-":
        yield sys.stdin.buffer
    elif name.endswith(".lz4"):
        with open(name, "rb") as packed:
            with subprocess.Popen(["lz4", "-dc"], stdin=packed, stdout=subprocess.PIPE) as unpacking:
                yield unpacking.stdout
        if unpacking.returncode:
            raise OSError(f"{name} cannot be unpacked")
    else:
        with open(name, "rb") as file:
            yield file


def check(name, without, is_quiet):
    """The logs of a file."""
    logs, log = [], None
    with lines(name) as opened:
        for line in opened:
            if not line.strip():
                log = None
                continue
            if log is None:
                log = Log(without, is_quiet)
                logs.append(log)
            log.line(line)
    for log in logs:
        log.end()
    return logs or [Log(without)]


def verdict(log):
    if log.violations:
        return [f"position {position}: rule {rule}: {sentence}" for position, rule, sentence in log.violations]
    limit = f" (points 4 to 8 before position {log.blind_from} only: nothing is left of it)" if log.blind_from else ""
    return [f"ok: {log.count} events{limit}"]


def main(arguments):
    without, names, is_quiet = [], [], False
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--without":
            without.append(next(remaining, ""))
        elif argument == "--quiet":
            is_quiet = True
        elif argument.startswith("--"):
            names = []
            break
        else:
            names.append(argument)
    if not names:
        sys.stderr.write(__doc__)
        return 64
    try:
        results = [(name, number, log) for name in names for number, log in enumerate(check(name, without, is_quiet), 1)]
    except OSError as error:
        sys.stderr.write(f"check.py: {error}\n")
        return 64
    for name, number, log in results:
        count = sum(1 for other in results if other[0] == name)
        prefix = "" if len(results) == 1 else f"{name}: " if count == 1 else f"{name}#{number}: "
        sys.stdout.writelines(f"{prefix}{line}\n" for line in verdict(log))
    return 65 if any(log.violations for _, _, log in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
