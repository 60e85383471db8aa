"""nbgrader's own programs in a box without network: what they run is code that somebody sent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from trailbook.adapters.sandbox import bubblewrap

PROGRAMS = Path(bubblewrap.__file__).with_name("inside")
PROGRAMS_INSIDE, HOME_INSIDE = Path("/opt/trailbook"), Path("/tmp")  # noqa: S108 - the box's own
FOLDER_INSIDE = HOME_INSIDE / "course"


def start(name: str, *, folder: Path | None = None, boxed: bool = True) -> subprocess.Popen[str]:
    """Start one of the programs in `sandbox/inside`, with its standard streams as pipes.

    Parameters
    ----------
    folder
        A folder it may write, which it sees as `folder_seen` says.
    boxed
        False runs it without a box, for operators who said that they trust what it runs.

    Raises
    ------
    Unavailable
        ``no_sandbox``: no box can be started here.
    """
    home = HOME_INSIDE if boxed or folder is None else folder / "home"
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_RUNTIME_DIR": str(home / ".runtime"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if not boxed:
        home.mkdir(exist_ok=True)
        return _popen([sys.executable, "-I", str(PROGRAMS / name)], environment)
    read_write = [] if folder is None else [(folder, FOLDER_INSIDE)]
    argv = [sys.executable, "-I", str(PROGRAMS_INSIDE / name)]
    seen = [(PROGRAMS, PROGRAMS_INSIDE)]
    return _popen(bubblewrap.command(argv, read_only=seen, read_write=read_write, environment=environment), None)


def folder_seen(folder: Path, *, boxed: bool) -> str:
    """Return how a program that `start` started sees a folder it may write."""
    return str(FOLDER_INSIDE if boxed else folder)


def _popen(argv: Sequence[str], environment: dict[str, str] | None) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - ours
