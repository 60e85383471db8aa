"""The `trailbook` command: finds the command asked for, imports only that one, and turns refusals into one line.

A command is a module of this package with two functions::

    add_parser(subparsers) -> argparse.ArgumentParser   # its arguments and its help; imports nothing heavy
    run(args: argparse.Namespace) -> int                # does it; returns the exit status

Exit status: 0 done, 1 the answer is no (a check failed), 2 it could not be asked (bad arguments, missing course).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from trailbook.cli.output import print_refusal
from trailbook.domain.errors import CourseError, ProblemsFound

COMMANDS = {
    "new": "start a course from a template",
    "init": "adopt an nbgrader course: write its course.yaml",
    "check": "check a course before its release",
    "release": "release lessons to the learners",
    "grade": "grade what is in submitted/",
    "feedback": "write learners' pages with graders' points and comments",
    "open": "open a course in the browser for one person, without a hub",
    "demo": "start a hub with two demo courses",
    "evaluate": "measure learner models on a log of answers",
    "simulate": "let simulated learners walk a course's path",
    "fit": "fit a course's learner model on its own log",
    "verify-receipt": "tell whether a receipt is right, and what it is of",
    "doctor": "tell whether the sandbox holds here, and what to mend",
    "db": "upgrade the database",
    "scheduler": "run the scheduler of a grading cluster",
    "worker": "grade on this machine for a course service elsewhere",
    "cluster-keys": "make the certificates of a grading cluster",
}
"""Each command, in the order of the help, with its line there; the module of the same name has the rest."""

DONE, NO, COULD_NOT_ASK, INTERRUPTED = 0, 1, 2, 130

DESCRIPTION = """\
Trailbook turns a folder of nbgrader notebooks into a course with lessons that unlock.

Begin with one of these:
  trailbook new first-course my-course    a course that works, to change
  trailbook init my-nbgrader-course       your own nbgrader course, unchanged
then
  trailbook check my-course               what to mend before release
  trailbook open my-course                the course in your browser
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command the arguments ask for and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = next((word for word in given if not word.startswith("-")), None)
    parser, module = _build_parser(asked)
    args = parser.parse_args(given)
    if module is None:
        parser.print_help()
        return COULD_NOT_ASK
    try:
        status: int = module.run(args)
    except CourseError as refusal:
        print_refusal(refusal, as_json=getattr(args, "json", False))
        return NO if isinstance(refusal, ProblemsFound) else COULD_NOT_ASK
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough. Python would say so again when it closes the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose errors are one line that says where to read on."""

    def error(self, message: str) -> NoReturn:
        """Print the error as one line and exit with status 2."""
        self.exit(COULD_NOT_ASK, f"{self.prog}: {message} (see {self.prog} --help)\n")


class WideNames(argparse.RawDescriptionHelpFormatter):
    """Help with room for the longest command's name beside its text."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = 18  # argparse forgets that the names of commands are indented further


class PrintVersion(argparse.Action):
    """Print the installed version and stop; it is looked up only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it."""
        from importlib.metadata import version

        print(f"trailbook {version('trailbook')}")
        parser.exit()


def _build_parser(asked: str | None) -> tuple[argparse.ArgumentParser, ModuleType | None]:
    """Return the parser, and the module of the command asked for; the other commands are names with a line of help."""
    parser = OneLineParser(prog="trailbook", description=DESCRIPTION, formatter_class=WideNames)
    parser.add_argument("--version", action=PrintVersion)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    module = None
    for name, summary in COMMANDS.items():
        if name == asked:
            module = importlib.import_module(f"trailbook.cli.{name.replace('-', '_')}")
            module.add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary, add_help=False)
    return parser, module
