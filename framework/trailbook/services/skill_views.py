"""What a learner sees of skills: how well each is held, and what that is believed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from trailbook.domain.course import DEFAULT_THRESHOLD
from trailbook.domain.mastery.knowledge import Knowledge, Tally
from trailbook.domain.skill_words import evidence
from trailbook.services.standing import Standing


@dataclass(frozen=True)
class SkillView:
    """One skill of a learner.

    Attributes
    ----------
    mastery
        Share of the skill's exercises the learner is expected to solve now, in [0, 1].
    held
        Whether that is enough for what comes after it.
    solved, answered
        Answers that were right in full, and all that say something.
    last_at
        When the last of them was graded, None before the first.
    evidence
        The same as a sentence.
    lessons
        The lessons that teach it.
    """

    name: str
    title: str
    mastery: float
    held: bool
    solved: int
    answered: int
    last_at: datetime | None
    evidence: str
    lessons: Sequence[str]


def skill_views(standing: Standing, *, now: datetime) -> list[SkillView]:
    """Return the learner's skills in the order the course teaches them; none in a course that goes by points."""
    course, knowledge = standing.course, standing.knowledge
    if knowledge is None:
        return []
    taught = dict.fromkeys(skill for lesson in course.lessons() for skill in lesson.teaches)
    return [
        _view(standing, knowledge, skill, now=now)
        for skill in (*taught, *(each for each in knowledge.skills if each not in taught))
        if skill in knowledge.skills
    ]


def _view(standing: Standing, knowledge: Knowledge, skill: str, *, now: datetime) -> SkillView:
    course, tally = standing.course, knowledge.tallies.get(skill, Tally())
    threshold = course.mastery.threshold if course.mastery else DEFAULT_THRESHOLD
    title = course.title_of(skill)
    return SkillView(
        name=skill,
        title=title,
        mastery=round(knowledge.skills[skill].probability, 3),
        held=knowledge.holds(skill, threshold),
        solved=tally.solved,
        answered=tally.answered,
        last_at=datetime.fromtimestamp(tally.last_at, UTC) if tally.last_at is not None else None,
        evidence=" ".join(filter(None, (evidence(title, tally, now=now.timestamp()), knowledge.fading.get(skill)))),
        lessons=[str(lesson.key) for lesson in course.lessons() if skill in lesson.teaches],
    )
