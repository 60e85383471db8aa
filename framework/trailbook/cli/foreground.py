"""What commands share that run until someone stops them."""

from __future__ import annotations

import signal
import sys
from types import FrameType


def stop_on_signals() -> None:
    """Let SIGINT and SIGTERM raise `KeyboardInterrupt`.

    SIGINT too: a shell's background job starts with it ignored, and Python then leaves it so.
    """
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, _interrupt)


def say(text: str) -> None:
    """Tell what is being done now; on standard error, since a program may read standard output."""
    print(f"{text} …", file=sys.stderr, flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
