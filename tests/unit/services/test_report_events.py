"""What a learner's server reports is noted, marked as not trusted, and moves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from support.contexts import World, learner
from support.courses import NOW, TRAP, key

from trailbook.domain.errors import CourseError, Invalid, LessonLocked, NotFound, TooLarge
from trailbook.services.ports import Event
from trailbook.services.report_events import MAX_ITEMS, OURS, report_events
from trailbook.services.view_path import view_path


def test_reports_are_noted_as_not_trusted(world: World) -> None:
    before = view_path(world.context, learner(), "course")
    items = [{"kind": "run", "exercise": "a", "seconds": 1.5, "data": {"status": "ok"}}, {"kind": "page_viewed"}]
    report_events(world.context, learner(), "course", key("one"), items)
    untrusted = {"actor": "server", "trusted": False}
    assert world.log() == [
        Event("run", NOW, "course", TRAP, key("one"), "a", data={"status": "ok", "seconds": 1.5}, **untrusted),  # type: ignore[arg-type]
        Event("page_viewed", NOW, "course", TRAP, key("one"), **untrusted),  # type: ignore[arg-type]
    ]
    assert world.published == []
    assert view_path(world.context, learner(), "course") == before


@pytest.mark.parametrize(
    ("item", "kind", "code"),
    [
        *(({"kind": name}, Invalid, "bad_event") for name in sorted(OURS)),
        ({}, Invalid, "bad_event"),
        ({"kind": "x" * 41}, Invalid, "bad_event"),
        ({"kind": "no kind"}, Invalid, "bad_event"),
        ({"kind": "run", "exercise": "nine"}, NotFound, "unknown_exercise"),
        ({"kind": "run", "data": {"x": float("nan")}}, Invalid, "bad_event"),
        ({"kind": "run", "data": {"x": {1, 2}}}, Invalid, "bad_event"),
        ({"kind": "run", "data": {"x": "y" * 2_000}}, TooLarge, "too_large"),
    ],
)
def test_report_that_is_none_is_refused_with_all_of_its_batch(
    world: World, item: dict[str, Any], kind: type[CourseError], code: str
) -> None:
    with pytest.raises(CourseError) as refusal:
        report_events(world.context, learner(), "course", key("one"), [{"kind": "run"}, item])
    assert (type(refusal.value), refusal.value.code) == (kind, code)
    assert world.log() == []


def test_reports_on_a_locked_lesson_and_too_many_are_refused(world: World) -> None:
    with pytest.raises(LessonLocked):
        report_events(world.context, learner(), "course", key("two"), [{"kind": "run"}])
    with pytest.raises(TooLarge) as refusal:
        report_events(world.context, learner(), "course", key("one"), [{"kind": "run"}] * (MAX_ITEMS + 1))
    assert refusal.value.details == {"limit": MAX_ITEMS}
