"""The reference says what the code says: every command, option, setting and key."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trailbook.cli.main import COMMANDS
from trailbook.config import OPTIONS
from trailbook_hub.settings import SCHEMA_FILE

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted(REFERENCE.glob("*.md"))
COURSE_SCHEMA = ROOT / "framework/trailbook/adapters/course_files/course.schema.json"


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """Return docs/write_reference.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "docs" / "write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_what_the_code_says(writer: ModuleType, page: Path) -> None:
    assert page.read_text(encoding="utf-8") == writer.renewed(page), "run: python docs/write_reference.py"


def test_a_part_that_is_out_of_date_is_renewed(writer: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- generated: settings (x) -->\nold\n<!-- end of generated -->\nb\n", encoding="utf-8")

    text = writer.renewed(page)

    assert text.startswith("a\n<!-- generated: settings (x) -->\n\n| setting |")
    assert text.endswith("\n\n<!-- end of generated -->\nb\n")
    assert "\nold\n" not in text


def test_every_setting_is_documented() -> None:
    assert missing_words("settings.md", OPTIONS) == []


@pytest.mark.parametrize(("page", "schema"), [("course-yaml.md", COURSE_SCHEMA), ("settings.md", SCHEMA_FILE)])
def test_every_key_is_documented(page: str, schema: Path) -> None:
    keys = list(keys_of(json.loads(schema.read_text(encoding="utf-8"))))

    assert len(keys) > 10
    assert missing_words(page, keys) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented(command: str) -> None:
    subparsers = argparse.ArgumentParser(prog="trailbook").add_subparsers()
    parser = importlib.import_module(f"trailbook.cli.{command.replace('-', '_')}").add_parser(subparsers)

    assert f"## trailbook {command}\n" in (REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert missing_words("commands.md", options_of(parser)) == []


def missing_words(page: str, words: Any) -> list[str]:
    """Return the words that do not begin any code on the page."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return [word for word in words if f"`{word}" not in text]


def keys_of(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the name of every key a JSON Schema knows, at any depth."""
    for name, key in schema.get("properties", {}).items():
        yield name
        yield from keys_of(key)
        yield from keys_of(key.get("items", {}))


def options_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every option of a parser and its subcommands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subcommand in action.choices.values():
                yield from options_of(subcommand)
        elif action.dest != "help":
            yield from action.option_strings
