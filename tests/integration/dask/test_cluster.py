"""Tests of a grading cluster: real processes with certificates of their own, and TLS or nothing."""

from __future__ import annotations

import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from support.cluster import MeetingPoint, answers, free_port, log_of, make_keys, scheduler, trailbook, worker
from support.courses import TRAP
from support.small_course import KEY, LEARNER, NAME, SOLUTION, running, submit, wait_for, write_settings

from trailbook.adapters.dask.cluster import Cluster
from trailbook.adapters.dask.secure import TlsFiles
from trailbook.config import load_settings
from trailbook.domain.errors import Conflict, Invalid, Unavailable
from trailbook.services.ports import Event
from trailbook.services.run_job import TEST_ENDED
from trailbook.services.views import AttemptView
from trailbook.wiring import Application

SLOW = "import time\ntime.sleep({})\n" + SOLUTION


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


def test_a_worker_with_nothing_but_the_address_grades_and_tells_of_each_test(place: Path) -> None:
    heard: list[Event] = []
    with scheduler(place) as point, service(point, place / "service") as application:
        application.live.subscribe(LEARNER.name, heard.append)
        first = submit(application, SOLUTION)
        wait_for(lambda: application.grading.why_waiting(NAME), what="the news that nobody grades")
        waiting = application.find_attempt(LEARNER, first.id)
        with worker(point, place / "machine") as process:
            seen = result_of(application, first)
            again = result_of(application, submit(application, "def half(n):\n    return 1", key="again"))
            listening = [
                each.laddr for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"
            ]
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
def test_lessons_are_fetched_by_their_hash_where_the_settings_say(place: Path, address: str) -> None:
    store = f"file://{place}/store" if address == "file" else address
    database = f"sqlite:///{place}/service/state/trailbook.db"
    settings = place / "worker.yaml"
    settings.write_text(f"blob_address: '{store}'\ndatabase_url: '{database}'\n")
    with (
        scheduler(place) as point,
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


def test_a_worker_that_is_stopped_gives_back_what_it_holds(place: Path) -> None:
    with scheduler(place) as point, service(point, place / "service", max_tries=1) as application:
        with worker(point, place / "machine 1") as first:
            attempt = submit(application, SLOW.format(4))
            wait_for(lambda: application.find_attempt(LEARNER, attempt.id).status == "running", what="the grading")
            wait_for(lambda: len(psutil.Process(first.pid).children(recursive=True)) > 0, what="the sandbox")
            with worker(point, place / "machine 2"):
                first.send_signal(signal.SIGTERM)
                assert first.wait(30) == 0, log_of(place / "machine 1")
                seen = result_of(application, attempt)

    assert (seen.status, seen.score) == ("done", 2.0)  # with one try in all: giving back counts as none


def test_a_scheduler_that_ends_loses_nothing(place: Path) -> None:
    with scheduler(place) as point:
        port = point.address.rpartition(":")[2]
        application_of = service(point, place / "service", max_tries=1)
        application = application_of.__enter__()
        with worker(point, place / "machine 1"):
            attempt = submit(application, SLOW.format(3))
            wait_for(lambda: application.find_attempt(LEARNER, attempt.id).status == "running", what="the grading")
            for process in psutil.Process().children():
                if "scheduler" in process.cmdline():
                    process.kill()
                    process.wait()
    again = ("scheduler", "--port", port, "--ca", str(point.files.ca), "--cert", str(point.files.cert))
    with (
        trailbook(*again, "--key", str(point.files.key), folder=place / "scheduler 2"),
        worker(point, place / "machine 2"),
    ):
        seen = result_of(application, attempt)
        application_of.__exit__(None, None, None)

    assert (seen.status, seen.score) == ("done", 2.0)


def test_nobody_without_a_certificate_of_the_cluster_is_let_in(place: Path) -> None:
    with scheduler(place) as point:
        stranger = make_keys(place / "other keys")
        mixed = TlsFiles(point.files.ca, stranger.cert, stranger.key)
        for files in (stranger, mixed):
            with pytest.raises(Unavailable) as refusal:
                Cluster(point.address, files)
            assert refusal.value.code == "no_workers"
        host, port = "127.0.0.1", int(point.address.rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(point.files.ca))
        context.check_hostname = False
        with pytest.raises(ssl.SSLError), ssl.create_connection((host, port)) as plain:  # type: ignore[attr-defined]
            plain.read()


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
    monkeypatch.setattr("trailbook.adapters.dask.cluster.CONNECT_SECONDS", 1)
    address = f"tls://127.0.0.1:{free_port()}"

    with pytest.raises(Unavailable) as refusal:
        Cluster(address, make_keys(place))

    assert refusal.value.code == "no_workers"
    assert address in refusal.value.message


def test_keys_are_private_and_are_not_written_over(place: Path) -> None:
    files = make_keys(place / "keys")

    assert [os.stat(path).st_mode & 0o777 for path in (files.ca, files.cert, files.key) if path] == [0o600] * 3
    with pytest.raises(Conflict) as refusal:
        make_keys(place / "keys")
    assert refusal.value.code == "keys_exist"
