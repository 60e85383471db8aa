"""What a learner's server and a staff server see of this machine, as bubblewrap command lines."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from trailbook.adapters.sandbox import bubblewrap
from trailbook.resources import CHECKOUT, resource

CONFIG_FOLDER = Path(__file__).with_name("servers")
"""Jupyter Server configuration of a staff server."""

LEARNER_HOME = Path("/home/learner")
STAFF_HOME = Path("/home/staff")
PROGRAMS = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
RUNTIME_FOLDER = "/tmp/jupyter"  # noqa: S108 - the box's own /tmp; short, because kernel sockets lie in it


def home_folder(homes: Path, name: str) -> Path:
    """Return the home of a hub user's server, whatever characters the name has.

    >>> home_folder(Path("homes"), "../x y")
    PosixPath('homes/%2E%2E%2Fx%20y')
    """
    return homes / quote(name, safe="").replace(".", "%2E")


def learner_box(argv: Sequence[str], *, home: Path, bwrap: Path | None = None) -> list[str]:
    """Return the command line of a learner's server: its own home, the Python environment, the lesson pages' files.

    Nothing of a course folder, the database, the hub's state or another home is in it. The network is shared, since the
    proxy must reach the server.
    """
    return bubblewrap.command(
        argv,
        bwrap=bwrap,
        read_only=[*bubblewrap.package_folders("trailbook", "trailbook_server"), *page_folders()],
        read_write=[(home, LEARNER_HOME)],
        hidden=answer_folders(),
        network=True,
        working_folder=LEARNER_HOME,
    )


def learner_arguments() -> list[str]:
    """Return the arguments of a learner's server: only our extension, no terminals, kernels without a port."""
    spec = importlib.util.find_spec("trailbook_server")  # a door: named, not imported
    places = (spec.submodule_search_locations or []) if spec else []
    return [*(f"--config={Path(place) / 'lean.py'}" for place in places), "--ServerApp.allow_root=True"]


def learner_environment(home: Path, *, sandbox: bool) -> dict[str, str]:
    """Return what a login would put into the environment of a learner's server; paths are those seen inside."""
    seen_home, runtime = (LEARNER_HOME, Path(RUNTIME_FOLDER)) if sandbox else (home, home / ".run")
    return {
        "HOME": str(seen_home),
        "PATH": PROGRAMS,
        "SHELL": "/bin/bash",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_RUNTIME_DIR": str(runtime),
    }


def staff_box(argv: Sequence[str], *, home: Path, course: Path, bwrap: Path | None = None) -> list[str]:
    """Return the command line of a staff server: like a learner's, with the folder of one course to read and write."""
    return bubblewrap.command(
        argv,
        bwrap=bwrap,
        read_only=[*bubblewrap.package_folders("trailbook", "trailbook_hub"), CONFIG_FOLDER],
        read_write=[(home, STAFF_HOME), (course, staff_course_folder(course))],
        network=True,
        working_folder=staff_course_folder(course),
    )


def staff_course_folder(course: Path) -> Path:
    """Return where a staff server sees its course folder."""
    return Path("/courses") / course.name


def page_folders() -> list[Path]:
    """Return what a lesson page is made from; in a checkout with the file `trailbook.resources` knows a checkout by."""
    marker = CHECKOUT / "pyproject.toml"
    return [resource("web"), resource("voila_template"), *([marker] if marker.is_file() else [])]


def answer_folders() -> list[Path]:
    """Return the folders of the Python environment with solutions in them: our templates, nbgrader and its examples."""
    found = [Path(sys.prefix) / "share" / "trailbook" / "course_templates"]
    spec = importlib.util.find_spec("nbgrader")
    found += [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    return found
