"""The gate beside three in a row on real learners: who is let through does how well afterwards?

Both look at each learner and skill, answer by answer, and let through once. The gate's threshold is set so that it lets
through as many as three in a row does. Success is the share right of all answers after that moment, as the mean over
those let through. A model that knows the other four fifths of the learners predicts; it learns as it goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from trailbook.domain.mastery.gate import GATE, Gate, typical
from trailbook.domain.mastery.models import DEFAULT, MODELS, replay
from trailbook.domain.mastery.protocol import Answer, SkillEvidence
from trailbook.domain.mastery.streak import ENOUGH

MOST_ITEMS = 6  # exercises of a skill that stand for all of them: the most frequent
STEPS = 16

Trace = list[tuple[float, SkillEvidence]]
"""A learner's answers on one skill: each one's share, and what was known after it."""


@dataclass(frozen=True)
class LetThrough:
    """How many a rule let through, and their success afterwards."""

    pairs: int
    success: float


def compare_gates(train: Iterable[Answer], test: Iterable[Answer]) -> tuple[LetThrough, LetThrough]:
    """Return three in a row's and ours at the same number."""
    known = list(train)
    model = MODELS[DEFAULT]()
    replay(model, known)
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for answer in known:
        for skill in answer.practised:
            seen[skill][answer.item] += 1
    items = {skill: [item for item, _ in counts.most_common(MOST_ITEMS)] for skill, counts in seen.items()}
    traces: defaultdict[tuple[str, str], Trace] = defaultdict(list)
    for answer in test:
        model.update(answer)
        for skill in answer.practised:
            evidence = typical(model, answer.learner, skill, items=items.get(skill, ()), at=answer.at)
            traces[answer.learner, skill].append((answer.share, evidence))
    found = list(traces.values())
    streak = let_through(found, lambda evidence: evidence.run >= ENOUGH)
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        more = let_through(found, Gate(middle, GATE.run).holds).pairs > streak.pairs
        low, high = (middle, high) if more else (low, middle)
    return streak, let_through(found, Gate(high, GATE.run).holds)


def let_through(traces: Sequence[Trace], holds: Callable[[SkillEvidence], bool]) -> LetThrough:
    """Return how a rule did; a learner's last answer on a skill cannot let through, as nothing follows."""
    after = []
    for trace in traces:
        place = next((place for place, (_, evidence) in enumerate(trace[:-1]) if holds(evidence)), None)
        if place is not None:
            after.append(mean(share for share, _ in trace[place + 1 :]))
    return LetThrough(len(after), mean(after) if after else 0.0)
