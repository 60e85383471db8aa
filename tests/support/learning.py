"""Logs of learners who never were: they differ, exercises differ, and practice teaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, log1p
from random import Random

from trailbook.domain.mastery.protocol import Answer


def log_of_learners(
    learners: int, answers: int, *, practice: float = 0.6, seed: int = 1, items: int = 12, skills: int = 3
) -> list[Answer]:
    """Return each learner's answers one after the other; ``practice`` is what log(1 + answers on the skill) adds."""
    draw, found = Random(seed), []
    easiness = [draw.gauss(0, 1) for _ in range(items)]
    for learner in range(learners):
        level, done = draw.gauss(-0.5, 0.7), [0] * skills
        for _ in range(answers):
            item = draw.randrange(items)
            skill = item % skills
            right = draw.random() < 1 / (1 + exp(-(level + easiness[item] + practice * log1p(done[skill]))))
            done[skill] += 1
            found.append(Answer(f"learner-{learner}", f"i{item}", (f"s{skill}",), None, float(right)))
    return found


def answers_of(log: Iterable[Answer]) -> Callable[[Callable[[str], bool]], list[Answer]]:
    """Return what gives the answers of the learners wanted, as `services.evaluate_model.AnswersOf`."""
    kept = list(log)
    return lambda wanted: [answer for answer in kept if wanted(answer.learner)]
