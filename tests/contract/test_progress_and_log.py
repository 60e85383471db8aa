"""Progress, the log and decisions, alike in every database."""

from __future__ import annotations

from datetime import timedelta, timezone

from support.courses import NOW, TRAP, key

from trailbook.domain.path import Status
from trailbook.domain.progress import ExerciseProgress, ExerciseState
from trailbook.domain.results import TestResult
from trailbook.services.ports import Decision, Event, Storage, StoredProgress

GRADED = ExerciseProgress(
    "a",
    ExerciseState.GRADED,
    score=1.5,
    max_score=2.0,
    tests=(TestResult("t", 1.5, 2.0, "half \x00"),),
    message="message \x00",
    comment="Gut \u2713",
    overrides={"t": 1.5},
)


def test_progress_of_learner_has_all_that_was_stored(storage: Storage) -> None:
    with storage() as work:
        assert work.progress.of_learner(TRAP, "course") == {}
        work.progress.put_exercise(TRAP, "course", key("one"), ExerciseProgress("a"))
        work.progress.put_exercise(TRAP, "course", key("one"), GRADED)
        work.progress.put_exercise(TRAP, "course", key("one"), ExerciseProgress("b"))
        assert work.progress.mark_started(TRAP, "course", key("two"))
        work.progress.mark_handed_in(TRAP, "course", key("two"))
        work.progress.put_exercise("someone", "course", key("one"), ExerciseProgress("c"))
        work.progress.put_exercise(TRAP, "other", key("one"), ExerciseProgress("d"))
    with storage(read_only=True) as work:
        assert work.progress.of_learner(TRAP, "course") == {
            key("one"): StoredProgress({"a": GRADED, "b": ExerciseProgress("b")}, started=False, handed_in=False),
            key("two"): StoredProgress({}, started=True, handed_in=True),
        }
        assert work.progress.learners("course") == sorted([TRAP, "someone"])
        assert work.progress.learners("unknown") == []


def test_mark_started_tells_the_first_time_only(storage: Storage) -> None:
    with storage() as work:
        work.progress.mark_handed_in(TRAP, "course", key("one"))
        assert work.progress.mark_started(TRAP, "course", key("one"))
        assert not work.progress.mark_started(TRAP, "course", key("one"))
    with storage() as work:
        assert not work.progress.mark_started(TRAP, "course", key("one"))
        assert work.progress.mark_started("someone", "course", key("one"))


def test_log_gives_growing_ids_and_keeps_events_whole(storage: Storage) -> None:
    far_east = timezone(timedelta(hours=13))
    written = [
        Event("run", NOW, "course", TRAP, key("one"), "a", actor="server", trusted=False, data={"s": [1, "\x00"]}),
        Event("lesson_released", NOW.astimezone(far_east), "course", "", key("one"), data={"version": 2}),
        Event("path_changed", NOW, "course", "someone"),
    ]
    with storage() as work:
        assert work.events.last_id() == 0
        appended = [work.events.append(event) for event in written]
        assert work.events.last_id() == appended[-1].id
    ids = [event.id for event in appended]
    assert ids == sorted(set(ids))
    assert ids[0] > 0
    with storage(read_only=True) as work:
        assert work.events.after(0) == appended
        assert work.events.after(0, limit=2) == appended[:2]
        assert work.events.after(ids[0]) == appended[1:]
        assert work.events.after(0, learner=TRAP) == appended[:2]
        assert work.events.after(ids[0], learner="someone") == appended[1:]
        assert work.events.after(ids[-1]) == []


def test_latest_decision_of_each_lesson(storage: Storage) -> None:
    def decision(name: str, status: Status, *, learner: str = TRAP, of: str = "course") -> Decision:
        return Decision(of, learner, key(name), status, f"because {status}", NOW)

    with storage() as work:
        work.decisions.append(decision("one", Status.OPEN))
        work.decisions.append(decision("two", Status.LOCKED))
        work.decisions.append(decision("one", Status.MASTERED))
        work.decisions.append(decision("one", Status.LOCKED, learner="someone"))
        work.decisions.append(decision("one", Status.DUE, of="other"))
    with storage(read_only=True) as work:
        assert work.decisions.latest(TRAP, "course") == {
            key("one"): decision("one", Status.MASTERED),
            key("two"): decision("two", Status.LOCKED),
        }
        assert work.decisions.latest("nobody", "course") == {}
