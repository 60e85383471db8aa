"""The numbers the default model starts from, before anything is known of a course."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """Prior weights of `counts.CountsModel`, in log-odds, and the prior variances of what it learns.

    They are round numbers on purpose: held-out prediction hardly moves when any of the variances is halved or
    doubled, because the counts and the difficulties of the course itself are learned from the first answer on.

    Attributes
    ----------
    practice_right, practice_wrong
        For each unit of log(1 + points won), log(1 + points lost) on a skill (a performance factor analysis whose
        weights all skills share: Pavlik, Cen, Koedinger 2009; the logarithm: Gervet et al. 2020). Both are positive:
        practice teaches.
    repeat_right, repeat_wrong
        The same for answers to this very exercise.
    form
        For the learner's recent form: how much better than predicted the last answers were, in [-1, 1].
    lapse
        For each unit of log(1 + days since the skill was last practised); negative: forgetting.
    base, item, skill, learner, skill_of_learner
        Prior variances of the whole course's easiness, an exercise's, a skill's, a learner's level and a learner's
        level on a skill.
    drift_of_learner, drift_of_skill
        What one answer adds to the variances of the learner's level, and of the level on the skill.
    drift_a_day
        What one day without practice adds to the variance of the level on a skill, up to its prior.
    rate
        Step at which the shared weights follow the course.
    """

    practice_right: float = 0.3
    practice_wrong: float = 0.25
    repeat_right: float = 0.3
    repeat_wrong: float = 0.1
    form: float = 0.5
    lapse: float = -0.1
    base: float = 1.0
    item: float = 1.0
    skill: float = 0.7
    learner: float = 0.7
    skill_of_learner: float = 0.3
    drift_of_learner: float = 0.003
    drift_of_skill: float = 0.01
    drift_a_day: float = 0.002
    rate: float = 0.001

    def shared(self) -> list[float]:
        """Return the weights that follow the course, in the order of its counts."""
        return [
            self.practice_right,
            self.practice_wrong,
            self.repeat_right,
            self.repeat_wrong,
            self.form,
            self.lapse,
        ]


SHIPPED = Weights()
