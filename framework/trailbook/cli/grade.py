"""`trailbook grade`: grade what is in submitted/."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trailbook.services.grade_folder import GradedCell

DESCRIPTION = """\
Grade the notebooks in submitted/STUDENT/MODULE/, several at a time, into the
gradebook and autograded/, as nbgrader autograde does.

  trailbook grade my-course                  every module
  trailbook grade my-course monday-report    one module
  trailbook grade my-course --resume         what a stopped run left

Each lesson is rebuilt from its source: only the answer cells are the
learner's. The code runs in a sandbox without network. A submission that is
broken is reported, and the others are graded all the same. Manual scores stay.

Exit status 1 means that a submission could not be graded.

With --json there is a line of JSON for each graded cell:
  learner, module, lesson, grade_id, score, max_score,
  status    graded, needs_review (a person must look) or ungradable
  reason    why there is no score, or what stopped the code: timeout, memory, …
  message   what the learner may read
  mode      kernel: run with the notebook's own kernel, in a sandbox
  seconds   time the submission took
  repaired  what was put right in the submission

Next: let graders look at what needs them, with nbgrader's formgrader.
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "grade",
        help="grade what is in submitted/",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument("modules", metavar="MODULE", nargs="*", help="modules to grade (default: all)")
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_at_least_one,
        default=os.cpu_count() or 1,
        help="gradings at a time (default: one a core)",
    )
    parser.add_argument("--resume", action="store_true", help="leave out what was graded since it was submitted")
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="run learners' code without a sandbox, where none works; never with strangers",
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each graded cell")
    return parser


def run(args: argparse.Namespace) -> int:
    """Grade, and print each submission as it is done."""
    from trailbook.wiring_commands import grade_course

    ungradable = 0
    lesson: list[GradedCell] = []
    cells = grade_course(args.folder, args.modules, workers=args.jobs, insecure=args.insecure, resume=args.resume)
    for cell in cells:
        ungradable += cell.status == "ungradable"
        if args.json:
            print(json.dumps(asdict(cell), ensure_ascii=False), flush=True)
        elif lesson and _name(lesson[0]) != _name(cell):
            _print_lesson(lesson)
            lesson = [cell]
        else:
            lesson.append(cell)
    if lesson:
        _print_lesson(lesson)
    if ungradable:
        print("Some submissions could not be graded; the lines above say why.", file=sys.stderr)
    return 1 if ungradable else 0


def _print_lesson(cells: list[GradedCell]) -> None:
    """Print a submission: its points, and what somebody has to look at."""
    first = cells[0]
    if first.status == "ungradable":
        print(f"{_name(first)}: not graded ({first.reason})", flush=True)
        return
    score = sum(cell.score or 0.0 for cell in cells)
    waiting = [cell.grade_id for cell in cells if cell.status == "needs_review"]
    notes = sorted({cell.reason for cell in cells if cell.status == "graded" and cell.reason not in ("", "no_answer")})
    line = f"{_name(first)}: {score:g} of {sum(cell.max_score for cell in cells):g} points in {first.seconds:.1f} s"
    line += f", stopped ({', '.join(notes)})" if notes else ""
    line += f"; a person must look at {', '.join(waiting)}" if waiting else ""
    print(line, flush=True)
    for sentence in first.repaired:
        print(f"  {sentence}", flush=True)


def _name(cell: GradedCell) -> str:
    """Return whose submission of what it is; folders in `submitted/` may have any name, and a terminal obeys some."""
    name = f"{cell.learner}: {cell.module}/{cell.lesson}"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one grading at a time")
    return number
