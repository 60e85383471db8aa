"""What finds the parameters of a learner model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.protocol import Answer


class Fitter(Protocol):
    """Finds parameters on a log; the same log gives the same."""

    def fit(self, model: str, answers: Callable[[], Iterable[Answer]]) -> Fitted:
        """Return the parameters of a model for a log, which each call of ``answers`` gives from its beginning."""

    def folds(self, answers_of_learners: Mapping[str, int], *, count: int) -> Sequence[frozenset[str]]:
        """Return the learners in as many parts, with about as many answers in each."""
