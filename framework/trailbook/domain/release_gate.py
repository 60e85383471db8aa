"""What the reference solution and the blank start say of a lesson, as problems for its author."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trailbook.domain.course import InProcess
from trailbook.domain.course_rules import MANIFEST
from trailbook.domain.exercise import Exercise
from trailbook.domain.names import nearest_of
from trailbook.domain.notebook import cells_of, grade_cells
from trailbook.domain.problem import Problem
from trailbook.domain.results import Mode, TestResult

MOST_SHOWN = 200
TESTS_APART = "docs/reference/tests-apart.md"
DECLARE = (
    "give the cell the tag in-process, or name it in course.yaml under grading: in_process_cells; it then runs in the "
    "learner's process, where its points can be forged"
)


@dataclass(frozen=True)
class Trial:
    """How a lesson did in its trial.

    Attributes
    ----------
    reference, blank
        Results of the author's solution and of the notebook as learners get it, by test cell.
    executed
        The reference solution's executed notebook.
    in_process
        Test cells that run in the learner's process.
    declared
        Those the author declared, in the notebook or in `course.yaml`.
    why_not_apart
        Test cells that give the reference fewer points apart than in one process, and why.
    trusts
        Methods of the learner's objects that a test's verdict depends on.
    """

    reference: Mapping[str, TestResult]
    blank: Mapping[str, TestResult]
    executed: str = ""
    in_process: Collection[str] = ()
    declared: Collection[str] = ()
    why_not_apart: Mapping[str, str] = field(default_factory=dict)
    trusts: Mapping[str, Collection[str]] = field(default_factory=dict)


def trial_problems(
    trial: Trial,
    exercises: Collection[Exercise],
    *,
    unsolved: Collection[str],
    rule: InProcess,
    lesson: str,
) -> list[Problem]:
    """Return what an author must know of a trial.

    Parameters
    ----------
    unsolved
        Answer cells that hold no reference solution: what depends on them could not be tried.
    lesson
        The lesson's key, as ``module/lesson``.
    """
    file = f"source/{lesson}.ipynb"
    found = [
        *_unsolved(unsolved),
        *_reference(trial, exercises, has_unsolved=bool(unsolved), rule=rule),
        *_blank(trial, exercises),
        *_forgeable(trial, rule),
        *_trusting(trial),
    ]
    return [Problem(each.code, each.message, file, cell=each.cell, warning=each.warning) for each in found] + list(
        _unknown_declared(trial, lesson)
    )


def unsolved_cells(
    source: Mapping[str, Any], released: Mapping[str, Any], exercises: Collection[Exercise]
) -> list[str]:
    """Return the tested answer cells whose source is what learners get: there is no solution in them."""
    starters = {cell.grade_id: cell.source.strip() for cell in grade_cells(released) if cell.solution}
    tested = {name for exercise in exercises if exercise.test_cells for name in exercise.answer_cells}
    return [
        cell.grade_id
        for cell in grade_cells(source)
        if cell.solution and cell.grade_id in tested and cell.source.strip() == starters.get(cell.grade_id)
    ]


def _unsolved(unsolved: Collection[str]) -> Iterator[Problem]:
    for name in unsolved:
        message = (
            "This answer cell has no reference solution, so its tests could not be tried, and what they use of an "
            "answer is not known. Write one between ### BEGIN SOLUTION and ### END SOLUTION; learners do not get it."
        )
        yield Problem("no_reference", message, cell=name, warning=True)


def _reference(
    trial: Trial, exercises: Collection[Exercise], *, has_unsolved: bool, rule: InProcess
) -> Iterator[Problem]:
    for exercise in exercises:
        for name in exercise.test_cells:
            test = trial.reference.get(name)
            if test is None or test.passed:
                continue
            if name in trial.why_not_apart and name not in trial.in_process:
                yield Problem("not_apart", _not_apart(trial.why_not_apart[name], rule), cell=name)
                continue
            message = (
                f"The reference solution gets {test.score:g} of {test.max_score:g} points in this test"
                f"{_said(trial.executed, name) or f' ({test.message})'}. Mend the solution or the test."
            )
            # Without every solution the author cannot do better yet, and the course can be used all the same.
            yield Problem("reference_fails", message, cell=name, warning=has_unsolved)


def _not_apart(why: str, rule: InProcess) -> str:
    start = f"This test does not work apart from the learner's process, where nobody can forge it. {why.rstrip('.')}. "
    if rule is InProcess.FORBIDDEN:
        return f"{start}Rewrite it as {TESTS_APART} says; course.yaml forbids tests in the learner's process."
    return f"{start}Rewrite it as {TESTS_APART} says, or declare it: {DECLARE}."


def _blank(trial: Trial, exercises: Collection[Exercise]) -> Iterator[Problem]:
    for exercise in exercises:
        tests = [trial.blank[name] for name in exercise.test_cells if name in trial.blank]
        if not exercise.answer_cells or not tests or not exercise.max_score:
            continue  # tests of what the lesson itself gives
        score = sum(test.score for test in tests)
        passed = ", ".join(test.grade_id for test in tests if test.score > 0)
        if score >= exercise.max_score:
            message = "A learner who changes nothing gets all points of this exercise. Test what the answer must do."
            yield Problem("blank_passes", message, cell=exercise.id)
        elif score > 0:
            message = (
                f"A learner who changes nothing gets {score:g} of {exercise.max_score:g} points of this exercise "
                f"({passed}). Let the tests fail what the learner starts with, unless that is meant."
            )
            yield Problem("blank_scores", message, cell=exercise.id, warning=True)


def _forgeable(trial: Trial, rule: InProcess) -> Iterator[Problem]:
    if rule is InProcess.FORBIDDEN:
        for name in sorted(set(trial.declared) & set(trial.reference)):
            message = (
                "This test is declared to run in the learner's process, which course.yaml forbids (grading: "
                f"in_process). Take the declaration away and, where it is needed, rewrite it as {TESTS_APART} says."
            )
            yield Problem("in_process_forbidden", message, cell=name)
        for name in sorted(set(trial.in_process) - set(trial.declared)):
            message = (
                "This test runs in the lesson's own kernel, beside the learner's code, where it can be forged; only "
                "Python's can run apart. course.yaml forbids that (grading: in_process): let a person grade this, or "
                "allow it."
            )
            yield Problem("kernel_forbidden", message, cell=name)
        return
    for name in sorted(set(trial.in_process)):
        why = f" {trial.why_not_apart[name].rstrip('.')}." if name in trial.why_not_apart else ""
        in_kernel = name in trial.reference and trial.reference[name].mode is Mode.KERNEL
        where = "the lesson's own kernel, beside the learner's code" if in_kernel else "the learner's process"
        message = f"This test runs in {where}, so its points can be forged.{why}"
        yield Problem("can_be_forged", message, cell=name, warning=True)


def _trusting(trial: Trial) -> Iterator[Problem]:
    for name, methods in sorted(trial.trusts.items()):
        if methods and name not in trial.in_process:
            message = (
                f"What this test finds depends on methods the learner writes ({', '.join(sorted(methods))}), so it "
                f"can be influenced by them. Compare plain values instead, as {TESTS_APART} says, unless those "
                "methods are the exercise."
            )
            yield Problem("trusts_answer", message, cell=name, warning=True)


def _unknown_declared(trial: Trial, lesson: str) -> Iterator[Problem]:
    for name in sorted(set(trial.declared) - set(trial.reference)):
        near = nearest_of(name, trial.reference)
        message = f"grading: in_process_cells names {lesson}/{name}, which is no test cell of that lesson.{near}"
        yield Problem("unknown_test", message, MANIFEST)


def _said(executed: str, grade_id: str) -> str:
    """Return what a test of the reference solution stopped with, for its author, "" where it shows no error."""
    if not executed:
        return ""
    notebook = json.loads(executed)
    place = next((cell.index for cell in grade_cells(notebook) if cell.grade_id == grade_id), None)
    outputs = cells_of(notebook)[place].get("outputs", ()) if place is not None else ()
    error = next((each for each in outputs if each.get("output_type") == "error"), None)
    if error is None:
        return ""
    text = f"{error.get('ename', '')}: {error.get('evalue', '')}".strip(": ").splitlines()
    return f" ({text[0][:MOST_SHOWN]})" if text else ""
