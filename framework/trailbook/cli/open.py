"""`trailbook open DIR`: a course in the browser for one person, without a hub."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path
from typing import Any

from trailbook.cli.foreground import say, stop_on_signals
from trailbook.cli.output import add_json_option, print_json

DESCRIPTION = """\
Open a course in the browser, for one person on this machine, without a hub.
It is released if no lesson of it was released yet. Answers, points and drafts are kept in DIR/.trailbook.
Ctrl-C stops everything.

example:
  trailbook open my-course
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "open",
        help="open a course in the browser for one person, without a hub",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the course folder")
    parser.add_argument("--port", type=int, default=0, help="port of Home (default: one that is free)")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.add_argument(
        "--insecure", action="store_true", help="go without a sandbox where none works; every page then says so"
    )
    add_json_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Open the course and wait for Ctrl-C."""
    from trailbook_hub.alone import opened
    from trailbook_hub.demo.checks import check_sandbox, free_port

    stop_on_signals()
    port = free_port("127.0.0.1", args.port, hint="--port")
    check_sandbox(insecure=args.insecure)
    with opened(args.folder.absolute(), port=port, insecure=args.insecure, say=say) as course:
        if args.json:
            print_json({"url": course.url, "state": str(course.state)})
        else:
            print(f"\nThe course is at {course.url}\nCtrl-C stops it.")
        sys.stdout.flush()
        if not args.no_browser:
            webbrowser.open(course.url)
        try:
            return course.wait()
        except KeyboardInterrupt:
            say("Stopping")
            return 0
