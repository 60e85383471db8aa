"""Fits each model in its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sklearn.model_selection import GroupKFold

from trailbook.adapters.fitting.shared_weights import fit_weights
from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.bkt_fit import fit as fit_skills
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.protocol import Answer


class NumpyFitter:
    """See `trailbook.services.ports.fitting.Fitter`."""

    def fit(self, model: str, answers: Callable[[], Iterable[Answer]]) -> Fitted:
        """Return the parameters of a model for a log."""
        if model == CountsModel.name:
            return Fitted(model, weights=fit_weights(answers))
        if model == BktModel.name:
            return Fitted(model, skills=fit_skills(answers()))
        return Fitted(model)

    def folds(self, answers_of_learners: Mapping[str, int], *, count: int) -> Sequence[frozenset[str]]:
        """Return the learners in as many parts, with about as many answers in each; the same input gives the same."""
        names = sorted(answers_of_learners)
        groups = np.repeat(np.arange(len(names)), [answers_of_learners[name] for name in names])
        parts = GroupKFold(n_splits=count).split(groups, groups=groups)
        return [frozenset(names[place] for place in np.unique(groups[held_out])) for _, held_out in parts]
