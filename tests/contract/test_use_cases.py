"""Use cases under concurrency, on every database: what two requests at once must not break."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from support.contexts import World, learner
from support.courses import NOW, course, key, lesson, version
from support.doing import grade, hand_over, submit
from support.notebooks import answer, check, notebook

from trailbook.domain.path import Status
from trailbook.services.open_lesson import open_lesson
from trailbook.services.ports import Storage

BOTH = notebook(answer("a"), check("a-test", points=4), answer("b"), check("b-test", points=4))


def together(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run the acts in threads that begin at the same time."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def two_lessons(storage: Storage) -> World:
    """A world in which lesson two opens when all of lesson one is right."""
    world = World(storage)
    with storage() as work:
        work.courses.put(course(lesson("one", pass_share=1.0), lesson("two", requires=["one"])))
        work.versions.add(version("one", BOTH))
        work.versions.add(version("two", BOTH))
    return world


def test_one_request_sent_many_times_at_once_is_one_attempt(empty_storage: Storage) -> None:
    world = two_lessons(empty_storage)
    answers = together([lambda: submit(world).id] * 6)
    assert len(set(answers)) == 1
    assert world.dispatched == [answers[0]]
    assert len(set(together([lambda: hand_over(world, answers={}).id] * 6))) == 1


def test_last_two_exercises_graded_at_once_unlock_the_next_lesson(empty_storage: Storage) -> None:
    """Each worker alone sees half of the points; together they must not miss that the lesson is done."""
    world = two_lessons(empty_storage)
    for round_number in range(4):
        who = learner(f"learner {round_number}")
        open_lesson(world.context, who, "course", key("one"))
        sent = {
            name: submit(world, who=who, exercise=name, answers={name: ""}, idempotency_key=name).id for name in "ab"
        }
        together([lambda: grade(world, sent["a"], a_test=4), lambda: grade(world, sent["b"], b_test=4)])  # noqa: B023
        with empty_storage(read_only=True) as work:
            assert work.decisions.latest(who.name, "course")[key("two")].status is Status.OPEN
            unlocked = [event for event in work.events.after(0, learner=who.name) if event.kind == "lesson_unlocked"]
        assert [(event.lesson, event.at) for event in unlocked] == [(key("two"), NOW)]


def test_lesson_opened_many_times_at_once_is_noted_once(empty_storage: Storage) -> None:
    world = two_lessons(empty_storage)
    together([lambda: open_lesson(world.context, learner(), "course", key("one"))] * 6)
    assert [event.kind for event in world.log()] == ["lesson_opened"]
