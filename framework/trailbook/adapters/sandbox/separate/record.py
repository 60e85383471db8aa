"""Records a lesson: the reference solution through the same processes as any answer, and what its tests used of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from trailbook.adapters.sandbox.separate.contract import Contract, environment_of
from trailbook.adapters.sandbox.separate.passes import Passed
from trailbook.adapters.sandbox.separate.plan import tests_of
from trailbook.adapters.sandbox.separate.preload import modules_to_preload
from trailbook.adapters.sandbox.separate.runner import Request, SeparateRunner
from trailbook.domain.course import InProcess
from trailbook.domain.in_process import declared_cells
from trailbook.domain.notebook import grade_cells
from trailbook.domain.rebuild import rebuild
from trailbook.domain.results import GradingResult
from trailbook.domain.runs import CellRun
from trailbook.domain.verdicts import Judge
from trailbook.services.ports import LessonToGrade, Recording

SEED = "reference"


@dataclass(frozen=True)
class _Reference:
    """How the reference solution did in one process and apart: points by test, and what a test apart stopped with."""

    within: Mapping[str, float]
    apart: Mapping[str, float]
    why: Mapping[str, str]


def record(
    runner: SeparateRunner, lesson: LessonToGrade, *, declared: Collection[str], rule: InProcess
) -> tuple[Contract, Recording]:
    """Return the lesson's contract, and how the reference solution and the blank start came out."""
    solution = {cell.grade_id: cell.source for cell in grade_cells(lesson.source) if cell.solution}
    starters = starting_answers(lesson)
    imports = tuple(sorted(modules_to_preload([lesson.source], lesson.files)))
    contract = Contract(imports=imports, environment=environment_of(imports))
    tests = tests_of(lesson.source)
    wanted_inside = {*declared, *declared_cells(lesson.source)} & set(tests)
    inside = frozenset() if rule is InProcess.FORBIDDEN else frozenset(wanted_inside)
    seen, contract = _record_reference(runner, lesson, contract, solution, inside)
    why = {test: seen.why.get(test, "") for test in tests if seen.apart.get(test, 0.0) < seen.within[test]}
    why = {test: text for test, text in why.items() if test not in inside}

    def grade(answers: Mapping[str, str]) -> GradingResult:
        return runner.grade(Request(lesson, contract, answers, SEED), only=(), on_test=None)

    contract = _with_inside(contract, inside, why, rule)
    reference = grade(solution)
    # What the reference shows once it may show again: a test that draws at random without a seed may not.
    late = {
        test.grade_id: test.message
        for test in reference.tests
        if test.score < seen.within[test.grade_id] and test.grade_id not in {*why, *contract.in_process}
    }
    if late:
        why |= late
        contract = _with_inside(contract, inside, why, rule)
        reference = grade(solution) if rule is InProcess.AUTOMATIC else reference
    recording = Recording(
        contract=contract.as_plain(),
        reference=reference,
        blank=grade(starters),
        apart=tuple(test for test in tests if test not in why and test not in inside),
        in_process=contract.in_process,
        why_not_apart=why,
        trusts=contract.trusts,
    )
    return contract, recording


def starting_answers(lesson: LessonToGrade) -> dict[str, str]:
    """Return the answers of a learner who changed nothing."""
    return {cell.grade_id: "" if cell.task else cell.source for cell in grade_cells(lesson.released) if cell.is_answer}


def _record_reference(
    runner: SeparateRunner,
    lesson: LessonToGrade,
    contract: Contract,
    solution: Mapping[str, str],
    inside: Collection[str],
) -> tuple[_Reference, Contract]:
    """Run the reference in one process and apart, and return how it did and the contract with what was recorded."""
    tests = tests_of(lesson.source)
    notebook = rebuild(lesson.source, solution)
    judge = Judge(notebook, lesson.source, limits=lesson.limits, answers=solution)
    within = runner.run(Request(lesson, contract, solution, SEED), notebook, tests, together=True)
    wanted = [test for test in tests if test not in inside]
    apart = Passed()
    if wanted:
        request = Request(lesson, contract, solution, SEED)
        apart = runner.run(request, notebook, wanted, together=False, is_recording=True)
    cells = {cell.grade_id: cell for cell in grade_cells(notebook)}
    positions = {name: cell.index for name, cell in cells.items()}
    values = {test: run.value for test in wanted if (run := apart.runs.get(positions[test])) is not None}
    seen = _Reference(
        within={test: judge.judge_test(test, within.runs).score for test in tests},
        apart={test: judge.judge_test(test, apart.runs).score for test in wanted},
        why={test: _why(apart.runs.get(positions[test]), apart.stopped) for test in wanted},
    )
    said = apart.said.get("contract")
    trusts = apart.said.get("trusts") or {}
    return seen, replace(
        contract,
        tester=said,
        trusts={str(name): tuple(map(str, what)) for name, what in trusts.items() if what},
        numbers=tuple(
            test for test, value in values.items() if value is not None and 0.0 <= value <= cells[test].points
        ),
    )


def _with_inside(contract: Contract, declared: Collection[str], why: Mapping[str, str], rule: InProcess) -> Contract:
    """Return the contract with the cells that run in the learner's process."""
    more = why if rule is InProcess.AUTOMATIC else ()
    return replace(contract, in_process=tuple(sorted({*declared, *more})))


def _why(run: CellRun | None, stopped: str) -> str:
    """Return what a test stopped with when it ran apart."""
    if run is None or run.status == "not_run":
        return f"The run was stopped before it ({stopped})." if stopped else "It did not run."
    if run.status == "timeout":
        return "It ran longer than it may."
    if run.error is None:
        return "It gave fewer points."
    at = f" in line {run.line}" if run.line else ""
    return f"It stopped{at} with {run.error['ename']}: {run.error['evalue']}".rstrip(": ")[:300]
