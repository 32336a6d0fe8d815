"""Point 5: deadlocks are refused, all of them and nothing else."""

import unittest

from written import awaits, capacity, claimed, granted, opened, queued, refused, requested, rules, serve

SESSIONS = [[opened(name)] for name in "abcd"]


def take(request, session, *wanted):
    return requested(request, session, *wanted), granted(request, session, *wanted)


def party(session, token, held, wanted):
    def lock(text):
        mode, path = text.split() if " " in text else ("exclusive", text)
        return {"path": path, "mode": mode}

    since = "2026-01-01T00:00:00.000000Z"
    return {
        "session": session, "holder": {}, "holds": {"token": token, "since": since, **lock(held)},
        "wants": {"position": 9, "since": since, **lock(wanted)},
    }


class RingTests(unittest.TestCase):
    # Tokens 6 and 8; b waits for a.
    start = *SESSIONS, take("ra", "a", "/x"), take("rb", "b", "/y"), [requested("b2", "b", "/x")]
    ring = party("a", 6, "/x", "/y"), party("b", 8, "/y", "/x")

    def test_a_refused_ring(self):
        self.assertEqual(rules(*self.start, [refused("a2", "a", "/y", cycle=self.ring)]), [])

    def test_a_ring_that_is_let_be(self):
        self.assertEqual(rules(*self.start, [requested("a2", "a", "/y")]), ["5.deadlock"])

    def test_a_refusal_of_what_would_pass(self):
        ring = party("c", 6, "/x", "/x"), party("b", 8, "/y", "/x")
        self.assertEqual(rules(*self.start, [refused("c2", "c", "/z", cycle=self.ring)])[0], "5.refusal")
        start = self.start[:-1]
        self.assertIn("5.refusal", rules(*start, [refused("a2", "a", "/y", cycle=self.ring)]))

    def test_two_that_upgrade(self):
        start = *SESSIONS, take("ra", "a", "shared /x"), take("rb", "b", "shared /x"), [requested("a2", "a", "/x")]
        ring = party("b", 8, "shared /x", "/x"), party("a", 6, "shared /x", "/x")
        self.assertEqual(rules(*start, [refused("b2", "b", "/x", cycle=ring)]), [])
        self.assertEqual(rules(*start, [requested("b2", "b", "/x")]), ["5.deadlock"])

    def test_crossing_nested_locks(self):
        # Each under its own `lock run`: the parents hold, the children ask.
        start = *SESSIONS, take("ra", "a", "/x"), take("rb", "b", "/y")
        start = *start, [opened("a1", "a"), requested("a2", "a1", "/y")]
        ring = party("b", 8, "/y", "/x"), party("a", 6, "/x", "/y")
        self.assertEqual(rules(*start, [opened("b1", "b"), refused("b2", "b1", "/x", cycle=ring)]), [])
        self.assertEqual(rules(*start, [opened("b1", "b"), requested("b2", "b1", "/x")]), ["5.deadlock"])

    def test_a_slot_is_any_of_them(self):
        start = *SESSIONS, [capacity("/s", 2)], take("ra", "a", "slot /s"), take("rb", "b", "slot /s")
        start = *start, take("rc", "c", "/x"), [requested("a2", "a", "/x")]
        ring = party("c", 11, "/x", "slot /s"), party("a", 7, "slot /s", "/x")
        # b may end, and its slot is free then.
        self.assertEqual(rules(*start, [requested("c2", "c", "slot /s")]), [])
        self.assertEqual(rules(*start, [refused("c2", "c", "slot /s", cycle=ring)]), ["5.refusal"])
        start = *start, [requested("b2", "b", "/x")]
        self.assertEqual(rules(*start, [requested("c2", "c", "slot /s")]), ["5.deadlock"])
        self.assertEqual(rules(*start, [refused("c2", "c", "slot /s", cycle=ring)]), [])


class CycleTests(unittest.TestCase):
    def cycle(self, *parties):
        return rules(*RingTests.start, [refused("a2", "a", "/y", cycle=parties)])

    def test_what_is_not_held(self):
        self.assertEqual(self.cycle(party("a", 6, "/z", "/y"), RingTests.ring[1]), ["5.refusal"])
        self.assertEqual(self.cycle(party("a", 8, "/x", "/y"), RingTests.ring[1]), ["5.refusal"])

    def test_what_is_not_wanted(self):
        self.assertEqual(self.cycle(RingTests.ring[0], party("b", 8, "/y", "/z")), ["5.refusal"])

    def test_who_is_not_in_the_way(self):
        self.assertEqual(self.cycle(RingTests.ring[0]), ["5.refusal"])

    def test_a_refused_one_that_is_not_in_it(self):
        log = *RingTests.start, [requested("c1", "c", "/x")]
        self.assertIn("5.refusal", rules(*log, [refused("a2", "a", "/y", cycle=[])]))


class AwaitedTests(unittest.TestCase):
    task = queued("t", "/x"), opened("st", task="t"), requested("rt", "st", "/x")
    start = *SESSIONS, serve(), take("ra", "a", "/x"), task

    def refusal(self, session="a", task="t"):
        since = "2026-01-01T00:00:00.000000Z"
        lock = {"since": since, "path": "/x", "mode": "exclusive"}
        waiter = {
            "session": "a", "holder": {}, "holds": {"token": 8, **lock}, "wants": {"task": "t", "since": since},
        }
        awaited = {"session": "st", "holder": {}, "wants": {"position": 11, **lock}}
        return "lock.refused", {"session": session, "task": task, "cause": "deadlock", "cycle": [waiter, awaited]}

    def test_a_wait_for_a_task_that_waits_for_the_waiter(self):
        self.assertEqual(rules(*self.start, [self.refusal()]), [])
        self.assertEqual(rules(*self.start, [awaits("a", "t")]), ["5.deadlock"])

    def test_a_wait_that_would_have_ended(self):
        self.assertEqual(rules(*self.start, [awaits("b", "t")]), [])
        self.assertEqual(rules(*self.start, [self.refusal(session="b")])[0], "5.refusal")

    def test_a_task_that_is_not_due_will_want_its_locks(self):
        start = *SESSIONS, serve(), take("ra", "a", "/x"), [queued("t", "/x")]
        refusal = self.refusal()
        refusal[1]["cycle"][1] = {**refusal[1]["cycle"][1], "holder": {"task": "t"}}
        del refusal[1]["cycle"][1]["session"]
        self.assertEqual(rules(*start, [refusal]), [])
        self.assertEqual(rules(*start[:-1], [queued("t", "/z")], [refusal])[0], "5.refusal")
