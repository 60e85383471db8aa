"""A course's history of answers, as its log has it: what tests graded, what persons graded, what hints were shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from trailbook.domain.course import LessonKey
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import is_hidden
from trailbook.domain.mastery.history import Outcome
from trailbook.domain.notebook import grade_cells, unanswered
from trailbook.domain.results import TestResult
from trailbook.domain.scoring import own_tests
from trailbook.services.ports import Event, LessonVersion
from trailbook.services.ports.graded import GradedAnswer

MANUAL_GRADE, HINT_SHOWN = "manual_grade", "hint_shown"
KINDS = (MANUAL_GRADE, HINT_SHOWN)
GRADE = "grade"
"""In the data of a manual grade: ``{"share"}`` of an exercise a person grades, ``{"overrides"}`` of any other."""

Place = tuple[str, LessonKey, str]
"""Learner, lesson, exercise."""


@dataclass(frozen=True)
class Release:
    """What a history needs of one release; ``tests`` names the tests of each exercise by what they say."""

    version: LessonVersion
    tests: Mapping[str, str]

    @classmethod
    def of(cls, version: LessonVersion) -> Release:
        """Return what is needed of a release."""
        sources = {cell.grade_id: cell.source for cell in grade_cells(version.source)}
        tests = {each.id: _name_of(sources.get(cell, "") for cell in each.test_cells) for each in version.exercises}
        return cls(replace(version, source={}, files={}), tests)


@dataclass(frozen=True)
class Part:
    """One exercise of a graded answer, with the results of its tests that may be shown."""

    exercise: Exercise
    tests: tuple[TestResult, ...]

    def share(self, overrides: Mapping[str, float]) -> float:
        """Return the share of the points, in [0, 1], with a person's scores in the place of tests'."""
        most = sum(test.max_score for test in self.tests)
        won = sum(overrides.get(test.grade_id, test.score) for test in self.tests)
        return min(max(won / most, 0.0), 1.0)


class AnswerHistory:
    """Turns the log into outcomes as it comes; where the log corrects what it said before, a new history is wanted.

    Parameters
    ----------
    withheld
        Modules whose hidden verdicts are not shown now: nothing may follow from them.
    releases
        The releases that were answered, by lesson and number.
    """

    def __init__(self, withheld: frozenset[str], releases: Mapping[tuple[LessonKey, int], Release]) -> None:
        self._withheld = withheld
        self._releases = releases
        self._told: dict[str, tuple[Part, ...]] = {}  # by attempt
        self._overrides: dict[Place, Mapping[str, float]] = {}
        self._by_person: set[Place] = set()
        self._hints: dict[Place, int] = {}
        self._until: datetime | None = None

    def whole(self, answers: Iterable[GradedAnswer], events: Iterable[Event]) -> list[Outcome]:
        """Return every outcome of a log from its beginning.

        What was graded again stands where it was graded first, with what was found last.
        """
        latest: dict[str, GradedAnswer] = {}
        for answer in answers:
            if self._parts(answer):
                first = latest.get(answer.attempt, answer)
                latest[answer.attempt] = replace(answer, at=first.at, number=first.number)
        grades: dict[Place, Event] = {}
        others = []
        for event in events:
            if _is_by_person(event):
                first_grade = grades.get(_place(event), event)
                grades[_place(event)] = replace(event, at=first_grade.at, id=first_grade.id)
            else:
                others.append(event)
        return self._follow([*latest.values(), *grades.values(), *others])

    def more(self, answers: Iterable[GradedAnswer], events: Sequence[Event]) -> list[Outcome] | None:
        """Return the outcomes of what came since; None where it corrects, or comes before, what was told."""
        fresh: dict[str, GradedAnswer] = {}
        for answer in answers:
            parts = self._parts(answer)
            if not parts or self._told.get(answer.attempt) == parts:
                continue
            if answer.attempt in self._told or answer.attempt in fresh:
                return None
            fresh[answer.attempt] = answer
        graded = [_place(event) for event in events if _is_by_person(event)]
        is_corrected = any(event.kind == MANUAL_GRADE and not _is_by_person(event) for event in events)
        if is_corrected or len(set(graded)) < len(graded) or not self._by_person.isdisjoint(graded):
            return None
        steps: list[GradedAnswer | Event] = [*fresh.values(), *events]
        if self._until is not None and any(step.at < self._until for step in steps):
            return None
        return self._follow(steps)

    def _follow(self, steps: Iterable[GradedAnswer | Event]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        latest: dict[Place, tuple[int, Part]] = {}  # where each exercise's last outcome is
        for step in sorted(steps, key=_when):
            self._until = step.at
            if isinstance(step, GradedAnswer):
                self._told[step.attempt] = self._parts(step)
                for part in self._told[step.attempt]:
                    outcome = self._outcome(step, part)
                    latest[outcome.learner, outcome.lesson, outcome.exercise] = (len(outcomes), part)
                    outcomes.append(outcome)
            elif step.kind == HINT_SHOWN:
                self._hints[_place(step)] = self._hints.get(_place(step), 0) + 1
            elif _is_by_person(step):
                outcomes += self._from_person(step)
            else:
                self._correct(step, outcomes, latest)
        return outcomes

    def _parts(self, answer: GradedAnswer) -> tuple[Part, ...]:
        """Return the exercises the result is evidence of: answered, and with every test that may be shown run."""
        release = self._releases[answer.lesson, answer.version]
        exercises = [
            each
            for each in release.version.exercises
            if answer.exercise in (None, each.id) and each.answer_cells and each.test_cells
        ]
        blank = unanswered(release.version.released, exercises, answer.answers)
        found = []
        for exercise in exercises:
            tests = own_tests(exercise, answer.result.tests)
            if len(tests) < len(exercise.test_cells) or exercise.id in blank:
                continue
            if answer.lesson.module in self._withheld:
                tests = tuple(test for test in tests if not is_hidden(exercise, test))
            if sum(test.max_score for test in tests) > 0:
                kept = tuple(TestResult(test.grade_id, test.score, test.max_score) for test in tests)
                found.append(Part(exercise, kept))
        return tuple(found)

    def _outcome(self, answer: GradedAnswer, part: Part) -> Outcome:
        exercise = part.exercise
        place = (answer.learner, answer.lesson, exercise.id)
        return Outcome(
            answer.learner,
            answer.lesson,
            exercise.id,
            share=part.share(self._overrides.get(place, {})),
            at=answer.at.timestamp(),
            tests=self._releases[answer.lesson, answer.version].tests[exercise.id],
            text=_name_of(answer.answers.get(cell, "").strip() for cell in exercise.answer_cells),
            hints=self._hints.get(place, 0),
        )

    def _from_person(self, event: Event) -> list[Outcome]:
        """Return the outcome a person's grade tells of; none where the person took the grade back."""
        learner, lesson, exercise = place = _place(event)
        self._by_person.add(place)
        share = event.data[GRADE]["share"]
        if share is None:
            return []
        return [Outcome(learner, lesson, exercise, share=min(max(share, 0.0), 1.0), at=event.at.timestamp())]

    def _correct(self, event: Event, outcomes: list[Outcome], latest: Mapping[Place, tuple[int, Part]]) -> None:
        """Let a person's scores win over the tests' in the last answer, and in those to come."""
        overrides = event.data.get(GRADE, {}).get("overrides")
        if overrides is None:  # from before grades were kept in the log
            return
        self._overrides[_place(event)] = overrides
        if _place(event) in latest:
            number, part = latest[_place(event)]
            outcomes[number] = replace(outcomes[number], share=part.share(overrides))


def _place(event: Event) -> Place:
    return event.learner, event.lesson or LessonKey("", ""), event.exercise or ""


def _is_by_person(event: Event) -> bool:
    return event.kind == MANUAL_GRADE and "share" in event.data.get(GRADE, {})


def _when(step: GradedAnswer | Event) -> tuple[datetime, bool, int]:
    return (step.at, True, step.number) if isinstance(step, GradedAnswer) else (step.at, False, step.id)


def _name_of(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
