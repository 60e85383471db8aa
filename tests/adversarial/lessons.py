"""Small lessons to attack: one answer, a visible test and a hidden one that nobody may hear of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from support.notebooks import answer, check, code, locked, notebook

from trailbook.domain.course import GradingLimits
from trailbook.services.ports import LessonToGrade, Notebook

LIMITS = GradingLimits(
    cell_timeout_seconds=3, total_timeout_seconds=15, memory_mib=256, processes=24, max_output_bytes=200_000
)
SECRET = "gh0st"
"""Stands in every hidden test, and nowhere else."""

NUMBER = 7919
"""An input only hidden tests use."""

FULL = {"visible": 2.0, "hidden": 3.0}
NOTHING = {"visible": 0.0, "hidden": 0.0}


@dataclass(frozen=True)
class Lesson:
    """One exercise with the id ``answer`` and its tests ``visible`` (2 points) and ``hidden`` (3 points).

    Attributes
    ----------
    before
        An instructor's locked cell before the answer.
    hidden_first
        Whether the hidden test stands before the visible one.
    """

    right: str
    visible: str
    hidden: str
    before: str = "import math"
    hidden_first: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: GradingLimits = LIMITS

    @property
    def source(self) -> Notebook:
        """The notebook as its author has it."""
        return self._notebook(self.right, f"### BEGIN HIDDEN TESTS\n{self.hidden}\n### END HIDDEN TESTS")

    @property
    def released(self) -> Notebook:
        """The notebook as learners have it."""
        return self._notebook("raise NotImplementedError()", "")

    def to_grade(self, limits: GradingLimits | None = None) -> LessonToGrade:
        """Return the lesson as a grader takes it."""
        return LessonToGrade(self.source, self.released, self.files, limits or self.limits)

    def _notebook(self, answered: str, hidden: str) -> Notebook:
        tests = [check("visible", self.visible, points=2), check("hidden", hidden, points=3)]
        ordered = reversed(tests) if self.hidden_first else tests
        return notebook(locked("before", self.before), answer("answer", answered), code("1 + 1"), *ordered)


FUNCTION = Lesson(
    right="def double(n):\n    return n + n",
    visible='assert double(2) == 4, "twice 2 is 4"',
    hidden=f'assert double({NUMBER}) == {2 * NUMBER}, "{SECRET} input is {NUMBER}"',
)
HIDDEN_FIRST = Lesson(right=FUNCTION.right, visible=FUNCTION.visible, hidden=FUNCTION.hidden, hidden_first=True)
SPEAKING = Lesson(
    right=FUNCTION.right,
    visible='got = double(2)\nassert got == 4, f"double(2) gave {got!r}"',
    hidden=FUNCTION.hidden,
    hidden_first=True,
)
TYPED = Lesson(
    right=FUNCTION.right,
    visible="assert isinstance(double(2), int)\nassert len(str(double(20))) == 2 and abs(double(-2)) == 4",
    hidden=f'assert all(double(n) == n + n for n in (1, {NUMBER})), "{SECRET}"',
)
VALUE = Lesson(
    right='total = 42\nname = "Ada"\nprices = [1.5, 2.5]\nbook = {"a": 1}',
    visible='assert total == 42\nassert name == "Ada"',
    hidden=f'assert prices == [1.5, 2.5] and book == {{"a": 1}}, "{SECRET}"',
)
ARRAY = Lesson(
    before="import numpy as np",
    right="values = np.arange(4.0) ** 2",
    visible="np.testing.assert_allclose(values, [0, 1, 4, 9])\nassert values.shape == (4,)",
    hidden=f'np.testing.assert_array_equal(values, np.array([0, 1, 4, 9.0]), "{SECRET}")',
)
FRAME = Lesson(
    before="import pandas as pd",
    right='frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})',
    visible='assert list(frame.columns) == ["a", "b"] and len(frame) == 2',
    hidden='pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))\n'
    f'assert frame["a"].sum() == 3, "{SECRET}"',
)
CLASS = Lesson(
    right="class Dog:\n    def __init__(self, name):\n        self.name = name\n"
    '    def speak(self):\n        return f"{self.name} says woof"',
    visible='assert isinstance(Dog("Rex"), Dog)\nassert Dog("Rex").speak() == "Rex says woof"',
    hidden=f'assert Dog("{SECRET}").speak() == "{SECRET} says woof"',
)
HELPER = Lesson(
    before="from helper import close\n\ndef same(a, b):\n    return close(a, b)",
    right=FUNCTION.right,
    visible="assert same(double(2), 4)\nassert close(double(3), 6)",
    hidden=f'import helper\nassert helper.close(double({NUMBER}), {2 * NUMBER}), "{SECRET}"',
    files={"helper.py": b"def close(a, b):\n    return abs(a - b) < 1e-9\n"},
)
UNITTEST = Lesson(
    right=FUNCTION.right,
    visible="import unittest\nclass Doubles(unittest.TestCase):\n    def test_two(self):\n"
    "        self.assertEqual(double(2), 4)\n"
    "done = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(Doubles))\n"
    "assert done.wasSuccessful() and done.testsRun == 1 and not done.skipped",
    hidden=f"unittest.TestCase().assertAlmostEqual(double({NUMBER}), {2 * NUMBER}, msg='{SECRET}')",
)
PARTIAL = Lesson(
    right="share = 1.0\ndef graded(n):\n    return n",
    visible="share * 2",
    hidden=f"graded({NUMBER}) * 3 / {NUMBER}  # {SECRET}",
)
MODULES = Lesson(
    right=FUNCTION.right,
    visible='import json, numpy, decimal\nassert json.dumps(double(2)) == "4"\n'
    "numpy.testing.assert_equal(double(2), 4)",
    hidden=f'import statistics\nassert statistics.mean([double({NUMBER})]) == {2 * NUMBER}, "{SECRET}"',
)
CALLBACK = Lesson(
    right="def apply(function, value):\n    return function(value)",
    visible="from unittest.mock import Mock\ncalled = Mock(return_value=5)\n"
    "assert apply(called, 3) == 5\ncalled.assert_called_once_with(3)",
    hidden=f'def secret(n):\n    return n + {NUMBER}\nassert apply(secret, 1) == {NUMBER + 1}, "{SECRET}"',
)
READING = Lesson(
    right=FUNCTION.right,
    visible="import ast, inspect\ntree = ast.parse(inspect.getsource(double))\n"
    "assert any(isinstance(node, ast.BinOp) for node in ast.walk(tree))\nassert double(2) == 4",
    hidden=f'assert "eval" not in inspect.getsource(double) and double({NUMBER}) == {2 * NUMBER}, "{SECRET}"',
)
