"""`trailbook feedback`: write learners' pages again, with what graders added."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trailbook.cli.output import printable

DESCRIPTION = """\
Write feedback/STUDENT/MODULE/LESSON.html for each graded submission: points,
the author's message at each test that did not pass, graders' comments, the late
penalty, and what was repaired in what was handed in. Nothing of a hidden test
is in it.

`trailbook grade` writes these pages as it grades. Do it again when graders have
given points and comments in the formgrader:

  trailbook feedback my-course                  every module
  trailbook feedback my-course monday-report    one module

Exit status 1 means that a submission has not been graded yet.

With --json there is a line of JSON for each submission: learner, module,
lesson and file, which is null where nothing was written.

Next: give the pages to the learners, for instance with nbgrader release_feedback.
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "feedback",
        help="write learners' pages with graders' points and comments",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument("modules", metavar="MODULE", nargs="*", help="modules to write for (default: all)")
    parser.add_argument(
        "--state", metavar="DIR", type=Path, help="the state folder of `trailbook grade` (default: DIR/.trailbook)"
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each submission")
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the pages, and print where each is."""
    from trailbook.domain.names import learner_of
    from trailbook.wiring_commands import write_course_feedback

    missing = 0
    for submitted, is_written in write_course_feedback(args.folder, args.modules, state=args.state):
        missing += not is_written
        learner, key = learner_of(submitted.student), submitted.lesson
        file = f"feedback/{submitted.student}/{key}.html" if is_written else None
        if args.json:
            line = {"learner": learner, "module": key.module, "lesson": key.name, "file": file}
            print(json.dumps(line), flush=True)
        else:
            print(printable(f"{learner}: {key}: {file or 'not graded yet; run trailbook grade'}"), flush=True)
    return 1 if missing else 0
