"""`trailbook init`: adopt an nbgrader course."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trailbook.cli.output import add_json_option, print_json, problem_lines

DESCRIPTION = """\
Write course.yaml for an nbgrader course: every assignment becomes a module,
every notebook a lesson. No notebook is changed, and nbgrader works as before.

  nbgrader quickstart course101
  trailbook init course101

Titles come from the notebooks' first headings. All lessons are open at first:
name in `requires` what must be passed before a lesson opens.

Next: read course.yaml, then
  trailbook check course101      what to mend before release
  trailbook release course101    give the lessons to the learners
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "init",
        help="adopt an nbgrader course: write its course.yaml",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path(), help="the folder with source/ in it (default: .)"
    )
    parser.add_argument(
        "--name", default="", help="the course's name in addresses: a-z, 0-9, hyphens (default: nbgrader's course id)"
    )
    parser.add_argument("--title", default="", help="the title learners read (default: made of the name)")
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Adopt the course."""
    from trailbook.wiring_commands import adopt_course

    adoption = adopt_course(args.folder, name=args.name, title=args.title)
    if args.json:
        print_json({**asdict(adoption), "folder": str(args.folder)})
        return 0
    print(f"Adopted {adoption.title}: wrote {args.folder / 'course.yaml'} with {len(adoption.lessons)} lessons:")
    for lesson in adoption.lessons:
        print(f"  {lesson}")
    for line in problem_lines(problem.as_plain() for problem in adoption.problems):
        print(line)
    print("On a hub these groups give people their roles:")
    for group in adoption.groups:
        print(f"  {group}")
    print(f"Next: trailbook check {args.folder}")
    return 0
