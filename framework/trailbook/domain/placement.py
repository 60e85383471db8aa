"""Placement: the question that tells most about what a learner knows already, when to stop, and what then is known.

What a learner can know is a set of lessons that holds, with each, all that it requires (a knowledge state: Doignon and
Falmagne 1985). A few hundred such states are drawn, from nobody's to all of the course; each answer weighs them. The
weights are a product, so the order of the answers does not matter, and what is believed of a lesson is never more than
of one that it requires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log2
from random import Random

from trailbook.domain.course import Course, LessonKey

RIGHT_IF_KNOWN = 0.9
RIGHT_IF_NOT = 0.15
HALF = 0.5  # with less of its points an answer was more wrong than right
KNOWN = 0.8  # believed so much, a lesson counts as known
LEAST_GAIN = 0.15  # bits; a question on a lesson that is known or not with equal probability tells 0.46
MOST_QUESTIONS = 12
STATES = 600
SPREAD = 2.0  # the greater, the fewer learners are expected to know all


@dataclass(frozen=True)
class Reply:
    """An answer to a question on a lesson: the share of its points, in [0, 1]; 0 also for "I do not know"."""

    lesson: LessonKey
    share: float


@dataclass(frozen=True)
class Asking:
    """The next lesson to ask about, and the bits that a question on each lesson that could be asked would tell."""

    lesson: LessonKey
    gains: Mapping[LessonKey, float]


class Placement:
    """What is asked about one course, of a learner about whom the learner model says this before.

    Parameters
    ----------
    priors
        Predicted share correct on a typical exercise of each lesson, in (0, 1); a lesson without one is taken as even.
    seed
        Of the states that are drawn; the same seed asks the same learner the same.
    """

    def __init__(self, course: Course, priors: Mapping[LessonKey, float], *, seed: str) -> None:
        self.course = course
        self.lessons = tuple(lesson.key for lesson in course.lessons())
        self._place = {key: place for place, key in enumerate(self.lessons)}
        self._states = tuple(_draw(course, priors, Random(seed)))  # noqa: S311 - chooses questions, keeps no secret

    def beliefs(self, replies: Sequence[Reply]) -> dict[LessonKey, float]:
        """Return the probability that each lesson is known, in the course's order."""
        weights = self._weights(replies)
        total = sum(weights)
        sums = [0.0] * len(self.lessons)
        for state, weight in zip(self._states, weights, strict=True):
            for place in state:
                sums[place] += weight
        return {key: each / total for key, each in zip(self.lessons, sums, strict=True)}

    def next_question(self, replies: Sequence[Reply], askable: Sequence[LessonKey]) -> Asking | None:
        """Return the lesson whose question tells most, None when it is time to stop.

        It stops after `MOST_QUESTIONS`, and when no question would tell `LEAST_GAIN`. Of equal ones the first in
        ``askable`` is taken.
        """
        if len(replies) >= MOST_QUESTIONS or not askable:
            return None
        beliefs = self.beliefs(replies)
        gains = {key: round(_gain(beliefs[key]), 6) for key in askable}
        best = max(gains, key=lambda key: gains[key])
        return Asking(best, gains) if gains[best] >= LEAST_GAIN else None

    def known(self, replies: Sequence[Reply]) -> tuple[LessonKey, ...]:
        """Return the lessons that count as known, in the course's order: each with all that it requires.

        A guess of the model opens nothing: a lesson is known when it, or one that builds on it, was answered right, and
        all answers together make that believable; never one whose own question was answered wrong.
        """
        beliefs = self.beliefs(replies)
        wrong = {reply.lesson for reply in replies if reply.share < HALF}
        shown = self._with_required(reply.lesson for reply in replies if reply.share >= HALF)
        found: set[LessonKey] = set()
        for key in _requirements_first(self.course):
            before = {each for each in self.course.get_lesson(key).requires if each in self._place}
            if key in shown and beliefs[key] >= KNOWN and key not in wrong and before <= found:
                found.add(key)
        return tuple(key for key in self.lessons if key in found)

    def _with_required(self, lessons: Iterable[LessonKey]) -> set[LessonKey]:
        """Return lessons with all that they require, near and far."""
        found: set[LessonKey] = set()
        waiting = [*lessons]
        while waiting:
            key = waiting.pop()
            if key in self._place and key not in found:
                found.add(key)
                waiting.extend(self.course.get_lesson(key).requires)
        return found

    def _weights(self, replies: Sequence[Reply]) -> list[float]:
        """Return how much each state explains the answers, the best of them 1."""
        logs = [sum(_fit(self._place[each.lesson] in state, each.share) for each in replies) for state in self._states]
        most = max(logs)
        return [exp(each - most) for each in logs]


def _fit(known: bool, share: float) -> float:
    right = RIGHT_IF_KNOWN if known else RIGHT_IF_NOT
    return share * log(right) + (1.0 - share) * log(1.0 - right)


def _gain(belief: float) -> float:
    """Return the bits that an answer tells about the state: its own uncertainty without that of guess and slip."""
    right = belief * RIGHT_IF_KNOWN + (1.0 - belief) * RIGHT_IF_NOT
    return _bits(right) - belief * _bits(RIGHT_IF_KNOWN) - (1.0 - belief) * _bits(RIGHT_IF_NOT)


def _bits(p: float) -> float:
    return -p * log2(p) - (1.0 - p) * log2(1.0 - p)


def _draw(course: Course, priors: Mapping[LessonKey, float], random: Random) -> Iterator[frozenset[int]]:
    """Yield states of learners who know from nothing to everything, more of what the model expects.

    Nothing and everything are among them, so that no answers are impossible.
    """
    place = {lesson.key: number for number, lesson in enumerate(course.lessons())}
    length = max(_depths(course).values(), default=1)
    steps = [
        (
            place[key],
            _tilt(priors.get(key, 0.5)),
            frozenset(place[each] for each in course.get_lesson(key).requires if each in place),
        )
        for key in _requirements_first(course)
    ]
    yield frozenset()
    yield frozenset(place.values())
    for _ in range(STATES - 2):
        going_on = random.random() ** (SPREAD / length)
        state: set[int] = set()
        for lesson, tilt, required in steps:
            if required <= state:
                likely = going_on * tilt
                if random.random() * (1.0 - going_on + likely) < likely:
                    state.add(lesson)
        yield frozenset(state)


def _tilt(predicted: float) -> float:
    """Return the odds of a prediction, held where an answer can still change the picture."""
    bounded = min(max(predicted, 0.1), 0.9)
    return bounded / (1.0 - bounded)


def _depths(course: Course) -> dict[LessonKey, int]:
    """Return the length of the longest way to each lesson, 1 for one that requires nothing."""
    depths: dict[LessonKey, int] = {}
    for key in _requirements_first(course):
        depths[key] = 1 + max((depths.get(each, 0) for each in course.get_lesson(key).requires), default=0)
    return depths


def _requirements_first(course: Course) -> list[LessonKey]:
    """Return every lesson after all that it requires; one in a circle comes where it stands in the course."""
    lessons = {lesson.key: lesson for lesson in course.lessons()}
    done: dict[LessonKey, None] = {}
    for root in lessons:
        waiting, entered = [root], set[LessonKey]()
        while waiting:
            key = waiting[-1]
            before = [each for each in lessons[key].requires if each in lessons and each not in done]
            if key in entered or not before:
                done.setdefault(waiting.pop())
            else:
                entered.add(key)
                waiting.extend(each for each in before if each not in entered)
    return list(done)
