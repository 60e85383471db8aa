"""What an author learns of a path before anybody walks it: dead ends, needless lessons, bottlenecks and minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from trailbook.domain.course import Course, LessonKey
from trailbook.domain.mastery.gate import Gate
from trailbook.domain.simulation.compare import Study
from trailbook.domain.simulation.practise import Way
from trailbook.domain.simulation.shape import Topic

LEVELS: Mapping[str, float] = {"novice": -1.0, "average": 0.0, "experienced": 1.0}
"""Kinds of learners, by their level in standard deviations from the average."""
CLOSED = 0.5  # share of learners who give up on a lesson, from which it is a dead end
NARROW = 0.1  # share of learners who give up on a lesson, from which it is a bottleneck
TWICE = 2.0  # times the course's usual exercises, from which it is one, too


@dataclass(frozen=True)
class LessonReport:
    """One lesson of the path.

    Attributes
    ----------
    depth
        How many lessons at least have to be done before it.
    opens
        How many other lessons wait for it, directly or not.
    exercises
        A learner of average level does, in the mean.
    minutes
        Reading and answering, by kind of learner.
    given_up
        Share of learners, of all kinds, who do the most exercises without getting there.
    """

    lesson: LessonKey
    title: str
    requires: tuple[LessonKey, ...]
    depth: int
    opens: int
    exercises: float
    minutes: Mapping[str, float]
    given_up: float


@dataclass(frozen=True)
class PathReport:
    """The whole path; ``minutes`` are those of the course, by kind of learner."""

    lessons: tuple[LessonReport, ...]
    minutes: Mapping[str, float]
    dead_ends: Mapping[LessonKey, str]
    not_needed: Mapping[LessonKey, str]
    bottlenecks: Mapping[LessonKey, str]


def report_path(course: Course, study: Study, gate: Gate) -> PathReport:
    """Return the report; ``study`` has the learners."""
    ways = {kind: study.ways(study.ours(gate), level=level) for kind, level in LEVELS.items()}
    lessons = tuple(_lesson(topic, study.topics, ways) for topic in study.topics)
    return PathReport(
        lessons=lessons,
        minutes={kind: fmean(way.minutes.total() for way in each) for kind, each in ways.items()},
        dead_ends=_dead_ends(course, lessons),
        not_needed=_not_needed(course),
        bottlenecks=_bottlenecks(lessons),
    )


def _lesson(topic: Topic, topics: Sequence[Topic], ways: Mapping[str, Sequence[Way]]) -> LessonReport:
    everybody = [way for each in ways.values() for way in each]
    return LessonReport(
        lesson=topic.lesson.key,
        title=topic.lesson.title,
        requires=tuple(LessonKey.parse(name) for name in topic.requires),
        depth=_depth(topic, {each.name: each for each in topics}),
        opens=sum(topic.name in _before(each, topics) for each in topics),
        exercises=fmean(way.exercises[topic.name] for way in ways["average"]),
        minutes={kind: fmean(way.minutes[topic.name] for way in each) for kind, each in ways.items()},
        given_up=fmean(topic.name in way.given_up for way in everybody),
    )


def _depth(topic: Topic, topics: Mapping[str, Topic]) -> int:
    return max((1 + _depth(topics[name], topics) for name in topic.requires), default=0)


def _before(topic: Topic, topics: Sequence[Topic]) -> frozenset[str]:
    """Return the names of all topics that have to be done before one; ``topics`` are in an order that can be walked."""
    found = set(topic.requires)
    for each in reversed(topics):
        if each.name in found:
            found |= set(each.requires)
    return frozenset(found)


def _dead_ends(course: Course, lessons: Sequence[LessonReport]) -> dict[LessonKey, str]:
    """Return lessons that others wait for, and that most do not get through or nothing can show anybody to hold."""
    practised = {lesson.lesson for lesson in lessons}
    waited_for = {key for lesson in course.lessons() for key in lesson.requires}
    closed = {lesson.lesson: _in_vain(lesson) for lesson in lessons if lesson.opens and lesson.given_up >= CLOSED}
    return closed | {
        lesson.key: f"{lesson.title} has no exercise: what requires it opens for whoever has only looked at it."
        for lesson in course.lessons()
        if lesson.key in waited_for and lesson.key not in practised
    }


def _not_needed(course: Course) -> dict[LessonKey, str]:
    """Return lessons before the last that no other requires and whose skills others teach, too, or that teach none."""
    lessons = list(course.lessons())
    waited_for = {key for lesson in lessons for key in lesson.requires}
    found = {}
    for place, lesson in enumerate(lessons[:-1]):
        elsewhere = {skill for other in lessons if other is not lesson for skill in other.teaches}
        if lesson.key in waited_for or not set(lesson.teaches) <= elsewhere:
            continue
        if lesson.teaches:
            why = f"what it teaches ({', '.join(lesson.teaches)}) is taught elsewhere, too"
        elif any(other.requires for other in lessons[place + 1 :]):
            why = "course.yaml names nothing that it teaches"
        else:
            continue  # a course without a path: no lesson needs another
        found[lesson.key] = f"No lesson requires {lesson.title}, and {why}."
    return found


def _bottlenecks(lessons: Sequence[LessonReport]) -> dict[LessonKey, str]:
    usual = fmean(lesson.exercises for lesson in lessons)
    found = {}
    for lesson in lessons:
        if not lesson.opens or lesson.given_up >= CLOSED:
            continue
        if lesson.given_up >= NARROW:
            found[lesson.lesson] = _in_vain(lesson)
        elif lesson.exercises >= TWICE * usual:
            found[lesson.lesson] = (
                f"It takes {lesson.exercises:.0f} exercises, the usual lesson {usual:.0f}; {_waiting(lesson)}."
            )
    return found


def _in_vain(lesson: LessonReport) -> str:
    return f"{lesson.given_up:.0%} of the learners do not get through by practice; {_waiting(lesson)}."


def _waiting(lesson: LessonReport) -> str:
    return "1 lesson waits for it" if lesson.opens == 1 else f"{lesson.opens} lessons wait for it"
