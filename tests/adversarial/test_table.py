"""The page of the cases names each, and says of none that it succeeds."""

from __future__ import annotations

import pytest

from adversarial.table import PAGE, line_of, missing, written

LEAST_CASES = 150


def test_the_page_names_every_case(request: pytest.FixtureRequest) -> None:
    lines = [line for item in request.session.items if (line := line_of(item)) is not None]

    assert missing(PAGE.read_text("utf-8"), lines) == []


def test_the_page_says_that_all_are_held() -> None:
    rows = [row for row in written(PAGE.read_text("utf-8")).splitlines() if row.startswith("| ") and "---" not in row]
    outcomes = {cell.strip() for row in rows for cell in row.rstrip(" |").split(" | ")[-2:]}

    assert outcomes - {"namespaces", "landlock"} == {"held"}
    assert len(rows) >= LEAST_CASES
