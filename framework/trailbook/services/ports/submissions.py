"""What grading a folder needs beside a grader, as protocols: `submitted/`, the gradebook, and what it keeps of a run.

Everything in `submitted/` is untrusted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from trailbook.domain.course import GradingLimits, LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.results import GradingResult
from trailbook.services.ports import Attempt, CourseFolder, Gradebook
from trailbook.services.scores import Scores


@dataclass(frozen=True)
class Submitted:
    """One notebook in `submitted/`: whose folder, and which lesson by its name there."""

    student: str
    lesson: LessonKey


@dataclass(frozen=True)
class Timestamp:
    """When a submission says it came.

    Attributes
    ----------
    text
        What `timestamp.txt` has, None where there is no such file and "" where it cannot be read.
    arrived
        When the files came to this disk, as the system knows and nobody can set; aware.
    """

    text: str | None
    arrived: datetime


class Submissions(Protocol):
    """The submitted notebooks of one course folder."""

    def find_all(self) -> Sequence[Submitted]:
        """Return every notebook, by student, module and name; what only looks like one is found too."""

    def read(self, submitted: Submitted, *, max_bytes: int) -> bytes:
        """Return a notebook's content.

        Raises
        ------
        Invalid
            It is a link, or no file (``not_a_file``), or too large (``file_too_large``).
        """

    def files_beside(self, submitted: Submitted, *, but: Collection[str], max_bytes: int) -> Mapping[str, bytes]:
        """Return the files handed in with a notebook, by relative path: no notebook, no link, none named in ``but``.

        Parameters
        ----------
        max_bytes
            Of all of them together; what is over it is left out.
        """

    def read_timestamp(self, submitted: Submitted) -> Timestamp:
        """Return when it says it was handed in."""


class GradingState(Protocol):
    """What grading a folder keeps between runs, outside nbgrader's folders."""

    def find_contract(self, sha256: str) -> Mapping[str, Any] | None:
        """Return what `Grader.record` found for a lesson of this content in this Python environment."""

    def put_contract(self, sha256: str, contract: Mapping[str, Any]) -> None: ...
    def find_graded(self, submitted: Submitted) -> Mapping[str, Any] | None:
        """Return what `put_graded` kept of a submission."""

    def put_graded(self, submitted: Submitted, graded: Mapping[str, Any]) -> None:
        """Keep plain JSON values on a graded submission."""

    def environment(self) -> str:
        """Return what names this Python and all packages in it, with their versions."""


class FolderGradebook(Gradebook, Protocol):
    """A gradebook that takes what is graded in the course folder."""

    def write_graded(
        self,
        attempt: Attempt,
        exercises: Sequence[Exercise],
        result: GradingResult,
        *,
        timestamp: datetime | None,
        handed_in: Collection[str],
    ) -> None:
        """Write a graded submission as `nbgrader autograde` does.

        Parameters
        ----------
        timestamp
            When it was handed in; None where nothing says so, and then it is not late.
        handed_in
            The lessons of the module that the learner handed in; the others get 0 points.
        """

    def scores(self, lesson: LessonKey, student: str) -> Scores:
        """Return what is written of a learner's lesson, a person's scores and comments included."""


class NbgraderFolder(CourseFolder, Protocol):
    """A course folder that may have no manifest."""

    @property
    def course_id(self) -> str:
        """Return nbgrader's own name for the course, "" where it has none."""

    def has_manifest(self) -> bool: ...
    def nbgrader_limits(self) -> GradingLimits:
        """Return the limits that nbgrader's configuration sets."""
