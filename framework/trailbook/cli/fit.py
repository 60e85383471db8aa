"""`trailbook fit`: fit a course's learner model on its own log."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.log_oddities import read_learners, say
from trailbook.cli.output import add_json_option, print_json, printable

if TYPE_CHECKING:
    from trailbook.domain.course import Course
    from trailbook.domain.mastery.fitted import Fitted
    from trailbook.services.fit_model import Figures, Proposal
    from trailbook.services.path_changes import PathChange
    from trailbook.wiring.fitting import CourseFitting

DESCRIPTION = """\
Fit a course's learner model on what its learners answered, and compare it with
the one that runs, on learners held out. Nothing is changed unless --apply is
given, and then only where the fitted model is better; --undo goes back.

It is a refinement: the model learns from every answer as it comes anyhow.

examples:
  trailbook fit my-course             fit, compare, show what would change
  trailbook fit my-course --apply     and let the course go on with it
  trailbook fit my-course --undo      go back to the model before
  trailbook fit my-course --log answers.csv     try it on answers from elsewhere

The database is that of TRAILBOOK_SETTINGS. A log is as in `trailbook evaluate`.
Needs NumPy and scikit-learn: pip install 'trailbook[fit]'

Exit status: 0 done, 1 the fitted model is no better, 2 it could not be asked.

Next: trailbook fit my-course --apply, when it says that it is better.
"""
MOST_SHOWN = 40  # changes of paths printed for a person; --json has all


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "fit",
        help="fit a course's learner model on its own log",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument("--log", metavar="LOG.csv", type=Path, help="answers to fit on instead of the course's own")
    parser.add_argument("--model", metavar="NAME", help="counts or bkt (default: the one the course goes by)")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--apply", action="store_true", help="let the course go on with it, where it is better")
    change.add_argument("--undo", action="store_true", help="go back to the model before, without fitting")
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Fit, compare, show, and change what was asked for."""
    from trailbook.wiring.fitting import CourseFitting

    with closing(CourseFitting(_course_in(args.folder), os.environ)) as fitting:
        return _undo(fitting, args) if args.undo else _fit(fitting, args)


def _course_in(folder: Path) -> Course:
    from trailbook.domain.problem import refuse_problems
    from trailbook.wiring_commands import open_course

    course, problems = open_course(folder).read_manifest()
    refuse_problems(problems, "Nothing was fitted")
    assert course is not None  # noqa: S101  # without a course there are errors, refused above
    return course


def _fit(fitting: CourseFitting, args: argparse.Namespace) -> int:
    from trailbook.adapters.logs import CsvLog
    from trailbook.domain.skill_rules import practised_skills

    log = CsvLog(args.log) if args.log else None
    if log is not None:
        read_learners(log, skills=practised_skills(fitting.course))
    proposal = fitting.fit(log, model=args.model, report=_Reading())
    better = proposal.comparison.is_better
    changes = fitting.changes(proposal.fitted) if better else []
    applied = fitting.apply(proposal, by=getpass.getuser()) if args.apply and better else None
    if args.json:
        print_json(
            {
                "course": fitting.course.name,
                "learners": len(proposal.extent.answers_of),
                "answers": proposal.extent.answers,
                "comparison": {**asdict(proposal.comparison), "is_better": better},
                "fitted": asdict(proposal.fitted),
                "changes": None if changes is None else [_plain(change) for change in changes],
                "applied": applied.number if applied else None,
            }
        )
        return 0 if better else 1
    for line in (*_comparison_lines(proposal), *_parameter_lines(proposal.running, proposal.fitted)):
        print(line)
    if not better:
        print("It is not better beyond chance: the model that runs stays.")
        return 1
    for line in _change_lines(changes):
        print(line)
    print(f"In place as version {applied.number}." if applied else "Nothing was changed. To go on with it: --apply")
    return 0


def _undo(fitting: CourseFitting, args: argparse.Namespace) -> int:
    version = fitting.undo(by=getpass.getuser())
    if args.json:
        print_json({"course": version.course, "version": version.number, "because": version.because})
    else:
        print(f"Version {version.number}. {version.because}")
    return 0


class _Reading:
    """Says on standard error, every million, how many answers were read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, more: int) -> None:
        self.read += more
        if self.read % 1_000_000 == 0:
            say(f"{self.read:,} answers read …")


def _comparison_lines(proposal: Proposal) -> Iterator[str]:
    extent, found = proposal.extent, proposal.comparison
    yield (
        f"{extent.answers:,} answers of {len(extent.answers_of)} learners, {extent.points / extent.answers:.0%} right; "
        f"compared on {found.learners} of them, each unseen by the model that predicts them."
    )
    yield f"{'':<20}{'runs':>10}{'fitted':>10}"
    rows = {"AUC": "auc", "log-loss": "log_loss", "calibration error": "calibration_error"}
    for head, name in rows.items():
        yield f"{head:<20}{_number(found.running, name):>10}{_number(found.fitted, name):>10}"
    gain = found.gain
    word = "better" if gain.mean >= 0 else "worse"
    yield (
        f"{proposal.fitted.model.capitalize()}, fitted: {word} by {abs(gain.mean):.4f} nats an answer "
        f"(95 % interval of what is gained: {gain.low:.4f} to {gain.high:.4f})."
    )


def _parameter_lines(running: Fitted, fitted: Fitted) -> Iterator[str]:
    from trailbook.domain.mastery.weights import SHIPPED

    if fitted.weights is None:
        yield f"Parameters of {len(fitted.skills)} skills."
        return
    before = asdict(running.weights or SHIPPED)
    for name, value in asdict(fitted.weights).items():
        if abs(value - before[name]) >= 0.0005:
            yield f"  {name:<18}{before[name]:>8.3f} → {value:.3f}"


def _change_lines(changes: Sequence[PathChange] | None) -> Iterator[str]:
    if changes is None:
        yield "The database knows no learner of this course, so there is no path to change."
        return
    if not changes:
        yield "No learner's path changes."
        return
    yield f"On the paths of {len({change.learner for change in changes})} learners, {len(changes)} lessons change:"
    for change in changes[:MOST_SHOWN]:
        yield printable(f"  {change.learner}: {change.lesson} {change.before} → {change.after}. {change.because}")
    if len(changes) > MOST_SHOWN:
        yield f"  and {len(changes) - MOST_SHOWN} more; --json has all."


def _plain(change: PathChange) -> dict[str, str]:
    return {**asdict(change), "lesson": str(change.lesson)}


def _number(figures: Figures, name: str) -> str:
    value = getattr(figures, name)
    return "—" if value is None else f"{value:.4f}"
