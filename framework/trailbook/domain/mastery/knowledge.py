"""What is known of one learner in one course, as the path needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trailbook.domain.course import LessonKey
from trailbook.domain.mastery.gate import GATE, Gate
from trailbook.domain.mastery.protocol import RIGHT, Answer, SkillEvidence


@dataclass(frozen=True, slots=True)
class Tally:
    """How many exercises of a skill a learner answered, and how many of the answers were right in full."""

    solved: int = 0
    answered: int = 0
    last_at: float | None = None

    def after(self, answer: Answer) -> Tally:
        """Return the tally with one more answer."""
        return Tally(self.solved + (answer.share >= RIGHT), self.answered + 1, answer.at)


@dataclass(frozen=True)
class Knowledge:
    """What a learner model says of one learner now.

    Attributes
    ----------
    skills
        Of every skill that exercises of released lessons give evidence of; the probability is the share of its
        exercises the learner is expected to solve.
    exercises
        How many exercises each of those skills has.
    tallies
        What the learner answered, by skill.
    expected
        Share correct expected in each released lesson with exercises, in [0, 1].
    recent
        The lessons of the learner's last answers, the latest last.
    answers
        How many answers there were that say something.
    fading
        Of skills that are due for review, what to say about it; their probability is lower for it.
    """

    skills: Mapping[str, SkillEvidence] = field(default_factory=dict)
    exercises: Mapping[str, int] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    expected: Mapping[LessonKey, float] = field(default_factory=dict)
    recent: tuple[LessonKey, ...] = ()
    answers: int = 0
    fading: Mapping[str, str] = field(default_factory=dict)

    def gate(self, skill: str, threshold: float) -> Gate:
        """Return the rule that says when the skill is held; nobody is asked for more answers than there are."""
        return Gate(threshold, min(GATE.run, self.exercises.get(skill, 0)))

    def holds(self, skill: str, threshold: float) -> bool:
        """Return whether the learner holds a skill; one that no exercise gives evidence of is held by nobody."""
        return skill in self.skills and self.gate(skill, threshold).holds(self.skills[skill])
