"""Learners' servers, looked at and started through the hub's API with the service's own token."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from trailbook.domain.errors import Unavailable
from trailbook.services.ports.people import LearnerServer, ServerState

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
GLANCE_SECONDS = 0.3
START_SECONDS = 90.0  # the hub answers a start when the server is ready, or after its own patience
ALREADY_RUNNING = 400


class HubServers:
    """The single-user servers of a JupyterHub.

    Parameters
    ----------
    api_url
        The hub's API as this process reaches it, such as ``http://127.0.0.1:8081/hub/api``.
    api_token
        This service's token; it needs the scopes ``read:servers`` and ``start:servers``.
    url_template
        A learner's server as the browser reaches it; ``{name}`` is replaced by the percent-encoded name.
    """

    def __init__(self, api_url: str, *, api_token: str, url_template: str) -> None:
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"token {api_token}"}, timeout=ANSWER_SECONDS, trust_env=False
        )
        self._api_url = api_url.rstrip("/")
        self._url_template = url_template
        self._starts: dict[str, asyncio.Task[None]] = {}

    async def look(self, learner: str) -> LearnerServer:
        """Return the learner's server as the hub has it now; see `LearnerServers.look`."""
        answer = await self._ask("GET", learner, timeout=ANSWER_SECONDS)
        if answer.is_error and answer.status_code != httpx.codes.NOT_FOUND:
            log.error("The hub answered %d to a look at a learner's server", answer.status_code)
            raise _unavailable()
        state = ServerState.STOPPED if answer.is_error else _state_of(answer.json())
        if state is ServerState.STOPPED and learner in self._starts:
            state = ServerState.STARTING
        return self._server(learner, state)

    async def start(self, learner: str) -> LearnerServer:
        """Start the server unless it runs; see `LearnerServers.start`."""
        server = await self.look(learner)
        if server.state is not ServerState.STOPPED:
            return server
        task = self._starts[learner] = asyncio.create_task(self._start(learner))
        task.add_done_callback(lambda _: self._starts.pop(learner, None))
        return self._server(learner, ServerState.STARTING)

    async def _start(self, learner: str) -> None:
        try:
            answer = await self._ask("POST", learner, timeout=START_SECONDS)
        except Unavailable:
            return  # said in the log; the next look tells that the server is stopped
        if answer.is_error and answer.status_code != ALREADY_RUNNING:
            log.error("The hub answered %d to the start of a learner's server", answer.status_code)

    async def glance(self, learner: str) -> LearnerServer:
        """Return the server as the hub has it, as stopped when the hub takes its time; see `LearnerServers.glance`."""
        try:
            async with asyncio.timeout(GLANCE_SECONDS):
                return await self.look(learner)
        except (Unavailable, TimeoutError):
            return self._server(learner, ServerState.STOPPED)

    async def close(self) -> None:
        """End waiting for starts, which go on in the hub, and close the connections."""
        for task in list(self._starts.values()):
            task.cancel()
        await asyncio.gather(*self._starts.values(), return_exceptions=True)
        await self._client.aclose()

    def _server(self, learner: str, state: ServerState) -> LearnerServer:
        return LearnerServer(state, self._url_template.replace("{name}", quote(learner, safe="@~")))

    async def _ask(self, method: str, learner: str, *, timeout: float) -> httpx.Response:  # noqa: ASYNC109 - httpx's own
        url = f"{self._api_url}/users/{quote(learner, safe='@~')}/server"
        try:
            return await self._client.request(method, url, timeout=timeout)
        except httpx.HTTPError as error:
            log.error("The hub did not answer: %s", type(error).__name__)
            raise _unavailable() from error


def _state_of(model: Mapping[str, Any]) -> ServerState:
    """Return the state in the hub's server model; a server that is stopping counts as stopped."""
    if model.get("ready"):
        return ServerState.READY
    return ServerState.STARTING if model.get("pending") == "spawn" else ServerState.STOPPED


def _unavailable() -> Unavailable:
    return Unavailable("hub_unavailable", "The hub does not answer, so your server cannot be started now. Try again.")
