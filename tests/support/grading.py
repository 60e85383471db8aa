"""Grading without a sandbox: a grader that says what it is told to, and a gradebook in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from support.contexts import World
from trailbook.domain.course import Course, InProcess, LessonKey
from trailbook.domain.errors import Unavailable
from trailbook.domain.exercise import Exercise
from trailbook.domain.results import GradingResult, TestResult, Verdict
from trailbook.services.grading_context import GradingContext
from trailbook.services.ports import Attempt, LessonToGrade, ManualGrade, Notebook, OnTest, Recording, Storage
from trailbook.services.scores import Scores

FAULT = Unavailable("grading_failed", "The sandbox ended.")


def graded(*tests: tuple[str, float], of: float = 1.0, reason: str = "") -> GradingResult:
    """Return a result with points for tests."""
    return GradingResult(
        Verdict.GRADED,
        tuple(TestResult(name, score, of, "" if score >= of else "Not yet.") for name, score in tests),
        autograded='{"cells": []}',
        reason=reason,
    )


@dataclass
class ScriptedGrader:
    """Gives one outcome after the other, the last again and again; a `Unavailable` among them is raised."""

    outcomes: Sequence[GradingResult | Unavailable]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Note what was asked, and give the next outcome."""
        outcome = self.outcomes[min(len(self.asked), len(self.outcomes) - 1)]
        self.asked.append({"answers": dict(answers), "only": tuple(only), "limits": lesson.limits})
        if isinstance(outcome, Unavailable):
            raise outcome
        if on_test is not None:
            for test in outcome.tests:
                on_test(test)
        return outcome

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Return the next outcome for the solution, and nothing for the blank start."""
        return Recording({}, self.grade(lesson, {}), GradingResult(Verdict.GRADED), (), tuple(declared))


@dataclass
class MemoryGradebook:
    """Keeps what was written to it; ``broken`` makes writing fail."""

    submissions: list[tuple[str, Notebook]] = field(default_factory=list)
    results: list[tuple[str, GradingResult]] = field(default_factory=list)
    registered: dict[LessonKey, Notebook] = field(default_factory=dict)
    timestamps: list[datetime | None] = field(default_factory=list)
    broken: bool = False

    def register(self, course: Course, versions: Mapping[LessonKey, Notebook]) -> None:
        """Keep the sources."""
        self.registered.update(versions)

    def write_submission(self, attempt: Attempt, notebook: Notebook, files: Mapping[str, bytes]) -> None:
        """Keep a submission."""
        self._refuse()
        self.submissions.append((attempt.id, notebook))

    def write_result(self, attempt: Attempt, exercises: Sequence[Exercise], result: GradingResult) -> None:
        """Keep a result."""
        self._refuse()
        self.results.append((attempt.id, result))

    def write_graded(
        self,
        attempt: Attempt,
        exercises: Sequence[Exercise],
        result: GradingResult,
        *,
        timestamp: datetime | None,
        handed_in: Collection[str],
    ) -> None:
        """Keep a result of the course folder."""
        self.write_result(attempt, exercises, result)
        self.timestamps.append(timestamp)

    def scores(self, lesson: LessonKey, student: str) -> Scores:
        """Return none."""
        return Scores()

    def manual_grades(self, since: str) -> tuple[str, Sequence[ManualGrade]]:
        """Return none."""
        return since, ()

    def _refuse(self) -> None:
        if self.broken:
            raise Unavailable("gradebook_unavailable", "The gradebook is locked.")


@dataclass
class GradingWorld:
    """Everything around a grading job: a database, a gradebook, a grader, and what listeners were told."""

    outcomes: Sequence[GradingResult | Unavailable]
    world: World = field(default_factory=World)
    gradebook: MemoryGradebook = field(default_factory=MemoryGradebook)
    max_tries: int = 3

    def __post_init__(self) -> None:
        self.grader = ScriptedGrader(self.outcomes)
        self.context = GradingContext(
            storage=self.world.storage,
            live=self.world,
            clock=lambda: self.world.now,
            grader=self.grader,
            gradebooks={"course": self.gradebook},
            lease_seconds=60.0,
            max_tries=self.max_tries,
        )

    @property
    def storage(self) -> Storage:
        """The database."""
        return self.world.storage

    def attempt(self, attempt_id: str) -> Attempt:
        """Return an attempt as it is stored."""
        with self.storage(read_only=True) as work:
            found = work.attempts.find(attempt_id)
        assert found is not None
        return found
