"""A kernel session loses no reply, also while widgets make it send."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager

from trailbook_server.services.kernels.session import KernelSession

TIMES = 12  # without the second look at the socket, one run in five waited for ever
SLIDER = """
from ipywidgets import IntSlider, interact


def show(number):
    print(number)
    print(number + 1)


interact(show, number=IntSlider(3));
"""


@pytest.fixture
async def session() -> AsyncIterator[KernelSession]:
    # Short, because a Unix socket's path has at most 107 bytes.
    connection_file = Path("/tmp") / f"tb-{secrets.token_hex(6)}.json"
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=str(connection_file))
    await manager.start_kernel()
    session = KernelSession(manager, lambda tag, message: None)
    await session.connect()
    yield session
    await session.close()
    await manager.shutdown_kernel(now=True)


async def test_every_run_of_a_cell_with_a_widget_ends(session: KernelSession) -> None:
    async with asyncio.timeout(60):
        replies = [await session.execute(SLIDER, tag="cell") for _ in range(TIMES)]

    assert [reply.status for reply in replies] == ["ok"] * TIMES
