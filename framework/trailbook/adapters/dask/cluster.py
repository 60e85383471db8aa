"""A running Dask cluster, seen from the course service: which environments it offers, and how a grading runs there."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

from distributed import KilledWorker
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError

from trailbook.adapters.dask.connection import CLOSE_SECONDS, Connection
from trailbook.adapters.dask.secure import TlsFiles, check_address, security_of
from trailbook.adapters.dask.task import GradeTask, Outcome, environment_resource, run_task
from trailbook.domain.errors import Unavailable

LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)


class Lost(Exception):
    """A task is no longer in the cluster: its worker ended (``with_worker``), the scheduler, or the connection."""

    def __init__(self, *, with_worker: bool = False) -> None:
        super().__init__()
        self.with_worker = with_worker


class LetGo(BaseException):
    """The cluster was let go of while a task was under way.

    That is no failure of the task, and nothing on the way may take it for one: as with `asyncio.CancelledError`.
    """


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
        self._connection = self._connect()
        self._places = self._connection.places()
        self._thread = threading.Thread(target=self._watch, name="trailbook-cluster", daemon=True)
        self._thread.start()

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time in each environment, as of half a second ago."""
        return self._places

    def wait_until_open(self) -> None:
        """Return when a scheduler is there again; `LetGo` when nobody waits for one any more."""
        while not self._connection.is_alive():
            if self._closing.wait(LOOK_SECONDS):
                raise LetGo

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
        LetGo
            `close` was called.
        """
        number = next(self._numbers)
        self._listeners[number] = hear
        connection = self._connection
        try:
            future = connection.client.submit(
                run_task,
                replace(task, topic=self._topic, number=number),
                key=f"grade-{task.seed}-{number}",
                pure=False,
                priority=-priority,
                resources={environment_resource(environment): 1},
                workers=[worker] if worker else None,
                allow_other_workers=bool(worker),
            )
            return self._outcome(future, connection)
        except KilledWorker as error:
            raise Lost(with_worker=True) from error
        except (ClosedClientError, CommClosedError, CancelledError) as error:
            raise Lost from error
        except Exception as error:
            if self._closing.is_set():  # Dask has many words for it
                raise LetGo from error
            raise
        finally:
            del self._listeners[number]

    def close(self) -> None:
        """Let go of the cluster, and of what runs there."""
        self._closing.set()
        self._thread.join(CLOSE_SECONDS)  # it may be about to connect to a scheduler that is gone
        self._connection.close()

    def _outcome(self, future: Any, connection: Connection) -> Outcome:
        ended = threading.Event()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(LOOK_SECONDS):
            if self._closing.is_set():
                raise LetGo
            if connection is not self._connection:
                raise Lost
        outcome: Outcome = future.result()
        return outcome

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        _, news = event
        listener = self._listeners.get(news["number"])
        if listener is not None:
            listener(news)

    def _watch(self) -> None:
        """Keep what is known of the workers fresh, and a connection open."""
        while not self._closing.wait(LOOK_SECONDS):
            try:
                self._look()
            except Unavailable as refusal:
                log.warning("%s", refusal)
            except Exception:  # without this thread nobody would look again
                log.exception("The cluster could not be looked at, to be tried again.")

    def _look(self) -> None:
        if not self._connection.is_alive():
            self._places = {}
            lost, self._connection = self._connection, self._connect()
            lost.close()
            if self._closing.is_set():  # nobody waited for it
                self._connection.close()
                return
        self._places = self._connection.places()

    def _connect(self) -> Connection:
        return Connection(self._address, self._security, topic=self._topic, hear=self._hear)
