"""What both programs do at the start."""

from __future__ import annotations

import importlib
import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

BUILTIN_VALUES = ("values_builtin", "values_stdlib", "values_typing", "values_functions")
VALUES_OF = {"numpy": "values_numpy", "pandas": "values_pandas"}


def load_values() -> None:
    """Register the kinds of values of every package that is loaded."""
    wanted = [*BUILTIN_VALUES, *(values for package, values in VALUES_OF.items() if package in sys.modules)]
    for name in wanted:
        importlib.import_module(f"{__package__}.{name}")


def write_files(files: Mapping[str, Any], blobs: list[bytes]) -> None:
    """Write the lesson's files into the working folder."""
    for name, number in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("a file outside the folder")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(blobs[number])


def set_environment(environment: Mapping[str, str], seed: str) -> None:
    """Set variables and the seeds of random numbers."""
    os.environ.update(environment)
    os.environ["TRAILBOOK_SEED"] = seed
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(int.from_bytes(seed.encode()[-4:] or b"\0", "big"))
