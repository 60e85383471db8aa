"""Fitted parameters: each model takes its own, and none of them makes a prediction that is no probability."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trailbook.domain.mastery.bkt import BktModel, Parameters
from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.fitted import Fitted
from trailbook.domain.mastery.models import MODELS
from trailbook.domain.mastery.protocol import Answer, Question, replay
from trailbook.domain.mastery.traced import Trace, TracedCounts
from trailbook.domain.mastery.weights import SHIPPED, Weights

weights = st.floats(-50, 50)
any_weights = st.builds(
    Weights,
    practice_right=weights,
    practice_wrong=weights,
    repeat_right=weights,
    repeat_wrong=weights,
    form=weights,
    lapse=weights,
)
shares = st.floats(0, 1) | st.sampled_from([0.0, 1.0])
logs = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), shares), max_size=60)


def answers(log: list[tuple[str, str, float]]) -> list[Answer]:
    """Return answers on one skill, a day apart."""
    return [Answer(who, item, ("s",), 86_400.0 * n, share) for n, (who, item, share) in enumerate(log)]


@pytest.mark.parametrize("name", MODELS)
def test_without_parameters_it_is_the_model_as_it_ships(name: str) -> None:
    fresh, shipped = Fitted(name).fresh(), MODELS[name]()
    log = answers([("a", "x", 1.0), ("a", "y", 0.0), ("b", "x", 0.5)])
    assert type(fresh) is type(shipped)
    assert [fresh.update(answer) for answer in log] == [shipped.update(answer) for answer in log]


def test_each_model_takes_its_own_parameters() -> None:
    fitted = replace(SHIPPED, practice_right=0.9)
    counts, bkt = Fitted("counts", fitted).fresh(), Fitted("bkt", skills={"s": Parameters(initial=0.9)}).fresh()
    assert isinstance(counts, CountsModel)
    assert counts.shared == fitted.shared()
    assert isinstance(bkt, BktModel)
    assert bkt.predict(Question("new", "x", ("s",))) > bkt.predict(Question("new", "x", ("other",)))


@given(found=any_weights, log=logs)
@settings(deadline=None)
def test_whatever_weights_a_prediction_is_a_probability(found: Weights, log: list[tuple[str, str, float]]) -> None:
    model = Fitted("counts", found).fresh()
    predicted = [model.update(answer) for answer in answers(log)]
    assert all(0.0 < each < 1.0 for each in predicted)
    assert 0.0 < model.predict(Question("a", "x", ("s",), 1e12)) < 1.0


@given(chances=st.tuples(*[st.floats(allow_nan=True)] * 4), log=logs)
@example(chances=(0.0, 0.0, 0.0, float("nan")), log=[("a", "x", 0.0)])
@settings(deadline=None)
def test_whatever_parameters_tracing_stays_inside_its_bounds(
    chances: tuple[float, float, float, float], log: list[tuple[str, str, float]]
) -> None:
    model = Fitted("bkt", skills={"s": Parameters(*chances)}).fresh()
    assert all(0.0 < model.update(answer) < 1.0 for answer in answers(log))


@given(log=logs)
@settings(deadline=None)
def test_a_traced_model_learns_as_the_model_itself(log: list[tuple[str, str, float]]) -> None:
    plain, traced = CountsModel(), TracedCounts(SHIPPED)
    replay(plain, answers(log))
    replay(traced, answers(log))
    question = Question("a", "x", ("s",))
    assert traced.predict(question) == plain.predict(question)


def test_a_trace_says_what_the_prediction_was_made_of() -> None:
    model = TracedCounts(SHIPPED)
    assert model.last is None
    model.update(Answer("a", "x", ("s",), None, 0.25))
    assert model.last == Trace(0.0, (0.0,) * 6, 0.25)
    model.update(Answer("a", "x", ("s",), None, 1.0))
    assert model.last.log_odds != 0
    assert all(count > 0 for count in model.last.counts[:4])
