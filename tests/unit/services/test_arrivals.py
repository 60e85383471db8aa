"""What gives way while answers arrive."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

from trailbook.services.arrivals import QUIET_SECONDS, Arrivals

LONG = 30.0


def test_nobody_waits_when_nothing_arrives() -> None:
    began = time.monotonic()

    Arrivals().give_way(most_seconds=LONG)

    assert time.monotonic() - began < LONG / 10


def test_who_gives_way_goes_on_when_the_last_answer_is_kept() -> None:
    arrivals = Arrivals()
    first, second = Future[None](), Future[None]()
    arrivals.expect(first)
    arrivals.expect(second)
    went_on = threading.Event()

    def give_way() -> None:
        arrivals.give_way(most_seconds=LONG)
        went_on.set()

    thread = threading.Thread(target=give_way)
    thread.start()
    first.set_result(None)
    assert not went_on.wait(5 * QUIET_SECONDS)
    second.set_exception(ValueError("refused"))  # a refusal is an end too

    assert went_on.wait(LONG)
    thread.join()


def test_gradings_wait_no_longer_than_they_are_told() -> None:
    arrivals = Arrivals()
    arrivals.expect(Future[None]())

    arrivals.give_way(most_seconds=0.02)  # would hang


def test_answers_one_upon_the_other_are_one_rush() -> None:
    arrivals = Arrivals()
    answer = Future[None]()
    arrivals.expect(answer)
    answer.set_result(None)
    began = time.monotonic()

    arrivals.give_way()

    assert time.monotonic() - began >= QUIET_SECONDS / 2
