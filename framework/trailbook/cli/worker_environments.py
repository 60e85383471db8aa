"""The environments a worker offers: this Python by a name, or others, each with a process of its own Python."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from trailbook.cli.foreground import stop_on_signals
from trailbook.domain.errors import Invalid

COMMAND = "import sys; from trailbook.cli.main import main; sys.exit(main())"
OPTION = "--environment"
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Environment:
    """A name that courses ask for, and the Python that has their packages."""

    name: str
    python: Path


def environment(text: str) -> Environment:
    """Return what ``NAME`` or ``NAME=FOLDER`` says; the folder is a virtual environment.

    Raises
    ------
    argparse.ArgumentTypeError
        There is no name, or no Python in the folder.
    """
    name, _, folder = text.partition("=")
    python = Path(folder).absolute() / "bin" / "python" if folder else Path(sys.executable)
    if not name or not python.exists():
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME or NAME=FOLDER with a Python at FOLDER/bin/python")
    return Environment(name, python)


def is_own(environments: Sequence[Environment]) -> bool:
    """Whether all of them are this Python, so that this process can grade for all."""
    return all(each.python == Path(sys.executable) for each in environments)


def run_each(arguments: Sequence[str], environments: Sequence[Environment]) -> int:
    """Run a worker with these arguments for each Python until a signal, or until one of them ends; return its status.

    Raises
    ------
    Invalid
        ``bad_environment``: Trailbook is not installed in one.
    """
    pythons = list(dict.fromkeys(each.python for each in environments))
    for python in pythons:
        _refuse_without_trailbook(python)
    stop_on_signals()
    with ExitStack() as stack:
        workers = []
        for python in pythons:
            names = [word for each in environments if each.python == python for word in (OPTION, each.name)]
            command = [str(python), "-P", "-c", COMMAND, "worker", *arguments, *names]
            worker = stack.enter_context(subprocess.Popen(command))  # noqa: S603 - the operator's own Python
            stack.callback(worker.terminate)
            workers.append(worker)
        try:
            while all(worker.poll() is None for worker in workers):
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            return 0
        return next(status for worker in workers if (status := worker.poll()) is not None) or 0


def _refuse_without_trailbook(python: Path) -> None:
    found = subprocess.run([str(python), "-P", "-c", "import trailbook.cli"], capture_output=True, check=False)  # noqa: S603
    if found.returncode:
        raise Invalid(
            "bad_environment",
            f"{python} has no Trailbook. Install the version of the course service: {python} -m pip install trailbook",
            python=str(python),
        )
