"""A batch with every kind of broken submission: each has its result and says what happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from grading.broken import KINDS, broken_batch

from trailbook.cli.main import main


def test_each_of_a_batch_has_its_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch = broken_batch(tmp_path / "a course", learners=len(KINDS), share=1)

    assert main(["grade", str(batch.folder), "--json", "--jobs", "2"]) == 1

    assert batch.find_faults([json.loads(line) for line in capsys.readouterr().out.splitlines()]) == []
