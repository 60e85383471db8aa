"""What staff see of a class: the flow through its lessons, its people, and one learner's path with its decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbook.services.override_views import OverrideView
from trailbook.services.sitting_views import SittingView
from trailbook.services.views import CoursePath


@dataclass(frozen=True)
class LessonFlowView:
    """One lesson's part of the flow; see `domain.class_flow.LessonFlow` for what each number and list means."""

    lesson: str
    title: str
    locked: int
    open: int
    in_progress: int
    mastered: int
    waiting: Sequence[str]
    fallen: Sequence[str]
    skipped: Sequence[str]
    stuck: Sequence[str]
    for_grader: Sequence[str]
    minutes: float | None
    tries: float | None


@dataclass(frozen=True)
class PersonView:
    """One learner of the class; ``last_seen`` is None for somebody who did nothing yet."""

    learner: str
    groups: Sequence[str]
    mastered: int
    begun: int
    last_seen: datetime | None


@dataclass(frozen=True)
class ClassFlow:
    """The path of a class: lessons in the course's order, people in the order of names.

    ``wait_days``, ``gone_days`` and ``idle_minutes`` are the rules that were counted by.
    """

    course: str
    title: str
    groups: Sequence[str]
    lessons: Sequence[LessonFlowView]
    people: Sequence[PersonView]
    wait_days: float
    gone_days: float
    idle_minutes: float


@dataclass(frozen=True)
class DecisionView:
    """A decision on a lesson of a learner, as it was noted when it changed."""

    lesson: str
    title: str
    status: str
    because: str
    at: datetime


@dataclass(frozen=True)
class AlternativeView:
    """What could be proposed next: what it was worth (``score``), and how likely it was to be drawn.

    ``expected`` is the predicted share correct, None where there is nothing to predict.
    """

    name: str
    kind: str
    because: str
    expected: float | None
    score: float
    probability: float


@dataclass(frozen=True)
class ChoiceView:
    """One choice of what to propose next, with all it could have been; ``seed`` is what it was drawn with."""

    at: datetime
    chosen: str | None
    seed: str
    model: int
    alternatives: Sequence[AlternativeView]


@dataclass(frozen=True)
class LearnerPath:
    """One learner's path as the learner sees it, what staff decided in it, and how it came about, newest first.

    ``sittings`` is what the learner took on by choice: practice, test-outs, placements.
    """

    learner: str
    groups: Sequence[str]
    path: CoursePath
    overrides: Sequence[OverrideView]
    sittings: Sequence[SittingView]
    decisions: Sequence[DecisionView]
    choices: Sequence[ChoiceView]
