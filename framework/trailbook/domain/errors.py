"""Every refusal Trailbook can give, as one tree.

::

    CourseError(code, **details)
    ├── NotFound            unknown course, lesson, exercise, attempt
    ├── NotAllowed          the person has no right to it
    │   └── LessonLocked    the lesson is not open for this learner; `because` says what opens it
    ├── Conflict            two writers, a changed version, a key used for something else
    ├── Invalid             the request or the file cannot be read as what it should be
    │   ├── TooLarge        over a limit of the settings
    │   └── ProblemsFound   a course that failed its check; `problems` lists all of them
    ├── TooSoon             sent too soon after others; ``details["seconds"]`` says how long to wait
    └── Unavailable         a part Trailbook needs does not answer now; trying again can help

Domain and services know nothing of HTTP: each door maps ``code`` to a status in one table.
"""

from __future__ import annotations

from typing import Any


class CourseError(Exception):
    """A refusal with a stable code, a message for the reader and details for a program.

    Parameters
    ----------
    code
        Stable identifier in snake_case, such as ``"lesson_locked"``.
    message
        One or two sentences for the person who asked: what happened and what to do next.
    **details
        Plain JSON values a program may use; never an answer, a token or a hidden test.
    """

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class NotFound(CourseError):
    """What was asked for does not exist, or must look so to this person."""


class NotAllowed(CourseError):
    """The person is known and has no right to this."""


class LessonLocked(NotAllowed):
    """The lesson is not open for this learner."""

    def __init__(self, because: str, **details: Any) -> None:
        super().__init__("lesson_locked", because, because=because, **details)


class Conflict(CourseError):
    """The request contradicts something that happened before."""


class Invalid(CourseError):
    """The request or the file cannot be read as what it should be."""


class TooLarge(Invalid):
    """The request is over a limit of the settings."""


class ProblemsFound(Invalid):
    """A course did not pass its check; ``details["problems"]`` lists every problem."""


class TooSoon(CourseError):
    """The same request succeeds after ``details["seconds"]``, whole seconds ≥ 1; nothing was kept of it."""

    def __init__(self, code: str, message: str, *, seconds: int) -> None:
        super().__init__(code, message, seconds=seconds)


class Unavailable(CourseError):
    """A part Trailbook needs does not answer now."""
