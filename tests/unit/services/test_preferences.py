"""Preferences are the learner's own, and in the log."""

from __future__ import annotations

from typing import Any

import pytest
from support.contexts import World, learner
from support.courses import MODULE, NOW, TRAP

from trailbook.domain.errors import Invalid, NotAllowed, NotFound
from trailbook.services.ports import Event
from trailbook.services.preferences import PreferencesView, set_preferences, view_preferences

CHOSEN: dict[str, Any] = {"first": "read", "pace": "brisk", "minutes_a_day": 15, "goal": f"{MODULE}/two"}


def test_preferences_are_kept_and_logged_once(world: World) -> None:
    assert view_preferences(world.context, learner(), "course") == PreferencesView(None, "steady", None)
    for _ in range(2):
        assert set_preferences(world.context, learner(), "course", **CHOSEN) == PreferencesView(**CHOSEN)
    assert view_preferences(world.context, learner(), "course") == PreferencesView(**CHOSEN)
    assert world.log() == [Event("preferences_changed", NOW, "course", TRAP, data=CHOSEN)]
    assert view_preferences(world.context, learner("someone"), "course") == PreferencesView(None, "steady", None)


@pytest.mark.parametrize(
    "change", [{"first": "listen"}, {"pace": "fast"}, {"minutes_a_day": 4}, {"minutes_a_day": 241}]
)
def test_preference_that_is_none_of_the_choices_is_refused(world: World, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        set_preferences(world.context, learner(), "course", **{**CHOSEN, **change})
    assert refusal.value.code == "bad_preferences"
    assert world.log() == []


def test_goal_is_a_lesson_of_the_course(world: World) -> None:
    with pytest.raises(NotFound) as refusal:
        set_preferences(world.context, learner(), "course", **{**CHOSEN, "goal": f"{MODULE}/none"})
    assert refusal.value.code == "unknown_lesson"
    assert world.log() == []


def test_preferences_of_a_course_one_is_not_in_are_refused(world: World) -> None:
    with pytest.raises(NotAllowed):
        view_preferences(world.context, learner(of="other"), "course")
