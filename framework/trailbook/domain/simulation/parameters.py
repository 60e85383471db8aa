"""Parameters of the worlds, found on a log of real answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from statistics import fmean, pstdev

from trailbook.domain.errors import Invalid
from trailbook.domain.mastery.bkt_fit import fit
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.protocol import Answer, replay
from trailbook.domain.simulation.worlds import Slopes, Steps

LEAST_LEARNERS, LEAST_ANSWERS, LEAST_OF_SKILL = 10, 1_000, 50


def fitted(log: Iterable[Answer]) -> tuple[Slopes, Steps]:
    """Return the worlds that a log speaks for: its skills in the order they came, those with 50 answers and more.

    What no log tells stays as it is stated: who gets stuck and what help does, which prerequisites matter, forgetting.

    Raises
    ------
    Invalid
        ``log_too_small``: it has fewer than 10 learners, 1,000 answers or one skill with 50 answers.
    """
    answers = list(log)
    given = Counter(skill for answer in answers for skill in answer.practised)
    names = [skill for skill, count in given.items() if count >= LEAST_OF_SKILL]
    learners = len({answer.learner for answer in answers})
    if learners < LEAST_LEARNERS or len(answers) < LEAST_ANSWERS or not names:
        raise Invalid(
            "log_too_small",
            f"The log has {len(answers):,} answers of {learners} learners, and {len(names)} skills with "
            f"{LEAST_OF_SKILL} answers. To fit simulated learners it takes {LEAST_ANSWERS:,} answers of "
            f"{LEAST_LEARNERS} learners; leave out --log to simulate stated ones.",
        )
    traced = fit(answers)
    model = CountsModel()
    replay(model, answers)
    level = fmean(effect.mean for effect in model.learners.values()) + model.base.mean
    slopes = Slopes(
        easiness=tuple(level + model.skills[name].mean for name in names),
        learner=pstdev(effect.mean for effect in model.learners.values()),
        own=pstdev(mine.mean for effect in model.learners.values() for mine in effect.skills.values()),
        item=pstdev(effect.mean for effect in model.items.values()),
        gain=fmean(model.shared[:2]) + fmean(model.shared[2:4]),
    )
    return slopes, replace(Steps(), skills=tuple(traced[name] for name in names))
