"""Each decision record is numbered, listed, and says what was decided, why, and what was rejected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DECISIONS = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("0*.md"))


def test_records_are_numbered_without_a_gap() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_record_is_listed_and_complete(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    number = int(record.name[:4])

    assert f"| [{number}]({record.name}) |" in (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert re.match(rf"# {number}\. \S", text)
    assert [part for part in ("**Decided.**", "**Why.**", "**Rejected.**") if part not in text] == []
