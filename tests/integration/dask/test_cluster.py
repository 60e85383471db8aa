"""Tests of a grading cluster: real processes with certificates of their own, and TLS or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from support.cluster import MeetingPoint, free_port, log_of, make_keys, scheduler, worker
from support.small_course import LEARNER, NAME, SOLUTION, running, submit, wait_for, write_settings

from trailbook.adapters.dask.cluster import Cluster
from trailbook.adapters.dask.secure import TlsFiles
from trailbook.config import load_settings
from trailbook.domain.errors import Conflict, Invalid, Unavailable
from trailbook.services.ports import Event
from trailbook.services.run_job import TEST_ENDED
from trailbook.services.views import AttemptView
from trailbook.wiring import Application

PROCESS_NAME = "a-slow-answer"
SLOW = f"""
import ctypes, time
ctypes.CDLL(None).prctl(15, b"{PROCESS_NAME}")  # so that it is seen from outside
time.sleep(SECONDS)
{SOLUTION}"""


@pytest.fixture(scope="module")
def point(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeetingPoint]:
    """A scheduler for all tests that do not end it."""
    with scheduler(tmp_path_factory.mktemp("a scheduler")) as started:
        yield started


@contextmanager
def service(point: MeetingPoint, place: Path, **more: object) -> Iterator[Application]:
    """Run a course service that grades on the cluster."""
    place.mkdir(exist_ok=True)
    path = write_settings(place, **point.settings, **more)
    with running(load_settings(path, {})) as application:
        yield application


def result_of(application: Application, attempt: AttemptView) -> AttemptView:
    """Wait for a result and return it."""
    wait_for(lambda: application.find_attempt(LEARNER, attempt.id).status in ("done", "failed"), what="the result")
    return application.find_attempt(LEARNER, attempt.id)


def wait_until_graded_by(process: subprocess.Popen[bytes]) -> None:
    """Wait until a slow answer runs on the machine of this process."""

    def found() -> bool:
        with suppress(psutil.NoSuchProcess):  # one ended while they were listed
            return any(each.name() == PROCESS_NAME for each in psutil.Process(process.pid).children(recursive=True))
        return False

    wait_for(found, what="the answer's process")


def results_of(application: Application, attempt: AttemptView) -> list[float]:
    """Return the points of each result that was ever stored for an attempt."""
    with application.storage(read_only=True) as work:
        return [sum(test.score for test in past.result.tests) for past in work.attempts.results(attempt.id)]


def test_a_worker_with_nothing_but_the_address_grades_and_tells_of_each_test(point: MeetingPoint, place: Path) -> None:
    heard: list[Event] = []
    with service(point, place / "service") as application:
        application.live.subscribe(LEARNER.name, heard.append)
        first = submit(application, SOLUTION)
        wait_for(lambda: application.grading.why_waiting(NAME), what="the news that nobody grades")
        waiting = application.find_attempt(LEARNER, first.id)
        with worker(point, place / "machine") as process:
            seen = result_of(application, first)
            again = result_of(application, submit(application, "def half(n):\n    return 1", key="again"))
            listening = {
                each.laddr.port for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"
            }
            process.terminate()
            assert process.wait(30) == 0, log_of(place / "machine")

    assert waiting.status == "queued"
    assert "No grading machine" in waiting.message
    assert (seen.status, seen.score, seen.max_score) == ("done", 2.0, 2.0)
    assert (again.status, again.score) == ("done", 0.0)
    told = [
        (event.data["attempt"], event.data["grade_id"], event.data["score"])
        for event in heard
        if event.kind == TEST_ENDED
    ]
    assert told == [(first.id, "half-test", 2.0), (again.id, "half-test", 0.0)]
    assert len(listening) == 1  # the worker's own, with TLS; no pages
    assert [path.name for path in (place / "machine" / ".cache" / "trailbook").iterdir()] == ["lessons"]
    assert "Traceback" not in log_of(place / "machine")


@pytest.mark.parametrize("address", ["database", "file"])
def test_lessons_are_fetched_by_their_hash_where_the_settings_say(
    point: MeetingPoint, place: Path, address: str
) -> None:
    store = f"file://{place}/store" if address == "file" else address
    database = f"sqlite:///{place}/service/state/trailbook.db"
    settings = place / "worker.yaml"
    settings.write_text(f"blob_address: '{store}'\ndatabase_url: '{database}'\n")
    with (
        service(point, place / "service", blob_address=store) as application,
        worker(point, place / "machine", "--settings", str(settings)),
    ):
        seen = result_of(application, submit(application, SOLUTION))

    assert (seen.status, seen.score) == ("done", 2.0)
    # Had the worker lacked the lesson, it would have been sent: that it did not lack it shows that it was fetched.
    kept = {path.name for path in (place / "machine" / ".cache" / "trailbook" / "lessons").iterdir()}
    assert len(kept) == 1
    if address == "file":
        assert kept == {path.name for path in (place / "store").glob("*/*")}


def test_a_course_is_graded_in_its_environment_only(point: MeetingPoint, place: Path) -> None:
    with (
        service(point, place / "service", course_environments={NAME: "data"}) as application,
        worker(point, place / "machine 1"),
    ):
        attempt = submit(application, SOLUTION)
        wait_for(lambda: application.grading.why_waiting(NAME), what="the news that nobody has the environment")
        waiting = application.find_attempt(LEARNER, attempt.id)
        (place / "python of data").symlink_to(sys.prefix)
        options = ("--environment", "other", "--environment", f"data={place}/python of data")
        with worker(point, place / "machine 2", *options, among=2) as process:
            seen = result_of(application, attempt)
            process.terminate()
            assert process.wait(30) == 0, log_of(place / "machine 2")

    assert (waiting.status, seen.status, seen.score) == ("queued", "done", 2.0)
    assert not list((place / "machine 1").glob(".cache/trailbook/lessons/*"))  # nothing of it went there


def test_a_worker_that_is_stopped_gives_back_what_it_holds(point: MeetingPoint, place: Path) -> None:
    with (
        service(point, place / "service", max_tries=1) as application,
        worker(point, place / "machine 1") as first,
    ):
        attempt = submit(application, SLOW.replace("SECONDS", "4"))
        wait_until_graded_by(first)
        with worker(point, place / "machine 2"):
            first.send_signal(signal.SIGTERM)
            assert first.wait(30) == 0, log_of(place / "machine 1")
            seen = result_of(application, attempt)

    assert (seen.status, seen.score) == ("done", 2.0)  # with one try in all: giving back counts as none


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_stored_twice(point: MeetingPoint, place: Path) -> None:
    with (
        service(point, place / "service") as application,
        worker(point, place / "machine 1") as first,
    ):
        attempt = submit(application, SLOW.replace("SECONDS", "2"))
        wait_until_graded_by(first)
        first.kill()
        with worker(point, place / "machine 2"):
            seen = result_of(application, attempt)
        stored = results_of(application, attempt)

    assert (seen.status, seen.score) == ("done", 2.0)
    assert stored == [2.0]


def test_a_service_that_starts_again_takes_up_what_was_under_way(point: MeetingPoint, place: Path) -> None:
    place.mkdir(exist_ok=True)
    settings = load_settings(write_settings(place, **point.settings), {})
    with worker(point, place / "machine") as process:
        with running(settings) as before:
            attempt = submit(before, SLOW.replace("SECONDS", "2"))
            wait_until_graded_by(process)
        with running(settings) as application:
            seen = result_of(application, attempt)
            stored = results_of(application, attempt)

    assert (seen.status, seen.score) == ("done", 2.0)
    assert stored == [2.0]


def test_a_scheduler_that_is_killed_is_found_again_by_all(place: Path) -> None:
    with (
        ExitStack() as again,
        scheduler(place) as point,
        service(point, place / "service", max_tries=1) as application,
        worker(point, place / "machine") as process,
    ):
        attempt = submit(application, SLOW.replace("SECONDS", "2"))
        wait_until_graded_by(process)
        point.process.kill()
        point.process.wait()
        again.enter_context(scheduler(place, like=point))
        seen = result_of(application, attempt)

    assert (seen.status, seen.score) == ("done", 2.0)


def test_nobody_without_a_certificate_of_the_cluster_is_let_in(
    point: MeetingPoint, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trailbook.adapters.dask.connection.CONNECT_SECONDS", 1)
    stranger = make_keys(place / "other keys")
    for files in (stranger, TlsFiles(point.files.ca, stranger.cert, stranger.key)):
        with pytest.raises(Unavailable) as refusal:
            Cluster(point.address, files)
        assert refusal.value.code == "no_workers"


def test_a_cluster_is_used_with_tls_only(place: Path) -> None:
    files = make_keys(place)

    for address, given in [
        ("tcp://127.0.0.1:8786", files),
        ("", files),
        ("tls://127.0.0.1:8786", TlsFiles(files.ca, files.cert, None)),
        ("tls://127.0.0.1:8786", TlsFiles(files.ca, files.cert, place / "none.pem")),
    ]:
        with pytest.raises(Invalid) as refusal:
            Cluster(address, given)
        assert refusal.value.code == "dask_without_tls"
        assert "trailbook cluster-keys" in refusal.value.message


def test_a_cluster_that_does_not_answer_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailbook.adapters.dask.connection.CONNECT_SECONDS", 1)
    address = f"tls://127.0.0.1:{free_port()}"

    with pytest.raises(Unavailable) as refusal:
        Cluster(address, make_keys(place))

    assert refusal.value.code == "no_workers"
    assert address in refusal.value.message


def test_keys_are_private_and_are_not_written_over(place: Path) -> None:
    files = make_keys(place / "keys")

    assert [path.stat().st_mode & 0o777 for path in (files.ca, files.cert, files.key) if path] == [0o600] * 3
    with pytest.raises(Conflict) as refusal:
        make_keys(place / "keys")
    assert refusal.value.code == "keys_exist"
