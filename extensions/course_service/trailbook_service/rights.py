"""Rights that belong to the door: what a role may ask for, where no use case decides it."""

from __future__ import annotations

from trailbook.domain.errors import NotAllowed
from trailbook.domain.people import Identity, Role


def require_instructor(caller: Identity, course: str) -> None:
    """Raise `NotAllowed` (``not_instructor``) unless the caller may release this course.

    A staff server's own token holds the instructor's role in its course, and in no other.
    """
    if not caller.has(course, Role.INSTRUCTOR):
        raise NotAllowed("not_instructor", "Only an instructor of this course can release its lessons.", course=course)
