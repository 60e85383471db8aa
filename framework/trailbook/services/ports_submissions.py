"""What grading a folder needs of `submitted/`, as a protocol. Everything in there is untrusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trailbook.domain.course import LessonKey


@dataclass(frozen=True)
class Submitted:
    """One notebook in `submitted/`: whose folder, and which lesson by its name there."""

    student: str
    lesson: LessonKey


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

    def is_graded(self, submitted: Submitted) -> bool:
        """Whether an executed notebook in `autograded/` is newer than the submission."""

    def read_timestamp(self, submitted: Submitted) -> str:
        """Return the text of its `timestamp.txt`, "" when there is none that can be read."""
