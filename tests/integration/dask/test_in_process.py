"""Tests of the in-process pool: threads, no port, and nothing lost without a word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from support.small_course import wait_for

from trailbook.adapters.dask.in_process import InProcessPool
from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT, Priority, QueuedJob


class Jobs:
    """Notes which jobs ran and which ended, and lets them wait for a sign."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.ended: list[str] = []
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

    def start(self, pool: InProcessPool, name: str, priority: Priority = Priority.ANSWER) -> None:
        """Have a pool run a job."""
        pool.start(QueuedJob(name, "small", priority), DEFAULT_ENVIRONMENT, lambda: self.ended.append(name))


@pytest.fixture
def jobs() -> Jobs:
    """Jobs."""
    return Jobs()


@pytest.fixture
def pool(jobs: Jobs, tmp_path: Path) -> Iterator[InProcessPool]:
    """A pool of two workers."""
    made = InProcessPool(jobs.run, workers=2, scratch_folder=tmp_path)
    yield made
    jobs.go_on.set()
    made.close()


def listening() -> set[int]:
    """Return the ports this process listens on."""
    found = psutil.Process().net_connections("all")
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN and each.laddr}


def test_no_port_is_opened(jobs: Jobs, tmp_path: Path) -> None:
    before = listening()

    pool = InProcessPool(jobs.run, workers=2, scratch_folder=tmp_path)
    jobs.start(pool, "one")
    wait_for(lambda: jobs.ended == ["one"])
    opened = listening() - before
    pool.close()

    assert opened == set()


def test_jobs_run_off_the_calling_thread_and_at_the_same_time(pool: InProcessPool, jobs: Jobs) -> None:
    jobs.go_on.clear()

    for name in ("one", "two", "three"):
        jobs.start(pool, name)

    wait_for(lambda: len(jobs.ran) == 2)
    assert threading.current_thread().name not in jobs.threads
    assert pool.places() == {DEFAULT_ENVIRONMENT: 2}
    jobs.go_on.set()
    wait_for(lambda: sorted(jobs.ended) == ["one", "three", "two"])


def test_a_learner_who_waits_comes_before_a_regrade(jobs: Jobs, tmp_path: Path) -> None:
    pool = InProcessPool(jobs.run, workers=1, scratch_folder=tmp_path)
    jobs.go_on.clear()
    jobs.start(pool, "under way")
    wait_for(lambda: jobs.ran)

    for name, priority in [
        ("regrade", Priority.REGRADE),
        ("hand-in", Priority.HAND_IN),
        ("answer", Priority.ANSWER),
    ]:
        jobs.start(pool, name, priority)
    scheduler = pool._cluster.scheduler
    wait_for(lambda: len(scheduler.tasks) == 4)  # what a worker has begun by now, nothing comes before
    jobs.go_on.set()
    wait_for(lambda: len(jobs.ended) == 4)
    pool.close()

    assert jobs.ran == ["under way", "answer", "hand-in", "regrade"]


def test_a_job_that_fails_says_so_and_can_run_again(
    pool: InProcessPool, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    for times in (1, 2):
        jobs.start(pool, "broken")
        wait_for(lambda: len(jobs.ended) == times)  # noqa: B023 - called at once

    assert "the job of attempt broken failed and will be run again" in caplog.messages
    assert jobs.ran == ["broken", "broken"]


def test_closing_lets_what_runs_end_and_begins_nothing_more(jobs: Jobs, tmp_path: Path) -> None:
    pool = InProcessPool(jobs.run, workers=1, scratch_folder=tmp_path)
    jobs.go_on.clear()
    jobs.start(pool, "running")
    wait_for(lambda: jobs.ran)
    jobs.start(pool, "waiting")
    threading.Timer(0.2, jobs.go_on.set).start()

    pool.close()
    jobs.start(pool, "late")

    assert jobs.ran == ["running"]


def test_two_pools_do_not_know_each_other(pool: InProcessPool, jobs: Jobs, tmp_path: Path) -> None:
    others = Jobs()
    other = InProcessPool(others.run, workers=1, scratch_folder=tmp_path / "other")
    others.start(other, "theirs")
    jobs.start(pool, "ours")
    wait_for(lambda: others.ended and jobs.ended)
    other.close()

    assert (others.ran, jobs.ran) == (["theirs"], ["ours"])
