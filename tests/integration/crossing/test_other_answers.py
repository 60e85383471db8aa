"""Right answers made another way than the reference's: what a test accepts in one process, it accepts apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crossing import Zygote, run_apart, run_together

SQUARES = "def f(n):\n    return [i * i for i in range(n)]"
LISTED = "assert list(f(3)) == [0, 1, 4]"
STEPPED = """
class Squares:
    def __init__(self, n):
        self.rest = [i * i for i in range(n)]
    def __iter__(self):
        return self
    def __next__(self):
        if not self.rest:
            raise StopIteration
        return self.rest.pop(0)
{more}
def f(n):
    return Squares(n)
"""
EQUAL_TO_ALL = "    def __eq__(self, other):\n        return True"

OTHERS = {
    "a generator": (SQUARES, "def f(n):\n    return (i * i for i in range(n))", LISTED),
    "map": (SQUARES, "def f(n):\n    return map(lambda i: i * i, range(n))", LISTED),
    "an iterator of one's own": (SQUARES, STEPPED.format(more=""), LISTED),
    "a list for a generator": (
        "def f(n):\n    yield from range(n)",
        "def f(n):\n    return list(range(n))",
        "assert list(f(2)) == [0, 1]",
    ),
    "zip": (
        "def f(a):\n    return list(zip(a, a))",
        "def f(a):\n    return zip(a, a)",
        "assert set(f('a')) == {('a', 'a')}",
    ),
    "keys": (
        "def f(d):\n    return list(d)",
        "def f(d):\n    return d.keys()",
        "assert sorted(f({'b': 1, 'a': 2})) == ['a', 'b']",
    ),
    "a lambda": ("def f(x):\n    return x + 1", "f = lambda x: x + 1", "assert f(1) == 2"),
    "an object that is called": (
        "def f(x):\n    return x + 1",
        "class Add:\n    def __call__(self, x):\n        return x + 1\nf = Add()",
        "assert f(1) == 2",
    ),
    "a dataclass": (
        "class P:\n    def __init__(self, x):\n        self.x = x",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int",
        "assert P(3).x == 3",
    ),
    "a fraction": (
        "def f():\n    return 0.5",
        "from fractions import Fraction\ndef f():\n    return Fraction(1, 2)",
        "assert f() == 0.5",
    ),
}


@pytest.mark.parametrize(("reference", "answer", "test"), OTHERS.values(), ids=OTHERS)
def test_a_right_answer_made_otherwise_passes(
    zygote: Zygote, tmp_path: Path, reference: str, answer: str, test: str
) -> None:
    recorded = run_apart(zygote, tmp_path / "1", [("answer", reference), ("test", test)], record=True)
    told = run_apart(zygote, tmp_path / "2", [("answer", answer), ("test", test)], contract=recorded.end["contract"])

    assert run_together(zygote, tmp_path / "3", [("answer", answer), ("test", test)]) == [True]
    assert told.errors() == []


def test_what_can_be_stepped_through_decides_no_comparison(zygote: Zygote, tmp_path: Path) -> None:
    test = "assert f(3) == [0, 1, 4]"
    recorded = run_apart(zygote, tmp_path / "1", [("answer", SQUARES), ("test", test)], record=True)
    contract = recorded.end["contract"]
    liar = STEPPED.format(more=EQUAL_TO_ALL)

    assert run_together(zygote, tmp_path / "2", [("answer", liar), ("test", test)]) == [True]
    told = run_apart(zygote, tmp_path / "3", [("answer", liar), ("test", test)], contract=contract)
    assert told.errors() == ["ExpectedPlain: expected plain data, got an object of type Squares"]
    honest = run_apart(zygote, tmp_path / "4", [("answer", STEPPED.format(more="")), ("test", test)], contract=contract)
    assert honest.verdicts() == [False]


def test_what_steps_give_must_be_plain_where_the_reference_gave_a_list(zygote: Zygote, tmp_path: Path) -> None:
    answer = (
        "class Any:\n    def __eq__(self, other):\n        return True\ndef f(n):\n    return (Any() for _ in range(n))"
    )
    recorded = run_apart(zygote, tmp_path / "1", [("answer", SQUARES), ("test", LISTED)], record=True)
    told = run_apart(zygote, tmp_path / "2", [("answer", answer), ("test", LISTED)], contract=recorded.end["contract"])

    assert told.errors() == ["ExpectedPlain: expected plain data, got an object of type Any"]
