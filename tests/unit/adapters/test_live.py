"""Listeners are told what concerns them, from this process and from the log's other writers."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

import pytest
from support.courses import NOW

from trailbook.adapters.live import InProcessLive, LogFollower
from trailbook.adapters.memory import MemoryStorage
from trailbook.services.ports import Event


def event(learner: str, kind: str = "path_changed") -> Event:
    return Event(kind, NOW, "course", learner)


def test_listener_hears_its_learner_and_everyone() -> None:
    live = InProcessLive()
    heard: list[Event] = []
    unsubscribe = live.subscribe("ann", heard.append)
    live.publish([event("ann"), event("bob"), event("")])
    assert heard == [event("ann"), event("")]
    unsubscribe()
    unsubscribe()
    live.publish([event("ann")])
    assert len(heard) == 2


def test_listener_that_fails_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Event) -> None:
        raise RuntimeError("gone")

    live = InProcessLive()
    heard: list[Event] = []
    live.subscribe("ann", fail)
    live.subscribe("ann", heard.append)
    with caplog.at_level(logging.ERROR):
        live.publish([event("ann")])
    assert heard == [event("ann")]
    assert "A listener failed on event 0." in caplog.text


def test_listener_may_subscribe_and_end_while_told() -> None:
    live = InProcessLive()
    heard: list[Event] = []
    live.subscribe("ann", lambda _: live.subscribe("ann", heard.append)())
    live.publish([event("ann")])
    assert heard == []


def test_follower_tells_what_others_wrote_after_it_began() -> None:
    storage, live = MemoryStorage(), InProcessLive()
    heard: list[Event] = []
    live.subscribe("ann", heard.append)
    with storage() as work:
        work.events.append(event("ann", "before"))
    follower = LogFollower(storage, live, every_seconds=60)
    with storage() as work:
        work.events.append(event("ann", "one"))
        work.events.append(event("bob", "two"))
    follower.look()
    follower.look()
    assert [replace(each, id=0) for each in heard] == [event("ann", "one")]


def test_follower_looks_by_itself_until_stopped() -> None:
    storage, live = MemoryStorage(), InProcessLive()
    told = threading.Event()
    live.subscribe("ann", lambda _: told.set())
    follower = LogFollower(storage, live, every_seconds=0.01)
    follower.start()
    with storage() as work:
        work.events.append(event("ann"))
    assert told.wait(10)
    follower.stop()
    follower.stop()
