"""What fitting a model on a course's own log found: parameters that take the place of those it ships with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trailbook.domain.mastery.bkt import BktModel, Parameters
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.models import MODELS
from trailbook.domain.mastery.protocol import LearnerModel
from trailbook.domain.mastery.weights import SHIPPED, Weights


@dataclass(frozen=True)
class Fitted:
    """Parameters of one model; without any it is the model as it ships.

    Attributes
    ----------
    model
        One of `models.MODELS`.
    weights
        Of `counts`; other models have none.
    skills
        Of `bkt`, for each skill that was in the log.
    """

    model: str
    weights: Weights | None = None
    skills: Mapping[str, Parameters] = field(default_factory=dict)

    def fresh(self) -> LearnerModel:
        """Return the model with these parameters, before it has seen any answer."""
        return _MAKERS.get(self.model, _as_shipped)(self)


def _counts(found: Fitted) -> LearnerModel:
    return CountsModel(found.weights or SHIPPED)


def _bkt(found: Fitted) -> LearnerModel:
    return BktModel(found.skills)


def _as_shipped(found: Fitted) -> LearnerModel:
    return MODELS[found.model]()


_MAKERS: Mapping[str, Callable[[Fitted], LearnerModel]] = {CountsModel.name: _counts, BktModel.name: _bkt}
