"""Machines of other kinds, made of this one: a container that hides parts of /proc, one without user namespaces, …"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

FRAMEWORK = Path(__file__).parents[2] / "framework"
SYSTEM_PYTHON = Path("/usr/bin/python3")
NOBODY = 65534
SECONDS = 60

HIDES_PROC = 'mount --bind /dev/null /proc/timer_list && mount -t tmpfs none /proc/bus && exec "$@"'
NO_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
NO_LANDLOCK = """
import errno, os, sys
import pyseccomp
filter = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
filter.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "landlock_create_ruleset")
filter.load()
os.execv(sys.argv[1], sys.argv[1:])
"""


def run_on(machine: str, *argv: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program on a machine of another kind; skip the test where such a machine cannot be made.

    Parameters
    ----------
    machine
        ``container`` hides parts of /proc, as containers do; ``no namespaces`` allows no user namespace; ``nothing``
        neither that nor Landlock.
    """
    skip_without_namespaces()
    enter = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"]
    starts = {
        "container": [*enter, "sh", "-c", HIDES_PROC, "sh"],
        "no namespaces": [*enter, "sh", "-c", NO_NAMESPACES, "sh"],
        "nothing": [*enter, "sh", "-c", NO_NAMESPACES, "sh", sys.executable, "-c", NO_LANDLOCK],
    }
    return subprocess.run(
        [*starts[machine], *argv], capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )


@functools.cache
def skip_without_namespaces() -> None:
    """Skip the test where this user may not make namespaces."""
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no user namespaces can be made here")


def run_with_system_python(
    source: str, *, user: int | None = None, rights: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run Python that every user may read, as root or as an ordinary user; skip the test where there is none.

    Parameters
    ----------
    rights
        False takes away all capabilities, as for root in a container that was given none.
    """
    command: Sequence[str] = [str(SYSTEM_PYTHON), "-c", source]
    packages = sysconfig.get_path("purelib")
    path = f"{FRAMEWORK}:{packages}"
    if user is not None:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
    if not rights:
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    environment = {"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    same = subprocess.run(
        [*command[:-1], "import sys; print(sys.version_info[:2]); import yaml, trailbook"],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    if same.stdout.strip() != str(sys.version_info[:2]) or same.returncode:
        pytest.skip("the system has no Python like this one, or no other user may read the packages")
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment)
