"""Landlock: a process takes from itself the right to most of the file system, to TCP, and to signal others.

A program of the sandbox. It needs no privilege and no namespace, and cannot be undone.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the numbers are the same on every processor
ASK_FOR_VERSION, RULE_PATH_BENEATH = 1, 1
LEAST_VERSION = 6  # the first that keeps signals and abstract sockets in

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
EVERYTHING = (1 << 16) - 1  # of version 5 on: the last right is to use a device's ioctl
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
TCP = 3  # to bind and to connect; none is given back
SCOPES = 3  # abstract sockets and signals

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock's interface here, 0 where there is none."""
    return max(0, int(_libc.syscall(ctypes.c_long(CREATE_RULESET), None, ctypes.c_size_t(0), ASK_FOR_VERSION)))


def make_rules(*, read: Iterable[str], listed: Iterable[str], used: Iterable[str], own: str) -> int:
    """Return an open file that stands for these rights; to be closed by the caller.

    Parameters
    ----------
    read
        Files and folders that are read and run, with all that is in them.
    listed
        Folders whose names are seen, and the names of what is in them.
    used
        Files that are read and written: devices.
    own
        The folder in which everything is allowed.
    """
    if version() < LEAST_VERSION:
        raise OSError(f"this system's Landlock is too old: version {version()}, and {LEAST_VERSION} is needed")
    attributes = _Ruleset(EVERYTHING, TCP, SCOPES)
    rules = _call(CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(ctypes.sizeof(attributes)), 0)
    try:
        for paths, rights in (
            (read, EXECUTE | READ_FILE | READ_DIR),
            (listed, READ_DIR),
            (used, READ_FILE | WRITE_FILE),
            ([own], EVERYTHING & ~(1 << 15)),
        ):
            for path in filter(os.path.exists, paths):
                _allow(rules, path, rights)
    except BaseException:
        os.close(rules)
        raise
    return rules


def restrict(rules: int) -> None:
    """Leave this process and all it starts these rights, of those it has, and no other."""
    _call(RESTRICT_SELF, rules, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= FOR_FILES
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(_Beneath(rights, fd)), 0)
    finally:
        os.close(fd)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
