"""A course opened for one person, as `trailbook open` does it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRAILBOOK = str(Path(sys.executable).with_name("trailbook"))


@contextmanager
def opened(course: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Open the course without a browser and give the address and the process."""
    argv = [TRAILBOOK, "open", str(course), "--no-browser", "--json"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        text = b""
        while not text.endswith(b"}\n"):
            piece = os.read(process.stdout.fileno(), 65536)
            assert piece, "trailbook open ended"
            text += piece
        told = json.loads(text)
        assert "url" in told, told
        yield told["url"], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)
        process.stdout.close()
