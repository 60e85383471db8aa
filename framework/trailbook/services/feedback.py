"""What a learner reads of a graded submission: points, the author's messages, a person's comments, what was repaired.

Nothing of a hidden test is in it: its text is not the learner's to read, and neither are its points while the course
withholds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from trailbook.domain.course import Course
from trailbook.domain.exercise import Exercise
from trailbook.domain.hidden_policy import with_hidden_tests, withheld
from trailbook.domain.notebook import grade_cells
from trailbook.services.folder_course import FolderLesson
from trailbook.services.graded_cells import GradedCell
from trailbook.services.scores import Scores


@dataclass(frozen=True)
class FeedbackTest:
    """A test cell as the learner may see it: without its hidden lines."""

    source: str
    score: float | None
    max_score: float
    message: str


@dataclass(frozen=True)
class FeedbackExercise:
    """An exercise: what was answered and how that was found.

    Attributes
    ----------
    score
        A person's points, None where a test gives them or nobody has looked yet.
    withheld
        How many tests the learner is not told of.
    """

    title: str
    answers: tuple[str, ...]
    tests: tuple[FeedbackTest, ...]
    is_by_person: bool
    score: float | None
    max_score: float
    comments: tuple[str, ...]
    withheld: int = 0


@dataclass(frozen=True)
class FeedbackPage:
    """One page: a lesson of a learner.

    Attributes
    ----------
    problem
        Why nothing was graded, "" where something was.
    """

    student: str
    module: str
    lesson: str
    title: str
    problem: str
    repaired: tuple[str, ...]
    exercises: tuple[FeedbackExercise, ...]
    penalty: float

    @property
    def score(self) -> float:
        """Return the points so far that the page tells of."""
        found = [test.score for exercise in self.exercises for test in exercise.tests]
        found += [exercise.score for exercise in self.exercises if exercise.is_by_person]
        return max(0.0, sum(score or 0.0 for score in found) - self.penalty)

    @property
    def max_score(self) -> float:
        """Return the points to be had that the page tells of."""
        by_person = sum(exercise.max_score for exercise in self.exercises if exercise.is_by_person)
        return by_person + sum(test.max_score for exercise in self.exercises for test in exercise.tests)


class FeedbackPages(Protocol):
    """Where pages are put for learners to get them."""

    def write(self, page: FeedbackPage) -> None: ...


def feedback_page(
    course: Course,
    lesson: FolderLesson,
    student: str,
    *,
    cells: Sequence[GradedCell],
    answers: Mapping[str, str],
    scores: Scores,
    now: datetime,
) -> FeedbackPage:
    """Return the page on one submission.

    Parameters
    ----------
    cells
        How it was graded, line by line.
    answers
        What was answered, by ``grade_id``.
    """
    ungradable = [cell for cell in cells if cell.status == "ungradable"]
    entry = course.find_lesson(lesson.key)
    to_grade = lesson.to_grade
    exercises = with_hidden_tests(lesson.exercises, to_grade.source, to_grade.released)
    is_withheld = withheld(course, lesson.key.module, now) is not None
    seen = {cell.grade_id: cell.source for cell in grade_cells(to_grade.released)}
    lines = {cell.grade_id: cell for cell in cells}

    def told(exercise: Exercise) -> FeedbackExercise:
        hidden = exercise.hidden_tests if is_withheld else ()
        tests = tuple(_tests(exercise, hidden, lines, seen, scores))
        own = exercise.answer_cells
        return FeedbackExercise(
            exercise.title,
            tuple(answers.get(name, "") for name in own),
            tests,
            exercise.graded_by_person,
            scores.points.get(exercise.id) if exercise.graded_by_person else None,
            exercise.max_score,
            tuple(scores.comments[name] for name in own if name in scores.comments),
            len(hidden),
        )

    return FeedbackPage(
        student,
        lesson.key.module,
        lesson.key.name,
        entry.title if entry is not None else lesson.key.name,
        ungradable[0].message or f"It could not be graded ({ungradable[0].reason})." if ungradable else "",
        cells[0].repaired if cells else (),
        () if ungradable else tuple(told(exercise) for exercise in exercises),
        scores.penalty,
    )


def _tests(
    exercise: Exercise,
    hidden: Sequence[str],
    lines: Mapping[str, GradedCell],
    seen: Mapping[str, str],
    scores: Scores,
) -> Iterator[FeedbackTest]:
    for name in exercise.test_cells:
        line = lines.get(name)
        if line is None or name in hidden:
            continue
        score = scores.points.get(name, line.score)
        passed = score is not None and score >= line.max_score
        yield FeedbackTest(seen.get(name, ""), score, line.max_score, "" if passed else line.message)
