"""Setting a checkout up: what is missing is one line, before anything is done."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "hub_config/set_up.py"


def set_up(tools: Path) -> tuple[int, str]:
    """Return exit status and standard error of a set-up that finds only these tools."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], env={"PATH": str(tools)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (None, "trailbook: Node is missing: install Node 20 or newer (Debian: apt install nodejs npm).\n"),
        ("v18.20.4", "trailbook: Node v18.20.4 is too old: Trailbook needs 20 or newer.\n"),
        ("v20.1.0", "trailbook: npm is missing: install it (Debian: apt install npm).\n"),
    ],
)
def test_set_up_with_a_tool_missing_or_old_is_one_line(tmp_path: Path, version: str | None, words: str) -> None:
    if version:
        node = tmp_path / "node"
        node.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        node.chmod(0o755)
    assert set_up(tmp_path) == (2, words)


def test_set_up_names_no_syntax_an_old_python_cannot_read() -> None:
    # Python 3.7 must get as far as the line that says it is too old.

    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 7))
