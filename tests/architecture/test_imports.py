"""Imports point one way, and the domain stands on the standard library alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "framework" / "trailbook"
DOMAIN = sorted((PACKAGE / "domain").rglob("*.py"))
SERVICES = sorted((PACKAGE / "services").rglob("*.py"))
INSIDE = PACKAGE / "adapters" / "sandbox" / "inside"
"""Programs that run in sandboxes without the package: it is not there to be imported."""
ADAPTERS = sorted(path.name for path in (PACKAGE / "adapters").iterdir() if (path / "__init__.py").exists())

NO_RULE = {"datetime.now", "time", "random", "secrets", "os", "pathlib", "uuid", "socket", "subprocess", "logging"}
"""What a rule may not ask: the clock, the disk, chance, the outside."""

DRAWN_WITH_A_SEED = "random.Random"
"""What draws the same for the same seed, which a rule is given; the module's own functions do not."""


def imports_of(path: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level and path.is_relative_to(INSIDE):
                continue
            assert node.level == 0, f"{path}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_layers_are_kept() -> None:
    # In a process of its own: import-linter configures logging anew, which silences every logger there is.
    linter = Path(sys.executable).with_name("lint-imports")
    command = [linter, "--config", "pyproject.toml", "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_domain_uses_the_standard_library_only_and_asks_nothing_outside(path: Path) -> None:
    for name in imports_of(path):
        top = name.partition(".")[0]
        assert top in sys.stdlib_module_names or name.startswith("trailbook.domain."), name
        assert top not in NO_RULE or name == DRAWN_WITH_A_SEED, name


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_services_use_the_standard_library_and_the_domain_only(path: Path) -> None:
    for name in imports_of(path):
        known = name.startswith(("trailbook.domain.", "trailbook.services"))
        assert known or name.partition(".")[0] in sys.stdlib_module_names, name


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_adapters_do_not_know_each_other(adapter: str) -> None:
    others = tuple(f"trailbook.adapters.{other}" for other in ADAPTERS if other != adapter)
    for path in (PACKAGE / "adapters" / adapter).rglob("*.py"):
        for name in imports_of(path):
            assert not f"{name}.".startswith(tuple(f"{other}." for other in others)), f"{path.name}: {name}"


def test_programs_inside_a_sandbox_know_nothing_of_the_package() -> None:
    for path in INSIDE.rglob("*.py"):
        for name in imports_of(path):
            assert not name.startswith("trailbook."), f"{path.name}: {name}"


@pytest.mark.parametrize("door", ["course_service/trailbook_service", "jupyter_server/trailbook_server"])
def test_doors_use_no_adapter(door: str) -> None:
    for path in (ROOT / "extensions" / door).rglob("*.py"):
        for name in imports_of(path):
            assert not name.startswith("trailbook.adapters"), f"{path.name}: {name}"
