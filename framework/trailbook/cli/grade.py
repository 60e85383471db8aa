"""`trailbook grade`: grade what is in submitted/."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trailbook.cli.cluster_options import add_cluster_options, cluster_of
from trailbook.cli.compare import compare
from trailbook.cli.interrupts import interrupts_held
from trailbook.cli.output import printable
from trailbook.cli.progress import Progress, is_progress_shown

if TYPE_CHECKING:
    from trailbook.services.graded_cells import GradedCell

INTERRUPTED = 130  # as shells say it of Ctrl-C

DESCRIPTION = """\
Grade the notebooks in submitted/STUDENT/MODULE/, several at a time, into the
gradebook and autograded/, as nbgrader autograde does. Any nbgrader course
folder will do; a course.yaml is not needed.

  trailbook grade my-course                       every module
  trailbook grade my-course monday-report         one module
  trailbook grade my-course --resume              what a stopped run left
  trailbook grade my-course --compare-nbgrader    beside nbgrader's own scores
  trailbook grade my-course --scheduler tls://grading-1:8786 --ca ca.pem --cert cert.pem --key key.pem
                                                  on the machines of a cluster

Each lesson is rebuilt from its source: only the answers and the code that
learners added are theirs. It runs in a sandbox without network. A submission
that is broken is reported, and the others are graded all the same. Manual
scores and comments stay. Ctrl-C keeps what was graded.

Exit status 1 means that a submission could not be graded or, with
--compare-nbgrader, that a score differs for no documented reason.

With --json there is a line of JSON for each graded cell:
  learner, module, lesson, grade_id, score, max_score,
  status    graded, needs_review (a person must look) or ungradable
  reason    why there is no score, or what stopped the code: timeout, memory, …
  mode      separate: the test ran apart from the learner's code;
            in_process or kernel: beside it, so that it can be forged
  seconds   time the submission took
  repaired  what was put right in the submission

Next: let graders look at what needs them, with nbgrader's formgrader, then
  trailbook feedback my-course
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
    parser.add_argument("--resume", action="store_true", help="leave out what was graded as it is now")
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        help="where contracts and what was graded are kept between runs (default: DIR/.trailbook)",
    )
    parser.add_argument(
        "--compare-nbgrader",
        action="store_true",
        help="grade a copy with nbgrader too, and list each difference with its reason",
    )
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="run learners' code without a sandbox, where none works; never with strangers",
    )
    add_cluster_options(parser)
    parser.add_argument("--progress", action="store_true", help="show progress also where there is no terminal")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each graded cell, or difference")
    return parser


def run(args: argparse.Namespace) -> int:
    """Grade, and print each submission as it is done."""
    _leave_out_iris()
    from trailbook.wiring_commands import grade_course

    progress = Progress("submissions")
    found: list[GradedCell] = []
    try:
        for cells in grade_course(
            args.folder,
            args.modules,
            workers=args.jobs,
            insecure=args.insecure,
            resume=args.resume and not args.compare_nbgrader,  # there is nothing to compare in what is left out
            state=args.state,
            cluster=cluster_of(args),
            on_progress=progress if is_progress_shown(args) else lambda done, total: None,
            undisturbed=interrupts_held,
        ):
            found += cells
            if not args.compare_nbgrader:
                progress.clear()
                _print(cells, as_json=args.json)
        progress.clear()
        if args.compare_nbgrader:
            return 1 if compare(args, found) else 0
    except KeyboardInterrupt:
        progress.clear()
        print(f"Stopped. What was graded is kept. To go on: {_again()}", file=sys.stderr)
        return INTERRUPTED
    if any(cell.status == "ungradable" for cell in found):
        print("Some submissions could not be graded; the lines above say why.", file=sys.stderr)
        return 1
    return 0


def _again() -> str:
    """Return the command that goes on where this one was stopped."""
    given = [argument for argument in sys.argv[1:] if argument != "--resume"]
    return shlex.join(["trailbook", *given, "--resume"])


def _leave_out_iris() -> None:
    """Let jsonschema do without a grammar for IRIs, which nothing here checks: it takes a second to build.

    A module that is None in this table is one that Python says is not installed.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # as importlib's documentation says


def _print(cells: Sequence[GradedCell], *, as_json: bool) -> None:
    from trailbook.services.graded_cells import as_line

    if as_json:
        for cell in cells:
            print(json.dumps(as_line(cell)), flush=True)
    else:
        _print_lesson(cells)


def _print_lesson(cells: Sequence[GradedCell]) -> None:
    """Print a submission: its points, and what somebody has to look at."""
    first = cells[0]
    if first.status == "ungradable":
        print(printable(f"{_name(first)}: not graded ({first.reason}). {first.message}".rstrip()), flush=True)
        return
    score = sum(cell.score or 0.0 for cell in cells)
    waiting = [cell.grade_id for cell in cells if cell.status == "needs_review"]
    notes = sorted({cell.reason for cell in cells if cell.status == "graded" and cell.reason not in ("", "no_answer")})
    line = f"{_name(first)}: {score:g} of {sum(cell.max_score for cell in cells):g} points in {first.seconds:.1f} s"
    line += f", stopped ({', '.join(notes)})" if notes else ""
    line += f"; a person must look at {', '.join(waiting)}" if waiting else ""
    print(printable(line), flush=True)
    for sentence in first.repaired:
        print(printable(f"  {sentence}"), flush=True)


def _name(cell: GradedCell) -> str:
    return f"{cell.learner}: {cell.module}/{cell.lesson}"


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one grading at a time")
    return number
