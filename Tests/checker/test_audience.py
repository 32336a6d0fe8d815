"""Point 10."""

import unittest

from log import Log
from written import app, changed, delivered, over, raised, rules, user


class AudienceTests(unittest.TestCase):
    start = [user("olga", "owner")], [user("adam", "admin")], [user("ute", "user")]

    def test_those_who_are_meant(self):
        for audience, names in [
            (["admin"], "olga adam"), (["owner"], "olga"), (["user"], "olga adam ute"), (["mailmanager"], ""),
            (["mailmanager", "owner"], "olga"),
        ]:
            for name in "olga", "adam", "ute", "nobody":
                log = *self.start, [raised("n", audience)], [delivered("n", name)]
                self.assertEqual(rules(*log), [] if name in names.split() else ["10.audience"], (audience, name))

    def test_operators_of_the_app(self):
        apps = [app("blog", operators=["ute"])], [app("wiki", operators=["adam"])]
        log = *self.start, *apps, [raised("n", ["operator:blog"])]
        self.assertEqual(rules(*log, [delivered("n", "ute")]), [])
        self.assertEqual(rules(*log, [delivered("n", "adam")]), ["10.audience"])
        self.assertEqual(rules(*log, [changed("blog", operators=["adam"])], [delivered("n", "adam")]), [])

    def test_who_is_appointed_later(self):
        log = *self.start, [raised("n", ["admin"])]
        promoted = "user.role-changed", {"user": "ute", "from": "user", "to": "admin"}
        self.assertEqual(rules(*log, [promoted], [delivered("n", "ute")]), [])

    def test_who_was_meant_before_it_was_raised(self):
        demoted = "user.role-changed", {"user": "adam", "from": "admin", "to": "user"}
        self.assertEqual(rules(*self.start, [demoted], [raised("n", ["admin"])], [delivered("n", "adam")]), ["10.audience"])
        gone = "user.removed", {"user": "adam"}
        self.assertEqual(rules(*self.start, [gone], [raised("n", ["admin"])], [delivered("n", "adam")]), ["10.audience"])
        # Under way while he was demoted.
        self.assertEqual(rules(*self.start, [raised("n", ["admin"])], [demoted], [delivered("n", "adam")]), [])

    def test_a_webhook_is_nobody(self):
        self.assertEqual(rules(*self.start, [raised("n", ["admin"])], [delivered("n", "hook", "webhook")]), [])

    def test_ordinary_users_among_others(self):
        self.assertEqual(rules([raised("n", ["admin", "user"])]), ["10.audience"])
        self.assertEqual(rules([raised("n", [])]), ["10.audience"])

    def test_operators_that_were_redacted_may_have_been_any(self):
        log = Log()
        log.follow_audience(*user("ute", "user"), False)
        log.follow_audience(*app("blog"), True)
        log.follow_audience(*raised("n", ["operator:blog"]), False)
        log.follow_audience(*delivered("n", "ute"), False)
        self.assertEqual(log.violations, [])


class EndTests(unittest.TestCase):
    start = *AudienceTests.start, [raised("n", ["admin"])]

    def test_told_to_those_who_were_told(self):
        log = *self.start, [delivered("n", "adam")], [over("n")]
        self.assertEqual(rules(*log, [delivered("n", "adam", telling="resolved")]), [])
        self.assertEqual(rules(*log, [delivered("n", "olga", telling="resolved")]), ["10.resolved"])

    def test_told_while_it_is_open(self):
        log = *self.start, [delivered("n", "adam")]
        self.assertEqual(rules(*log, [delivered("n", "adam", telling="resolved")]), ["10.resolved"])

    def test_what_is_over_or_never_was(self):
        for kind, data in [("repeated", {"count": 2}), ("acknowledged", {"by": "u"}), ("resolved", {"cause": "cleared"})]:
            fact = f"notification.{kind}", {"notification": "n", **data}
            self.assertEqual(rules(*self.start, [fact]), [], kind)
            self.assertEqual(rules(*self.start, [over("n")], [fact]), ["10.raise"], kind)
        self.assertEqual(rules(*self.start, [delivered("m", "adam")]), ["10.raise"])

    def test_a_key_that_is_open(self):
        self.assertEqual(rules(*self.start, [raised("m", ["admin"])]), ["10.raise"])
        self.assertEqual(rules(*self.start, [raised("m", ["admin"], subject="other")]), [])
        self.assertEqual(rules(*self.start, [over("n")], [raised("m", ["admin"])]), [])


if __name__ == "__main__":
    unittest.main()
