"""Files under the extension's state folder: names that cannot escape it, writes that cannot be half done."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trailbook.domain.course import LessonKey

LONGEST_NAME_BYTES = 180


def safe_name(name: str) -> str:
    """Return a file name for any text: one for each, readable, and never a path.

    >>> safe_name("ps 1"), safe_name("../a"), safe_name("übung")
    ('ps 1', '%2E%2E%2Fa', 'übung')
    """
    encoded = "".join(character if _is_plain(character) else _percent(character) for character in name) or "%"
    if len(encoded.encode()) <= LONGEST_NAME_BYTES:
        return encoded
    return hashlib.sha256(name.encode()).hexdigest()


def _is_plain(character: str) -> bool:
    return character.isalnum() or character in " -_"


def _percent(character: str) -> str:
    # `quote` leaves the dot and the tilde as they are; a name of dots would be a path.
    return {".": "%2E", "~": "%7E"}.get(character) or quote(character, safe="")


def lesson_folder(root: Path, course: str, key: LessonKey) -> Path:
    """Return the folder of one lesson below `root`."""
    return root / safe_name(course) / safe_name(key.module) / safe_name(key.name)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object stored at `path`; empty when there is none.

    The learner can change these files; one that is no JSON object is set aside, never an error page.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, UnicodeDecodeError):
        found = None
    if isinstance(found, dict):
        return found
    path.replace(path.with_suffix(".unreadable"))
    return {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write `value` to `path` all at once: a reader sees the old file or the new one."""
    write_bytes(path, json.dumps(value, ensure_ascii=False).encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` all at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
