"""Tests of the in-process queue: threads, no port, nothing twice at a time, nothing lost without a word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from support.small_course import wait_for

from trailbook.adapters.dask import DaskQueue


class Jobs:
    """Notes which jobs ran, and lets them wait for a sign."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.threads: set[str] = set()
        self.go_on = threading.Event()
        self.go_on.set()

    def run(self, attempt_id: str) -> None:
        """Run a job."""
        self.threads.add(threading.current_thread().name)
        self.ran.append(attempt_id)
        assert self.go_on.wait(30)
        if attempt_id == "broken":
            raise RuntimeError("a fault of ours")


@pytest.fixture
def jobs() -> Jobs:
    """Jobs."""
    return Jobs()


@pytest.fixture
def queue(jobs: Jobs, tmp_path: Path) -> Iterator[DaskQueue]:
    """A queue with two workers."""
    made = DaskQueue(jobs.run, workers=2, scratch_folder=tmp_path)
    yield made
    jobs.go_on.set()
    made.close()


def listening() -> set[int]:
    """Return the ports this process listens on."""
    found = psutil.Process().net_connections("all")
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN and each.laddr}


def test_no_port_is_opened(jobs: Jobs, tmp_path: Path) -> None:
    before = listening()

    queue = DaskQueue(jobs.run, workers=2, scratch_folder=tmp_path)
    queue.dispatch("one")
    wait_for(lambda: jobs.ran == ["one"])
    opened = listening() - before
    queue.close()

    assert opened == set()


def test_jobs_run_off_the_calling_thread_and_at_the_same_time(queue: DaskQueue, jobs: Jobs) -> None:
    jobs.go_on.clear()

    for name in ("one", "two", "three"):
        queue.dispatch(name)

    wait_for(lambda: len(jobs.ran) == 2)
    assert threading.current_thread().name not in jobs.threads
    jobs.go_on.set()
    wait_for(lambda: sorted(jobs.ran) == ["one", "three", "two"])


def test_a_job_is_not_dispatched_twice_at_a_time_and_can_be_again_later(queue: DaskQueue, jobs: Jobs) -> None:
    jobs.go_on.clear()
    for _ in range(3):
        queue.dispatch("one")
    wait_for(lambda: jobs.ran)
    jobs.go_on.set()
    queue.dispatch("two")
    wait_for(lambda: "two" in jobs.ran)
    assert jobs.ran.count("one") == 1

    _until(lambda: queue.dispatch("one"), lambda: jobs.ran.count("one") == 2)


def _until(act: Callable[[], None], done: Callable[[], bool]) -> None:
    """Act again and again until it shows."""

    def look() -> bool:
        act()
        return done()

    wait_for(look)


def test_a_job_that_fails_says_so_and_can_run_again(
    queue: DaskQueue, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    queue.dispatch("broken")

    wait_for(lambda: "the job of attempt broken failed and will be run again" in caplog.messages)
    _until(lambda: queue.dispatch("broken"), lambda: jobs.ran.count("broken") == 2)


def test_closing_lets_what_runs_end_and_begins_nothing_more(jobs: Jobs, tmp_path: Path) -> None:
    queue = DaskQueue(jobs.run, workers=1, scratch_folder=tmp_path)
    jobs.go_on.clear()
    queue.dispatch("running")
    wait_for(lambda: jobs.ran)
    queue.dispatch("waiting")
    threading.Timer(0.2, jobs.go_on.set).start()

    queue.close()
    queue.dispatch("late")

    assert jobs.ran == ["running"]


def test_two_queues_do_not_know_each_other(queue: DaskQueue, jobs: Jobs, tmp_path: Path) -> None:
    others = Jobs()
    other = DaskQueue(others.run, workers=1, scratch_folder=tmp_path / "other")
    other.dispatch("theirs")
    queue.dispatch("ours")
    wait_for(lambda: others.ran and jobs.ran)
    other.close()

    assert (others.ran, jobs.ran) == (["theirs"], ["ours"])
