"""Which names Trailbook can use, everywhere they go: folders, addresses, hub groups, nbgrader's tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import quote, unquote

COURSE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
MAX_NAME_LENGTH = 128  # of nbgrader's columns
MAX_NAME_BYTES = 200  # of a folder's name, leaving room for a suffix

UNSAFE = '/\\*?[]%"<>|'
"""Characters that mean something else to a file system, a glob or an address."""


def find_name_fault(name: str, *, kind: str) -> str:
    """Return what is wrong with the name of a module or lesson, as a sentence, or "" when it can be used.

    >>> find_name_fault("Übung 1", kind="lesson")
    ''
    >>> find_name_fault("../secret", kind="lesson")
    'A name begins with a letter or a digit.'
    """
    if not name or not name[0].isalnum():
        return "A name begins with a letter or a digit."
    if name != name.strip() or not name.isprintable():
        return "A name has no space at its end and no invisible characters."
    unusable = sorted({character for character in name if character in UNSAFE})
    if kind == "module" and "+" in name:  # nbgrader's exchange splits on it
        unusable.append("+")
    if unusable:
        return f"A name cannot have {' '.join(unusable)} in it."
    if len(name) > MAX_NAME_LENGTH or len(name.encode()) > MAX_NAME_BYTES:
        return f"A name has at most {MAX_NAME_LENGTH} characters."
    return ""


def normalise_name(name: str) -> str:
    """Return the name in Unicode's composed form, so that it is the same from any file system.

    >>> normalise_name("U\\u0308bung") == "\\u00dcbung"
    True
    """
    return unicodedata.normalize("NFC", name)


def student_id_of(learner: str) -> str:
    """Return a learner's name as nbgrader's student id, which is a folder's name too.

    Characters that would mean something to a folder, a glob or nbgrader become ``%XX``; `learner_of` undoes it.

    >>> student_id_of("te<s'&\\">t ü")
    'te<s\\'&">t ü'
    >>> student_id_of("../a")
    '%2E.%2Fa'
    """
    escaped = "".join(quote(c, safe="") if c in "/\\*?[]{}%+" or not c.isprintable() else c for c in learner)
    if escaped[:1] in {".", " ", "-"}:
        escaped = f"%{ord(escaped[0]):02X}{escaped[1:]}"
    if escaped[-1:] == " ":
        escaped = f"{escaped[:-1]}%20"
    return escaped


def learner_of(student_id: str) -> str:
    """Return the learner whose nbgrader student id this is.

    >>> learner_of(student_id_of("100% ../ü"))
    '100% ../ü'
    """
    return unquote(student_id)


def hub_groups(course: str) -> tuple[str, str, str]:
    """Return the hub groups that give the roles learner, grader and instructor of a course."""
    return (f"trailbook-{course}-learner", f"trailbook-{course}-grader", f"trailbook-{course}-instructor")


def nearest_of(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean …?`` for the known word that is nearest, or "" when none is near.

    >>> nearest_of("modulse", ["title", "modules"])
    ' Did you mean modules?'
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
