"""What learners take on and prefer, alike in every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from support.courses import NOW, TRAP, key

from trailbook.domain.course import LessonKey
from trailbook.domain.formats import Format
from trailbook.domain.preferences import NO_PREFERENCES, Pace, Preferences
from trailbook.domain.sittings import Purpose, Sitting
from trailbook.services.ports import Storage

ITEMS = (f"{key('one')}#a \x00", f"{key('two')}#b")
PRACTICE = Sitting("zz", "course", TRAP, Purpose.PRACTICE, NOW, lesson=key("two"))
PLACING = Sitting("aa", "course", TRAP, Purpose.PLACEMENT, NOW, items=ITEMS, skipped=ITEMS[:1])
OTHERS = (
    Sitting("b", "course", "someone", Purpose.TEST_OUT, NOW, lesson=key("one"), items=ITEMS[:1]),
    Sitting("c", "other", TRAP, Purpose.PRACTICE, NOW, lesson=key("one")),
)


def test_sittings_are_of_learner_and_course_in_the_order_they_began(storage: Storage) -> None:
    with storage() as work:
        assert work.sittings.of_learner(TRAP, "course") == []
        for each in (PRACTICE, PLACING, *OTHERS):
            work.sittings.put(each)
    with storage(read_only=True) as work:
        assert work.sittings.of_learner(TRAP, "course") == [PRACTICE, PLACING]
        assert work.sittings.of_course("course") == [PRACTICE, PLACING, OTHERS[0]]
        assert work.sittings.of_learner(TRAP, "unknown") == []


def test_sitting_put_again_takes_its_old_place(storage: Storage) -> None:
    ended = replace(PRACTICE, ended_at=NOW + timedelta(hours=1), known=(key("one"), key("two")), items=ITEMS)
    with storage() as work:
        work.sittings.put(PRACTICE)
        work.sittings.put(PLACING)
        work.sittings.put(ended)
        assert work.sittings.of_learner(TRAP, "course") == [ended, PLACING]
    with storage(read_only=True) as work:
        assert work.sittings.of_learner(TRAP, "course") == [ended, PLACING]


def test_preferences_are_of_learner_and_course(storage: Storage) -> None:
    first = Preferences(Format.WATCH, Pace.BRISK, 30, LessonKey("week 1", "two"))
    with storage() as work:
        assert work.preferences.get(TRAP, "course") == NO_PREFERENCES
        work.preferences.put(TRAP, "course", first)
        work.preferences.put("someone", "course", Preferences(pace=Pace.CALM))
    with storage() as work:
        assert work.preferences.get(TRAP, "course") == first
        work.preferences.put(TRAP, "course", NO_PREFERENCES)
    with storage(read_only=True) as work:
        assert work.preferences.get(TRAP, "course") == NO_PREFERENCES
        assert work.preferences.get("someone", "course") == Preferences(pace=Pace.CALM)
        assert work.preferences.get(TRAP, "other") == NO_PREFERENCES
