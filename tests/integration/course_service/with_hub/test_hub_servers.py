"""Learners' servers, started by a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from trailbook.adapters.hub.servers import HubServers
from trailbook.domain.errors import Unavailable
from trailbook.services.ports.people import LearnerServer, ServerState

TRAP = """te<s'&">t ü"""


@pytest.fixture
async def servers(hub: Any) -> AsyncIterator[HubServers]:
    provider = HubServers(hub.api, api_token=hub.tokens["trailbook"], url_template="/user/{name}/")
    yield provider
    await provider.close()


@pytest.fixture
def no_server_left(hub: Any) -> Any:
    yield
    hub.ask("DELETE", f"/users/{quote(TRAP)}/server")


async def until(servers: HubServers, state: ServerState) -> LearnerServer:
    async with asyncio.timeout(30):
        while (server := await servers.look(TRAP)).state is not state:  # noqa: ASYNC110 - the hub is another process
            await asyncio.sleep(0.1)
    return server


@pytest.mark.usefixtures("no_server_left")
async def test_server_is_started_without_waiting_and_then_ready(servers: HubServers) -> None:
    url = "/user/te%3Cs%27%26%22%3Et%20%C3%BC/"
    assert await servers.glance(TRAP) == LearnerServer(ServerState.STOPPED, url)
    assert await servers.look(TRAP) == LearnerServer(ServerState.STOPPED, url)
    assert await servers.start(TRAP) == LearnerServer(ServerState.STARTING, url)
    assert await servers.start(TRAP) == LearnerServer(ServerState.STARTING, url), "a second start is the first"
    assert await until(servers, ServerState.READY) == LearnerServer(ServerState.READY, url)
    assert await servers.start(TRAP) == LearnerServer(ServerState.READY, url)
    assert await servers.glance(TRAP) == LearnerServer(ServerState.READY, url)


async def test_server_of_someone_the_hub_does_not_know_stays_stopped(servers: HubServers) -> None:
    assert (await servers.look("nobody")).state is ServerState.STOPPED
    await servers.start("nobody")
    await asyncio.gather(*servers._starts.values())
    assert (await servers.look("nobody")).state is ServerState.STOPPED


@pytest.mark.parametrize(
    ("api_url", "token"), [("http://127.0.0.1:9/hub/api", "any"), (None, "not a token"), (None, "outsider")]
)
async def test_hub_that_does_not_answer_or_not_to_us_is_unavailable(hub: Any, api_url: str | None, token: str) -> None:
    servers = HubServers(api_url or hub.api, api_token=hub.tokens.get(token, token), url_template="/user/{name}/")
    with pytest.raises(Unavailable) as refusal:
        await servers.start("ada")
    assert refusal.value.code == "hub_unavailable"
    assert await servers.glance("ada") == LearnerServer(ServerState.STOPPED, "/user/ada/")
    await servers.close()


async def test_page_does_not_wait_for_a_hub_that_takes_its_time() -> None:
    left = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    async with asyncio.timeout(10), await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        servers = HubServers(f"http://127.0.0.1:{port}", api_token="any", url_template="/user/{name}/")
        assert (await servers.glance("ada")).state is ServerState.STOPPED
        await servers.close()
        await left.wait()
