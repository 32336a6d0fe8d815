"""What is said where an event is redacted."""

import json
import unittest

from written import Written, ended, findings, granted, opened, queued, redacted, released, requested, withdrawn


def log(*commands, change=lambda events: None):
    """The findings in a log of these commands, with something done to its events once they are hashed."""
    written = Written()
    for facts in commands:
        written.command(*facts)
    events = written.sealed()
    change(events)
    return findings([json.dumps(event) for event in events])


def erase(position, remains):
    def change(events):
        del events[position - 1]["data"]
        if remains is not None:
            events[position - 1]["remains"] = remains
    return change


NO_USER = {"session": "s", "host": "h", "user": "redacted", "pid": 1}
REQUEST = requested("r", "s", "/x")[1]


class RedactionTests(unittest.TestCase):
    commands = [opened("s")], [ended("s")], [redacted(1, NO_USER)]

    def test_a_redacted_event_is_followed_by_its_redaction(self):
        self.assertEqual(log(*self.commands, change=erase(1, NO_USER)), [])

    def test_a_payload_that_is_gone_by_itself(self):
        self.assertEqual(log(*self.commands[:2], change=erase(1, NO_USER)), [(1, "1.redacted")])
        self.assertEqual(log(*self.commands[:2], change=erase(2, None)), [(2, "1.redacted")])

    def test_remains_that_differ(self):
        other = {**NO_USER, "user": "edward"}
        self.assertEqual(log(*self.commands, change=erase(1, other)), [(1, "1.redacted")])

    def test_a_redaction_whose_event_has_its_payload(self):
        self.assertEqual(log(*self.commands), [(1, "1.redacted")])

    def test_a_redaction_before_its_event(self):
        commands = [opened("t")], [redacted(3, NO_USER)], [opened("s")]
        self.assertEqual(log(*commands, change=erase(3, NO_USER)), [(3, "1.redacted")])

    def test_data_and_remains_exclude_each_other(self):
        def change(events):
            events[0]["remains"] = NO_USER
        self.assertEqual(log(self.commands[0], change=change), [(1, "1.form")])

    def test_the_chain_is_checked_through_it(self):
        def change(events):
            erase(1, NO_USER)(events)
            events[0]["payloadHash"] = "0" * 64
        self.assertEqual(log(*self.commands, change=change), [(1, "1.chain")])

    def test_what_remains_is_judged_as_the_data_was(self):
        commands = [opened("s")], [requested("r", "s", "/x")], [withdrawn("r", "s")], [redacted(2, REQUEST)]
        # It was free, and not granted.
        self.assertEqual(log(*commands, change=erase(2, REQUEST)), [(2, "5.progress")])


class BlindnessTests(unittest.TestCase):
    """Where nothing remains, which is a violation already."""

    commands = (
        [opened("s")], [queued("t")], [requested("r", "s", "/x"), granted("r", "s", "/x")], [released(4, "s", "/y")],
    )

    def test_a_task_is_known_by_its_stream(self):
        self.assertEqual(log(*self.commands, change=erase(2, None)), [(5, "7.token"), (2, "1.redacted")])

    def test_behind_a_lock_only_the_chain_is_judged(self):
        self.assertEqual(log(*self.commands, change=erase(3, None)), [(3, "1.redacted")])
