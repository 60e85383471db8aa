"""What a zygote imports before any job, so that no grading has to."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trailbook.adapters.sandbox.separate.names import modules_of
from trailbook.domain.notebook import cells_of, source_of

LEFT_ALONE = ("antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo")
"""Parts of the standard library that do something when they are imported, or that no lesson needs ahead."""


def modules_to_preload(notebooks: Iterable[Mapping[str, Any]], files: Iterable[str] = ()) -> frozenset[str]:
    """Return the modules that authors' notebooks import and this environment has.

    Parameters
    ----------
    files
        Names of the files beside the notebooks: what they define is no installed package.
    """
    own = {name.partition("/")[0].removesuffix(".py") for name in files}
    found: set[str] = set()
    for notebook in notebooks:
        for cell in cells_of(notebook):
            if cell.get("cell_type") == "code":
                found |= modules_of(source_of(cell))
    return frozenset(name for name in found if name.partition(".")[0] not in own and _is_module(name))


@functools.cache
def _is_module(name: str) -> bool:
    """Whether this environment has the module; found by its files, since looking for a part imports the whole."""
    package, _, rest = name.partition(".")
    if package in LEFT_ALONE or package.startswith("_"):
        return False
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return False
    if spec is None or not rest:
        return spec is not None
    return any(_has(Path(folder).joinpath(*rest.split("."))) for folder in spec.submodule_search_locations or ())


def _has(place: Path) -> bool:
    return place.is_dir() or place.with_suffix(".py").exists() or any(place.parent.glob(f"{place.name}.*.so"))
