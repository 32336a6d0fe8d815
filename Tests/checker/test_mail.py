"""Point 9."""

import unittest

from log import Log
from written import app, changed, gave_up, given, giving, gone, reconfigure, renamed, rules, served, wish


def name(new, old=None, generation=1):
    """A rename as far as its commit."""
    return [wish(new)], [served(*filter(None, (old, new)))], [renamed(new, old, generation)]


def tell(id, task, server, generation=1):
    """A reconfiguration that nobody asked for."""
    return [reconfigure(id, task)], [giving(id, task, server, generation)], [given(id, task, server, generation)]


class QuietTests(unittest.TestCase):
    start = [app("a"), app("b", flagged=False)], *name("m.example")
    done = *start, *tell("a", "t", "m.example")

    def quiet(self, *commands):
        return rules(*commands, is_quiet=True)

    def test_all_have_it(self):
        self.assertEqual(self.quiet(*self.done), [])

    def test_a_flagged_app_has_it_not(self):
        self.assertEqual(rules(*self.start), [])
        self.assertEqual(self.quiet(*self.start), ["9.behind"])

    def test_an_app_that_failed(self):
        self.assertEqual(self.quiet(*self.done, [gave_up("a", "u")]), ["9.behind"])

    def test_a_stopped_app_and_one_without_mail_and_none(self):
        for settings in {"state": "stopped"}, {"mail": False}:
            self.assertEqual(self.quiet([app("a", **settings)], *name("m.example")), [], settings)
        self.assertEqual(self.quiet(*self.start, [("app.removed", {"app": "a"})]), [])

    def test_a_flag_or_an_address_changed_later(self):
        self.assertEqual(self.quiet(*self.done, [changed("b", requiresValidCertificate=True)]), ["9.behind"])
        self.assertEqual(self.quiet(*self.done, [changed("b", mailFrom="x@b.example")]), ["9.behind"])
        self.assertEqual(self.quiet(*self.done, [changed("b", notes="n")]), [])

    def test_a_rename_under_way(self):
        self.assertEqual(self.quiet(*self.done, [wish("n.example")]), ["9.behind"])
        other = *name("n.example", "m.example", 2), *tell("a", "u", "n.example", 2)
        self.assertEqual(self.quiet(*self.done, *other), ["9.behind"])
        self.assertEqual(self.quiet(*self.done, *other, [gone("m.example")]), [])


class TouchTests(unittest.TestCase):
    done = QuietTests.done

    def test_an_app_that_has_what_it_is_to_have(self):
        self.assertEqual(rules(*self.done, [reconfigure("a", "u")]), ["9.touched"])
        self.assertEqual(rules(*self.done, [reconfigure("b", "u")]), ["9.touched"])

    def test_a_stopped_app_and_none(self):
        log = *self.done, [changed("b", state="stopped", requiresValidCertificate=True)]
        self.assertEqual(rules(*log, [reconfigure("b", "u")]), ["9.touched"])
        self.assertEqual(rules(*log, [reconfigure("c", "u")]), ["9.touched"])

    def test_needless_by_the_time_it_begins(self):
        log = *QuietTests.start, [reconfigure("a", "t")], [changed("a", requiresValidCertificate=False)]
        self.assertEqual(rules(*log, [giving("a", "t", "mail")]), ["9.touched"])

    def test_who_is_asked_for_may_be_touched(self):
        self.assertEqual(rules(*self.done, [giving("b", "u", "mail")], [given("b", "u", "mail")]), [])


class ValueTests(unittest.TestCase):
    def test_others_than_it_is_to_have(self):
        for server, generation in [("mail", 1), ("n.example", 1), (None, 1), ("m.example", 0)]:
            log = *QuietTests.start, [reconfigure("a", "t")], [giving("a", "t", server, generation)]
            self.assertEqual(rules(*log), ["9.values"], (server, generation))

    def test_others_than_were_given(self):
        log = *QuietTests.start, [reconfigure("a", "t")], [giving("a", "t", "m.example")]
        self.assertEqual(rules(*log, [given("a", "t", "mail")]), ["9.values"])

    def test_an_app_that_is_not_there(self):
        self.assertEqual(rules([changed("a", notes="n")]), ["9.app"])

    def test_a_redacted_address_may_have_been_any(self):
        log = *name("m.example"), *tell("a", "t", "m.example")
        self.assertEqual(rules([app("a", mailFrom="x@a.example")], *log), ["9.values"])
        judged = Log()
        judged.follow_mail(*app("a"), True)
        for facts in log:
            for kind, data in facts:
                judged.follow_mail(kind, data, False)
        self.assertEqual(judged.violations, [])


class NameTests(unittest.TestCase):
    def test_not_asked_for_or_not_seen(self):
        self.assertEqual(rules([served("m.example")], [renamed("m.example")]), ["9.name"])
        self.assertEqual(rules([wish("m.example")], [renamed("m.example")]), ["9.name"])

    def test_not_behind_the_one_before(self):
        for old, generation in [("m.example", 3), ("o.example", 2), (None, 2)]:
            log = *name("m.example"), [wish("n.example")], [served("n.example")]
            self.assertEqual(rules(*log, [renamed("n.example", old, generation)]), ["9.name"], (old, generation))

    second = *QuietTests.done, *name("n.example", "m.example", 2)

    def test_retired_while_an_app_is_behind(self):
        self.assertEqual(rules(*self.second, [gone("m.example")]), ["9.behind"])

    def test_retired_while_it_is_given(self):
        log = *name("m.example"), [app("a")], [reconfigure("a", "t")], [giving("a", "t", "m.example")]
        log = *log, *name("n.example", "m.example", 2), [changed("a", state="stopped")]
        self.assertEqual(rules(*log, [gone("m.example")]), ["9.retired"])
        self.assertEqual(rules(*log, [given("a", "t", "m.example")], [gone("m.example")]), [])

    def test_retired_and_no_former_name(self):
        self.assertEqual(rules(*QuietTests.done, [gone("m.example")]), ["9.retired"])
        log = *self.second, *tell("a", "u", "n.example", 2)
        self.assertEqual(rules(*log, [wish("o.example")], [gone("m.example")]), ["9.retired"])

    def test_back_again_touches_nobody_who_never_got_it(self):
        back = *self.second, *name("m.example", "n.example", 3)
        self.assertEqual(rules(*back, [gone("n.example")], is_quiet=True), [])


if __name__ == "__main__":
    unittest.main()
