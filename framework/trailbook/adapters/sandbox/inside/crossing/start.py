"""What both programs do at the start."""

from __future__ import annotations

import importlib
import os
import random
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

BUILTIN_VALUES = ("values_builtin", "values_stdlib", "values_typing", "values_functions")
VALUES_OF = {"numpy": "values_numpy", "pandas": "values_pandas"}
PACKAGE_OF = {
    **dict.fromkeys(("np", "ndarray", "matrix", "masked", "dtype", "ufunc"), "numpy"),
    **dict.fromkeys(("pd", "df", "series"), "pandas"),
}
"""By the beginning of a kind's tag."""


def load_values() -> None:
    """Register the kinds of values of every package that is loaded."""
    wanted = [*BUILTIN_VALUES, *(values for package, values in VALUES_OF.items() if package in sys.modules)]
    for name in wanted:
        importlib.import_module(f"{__package__}.{name}")


def load_values_of(tag: str) -> None:
    """Register the kinds of a package that only the learner's code imported; what is installed may be imported here."""
    package = PACKAGE_OF.get(tag.partition(".")[0])
    if package is not None:
        importlib.import_module(package)
        load_values()


def write_files(files: Mapping[str, Any], blobs: list[bytes]) -> None:
    """Write the lesson's files into the working folder."""
    for name, number in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("a file outside the folder")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(blobs[number])


def write_modules(files: Mapping[str, Any], blobs: list[bytes]) -> None:
    """Let the instructor's modules be imported from a folder where the learner's files never come."""
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    for name, number in files.items():
        if name.endswith(".py"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blobs[number])
    here = ("", ".", str(Path.cwd()))
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry not in here)]


def modules_of(files: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the modules that files beside the notebook are.

    >>> sorted(modules_of({"helpers.py": 0, "tools/__init__.py": 1, "tools/plot.py": 2, "data.csv": 3}))
    ['helpers', 'tools', 'tools.plot']
    """
    names = (name.removesuffix(".py").replace("/", ".") for name in files if name.endswith(".py"))
    return frozenset(name.removesuffix(".__init__") for name in names)


def set_environment(environment: Mapping[str, str], seed: str) -> None:
    """Set variables and the seeds of random numbers."""
    os.environ.update(environment)
    os.environ["TRAILBOOK_SEED"] = seed
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(int.from_bytes(seed.encode()[-4:] or b"\0", "big"))
