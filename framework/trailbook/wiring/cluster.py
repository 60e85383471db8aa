"""Joins the course service, and commands, to the machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trailbook.adapters.dask.cluster import Cluster
from trailbook.adapters.dask.grader import ClusterGrader, LessonStore
from trailbook.adapters.dask.secure import TlsFiles
from trailbook.config import Settings
from trailbook.domain.errors import Unavailable
from trailbook.services.ports.blobs import Blobs
from trailbook.services.ports.jobs import DEFAULT_ENVIRONMENT, Priority
from trailbook.wiring.blobs import find_blobs


@dataclass(frozen=True)
class ClusterAddress:
    """A scheduler with the files to reach it, and the environment that is wanted of its workers."""

    address: str
    files: TlsFiles
    environment: str = DEFAULT_ENVIRONMENT


def reach_cluster(settings: Settings, of_database: Callable[[], Blobs]) -> tuple[Cluster, LessonStore]:
    """Return the cluster of the settings, and where its workers find lessons.

    Raises
    ------
    Unavailable
        ``no_workers``: the cluster does not answer.
    Invalid
        The settings do not make an encrypted connection, or name no store of content.
    """
    lessons = LessonStore(find_blobs(settings, of_database))
    files = TlsFiles(settings.dask_tls_ca, settings.dask_tls_cert, settings.dask_tls_key)
    return Cluster(settings.dask_address, files), lessons


@contextmanager
def grading_on(wanted: ClusterAddress) -> Iterator[tuple[ClusterGrader, int]]:
    """Yield a grader of what can wait, and how many gradings run there at the same time; lessons go with the tasks.

    Raises
    ------
    Unavailable
        ``no_workers``: the scheduler does not answer, or no worker has the environment.
    Invalid
        ``dask_without_tls``.
    """
    cluster = Cluster(wanted.address, wanted.files)
    try:
        places = cluster.places().get(wanted.environment, 0)
        if not places:
            raise Unavailable(
                "no_workers",
                f"No machine at {wanted.address} has the environment {wanted.environment}. Start one: "
                f"trailbook worker --scheduler {wanted.address} --environment {wanted.environment} …",
                environment=wanted.environment,
            )
        yield ClusterGrader(cluster, LessonStore(None), wanted.environment, priority=int(Priority.REGRADE)), places
    finally:
        cluster.close()
