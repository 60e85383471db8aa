"""`trailbook check`: everything an author must know before release."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.output import add_json_option, print_json, problem_lines
from trailbook.domain.results import Mode

if TYPE_CHECKING:
    from trailbook.services.check import CheckReport

DESCRIPTION = """\
Check a course folder and say everything that is wrong with it, at once:
course.yaml, prerequisites, cell ids, kernels, points, and whether solutions or
hidden tests would reach a learner. Then every reference solution and every
blank lesson is graded as an answer is: one gets all points, the other none.

  trailbook check my-course
  trailbook check my-course --no-trial    without running anything: quicker

Each line names the file, the line or cell, and what to do. Warnings do not
stand in the way of a release. Exit status 1 means there is something to mend.
The table says of each lesson how many of its tests run apart from the
learner's process, where nobody can forge them, and how many do not.

Next, when nothing is left: trailbook release my-course
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="check a course before its release",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument(
        "--no-trial", dest="trial", action="store_false", help="do not run the reference solutions and blank lessons"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Check the course."""
    from trailbook.wiring_commands import check_course

    report = check_course(args.folder, trial=args.trial)
    if args.json:
        print_json(_as_plain(report))
    else:
        for line in problem_lines(problem.as_plain() for problem in report.problems):
            print(line)
        for line in _table(report):
            print(line)
        print(_summary(report, args.folder))
    return 0 if report.passed else 1


def _as_plain(report: CheckReport) -> dict[str, Any]:
    return {
        "passed": report.passed,
        "course": report.course.name if report.course else None,
        "problems": [problem.as_plain() for problem in report.problems],
        "lessons": [
            {
                "lesson": str(lesson.key),
                "exercises": len(lesson.exercises),
                "max_score": sum(exercise.max_score for exercise in lesson.exercises),
                "tests": [
                    {
                        "grade_id": test.grade_id,
                        "mode": test.mode.value,
                        "can_be_forged": test.mode is not Mode.SEPARATE,
                        "reference_score": test.score,
                        "max_score": test.max_score,
                        "trusts": list(test.trusts),
                    }
                    for test in lesson.tests
                ],
            }
            for lesson in report.lessons
        ],
    }


def _table(report: CheckReport) -> list[str]:
    """Return a line for each lesson that was tried, under a head; nothing where none was."""
    rows = [
        (
            str(lesson.key),
            str(len(lesson.tests)),
            str(sum(test.mode is Mode.SEPARATE for test in lesson.tests)),
            str(sum(test.mode is not Mode.SEPARATE for test in lesson.tests)),
        )
        for lesson in report.lessons
        if lesson.tests
    ]
    if not rows:
        return []
    rows.insert(0, ("lesson", "tests", "apart", "forgeable"))
    wide = max(len(row[0]) for row in rows)
    return [f"{row[0]:<{wide}}  {row[1]:>5}  {row[2]:>5}  {row[3]:>9}" for row in rows]


def _summary(report: CheckReport, folder: Path) -> str:
    warnings = sum(problem.warning for problem in report.problems)
    errors = len(report.problems) - warnings
    if errors:
        return f"{_count(errors, 'problem')} to mend, {_count(warnings, 'warning')}."
    exercises = [exercise for lesson in report.lessons for exercise in lesson.exercises]
    points = sum(exercise.max_score for exercise in exercises)
    return (
        f"Ready: {_count(len(report.lessons), 'lesson')}, {_count(len(exercises), 'exercise')}, {points:g} points, "
        f"{_count(warnings, 'warning')}. Next: trailbook release {folder}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
