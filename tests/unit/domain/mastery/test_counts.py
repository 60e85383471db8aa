"""The default model: what each part of its sum does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbook.domain.mastery.counts import CountsModel
from trailbook.domain.mastery.protocol import Answer, Question, replay
from trailbook.domain.mastery.weights import SHIPPED, Weights

DAY = 86_400.0


def answered(
    model: CountsModel, share: float, *, item: str = "one", learner: str = "ann", **more: object
) -> CountsModel:
    """Let a learner answer once."""
    model.update(Answer(learner, item, ("filter",), share=share, **more))  # type: ignore[arg-type]
    return model


def asked(model: CountsModel, *, item: str = "new", learner: str = "ann", at: float | None = None) -> float:
    """Return what the model predicts of a learner's next answer."""
    return model.predict(Question(learner, item, ("filter",), at))


def test_knowing_nothing_it_says_a_half() -> None:
    assert asked(CountsModel()) == 0.5


def test_other_learners_teach_how_hard_an_exercise_is() -> None:
    model = CountsModel()
    replay(
        model,
        [
            Answer(f"l{n}", item, ("filter",), None, share)
            for n in range(20)
            for item, share in (("easy", 1), ("hard", 0))
        ],
    )
    assert asked(model, item="hard", learner="new") < 0.25
    assert asked(model, item="easy", learner="new") > 0.75


def test_what_is_less_known_is_nearer_a_half() -> None:
    sure, unsure = CountsModel(), CountsModel()
    replay(sure, [Answer(f"l{n}", "one", ("filter",), None, 1.0) for n in range(50)])
    replay(unsure, [Answer("l0", "one", ("filter",), None, 1.0)])
    assert 0.5 < asked(unsure, learner="new") < asked(sure, learner="new", item="one")


def test_a_right_answer_after_hints_says_less_and_a_wrong_one_the_same() -> None:
    alone, hinted = answered(CountsModel(), 1.0), answered(CountsModel(), 1.0, hints=3)
    assert asked(CountsModel()) < asked(hinted) < asked(alone)
    assert asked(answered(CountsModel(), 0.0, hints=3)) == asked(answered(CountsModel(), 0.0))


def test_part_of_the_points_is_between_all_and_none() -> None:
    none, half, all_ = (asked(answered(CountsModel(), share)) for share in (0.0, 0.5, 1.0))
    assert none < half < all_


def test_time_without_practice_lowers_a_skill_and_an_answer_brings_it_back() -> None:
    model = CountsModel()
    replay(model, [Answer("ann", f"i{n}", ("filter",), n * 60.0, 1.0) for n in range(8)])
    at_once, in_a_month = asked(model, at=480.0), asked(model, at=480.0 + 30 * DAY)
    assert in_a_month < at_once - 0.02
    model.update(Answer("ann", "again", ("filter",), 480.0 + 30 * DAY, 1.0))
    assert asked(model, at=540.0 + 30 * DAY) > in_a_month


def test_time_that_goes_backwards_counts_as_none() -> None:
    model = answered(CountsModel(), 1.0, at=10 * DAY)
    assert asked(model, at=0.0) == asked(model, at=10 * DAY)


def test_changed_tests_make_an_exercise_less_known() -> None:
    model = CountsModel()
    for number in range(60):
        answered(model, 1.0, item="one", learner=f"l{number}", tests="old")
    before = model.items["one"].variance
    answered(model, 1.0, item="one", learner="last", tests="new")
    assert model.items["one"].variance > 1.5 * before


def test_several_skills_count_by_their_mean() -> None:
    model = CountsModel()
    replay(
        model,
        [
            Answer(f"l{n}", f"{skill}{n}", (skill,), None, share)
            for n in range(40)
            for skill, share in (("a", 1), ("b", 0))
        ],
    )
    a, b = (model.predict(Question("new", "x", (skill,))) for skill in "ab")
    assert b < model.predict(Question("new", "x", ("a", "b"))) < a


def test_shared_weights_follow_the_course() -> None:
    model = CountsModel(Weights(rate=0.05))
    for learner in range(30):  # here practice undoes: each learner's first answers are right, later ones wrong
        for number in range(10):
            model.update(Answer(f"l{learner}", f"i{number}", ("filter",), None, float(number < 3)))
    assert model.shared[0] < SHIPPED.practice_right


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.floats(0, 1)), max_size=200))
def test_variances_stay_positive_whatever_comes(log: list[tuple[str, str, float]]) -> None:
    model = CountsModel()
    replay(model, [Answer(learner, item, ("filter",), None, share) for learner, item, share in log])
    effects = [model.base, *model.items.values(), *model.skills.values(), *model.learners.values()]
    assert all(effect.variance > 0 for effect in effects)
    assert 0.5 <= model.scale <= 2.0


def test_extreme_logs_stay_inside_the_open_interval() -> None:
    model = CountsModel()
    replay(model, [Answer("ann", "one", ("filter",), None, 1.0)] * 3_000)
    assert 0.95 < asked(model, item="one") < 1.0
    assert asked(model) == pytest.approx(asked(model), abs=0)
