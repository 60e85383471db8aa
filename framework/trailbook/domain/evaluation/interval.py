"""How far a figure may be from the truth: the bootstrap over learners, whose answers belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trailbook.domain.evaluation.tally import Tally, resampled


def auc_interval(tally: Tally, draws: Iterable[Sequence[int]]) -> tuple[float, float] | None:
    """Return the 2.5th and 97.5th percentile of the AUC over draws of learners with repetition.

    None where fewer than two learners answered, or where no draw holds both right and wrong answers.

    Parameters
    ----------
    draws
        Each as many places, in [0, learners), as there are learners; a place stands for a learner in order of name.
    """
    learners = [tally.learners[name] for name in sorted(tally.learners)]
    if len(learners) < 2:
        return None
    areas = sorted(found for draw in draws if (found := resampled(learners, draw)) is not None)
    if not areas:
        return None
    return areas[int(0.025 * (len(areas) - 1))], areas[round(0.975 * (len(areas) - 1))]
