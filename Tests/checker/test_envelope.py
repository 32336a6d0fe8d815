import json
import unittest

from recompute import RESTORED_JUMP, canonical, number
from written import Written, ended, findings, opened


def events():
    return Written().command(opened("s")).command(opened("t")).command(ended("s")).command(ended("t")).sealed()


def reseal(changed):
    """The events with hashes that fit what they hold now."""
    log = Written()
    log.events = changed
    return log.lines


class EnvelopeTests(unittest.TestCase):
    def change(self, number, **fields):
        changed = events()
        changed[number - 1].update(fields)
        return findings(reseal(changed))

    def test_a_good_log(self):
        self.assertEqual(findings(reseal(events())), [])

    def test_a_position_that_is_missing(self):
        changed = events()
        del changed[2]
        lines = [json.dumps(event) for event in changed]
        self.assertEqual(findings(lines), [(4, "1.chain")])

    def test_a_jump_is_for_a_restored_log_only(self):
        restored = Written()
        restored.command(opened("s")).command(("log.restored", {"previousHead": 1, "by": "u"}))
        restored.events[1]["position"] = RESTORED_JUMP + 1
        self.assertEqual(findings(restored.lines), [])
        restored.events[1]["data"]["previousHead"] = 2
        self.assertEqual(findings(restored.lines), [(RESTORED_JUMP + 1, "1.chain")])
        restored.events[1]["data"]["previousHead"] = 1
        restored.events[1]["position"] = RESTORED_JUMP
        self.assertEqual(findings(restored.lines), [(RESTORED_JUMP, "1.chain")])
        self.assertEqual(self.change(4, position=RESTORED_JUMP + 4), [(RESTORED_JUMP + 4, "1.chain")])

    def test_a_time_that_falls(self):
        self.assertEqual(self.change(3, at="2025-12-31T23:59:59.999999Z"), [(3, "1.chain")])

    def test_a_time_in_another_form(self):
        self.assertEqual(self.change(4, at="2026-01-01T00:00:04Z"), [(4, "1.time")])

    def test_a_changed_payload(self):
        lines = [line.replace('"user": "u"', '"user": "v"') for line in reseal(events())]
        self.assertEqual(findings(lines), [(1, "1.chain"), (2, "1.chain")])

    def test_a_changed_column(self):
        lines = reseal(events())
        lines[1] = lines[1].replace('"actor": "u"', '"actor": "v"')
        self.assertEqual(findings(lines), [(2, "1.chain")])

    def test_an_id_that_was_there(self):
        self.assertEqual(self.change(3, id="c1.0"), [(3, "1.id")])

    def test_a_stream_with_a_hole(self):
        self.assertEqual(self.change(3, streamVersion=3), [(3, "1.stream")])

    def test_a_line_that_is_no_event(self):
        self.assertEqual(findings(["{}"]), [(1, "1.form")])
        self.assertEqual(findings(["nonsense"]), [(1, "1.form")])

    def test_numbers_are_written_as_ecmascript_does(self):
        for value, text in [
            (0.012, "0.012"), (3.5, "3.5"), (7.0, "7"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"),
            (1e20, "100000000000000000000"), (1e21, "1e+21"), (-0.0, "0"), (-2.25, "-2.25"), (123456.5, "123456.5"),
        ]:
            self.assertEqual(number(value), text)

    def test_names_are_sorted_by_utf16(self):
        self.assertEqual(canonical({"\uff61": 1, "\U0001f682": 2}), '{"\U0001f682":2,"\uff61":1}')
