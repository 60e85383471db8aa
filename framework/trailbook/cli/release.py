"""`trailbook release`: give lessons to the learners."""

from __future__ import annotations

import argparse
import getpass
import os
from pathlib import Path
from typing import Any

from trailbook.cli.output import add_json_option, print_json, problem_lines
from trailbook.domain.course import LessonKey

DESCRIPTION = """\
Release lessons: check the course, take solutions and hidden tests out, and make
the result the version learners get when they next open the lesson.

  trailbook release my-course                            every lesson
  trailbook release my-course monday-report              one module
  trailbook release my-course monday-report/02-totals    one lesson

Nothing is released while `trailbook check` finds a problem. Releasing the same
content again changes nothing; work already done is kept.

On a staff server (TRAILBOOK_SERVICE_URL is set) the course service does it,
elsewhere this command does, with the database of TRAILBOOK_SETTINGS.

Next: open the lesson as a learner, or: trailbook open my-course
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "release",
        help="release lessons to the learners",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the course folder (default: .)"
    )
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="MODULE/LESSON, or MODULE for all of its lessons")
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Release the lessons."""
    from trailbook.wiring_commands import release_course

    lessons = [LessonKey.parse(text) for text in args.lessons] or None
    report = release_course(args.folder, lessons=lessons, by=getpass.getuser(), env=os.environ)
    if args.json:
        print_json(report)
        return 0
    for line in problem_lines(report.get("warnings", ())):
        print(line)
    for item in report["items"]:
        what = "released" if item["changed"] else "unchanged,"
        print(f"{item['lesson']}: {what} version {item['version']}")
    if not report["items"]:
        print("There is no lesson to release. Add notebooks under source/ and name them in course.yaml.")
    return 0
