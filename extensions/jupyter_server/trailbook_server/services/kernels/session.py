"""A running kernel as seen by one client: run code, see each message, notice when the process is gone."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_async
from nbclient.output_widget import OutputWidget

_log = logging.getLogger(__name__)

Message = dict[str, Any]

START_TIMEOUT_SECONDS = 60.0
ALIVE_CHECK_SECONDS = 0.5


class KernelDied(Exception):
    """The kernel's process ended while code ran."""


@dataclass(frozen=True)
class Reply:
    """How running a piece of code ended: ``ok``, ``error`` or ``aborted``."""

    status: str
    error_name: str = ""
    error_text: str = ""
    traceback: tuple[str, ...] = ()


class KernelSession:
    """One client of one kernel.

    Parameters
    ----------
    manager
        The kernel's own manager.
    on_output
        Called with the tag given to `execute` and each message that code caused, also long after it ended.
    """

    def __init__(self, manager: KernelManager, on_output: Callable[[str, Message], None]) -> None:
        self._manager = manager
        self._on_output = on_output
        # The manager says its client is a blocking one; Jupyter Server's is not.
        self._client = cast(AsyncKernelClient, manager.client())
        self._tags: dict[str, str] = {}  # message id of each request → the tag it was made with
        self._latest: dict[str, str] = {}  # tag → the last request made with it
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._idle: dict[str, asyncio.Future[None]] = {}
        self._readers: list[asyncio.Task[None]] = []
        self._widgets: dict[str, OutputWidget] = {}
        self._hooks: defaultdict[str, list[OutputWidget]] = defaultdict(list)

    async def connect(self) -> None:
        """Open the channels and wait until the kernel answers.

        Raises
        ------
        KernelDied
            It ended, or does not answer in time.
        """
        self._client.start_channels(stdin=False, hb=False)
        try:
            await self._client.wait_for_ready(timeout=START_TIMEOUT_SECONDS)
        except RuntimeError as error:
            self._client.stop_channels()
            raise KernelDied from error
        self._client.allow_stdin = False
        self._readers = [asyncio.create_task(self._read_outputs()), asyncio.create_task(self._read_replies())]
        for reader in self._readers:
            reader.add_done_callback(self._give_up)

    async def close(self) -> None:
        """Close the channels; the kernel stays."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._client.stop_channels()

    async def execute(self, code: str, *, tag: str) -> Reply:
        """Run code to its end and return how it ended.

        Raises
        ------
        KernelDied
            The process ended first.
        """
        request = self._client.execute(code, store_history=True, allow_stdin=False, stop_on_error=True)
        self._look_for_replies()
        self._tags[request] = tag
        self._latest[tag] = request
        # The reply says how it ended; only the kernel's `idle` after it says that all outputs came.
        reply = self._replies[request] = asyncio.get_running_loop().create_future()
        idle = self._idle[request] = asyncio.get_running_loop().create_future()
        try:
            await self._wait_or_die(reply, idle)
            content = reply.result()["content"]
        finally:
            del self._replies[request], self._idle[request]
        return Reply(
            content["status"],
            content.get("ename", ""),
            content.get("evalue", ""),
            tuple(content.get("traceback", ())),
        )

    # nbclient's stand-in for an Output widget on the page calls these two.
    def register_output_hook(self, request: str, widget: OutputWidget) -> None:
        """Send the outputs of a request into an Output widget from now on."""
        self._hooks[request].append(widget)

    def remove_output_hook(self, request: str, widget: OutputWidget) -> None:
        """Stop sending the outputs of a request into an Output widget."""
        if widget in self._hooks[request]:
            self._hooks[request].remove(widget)

    async def _wait_or_die(self, *waited_for: asyncio.Future[Any]) -> None:
        while True:
            _, pending = await asyncio.wait(waited_for, timeout=ALIVE_CHECK_SECONDS)
            if not pending:
                # Each is asked, since asyncio reports a failure nobody looked at.
                failures = [failure for future in waited_for if (failure := future.exception())]
                if failures:
                    raise KernelDied
                return
            if not await ensure_async(self._manager.is_alive()):
                raise KernelDied

    def _give_up(self, reader: asyncio.Task[None]) -> None:
        """End what waits when messages can no longer be read: code can send what is none, and waiting would not end."""
        if reader.cancelled():
            return
        # Without its text and traceback, which may hold what the learner wrote.
        _log.warning("A kernel's messages cannot be read: %s", type(reader.exception()).__name__)
        waiting: list[asyncio.Future[Any]] = [*self._replies.values(), *self._idle.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(KernelDied())

    def _look_for_replies(self) -> None:
        """Notice a reply that came just before something was sent on the same socket.

        A ZeroMQ socket signals once that it changed, and sending takes that signal away: without another look the reply
        would lie there unseen. A widget's output makes the session send while it waits for the reply.
        """
        self._client.shell_channel.socket.get(zmq.EVENTS)

    async def _read_replies(self) -> None:
        while True:
            message = await self._client.get_shell_msg(timeout=None)
            reply = self._replies.get(message["parent_header"].get("msg_id", ""))
            if reply and not reply.done() and message["header"]["msg_type"] == "execute_reply":
                reply.set_result(message)

    async def _read_outputs(self) -> None:
        while True:
            message = await self._client.get_iopub_msg(timeout=None)
            request = message["parent_header"].get("msg_id", "")
            tag = self._tags.get(request)
            if tag is not None:
                self._take(message, request, tag)
                self._look_for_replies()

    def _take(self, message: Message, request: str, tag: str) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "status":
            idle = self._idle.get(request)
            if content["execution_state"] == "idle" and idle is not None and not idle.done():
                idle.set_result(None)
        elif kind.startswith("comm_"):
            self._follow_output_widgets(message)
        elif self._hooks[request] and kind == "clear_output":
            self._hooks[request][-1].clear_output([], message, 0)
        elif self._hooks[request] and kind in ("stream", "display_data", "execute_result", "error"):
            self._hooks[request][-1].output([], message, None, 0)
        elif self._latest.get(tag) == request or kind == "update_display_data":
            # What an older run of the cell still prints belongs to outputs that are gone.
            self._on_output(tag, message)

    def _follow_output_widgets(self, message: Message) -> None:
        """Do what a page does for ``with output:`` while a cell runs; the page does it for its own callbacks."""
        content = message["content"]
        comm, data = content["comm_id"], content.get("data", {})
        if message["header"]["msg_type"] == "comm_open":
            state = data.get("state", {}) if content.get("target_name") == "jupyter.widget" else {}
            if state.get("_model_name") == "OutputModel":
                state.setdefault("outputs", [])
                self._widgets[comm] = OutputWidget(comm, state, self._client, self)
                self._widgets[comm].msg_id = ""
        elif comm in self._widgets and message["header"]["msg_type"] == "comm_msg" and "state" in data:
            self._widgets[comm].set_state(data["state"])
