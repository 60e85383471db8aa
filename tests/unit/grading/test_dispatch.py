"""Tests of which job is next, and of how many the workers hear."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from support.contexts import World
from support.courses import NOW, attempt, course, lesson, store_course, version
from support.notebooks import answer, check, notebook
from support.small_course import wait_for

from trailbook.domain.errors import Unavailable
from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.dispatch import AHEAD, LOOK_AHEAD, Dispatcher
from trailbook.services.ports import Attempt, JobKind, JobStatus
from trailbook.services.ports.jobs import Priority, QueuedJob

RESULT = GradingResult(Verdict.GRADED)


class Workers:
    """Workers that begin nothing by themselves; `end` ends a job."""

    def __init__(self, **places: int) -> None:
        self.offered: Mapping[str, int] = places
        self.handed: list[tuple[str, str, Priority]] = []
        self._ends: dict[str, Callable[[], None]] = {}

    def places(self) -> Mapping[str, int]:
        """Return what is offered."""
        return self.offered

    def start(self, job: QueuedJob, environment: str, ended: Callable[[], None]) -> None:
        """Note a job."""
        self._ends[job.id] = ended
        self.handed.append((job.id, environment, job.priority))

    def names(self) -> list[str]:
        """Return the jobs that were handed over."""
        return [name for name, _, _ in self.handed]

    def end(self, world: World, name: str) -> None:
        """Grade a job."""
        with world.storage() as work:
            work.attempts.lease(name, now=NOW, until=NOW)
            work.attempts.finish(name, JobStatus.DONE, RESULT, now=NOW)
        self._ends.pop(name)()


@pytest.fixture
def world() -> World:
    """A database with a course and one release."""
    made = World()
    store_course(made.storage)
    return made


def store(world: World, *jobs: Attempt, regrade: bool = False) -> None:
    """Store jobs; regrades are done once, and queued again."""
    with world.storage() as work:
        for job in jobs:
            work.attempts.add(job)
            if regrade:
                work.attempts.finish(job.id, JobStatus.DONE, RESULT, now=NOW)
                work.attempts.requeue(job.id)


@contextmanager
def dispatching(world: World, workers: Workers, **environments: str) -> Iterator[Dispatcher]:
    """Hand jobs over."""
    made = Dispatcher(
        world.storage, world.context.clock, workers, environments=environments, arrivals=world.context.arrivals
    )
    made.start()
    try:
        yield made
    finally:
        made.stop()


def test_jobs_of_the_database_are_handed_over_the_most_urgent_first(world: World) -> None:
    store(world, attempt("old"), regrade=True)
    store(world, attempt("hand-in", kind=JobKind.SUBMISSION, exercise=None), attempt("answer"))
    workers = Workers(default=5)

    with dispatching(world, workers):
        wait_for(lambda: len(workers.handed) == 3)

    assert workers.handed == [
        ("answer", "default", Priority.ANSWER),
        ("hand-in", "default", Priority.HAND_IN),
        ("old", "default", Priority.REGRADE),
    ]


def test_no_more_are_handed_over_than_can_run_soon(world: World) -> None:
    names = [f"regrade {number:03}" for number in range(LOOK_AHEAD + 20)]
    store(world, *map(attempt, names), regrade=True)
    workers = Workers(default=2)

    with dispatching(world, workers) as dispatcher:
        wait_for(lambda: len(workers.handed) == 2 + AHEAD)
        for name in names:  # told again of every one: no more are handed over for that
            dispatcher.dispatch(name)
        for number in range(len(names) - 2 - AHEAD):
            workers.end(world, names[number])
            wait_for(lambda number=number: len(workers.handed) == number + 3 + AHEAD)

    assert workers.names() == names


def test_an_answer_is_handed_over_though_the_workers_are_full_of_regrades(world: World) -> None:
    store(world, *(attempt(f"regrade {number}") for number in range(10)), regrade=True)
    workers = Workers(default=1)

    with dispatching(world, workers) as dispatcher:
        wait_for(lambda: len(workers.handed) == 1 + AHEAD)
        store(world, attempt("answer"))
        dispatcher.dispatch("answer")
        wait_for(lambda: "answer" in workers.names())

    assert workers.handed[-1] == ("answer", "default", Priority.ANSWER)
    assert len(workers.handed) == 2 + AHEAD


def test_a_job_told_of_twice_is_handed_over_once_and_again_when_it_was_given_back(world: World) -> None:
    store(world, attempt("x"))
    workers = Workers(default=5)

    with dispatching(world, workers) as dispatcher:
        for _ in range(3):
            dispatcher.dispatch("x")
        store(world, attempt("y"))
        dispatcher.dispatch("y")
        wait_for(lambda: workers.names() == ["x", "y"])
        workers._ends.pop("x")()  # the worker ended before it leased the job
        dispatcher.look_again()
        wait_for(lambda: workers.names() == ["x", "y", "x"])


def test_jobs_wait_for_workers_of_their_environment_and_say_so(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with world.storage() as work:
        work.courses.put(course(lesson("one"), name="stats"))
        work.versions.add(version("one", notebook(answer("a"), check("a-test")), of="stats"))
    store(world, attempt("there", course="stats"), attempt("here"))
    workers = Workers(default=1)
    caplog.set_level(logging.WARNING)

    with dispatching(world, workers, stats="env 1") as dispatcher:
        wait_for(lambda: workers.names() == ["here"])
        assert "is kept, and graded as soon as one is" in dispatcher.why_waiting("stats")
        assert dispatcher.why_waiting("course") == ""
        assert [record.message for record in caplog.records] == [
            "Grading jobs wait for the environment env 1, which no worker offers. "
            "Start one: trailbook worker --environment env 1 …"
        ]

        workers.offered = {"default": 1, "env 1": 1}
        wait_for(lambda: workers.handed[1:] == [("there", "env 1", Priority.ANSWER)])
        assert dispatcher.why_waiting("stats") == ""


def test_a_database_that_does_not_answer_is_asked_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    store(world, attempt("x"))
    workers = Workers(default=1)
    faults = [Unavailable("database_unavailable", "It does not answer."), RuntimeError("a fault of ours")]

    class Failing(Workers):
        def places(self) -> Mapping[str, int]:
            if faults:
                raise faults.pop()
            return workers.places()

    failing = Failing()
    with dispatching(world, failing):
        wait_for(lambda: failing.names() == ["x"])

    assert not faults
    assert [record.message for record in caplog.records] == [
        "Waiting jobs could not be handed over, to be tried again.",
        "Waiting jobs could not be read, to be tried again: It does not answer.",
    ]
