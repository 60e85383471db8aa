"""Chooses the next step of a learner: the candidates, scored, and one of the best drawn."""

from __future__ import annotations

from trailbook.domain.recommending.candidates import candidates
from trailbook.domain.recommending.draw import draw
from trailbook.domain.recommending.scoring import scored
from trailbook.domain.recommending.values import Recommendation, Situation, Wishes


def recommend(situation: Situation, wishes: Wishes | None = None, *, seed: str) -> Recommendation:
    """Return what to do next, with every alternative, its score and the probability it was drawn with.

    Nothing is chosen only where nothing can be done: the course is finished and no review is due, or what is left
    waits for its release.

    Parameters
    ----------
    seed
        What equal choices are drawn with. The same seed draws the same, so take one that changes when the learner has
        done something, and not when a page is loaded again: ``COURSE/LEARNER/number of answers``.
    """
    wished = wishes or Wishes()
    found = scored(situation, wished, candidates(situation, wished))
    return draw(found, situation, wished, seed=seed)
