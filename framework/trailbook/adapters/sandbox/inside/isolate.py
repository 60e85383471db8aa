"""What a forked child does to shut itself in, before a line of a learner or a test runs in it.

A program of the sandbox: it knows nothing of Trailbook. Everything here is asked of the kernel directly, since Python
has no function for most of it. Each step raises OSError when the kernel refuses: a child that is not shut in ends.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    0x1000,
    0x2000,
    0x4000,
    0x40000,
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 28, 38, 47, 4
SECCOMP_MODE_FILTER = 2
SECUREBITS = 0x2F  # nothing for uid 0, nothing kept over setuid, each locked so
CAPABILITY_VERSION_3 = 0x20080522
CAP_SETPCAP = 8
LAST_CAPABILITY = 63

INSIDE_UID = 1000
HOME = "/tmp"  # noqa: S108 - the child's own
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the child's own
WORK = "work"  # in HOME
STAGE = "/opt/stage"  # an empty folder
MOST_FILES = 10_000  # inodes of each of the child's file systems
OPEN_FILES = 1024
FILE_BYTES = 64 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    """A seccomp filter, as the kernel takes it."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``CLONE_NEW…`` flags for new ones."""
    _check(_libc.unshare(flags), "unshare")


def set_namespace(fd: int, kind: int) -> None:
    """Enter the namespace that an open file of ``/proc/…/ns`` stands for."""
    _check(_libc.setns(fd, kind), "setns")


def bind(source: str, target: str) -> None:
    """Show a folder, with what lies over parts of it, under a second name; read-only where it is so under the first."""
    flags = ctypes.c_ulong(MS_BIND | MS_REC)
    _check(_libc.mount(source.encode(), target.encode(), None, flags, None), f"bind {source}")


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a file system that has no device."""
    arguments = (kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _check(_libc.mount(*arguments), f"mount {kind} on {target}")


def prctl(what: int, value: int = 0, third: int = 0) -> None:
    """Change something about this process; see prctl(2)."""
    _check(_libc.prctl(what, *(ctypes.c_ulong(each) for each in (value, third, 0, 0))), f"prctl {what}")


def enter_namespaces(proc: int, *, tmp_bytes: int, own_proc: bool, kept: Iterable[str]) -> None:
    """Move into mount, IPC, network, host-name and user namespaces of this process's own, with fresh file systems.

    The process is number 1 of its process namespace already: its parent asked for that before the fork. It needs the
    parent's capabilities; afterwards it has those of its own user namespace, to which no mount belongs.

    Parameters
    ----------
    proc
        An open ``/proc`` that can be written.
    own_proc
        Whether a ``/proc`` may be mounted here. In most containers it may not; the child then has none.
    kept
        Folders in ``/tmp`` that stay, read-only: a Python that is installed there.
    """
    uid, gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS)
    _check(_libc.mount(None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None), "make mounts private")
    size = f"size={tmp_bytes},nr_inodes={MOST_FILES}"
    mount("tmpfs", STAGE, MS_NOSUID | MS_NODEV, f"mode=1777,{size}")
    for folder in kept:
        Path(STAGE + folder.removeprefix(HOME)).mkdir(parents=True)
        bind(folder, STAGE + folder.removeprefix(HOME))
    _check(_libc.mount(STAGE.encode(), HOME.encode(), None, ctypes.c_ulong(MS_MOVE), None), "move /tmp")
    mount("tmpfs", SHARED_MEMORY, MS_NOSUID | MS_NODEV | MS_NOEXEC, f"mode=1777,{size}")
    mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    if own_proc:
        # Nothing but processes in it: the machine's load, locks and memory are a way to hear of other jobs.
        mount("proc", "/proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid")
    # Of its own, so that the limit on processes counts this job's only.
    unshare(CLONE_NEWUSER)
    for name, text in {
        "setgroups": "deny",
        "uid_map": f"{INSIDE_UID} {uid} 1",
        "gid_map": f"{INSIDE_UID} {gid} 1",
    }.items():
        fd = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def set_limits(limits: Mapping[str, int]) -> None:
    """Set this process's limits, which all it starts inherits and nothing raises: ``resource.RLIMIT_…`` by name."""
    for name, most in {"CORE": 0, "NOFILE": OPEN_FILES, "FSIZE": FILE_BYTES, "MSGQUEUE": 0, **limits}.items():
        what = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))


def drop_privileges(*, user: int) -> None:
    """Give up every capability for good, and become another user.

    Parameters
    ----------
    user
        The user's number and its group's; 0 to stay who one is.
    """
    for capability in range(LAST_CAPABILITY + 1):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0):
            break  # the kernel knows no more, or there is none to drop
    if may_set_users():
        prctl(PR_SET_SECUREBITS, SECUREBITS)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def may_set_users() -> bool:
    """Whether this process has the capabilities to set capabilities and users."""
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    _check(_libc.capget(header, sets), "capget")
    return bool(sets[0] & 1 << CAP_SETPCAP)


def filter_calls(program: bytes, *, dumpable: bool) -> None:
    """Bind this process and all it starts to a seccomp filter; to be called last.

    Parameters
    ----------
    program
        The filter's instructions; nothing is filtered when it is empty.
    dumpable
        Whether processes of the same user may look into this one.
    """
    prctl(PR_SET_DUMPABLE, int(dumpable))
    if program:
        filled = _Program(len(program) // 8, program)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filled))


def die_with_parent() -> None:
    """Be killed when the parent's main thread ends. Ask again after every change of user, which clears this."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def close_all_but(keep: Iterable[int]) -> None:
    """Close every open file but standard ones and these."""
    start = 3
    for fd in sorted(fd for fd in keep if fd >= start):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, OPEN_FILES * 64)


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
