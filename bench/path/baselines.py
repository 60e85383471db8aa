"""The field's models, fitted by scikit-learn: what ours are measured against.

Best-LR is the logistic regression of Gervet et al. 2020: a weight for each item and each skill, and for the logarithms
of the right and wrong answers so far, in all and on each skill. PFA is that of Pavlik, Cen and Koedinger 2009.
Item-mean knows the item's share of right answers alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from math import log1p

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from trailbook.domain.mastery.protocol import Answer

Answers = Sequence[Answer]
Baseline = Callable[[Answers, Answers], list[float]]
"""From what other learners answered, and the answers to predict, to the prediction of each."""


def item_mean(train: Answers, test: Answers) -> list[float]:
    """Predict each item's share of right answers, drawn to the mean of all by one answer; nothing of the learner."""
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for answer in train:
        right[answer.item] += int(answer.share)
        seen[answer.item] += 1
    mean = sum(right.values()) / max(len(train), 1)
    return [(right[answer.item] + mean) / (seen[answer.item] + 1) for answer in test]


def pfa(train: Answers, test: Answers) -> list[float]:
    """Predict from a weight for each skill and for the right and wrong answers on it."""
    return _fitted(_pfa_features, train, test)


def best_lr(train: Answers, test: Answers) -> list[float]:
    """Predict as Best-LR does."""
    return _fitted(_best_features, train, test)


BASELINES: dict[str, Baseline] = {"Best-LR": best_lr, "PFA": pfa, "item mean": item_mean}

Features = list[list[tuple[object, float]]]


def _best_features(answers: Answers) -> Features:
    rows: Features = []
    mine: defaultdict[tuple[str, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for answer in answers:
        wrong, right = mine[answer.learner, None]
        row: list[tuple[object, float]] = [
            (("item", answer.item), 1.0),
            ("right", log1p(right)),
            ("wrong", log1p(wrong)),
        ]
        for skill in answer.practised:
            wrong, right = mine[answer.learner, skill]
            row += [
                (("skill", skill), 1.0),
                (("right", skill), log1p(right)),
                (("wrong", skill), log1p(wrong)),
            ]
        rows.append(row)
        for key in (None, *answer.practised):
            mine[answer.learner, key][int(answer.share)] += 1
    return rows


def _pfa_features(answers: Answers) -> Features:
    rows: Features = []
    mine: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for answer in answers:
        row: list[tuple[object, float]] = []
        for skill in answer.practised:
            counts = mine[answer.learner, skill]
            row += [
                (("skill", skill), 1.0),
                (("right", skill), float(counts[1])),
                (("wrong", skill), float(counts[0])),
            ]
            counts[int(answer.share)] += 1
        rows.append(row)
    return rows


def _fitted(features: Callable[[Answers], Features], train: Answers, test: Answers) -> list[float]:
    columns: dict[object, int] = {}
    seen = _matrix(features(train), columns, grow=True)
    unseen = _matrix(features(test), columns, grow=False)
    model = LogisticRegression(max_iter=2_000)
    model.fit(seen, [int(answer.share) for answer in train])
    return [float(p) for p in model.predict_proba(unseen)[:, 1]]


def _matrix(rows: Features, columns: dict[object, int], *, grow: bool) -> csr_matrix:
    """Return the rows with a column for each feature; one the training never showed is left out."""
    starts, places, values = [0], [], []
    for row in rows:
        for feature, value in row:
            if grow:
                columns.setdefault(feature, len(columns))
            if value and feature in columns:
                places.append(columns[feature])
                values.append(value)
        starts.append(len(places))
    return csr_matrix((np.array(values), places, starts), shape=(len(rows), len(columns)))
