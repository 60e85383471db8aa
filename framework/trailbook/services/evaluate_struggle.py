"""Use case: how often is it right that a learner struggles, and how many who struggle are noticed?

On a log nobody says who struggled. What came later does: a learner who does not get three in a row right within ten
answers on a skill is spinning their wheels (Beck and Gong 2013). The rule speaks before that is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from trailbook.domain.mastery.models import DEFAULT, MODELS
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.struggle import RULES, Rules, Try, notice

WITHIN = 10  # answers on a skill
ENOUGH = 3  # right in a row


@dataclass(frozen=True)
class MeasuredStruggle:
    """What noticing reached; a case is one learner on one skill, from the first answer until it is known how it ends.

    Attributes
    ----------
    cases
        Cases of which the end is known: three in a row right, or ten answers without.
    struggled
        Cases that ended without.
    noticed, rightly
        Cases in which the rule spoke up before the end was known, and those of them that ended without.
    precision, recall
        Of what was noticed, the share that struggled; of what struggled, the share that was noticed; None of nothing.
    median_answers
        Answers after which it spoke up, in cases that struggled; None where it never did.
    """

    cases: int
    struggled: int
    noticed: int
    rightly: int
    median_answers: float | None

    @property
    def precision(self) -> float | None:
        """Of what was noticed, the share that struggled."""
        return self.rightly / self.noticed if self.noticed else None

    @property
    def recall(self) -> float | None:
        """Of what struggled, the share that was noticed."""
        return self.rightly / self.struggled if self.struggled else None

    @property
    def base_rate(self) -> float | None:
        """Share of all cases that struggled: what naming every one would be right in."""
        return self.struggled / self.cases if self.cases else None


@dataclass
class _Case:
    """One learner on one skill."""

    tries: list[Try] = field(default_factory=list)
    run: int = 0
    noticed_after: int | None = None

    @property
    def is_solved(self) -> bool:
        return self.run >= ENOUGH

    @property
    def has_ended(self) -> bool:
        return self.is_solved or len(self.tries) >= WITHIN


def evaluate_struggle(answers: Iterable[Answer], *, rules: Rules = RULES) -> MeasuredStruggle:
    """Let the rule follow a log as it came, beside the default model that counts live, and compare with what came."""
    model = MODELS[DEFAULT]()
    cases: dict[tuple[str, str], _Case] = {}
    for answer in answers:
        model.update(answer)
        for skill in answer.practised:
            case = cases.setdefault((answer.learner, skill), _Case())
            if case.has_ended:
                continue
            tried = Try(answer.share)
            case.tries.append(tried)
            case.run = 0 if tried.failed else case.run + 1
            if case.has_ended or case.noticed_after is not None:
                continue
            expected = model.explain(answer.learner, skill, at=answer.at).probability
            if notice(case.tries, predicted=expected, rules=rules):
                case.noticed_after = len(case.tries)
    return _measured([case for case in cases.values() if case.has_ended])


def _measured(ended: list[_Case]) -> MeasuredStruggle:
    struggled = [case for case in ended if not case.is_solved]
    rightly = [case.noticed_after for case in struggled if case.noticed_after is not None]
    return MeasuredStruggle(
        cases=len(ended),
        struggled=len(struggled),
        noticed=sum(case.noticed_after is not None for case in ended),
        rightly=len(rightly),
        median_answers=float(median(rightly)) if rightly else None,
    )
