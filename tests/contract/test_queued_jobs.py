"""Jobs on their way to a worker, alike in every database."""

from __future__ import annotations

from datetime import timedelta

from support.courses import NOW, attempt, course, key, lesson, version
from support.notebooks import answer, check, notebook

from trailbook.domain.results import GradingResult, Verdict
from trailbook.services.ports import JobKind, JobStatus, Storage
from trailbook.services.ports.jobs import Priority, QueuedJob

LATER = NOW + timedelta(seconds=60)


def store_jobs(storage: Storage) -> None:
    """Store a regrade, a hand-in, two answers, and an answer that is done, in this order."""
    with storage() as work:
        work.attempts.add(attempt("regrade"))
        work.attempts.add(attempt("hand-in", kind=JobKind.SUBMISSION, exercise=None))
        for name in ("answer 1", "answer 2", "done"):
            work.attempts.add(attempt(name))
        for name in ("regrade", "done"):
            work.attempts.lease(name, now=NOW, until=LATER)
            work.attempts.finish(name, JobStatus.DONE, GradingResult(Verdict.GRADED), now=NOW)
        work.attempts.requeue("regrade")


def test_the_most_urgent_job_comes_first_and_the_older_before_the_newer(storage: Storage) -> None:
    store_jobs(storage)

    with storage(read_only=True) as work:
        found = work.attempts.queued(now=NOW, limit=10)
        first = work.attempts.queued(now=NOW, limit=1)

    assert found == [
        QueuedJob("answer 1", "course", Priority.ANSWER),
        QueuedJob("answer 2", "course", Priority.ANSWER),
        QueuedJob("hand-in", "course", Priority.HAND_IN),
        QueuedJob("regrade", "course", Priority.REGRADE),
    ]
    assert first == found[:1]


def test_jobs_are_found_by_course(storage: Storage) -> None:
    with storage() as work:
        work.courses.put(course(lesson("one"), name="other"))
        work.versions.add(version("one", notebook(answer("a"), check("a-test")), of="other"))
        work.attempts.add(attempt("here"))
        work.attempts.add(attempt("there", course="other", lesson=key("one")))

    with storage(read_only=True) as work:
        of_other = work.attempts.queued(now=NOW, limit=10, courses=["other"])
        of_rest = work.attempts.queued(now=NOW, limit=10, other_than=["other", "unknown"])
        of_none = work.attempts.queued(now=NOW, limit=10, courses=[])

    assert of_other == [QueuedJob("there", "other", Priority.ANSWER)]
    assert of_rest == [QueuedJob("here", "course", Priority.ANSWER)]
    assert of_none == []


def test_a_job_waits_until_it_is_leased_and_again_when_the_lease_ran_out(storage: Storage) -> None:
    job = QueuedJob("x", "course", Priority.ANSWER)
    with storage() as work:
        work.attempts.add(attempt("x"))
        assert work.attempts.find_queued("x", now=NOW) == job
        work.attempts.lease("x", now=NOW, until=LATER)
        assert work.attempts.find_queued("x", now=NOW) is None
        assert work.attempts.queued(now=NOW, limit=10) == []
        assert work.attempts.find_queued("x", now=LATER) == job
        assert work.attempts.queued(now=LATER, limit=10) == [job]
        assert work.attempts.find_queued("unknown", now=NOW) is None


def test_a_lease_is_renewed_by_the_try_that_runs_only(storage: Storage) -> None:
    with storage() as work:
        work.attempts.add(attempt("x"))
        assert not work.attempts.renew("x", tries=0, until=LATER)
        work.attempts.lease("x", now=NOW, until=NOW)
        assert work.attempts.renew("x", tries=1, until=LATER)
        assert not work.attempts.renew("x", tries=2, until=LATER + timedelta(seconds=1))
    with storage(read_only=True) as work:
        found = work.attempts.find("x")
    assert found == attempt("x", status=JobStatus.RUNNING, tries=1, lease_until=LATER)


def test_every_running_job_is_given_back(storage: Storage) -> None:
    store_jobs(storage)
    with storage() as work:
        for name in ("answer 1", "hand-in"):
            work.attempts.lease(name, now=NOW, until=LATER)

    with storage() as work:
        given_back = work.attempts.requeue_running()

    assert sorted(given_back) == ["answer 1", "hand-in"]
    with storage(read_only=True) as work:
        assert work.attempts.find("answer 1") == attempt("answer 1", tries=1)
        assert len(work.attempts.queued(now=NOW, limit=10)) == 4


def test_queued_jobs_are_counted_up_to_a_limit(storage: Storage) -> None:
    store_jobs(storage)
    with storage() as work:
        work.attempts.lease("answer 1", now=NOW, until=LATER)
    with storage(read_only=True) as work:
        assert work.attempts.count_queued(limit=100) == 3
        assert work.attempts.count_queued(limit=2) == 2
