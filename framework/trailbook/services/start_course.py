"""Starts a course from a template: a copy that works, to change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trailbook.domain.course_rules import MANIFEST
from trailbook.domain.errors import Invalid, NotFound
from trailbook.domain.names import COURSE_NAME, hub_groups, nearest_of
from trailbook.services.adopt import course_name_from


class Templates(Protocol):
    """The course templates of this installation."""

    def names(self) -> Sequence[str]: ...
    def read(self, name: str) -> Mapping[str, bytes]:
        """Return the template's files by relative path."""


class NewFolder(Protocol):
    """A folder to be made."""

    @property
    def name(self) -> str: ...
    def fill(self, files: Mapping[str, bytes]) -> None:
        """Write the files; raises `Conflict` when something is there already."""


@dataclass(frozen=True)
class StartedCourse:
    """The new course: its name, its template, and the hub groups to make."""

    course: str
    template: str
    groups: tuple[str, ...]


def start_course(templates: Templates, template: str, folder: NewFolder, *, name: str = "") -> StartedCourse:
    """Copy a template to a new folder under a course name of its own.

    Parameters
    ----------
    name
        The course's name; by default made of the folder's.

    Raises
    ------
    NotFound
        ``unknown_template``.
    Conflict
        ``folder_not_empty``.
    Invalid
        ``bad_name``: the name cannot be a course's name.
    """
    known = templates.names()
    if template not in known:
        near = nearest_of(template, known) or f" There are: {', '.join(known)}."
        raise NotFound("unknown_template", f"There is no template {template}.{near}", templates=list(known))
    name = name or course_name_from(folder.name)
    if not COURSE_NAME.fullmatch(name):
        raise Invalid(
            "bad_name", f"{name!r} cannot be a course's name: use a-z, 0-9 and hyphens. Give one with --name."
        )
    files = dict(templates.read(template))
    files[MANIFEST] = re.sub(rb"(?m)^name:.*$", f"name: {name}".encode(), files[MANIFEST], count=1)
    folder.fill(files)
    return StartedCourse(name, template, hub_groups(name))
