"""One connection to a scheduler: it is alive or lost, and what was lost does not come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dask.config
from distributed import Client

from trailbook.adapters.dask.task import environment_resource
from trailbook.domain.errors import Unavailable

CONNECT_SECONDS = 10
CLOSE_SECONDS = 2
ENVIRONMENT = environment_resource("")


class Connection:
    """A connection, through which a topic is listened to.

    Dask's client connects again by itself after some losses, without its subscriptions, and after others it waits for
    ever. So each loss is final here, and who wants to go on makes another connection.

    Raises
    ------
    Unavailable
        ``no_workers``: the scheduler does not answer.
    """

    def __init__(
        self, address: str, security: Any, *, topic: str, hear: Callable[[tuple[float, Mapping[str, Any]]], None]
    ) -> None:
        try:
            # Pieces of lessons go with a task where a worker lacks them: Dask would warn of each.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                client: Any = Client(  # type: ignore[no-untyped-call]
                    address, security=security, timeout=CONNECT_SECONDS, set_as_default=False
                )
        except OSError as error:
            raise Unavailable(
                "no_workers",
                f"The Dask scheduler at {address} does not answer: {error}. Start it, or mend its address.",
            ) from error
        self.client = client
        self._stream = client.scheduler_comm
        self._reading = client._handle_report_task
        client.subscribe_topic(topic, hear)

    def is_alive(self) -> bool:
        """Whether the scheduler still hears and answers here."""
        return (
            self.client.status == "running"
            and self.client.scheduler_comm is self._stream
            and not self._stream.closed()
            and not self._reading.done()
        )

    def places(self) -> Mapping[str, int]:
        """Return how many gradings can run at the same time in each environment."""
        places: dict[str, int] = {}
        for worker in self.client.scheduler_info(n_workers=-1)["workers"].values():
            for resource, amount in worker["resources"].items():
                if resource.startswith(ENVIRONMENT):
                    name = resource.removeprefix(ENVIRONMENT)
                    places[name] = places.get(name, 0) + min(int(amount), worker["nthreads"])
        return places

    def close(self) -> None:
        """Let go of it."""
        self.client.close(timeout=CLOSE_SECONDS)
