"""Whether a released lesson still tells what it should not: solutions, hidden tests, marking schemes.

The secrets are what stripping took away. Each is looked for in everything a learner receives: cells, outputs, metadata,
attachments and the files beside the notebook.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from trailbook.domain.notebook import cells_of, source_of
from trailbook.domain.notebook_format import describe_cell
from trailbook.domain.problem import Problem

SHOWS_ANSWER = "shows-answer"
"""Cell tag by which an author says that a text equal to a secret is meant to be read."""

MARKER = re.compile(r"\b(BEGIN|END)[ _-]*(SOLUTIONS?|HIDDEN[ _-]*TESTS?|MARK(ING)?[ _-]*SCHEMES?)\b", re.IGNORECASE)
"""nbgrader's markers, and the near misses that nbgrader leaves in."""

MIN_SECRET_LENGTH = 12
"""Characters without spaces; below it a text says too little to be found again: ``x = 1`` is everywhere."""


@dataclass(frozen=True)
class Secret:
    """A run of lines that stripping took from one cell; ``text`` and ``lines`` are without spaces."""

    cell: str
    text: str
    lines: tuple[str, ...]


def find_leaks(
    source: Mapping[str, Any], released: Mapping[str, Any], *, files: Mapping[str, bytes], file: str
) -> list[Problem]:
    """Return everything in the release that tells a secret of the source.

    Parameters
    ----------
    source, released
        The prepared notebook and the stripped one, with the same cells.
    files
        What is released beside the notebook, by relative path.
    file
        The path of the notebook that problems name.
    """
    secrets = _secrets(source, released)
    found: list[Problem] = []
    for cell in cells_of(released):
        name = describe_cell(cell)
        found += [Problem(code, message, file, cell=name) for code, message in _cell_leaks(cell, secrets)]
    notebook_metadata = _strings(released.get("metadata", {}))
    if any(_tells_line(text, secrets) for text in notebook_metadata):
        message = "The notebook's metadata holds text of a solution or hidden test. Remove it there."
        found.append(Problem("leak_in_metadata", message, file))
    folder = file.rpartition("/")[0]
    for path, content in files.items():
        secret = _told(_squeeze(content.decode("utf-8", errors="ignore")), secrets)
        if secret is not None:
            message = (
                f"The file holds what the release hides in cell {secret.cell} of {file}. Move it out of {folder}/."
            )
            found.append(Problem("leak_in_file", message, f"{folder}/{path}"))
    return found


def _secrets(source: Mapping[str, Any], released: Mapping[str, Any]) -> list[Secret]:
    secrets = []
    for before, after in zip(cells_of(source), cells_of(released), strict=True):
        whole, left = source_of(before).splitlines(), source_of(after).splitlines()
        for operation, start, end, _, _ in SequenceMatcher(None, whole, left, autojunk=False).get_opcodes():
            if operation in {"delete", "replace"}:
                lines = tuple(_squeeze(line) for line in whole[start:end] if not _is_comment(line))
                secret = Secret(describe_cell(before), "".join(lines), lines)
                if len(secret.text) >= MIN_SECRET_LENGTH:
                    secrets.append(secret)
    return secrets


def _cell_leaks(cell: Mapping[str, Any], secrets: list[Secret]) -> Iterator[tuple[str, str]]:
    text = source_of(cell)
    marker = MARKER.search(text)
    if marker:
        message = (
            f"{marker.group(0)!r} is still in the released text, so nbgrader did not take it for a marker. "
            "Write it exactly as nbgrader does, in capitals."
        )
        yield "marker_left", message
    secret = _told(_squeeze(text), secrets)
    if secret is not None and SHOWS_ANSWER not in cell.get("metadata", {}).get("tags", ()):
        message = (
            f"The cell tells what the release hides in cell {secret.cell}. Change one of them; "
            f"if it is meant to be read here, tag the cell {SHOWS_ANSWER!r}."
        )
        yield "leak_in_cell", message
    if cell.get("outputs"):
        yield "leak_in_output", "The released cell still has an output. Clear the outputs and save."
    if any(_tells_line(value, secrets) for value in _strings(cell.get("metadata", {}))):
        yield "leak_in_metadata", "The cell's metadata holds text of a solution or hidden test. Remove it there."
    for name, content in cell.get("attachments", {}).items():
        if f"attachment:{name}" not in text:
            yield (
                "leak_in_attachment",
                f"The picture {name} belongs to text that is not released. Remove it from the cell.",
            )
        elif any(_tells_line(_decoded(value), secrets) for value in _strings(content)):
            yield "leak_in_attachment", f"The attachment {name} holds text of a solution or hidden test. Remove it."


def _told(squeezed: str, secrets: list[Secret]) -> Secret | None:
    """Return the first secret that is in the text as a whole."""
    return next((secret for secret in secrets if secret.text in squeezed), None)


def _tells_line(text: str, secrets: list[Secret]) -> bool:
    """Whether any telling line of a secret is in the text; for places where no author writes by chance."""
    squeezed = _squeeze(text)
    return any(
        line in squeezed
        for secret in secrets
        for line in (*secret.lines, secret.text)
        if len(line) >= MIN_SECRET_LENGTH
    )


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in plain JSON values, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", errors="ignore")
    except (binascii.Error, ValueError):
        return text


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "%", "//", "<!--"))
