"""Point 5: who may pass whom, and who must not wait."""

import unittest

from written import (
    awaits, capacity, claimed, granted, opened, queued, registered, released, requested, retired, rules, serve,
    withdrawn,
)

SESSIONS = [[opened(name)] for name in "abcd"]


def take(request, session, *wanted):
    return requested(request, session, *wanted), granted(request, session, *wanted)


class OrderTests(unittest.TestCase):
    # Position 6 is a's token; b waits for it.
    start = *SESSIONS, take("ra", "a", "shared /x"), [requested("rb", "b", "/x")]

    def test_first_in_first_out(self):
        wait = *self.start, [requested("rc", "c", "shared /x")]
        self.assertEqual(rules(*wait, [released(6, "a", "shared /x"), granted("rb", "b", "/x")]), [])
        self.assertEqual(rules(*self.start, take("rc", "c", "shared /x")), ["5.order"])

    def test_what_does_not_conflict_may_pass(self):
        self.assertEqual(rules(*self.start, take("rc", "c", "/y")), [])

    def test_below_counts(self):
        log = *SESSIONS, take("ra", "a", "/x/1"), [requested("rb", "b", "shared /x")]
        self.assertEqual(rules(*log, take("rc", "c", "/x/2")), ["5.order"])
        self.assertEqual(rules(*log, take("rc", "c", "shared /x/2")), [])

    def test_whoever_the_earlier_one_waits_for_passes(self):
        self.assertEqual(rules(*self.start, take("rc", "a", "shared /x/1")), [])

    def test_also_through_the_graph(self):
        log = *SESSIONS, take("ra", "a", "/x"), take("rd", "d", "/y"), [requested("a2", "a", "/y")]
        log = *log, [requested("rb", "b", "/x", "/z")]
        # b waits for a, who waits for d; not for c.
        self.assertEqual(rules(*log, take("r", "d", "/z")), [])
        self.assertEqual(rules(*log, take("r", "c", "/z")), ["5.order"])

    def test_also_through_children(self):
        log = *self.start, [opened("e", "a")]
        self.assertEqual(rules(*log, take("r", "e", "shared /x")), [])
        # The lock is e's; the earlier one does not wait for its parent.
        log = *SESSIONS, [opened("e", "a")], take("re", "e", "/x"), [requested("rb", "b", "/x", "/z")]
        self.assertEqual(rules(*log, take("r", "a", "/z")), ["5.order"])

    def test_also_through_awaited_tasks(self):
        log = *SESSIONS, serve(), [queued("t"), opened("st", task="t"), claimed("t")], take("ra", "a", "/x")
        log = *log, [requested("rb", "b", "/x", "/z")]
        self.assertEqual(rules(*log, [awaits("a", "t")], take("r", "st", "/z")), [])
        self.assertEqual(rules(*log, take("r", "st", "/z")), ["5.order"])

    def test_also_through_tasks_whose_time_has_not_come(self):
        log = *SESSIONS, [queued("t", "/d")], take("rc", "c", "/d"), take("ra", "a", "/x")
        asked = [requested("rb", "b", "/x", "/z")]
        self.assertEqual(rules(*log, [awaits("a", "t")], asked, take("r", "c", "/z")), [])
        self.assertEqual(rules(*log, asked, take("r", "c", "/z")), ["5.order"])


