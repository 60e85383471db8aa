"""`trailbook new`: start a course from a template."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Copy a template to a new folder: a course that works, to change.

  trailbook new first-course my-course

makes my-course/ with course.yaml, the lessons in source/, and a README that
says what is where. Without arguments it lists the templates.

Next: open a lesson under my-course/source/ in JupyterLab and change it, then
  trailbook check my-course     what to mend before release
  trailbook open my-course      the course in your browser
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command's arguments and help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "new",
        help="start a course from a template",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("template", metavar="TEMPLATE", nargs="?", help="the template; without it they are listed")
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, help="the folder to make; it must be new or empty"
    )
    parser.add_argument("--name", default="", help="the course's name in addresses: a-z, 0-9, hyphens (default: DIR's)")
    add_json_option(parser)
    parser.set_defaults(parser=parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Start the course, or list the templates."""
    from trailbook.wiring_commands import new_course, template_names

    if args.template is None:
        names = template_names()
        print_json({"templates": list(names)}) if args.json else print("\n".join(["Templates:", *names]))
        return 0
    if args.folder is None:
        args.parser.error(f"name the folder to make: trailbook new {args.template} DIR")
    started = new_course(args.template, args.folder, name=args.name)
    if args.json:
        print_json({**asdict(started), "folder": str(args.folder)})
        return 0
    print(f"Made the course {started.course} in {args.folder}, from the template {started.template}.")
    print(f"On a hub its groups are: {', '.join(started.groups)}")
    print(f"Next: trailbook check {args.folder}")
    return 0
