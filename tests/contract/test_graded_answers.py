"""The log of graded answers, and events by their kind."""

from __future__ import annotations

from support.courses import NOW, attempt, key

from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.ports import Event, JobKind, JobStatus, Storage
from trailbook.services.ports.graded import GradedAnswer

FIRST, SECOND = (GradingResult(Verdict.GRADED, (TestResult("a-test", score, 1.0),)) for score in (0.0, 1.0))


def test_every_result_is_in_the_log_in_the_order_it_came(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        work.attempts.add(attempt("y", answers={"a": "a = 2"}))
        for name, result in (("y", FIRST), ("x", SECOND), ("y", SECOND)):
            work.attempts.finish(name, JobStatus.DONE, result, now=NOW)
        found = work.graded.after("course", 0)
        later = work.graded.after("course", found[1].number)
        assert work.graded.after("another", 0) == []
    assert [(each.attempt, each.result) for each in found] == [("y", FIRST), ("x", SECOND), ("y", SECOND)]
    assert later == [
        GradedAnswer(found[2].number, "y", attempt("y").learner, key("one"), 1, "a", {"a": "a = 2"}, SECOND, NOW)
    ]


def test_practice_is_no_graded_answer(storage: Storage) -> None:
    with storage() as work:
        for kind in JobKind:
            work.attempts.add(attempt(kind.value, kind=kind))
            work.attempts.finish(kind.value, JobStatus.DONE, SECOND, now=NOW)
        assert [each.attempt for each in work.graded.after("course", 0)] == ["attempt", "submission"]


def test_events_of_a_course_are_found_by_their_kind(storage: Storage) -> None:
    with storage() as work:
        kept = [work.events.append(Event(kind, NOW, "course", "ida")) for kind in ("run", "hint_shown", "hint_shown")]
        work.events.append(Event("hint_shown", NOW, "another", "ida"))
        assert work.events.of_course("course", kinds=("hint_shown", "x")) == kept[1:]
        assert work.events.of_course("course", kinds=("hint_shown",), after=kept[1].id) == kept[2:]
