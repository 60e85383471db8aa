"""What every learner model owes: probabilities, evidence, and the same answer to the same log."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbook.domain.mastery.models import DEFAULT, MODELS, learn
from trailbook.domain.mastery.protocol import Answer, LearnerModel, Question, SkillEvidence, replay

names = st.sampled_from("abc")
skills = st.lists(st.sampled_from(["filter", "group", "plot"]), max_size=3, unique=True).map(tuple)
times = st.none() | st.floats(0, 1e10)
answers = st.builds(
    Answer,
    learner=names,
    item=st.sampled_from("1234"),
    skills=skills,
    at=times,
    share=st.floats(0, 1) | st.sampled_from([0.0, 1.0]),
    hints=st.integers(0, 5),
    tests=st.none() | st.sampled_from(["old", "new"]),
)
logs = st.lists(answers, max_size=40)
every_model = pytest.mark.parametrize("name", MODELS)


def fresh(name: str) -> LearnerModel:
    """Return a model that knows nothing."""
    return MODELS[name]()


def run_of(*shares: float, learner: str = "ann", skill: str = "filter") -> list[Answer]:
    """Return one learner's answers to different exercises of one skill, a day apart."""
    return [
        Answer(learner, f"item-{number}", (skill,), number * 86_400.0, share) for number, share in enumerate(shares)
    ]


def test_the_default_is_the_first_of_the_models() -> None:
    assert next(iter(MODELS)) == DEFAULT == "counts"
    assert all(make().name == name for name, make in MODELS.items())


@every_model
@given(log=logs, question=answers)
@settings(deadline=None)
def test_a_prediction_is_a_probability_and_changes_nothing(name: str, log: list[Answer], question: Answer) -> None:
    model = fresh(name)
    replay(model, log)
    first = model.predict(question)
    assert 0.0 < first < 1.0
    assert model.predict(question) == first


@every_model
@given(log=logs)
@settings(deadline=None)
def test_a_replay_is_what_was_seen_live(name: str, log: list[Answer]) -> None:
    live, again = fresh(name), fresh(name)
    predicted = []
    for answer in log:
        asked = Question(answer.learner, answer.item, answer.skills, answer.at)
        before = live.predict(asked)
        predicted.append(live.update(answer))
        if answer.tests is None:  # changed tests are learned of with the answer
            assert predicted[-1] == pytest.approx(before, abs=1e-12)
    assert [again.update(answer) for answer in log] == predicted


@every_model
def test_right_answers_raise_what_is_predicted_and_wrong_ones_lower_it(name: str) -> None:
    well, badly = fresh(name), fresh(name)
    replay(well, run_of(1, 1, 1, 1, 1, learner="other") + run_of(1, 1, 1, 1))
    replay(badly, run_of(1, 1, 1, 1, 1, learner="other") + run_of(0, 0, 0, 0))
    question = Question("ann", "new", ("filter",))
    assert well.predict(question) > badly.predict(question) + 0.1


@every_model
def test_evidence_says_what_was_won_and_when(name: str) -> None:
    model = fresh(name)
    replay(model, run_of(1, 0, 0.5))
    found = model.explain("ann", "filter")
    assert (found.right, found.wrong, found.answers, found.last_at) == (1.5, 1.5, 3.0, 2 * 86_400.0)
    assert 0.0 < found.probability < 1.0
    nothing = model.explain("bob", "filter")
    assert nothing == SkillEvidence("filter", nothing.probability, 0.0, 0.0, None)


@every_model
def test_an_exercise_without_skills_is_one_of_its_own(name: str) -> None:
    model = fresh(name)
    replay(model, [Answer("ann", "lonely", (), None, 1.0)])
    assert model.explain("ann", "lonely").right == 1.0


@every_model
def test_learning_a_log_gives_a_model_that_predicts_better_than_a_constant(name: str) -> None:
    easy = [Answer(f"l{n}", "easy", ("filter",), None, 1.0) for n in range(10) for _ in range(4)]
    hard = [Answer(f"l{n}", "hard", ("plot",), None, 0.0) for n in range(10) for _ in range(4)]
    model = learn(name, lambda: easy + hard)
    # a run is all that `streak` knows: after one own answer each, every model tells the two apart
    model.update(Answer("new", "easy", ("filter",), None, 1.0))
    model.update(Answer("new", "hard", ("plot",), None, 0.0))
    assert model.predict(Question("new", "easy", ("filter",))) > model.predict(Question("new", "hard", ("plot",)))


@every_model
@given(
    counts=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    share=st.sampled_from([0.0, 1e-320, 0.5, 1.0]),
    at=st.none() | st.sampled_from([-1e300, 0.0, 1e300]),
)
@settings(deadline=None, max_examples=25)
def test_no_count_divides_by_zero(name: str, counts: tuple[int, int], share: float, at: float | None) -> None:
    """However often anything was right or wrong, whatever the time and the share: a probability, and evidence."""
    model = fresh(name)
    right, wrong = Answer("ann", "1", ("a",), at, 1.0), Answer("ann", "1", ("a",), None, 0.0)
    replay(model, [right] * counts[0] + [wrong] * counts[1] + [Answer("ann", "2", ("a",), at, share, hints=10**9)])
    for item in ("1", "2", "new"):
        assert 0.0 < model.predict(Question("ann", item, ("a", "b"), at)) < 1.0
    found = model.explain("ann", "a", at=at)
    assert 0.0 < found.probability < 1.0
    assert found.wrong >= counts[1]
    assert found.right <= counts[0] + share


@every_model
@given(log=logs, cut=st.integers(0, 40))
@settings(deadline=None)
def test_a_replay_and_what_came_after_it_are_the_log_as_a_whole(name: str, log: list[Answer], cut: int) -> None:
    """A model that was replayed up to any point and then fed live is the one that saw it all."""
    half, whole = fresh(name), fresh(name)
    replay(half, log[:cut])
    after = [half.update(answer) for answer in log[cut:]]
    assert [whole.update(answer) for answer in log][cut:] == after
    assert [half.explain(who, skill) for who in "abc" for skill in ("filter", "plot")] == [
        whole.explain(who, skill) for who in "abc" for skill in ("filter", "plot")
    ]
