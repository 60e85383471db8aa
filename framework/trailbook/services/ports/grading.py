"""What grades, as a protocol, with what it is given and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.results import GradingResult, TestResult
from trailbook.services.ports.records import Notebook

OnTest = Callable[[TestResult], None]
"""Told of each test as it ends, in the order they run, from the thread that grades."""


@dataclass(frozen=True)
class LessonToGrade:
    """All a grading needs of a lesson, the same for every learner.

    Attributes
    ----------
    source, released
        The lesson with and without solutions and hidden tests. An answer cell without an answer counts as released;
        messages quote only what is released.
    contract
        What `Grader.record` returned for this lesson at its release; empty where it was never recorded: then it is
        recorded now and kept as long as the grader lives.
    packages
        Top-level packages an answer may import, by ``grade_id`` of its cell; one that is not there may import any.
    data
        Folders of this machine that the code can read under the given relative path and cannot change.
    """

    source: Notebook
    released: Notebook
    files: Mapping[str, bytes]
    limits: GradingLimits = field(default_factory=GradingLimits)
    contract: Mapping[str, Any] = field(default_factory=dict)
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """How the reference solution and the blank start came out, and what the reference showed of every test.

    Attributes
    ----------
    contract
        Plain JSON values; only the grader that made it reads it.
    reference, blank
        Results of the author's solution and of the notebook as learners get it.
    apart
        ``grade_id`` of the test cells that give the reference the same points apart from its process as within it.
    in_process
        Test cells that run within the learner's process.
    why_not_apart
        For each test cell that does not work apart, a sentence for the author.
    trusts
        For test cells whose verdict depends on methods of the learner's objects, those methods.
    """

    contract: Mapping[str, Any]
    reference: GradingResult
    blank: GradingResult
    apart: tuple[str, ...]
    in_process: tuple[str, ...]
    why_not_apart: Mapping[str, str] = field(default_factory=dict)
    trusts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Grader(Protocol):
    """Grades one lesson of one learner. A pure function of its arguments and the environment: safe to repeat."""

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Return the result of running the lesson rebuilt from its source with these answers in it.

        Parameters
        ----------
        only
            ``grade_id`` of the test cells whose results are wanted; the run may end after the last of them. All
            when empty.
        seed
            What randomised inputs are drawn from: the same seed draws the same. The attempt's id.

        Raises
        ------
        Unavailable
            The grading itself failed (``grading_failed``, ``no_sandbox``), which says nothing about the answers.
        """

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Run the reference solution and the blank start, and return how they came out and the contract.

        Parameters
        ----------
        declared
            ``grade_id`` of the test cells the author lets run within the learner's process.
        rule
            Whether others may, where the reference needs it.
        """
