"""`trailbook simulate`: simulated learners on a course's path."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.output import add_json_option, print_json, printable
from trailbook.domain.errors import Invalid

if TYPE_CHECKING:
    from trailbook.domain.course import LessonKey
    from trailbook.domain.simulation.authors import PathReport
    from trailbook.domain.simulation.compare import Compared
    from trailbook.services.simulate import Simulated

DESCRIPTION = """\
Let simulated learners walk the path of a course before real ones do. Says where
the path has dead ends, lessons nobody needs and bottlenecks, and about how many
minutes it takes a novice, an average and an experienced learner. Then compares
Trailbook's policy with five others at equal mastery, in three worlds.

examples:
  trailbook simulate my-course --picture path.svg
  trailbook simulate my-course --log answers.csv --learners 200 --json

Without --log the learners are made of stated parameters; with it, of those that
fit the log. The course must pass `trailbook check --no-trial`. What the worlds
leave out is in the documentation: they compare policies, they foretell nothing.

Next: mend in course.yaml what it found, then trailbook release my-course.

Exit status: 0 done, 2 it could not be asked.
"""
COLUMNS: Mapping[str, tuple[str, str]] = {
    "mastery": ("mastery", ".3f"),
    "exercises": ("exercises", ".1f"),
    "minutes": ("minutes", ".0f"),
    "false_unlocks": ("opened too early", ".3f"),
    "over_practice": ("over", ".3f"),
    "under_practice": ("under", ".3f"),
    "wheel_spinners_helped": ("stuck, helped", ".3f"),
    "retention": ("30 days", ".3f"),
    "retention_with_reviews": ("with reviews", ".3f"),
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "simulate",
        help="let simulated learners walk a course's path",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="COURSE", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument("--log", type=Path, metavar="LOG.csv", help="answers of real learners to fit simulated ones to")
    parser.add_argument("--learners", type=int, default=40, metavar="N", help="learners in a class (default 40)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which learners are drawn (default 0)")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw the path into this file")
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Simulate, print and, where asked, draw."""
    from trailbook.adapters.logs import CsvLog
    from trailbook.services.simulate import simulate
    from trailbook.wiring_commands import check_course

    if not 1 <= args.learners <= 10_000:
        raise Invalid("bad_learners", f"--learners is {args.learners}; give a number from 1 to 10,000.")
    checked = check_course(args.folder, trial=False)
    if checked.course is None or not checked.passed:
        problems = [problem.as_plain() for problem in checked.problems]
        raise Invalid("course_unusable", "The course has problems; mend them first.", problems=problems)
    found = simulate(
        checked.course,
        {lesson.key: len(lesson.exercises) for lesson in checked.lessons},
        log=CsvLog(args.log).answers() if args.log else None,
        learners=args.learners,
        seed=args.seed,
        report=lambda line: print(f"{line} …", file=sys.stderr, flush=True),
    )
    if args.picture:
        _draw(args.picture, found.path, checked.course.title)
    if args.json:
        print_json(_as_plain(found))
        return 0
    for line in (*_path_lines(found.path), *(line for each in found.worlds.values() for line in _world_lines(each))):
        print(printable(line))
    return 0


def _draw(file: Path, path: PathReport, title: str) -> None:
    from trailbook.domain.simulation.picture import draw_path

    try:
        file.write_text(draw_path(path, title), "utf-8")
    except OSError as error:
        raise Invalid("picture_not_written", f"{file} cannot be written: {error.strerror}. Name another.") from error


def _path_lines(path: PathReport) -> Iterator[str]:
    kinds = list(path.minutes)
    width = max(len(lesson.title) for lesson in path.lessons)
    yield f"{'lesson':<{width}}  exercises  {'  '.join(f'{kind:>11}' for kind in kinds)}"
    for lesson in path.lessons:
        minutes = "  ".join(f"{lesson.minutes[kind]:>7.0f} min" for kind in kinds)
        yield f"{lesson.title:<{width}}  {lesson.exercises:>9.1f}  {minutes}"
    yield f"{'in all':<{width}}  {'':>9}  {'  '.join(f'{path.minutes[kind]:>7.0f} min' for kind in kinds)}"
    yield ""
    yield from _found("Dead ends", path.dead_ends)
    yield from _found("Lessons nobody needs", path.not_needed)
    yield from _found("Bottlenecks", path.bottlenecks)


def _found(what: str, lessons: Mapping[LessonKey, str]) -> Iterator[str]:
    yield f"{what}: {'none' if not lessons else len(lessons)}"
    for key, why in lessons.items():
        yield f"  {key}: {why}"


def _world_lines(compared: Compared) -> Iterator[str]:
    from trailbook.domain.simulation.compare import FIXED

    yield ""
    yield (
        f"World {compared.world}: {compared.saved:.0%} fewer exercises than the {FIXED}, "
        f"with a gate at {compared.gate.share:.2f} and {compared.gate.run} right in a row"
    )
    yield "  ".join([f"{'policy':<14}", *(head for head, _ in COLUMNS.values())])
    for name, measures in compared.policies.items():
        cells = [_cell(getattr(measures, column), *shown) for column, shown in COLUMNS.items()]
        yield "  ".join([f"{name:<14}", *cells])


def _cell(value: float | None, head: str, shape: str) -> str:
    return f"{'—' if value is None else format(value, shape):>{len(head)}}"


def _as_plain(found: Simulated) -> dict[str, Any]:
    path = found.path
    return {
        "path": {
            "minutes": dict(path.minutes),
            "lessons": [
                {**asdict(lesson), "lesson": str(lesson.lesson), "requires": [str(key) for key in lesson.requires]}
                for lesson in path.lessons
            ],
            "dead_ends": {str(key): why for key, why in path.dead_ends.items()},
            "not_needed": {str(key): why for key, why in path.not_needed.items()},
            "bottlenecks": {str(key): why for key, why in path.bottlenecks.items()},
        },
        "worlds": {
            name: {
                "saved": compared.saved,
                "gate": asdict(compared.gate),
                "fixed": dict(compared.fixed),
                "policies": {policy: asdict(measures) for policy, measures in compared.policies.items()},
            }
            for name, compared in found.worlds.items()
        },
    }
