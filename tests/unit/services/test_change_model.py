"""Versions of a course's learner model: applied, undone, and never over something better."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.courses import NOW, course, lesson

from trailbook.adapters.memory import MemoryStorage
from trailbook.domain.errors import Conflict
from trailbook.domain.evaluation.paired import Gain
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.weights import SHIPPED
from trailbook.services.change_model import apply_proposal, model_in_use, undo_model
from trailbook.services.fit_model import Comparison, Extent, Figures, Proposal

AS_IT_SHIPS = Fitted("counts")
FIGURES = Figures(0.8, 0.5, 0.01)
BETTER = Comparison(FIGURES, FIGURES, Gain(0.02, 0.01, 0.03), 20)


def proposal(practice: float, *, running: Fitted = AS_IT_SHIPS, comparison: Comparison = BETTER) -> Proposal:
    """Return a fitted model with this weight of practice."""
    fitted = Fitted("counts", replace(SHIPPED, practice_right=practice))
    return Proposal(running, fitted, Extent({"ann": 700, "bob": 800}, 900.0), comparison)


@pytest.fixture
def storage() -> MemoryStorage:
    found = MemoryStorage()
    with found() as work:
        work.courses.put(course(lesson("one")))
    return found


def test_versions_are_applied_and_undone_step_by_step(storage: MemoryStorage) -> None:
    first, second = proposal(0.4), proposal(0.5, running=proposal(0.4).fitted)
    with storage() as work:
        assert model_in_use(work, "course", "counts") == AS_IT_SHIPS
        one = apply_proposal(work, "course", first, by="ida", now=NOW)
        two = apply_proposal(work, "course", second, by="ida", now=NOW)
        assert model_in_use(work, "course", "counts") == second.fitted
        back = undo_model(work, "course", by="ida", now=NOW)
        assert model_in_use(work, "course", "counts") == first.fitted
        further = undo_model(work, "course", by="ida", now=NOW)
        assert model_in_use(work, "course", "counts") == AS_IT_SHIPS
        with pytest.raises(Conflict, match="nothing to undo"):
            undo_model(work, "course", by="ida", now=NOW)
        assert list(work.models.all("course")) == [one, two, back, further]
    assert [each.number for each in (one, two, back, further)] == [1, 2, 3, 4]
    assert one.because == (
        "Fitted on 1,500 answers of 2 learners; on learners held out better by "
        "0.0200 nats an answer (0.0100 to 0.0300)."
    )
    assert (back.because, further.because) == ("Undone: as version 1 again.", "Undone: as it ships again.")


def test_a_version_after_an_undo_goes_back_to_the_undone_state(storage: MemoryStorage) -> None:
    with storage() as work:
        apply_proposal(work, "course", proposal(0.4), by="ida", now=NOW)
        undo_model(work, "course", by="ida", now=NOW)
        apply_proposal(work, "course", proposal(0.6), by="ida", now=NOW)
        undo_model(work, "course", by="ida", now=NOW)
        assert model_in_use(work, "course", "counts") == AS_IT_SHIPS


def test_changes_are_events_with_a_name_on_them(storage: MemoryStorage) -> None:
    with storage() as work:
        made = apply_proposal(work, "course", proposal(0.4), by="ida", now=NOW)
        events = work.events.after(0)
    assert [(event.kind, event.actor, event.learner) for event in events] == [("model_changed", "ida", "")]
    assert events[0].data == {"version": 1, "model": "counts", "because": made.because}


def test_a_model_that_is_not_better_is_refused(storage: MemoryStorage) -> None:
    worse = replace(BETTER, gain=Gain(0.001, -0.01, 0.012))
    with storage() as work:
        with pytest.raises(Conflict, match="which stays"):
            apply_proposal(work, "course", proposal(0.4, comparison=worse), by="ida", now=NOW)
        assert work.models.latest("course") is None


def test_a_proposal_that_was_compared_with_another_model_is_refused(storage: MemoryStorage) -> None:
    with storage() as work:
        apply_proposal(work, "course", proposal(0.4), by="ida", now=NOW)
        with pytest.raises(Conflict, match="meanwhile"):
            apply_proposal(work, "course", proposal(0.5), by="bob", now=NOW)


def test_a_course_that_names_another_model_goes_by_that_one(storage: MemoryStorage) -> None:
    with storage() as work:
        apply_proposal(work, "course", proposal(0.4), by="ida", now=NOW)
        assert model_in_use(work, "course", "elo") == Fitted("elo")


def test_a_model_that_the_course_does_not_name_is_refused(storage: MemoryStorage) -> None:
    other = replace(proposal(0.4), fitted=Fitted("bkt"))
    with storage() as work, pytest.raises(Conflict, match=r"goes by counts.*name it in course.yaml"):
        apply_proposal(work, "course", other, by="ida", now=NOW)
