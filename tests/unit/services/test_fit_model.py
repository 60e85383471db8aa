"""Fitting a learner model: what it finds, when it is refused, and what the comparison goes by."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.learning import answers_of, log_of_learners

from trailbook.adapters.fitting import NumpyFitter
from trailbook.domain.errors import Invalid
from trailbook.domain.evaluation.paired import Gain
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.mastery.weights import SHIPPED
from trailbook.services import fit_model
from trailbook.services.fit_model import Comparison, Extent, Figures, measure_extent, propose, refuse_too_little

AS_IT_SHIPS = Fitted("counts")
FITTER = NumpyFitter()


def test_weights_follow_what_practice_does_in_the_course() -> None:
    """Where practice teaches much, the weight of right answers rises; where it teaches nothing, it falls."""
    much = FITTER.fit("counts", lambda: log_of_learners(25, 60, practice=1.5)).weights
    nothing = FITTER.fit("counts", lambda: log_of_learners(25, 60, practice=0.0)).weights
    assert much is not None
    assert nothing is not None
    assert much.practice_right > SHIPPED.practice_right + 0.1 > nothing.practice_right + 0.3
    assert replace(much, **dict(zip(shared_names(), SHIPPED.shared(), strict=True))) == SHIPPED


def test_a_small_log_hardly_moves_the_weights() -> None:
    found = FITTER.fit("counts", lambda: log_of_learners(2, 10)).weights
    assert found is not None
    assert found.shared() == pytest.approx(SHIPPED.shared(), abs=0.1)


def test_no_answers_leave_the_weights_as_they_ship() -> None:
    assert FITTER.fit("counts", list) == Fitted("counts", SHIPPED)
    assert FITTER.fit("bkt", list) == Fitted("bkt")
    assert FITTER.fit("elo", list) == Fitted("elo")


def test_parts_hold_each_learner_once_and_about_as_many_answers() -> None:
    counts = {f"l{n}": 1 + n for n in range(30)}
    parts = FITTER.folds(counts, count=5)
    assert sorted(name for part in parts for name in part) == sorted(counts)
    sizes = [sum(counts[name] for name in part) for part in parts]
    assert max(sizes) - min(sizes) <= 5
    assert FITTER.folds(dict(reversed(counts.items())), count=5) == parts


def test_a_course_unlike_others_gets_a_model_that_is_better_for_it() -> None:
    log = log_of_learners(24, 60, practice=1.5)
    proposal = propose(FITTER, answers_of(log), running=AS_IT_SHIPS, model="counts")
    assert proposal.extent == Extent({f"learner-{n}": 60 for n in range(24)}, sum(each.share for each in log))
    found = proposal.comparison
    assert found.learners == 24
    assert found.gain.low > 0
    assert found.is_better
    assert (found.running.log_loss or 0) - (found.fitted.log_loss or 0) == pytest.approx(found.gain.mean)
    assert proposal.fitted == FITTER.fit("counts", lambda: log)


def test_the_same_model_again_is_no_better() -> None:
    log = answers_of(log_of_learners(24, 60, practice=1.5))
    once = propose(FITTER, log, running=AS_IT_SHIPS, model="counts")
    again = propose(FITTER, log, running=once.fitted, model="counts")
    assert again.fitted == once.fitted
    assert not again.comparison.is_better


def test_a_model_that_predicts_worse_is_not_better() -> None:
    found = propose(FITTER, answers_of(log_of_learners(24, 60)), running=AS_IT_SHIPS, model="bkt")
    assert found.comparison.gain.high < 0
    assert not found.comparison.is_better


def test_a_model_that_ranks_worse_is_not_better() -> None:
    one, other = Figures(0.8, 0.5, 0.01), Figures(0.79, 0.4, 0.01)
    assert not Comparison(one, other, Gain(0.1, 0.05, 0.15), 20).is_better
    assert Comparison(other, one, Gain(0.1, 0.05, 0.15), 20).is_better


def test_a_gain_too_small_to_matter_is_none() -> None:
    same = Figures(0.8, 0.5, 0.01)
    assert not Comparison(same, same, Gain(0.00009, 0.00008, 0.0001), 20).is_better
    assert Comparison(same, same, Gain(0.0002, 0.00001, 0.0003), 20).is_better


def test_a_long_log_is_compared_on_a_fifth_of_its_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_model, "LONG", 100)
    read: list[int] = []
    log = log_of_learners(20, 60)
    found = propose(FITTER, answers_of(log), running=AS_IT_SHIPS, model="counts", report=read.append)
    assert found.comparison.learners == 4
    assert read == []  # reports come in steps of 100,000


@pytest.mark.parametrize(
    ("learners", "answers", "says"),
    [
        (0, 0, "0 of 20 learners, 0 of 1,000 answers, 0 of 100 points won, 0 of 100 points lost"),
        (19, 100, "19 of 20 learners. "),
        (20, 49, "980 of 1,000 answers. "),
    ],
)
def test_too_little_is_refused_and_says_how_much_it_takes(learners: int, answers: int, says: str) -> None:
    log = answers_of(log_of_learners(learners, answers))
    with pytest.raises(Invalid, match="too little") as refusal:
        propose(FITTER, log, running=AS_IT_SHIPS, model="counts")
    assert says in refusal.value.message
    assert (refusal.value.code, refusal.value.details["least_learners"]) == ("too_little_data", 20)


@pytest.mark.parametrize(("share", "says"), [(1.0, "0 of 100 points lost"), (0.0, "0 of 100 points won")])
def test_one_class_only_is_refused(share: float, says: str) -> None:
    log = [Answer(f"l{n}", "i", ("s",), None, share) for n in range(40) for _ in range(50)]
    with pytest.raises(Invalid, match=says):
        refuse_too_little(measure_extent(answers_of(log)))


def test_enough_is_not_refused() -> None:
    refuse_too_little(Extent({f"l{n}": 50 for n in range(20)}, 100.0))


@pytest.mark.parametrize(("model", "says"), [("streak", "no parameters to fit"), ("magic", "is no model")])
def test_a_model_without_parameters_is_refused(model: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        propose(FITTER, answers_of([]), running=AS_IT_SHIPS, model=model)


def shared_names() -> tuple[str, ...]:
    """Return the fields of `Weights` that are fitted."""
    return ("practice_right", "practice_wrong", "repeat_right", "repeat_wrong", "form", "lapse")
