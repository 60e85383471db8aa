"""What a grading found: plain values that a worker sends back and the database keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How the grading of one job ended."""

    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"  # a person must look: a manual answer, or a job that failed three times
    UNGRADABLE = "ungradable"


class Mode(StrEnum):
    """How a test cell was run."""

    SEPARATE = "separate"  # apart from the learner's process: it cannot be forged
    IN_PROCESS = "in_process"  # inside the learner's process, as its author declared: it can be forged
    KERNEL = "kernel"  # in the notebook's own kernel, beside the learner's code: it can be forged


@dataclass(frozen=True)
class TestResult:
    """Outcome of one test cell.

    Attributes
    ----------
    grade_id
        The test cell's ``grade_id``.
    score, max_score
        Points given and to be had; 0 ≤ score, above ``max_score`` only as extra credit.
    message
        What the learner may read; never text of a hidden test.
    hidden
        Whether the cell has lines the learner does not see, so that its outcome tells of them.
    """

    __test__ = False  # for pytest, which would take the class for tests

    grade_id: str
    score: float
    max_score: float
    message: str = ""
    mode: Mode = Mode.KERNEL
    hidden: bool = False

    @property
    def passed(self) -> bool:
        """Whether the test gave all its points."""
        return self.score >= self.max_score


@dataclass(frozen=True)
class GradingResult:
    """Everything one grading says about one lesson of one learner.

    Attributes
    ----------
    tests
        One result for each autograded test cell of the lesson, in order.
    repaired
        Sentences on what was different in the submission and what was done about it.
    autograded
        The executed notebook as JSON text, for nbgrader's `autograded/`; staff only.
    reason
        Why there is no score, for `needs_review` and `ungradable`; a reason code: ``timeout``, ``memory``,
        ``output``, ``exit``, ``protocol``, ``no_json``, …
    seconds
        Wall-clock time of the grading.
    """

    verdict: Verdict
    tests: tuple[TestResult, ...] = ()
    repaired: tuple[str, ...] = ()
    autograded: str = ""
    reason: str = ""
    seconds: float = 0.0
