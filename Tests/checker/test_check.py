"""The program: files, streams, exit codes."""

import os
import subprocess
import sys
import tempfile
import unittest

from written import Written, ended, opened

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")
GOOD = "\n".join(Written().command(opened("s")).command(ended("s")).lines) + "\n"
BAD = "\n".join(Written().command(opened("s")).command(ended("s")).command(ended("s")).lines) + "\n"
SAID = "position 3: rule 6.ended: something happens for s, which has ended\n"


def check(*arguments, given=""):
    result = subprocess.run([sys.executable, PROGRAM, *arguments], input=given, capture_output=True, text=True)
    return result.returncode, result.stdout


class ProgramTests(unittest.TestCase):
    def test_one_log(self):
        self.assertEqual(check("-", given=GOOD), (0, "ok: 2 events\n"))
        self.assertEqual(check("-", given=BAD), (65, SAID))
        self.assertEqual(check("-", given=""), (0, "ok: 0 events\n"))

    def test_several_logs(self):
        said = "-#1: ok: 2 events\n-#2: " + SAID + "-#3: ok: 2 events\n"
        self.assertEqual(check("-", given="\n".join([GOOD, BAD, GOOD])), (65, said))

    def test_files_plain_and_packed(self):
        with tempfile.TemporaryDirectory() as folder:
            plain, packed = os.path.join(folder, "a"), os.path.join(folder, "b.lz4")
            with open(plain, "w", encoding="utf-8") as file:
                file.write(GOOD)
            subprocess.run(["lz4", "-q", plain, packed], check=True)
            self.assertEqual(check(plain, packed), (0, f"{plain}: ok: 2 events\n{packed}: ok: 2 events\n"))
            with open(packed, "wb") as file:
                file.write(b"no frame")
            self.assertEqual(check(packed)[0], 64)

    def test_rules_left_out(self):
        self.assertEqual(check("--without", "6.ended", "-", given=BAD), (0, "ok: 3 events\n"))

    def test_wrong_use(self):
        for arguments in [], ["--nonsense", "-"], ["/nowhere"]:
            self.assertEqual(check(*arguments)[0], 64)
