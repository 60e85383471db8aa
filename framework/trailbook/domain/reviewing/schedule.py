"""Which memories a learner has: a pure replay of the answers, so that a corrected grade corrects the schedule too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trailbook.domain.mastery.protocol import Answer, SkillEvidence
from trailbook.domain.reviewing.memory import Forgetting, Memory, replay_memory

SITTING = 6 * 3600.0  # seconds without an answer that end a sitting


def memories(answers: Iterable[Answer], forgetting: Forgetting) -> dict[str, Memory]:
    """Return one learner's memory of each skill practised.

    What was answered in one sitting is one practice, with the mean of its shares: ten answers in an hour say little
    more about next month than one. The order of the answers does not matter, their times do; an answer without a time
    says nothing about forgetting and is left out.
    """
    by_skill: dict[str, list[tuple[float, float]]] = {}
    for answer in answers:
        if answer.at is None:
            continue
        for skill in answer.practised:
            by_skill.setdefault(skill, []).append((answer.at, answer.share))
    found = {}
    for skill, tries in by_skill.items():
        memory = replay_memory(sittings(tries), forgetting)
        if memory is not None:
            found[skill] = memory
    return found


def sittings(tries: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the time of the last answer of each sitting and the mean share right in it, in order of time.

    >>> sittings([(0.0, 0.0), (60.0, 1.0), (90_000.0, 1.0)])
    [(60.0, 0.5), (90000.0, 1.0)]
    """
    found: list[tuple[float, float, int]] = []
    for at, share in sorted(tries):
        if found and at - found[-1][0] < SITTING:
            _, sum_of, count = found[-1]
            found[-1] = (at, sum_of + share, count + 1)
        else:
            found.append((at, share, 1))
    return [(at, sum_of / count) for at, sum_of, count in found]


def faded(evidence: SkillEvidence, recall: float) -> SkillEvidence:
    """Return the evidence as it is after some time without practice: never more than it was, never nothing.

    A model that counts days itself counts them a little twice: what is said of a skill that waits for its review errs
    on the side of practising it.
    """
    return replace(evidence, probability=evidence.probability * recall)
