"""Joins what a worker of a cluster needs: a grader and a place for lessons, and neither course folder nor gradebook."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path

from trailbook.adapters.blobs import CachedBlobs
from trailbook.adapters.dask.grades import Grades
from trailbook.adapters.dask.secure import TlsFiles, check_address, security_of
from trailbook.adapters.dask.worker import run_worker
from trailbook.adapters.leftovers import remove_leftovers, scratch_folder
from trailbook.config import Settings
from trailbook.domain.course import GradingLimits
from trailbook.services.ports.blobs import Blobs
from trailbook.wiring.blobs import find_blobs
from trailbook.wiring.graders import make_grader


def grade_for(
    address: str,
    files: TlsFiles,
    settings: Settings,
    *,
    cache_folder: Path,
    places: int,
    environments: Collection[str],
    host: str,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Grade for the course service at this scheduler until a signal ends it; ``ready`` is called when that begins.

    Raises
    ------
    Invalid
        The address or the files do not make an encrypted connection; the settings name no store of content.
    Unavailable
        ``no_sandbox``: learner code cannot be run safely here; ``no_workers``: the scheduler does not answer.
    """
    check_address(address)
    security_of(files)  # what is wrong with them is said before anything is started
    with ExitStack() as stack:
        remove_leftovers()
        scratch = stack.enter_context(scratch_folder())
        source = find_blobs(settings, lambda: _database_blobs(settings, stack))
        grader = make_grader(GradingLimits(), settings)
        stack.callback(grader.close)
        run_worker(
            address,
            files,
            Grades(grader, CachedBlobs(cache_folder / "lessons", source=source), folder=scratch / "data"),
            places=places,
            environments=environments,
            host=host,
            scratch_folder=scratch,
            ready=ready,
        )


def _database_blobs(settings: Settings, stack: ExitStack) -> Blobs:
    from trailbook.adapters.storage import open_storage

    storage = open_storage(settings.database)
    stack.callback(storage.close)
    return storage.blobs
