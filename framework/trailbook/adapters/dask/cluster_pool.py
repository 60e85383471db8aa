"""Jobs on the workers of a cluster: each has a thread here that waits for it, and does all that needs the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from trailbook.adapters.dask.cluster import Cluster, LetGo
from trailbook.adapters.dask.grader import ClusterGrader, LessonStore
from trailbook.services.ports.jobs import QueuedJob

MAX_PLACES = 64
"""Gradings of one environment that are handed over at a time, however many workers there are: each costs a thread."""

log = logging.getLogger(__name__)


class ClusterPool:
    """See `trailbook.services.ports.jobs.Pool`.

    Parameters
    ----------
    run_job
        Runs the attempt with this id, with this grader.
    """

    def __init__(self, cluster: Cluster, lessons: LessonStore, run_job: Callable[[str, ClusterGrader], None]) -> None:
        self._cluster = cluster
        self._lessons = lessons
        self._run_job = run_job
        self._threads = ThreadPoolExecutor(4 * MAX_PLACES, thread_name_prefix="trailbook-job")

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time in each environment."""
        return {environment: min(places, MAX_PLACES) for environment, places in self._cluster.places().items()}

    def start(self, job: QueuedJob, environment: str, ended: Callable[[], None]) -> None:
        """Have the job graded by a worker, before all of a later priority that did not begin yet."""
        grader = ClusterGrader(self._cluster, self._lessons, environment, priority=int(job.priority))
        self._threads.submit(self._run, job, grader, ended)

    def close(self) -> None:
        """Let go of the cluster; what runs there is run again after the next start."""
        self._cluster.close()
        self._threads.shutdown(cancel_futures=True)

    def _run(self, job: QueuedJob, grader: ClusterGrader, ended: Callable[[], None]) -> None:
        try:
            self._run_job(job.id, grader)
        except LetGo:
            log.info("attempt %s was under way when grading stopped; it runs again after the next start", job.id)
        except Exception:  # a thread of a pool would keep it to itself
            log.exception("the job of attempt %s failed and will be run again", job.id)
        finally:
            ended()
