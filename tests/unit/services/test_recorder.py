"""Results on their way to the gradebooks."""

from __future__ import annotations

import logging
from concurrent.futures import Future

import pytest
from support.small_course import wait_for

from trailbook.services.arrivals import Arrivals
from trailbook.services.recorder import Recorder


def test_each_job_is_recorded_in_its_turn() -> None:
    recorded: list[str] = []
    recorder = Recorder(recorded.append, Arrivals())
    recorder.start()

    for name in ("first", "second", "third"):
        recorder.add(name)
    recorder.stop()

    assert recorded == ["first", "second", "third"]


def test_recording_waits_while_answers_arrive() -> None:
    arrivals, answer, recorded = Arrivals(), Future[None](), list[str]()
    arrivals.expect(answer)
    recorder = Recorder(recorded.append, arrivals)
    recorder.start()
    recorder.add("job")
    assert not recorded

    answer.set_result(None)

    wait_for(lambda: recorded == ["job"])
    recorder.stop()


def test_a_record_that_fails_is_told_and_keeps_none_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    recorded: list[str] = []

    def record(attempt_id: str) -> None:
        if attempt_id == "bad":
            raise ValueError("no such thing")
        recorded.append(attempt_id)

    recorder = Recorder(record, Arrivals())
    recorder.start()
    with caplog.at_level(logging.ERROR):
        recorder.add("bad")
        recorder.add("good")
        recorder.stop()

    assert recorded == ["good"]
    assert "attempt bad could not be recorded" in caplog.text
