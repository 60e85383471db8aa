"""Locks of `multiprocessing` made of pipes, for a sandbox without shared memory: whoever takes a byte has the lock.

A program of the sandbox. They work between a process and those it forks, which inherit the pipe; a process that is
started anew cannot find it.
"""

from __future__ import annotations

import _multiprocessing  # type: ignore[import-not-found]  # C, and without annotations
import fcntl
import os
import select
import struct
import termios
import time
from threading import get_ident
from typing import Any

RECURSIVE_MUTEX = 0
TOKEN = b"."
MOST_TOKENS = 65536  # what a pipe holds


class PipeLock:
    """A semaphore or lock between processes, with what `multiprocessing.synchronize` asks of C's."""

    SEM_VALUE_MAX = _multiprocessing.SemLock.SEM_VALUE_MAX
    name = None  # nobody else can open it

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        if not 0 <= value <= min(maxvalue, MOST_TOKENS):
            raise ValueError("invalid value")
        self.kind = kind
        self.maxvalue = maxvalue
        self.handle, self._giving = os.pipe()
        for end in (self.handle, self._giving):
            os.set_blocking(end, False)
        os.write(self._giving, TOKEN * value)
        self._held = 0  # by this process
        self._owner = 0

    @classmethod
    def _rebuild(cls, *_: object) -> PipeLock:
        raise OSError("there is no shared memory here, so no lock for a process that is not forked")

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; wait for it when ``block`` is true, for ``timeout`` seconds at most."""
        if self.kind == RECURSIVE_MUTEX and self._is_mine():
            self._held += 1
            return True
        end = None if timeout is None else time.monotonic() + max(timeout, 0)
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        while not self._take():
            left = None if end is None else end - time.monotonic()
            if not block or (left is not None and left <= 0):
                return False
            poll.poll(None if left is None else left * 1000)
        self._held += 1
        self._owner = get_ident()
        return True

    def release(self) -> None:
        """Give it back; raises AssertionError or ValueError, as C's does, for whoever does not have it."""
        if self.kind == RECURSIVE_MUTEX:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        elif self._get_value() >= min(self.maxvalue, MOST_TOKENS):
            raise ValueError("semaphore or lock released too many times")
        self._held -= 1
        os.write(self._giving, TOKEN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def __del__(self) -> None:
        for end in (getattr(self, "handle", -1), getattr(self, "_giving", -1)):
            if end >= 0:
                os.close(end)

    def _take(self) -> bool:
        try:
            return bool(os.read(self.handle, 1))
        except BlockingIOError:
            return False

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == get_ident()

    def _get_value(self) -> int:
        value: int = struct.unpack("i", fcntl.ioctl(self.handle, termios.FIONREAD, bytes(4)))[0]
        return value

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        self._held = 0


def install() -> None:
    """Have every lock that `multiprocessing` makes from now on be one of pipes."""
    module: Any = _multiprocessing
    module.SemLock = PipeLock
