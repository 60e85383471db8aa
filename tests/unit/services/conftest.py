"""A course with two lessons, the second locked, and a third that is not released."""

from __future__ import annotations

import pytest
from support.contexts import World
from support.courses import course, lesson, version
from support.notebooks import answer, check, markdown, notebook, written

FIRST = notebook(
    markdown("# One"),
    answer("a", "# YOUR CODE"),
    check("a-test", points=4),
    answer("b"),
    check("b-test", points=4),
    written("w", "Write here.", points=2),
)
SECOND = notebook(markdown("# Two"), answer("a"), check("a-test"))


@pytest.fixture
def world() -> World:
    """A context with the course, released but for its last lesson."""
    world = World()
    with world.storage() as work:
        work.courses.put(course(lesson("one"), lesson("two", requires=["one"]), lesson("three")))
        work.versions.add(version("one", FIRST, files={"data.csv": b"\xff1"}))
        work.versions.add(version("two", SECOND))
    return world
