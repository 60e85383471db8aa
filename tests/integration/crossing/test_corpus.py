"""Tests as teachers write them: apart they come out as in one process, for a right answer and for a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crossing import Zygote, run_apart, run_together
from support.crossing_corpus import PAGE, Case, read_cases, write_page

CASES = read_cases()


def test_corpus_is_large() -> None:
    assert len(CASES) >= 60
    assert all(case.right != case.wrong for case in CASES)


def test_reference_page_lists_every_case() -> None:
    page = PAGE.read_text()

    assert page == write_page(page), "run: PYTHONPATH=tests python tests/support/crossing_corpus.py"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.subject}: {case.name}")
def test_cells_apart_come_out_as_together(zygote: Zygote, tmp_path: Path, case: Case) -> None:
    if not case.is_possible():
        pytest.skip(f"needs {', '.join(case.needs)}")
    together = run_together(zygote, tmp_path / "1", case.right, files=case.files)
    recorded = run_apart(zygote, tmp_path / "2", case.right, record=True, files=case.files)
    contract = recorded.end["contract"]
    right = run_apart(zygote, tmp_path / "3", case.right, contract=contract, files=case.files)
    wrong_together = run_together(zygote, tmp_path / "4", case.wrong, files=case.files)
    wrong = run_apart(zygote, tmp_path / "5", case.wrong, contract=contract, files=case.files)

    assert all(together)
    assert recorded.errors() == []
    assert right.errors() == []
    assert not all(wrong_together)
    assert wrong.verdicts() == wrong_together
