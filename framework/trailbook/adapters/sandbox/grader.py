"""Grades lessons: Python's with the tester in a process of its own, others in the notebook's kernel."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence

from trailbook.adapters.sandbox.isolation import Tier, choose_tier
from trailbook.adapters.sandbox.kernel.grader import KernelRunner, is_python
from trailbook.adapters.sandbox.outputs import as_text, with_outputs
from trailbook.adapters.sandbox.separate.contract import Contract, lesson_sha256, read_contract
from trailbook.adapters.sandbox.separate.plan import tests_of
from trailbook.adapters.sandbox.separate.preload import modules_to_preload
from trailbook.adapters.sandbox.separate.record import record, starting_answers
from trailbook.adapters.sandbox.separate.runner import Request, SeparateRunner
from trailbook.adapters.sandbox.separate.zygotes import Zygotes
from trailbook.domain.course import GradingLimits, InProcess
from trailbook.domain.notebook import grade_cells
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult, Verdict
from trailbook.domain.verdicts import judge
from trailbook.services.ports import LessonToGrade, Notebook, OnTest, Recording


class SandboxGrader:
    """Grades in sandboxes; see `trailbook.services.ports.Grader`. Safe to use from several threads.

    Parameters
    ----------
    insecure
        Run learner code without a sandbox. Only for a try-out.
    spares
        Pairs of processes, and boxes once a lesson's kernel was needed, kept started so that the next grading need
        not wait for them.
    tier
        The kind of sandbox to use; the strongest that works here when None.
    """

    def __init__(self, *, insecure: bool = False, spares: int = 2, tier: Tier | None = None) -> None:
        self._insecure = insecure
        self._spares = spares
        self._wanted_tier = tier
        self._kernels = KernelRunner(insecure=insecure, spares=min(spares, 1))
        self._lock = threading.Lock()
        self._runner: SeparateRunner | None = None
        self._contracts: dict[str, Contract] = {}
        self._recording: dict[str, threading.Lock] = {}

    def warm_up(self, limits: GradingLimits, imports: Iterable[str] = ()) -> None:
        """Make sure that the sandbox works, and load what lessons import, so that the first grading is fast.

        Parameters
        ----------
        imports
            Modules that the courses' notebooks import; see `imports_of`.

        Raises
        ------
        Unavailable
            ``no_sandbox``: no sandbox can be started here.
        """
        self._separate().warm_up(frozenset(imports), limits)

    def grade(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str] = (),
        seed: str = "",
        on_test: OnTest | None = None,
    ) -> GradingResult:
        """Return the result of running the lesson with these answers in it; see the port."""
        started = time.monotonic()
        all_answers = {**starting_answers(lesson), **answers}
        if not runs_apart(lesson.source):
            return self._grade_in_kernel(lesson, all_answers, only=only, on_test=on_test, started=started)
        contract = read_contract(lesson.contract) or self._find_contract(lesson)
        request = Request(lesson, contract, all_answers, seed)
        return self._separate().grade(request, only=only, on_test=on_test)

    def record(self, lesson: LessonToGrade, *, declared: Sequence[str], rule: InProcess) -> Recording:
        """Run the reference solution and the blank start; see the port."""
        if runs_apart(lesson.source):
            return record(self._separate(), lesson, declared=declared, rule=rule)[1]
        solution = {cell.grade_id: cell.source for cell in grade_cells(lesson.source) if cell.solution}
        return Recording({}, self.grade(lesson, solution), self.grade(lesson, {}), (), tests_of(lesson.source))

    def close(self) -> None:
        """End everything that waits for work, and wait until all that was used is gone; gradings that run go on."""
        if self._runner is not None:
            self._runner.close()
        self._kernels.close()

    def _separate(self) -> SeparateRunner:
        """Return what grades apart; made at the first use, since the tier is found by trying."""
        with self._lock:
            if self._runner is None:
                tier = Tier.NONE if self._insecure else choose_tier(self._wanted_tier).tier
                self._runner = SeparateRunner(Zygotes(tier, spares=self._spares))
            return self._runner

    def _find_contract(self, lesson: LessonToGrade) -> Contract:
        """Return the contract of a lesson that has none with it: recorded once as long as this grader lives."""
        key = lesson_sha256(lesson)
        with self._lock:
            lock = self._recording.setdefault(key, threading.Lock())
        with lock:
            if key not in self._contracts:
                runner = self._separate()
                self._contracts[key] = record(runner, lesson, declared=(), rule=InProcess.AUTOMATIC)[0]
            return self._contracts[key]

    def _grade_in_kernel(
        self,
        lesson: LessonToGrade,
        answers: Mapping[str, str],
        *,
        only: Sequence[str],
        on_test: OnTest | None,
        started: float,
    ) -> GradingResult:
        notebook = rebuild(lesson.source, answers)
        runs, stopped = self._kernels.run(notebook, lesson, only=only)
        judged = judge(
            notebook, lesson.released, runs, stopped=stopped, limits=lesson.limits, answers=answers, only=only
        )
        if on_test is not None:
            for test in judged.tests:
                on_test(test)
        return GradingResult(
            Verdict.GRADED,
            judged.tests,
            autograded=as_text(with_outputs(notebook, runs)),
            reason=judged.reason,
            seconds=round(time.monotonic() - started, 3),
        )


def imports_of(notebooks: Iterable[Notebook]) -> frozenset[str]:
    """Return the modules that these notebooks import and this environment has."""
    return modules_to_preload(notebooks)


def runs_apart(notebook: Notebook) -> bool:
    """Whether a notebook's tests can run apart: it is Python's, and does not ask for its kernel."""
    asks_for_kernel = notebook.get("metadata", {}).get("trailbook", {}).get("grading") == "kernel"
    return is_python(notebook) and not asks_for_kernel
