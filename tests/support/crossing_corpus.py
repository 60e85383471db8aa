"""The corpus of cells as teachers write them: a file a subject, in it cases, in a case cells.

``#### name`` begins a case. ``## shared``, ``## answer`` and ``## test`` begin a cell; ``## wrong`` is what stands
in place of the answer before it when a learner got it wrong; ``## file NAME`` is a file beside the notebook;
``## needs NAME`` a package without which the case is left out.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from support.crossing import Cell, Kind

CORPUS = Path(__file__).parents[1] / "integration" / "crossing" / "corpus"
CASE = re.compile(r"^#### (.+)$", re.MULTILINE)
PART = re.compile(r"^## (shared|answer|wrong|test|file \S+|needs \S+)$", re.MULTILINE)
KINDS: dict[str, Kind] = {"shared": "shared", "answer": "answer", "test": "test"}


@dataclass(frozen=True)
class Case:
    """One case: cells with the right answers, and with the wrong ones."""

    subject: str
    name: str
    right: list[Cell] = field(default_factory=list)
    wrong: list[Cell] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)

    def is_possible(self) -> bool:
        """Whether the packages that its cells import are installed."""
        return all(importlib.util.find_spec(package) for package in self.needs)


TITLES = {
    "arrays": "numpy, scipy, scikit-learn, random numbers",
    "classes": "Classes and their instances",
    "files": "Files and modules",
    "frames": "pandas",
    "functions": "Functions",
    "names": "Names, globals, hashes",
    "output": "What is printed, magics",
    "plots": "Plots",
    "unittests": "unittest, mocks, pytest, doctest",
    "values": "Values",
}
BEGIN, END = "<!-- cases: written by tests/support/crossing_corpus.py -->\n", "<!-- end of cases -->"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tests-apart.md"


def write_page(page: str) -> str:
    """Return the reference page with the table of what the corpus tries; every test cell of it passes apart."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{write_table()}{END}{after}"


def write_table() -> str:
    """Return the table: a row a case."""
    lines = ["| subject | pattern | test cells | pass apart |", "|---|---|---|---|"]
    total = 0
    for case in read_cases():
        tests = sum(kind == "test" for kind, _ in case.right)
        total += tests
        lines.append(f"| {TITLES[case.subject]} | {case.name} | {tests} | {tests} |")
    return "\n".join([*lines, f"| | **all** | **{total}** | **{total}** |", ""])


def read_cases() -> list[Case]:
    """Return the cases of all files."""
    cases = []
    for path in sorted(CORPUS.glob("*.cells")):
        _, *parts = CASE.split(path.read_text())
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            cases.append(read_case(path.stem, name, text))
    return cases


def read_case(subject: str, name: str, text: str) -> Case:
    """Return a case from its text."""
    case = Case(subject, name)
    _, *parts = PART.split(text)
    for kind, content in zip(parts[::2], parts[1::2], strict=True):
        source = content.strip("\n")
        if kind == "wrong":
            case.wrong[-1] = ("answer", source)
        elif kind in KINDS:
            case.right.append((KINDS[kind], source))
            case.wrong.append((KINDS[kind], source))
        elif kind.startswith("needs "):
            case.needs.append(kind.removeprefix("needs "))
        else:
            case.files[kind.removeprefix("file ")] = f"{source}\n".encode()
    return case


if __name__ == "__main__":
    PAGE.write_text(write_page(PAGE.read_text()))
    sys.stdout.write(f"{PAGE.name} written\n")
