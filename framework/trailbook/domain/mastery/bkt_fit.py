"""Parameters of Bayesian knowledge tracing found on a log, by expectation and maximisation within the bounds.

The forward and backward passes are the hidden Markov model's (Rabiner 1989) with two states and no forgetting. Each
parameter is drawn towards the default by a few answers that never were, so that a skill with little data keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trailbook.domain.mastery.bkt import Parameters
from trailbook.domain.mastery.protocol import Answer

ROUNDS = 12
DRAWN = 5.0  # answers the default counts for


def fit(log: Iterable[Answer], *, default: Parameters | None = None) -> Mapping[str, Parameters]:
    """Return parameters for each skill of a log; shares of 0.5 and more count as right."""
    start = default or Parameters()
    runs: dict[str, dict[str, bytearray]] = {}
    for answer in log:
        for skill in answer.skills or (answer.item,):
            runs.setdefault(skill, {}).setdefault(answer.learner, bytearray()).append(answer.share >= 0.5)
    return {skill: fit_skill(list(of.values()), start) for skill, of in runs.items()}


def fit_skill(runs: Sequence[Sequence[int]], default: Parameters) -> Parameters:
    """Return the parameters of one skill from its learners' answers, 1 right and 0 wrong, each in order."""
    found = default
    for _ in range(ROUNDS):
        found = _improve(runs, found, default)
    return found


def _improve(runs: Sequence[Sequence[int]], found: Parameters, default: Parameters) -> Parameters:
    """Return better parameters: expected counts under ``found``, with the default's counts added, as shares."""
    initial, chances, learned = DRAWN * default.initial, DRAWN, DRAWN * default.learn
    firsts = DRAWN
    unknown, guessed, known, slipped = DRAWN, DRAWN * default.guess, DRAWN, DRAWN * default.slip
    for run in runs:
        held, learning = _smoothed(run, found)
        firsts += 1
        initial += held[0]
        for place, right in enumerate(run):
            known += held[place]
            unknown += 1 - held[place]
            slipped += 0 if right else held[place]
            guessed += 1 - held[place] if right else 0
        for place, moved in enumerate(learning):
            chances += 1 - held[place]
            learned += moved
    return Parameters(initial / firsts, learned / chances, guessed / unknown, slipped / known).bounded()


def _smoothed(run: Sequence[int], found: Parameters) -> tuple[list[float], list[float]]:
    """Return, for each answer, the probability that the skill was held, and that it was learned just after it."""
    before: list[float] = []
    after: list[float] = []
    held = found.initial
    for right in run:
        before.append(held)
        seen = found.right(held)
        after.append(held * (1 - found.slip) / seen if right else held * found.slip / (1 - seen))
        held = after[-1] + (1 - after[-1]) * found.learn
    smoothed, learning = [0.0] * len(run), [0.0] * max(len(run) - 1, 0)
    smoothed[-1] = after[-1]
    for place in range(len(run) - 2, -1, -1):
        then, later = before[place + 1], smoothed[place + 1]
        learning[place] = (1 - after[place]) * found.learn * later / then
        smoothed[place] = after[place] * later / then
    return smoothed, learning
