"""A running Dask cluster, seen from the course service: which environments it offers, and how a grading runs there."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import dask.config
from distributed import Client, KilledWorker

from trailbook.adapters.dask.secure import TlsFiles, check_address, security_of
from trailbook.adapters.dask.task import GradeTask, Outcome, environment_resource, run_task
from trailbook.domain.errors import Unavailable

CONNECT_SECONDS = 10
LOOK_SECONDS = 0.5
ENVIRONMENT = environment_resource("")

log = logging.getLogger(__name__)


class Lost(Exception):
    """A task is no longer in the cluster: its worker ended (``with_worker``), the scheduler, or the connection."""

    def __init__(self, *, with_worker: bool = False) -> None:
        super().__init__()
        self.with_worker = with_worker


class Cluster:
    """The connection to a scheduler.

    Parameters
    ----------
    address
        The scheduler, ``tls://host:port``.

    Raises
    ------
    Invalid
        ``dask_without_tls``: the address or the files do not make an encrypted connection.
    Unavailable
        ``no_workers``: the scheduler does not answer.
    """

    def __init__(self, address: str, files: TlsFiles) -> None:
        self._address = check_address(address)
        self._security = security_of(files)
        self._topic = f"trailbook-{secrets.token_hex(8)}"
        self._numbers = itertools.count(1)
        self._listeners: dict[int, Callable[[Mapping[str, Any]], None]] = {}
        self._closing = threading.Event()
        self._client = self._connect()
        self._places = self._look()
        self._thread = threading.Thread(target=self._watch, name="trailbook-cluster", daemon=True)
        self._thread.start()

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time in each environment, as of half a second ago."""
        return self._places

    @property
    def is_closed(self) -> bool:
        """Whether nothing runs here any more."""
        return self._closing.is_set()

    def wait_until_open(self) -> None:
        """Return when a scheduler is there again, or nothing runs here any more."""
        while self._client.status != "running" and not self._closing.wait(LOOK_SECONDS):
            pass

    def run(
        self,
        task: GradeTask,
        *,
        environment: str,
        priority: int,
        worker: str | None,
        hear: Callable[[Mapping[str, Any]], None],
    ) -> Outcome:
        """Run a task on a worker that offers the environment and return its outcome; waits for one as long as it takes.

        Parameters
        ----------
        priority
            The smaller runs first.
        worker
            The worker that is to have it, if it is still there.
        hear
            Called with what the worker tells meanwhile.

        Raises
        ------
        Lost
            Nobody knows how it would have come out.
        """
        number = next(self._numbers)
        self._listeners[number] = hear
        try:
            future = self._client.submit(
                run_task,
                replace(task, topic=self._topic, number=number),
                key=f"grade-{task.seed}-{number}",
                pure=False,
                priority=-priority,
                resources={environment_resource(environment): 1},
                workers=[worker] if worker else None,
                allow_other_workers=bool(worker),
            )
            return self._outcome(future)
        finally:
            del self._listeners[number]

    def close(self) -> None:
        """Let go of the cluster; what runs there is `Lost`."""
        self._closing.set()
        self._thread.join()
        self._client.close()

    def _outcome(self, future: Any) -> Outcome:
        ended = threading.Event()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(LOOK_SECONDS):
            if self.is_closed:
                raise Lost
        if future.status == "finished":
            outcome: Outcome = future.result()
            return outcome
        if future.status == "error":
            fault = future.exception()
            if not isinstance(fault, KilledWorker):
                raise fault
            raise Lost(with_worker=True)
        raise Lost

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        _, news = event
        listener = self._listeners.get(news["number"])
        if listener is not None:
            listener(news)

    def _watch(self) -> None:
        """Keep what is known of the workers fresh, and the connection open."""
        while not self._closing.wait(LOOK_SECONDS):
            if self._client.status == "closed":  # Dask's own tries to connect again have a limit
                try:
                    self._client = self._connect()
                except Unavailable as refusal:
                    log.warning("%s", refusal)
                    continue
            self._places = self._look()

    def _connect(self) -> Any:
        try:
            # Pieces of lessons go with a task where a worker lacks them: Dask would warn of each.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                client: Any = Client(  # type: ignore[no-untyped-call]
                    self._address, security=self._security, timeout=CONNECT_SECONDS, set_as_default=False
                )
        except OSError as error:
            raise Unavailable(
                "no_workers",
                f"The Dask scheduler at {self._address} does not answer: {error}. Start it, or mend dask_address.",
            ) from error
        client.subscribe_topic(self._topic, self._hear)
        return client

    def _look(self) -> Mapping[str, int]:
        if self._client.status != "running":
            return {}
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        places: Counter[str] = Counter()
        for worker in workers:
            for resource, amount in worker["resources"].items():
                if resource.startswith(ENVIRONMENT):
                    places[resource.removeprefix(ENVIRONMENT)] += min(int(amount), worker["nthreads"])
        return places
