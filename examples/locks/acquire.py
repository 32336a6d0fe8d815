#!/usr/bin/env python3
"""acquire.py FILE: reads a line, and only then takes a lock, checks that it still stands, and writes the line to FILE."""
import contextlib
import json
import os
import subprocess
import sys


class NotHeld(Exception):
    """The lock was not obtained, or does not stand any more."""


def interlock(*words):
    """What a command of interlock answers; its own words on standard error say why there is none."""
    done = subprocess.run(["interlock", *words], stdout=subprocess.PIPE, text=True)
    if done.returncode in (75, 76):
        raise NotHeld(done.returncode)
    done.check_returncode()
    return done.stdout


@contextlib.contextmanager
def lock(path, reason, wait="30s"):
    """Holds a path for this process, and gives its fencing token."""
    options = ["--pid", str(os.getpid()), "--wait", wait, "--reason", reason, "--json"]
    token = json.loads(interlock("lock", "acquire", path, *options))["token"]
    try:
        yield token
    finally:
        # Not checked: one that was broken does not stand any more.
        subprocess.run(["interlock", "lock", "release", "--token", str(token)])


def main():
    line = sys.stdin.readline().rstrip("\n")
    store = os.path.join(os.path.dirname(os.path.abspath(__file__)), "store")
    with lock("/app/blog", "a line from Python") as token:
        print("prepared with token", token, flush=True)
        sys.stdin.readline()
        interlock("lock", "check", "/app/blog", "--token", str(token))
        subprocess.run([store, sys.argv[1], str(token), line], check=True)


try:
    main()
except NotHeld as problem:
    sys.exit(problem.args[0])
except subprocess.CalledProcessError as problem:
    sys.exit(problem.returncode)
