"""Points 4, 6 and 7."""

import unittest

from written import (
    capacity, downgraded, ended, granted, opened, released, requested, rules, withdrawn,
)


def take(request, session, *wanted):
    return requested(request, session, *wanted), granted(request, session, *wanted)


class ConflictTests(unittest.TestCase):
    def together(self, first, second, parent=None):
        return rules(
            [opened("s")], [opened("t", parent)], take("a", "s", first), take("b", "t", second))

    def test_what_may_be_held_together(self):
        for first, second in [
            ("/a", "/b"), ("shared /a", "shared /a"), ("shared /", "shared /a/b"), ("/a", "/ab"), ("/a/b", "/a/c"),
        ]:
            self.assertEqual(self.together(first, second), [], (first, second))

    def test_what_conflicts(self):
        for first, second in [
            ("/a", "/a"), ("/", "/a/b"), ("/a/b", "/"), ("/a", "shared /a/b"), ("shared /a/b", "/a"), ("/a/b/c", "/a"),
        ]:
            self.assertEqual(self.together(first, second), ["4.conflict"], (first, second))

    def test_a_family_never_conflicts(self):
        self.assertEqual(self.together("/a", "/a", parent="s"), [])
        self.assertEqual(rules([opened("s")], take("a", "s", "/a"), take("b", "s", "/a")), [])

    def test_siblings_conflict(self):
        log = [opened("p")], [opened("s", "p")], [opened("t", "p")], take("a", "s", "/a"), take("b", "t", "/a")
        self.assertEqual(rules(*log), ["4.conflict"])

    def test_ancestry_outlives_the_one_between(self):
        log = [opened("p")], [opened("s", "p")], [opened("t", "s")], [ended("s")]
        self.assertEqual(rules(*log, take("a", "p", "/a"), take("b", "t", "/a")), [])

    def test_a_downgraded_lock_is_shared(self):
        log = [opened("s")], [opened("t")], take("a", "s", "/a"), [downgraded(4, "s", "/a")]
        self.assertEqual(rules(*log, take("b", "t", "shared /a")), [])
        self.assertEqual(rules(*log, take("b", "t", "/a")), ["4.conflict"])

    def test_a_part_given_back_is_free(self):
        log = [opened("s")], [opened("t")], take("a", "s", "/a", "/b"), [released(4, "s", "/a")]
        self.assertEqual(rules(*log, take("b", "t", "/a")), [])
        self.assertEqual(rules(*log, take("b", "t", "/b")), ["4.conflict"])


class SlotTests(unittest.TestCase):
    open = [opened("s")], [opened("t")], [opened("u", "s")], [capacity("/s", 1)]

    def test_as_many_as_there_are(self):
        self.assertEqual(rules(*self.open, take("a", "s", "slot /s")), [])
        log = *self.open, take("a", "s", "slot /s"), take("b", "t", "slot /s")
        self.assertEqual(rules(*log), ["4.capacity"])

    def test_none_without_a_capacity(self):
        self.assertEqual(rules(*self.open, take("a", "s", "slot /other")), ["4.capacity"])

    def test_an_ancestors_slot_serves_its_descendants(self):
        self.assertEqual(rules(*self.open, take("a", "s", "slot /s"), take("b", "u", "slot /s")), [])
        self.assertEqual(rules(*self.open, take("a", "u", "slot /s"), take("b", "s", "slot /s")), [])

    def test_lowering_ends_nobody(self):
        log = *self.open, [capacity("/s", 2)], take("a", "s", "slot /s"), take("b", "t", "slot /s"), [capacity("/s", 1)]
        self.assertEqual(rules(*log, take("c", "u", "slot /s")), [])
        self.assertEqual(rules(*log, [opened("v")], take("c", "v", "slot /s")), ["4.capacity"])

    def test_conflict_with_exclusive_only(self):
        broken = ["4.conflict"]
        for lock, found in [("/s", broken), ("/", broken), ("/s/below", broken), ("shared /s", []), ("shared /", [])]:
            self.assertEqual(rules(*self.open, take("a", "s", "slot /s"), take("b", "t", lock)), found, lock)
            self.assertEqual(rules(*self.open, take("a", "t", lock), take("b", "s", "slot /s")), found, lock)


class EndTests(unittest.TestCase):
    held = [opened("s")], [opened("t")], take("a", "s", "/a")

    def test_releases_and_withdrawals_then_the_end_then_grants(self):
        wait = [requested("b", "t", "/a")], [requested("c", "s", "/c"), granted("c", "s", "/c")]
        back = released(4, "s", "/a", cause="session-ended"), released(7, "s", "/c", cause="session-ended")
        self.assertEqual(rules(*self.held, *wait, [*back, ended("s"), granted("b", "t", "/a")]), [])
        self.assertEqual(rules(*self.held, *wait, [*back, granted("b", "t", "/a"), ended("s")]), ["6.order"])

    def test_a_session_that_ends_holding(self):
        self.assertEqual(rules(*self.held, [ended("s")]), ["6.holds"])

    def test_a_session_that_ends_waiting(self):
        self.assertEqual(rules(*self.held, [requested("b", "t", "/a")], [ended("t")]), ["6.holds"])
        log = [requested("b", "t", "/a")], [withdrawn("b", "t", "session-ended"), ended("t")]
        self.assertEqual(rules(*self.held, *log), [])

    def test_nothing_happens_for_an_ended_session(self):
        end = [ended("t")]
        for what in [ended("t"), requested("b", "t", "/b"), opened("u", "t")]:
            self.assertEqual(rules(*self.held, end, [what])[0], "6.ended", what)

    def test_nor_for_one_never_opened(self):
        self.assertEqual(rules(*self.held, [requested("b", "x", "/b")]), ["6.ended"])

    def test_released_by_an_end_that_does_not_come(self):
        self.assertEqual(rules(*self.held, [released(4, "s", "/a", cause="session-ended")]), ["6.ended"])


class TokenTests(unittest.TestCase):
    held = [opened("s")], [opened("t")], take("a", "s", "/a", "shared /b")

    def test_a_release(self):
        self.assertEqual(rules(*self.held, [released(4, "s", "/a", "shared /b")]), [])

    def test_a_token_that_does_not_stand(self):
        for token, session in [(3, "s"), (4, "t")]:
            self.assertEqual(rules(*self.held, [released(token, session, "/a")]), ["7.token"])
        twice = [released(4, "s", "/a", "shared /b")], [released(4, "s", "/a")]
        self.assertEqual(rules(*self.held, *twice), ["7.token"])

    def test_more_than_was_granted(self):
        for given in ["/c"], ["/b"], ["/a", "/a"]:
            self.assertEqual(rules(*self.held, [released(4, "s", *given)]), ["7.token"], given)

    def test_a_downgrade_of_what_is_not_exclusive(self):
        self.assertEqual(rules(*self.held, [downgraded(4, "s", "/b")]), ["7.token"])

    def test_a_grant_of_what_was_not_asked_for(self):
        self.assertEqual(rules(*self.held, [granted("x", "s", "/c")]), ["7.grant"])
        self.assertEqual(rules(*self.held, [requested("b", "s", "/c"), granted("b", "s", "/d")]), ["7.grant"])
        self.assertEqual(rules(*self.held, [requested("b", "s", "/c"), granted("b", "t", "/c")])[0], "7.grant")
