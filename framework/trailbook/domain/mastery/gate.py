"""When a skill counts as held: the rule that opens what comes after it.

It asks for the predicted share correct on a *typical* exercise of the skill, so that an easy one does not open it, and
for a few answers on the skill itself, so that being good at other things does not either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trailbook.domain.mastery.protocol import SkillEvidence

LEAST_SHARE, MOST_SHARE = 0.5, 0.99


@dataclass(frozen=True, slots=True)
class Gate:
    """The rule with its two numbers.

    Attributes
    ----------
    share
        Predicted share correct on a typical exercise of the skill from which it is held, in [0.5, 0.99].
    answers
        Answers on the skill there must be, ≥ 0; 0 where a prediction alone may open it, as after a placement.
    """

    share: float = 0.7
    answers: float = 2.0

    def holds(self, evidence: SkillEvidence) -> bool:
        """Return whether a learner holds the skill; a rounding error does not keep it from them."""
        return evidence.probability >= self.share - 1e-9 and evidence.answers >= self.answers - 1e-9

    def missing(self, evidences: Iterable[SkillEvidence]) -> tuple[SkillEvidence, ...]:
        """Return what is known of each skill that is not held yet, in the order given; empty opens the gate."""
        return tuple(evidence for evidence in evidences if not self.holds(evidence))


GATE = Gate()
