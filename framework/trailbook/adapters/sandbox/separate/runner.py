"""Grades a Python notebook with its tester apart: which passes there are, and what their results are together."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trailbook.adapters.sandbox.outputs import as_text, with_outputs
from trailbook.adapters.sandbox.separate.conduct import Conductor
from trailbook.adapters.sandbox.separate.contract import Contract, owned_names
from trailbook.adapters.sandbox.separate.names import packages_of
from trailbook.adapters.sandbox.separate.passes import OnRun, Passed, run_pass
from trailbook.adapters.sandbox.separate.plan import Step, make_plan, tests_of
from trailbook.adapters.sandbox.separate.spares import APART, TOGETHER
from trailbook.adapters.sandbox.separate.zygotes import Zygotes
from trailbook.domain.course import GradingLimits
from trailbook.domain.errors import Unavailable
from trailbook.domain.notebook import grade_cells
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult, Mode, TestResult, Verdict
from trailbook.domain.runs import CellRun
from trailbook.domain.verdicts import Judge, Judged
from trailbook.services.ports import LessonToGrade, Notebook, OnTest

LEAST_SECONDS_FOR_WORDS = 1.0  # left of the whole time, or a message is not worth another pass

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One grading: what is to be graded, against what, and since when it runs (monotonic seconds)."""

    lesson: LessonToGrade
    contract: Contract
    answers: Mapping[str, str]
    seed: str
    started: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """When all passes must have ended."""
        return self.started + self.lesson.limits.total_timeout_seconds


class SeparateRunner:
    """Runs passes in processes forked from zygotes. Safe to use from several threads."""

    def __init__(self, zygotes: Zygotes) -> None:
        self._zygotes = zygotes

    def warm_up(self, imports: frozenset[str], limits: GradingLimits) -> None:
        """Load modules and fork ahead of the first grading."""
        self._zygotes.warm_up(imports, {}, limits)

    def close(self) -> None:
        """End what waits for work."""
        self._zygotes.close()

    def grade(self, request: Request, *, only: Sequence[str], on_test: OnTest | None) -> GradingResult:
        """Return the result of a lesson with these answers; see `trailbook.services.ports.Grader`."""
        lesson, contract = request.lesson, request.contract
        notebook = rebuild(lesson.source, request.answers)
        tests = tests_of(notebook)
        wanted = [test for test in tests if not only or test in only]
        inside = [test for test in wanted if test in contract.in_process]
        apart = [test for test in wanted if test not in inside]
        judge = Judge(
            notebook,
            lesson.released,
            limits=lesson.limits,
            answers=request.answers,
            modes={test: Mode.IN_PROCESS if test in inside else Mode.SEPARATE for test in tests},
            numbers=contract.numbers,
        )

        def tell(step: Step, runs: Mapping[int, CellRun]) -> None:
            if on_test is not None:
                on_test(judge.judge_test(step.grade_id, runs))

        passes, judged = [], []
        for together, names in ((False, apart), (True, inside)):
            if names:
                passed = self.run(request, notebook, names, together=together, on_run=tell)
                passes.append(passed)
                judged.append(judge.judge(passed.runs, stopped=passed.stopped, only=names))
        if not passes:  # nothing to test: what was answered is shown to graders all the same
            passes.append(Passed())
        if judged and apart:
            judged[0] = self._with_words(request, judged[0])
        found = {test.grade_id: test for each in judged for test in each.tests}
        runs = {index: run for passed in reversed(passes) for index, run in passed.runs.items()}
        if on_test is not None:  # those no pass came to
            _tell_rest(found, passes, notebook, on_test)
        return GradingResult(
            Verdict.GRADED,
            tuple(found[test] for test in wanted),
            autograded=as_text(with_outputs(notebook, runs)),
            reason=next((each.reason for each in judged if each.reason), ""),
            seconds=round(time.monotonic() - request.started, 3),
        )

    def run(
        self,
        request: Request,
        notebook: Notebook,
        wanted: Collection[str],
        *,
        together: bool,
        on_run: OnRun = lambda step, runs: None,
        is_recording: bool = False,
    ) -> Passed:
        """Run one pass for the tests that are wanted, in the learner's process or apart from it."""
        lesson, contract = request.lesson, request.contract
        references = {cell.grade_id: cell.source for cell in grade_cells(lesson.source) if cell.solution}
        steps = make_plan(notebook, wanted, references)
        common: dict[str, Any] = {
            "environment": {"TRAILBOOK_SEED": request.seed},
            "seed": request.seed,
            "max_output_bytes": lesson.limits.max_output_bytes,
        }
        tester = {
            **common,
            "contract": contract.tester,
            "record": is_recording,
            "answers": {name: text for name, text in request.answers.items() if name in references},
        }
        roles = TOGETHER if together else APART
        with self._zygotes.fork(frozenset(contract.imports), lesson.data, roles, lesson.limits) as pair:
            conductor = Conductor(pair, lesson.limits, deadline=request.deadline)
            conductor.start(common, None if together else tester, lesson.files)
            return run_pass(
                conductor,
                steps,
                owned=None if together else owned_names(lesson.source, contract),
                refused=_refused(lesson, request.answers),
                on_run=on_run,
                is_recording=is_recording,
            )

    def _with_words(self, request: Request, judged: Judged) -> Judged:
        """Return the verdict with messages of a run that has seen no hidden test, where that can say more."""
        if not judged.vague or request.deadline - time.monotonic() < LEAST_SECONDS_FOR_WORDS:
            return judged
        lesson = request.lesson
        # What learners have of the lesson is run, so nothing hidden is there to be told.
        visible = rebuild(lesson.released, request.answers)
        try:
            passed = self.run(request, visible, judged.vague, together=False)
        except Unavailable as refusal:
            log.warning("no words for a message: %s", refusal)
            return judged
        judge = Judge(visible, lesson.released, limits=lesson.limits, answers=request.answers)
        said = {
            test.grade_id: test.message
            for test in judge.judge(passed.runs, stopped=passed.stopped, only=judged.vague).tests
            if test.message and not passed.stopped
        }
        tests = tuple(replace(test, message=said.get(test.grade_id, test.message)) for test in judged.tests)
        return replace(judged, tests=tests)


def _refused(lesson: LessonToGrade, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answer cells that import what the exercise does not allow, and why they are not run."""
    found = {}
    own = {path.partition("/")[0].removesuffix(".py") for path in lesson.files} | {"__future__"}
    for name, text in answers.items():
        allowed = lesson.packages.get(name)
        foreign = sorted(packages_of(text) - own - frozenset(allowed)) if allowed is not None else ()
        if allowed is not None and foreign:
            may = f"only {_list(sorted(allowed))}" if allowed else "nothing"
            found[name] = f"This exercise may import {may}. Remove: import {', '.join(foreign)}."
    return found


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _tell_rest(found: Mapping[str, TestResult], passes: Sequence[Passed], notebook: Notebook, on_test: OnTest) -> None:
    """Tell of the tests that never ran, such as those after an endless loop."""
    ran = {index for passed in passes for index in passed.runs}
    for cell in grade_cells(notebook):
        if cell.grade_id in found and cell.index not in ran:
            on_test(found[cell.grade_id])
