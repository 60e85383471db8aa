"""Tests of the high limit on jobs that wait."""

from __future__ import annotations

import pytest
from support.contexts import World
from support.courses import NOW, attempt, store_course

from trailbook.domain.errors import Unavailable
from trailbook.services.overload import Overload


def test_answers_are_refused_while_too_many_wait() -> None:
    world = World()
    store_course(world.storage)
    overload = Overload(world.storage, world.context.clock, max_waiting=2)

    with world.storage() as work:
        work.attempts.add(attempt("first"))
    overload.refuse()
    with world.storage() as work:
        work.attempts.add(attempt("second"))
    world.wait(1)
    with pytest.raises(Unavailable) as refusal:
        overload.refuse()
    with world.storage() as work:
        work.attempts.lease("first", now=NOW, until=NOW)
    world.wait(1)
    overload.refuse()

    assert (refusal.value.code, refusal.value.details) == ("too_busy", {"seconds": 60})


def test_the_database_is_asked_once_a_second() -> None:
    world = World()
    store_course(world.storage)
    overload = Overload(world.storage, world.context.clock, max_waiting=1)

    overload.refuse()
    with world.storage() as work:
        work.attempts.add(attempt("first"))
    world.wait(0.9)
    overload.refuse()  # still what it saw before
    world.wait(0.1)

    with pytest.raises(Unavailable):
        overload.refuse()
