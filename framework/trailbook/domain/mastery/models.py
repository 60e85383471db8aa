"""The models a course can choose, by the name `course.yaml` gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from trailbook.domain.mastery.bkt import BktModel
from trailbook.domain.mastery.bkt_fit import fit
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.elo import EloModel
from trailbook.domain.mastery.protocol import Answer, LearnerModel, replay
from trailbook.domain.mastery.streak import StreakModel

DEFAULT = CountsModel.name

MODELS: Mapping[str, Callable[[], LearnerModel]] = {
    CountsModel.name: CountsModel,
    BktModel.name: BktModel,
    StreakModel.name: StreakModel,
    EloModel.name: EloModel,
}
"""Each model's name and how to make one that knows nothing yet; the default first."""


def learn(name: str, log: Callable[[], Iterable[Answer]]) -> LearnerModel:
    """Return the model of this name after a log; ``log`` gives its answers from the beginning each time it is called.

    Bayesian knowledge tracing finds its parameters there first; the others only follow the answers.
    """
    if name == BktModel.name:
        return BktModel(fit(log()))
    model = MODELS[name]()
    replay(model, log())
    return model
