"""The words of recommending: what is known of a learner, what the learner wishes, and what can be done next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from trailbook.domain.course import DEFAULT_ZONE, Lesson, LessonKey
from trailbook.domain.formats import Format
from trailbook.domain.mastery.protocol import SkillEvidence
from trailbook.domain.path import LessonStatus
from trailbook.domain.reviewing.values import DueReview

REVIEW_MINUTES = 10.0


class StepKind(StrEnum):
    """What sort of thing is proposed."""

    LESSON = "lesson"  # one that is open or under way
    REPAIR = "repair"  # one that taught what a later one needs
    REVIEW = "review"  # a few exercises on skills that fade


@dataclass(frozen=True)
class Wishes:
    """What the learner chose, or the course for them.

    Attributes
    ----------
    zone
        Predicted share correct, both in (0, 1), between which work is neither too hard nor too easy.
    goal
        The lesson to get to first, None for none.
    format
        What to show first among equals; it never decides what is required.
    review_minutes
        Most minutes of one review, > 0.
    """

    zone: tuple[float, float] = DEFAULT_ZONE
    goal: LessonKey | None = None
    format: Format | None = None
    review_minutes: float = REVIEW_MINUTES


@dataclass(frozen=True)
class Situation:
    """All that is known of one learner when the next step is decided; the order of what it holds decides nothing
    but where it says so.

    Attributes
    ----------
    statuses
        Every lesson in the course's order, as `unlocking.decide` returns them.
    skills
        Evidence on the learner's skills; one that is missing is not known.
    predicted
        Share correct expected in a lesson now, in [0, 1]; where it is missing, the mean of the skills it teaches.
    reviews
        What is due, as `reviewing.due_reviews` returns it.
    recent
        The lesson of each of the last answers, the latest last.
    too_hard
        Lessons the learner called too hard just now.
    taught
        Skills a lesson gives evidence of; where it is missing, those it says it teaches.
    formats
        In which ways a lesson can be taken, where that is known.
    titles
        What learners read for a skill; one without a title is called by its name.
    """

    statuses: Mapping[LessonKey, LessonStatus]
    skills: Mapping[str, SkillEvidence] = field(default_factory=dict)
    predicted: Mapping[LessonKey, float] = field(default_factory=dict)
    reviews: Collection[DueReview] = ()
    recent: tuple[LessonKey, ...] = ()
    too_hard: Collection[LessonKey] = ()
    taught: Mapping[LessonKey, tuple[str, ...]] = field(default_factory=dict)
    formats: Mapping[LessonKey, Collection[Format]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def title_of(self, skill: str) -> str:
        """Return what learners read for a skill."""
        return self.titles.get(skill, skill)

    def skills_of(self, lesson: Lesson) -> tuple[str, ...]:
        """Return the skills a lesson is about."""
        return self.taught.get(lesson.key, lesson.teaches)

    @cached_property
    def tried(self) -> Mapping[LessonKey, tuple[SkillEvidence, ...]]:
        """What is known of the skills of each open lesson that were answered on."""
        return {
            key: tuple(
                self.skills[skill]
                for skill in self.skills_of(status.lesson)
                if skill in self.skills and self.skills[skill].answers
            )
            for key, status in self.statuses.items()
            if status.is_open
        }

    @cached_property
    def weakest(self) -> float:
        """The least probability among those; 1 where nothing was answered."""
        return min((known.probability for skills in self.tried.values() for known in skills), default=1.0)

    def expected(self, lesson: Lesson) -> float | None:
        """Return the share correct expected in a lesson, None where nothing is known."""
        if lesson.key in self.predicted:
            return self.predicted[lesson.key]
        known = [self.skills[skill].probability for skill in self.skills_of(lesson) if skill in self.skills]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Alternative:
    """One thing that could be done next.

    Attributes
    ----------
    lesson
        The lesson, None for a review.
    skills
        Of a review those that are due, of a repair the one to be repaired, else those the lesson teaches.
    minutes
        About how long it takes, ≥ 1.
    expected
        Share correct expected in it, in [0, 1]; None where nothing is known.
    parts
        What the score is the sum of, by name.
    probability
        How likely it was to be chosen, in [0, 1]; over all alternatives these sum to 1.
    """

    kind: StepKind
    lesson: Lesson | None
    skills: tuple[str, ...]
    minutes: int
    because: str
    expected: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    probability: float = 0.0

    @property
    def name(self) -> str:
        """What the log calls it: the kind, and the lesson where there is one.

        >>> Alternative(StepKind.REVIEW, None, ("filtering",), 5, "It is due.").name
        'review'
        """
        return f"{self.kind}:{self.lesson.key}" if self.lesson else str(self.kind)

    @property
    def score(self) -> float:
        """How well it suits the learner now; equal scores are equally good."""
        return round(sum(self.parts.values()), 6)


@dataclass(frozen=True)
class Recommendation:
    """What was chosen among what, and the seed it was drawn with; the best alternative first."""

    chosen: Alternative | None
    alternatives: tuple[Alternative, ...]
    seed: str

    def as_record(self) -> dict[str, Any]:
        """Return it as plain JSON values, as the log of decisions keeps it: see `docs/reference/decision-log.md`."""
        return {
            "chosen": self.chosen.name if self.chosen else None,
            "seed": self.seed,
            "alternatives": [
                {
                    "name": each.name,
                    "kind": each.kind.value,
                    "lesson": str(each.lesson.key) if each.lesson else None,
                    "skills": list(each.skills),
                    "expected": each.expected,
                    "score": each.score,
                    "parts": dict(each.parts),
                    "probability": each.probability,
                    "because": each.because,
                }
                for each in self.alternatives
            ],
        }
