"""One log, from its first event on: every event is given to the rules, and so is every command's end."""

import json

from audience import HANDLERS as AUDIENCE_KINDS
from audience import Audience
from envelope import Envelope
from locks import HANDLERS as LOCK_KINDS
from locks import Locks
from mail import HANDLERS as MAIL_KINDS
from mail import Mail
from redactions import Redactions
from rest import Rest
from tasks import HANDLERS as TASK_KINDS
from tasks import Tasks
from world import World

# What can make a request grantable that was not, or unmake the reason of its waiting.
MOVING = {*LOCK_KINDS, "task.started", "task.finished"} - {"lock.refused"}
# What must not make a deadlock.
TIGHTENING = {"lock.requested", "lock.granted", "task.wait-began", "runner.registered"}
# What can, without anybody to be refused: fewer slots, or a slot that served a descendant too and is given back.
SHRINKING = {"slots.configured", "lock.released"}
# These tell their subject without their data.
SUBJECT_IN_STREAM = {"task.queued", "task.progressed", "task.stop-requested"}


class Log:
    def __init__(self, without=(), is_quiet=False):
        self.without, self.is_quiet = set(without), is_quiet
        self.violations, self.count = [], 0
        self.envelope, self.world = Envelope(), World()
        self.redactions, self.mail, self.audience = Redactions(), Mail(), Audience()
        self.rest, self.tasks = Rest(self.world), Tasks(self.world)
        self.locks = Locks(self.world, self.tasks, self.rest)
        self.position, self.command, self.kinds = 0, None, set()
        # Where an event of which nothing remains ends what can be known of points 4 to 8.
        self.blind_from = None

    def say(self, rule, sentence):
        if rule not in self.without:
            self.violations.append((self.position, rule, sentence))

    def line(self, text):
        self.count += 1
        try:
            event = json.loads(text)
            problems = self.envelope.problems(event)
            position = event["position"]
            self.redactions.follow(event)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.position += 1
            self.say("1.form", f"line {self.count} is no event of an export: {error!r}")
            return
        if self.is_new_command(event):
            self.end_command()
            self.command = event
        self.position = position
        for rule, sentence in problems:
            self.say(rule, sentence)
        self.follow(event)

    def is_new_command(self, event):
        """All events of a command but its first have that for their cause, and what a command is given in common."""
        first = self.command
        return first is None or event.get("causation") != first["position"] or any(
            event[name] != first[name] for name in ("at", "actor", "host", "correlation")
        )

    def follow(self, event):
        # What remains of a redacted event says who holds and awaits what.
        kind, data = event["type"], event.get("data", event.get("remains"))
        self.kinds.add(kind)
        self.follow_mail(kind, data, "data" not in event)
        self.follow_audience(kind, data, "data" not in event)
        if self.blind_from or not (kind in LOCK_KINDS or kind in TASK_KINDS or kind == "task.queued"):
            return
        if data is None and kind not in SUBJECT_IN_STREAM:
            self.blind_from = self.position
            return
        try:
            self.locks.follow(kind, self.position, data, self.say)
            if kind.startswith("task."):
                task = data["task"] if data else event["stream"].removeprefix("task-")
                self.tasks.follow(kind, task, data or {}, self.say)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.say("1.form", f"the data of {kind} cannot be read: {error!r}")

    def follow_mail(self, kind, data, is_redacted):
        if self.mail is None or kind not in MAIL_KINDS:
            return
        if data is None:
            # Of a task that is gone nobody can say whether it was for an app; of anything else, what stands behind it.
            self.mail = self.mail if kind == "task.queued" else None
            return
        try:
            self.mail.follow(kind, data, is_redacted, self.say)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.say("1.form", f"the data of {kind} cannot be read: {error!r}")

    def follow_audience(self, kind, data, is_redacted):
        if self.audience is None or kind not in AUDIENCE_KINDS:
            return
        if data is None:
            self.audience = None
            return
        try:
            self.audience.follow(kind, data, is_redacted, self.say)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.say("1.form", f"the data of {kind} cannot be read: {error!r}")

    def end(self):
        """Behind the last event."""
        self.end_command()
        if self.is_quiet and self.mail:
            self.mail.quiet(self.say)
        for self.position, sentence in self.redactions.problems():
            self.say("1.redacted", sentence)

    def end_command(self):
        """Between two commands. What is found belongs to the last event of the one before."""
        kinds, self.kinds = self.kinds, set()
        if self.blind_from:
            return
        self.locks.settle(self.say)
        self.tasks.rest(self.say)
        if self.rest.unsettled and kinds & MOVING:
            self.rest.progress(self.say)
        if kinds & TIGHTENING:
            self.rest.deadlock(self.say)
        elif self.world.slots and kinds & SHRINKING:
            self.rest.deadlock(None)
