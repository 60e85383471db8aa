"""What the doors show, as values whose field names are the JSON names; `as_json` makes the JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from trailbook.domain.receipts import Receipt
from trailbook.domain.results import TestResult
from trailbook.services.ports import Notebook
from trailbook.services.skill_views import SkillView


@dataclass(frozen=True)
class RequirementView:
    """One condition of a lesson; ``needed`` and ``reached`` are shares of points."""

    lesson: str
    title: str
    needed: float
    reached: float
    met: bool


@dataclass(frozen=True)
class LessonView:
    """A lesson on one learner's path. ``version`` is None for a lesson that has no release.

    Attributes
    ----------
    minutes_to_open
        About how many minutes of work it takes to open it; 0 when it is open.
    """

    key: str
    module: str
    name: str
    title: str
    minutes: int
    status: str
    because: str
    requirements: Sequence[RequirementView]
    score: float
    max_score: float
    share: float
    pass_: float
    handed_in: bool
    url: str
    version: int | None
    minutes_to_open: int = 0


@dataclass(frozen=True)
class ModuleView:
    """A module with its lessons."""

    name: str
    title: str
    lessons: Sequence[LessonView]


@dataclass(frozen=True)
class NextView:
    """What to take next, and why.

    Attributes
    ----------
    kind
        ``lesson``, ``repair`` (a lesson that taught what a later one needs) or ``review``, whose lesson is one
        that taught what is due.
    """

    lesson: str
    title: str
    minutes: int
    because: str
    url: str
    kind: str = "lesson"


@dataclass(frozen=True)
class CoursePath:
    """One course as one learner sees it. ``staff_url`` is None for who is no staff.

    Attributes
    ----------
    alternatives
        What else could be taken next, the best first.
    skills
        The learner's skills; empty in a course that goes by points.
    """

    name: str
    title: str
    description: str
    roles: Sequence[str]
    staff_url: str | None
    finished: bool
    score: float
    max_score: float
    next: NextView | None
    modules: Sequence[ModuleView]
    alternatives: Sequence[NextView] = ()
    skills: Sequence[SkillView] = ()


@dataclass(frozen=True)
class HomeView:
    """Home: every course of the person. The door adds the state of the person's server."""

    learner: str
    insecure: bool
    courses: Sequence[CoursePath]


@dataclass(frozen=True)
class TestView:
    """One test's outcome; never text of a hidden test."""

    __test__ = False  # for pytest, which would take the class for tests

    grade_id: str
    passed: bool
    score: float
    max_score: float
    message: str

    @classmethod
    def of(cls, test: TestResult) -> TestView:
        """Return the view of a result."""
        return cls(test.grade_id, test.passed, test.score, test.max_score, test.message)


@dataclass(frozen=True)
class HiddenView:
    """Tests whose verdicts are not shown now: how many, their points, and when they are shown, None for never."""

    tests: int
    points: float
    until: datetime | None


@dataclass(frozen=True)
class LatestView:
    """The latest graded answer to an exercise, where an earlier one was better and so is the one that counts."""

    score: float
    message: str
    tests: Sequence[TestView]


@dataclass(frozen=True)
class ExerciseView:
    """One exercise with the learner's standing.

    Attributes
    ----------
    score, message, tests
        Of the best answer, which is the one that counts.
    attempt
        Id of the latest attempt; ``has_receipt`` says whether there is a receipt of it.
    latest
        What the latest answer got when it was worse than the best; a learner must see why.
    hidden
        What is withheld; all else is of the other tests alone, but for ``max_score``, which is of all.
    """

    id: str
    kind: str
    title: str
    max_score: float
    answer_cells: Sequence[str]
    test_cells: Sequence[str]
    graded_by_person: bool
    state: str
    score: float
    message: str
    comment: str
    tests: Sequence[TestView]
    attempt: str | None
    latest: LatestView | None
    hidden: HiddenView | None = None
    has_receipt: bool = False


@dataclass(frozen=True)
class VersionView:
    """Which release is shown."""

    number: int
    sha256: str


@dataclass(frozen=True)
class LessonDelivery:
    """All a learner's server needs to show one open lesson.

    ``handed_in_attempt`` is the id of what was handed in last, None where there is no receipt of it;
    ``follows_learner`` says that the course's path goes by what its learner knows, so that help can be asked for.
    """

    course: str
    course_title: str
    home_url: str
    insecure: bool
    lesson: LessonView
    version: VersionView
    notebook: Notebook
    files: Mapping[str, bytes]
    exercises: Sequence[ExerciseView]
    previous: LessonView | None
    next: LessonView | None
    handed_in_attempt: str | None = None
    follows_learner: bool = False


@dataclass(frozen=True)
class AttemptView:
    """One attempt or submission. Scores are of what it counts for; ``verdict`` is None until it is graded.

    ``hidden`` says what is withheld; ``score`` and ``tests`` are without it, ``max_score`` is of all.
    ``receipt`` is None for what was received before there were receipts.
    """

    id: str
    kind: str
    course: str
    lesson: str
    exercise: str | None
    status: str
    verdict: str | None
    reason: str
    score: float
    max_score: float
    tests: Sequence[TestView]
    repaired: Sequence[str]
    message: str
    created_at: datetime
    graded_at: datetime | None
    hidden: HiddenView | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True)
class EventView:
    """An event for the browser of the learner it concerns."""

    id: int
    kind: str
    course: str
    lesson: str | None
    exercise: str | None
    data: Mapping[str, Any]


def as_json(value: Any) -> Any:
    """Return a view as plain JSON values: bytes in base64, times in ISO 8601, ``pass_`` as ``"pass"``.

    >>> as_json(VersionView(number=1, sha256="ab"))
    {'number': 1, 'sha256': 'ab'}
    """
    if value is None or type(value) in (str, int, float, bool):  # most values, and all there is to do for them
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {shown: as_json(getattr(value, name)) for name, shown in _names_of(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


@cache
def _names_of(view: type) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.name.rstrip("_")) for each in fields(view))
