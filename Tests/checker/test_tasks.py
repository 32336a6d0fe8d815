"""Point 8."""

import unittest

from written import (
    claimed, ended, finished, granted, opened, queued, registered, released, requested, retired, retry, rules, serve,
    started,
)

RUN = [queued("t", "/x"), opened("st", task="t"), requested("rt", "st", "/x"), granted("rt", "st", "/x"), claimed("t")]
BEGUN = serve(), RUN, [started("t", "st")]
LOCKS = released(6, "st", "/x", cause="session-ended")
END = [finished("t"), LOCKS, ended("st")]


def again(attempt, session):
    take = requested(session, session, "/x"), granted(session, session, "/x")
    return [opened(session, task="t"), *take, claimed("t", attempt)]


class TaskTests(unittest.TestCase):
    def test_a_life(self):
        self.assertEqual(rules(*BEGUN, END), [])

    def test_two_starts(self):
        self.assertEqual(rules(*BEGUN, [started("t", "st")]), ["8.attempt"])

    def test_a_start_before_its_claim(self):
        log = serve(), [queued("t"), opened("st", task="t")], [started("t", "st")]
        self.assertEqual(rules(*log), ["8.attempt"])

    def test_two_claims(self):
        self.assertEqual(rules(*BEGUN, [claimed("t", 2)])[0], "8.attempt")

    def test_two_outcomes(self):
        self.assertEqual(rules(*BEGUN, END, [finished("t", outcome="lost")]), ["8.outcome"])

    def test_an_outcome_that_is_none(self):
        self.assertEqual(rules(*BEGUN, [finished("t", outcome="done"), *END[1:]]), ["8.outcome"])

    def test_an_outcome_of_another_attempt(self):
        self.assertEqual(rules(*BEGUN, [finished("t", 2), *END[1:]]), ["8.outcome"])

    def test_an_end_without_an_outcome(self):
        self.assertEqual(rules(*BEGUN, [LOCKS, ended("st")]), ["8.outcome"])
        self.assertEqual(rules(*BEGUN, [LOCKS, ended("st", "restored")]), [])

        withdrawn_with = [queued("t"), opened("st", task="t")], [finished("t", 1, "stopped"), ended("st")]
        self.assertEqual(rules(*withdrawn_with), [])
        self.assertEqual(rules(withdrawn_with[0], [ended("st")]), ["8.outcome"])

    def test_locks_that_outlive_the_outcome(self):
        self.assertEqual(rules(*BEGUN, END[:1], END[1:]), ["8.locks"])

    def test_retries(self):
        log = *BEGUN, [finished("t", outcome="failed"), *END[1:], retry("t", 2)]
        self.assertEqual(rules(*log, again(2, "s2")), [])
        self.assertEqual(rules(*log, again(3, "s2")), ["8.attempt"])
        self.assertEqual(rules(*BEGUN, END, again(2, "s2")), ["8.attempt"])

    def test_nothing_happens_after_the_outcome(self):
        late = "task.progressed", {"task": "t", "attempt": 1, "percent": 5}
        self.assertEqual(rules(*BEGUN, [late], END), [])
        self.assertEqual(rules(*BEGUN, END, [late]), ["8.attempt"])

    def test_a_task_that_was_never_queued(self):
        self.assertEqual(rules([("task.stop-requested", {"task": "t", "attempt": 1, "by": "u"})]), ["8.attempt"])


class ClaimTests(unittest.TestCase):
    free = [queued("t"), opened("st", task="t"), claimed("t")]

    def test_only_by_a_registered_runner(self):
        self.assertEqual(rules(serve(), self.free), [])
        self.assertEqual(rules(self.free), ["8.claim"])
        self.assertEqual(rules(serve(), [retired()], self.free), ["8.claim"])
        other = [opened("r2", host="g"), registered("r2", "r2", "g")]
        self.assertEqual(rules(other, [*self.free[:2], claimed("t", runner="r2")]), ["8.claim"])

    def test_with_the_grant(self):
        self.assertEqual(rules(serve(), RUN[:4]), ["8.claim"])
        self.assertIn("8.claim", rules(serve(), RUN[:3], RUN[4:]))

    def test_with_a_session(self):
        self.assertEqual(rules(serve(), [queued("t"), claimed("t")]), ["8.claim"])
