"""What is proposed next to a learner, among what, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from support.courses import course, key, lesson, reached

from trailbook.domain.course import Course, Lesson
from trailbook.domain.mastery.protocol import SkillEvidence
from trailbook.domain.progress import ExerciseProgress, ExerciseState, LessonProgress
from trailbook.domain.recommending import Alternative, Format, Recommendation, Situation, StepKind, Wishes, recommend
from trailbook.domain.reviewing.values import DueReview
from trailbook.domain.unlocking import decide


def teaching(name: str, *, requires: Sequence[str] = ()) -> Lesson:
    """A lesson that teaches a skill of its own."""
    return replace(lesson(name, requires=requires), teaches=(f"{name}-skill",))


DIAMOND = course(
    teaching("one"),
    teaching("left", requires=["one"]),
    teaching("right", requires=["one"]),
    teaching("last", requires=["left", "right"]),
)


def known(name: str, probability: float, *, right: float = 1.0, wrong: float = 1.0) -> SkillEvidence:
    return SkillEvidence(f"{name}-skill", probability, right, wrong, None)


def situation(*progress: LessonProgress, of: Course = DIAMOND, skills: Mapping[str, float] | None = None) -> Situation:
    """A learner of the course with these scores, and what is expected on the skill of each lesson."""
    evidence = [known(name, share) for name, share in (skills or {}).items()]
    statuses = decide(of, {each.lesson: each for each in progress})
    return Situation(statuses, {each.skill: each for each in evidence}, titles={"one-skill": "filtering"})


def chosen(of: Situation, wishes: Wishes | None = None, *, seed: str = "") -> Alternative:
    found = recommend(of, wishes, seed=seed).chosen
    assert found is not None
    return found


def names(found: Recommendation) -> dict[str, float]:
    """Probability of each alternative by the lesson's name, or the kind where there is none."""
    return {each.lesson.key.name if each.lesson else each.kind.value: each.probability for each in found.alternatives}


def due(name: str, recall: float) -> DueReview:
    return DueReview(f"{name}-skill", name.title(), recall, 0.0, 1.0, f"You held {name}.")


def test_first_open_lesson_of_a_course_without_requirements_is_the_authors_first() -> None:
    found = chosen(situation(of=course(teaching("one"), teaching("two"))))
    assert (found.name, found.because, found.minutes) == (f"lesson:{key('one')}", "Open from the start.", 10)


def test_lesson_in_the_zone_comes_before_one_that_is_too_hard() -> None:
    found = chosen(situation(reached("one", 10), skills={"left": 0.3, "right": 0.7}))
    assert found.name == f"lesson:{key('right')}"
    assert found.because == (
        "Open because you reached 100 % in One. It should suit you now: we expect about 7 in 10 right."
    )


def test_lesson_in_the_zone_comes_before_one_that_is_too_easy() -> None:
    assert chosen(situation(reached("one", 10), skills={"left": 0.99, "right": 0.7})).name == f"lesson:{key('right')}"


def test_zone_can_be_moved() -> None:
    at = situation(reached("one", 10), skills={"left": 0.4, "right": 0.7})
    assert chosen(at, Wishes(zone=(0.3, 0.5))).name == f"lesson:{key('left')}"


def test_equal_lessons_are_drawn_with_equal_probabilities_and_the_seed() -> None:
    at = situation(reached("one", 10), skills={"left": 0.65, "right": 0.8})
    assert names(recommend(at, seed="a")) == {"left": 0.5, "right": 0.5}
    drawn = [chosen(at, seed=str(number)).name for number in range(400)]
    assert 160 < drawn.count(f"lesson:{key('left')}") < 240
    assert drawn == [chosen(at, seed=str(number)).name for number in range(400)]


def test_format_is_a_tie_breaker_that_leaves_the_other_possible() -> None:
    at = replace(
        situation(reached("one", 10), skills={"left": 0.7, "right": 0.7}),
        formats={key("left"): [Format.READ], key("right"): [Format.WATCH, Format.PRACTISE]},
    )
    assert names(recommend(at, Wishes(format=Format.WATCH), seed="")) == {"left": 0.25, "right": 0.75}
    better = replace(at, skills={**at.skills, "right-skill": known("right", 0.3)})
    assert names(recommend(better, Wishes(format=Format.WATCH), seed="")) == {"left": 1.0, "right": 0.0}


def test_lesson_under_way_is_gone_on_with() -> None:
    found = chosen(situation(reached("one", 10), reached("right", 3), skills={"left": 0.7, "right": 0.7}))
    assert (found.name, found.minutes) == (f"lesson:{key('right')}", 7)
    assert found.because == "You are in the middle of it. You have 3 of 10 points."


def test_lesson_on_the_way_to_the_goal_comes_before_one_under_way() -> None:
    at = situation(
        reached("aside", 3), of=course(teaching("aside"), teaching("one"), teaching("two", requires=["one"]))
    )
    assert chosen(at).name == f"lesson:{key('aside')}"
    assert chosen(at, Wishes(goal=key("two"))).name == f"lesson:{key('one')}"