class ProgressTests(unittest.TestCase):
    start = *SESSIONS, take("ra", "a", "/x"), [requested("rb", "b", "/x")]

    def test_what_is_free_is_granted(self):
        self.assertEqual(rules(*self.start), [])
        self.assertEqual(rules(*self.start, [released(6, "a", "/x")]), ["5.progress"])
        self.assertEqual(rules(*SESSIONS, [requested("ra", "a", "/x")]), ["5.progress"])

    def test_also_when_the_one_before_it_leaves(self):
        log = *SESSIONS, take("ra", "a", "shared /x"), [requested("rb", "b", "/x")], [requested("rc", "c", "shared /x")]
        self.assertEqual(rules(*log, [withdrawn("rb", "b"), granted("rc", "c", "shared /x")]), [])
        self.assertEqual(rules(*log, [withdrawn("rb", "b")]), ["5.progress"])

    def test_who_is_waited_for_must_not_wait(self):
        self.assertEqual(rules(*self.start, [requested("r2", "a", "/x/1")]), ["5.progress"])

    def test_a_grant_that_would_make_a_deadlock_is_not_made_yet(self):
        # b wants c's /x besides; with /y it would wait for c, and c for it.
        log = *SESSIONS, take("rc", "c", "/x"), take("rd", "d", "/y")
        log = *log, [requested("b1", "b", "/x")], [requested("b2", "b", "/y")], [requested("c2", "c", "/y")]
        free = released(8, "d", "/y")
        self.assertEqual(rules(*log, [free, granted("c2", "c", "/y")]), [])
        self.assertEqual(rules(*log, [free, granted("b2", "b", "/y")]), ["5.deadlock"])
        self.assertEqual(rules(*log, [free]), ["5.hang"])
        # Without c's wish, b's is harmless.
        self.assertEqual(rules(*log[:-1], [free]), ["5.progress"])
        self.assertEqual(rules(*log[:-1], [free, granted("b2", "b", "/y")]), [])

    def test_nor_is_one_behind_it_that_would_make_another(self):
        # b wants a's /a besides: it must not have /d yet. Nor must a: its child waits for a task that will want /d.
        task = [queued("t", "/d"), opened("st", task="t"), requested("rt", "st", "/d")]
        log = *SESSIONS, [opened("k", parent="a")], task, take("ra", "a", "/a")
        asked = [requested("b1", "b", "/a")], [requested("b2", "b", "shared /d")], [requested("a2", "a", "/d")]
        self.assertEqual(rules(*log, [awaits("k", "t")], *asked), [])
        self.assertEqual(rules(*log, *asked), ["5.progress", "5.hang"])


class SlotTests(unittest.TestCase):
    start = *SESSIONS, [capacity("/s", 1)], take("ra", "a", "slot /s"), take("rd", "d", "/app")

    def test_first_in_first_out_while_slots_are_all_it_lacks(self):
        log = *self.start, [requested("rb", "b", "slot /s")], [requested("rc", "c", "slot /s")]
        free = released(7, "a", "slot /s")
        self.assertEqual(rules(*log, [free, granted("rb", "b", "slot /s")]), [])
        self.assertEqual(rules(*log, [free, granted("rc", "c", "slot /s")]), ["5.order"])
        self.assertEqual(rules(*log, [free]), ["5.progress"])

    def test_who_lacks_more_does_not_hold_a_slot_back(self):
        log = *self.start, [requested("rb", "b", "slot /s", "/app")], [requested("rc", "c", "slot /s")]
        free = released(7, "a", "slot /s")
        self.assertEqual(rules(*log, [free, granted("rc", "c", "slot /s")]), [])
        self.assertEqual(rules(*log, [free]), ["5.progress"])

    def test_more_of_them(self):
        log = *self.start, [requested("rb", "b", "slot /s")]
        self.assertEqual(rules(*log, [capacity("/s", 2), granted("rb", "b", "slot /s")]), [])
        self.assertEqual(rules(*log, [capacity("/s", 2)]), ["5.progress"])


class RunnerTests(unittest.TestCase):
    task = queued("t", "/x", "/y"), opened("st", task="t"), requested("rt", "st", "/x", "/y")
    start = *SESSIONS, serve(), take("ra", "a", "/x"), task

    def test_a_task_holds_back_while_a_runner_is_there(self):
        self.assertEqual(rules(*self.start, take("rb", "b", "/y")), ["5.order"])
        self.assertEqual(rules(*self.start, [requested("rb", "b", "/y")]), [])

    def test_and_nobody_without(self):
        log = *self.start, [retired()]
        self.assertEqual(rules(*log, take("rb", "b", "/y")), [])
        self.assertEqual(rules(*log, [requested("rb", "b", "/y")]), ["5.progress"])

    def test_it_is_granted_only_while_one_is_there(self):
        grant = granted("rt", "st", "/x", "/y"), claimed("t")
        self.assertEqual(rules(*self.start, [released(8, "a", "/x"), *grant]), [])
        log = *self.start, [retired()], [released(8, "a", "/x")]
        self.assertEqual(rules(*log), [])
        self.assertEqual(rules(*log, [granted("rt", "st", "/x", "/y"), claimed("t")]), ["5.order", "8.claim"])
        back = opened("r2"), registered("r2", "r2")
        self.assertEqual(rules(*log, [*back, granted("rt", "st", "/x", "/y"), claimed("t", runner="r2")]), [])
        self.assertEqual(rules(*log, back), ["5.progress"])
