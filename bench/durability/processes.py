"""Processes that start at once, however much they import: forked from one that has imported it all before.

They are killed hundreds of times. Starting Python and importing each time would take most of an hour of it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

PRELOADED = ("trailbook_service.app", "trailbook.wiring", "trailbook.wiring.graders", "uvicorn", "durability.course")
DASK = ("trailbook.adapters.dask.in_process", "trailbook.adapters.dask.cluster_pool", "trailbook.wiring.worker")


@cache
def context() -> ForkServerContext:
    """Return what starts processes."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([*PRELOADED, *DASK])
    # The server of forks looks for modules in the variable alone.
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return made


def begin(act: Callable[..., object], *arguments: object, environment: Mapping[str, str], log: Path) -> BaseProcess:
    """Run a function in a process, a session and an environment of its own, with what it says in the log."""
    process = context().Process(target=_run, args=(act, arguments, dict(environment), str(log)))
    process.start()
    return process


def _run(act: Callable[..., object], arguments: tuple[Any, ...], environment: dict[str, str], log: str) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(number, stream.fileno())
    act(*arguments)
