"""The processes that are killed, each at a random instant, and started again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from support.cluster import MeetingPoint, tls_arguments

from durability.database_client import send_answers
from durability.ledger import Ledger
from durability.processes import begin, context
from durability.service import Service
from trailbook.adapters.sandbox.usage import tree_of

KILLED_WHILE_IT_STARTS = 0.1
CLIENT = "client"
PATIENCE_SECONDS = 60.0


class Victim(Protocol):
    """A kind of process."""

    name: str

    def kill(self) -> None:
        """Kill it as a crash does, and start it again."""


class KilledService:
    """The course service; some of its lives end before it has started."""

    name = "service"

    def __init__(self, service: Service) -> None:
        self._service = service
        self._chance = random.Random()

    def kill(self) -> None:
        """Kill it; returns once it is up again."""
        self._service.kill()
        self._service.begin()
        if self._chance.random() < KILLED_WHILE_IT_STARTS:
            time.sleep(self._chance.uniform(0, 1))
            self._service.kill()
            self._service.begin()
        self._service.wait_until_up()


class KilledSandbox:
    """The processes the service grades in, where it has no other workers; it makes new ones itself."""

    name = "worker"

    def __init__(self, service: Service) -> None:
        self._service = service
        self._chance = random.Random()

    def kill(self) -> None:
        """Kill one of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := tree_of(self._service.pid)[1:]):
            if time.monotonic() > deadline:
                raise RuntimeError("the service has no process that grades")
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(self._chance.choice(found), signal.SIGKILL)


class KilledWorker:
    """A `trailbook worker`, which grades for the service as part of a cluster."""

    name = "worker"

    def __init__(self, point: MeetingPoint, folder: Path) -> None:
        self._arguments = ["worker", "--scheduler", point.address, "--workers", "2", *tls_arguments(point.files)]
        self._folder = folder
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start it."""
        environment = {**os.environ, "HOME": str(self._folder)}
        self._process = begin(_work, self._arguments, environment=environment, log=self._folder / "worker.log")

    def kill(self) -> None:
        """Kill it and start another."""
        self.end()
        self.start()

    def end(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.join()


class KilledClient:
    """A client of the database, which is sending answers of its own."""

    name = "database client"

    def __init__(self, settings: Path, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._lock = threading.Lock()
        self._waiting: list[int] = []
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def send(self, number: int) -> None:
        """Have an answer sent, however often it has to be tried."""
        with self._lock:
            self._waiting.append(number)
            if self._line is not None:
                with contextlib.suppress(OSError):  # it is being killed: its next life is told
                    self._line.send(number)

    def start(self) -> None:
        """Start it; it begins with what was not acknowledged in its lives before."""
        ours, its = context().Pipe()
        log = self._settings.with_name("client.log")
        self._process = begin(send_answers, self._settings, CLIENT, its, environment=dict(os.environ), log=log)
        its.close()
        with self._lock:
            self._line = ours
            for number in self._waiting:
                ours.send(number)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def kill(self) -> None:
        """Kill it and start another."""
        self.end()
        self.start()

    def end(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def is_idle(self) -> bool:
        """Whether all it was to send is acknowledged."""
        if self._process is not None and not self._process.is_alive():
            raise RuntimeError(f"the client ended by itself: {self._settings.with_name('client.log').read_text()}")
        with self._lock:
            return not self._waiting

    def _listen(self, line: Connection) -> None:
        while True:
            try:
                number, attempt_id = line.recv()
            except (EOFError, OSError):  # it was killed
                return
            self._ledger.note(CLIENT, number, attempt_id)
            with self._lock:
                if number in self._waiting:
                    self._waiting.remove(number)


def _work(arguments: list[str]) -> None:
    from trailbook.cli.main import main

    main(arguments)
