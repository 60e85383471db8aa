"""Use case: let a course go on with another version of its learner model, or go back."""

from __future__ import annotations

from datetime import datetime

from trailbook.domain.errors import Conflict
from trailbook.domain.mastery.fitted import Fitted
from trailbook.services.fit_model import Proposal
from trailbook.services.ports import Event, UnitOfWork
from trailbook.services.ports.models import ModelVersion

MODEL_CHANGED = "model_changed"
"""Kind of the event that says that a course goes on with another version of its learner model."""


def model_in_use(work: UnitOfWork, course: str, model: str) -> Fitted:
    """Return what a course goes by: the newest version of the model it names, or that model as it ships."""
    latest = work.models.latest(course)
    return latest.fitted if latest is not None and latest.fitted.model == model else Fitted(model)


def apply_proposal(work: UnitOfWork, course: str, proposal: Proposal, *, by: str, now: datetime) -> ModelVersion:
    """Add the fitted model as the version in use.

    Raises
    ------
    Conflict
        ``not_better``: it does not predict learners held out better than the one that runs. ``model_changed``: since
        it was compared, another took the place of the one that runs. ``other_model``: `course.yaml` names another.
    """
    gain = proposal.comparison.gain
    if proposal.fitted.model != proposal.running.model:
        raise Conflict(
            "other_model",
            f"The course goes by {proposal.running.model}. To go by {proposal.fitted.model}, name it in course.yaml "
            "under mastery, release, and fit again.",
        )
    if not proposal.comparison.is_better:
        raise Conflict(
            "not_better",
            "The fitted model does not predict learners it has not seen better than the one that runs, which stays.",
            gain=gain.mean,
        )
    latest = work.models.latest(course)
    if model_in_use(work, course, proposal.running.model) != proposal.running:
        raise Conflict("model_changed", "Another model was put in place meanwhile. Fit again and compare with that.")
    because = (
        f"Fitted on {proposal.extent.answers:,} answers of {len(proposal.extent.answers_of):,} learners; on learners "
        f"held out better by {gain.mean:.4f} nats an answer ({gain.low:.4f} to {gain.high:.4f})."
    )
    before = latest.number if latest else 0
    return _append(work, ModelVersion(course, before + 1, proposal.fitted, before, because, by, now))


def undo_model(work: UnitOfWork, course: str, *, by: str, now: datetime) -> ModelVersion:
    """Add a version that is as the one before the version in use; again, and it goes back further.

    Raises
    ------
    Conflict
        ``nothing_to_undo``: the course goes by the model as it ships.
    """
    latest = work.models.latest(course)
    if latest is None or latest.before is None:
        raise Conflict("nothing_to_undo", "The course goes by the model as it ships. There is nothing to undo.")
    target = next((each for each in work.models.all(course) if each.number == latest.before), None)
    fitted = target.fitted if target else Fitted(latest.fitted.model)
    because = f"Undone: as {f'version {target.number}' if target else 'it ships'} again."
    before = target.before if target else None
    return _append(work, ModelVersion(course, latest.number + 1, fitted, before, because, by, now))


def _append(work: UnitOfWork, version: ModelVersion) -> ModelVersion:
    work.models.append(version)
    data = {"version": version.number, "model": version.fitted.model, "because": version.because}
    work.events.append(Event(MODEL_CHANGED, version.at, version.course, "", actor=version.by, data=data))
    return version
