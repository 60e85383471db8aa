"""Answers are kept once, checked, and sent to be graded; whatever else is sent is refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.contexts import SIGNER, World, grader, learner
from support.courses import MODULE, NOW, TRAP, key, version
from support.doing import grade, hand_over, submit
from support.notebooks import answer, check, notebook, written

from trailbook.domain.errors import Conflict, CourseError, Invalid, LessonLocked, NotAllowed, NotFound, TooLarge
from trailbook.domain.path import Status
from trailbook.domain.receipts import Receipt, content_sha256
from trailbook.services.ports import Attempt, Event, JobKind, JobStatus
from trailbook.services.views import AttemptView


def stored(world: World, attempt_id: str) -> Attempt:
    with world.storage(read_only=True) as work:
        attempt = work.attempts.find(attempt_id)
    assert attempt is not None
    return attempt


def refused(act: Callable[[], object]) -> CourseError:
    with pytest.raises(CourseError) as refusal:
        act()
    return refusal.value


def test_answer_is_kept_and_sent_to_be_graded(world: World) -> None:
    answers = {"a": "a = 1", "b": "", "w": "Text"}
    view = submit(world, answers=answers)
    assert view == AttemptView(
        id="id-1",
        kind="attempt",
        course="course",
        lesson=f"{MODULE}/one",
        exercise="a",
        status="queued",
        verdict=None,
        reason="",
        score=0,
        max_score=4.0,
        tests=[],
        repaired=(),
        message="",
        created_at=NOW,
        graded_at=None,
        receipt=Receipt(
            id="id-1",
            kind="attempt",
            course="course",
            lesson=f"{MODULE}/one",
            version=1,
            exercise="a",
            learner=TRAP,
            cells=("a", "b", "w"),
            sha256=content_sha256(answers),
            received_at=NOW,
            signature=stored(world, "id-1").signature,
        ),
    )
    assert stored(world, "id-1") == Attempt(
        id="id-1",
        kind=JobKind.ATTEMPT,
        key="key-1",
        course="course",
        lesson=key("one"),
        version=1,
        learner=TRAP,
        exercise="a",
        answers=answers,
        created_at=NOW,
        sha256=content_sha256(answers),
        signature=SIGNER.sign(view.receipt.signed_bytes()) if view.receipt else "",
    )
    assert world.dispatched == ["id-1"]
    submitted = Event("attempt_submitted", NOW, "course", TRAP, key("one"), "a", data={"attempt": "id-1"})
    assert world.log() == [submitted]
    assert [event.kind for event in world.published] == ["attempt_submitted"]


def test_answer_without_opening_the_lesson_before_starts_it(world: World) -> None:
    submit(world)
    with world.storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course")[key("one")].started
        assert work.decisions.latest(TRAP, "course")[key("one")].status is Status.IN_PROGRESS


def test_hand_in_is_kept_as_a_submission(world: World) -> None:
    view = hand_over(world)
    assert (view.kind, view.exercise, view.max_score) == ("submission", None, 10.0)
    assert stored(world, view.id).kind is JobKind.SUBMISSION
    assert [event.kind for event in world.log()] == ["lesson_handed_in"]
    with world.storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course")[key("one")].handed_in


def test_same_request_twice_is_one_attempt(world: World) -> None:
    first = submit(world)
    grade(world, first.id, a_test=4)
    again = submit(world)
    assert (again.id, again.status) == (first.id, JobStatus.DONE)
    assert (again.verdict, again.score, again.tests) == (None, 0, []), "what was received; its result is asked for"
    assert world.dispatched == [first.id]
    assert hand_over(world).id == hand_over(world).id
    assert len(world.dispatched) == 2


def test_same_request_after_a_release_or_a_lock_is_still_the_same_attempt(world: World) -> None:
    first = submit(world, answers={"a": "a = 1", "b": "b"})
    with world.storage() as work:
        work.versions.add(version("one", notebook(answer("c"), check("c-test")), number=2))
    assert submit(world, answers={"a": "a = 1", "b": "b"}).id == first.id


@pytest.mark.parametrize(
    "change", [{"answers": {"a": "a = 2"}}, {"exercise": "b"}, {"answers": {"a": "a = 1", "b": ""}}]
)
def test_same_key_with_other_content_is_a_conflict(world: World, change: dict[str, object]) -> None:
    submit(world)
    refusal = refused(lambda: submit(world, **change))  # type: ignore[arg-type]  # checked by the call
    assert (type(refusal), refusal.code) == (Conflict, "key_reused")
    assert world.dispatched == ["id-1"]


def test_key_of_an_attempt_is_no_key_of_a_hand_in(world: World) -> None:
    submit(world, idempotency_key="k")
    assert refused(lambda: hand_over(world, answers={"a": "a = 1"}, idempotency_key="k")).code == "key_reused"


def test_same_key_of_two_learners_is_two_attempts(world: World) -> None:
    assert submit(world).id != submit(world, who=learner("ann")).id


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"who": learner(of="nowhere"), "course": "nowhere"}, NotFound, "unknown_course"),
        ({"who": learner(of="other")}, NotAllowed, "not_in_course"),
        ({"name": "nine"}, NotFound, "unknown_lesson"),
        ({"name": "three"}, NotFound, "not_released"),
        ({"name": "two"}, LessonLocked, "lesson_locked"),
        ({"exercise": "nine"}, NotFound, "unknown_exercise"),
        ({"exercise": "a-test"}, NotFound, "unknown_exercise"),
        ({"exercise": "w", "answers": {"w": "Text"}}, Invalid, "hand_in_needed"),
        ({"answers": {}}, Invalid, "missing_answer"),
        ({"answers": {"b": "b = 1"}}, Invalid, "missing_answer"),
        ({"answers": {"a": "a", "nine": "x"}}, Invalid, "unknown_cell"),
        ({"answers": {"a": "a", "a-test": "assert True"}}, Invalid, "unknown_cell"),
        ({"answers": {"a": "\ud800"}}, Invalid, "bad_text"),
        ({"answers": {"a": "x" * 2_000}}, TooLarge, "too_large"),
        ({"answers": {"a": "ü" * 1_000}}, TooLarge, "too_large"),
        ({"version": 2}, Invalid, "unknown_version"),
        ({"version": 0}, Invalid, "unknown_version"),
        ({"idempotency_key": ""}, Invalid, "bad_key"),
        ({"idempotency_key": "k" * 101}, Invalid, "bad_key"),
        ({"idempotency_key": "ü"}, Invalid, "bad_key"),
        ({"idempotency_key": "a\nb"}, Invalid, "bad_key"),
    ],
)
def test_what_cannot_be_graded_is_refused_and_leaves_nothing(
    world: World, change: dict[str, object], kind: type[CourseError], code: str
) -> None:
    refusal = refused(lambda: submit(world, **change))  # type: ignore[arg-type]  # checked by the call
    assert (type(refusal), refusal.code) == (kind, code)
    assert refusal.message.endswith(".")
    assert (world.log(), world.dispatched, world.published) == ([], [], [])


def test_too_large_answer_names_the_limit(world: World) -> None:
    refusal = refused(lambda: submit(world, answers={"a": "x" * 2_000}))
    assert refusal.details == {"limit": 2_000, "size": 2_001}


def test_staff_may_answer_what_is_locked(world: World) -> None:
    assert submit(world, who=grader(), name="two", answers={"a": "a"}).status == "queued"


def test_answers_for_an_older_release_are_graded_against_the_newest(world: World) -> None:
    newest = notebook(answer("a"), check("a-test"), answer("new"), check("new-test"), written("w"))
    with world.storage() as work:
        work.versions.add(version("one", newest, number=2))
    view = submit(world, version=1, answers={"a": "a = 1", "b": "gone", "w": "Text"})
    attempt = stored(world, view.id)
    assert (attempt.version, attempt.answers) == (2, {"a": "a = 1", "w": "Text"})


def test_answer_to_an_exercise_that_is_gone_says_so(world: World) -> None:
    with world.storage() as work:
        work.versions.add(version("one", notebook(answer("b"), check("b-test")), number=2))
    refusal = refused(lambda: submit(world, version=1))
    assert (refusal.code, refusal.details["exercise"]) == ("unknown_exercise", "a")


def test_exercise_without_an_answer_cell_cannot_be_answered(world: World) -> None:
    with world.storage() as work:
        work.versions.add(version("one", notebook(check("lone"), answer("a"), check("a-test")), number=2))
    assert refused(lambda: submit(world, exercise="lone", version=2)).code == "missing_answer"


def test_hand_in_without_some_answers_is_taken(world: World) -> None:
    assert stored(world, hand_over(world, answers={}).id).answers == {}


def test_every_hand_in_of_a_lesson_is_kept(world: World) -> None:
    first = hand_over(world)
    second = hand_over(world, answers={"w": "Better."}, idempotency_key="hand-in-2")
    assert first.id != second.id
    assert world.dispatched == [first.id, second.id]
