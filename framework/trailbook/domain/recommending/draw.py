"""Draws among equal choices with a seed, and says how likely each one was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from random import Random

from trailbook.domain.recommending.values import Alternative, Recommendation, Situation, Wishes

PREFERRED = 3.0  # how much likelier the learner's format is among equals; others stay possible, so it can be measured


def draw(found: Collection[Alternative], situation: Situation, wishes: Wishes, *, seed: str) -> Recommendation:
    """Return one of the best alternatives, and all of them, the best first, with their probabilities."""
    ordered = sorted(found, key=lambda each: (-each.score, each.name))
    if not ordered:
        return Recommendation(None, (), seed)
    weights = [_weight(each, situation, wishes) if each.score == ordered[0].score else 0.0 for each in ordered]
    total = sum(weights)
    drawn = tuple(replace(each, probability=weight / total) for each, weight in zip(ordered, weights, strict=True))
    ticket, passed = Random(seed).random() * total, 0.0  # noqa: S311  # a draw that can be repeated
    for each, weight in zip(drawn, weights, strict=True):
        passed += weight
        if ticket < passed:
            return Recommendation(each, drawn, seed)
    return Recommendation(drawn[0], drawn, seed)  # a rounding error of floating point; the best is as good


def _weight(each: Alternative, situation: Situation, wishes: Wishes) -> float:
    if each.lesson is None or wishes.format is None:
        return 1.0
    return PREFERRED if wishes.format in situation.formats.get(each.lesson.key, ()) else 1.0
