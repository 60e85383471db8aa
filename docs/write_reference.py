"""Write the generated parts of the reference from the code they describe.

    python docs/write_reference.py            write them
    python docs/write_reference.py --check    name the pages that are out of date, with exit status 1

A generated part stands between two comments, which name what it is generated from.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parent / "reference"
PART = re.compile(
    r"(?P<begin><!-- generated: (?P<name>[a-z-]+)[^>]*-->\n).*?(?P<end><!-- end of generated -->)", re.DOTALL
)


def main() -> int:
    """Write every page, or with ``--check`` say which are not as they should be."""
    check = "--check" in sys.argv[1:]
    stale = [page for page in sorted(REFERENCE.glob("*.md")) if page.read_text(encoding="utf-8") != renewed(page)]
    for page in stale:
        if check:
            print(f"{page.name} is not what the code says. Run: python docs/write_reference.py")
        else:
            page.write_text(renewed(page), encoding="utf-8")
            print(f"wrote {page.name}")
    return 1 if check and stale else 0


def renewed(page: Path) -> str:
    """Return the page's text with every generated part as the code has it now."""

    def fill(found: re.Match[str]) -> str:
        lines = "\n".join(PARTS[found["name"]]())
        return f"{found['begin']}\n{lines}\n\n{found['end']}"

    return PART.sub(fill, page.read_text(encoding="utf-8"))


def course_yaml() -> Iterator[str]:
    """Yield a table for each level of the manifest, from its JSON Schema."""
    from trailbook.resources import CHECKOUT

    file = CHECKOUT / "framework/trailbook/adapters/course_files/course.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    module = schema["properties"]["modules"]["items"]
    yield from _schema_table("The course", schema)
    yield from _schema_table("grading", schema["properties"]["grading"])
    yield from _schema_table("mastery", schema["properties"]["mastery"])
    yield from _schema_table("modules[]", module)
    lesson = module["properties"]["lessons"]["items"]
    yield from _schema_table("modules[].lessons[]", lesson)
    exercise = lesson["properties"]["exercises"]["additionalProperties"]
    yield from _schema_table("modules[].lessons[].exercises{}", exercise)


def hub_settings() -> Iterator[str]:
    """Yield a table for each level of the hub's settings, from their JSON Schema."""
    from trailbook_hub.settings import SCHEMA_FILE

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    yield from _schema_table("The hub", schema)
    yield from _schema_table("courses[]", schema["properties"]["courses"]["items"])


def settings() -> Iterator[str]:
    """Yield a table of the course service's settings."""
    from trailbook.config import OPTIONS, Settings

    defaults = Settings()
    yield from _table(
        ("setting", "in the environment", "meaning", "default"),
        (
            (
                f"`{name}`",
                f"`TRAILBOOK_{name.upper()}`",
                _with_bounds(option.metadata),
                _default(getattr(defaults, name)),
            )
            for name, option in OPTIONS.items()
        ),
    )


def commands() -> Iterator[str]:
    """Yield a section for each command, from its parser."""
    from trailbook.cli.main import COMMANDS

    subparsers = argparse.ArgumentParser(prog="trailbook").add_subparsers()
    for name in COMMANDS:
        yield from _command(importlib.import_module(f"trailbook.cli.{name.replace('-', '_')}").add_parser(subparsers))


def server_options() -> Iterator[str]:
    """Yield a table of the server extension's options, from its traits."""
    from trailbook_server.extension import TrailbookExtension

    own = TrailbookExtension.class_own_traits(config=True)
    yield from _table(
        ("option", "meaning", "default"),
        (
            (f"`TrailbookExtension.{name}`", _cell(trait.help), _default(trait.default_value))
            for name, trait in sorted(own.items())
        ),
    )


def http() -> Iterator[str]:
    """Yield a table of the course service's addresses, from its OpenAPI document."""
    from fastapi import FastAPI

    from trailbook_service.routes import all_routes

    app = FastAPI()
    app.include_router(all_routes())
    yield from _table(
        ("address", "does"),
        (
            (f"`{method.upper()} {path}`", _cell(operation["description"]))
            for path, operations in app.openapi()["paths"].items()
            for method, operation in operations.items()
        ),
    )


PARTS: Mapping[str, Callable[[], Iterable[str]]] = {
    "course-yaml": course_yaml,
    "hub-settings": hub_settings,
    "settings": settings,
    "commands": commands,
    "server-options": server_options,
    "http": http,
}


def _schema_table(title: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    required = schema.get("required", ())
    yield from _table(
        ("key", "meaning", "values", "default"),
        (
            (
                f"`{name}`",
                _cell(key["description"]),
                _values(key),
                _key_default(key, required=name in required),
            )
            for name, key in schema["properties"].items()
        ),
    )
    yield ""


def _values(key: Mapping[str, Any]) -> str:
    if "enum" in key:
        return "one of " + ", ".join(f"`{choice}`" for choice in key["enum"])
    items = key.get("items", {}).get("type")
    words = ["list" + (f" of {items}s" if items == "string" else "") if key["type"] == "array" else key["type"]]
    words = ["mapping" if word == "object" else word for word in words]
    bounds = [
        ("minimum", "≥ {}"), ("exclusiveMinimum", "> {}"), ("maximum", "≤ {}"), ("maxLength", "at most {} characters"),
    ]  # fmt: skip
    words += [text.format(key[bound]) for bound, text in bounds if bound in key]
    if "pattern" in key:
        words.append(f"`{_cell(key['pattern'])}`")
    return ", ".join(words)


def _key_default(key: Mapping[str, Any], *, required: bool) -> str:
    if required:
        return "required"
    return _default(key["default"]) if "default" in key else ""


def _with_bounds(metadata: Mapping[str, Any]) -> str:
    choices, least = metadata["choices"], metadata["least"]
    bounds = [f"One of {', '.join(f'`{choice}`' for choice in choices)}."] if choices else []
    bounds += [f"At least {least:g}."] if least is not None else []
    return _cell(" ".join([metadata["help"], *bounds]))


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield one command's section, then those of its own subcommands."""
    actions = [action for action in parser._actions if action.dest != "help"]
    nested = [action for action in actions if isinstance(action, argparse._SubParsersAction)]
    yield f"## {parser.prog}"
    yield ""
    yield "```text"
    yield (parser.description or "").strip()
    yield "```"
    yield ""
    plain = [action for action in actions if action not in nested]
    if plain:
        yield from _table(("argument", "meaning"), ((_names(action), _cell(_help(action))) for action in plain))
        yield ""
    for action in nested:
        for subcommand in action.choices.values():
            yield from _command(subcommand)


def _names(action: argparse.Action) -> str:
    metavar = str(action.metavar or (action.dest if not action.option_strings else action.dest.upper()))
    if not action.option_strings:
        return f"`{metavar}`"
    value = "" if action.nargs == 0 else f" {metavar}"
    return ", ".join(f"`{name}{value}`" for name in action.option_strings)


def _help(action: argparse.Action) -> str:
    return (action.help or "") % {**vars(action), "prog": "trailbook"}


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", (), [], {}):
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
