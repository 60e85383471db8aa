"""What a zygote sees of this machine, and how it is started."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from trailbook.adapters.sandbox import bubblewrap
from trailbook.adapters.sandbox.inside import keeper
from trailbook.adapters.sandbox.isolation.tiers import Tier

PROGRAMS = Path(__file__).parent.with_name("inside")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
PROGRAMS_INSIDE = Path("/opt/trailbook")
ROLES_INSIDE = Path("/opt/roles")
DATA_INSIDE = Path("/opt/data")
STAGE_INSIDE = Path("/opt/stage")  # where a child's /tmp is put together
HOME_INSIDE = Path("/tmp")  # noqa: S108 - the child's own
# To make namespaces, to map their root (SETFCAP), to be another user, and to take all of it from the children.
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETFCAP", "CAP_KILL")


def zygote_command(
    options: Mapping[str, object], *, tier: Tier, programs: Path, data: Mapping[str, Path]
) -> tuple[list[str], dict[str, str]]:
    """Return the command line and the environment of a zygote.

    Parameters
    ----------
    options
        What the program is told; where its files are is added here.
    programs
        The folder with the modules of the roles.
    data
        Folders its children read, by the name they have beside the notebook.
    """
    boxed = tier in (Tier.NAMESPACES, Tier.POD)
    seen_data = {
        name: DATA_INSIDE / str(number) if boxed else folder for number, (name, folder) in enumerate(data.items())
    }
    seen_programs = ROLES_INSIDE if boxed else programs
    few_rules, many_rules = landlock_rules(programs, data.values()) if tier is Tier.LANDLOCK else (None, None)
    told = {
        **options,
        "tier": tier.value,
        "programs": str(seen_programs),
        "data": {name: str(folder) for name, folder in seen_data.items()},
        "landlock": few_rules,
        "many_rules": many_rules,
        "users": others_may_read(programs, data.values()),
        "scratch": tempfile.gettempdir(),
        "kept": [str(folder) for folder in bubblewrap.python_folders() if folder.is_relative_to(HOME_INSIDE)],
    }
    program = (PROGRAMS_INSIDE if boxed else PROGRAMS) / "zygote.py"
    argv = [sys.executable, "-I", str(program), json.dumps(told)]
    if boxed:
        argv = bubblewrap.command(
            argv,
            read_only=[
                (PROGRAMS, PROGRAMS_INSIDE),
                (programs, seen_programs),
                *((data[name], seen_data[name]) for name in data),
            ],
            hidden=solution_folders(),
            empty=[STAGE_INSIDE],
            tmp_mib=1,
            capabilities=CAPABILITIES,
            own_proc=tier is Tier.NAMESPACES,
        )
    return argv, environment(HOME_INSIDE)


def zygote_user(tier: Tier, programs: Path, data: Iterable[Path]) -> int | None:
    """Return the user a zygote is started as; None for one's own.

    The kernel lets root have any number of processes, in whatever namespace. So root gives its zygotes users of their
    own, to be asked in the thread that keeps the zygote, where another user may read what they need.
    """
    if tier not in (Tier.NAMESPACES, Tier.POD) or os.geteuid() != 0:
        return None
    if not others_may_read(programs, data):
        return None
    if not bubblewrap.works_for_users(own_proc=tier is Tier.NAMESPACES):
        return None
    return keeper.spare_uid(threading.get_native_id())


def others_may_read(programs: Path, data: Iterable[Path]) -> bool:
    """Whether any user of this machine may read all that a zygote's children need."""
    folders = [*bubblewrap.python_folders(), PROGRAMS, programs, *data]
    return readable_by_others(folders) and all(
        path.stat().st_mode & 0o4 for folder in data for path in folder.rglob("*") if not path.is_symlink()
    )


def readable_by_others(folders: Iterable[Path]) -> bool:
    """Whether any user of this machine may read folders: a Python in root's home is for root alone."""
    return all(
        each.stat().st_mode & needed == needed
        for folder in folders
        for each, needed in [(folder, 0o5), *((parent, 0o1) for parent in folder.parents)]
    )


def landlock_rules(programs: Path, data: Iterable[Path]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return what a process without namespaces may read, whose names it may see, and which devices it may use.

    Twice: in few rules, and in many, which leave out the folders with solutions.
    """
    read = [Path(name) for name in SYSTEM] + [Path("/etc", name) for name in bubblewrap.ETC_FILES]
    read += [PROGRAMS, programs, *data]
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
    folders = bubblewrap.python_folders()
    few = {"read": [str(path) for path in (*read, *folders)], "listed": [], "used": devices}
    listed: list[Path] = []
    for folder in folders:
        _read_but(folder, [hidden for hidden in solution_folders() if hidden.is_relative_to(folder)], read, listed)
    many = {"read": [str(path) for path in read], "listed": [str(path) for path in listed], "used": devices}
    return few, many


def _read_but(folder: Path, hidden: list[Path], read: list[Path], listed: list[Path]) -> None:
    """Add a folder to what is read, or, when something in it is hidden, everything in it but that."""
    if folder in hidden:
        return
    if not any(path.is_relative_to(folder) for path in hidden):
        read.append(folder)
        return
    listed.append(folder)
    for entry in folder.iterdir():
        if entry.is_symlink():  # a right would go to its target, with what is hidden in that: lib64 leads to lib
            continue
        if entry.is_dir():
            _read_but(entry, hidden, read, listed)
        else:
            read.append(entry)


@functools.cache
def solution_folders() -> tuple[Path, ...]:
    """Return the folders of the Python environment with courses and their solutions in them: ours and nbgrader's."""
    found = [Path(sys.prefix) / "share" / "trailbook" / "course_templates"]
    spec = importlib.util.find_spec("nbgrader")
    places = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found += [place / name for place in places for name in ("docs", "tests")]
    return tuple(found)


def environment(home: Path) -> dict[str, str]:
    """Return all of the environment of what is started."""
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "learner",
        "TMPDIR": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "MPLBACKEND": "agg",
        "NBGRADER_EXECUTION": "autograde",  # as nbgrader sets it: notebooks ask for it
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
