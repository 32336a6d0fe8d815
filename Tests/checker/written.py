"""Small logs written by hand, with everything that an export carries."""

import hashlib
import json

from log import Log
from recompute import content, quick, sha256


def locks(*texts):
    """`/a` is exclusive, `shared /a` and `slot /a` say what they are."""
    pairs = [text.split() if " " in text else ("exclusive", text) for text in texts]
    return [{"mode": mode, "path": path} for mode, path in pairs]


def opened(session, parent=None, task=None, host="h", **fields):
    data = {"session": session, "parent": parent, "task": task, "host": host, "user": "u", **fields}
    if not task:
        data["pid"] = 1
    return "session.opened", {name: value for name, value in data.items() if value is not None}


def ended(session, cause="exited"):
    return "session.ended", {"session": session, "cause": cause, "evidence": "e"}


def requested(request, session, *wanted):
    return "lock.requested", {"request": request, "session": session, "locks": locks(*wanted)}


def granted(request, session, *wanted):
    return "lock.granted", {"request": request, "session": session, "locks": locks(*wanted)}


def withdrawn(request, session, cause="cancelled"):
    return "lock.withdrawn", {"request": request, "session": session, "cause": cause}


def released(token, session, *given, cause="released"):
    return "lock.released", {"session": session, "locks": locks(*given), "token": token, "cause": cause}


def downgraded(token, session, path):
    return "lock.downgraded", {"session": session, "path": path, "token": token}


def refused(request, session, *wanted, cycle=()):
    data = {"request": request, "session": session, "locks": locks(*wanted), "cause": "deadlock", "cycle": list(cycle)}
    return "lock.refused", data


def capacity(path, number):
    return "slots.configured", {"path": path, "capacity": number}


def queued(task, *wanted):
    return "task.queued", {"task": task, "type": "t", "arguments": {}, "locks": locks(*wanted), "requestedBy": "u"}


def claimed(task, attempt=1, runner="r", host="h"):
    return "task.claimed", {"task": task, "attempt": attempt, "runner": runner, "host": host}


def started(task, session, attempt=1):
    return "task.started", {"task": task, "attempt": attempt, "session": session, "pid": 1}


def finished(task, attempt=1, outcome="succeeded"):
    return "task.finished", {"task": task, "attempt": attempt, "outcome": outcome, "evidence": "e"}


def retry(task, attempt):
    return "task.retry-scheduled", {"task": task, "attempt": attempt, "notBefore": "2026-01-01T00:00:00.000000Z"}


def awaits(session, task):
    return "task.wait-began", {"session": session, "task": task}


def registered(runner="r", session="rs", host="h"):
    return "runner.registered", {"runner": runner, "host": host, "session": session}


def retired(runner="r"):
    return "runner.retired", {"runner": runner, "cause": "stopped"}


def serve():
    """A runner's own session, and its registration."""
    return opened("rs"), registered()


def redacted(position, remains):
    return "log.redacted", {"position": position, "by": "u", "reason": "why", "remains": remains}


def app(id, flagged=True, **fields):
    return "app.registered", {"app": id, "domain": f"{id}.example", "requiresValidCertificate": flagged, **fields}


def changed(id, **fields):
    return "app.changed", {"app": id, **fields}


def reconfigure(id, task):
    """The task that nobody asked for."""
    kind, data = queued(task)
    return kind, {**data, "unique": f"reconfigure:{id}"}


def giving(id, task, server, generation=1):
    address = server and f"no-reply@{id}.example"
    data = {"app": id, "mailServer": server, "mailFrom": address, "generation": generation, "task": task}
    return "app.reconfiguring", {name: value for name, value in data.items() if value is not None}


def given(id, task, server, generation=1):
    return "app.reconfigured", giving(id, task, server, generation)[1]


def gave_up(id, task):
    return "app.reconfigure-failed", {"app": id, "task": task, "problem": "p"}


def wish(name):
    return "mail.rename-requested", {"to": name, "by": "u"}


def served(*names):
    return "mail.served", {"names": sorted(names), "certificate": "c"}


def renamed(name, old=None, generation=1):
    data = {"from": old, "to": name, "generation": generation}
    return "mail.renamed", {name: value for name, value in data.items() if value is not None}


def gone(name):
    return "mail.name-retired", {"name": name}


def user(name, role):
    return "user.added", {"user": name, "role": role}


def raised(id, audience, subject="s"):
    data = {"notification": id, "kind": "k", "subject": subject, "audience": audience, "severity": "info", "title": "t"}
    return "notification.raised", data


def over(id):
    return "notification.resolved", {"notification": id, "cause": "requested"}


def delivered(id, recipient, channel="mail", telling="info"):
    data = {"notification": id, "recipient": recipient, "channel": channel, "telling": telling}
    return "notification.delivered", data


def stream(kind, data):
    room = kind.split(".")[0]
    if room in ("lock", "slots"):
        return "locks"
    return room if room in ("log", "mail") else f"{room}-{data[room]}"


class Written:
    """A log that grows by a command at a time."""

    def __init__(self):
        self.events, self.versions, self.commands = [], {}, 0

    def command(self, *facts):
        self.commands += 1
        first = len(self.events) + 1
        for index, (kind, data) in enumerate(facts):
            self.append(kind, data, f"c{self.commands}.{index}", first if index else None)
        return self

    def append(self, kind, data, id, causation):
        name = stream(kind, data)
        self.versions[name] = self.versions.get(name, 0) + 1
        event = {
            "position": len(self.events) + 1, "id": id, "stream": name, "streamVersion": self.versions[name],
            "type": kind, "schema": 1, "at": f"2026-01-01T00:00:{self.commands:02}.000000Z", "actor": "u", "host": "h",
            "correlation": id.split(".")[0], "data": data,
        }
        if causation:
            event["causation"] = causation
        self.events.append(event)

    def sealed(self):
        """The events with their hashes."""
        chain = bytes(32)
        for event in self.events:
            event["payloadHash"] = sha256(quick(event["data"]))
            event["hash"] = hashlib.sha256(chain + content(event)).hexdigest()
            chain = bytes.fromhex(event["hash"])
        return self.events

    @property
    def lines(self):
        return [json.dumps(event) for event in self.sealed()]


def findings(lines, without=(), is_quiet=False):
    """The violations: position and rule of each."""
    log = Log(without, is_quiet)
    for line in lines:
        log.line(line)
    log.end()
    return [(position, rule) for position, rule, _ in log.violations]


def rules(*commands, is_quiet=False):
    """The rules that a log of these commands breaks."""
    log = Written()
    for facts in commands:
        log.command(*facts)
    return [rule for _, rule in findings(log.lines, is_quiet=is_quiet)]
