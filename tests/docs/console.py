"""Runs the commands of a page: the ```console blocks, whose lines begin with ``$``, with what each should print.

A block below a comment ``<!-- not run: why -->`` is left out. In expected output a line ``…`` stands for any lines, and
``…`` in a line for any text.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?P<comment><!-- not run: .+? -->\s*)?^(?P<indent> *)```console\n(?P<text>.*?)^ *```$", re.M | re.S
)


@dataclass(frozen=True)
class Step:
    """One command of a page and the output the page shows below it, "" when it shows none."""

    command: str
    shown: str


def steps_of(page: str) -> Iterator[Step]:
    """Yield the steps of every block that is to be run, in order."""
    for block in BLOCK.finditer(page):
        if block["comment"]:
            continue
        lines = [line.removeprefix(block["indent"]) for line in block["text"].splitlines()]
        for part in "\n".join(lines).split("$ ")[1:]:
            command, _, shown = part.partition("\n")
            yield Step(command, shown.strip())


def run_step(step: Step, *, folder: Path, environment: Mapping[str, str]) -> str:
    """Run one step and return what is wrong with it, "" when nothing is."""
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        return f"$ {step.command}\nended with {done.returncode}:\n{done.stdout}"
    if step.shown and not _pattern(step.shown).fullmatch(f"{done.stdout.strip()}\n"):
        return f"$ {step.command}\nshould print:\n{step.shown}\nbut printed:\n{done.stdout}"
    return ""


def _pattern(shown: str) -> re.Pattern[str]:
    """Return the pattern of expected output."""
    return re.compile("".join(r"(?:.*\n)*?" if line.strip() == "…" else _line(line) for line in shown.splitlines()))


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ ]*\n"
