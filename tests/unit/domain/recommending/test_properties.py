"""What holds of recommending in every state a learner can come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.courses import course, key, lesson, reached

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.mastery.knowledge import Knowledge
from trailbook.domain.mastery.protocol import SkillEvidence
from trailbook.domain.path import LessonStatus, Status
from trailbook.domain.recommending import Format, Recommendation, Situation, Wishes, is_finished, recommend
from trailbook.domain.reviewing.values import DueReview
from trailbook.domain.skill_gate import SkillsHeld
from trailbook.domain.unlocking import decide

SHARES = st.floats(0, 1)
SKILLS = st.sampled_from("abc")


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Courses of one to seven lessons that require earlier ones, each teaching one of a few skills."""
    lessons = []
    for number in range(draw(st.integers(1, 7))):
        requires = [str(earlier) for earlier in range(number) if draw(st.booleans())]
        lessons.append(replace(lesson(str(number), requires=requires), teaches=(draw(st.sampled_from("abc")),)))
    return course(*lessons)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Everything a learner can be in, reached through open lessons only."""
    of = draw(courses())
    scores: dict[str, int] = {}
    for _ in range(draw(st.integers(0, 12))):
        able = [each.name for each, status in statuses_of(of, scores).items() if status.is_open]
        scores[draw(st.sampled_from(able))] = draw(st.integers(0, 10))
    keys = [each.key for each in of.lessons()]
    skills = draw(st.dictionaries(st.sampled_from("abc"), st.tuples(SHARES, st.integers(0, 3))))
    due = draw(st.dictionaries(st.sampled_from("abc"), SHARES))
    return Situation(
        statuses_of(of, scores),
        {name: SkillEvidence(name, share, answers, 0, None) for name, (share, answers) in skills.items()},
        draw(st.dictionaries(st.sampled_from(keys), SHARES)),
        [DueReview(name, name, recall, 0, 1, f"{name} is due.") for name, recall in due.items()],
        tuple(draw(st.lists(st.sampled_from(keys), max_size=4))),
        draw(st.frozensets(st.sampled_from(keys))),
        {each: [Format.READ] for each in keys[::2]},
    )


def statuses_of(of: Course, scores: Mapping[str, int]) -> dict[LessonKey, LessonStatus]:
    progress = {key(name): reached(name, score) for name, score in scores.items()}
    return decide(of, progress)


def wishes(of: Situation) -> st.SearchStrategy[Wishes]:
    return st.builds(
        Wishes,
        zone=st.tuples(st.floats(0.1, 0.5), st.floats(0.5, 0.9)),
        goal=st.none() | st.sampled_from(list(of.statuses)),
        format=st.none() | st.sampled_from(Format),
    )


def same_otherwise_ordered(of: Situation, data: st.DataObject) -> Situation:
    """Return the situation with everything in another order that has no order."""

    def shuffled(values: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(data.draw(st.permutations(list(values.items()))))

    return replace(
        of,
        skills=shuffled(of.skills),
        predicted=shuffled(of.predicted),
        reviews=data.draw(st.permutations(list(of.reviews))),
        too_hard=data.draw(st.permutations(sorted(of.too_hard))),
        formats=shuffled(of.formats),
    )


@given(situations(), st.data(), st.text(max_size=3))
@settings(max_examples=60)
def test_order_of_equal_inputs_decides_nothing(of: Situation, data: st.DataObject, seed: str) -> None:
    wished = data.draw(wishes(of))
    assert recommend(of, wished, seed=seed) == recommend(same_otherwise_ordered(of, data), wished, seed=seed)


@given(situations(), st.data(), st.text(max_size=3))
@settings(max_examples=60)
def test_every_reachable_state_has_a_next_step_or_is_finished(of: Situation, data: st.DataObject, seed: str) -> None:
    found = recommend(of, data.draw(wishes(of)), seed=seed)
    assert (found.chosen is None) == (is_finished(of.statuses) and not of.reviews)
    if found.chosen is not None:
        assert found.chosen.because
        assert found.chosen.lesson is None or of.statuses[found.chosen.lesson.key].is_open


@given(courses(), st.data())
@settings(max_examples=60)
def test_every_state_of_a_path_by_skills_has_a_next_step_or_is_finished(of: Course, data: st.DataObject) -> None:
    """Whatever is believed of a learner who goes through open lessons only, nobody is ever stuck."""
    scores: dict[str, int] = {}
    believed = {name: SkillEvidence(name, data.draw(SHARES), 2, 1, None) for name in data.draw(st.sets(SKILLS))}
    knowledge = Knowledge(skills=believed, exercises=dict.fromkeys(believed, 3), answers=3)
    held = SkillsHeld(of, knowledge, 0.7)
    for _ in range(data.draw(st.integers(0, 12))):
        statuses = decide(
            of, {key(name): reached(name, score) for name, score in scores.items()}, policy=held, judge=held
        )
        able = [each.name for each, status in statuses.items() if status.is_open]
        scores[data.draw(st.sampled_from(able))] = data.draw(st.integers(0, 10))
    statuses = decide(of, {key(name): reached(name, score) for name, score in scores.items()}, policy=held, judge=held)
    found = recommend(Situation(statuses, believed), seed="").chosen
    assert (found is None) == is_finished(statuses)
    assert found is None or (found.lesson is not None and statuses[found.lesson.key].is_open)


@given(situations(), st.data(), st.text(max_size=3))
@settings(max_examples=60)
def test_one_of_the_best_is_chosen_with_the_probability_that_is_logged(
    of: Situation, data: st.DataObject, seed: str
) -> None:
    found = recommend(of, data.draw(wishes(of)), seed=seed)
    if not found.alternatives:
        return
    assert abs(sum(each.probability for each in found.alternatives) - 1.0) < 1e-9
    best = found.alternatives[0].score
    assert all((each.score == best) == (each.probability > 0) for each in found.alternatives)
    assert found.chosen in found.alternatives
    assert found.chosen is not None
    assert found.chosen.probability > 0


@given(situations(), st.text(max_size=3))
@settings(max_examples=60)
def test_format_never_changes_what_there_is_to_choose_from(of: Situation, seed: str) -> None:
    def without_probabilities(found: Recommendation) -> list[object]:
        return [replace(each, probability=0.0) for each in found.alternatives]

    plain = recommend(of, seed=seed)
    assert without_probabilities(plain) == without_probabilities(recommend(of, Wishes(format=Format.READ), seed=seed))


@given(situations())
@settings(max_examples=60)
def test_every_open_lesson_is_an_alternative_once(of: Situation) -> None:
    lessons = [each.lesson.key for each in recommend(of, seed="").alternatives if each.lesson]
    assert len(lessons) == len(set(lessons))
    able = {each for each, status in of.statuses.items() if status.status in (Status.OPEN, Status.IN_PROGRESS)}
    assert able <= set(lessons)
