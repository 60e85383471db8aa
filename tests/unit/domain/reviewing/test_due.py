"""What is due, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

from support.courses import course, key, lesson, reached

from trailbook.adapters.fsrs import FsrsForgetting
from trailbook.domain.mastery.protocol import Answer
from trailbook.domain.path import Status
from trailbook.domain.reviewing.due import due_reviews, held_skills, with_due
from trailbook.domain.reviewing.memory import DAY
from trailbook.domain.reviewing.schedule import memories
from trailbook.domain.unlocking import decide

START = 1_700_000_000.0
FSRS = FsrsForgetting()
COURSE = course(
    replace(lesson("one"), teaches=("filtering", "joins")), replace(lesson("two", requires=["one"]), teaches=("plots",))
)
TAUGHT = {each.key: each.teaches for each in COURSE.lessons()}
LOG = [
    Answer("ada", "f", ("filtering",), START, share=1.0),
    Answer("ada", "j", ("joins",), START, share=0.0),
    Answer("ada", "p", ("plots",), START, share=0.0),
]


def test_nothing_is_due_before_its_time() -> None:
    assert due_reviews(memories(LOG[:1], FSRS), {"filtering"}, FSRS, now=START + 2 * DAY - 1) == ()
    (found,) = due_reviews(memories(LOG[:1], FSRS), {"filtering"}, FSRS, now=START + 2 * DAY)
    assert (found.skill, found.title, found.last_at, found.due_at) == ("filtering", "filtering", START, START + 2 * DAY)


def test_what_faded_most_comes_first_and_only_what_was_held() -> None:
    found = due_reviews(memories(LOG, FSRS), {"filtering", "joins", "never met"}, FSRS, now=START + 9 * DAY)
    assert [each.skill for each in found] == ["joins", "filtering"]
    assert found[0].recall < found[1].recall < 0.9


def test_sentence_is_kind_and_true() -> None:
    found = due_reviews(memories(LOG[:1], FSRS), {"filtering"}, FSRS, now=START + 30 * DAY, titles={"filtering": "Joy"})
    assert round(found[0].recall, 2) == 0.67
    assert found[0].because == (
        "You last practised Joy 30 days ago. As with everybody some of it fades: about 7 in 10 is still there, and a "
        "few minutes bring the rest back."
    )
    (forgotten,) = due_reviews(memories(LOG[1:2], FSRS), {"joins"}, FSRS, now=START + 1.2 * DAY)
    assert forgotten.because.startswith("You last practised joins yesterday.")


def test_mastered_lesson_is_marked_and_nothing_is_locked() -> None:
    statuses = decide(COURSE, {key("one"): reached("one", 10), key("two"): reached("two", 2)})
    assert held_skills(statuses, TAUGHT) == {"filtering", "joins"}
    due = due_reviews(memories(LOG, FSRS), held_skills(statuses, TAUGHT), FSRS, now=START + 30 * DAY)
    marked = with_due(statuses, due, taught=TAUGHT)
    one, two = marked[key("one")], marked[key("two")]
    assert one.status is Status.DUE
    assert one.is_open
    assert one.because == f"{statuses[key('one')].because} {due[0].because}"
    assert two == statuses[key("two")]
    assert with_due(statuses, (), taught=TAUGHT) == statuses
    assert held_skills(marked, TAUGHT) == held_skills(statuses, TAUGHT)
