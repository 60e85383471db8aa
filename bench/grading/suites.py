"""Suites of tests whose cases are counted: what may be forged, and what teachers write."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from grading.rows import Row

ROOT = Path(__file__).parents[2]
APART_SHARE = 95.0  # percent
TRIES = "10"  # of each covert channel


@dataclass(frozen=True)
class Counted:
    """How many cases ran, and which of them failed."""

    ran: int
    failed: Sequence[str]


def adversarial() -> Iterator[Row]:
    """Yield how many cases of ``tests/adversarial`` succeed, in the tiers they are tried in."""
    counted = _run("tests/adversarial")
    shown = ", ".join(counted.failed[:10])
    yield Row("adversarial cases tried, in both tiers", counted.ran, "cases")
    yield Row("adversarial cases that succeed", len(counted.failed), "cases", at_most=0, note=shown)


def compatibility() -> Iterator[Row]:
    """Yield the share of teachers' tests that come out apart as they do in one process."""
    counted = _run("tests/integration/crossing/test_corpus.py")
    share = 100 * (counted.ran - len(counted.failed)) / counted.ran
    yield Row("teachers' tests that work apart", share, "%", at_least=APART_SHARE, note=f"{counted.ran} tests")


def _run(where: str) -> Counted:
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={file.name}", where],
            cwd=ROOT,
            env={**os.environ, "TRAILBOOK_CHANNEL_TRIES": TRIES},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        cases = list(ElementTree.parse(file.name).iter("testcase"))
    ran = [case for case in cases if case.find("skipped") is None]
    if not ran:
        raise RuntimeError(f"no test of {where} ran")
    failed = [
        str(case.get("name")) for case in ran if case.find("failure") is not None or case.find("error") is not None
    ]
    return Counted(len(ran), failed)
