"""Notices early that a learner struggles, and what may help: an offer, never a lock and never a mark.

A rule anybody can check, because a learner is told it: what counts are the tries themselves. The learner model only
lets a first sign be taken earlier where it, too, expects the next try to fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from trailbook.domain.mastery.protocol import Answer

FULL = 1.0 - 1e-9
MOST_COMPARED = 4_000  # characters of an answer; comparing takes their square


class Sign(StrEnum):
    """What was noticed."""

    FAILING = "failing"  # most of the last tries failed
    REPEATING = "repeating"  # failed tries that hardly differ
    LONG = "long"  # much longer than the exercise takes
    HINTS_USED_UP = "hints_used_up"  # failed after the last hint


@dataclass(frozen=True, slots=True)
class Try:
    """One graded try at an exercise, or at any exercise of one skill.

    Attributes
    ----------
    share
        Share of the points, in [0, 1].
    change
        Share of the answer that is new since the try before, in [0, 1] (see `change_between`); None where there is
        none before or nobody knows.
    """

    share: float
    change: float | None = None

    @property
    def failed(self) -> bool:
        """Whether points are missing."""
        return self.share < FULL


@dataclass(frozen=True, slots=True)
class Rules:
    """When to speak up.

    On a log of real learners (`trailbook evaluate --struggle`) they find nineteen of twenty who will not get three in a
    row right within ten exercises of a skill, and 54 % of those they name are such, where 15 % of all are. To miss
    somebody is worse than to offer help to who needs none, so the numbers lean that way.

    Attributes
    ----------
    failed, last
        So many of the last so many tries failed, the last among them.
    early_failed, early_last, early_predicted
        Or fewer, where the model's probability of a right answer is below the last number.
    repeated, little_change
        So many failed tries in a row, each with no more change than this share of the answer.
    long_factor, long_seconds
        Time in all, of what the exercise takes, and in seconds at least.
    """

    failed: int = 4
    last: int = 6
    early_failed: int = 3
    early_last: int = 4
    early_predicted: float = 0.35
    repeated: int = 3
    little_change: float = 0.05
    long_factor: float = 3.0
    long_seconds: float = 600.0


RULES = Rules()


@dataclass(frozen=True)
class Struggle:
    """That a learner struggles now: every sign of it, and the sentence the learner reads."""

    signs: tuple[Sign, ...]
    because: str


def notice(
    tries: Sequence[Try],
    *,
    predicted: float | None = None,
    seconds: float = 0.0,
    usual_seconds: float | None = None,
    hints: int = 0,
    all_hints: int = 0,
    rules: Rules = RULES,
) -> Struggle | None:
    """Return what shows that a learner struggles, or None; a right last try always means None.

    Parameters
    ----------
    tries
        Oldest first; an empty list is no error.
    predicted
        The learner model's probability that the next try is right, where there is a model.
    seconds
        Time spent on it so far, as far as it is known.
    usual_seconds
        What the exercise takes, None where nobody says.
    hints, all_hints
        Hints revealed before the last try, and hints there are.
    """
    if tries and not tries[-1].failed:
        return None
    found = {
        Sign.FAILING: _failing(tries, predicted, rules),
        Sign.REPEATING: _repeating(tries, rules),
        Sign.LONG: _long(seconds, usual_seconds, rules),
        Sign.HINTS_USED_UP: bool(tries) and 0 < all_hints <= hints,
    }
    signs = tuple(sign for sign, is_so in found.items() if is_so)
    return Struggle(signs, _because(signs, tries, seconds, rules)) if signs else None


def tries_of(answers: Iterable[Answer]) -> list[Try]:
    """Return answers of one learner to one exercise, or on one skill, as tries; of their change nothing is known."""
    return [Try(answer.share) for answer in answers]


def change_between(before: str, after: str) -> float:
    """Return the share of an answer that is new, in [0, 1]; layout is no change.

    >>> change_between("x = 1", " x  =  1")
    0.0
    >>> change_between("x = 1", "y + 2")
    1.0
    """
    old, new = _words(before), _words(after)
    if old == new:
        return 0.0
    return 1.0 - SequenceMatcher(None, old, new, autojunk=False).ratio()


def _words(answer: str) -> list[str]:
    return answer[:MOST_COMPARED].split()


def _failing(tries: Sequence[Try], predicted: float | None, rules: Rules) -> bool:
    if _failures(tries, rules.last) >= rules.failed:
        return True
    expected = predicted is not None and predicted < rules.early_predicted
    return expected and _failures(tries, rules.early_last) >= rules.early_failed


def _failures(tries: Sequence[Try], last: int) -> int:
    return sum(each.failed for each in tries[-last:])


def _repeating(tries: Sequence[Try], rules: Rules) -> bool:
    """Whether the last tries failed and those after the first of them changed little."""
    last = tries[-rules.repeated :]
    if len(last) < rules.repeated or not all(each.failed for each in last):
        return False
    return all(each.change is not None and each.change <= rules.little_change for each in last[1:])


def _long(seconds: float, usual_seconds: float | None, rules: Rules) -> bool:
    return usual_seconds is not None and seconds >= max(rules.long_seconds, rules.long_factor * usual_seconds)


def _because(signs: tuple[Sign, ...], tries: Sequence[Try], seconds: float, rules: Rules) -> str:
    """Return one sentence on the strongest sign; it is on the exercise, never on the person."""
    looked = min(len(tries), rules.last)
    sentences = {
        Sign.FAILING: f"This one is tough: {_failures(tries, rules.last)} of the last {looked} tries did not pass yet.",
        Sign.REPEATING: f"The last {rules.repeated} tries were nearly the same. A fresh look may help.",
        Sign.HINTS_USED_UP: "You have seen every hint and it does not pass yet. There are other ways to get there.",
        Sign.LONG: f"You have spent about {round(seconds / 60)} minutes on this. A short detour may save some.",
    }
    return next(sentence for sign, sentence in sentences.items() if sign in signs)
