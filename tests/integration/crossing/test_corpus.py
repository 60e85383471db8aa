"""Tests as teachers write them: apart they come out as in one process, for a right answer and for a wrong one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.crossing import Cell, Kind, Zygote, run_apart, run_together

CORPUS = Path(__file__).with_name("corpus")
CASE = re.compile(r"^#### (.+)$", re.MULTILINE)
PART = re.compile(r"^## (shared|answer|wrong|test)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One case: cells with the right answers, and with the wrong ones."""

    name: str
    right: list[Cell]
    wrong: list[Cell]


def read_cases() -> list[Case]:
    """Return the cases of the folder."""
    cases = []
    for path in sorted(CORPUS.glob("*.cells")):
        _, *parts = CASE.split(path.read_text())
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            cases.append(read_case(f"{path.stem}: {name}", text))
    return cases


def read_case(name: str, text: str) -> Case:
    """Return a case from its text; a wrong answer stands in the place of the right one before it."""
    right: list[Cell] = []
    wrong: list[Cell] = []
    _, *parts = PART.split(text)
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        source = source.strip("\n")
        if kind == "wrong":
            wrong[-1] = ("answer", source)
            continue
        own: Kind = "shared" if kind == "shared" else "answer" if kind == "answer" else "test"
        right.append((own, source))
        wrong.append((own, source))
    return Case(name, right, wrong)


CASES = read_cases()


def test_corpus_is_large() -> None:
    assert len(CASES) >= 60
    assert all(case.right != case.wrong for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cells_apart_come_out_as_together(zygote: Zygote, tmp_path: Path, case: Case) -> None:
    together = run_together(zygote, tmp_path / "1", case.right)
    recorded = run_apart(zygote, tmp_path / "2", case.right, record=True)
    contract = recorded.end["contract"]
    right = run_apart(zygote, tmp_path / "3", case.right, contract=contract)
    wrong_together = run_together(zygote, tmp_path / "4", case.wrong)
    wrong = run_apart(zygote, tmp_path / "5", case.wrong, contract=contract)

    assert all(together)
    assert recorded.errors() == []
    assert right.errors() == []
    assert not all(wrong_together)
    assert wrong.verdicts() == wrong_together
