"""When a skill counts as held: the rule that opens what comes after it.

It asks for the predicted share correct on a *typical* exercise of the skill, so that solving an easy one does not open
it, and for the last answers on the skill to be right, so that neither being good at other things nor a lucky prediction
does. On real logs both together let through learners who then do better than those whom three in a row lets through,
as many of them and no later; the prediction alone does not (`make bench-path`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from trailbook.domain.mastery.protocol import LearnerModel, Question, SkillEvidence


@dataclass(frozen=True, slots=True)
class Gate:
    """The rule with its two numbers.

    Attributes
    ----------
    share
        Predicted share correct on a typical exercise of the skill from which it is held, in [0.5, 0.99].
    run
        How many of the last answers in a row must be right, ≥ 0; 0 where a prediction alone may open it, as after a
        placement. Where a learner has fewer exercises of the skill, ask for no more than there are.
    """

    share: float = 0.7
    run: int = 2

    def holds(self, evidence: SkillEvidence) -> bool:
        """Return whether a learner holds the skill; a rounding error does not keep it from them."""
        return evidence.run >= self.run and evidence.probability >= self.share - 1e-9

    def missing(self, evidences: Iterable[SkillEvidence]) -> tuple[SkillEvidence, ...]:
        """Return what is known of each skill that is not held yet, in the order given; empty opens the gate."""
        return tuple(evidence for evidence in evidences if not self.holds(evidence))


GATE = Gate()


def typical(
    model: LearnerModel, learner: str, skill: str, *, items: Collection[str], at: float | None = None
) -> SkillEvidence:
    """Return what is known of a learner's skill, with the mean prediction over its exercises as its probability.

    That is the share of them that the learner is expected to solve now. It says more than an exercise nobody has seen,
    which `explain` speaks of: how easy each one is, and whether the learner met it, is known.

    Parameters
    ----------
    items
        The course's exercises that give evidence of the skill; without any, the answer is that of `explain`.
    """
    evidence = model.explain(learner, skill, at=at)
    if not items:
        return evidence
    predicted = sum(model.predict(Question(learner, item, (skill,), at)) for item in items) / len(items)
    return replace(evidence, probability=predicted)