def test_goal_that_is_not_released_or_reached_changes_nothing() -> None:
    of = course(teaching("aside"), teaching("one"), teaching("two", requires=["one"]))
    unreleased = Situation(decide(of, {}, released=[key("aside"), key("two")]))
    assert recommend(unreleased, Wishes(goal=key("two")), seed="") == recommend(unreleased, seed="")
    done = situation(reached("two", 10), of=of)
    assert recommend(done, Wishes(goal=key("two")), seed="") == recommend(done, seed="")


def test_gap_is_repaired_by_the_lesson_that_taught_it() -> None:
    found = chosen(situation(reached("one", 10), reached("left", 1), skills={"one": 0.5, "left": 0.3, "right": 0.3}))
    assert (found.kind, found.name, found.skills) == (StepKind.REPAIR, f"repair:{key('one')}", ("one-skill",))
    assert found.because == (
        "Left builds on filtering, where we expect about 5 in 10 right now. This lesson teaches it."
    )


def test_gap_needs_answers() -> None:
    at = situation(reached("one", 10), skills={"left": 0.3, "right": 0.3})
    untried = replace(at, skills={**at.skills, "one-skill": known("one", 0.4, right=0.0, wrong=0.0)})
    assert chosen(untried).kind is StepKind.LESSON


def test_repair_just_done_is_not_proposed_again() -> None:
    at = situation(reached("one", 10), reached("left", 1), skills={"one": 0.5, "left": 0.3, "right": 0.3})
    assert chosen(replace(at, recent=(key("one"),))).kind is StepKind.LESSON


def test_lesson_called_too_hard_is_repaired_however_it_is_expected_to_go() -> None:
    at = situation(reached("one", 10), reached("left", 1), skills={"one": 0.9, "left": 0.8, "right": 0.7})
    found = chosen(replace(at, too_hard={key("left")}, recent=(key("one"),)))
    assert found.name == f"repair:{key('one')}"
    assert found.because == "You said that Left is too hard. It builds on filtering, which this lesson teaches."


def test_review_comes_before_a_new_lesson_and_after_one_under_way() -> None:
    new = replace(situation(reached("one", 10), skills={"left": 0.7, "right": 0.7}), reviews=[due("one", 0.88)])
    assert chosen(new).kind is StepKind.REVIEW
    started = situation(reached("one", 10), reached("left", 3), skills={"left": 0.7, "right": 0.7})
    assert chosen(replace(started, reviews=[due("one", 0.88)])).kind is StepKind.LESSON
    assert chosen(replace(started, reviews=[due("one", 0.7)])).kind is StepKind.REVIEW


def test_review_names_what_faded_most() -> None:
    done = situation(*(reached(name, 10) for name in ("one", "left", "right", "last")))
    one = chosen(replace(done, reviews=[due("one", 0.8)]), Wishes(review_minutes=4.5))
    assert (one.because, one.minutes, one.skills) == ("You held one. At most 5 min.", 5, ("one-skill",))
    three = chosen(replace(done, reviews=[due("one", 0.8), due("left", 0.6), due("right", 0.7)]))
    assert three.because == "It is time to refresh Left and Right and others, before they fade. At most 10 min."


def test_variety_breaks_a_tie() -> None:
    at = situation(reached("one", 10), skills={"left": 0.7, "right": 0.7})
    assert names(recommend(replace(at, recent=(key("left"),)), seed="")) == {"right": 1.0, "left": 0.0}


def test_lesson_that_waits_for_a_grader_comes_last() -> None:
    written = {"w": ExerciseProgress("w", ExerciseState.NEEDS_REVIEW, max_score=10.0)}
    of = course(teaching("one"), teaching("two"))
    at = situation(replace(reached("one", 0), exercises=written), of=of)
    assert chosen(at).name == f"lesson:{key('two')}"
    alone = situation(replace(reached("one", 0), exercises=written), reached("two", 10), of=of)
    assert chosen(alone).because == "Your answer waits for a grader; there is nothing else to do now."


def test_locked_lesson_asks_for_practice_where_nothing_else_is_left() -> None:
    of = course(teaching("one"), teaching("two", requires=["one"]))
    at = situation(reached("one", 10), of=of)
    locked = decide(of, {})[key("two")]
    found = chosen(replace(at, statuses={**at.statuses, key("two"): locked}))
    assert found.name == f"repair:{key('one')}"
    assert found.because == ("A little more practice here opens Two. Opens when you reach 80 % in One (you have 0 %).")


def test_finished_course_has_no_next_step() -> None:
    done = situation(*(reached(name, 10) for name in ("one", "left", "right", "last")))
    assert recommend(done, seed="s") == Recommendation(None, (), "s")


def test_record_says_everything_as_plain_values() -> None:
    record = recommend(situation(of=course(teaching("one")), skills={"one": 0.5}), seed="s").as_record()
    assert record == {
        "chosen": f"lesson:{key('one')}",
        "seed": "s",
        "alternatives": [
            {
                "name": f"lesson:{key('one')}",
                "kind": "lesson",
                "lesson": str(key("one")),
                "skills": ["one-skill"],
                "expected": 0.5,
                "score": 0.42,
                "parts": {"zone": 0.32, "variety": 0.1, "under_way": 0.0, "place": 0.0},
                "probability": 1.0,
                "because": "Open from the start. It is a stretch: we expect about 5 in 10 right at first, and that is "
                "fine.",
            }
        ],
    }
