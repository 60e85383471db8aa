"""Runs one notebook inside the sandbox: a program of its own, started as a file, that knows nothing of Trailbook.

It starts the kernel, says so, and waits. Then it reads one job, a line of JSON, from a pipe, and writes a line of JSON
for each frame to another::

    ready   {"type": "ready"}                                     the kernel runs; a job may come
    cell    {"type": "cell", "index", "status", "failed",         a code cell ended; status is ok, timeout or not_run
             "outputs", "execution_count"}
    end     {"type": "end", "reason"}                             nothing follows; "" or why the rest did not run
    fault   {"type": "fault", "message"}                          the runner's own failure, none of the notebook

Whatever the frames say was written next to the learner's code: the reader must take them as untrusted.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import json
import logging
import os
import resource
import signal
import sys
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

STARTUP_SECONDS = 60
SECONDS_BETWEEN_LOOKS = 0.2  # at whether the kernel still lives; nbclient looks once a second
SECONDS_TO_STOP = 3  # after an interrupt, before a cell counts as one that cannot be stopped
PR_SET_DUMPABLE = 4
IPYTHON_ARGUMENTS = [
    "--HistoryManager.hist_file=:memory:",
    "--IPKernelApp.outstream_class=trailbook_output.ThrottledOutput",
]
SLOW_AND_UNUSED = ("rfc3987_syntax", "isoduration")
"""What jsonschema imports where it finds it, for formats no notebook has: more than a second of a processor."""


class Frames:
    """Where frames go: a pipe the kernel does not inherit."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_inheritable(fd, False)

    def send(self, kind: str, **content: Any) -> None:
        """Write one frame."""
        line = json.dumps({"type": kind, **content}, default=str).encode() + b"\n"
        while line:
            line = line[os.write(self.fd, line) :]


def main() -> None:
    """Start the kernel, run one job and end."""
    options = json.loads(sys.argv[1])
    job_in = os.fdopen(options["job_in"], "rb")
    os.set_inheritable(job_in.fileno(), False)
    frames = Frames(options["frames_out"])
    Path(options["folder"]).mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)
    set_limits(options)
    # Same user as the kernel: without this the kernel could read the tests in this process's memory.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    try:
        asyncio.run(serve(options, job_in, frames))
    except Exception as error:  # noqa: BLE001 - said to the reader, who decides
        frames.send("fault", message=f"{type(error).__name__}: {error}"[:2000])
    os._exit(0)  # threads of a dead kernel's client would wait for it


def set_limits(options: dict[str, Any]) -> None:
    """Set this process's limits, which the kernel and all it starts inherit and cannot raise."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_FSIZE: options["file_bytes"],
        resource.RLIMIT_DATA: options["data_bytes"],
        resource.RLIMIT_CPU: options["cpu_seconds"],
        resource.RLIMIT_NPROC: options["processes"],
    }
    for what, most in wanted.items():
        if most is None:
            continue
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # The signal first: what is killed outright looks like a fault of the machine.
        soft = value - 1 if what == resource.RLIMIT_CPU else value
        resource.setrlimit(what, (soft, value))


async def serve(options: dict[str, Any], job_in: Any, frames: Frames) -> None:
    """Start a kernel, wait for the job and run it."""
    for name in SLOW_AND_UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient  # noqa: F401 - loaded while there is time
    from nbformat import from_dict

    # An absolute name: the sockets lie beside it, and without one their address is relative to the working folder.
    place = {"transport": "ipc", "connection_file": str(Path(options["home"]) / "kernel.json")}
    manager = AsyncKernelManager(kernel_name=options["kernel"], **place)
    try:
        _ = manager.kernel_spec
    except NoSuchKernel:
        frames.send("no_kernel")
        return
    extra = IPYTHON_ARGUMENTS if manager.ipykernel else []
    environment = {**os.environ, "PYTHONPATH": options["programs"]}
    await manager.start_kernel(
        extra_arguments=extra, cwd=options["folder"], env=environment, stdout=DEVNULL, stderr=DEVNULL
    )
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=STARTUP_SECONDS)
    client.allow_stdin = False
    frames.send("ready")

    line = await asyncio.get_running_loop().run_in_executor(None, job_in.readline)
    if not line:
        return
    job = json.loads(line)
    write_files(Path(options["folder"]), job["files"])
    notebook: Any = from_dict({"cells": job["cells"], "metadata": {}})  # type: ignore[no-untyped-call]
    reason = await run(manager, client, notebook, job, frames)
    frames.send("end", reason=reason)


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write the lesson's files beside the notebook."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


async def run(manager: Any, client: Any, notebook: Any, job: dict[str, Any], frames: Frames) -> str:
    """Run the cells up to the last one wanted and return why the rest did not run, ``""`` when all did."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    executor = make_executor(notebook, manager, job["max_output_bytes"], timeout_seconds=job["cell_timeout_seconds"])
    executor.kc = client
    for index, cell in enumerate(notebook.cells[: job["stop_after"] + 1]):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        status, reason = "ok", ""
        try:
            await executor.async_execute_cell(cell, index)
            status = "timeout" if executor.timed_out else "ok"
            reason = "exit" if executor.exits else ""
        except CellTimeoutError:
            status, reason = "timeout", "timeout"  # interrupted, and went on
        except DeadKernelError:
            status, reason = "not_run", "output" if executor.left < 0 else await why_dead(manager)
        frames.send(
            "cell",
            index=index,
            status=status,
            failed=status != "ok" or executor.failed,
            outputs=[] if reason == "output" else cell.get("outputs", []),
            execution_count=cell.get("execution_count"),
        )
        if reason:
            return reason
    return ""


def make_executor(notebook: Any, manager: Any, max_output_bytes: int, *, timeout_seconds: float) -> Any:
    """Return nbclient's executor with a cap on output; it goes on after a cell that failed."""
    from nbclient import NotebookClient

    class Executor(NotebookClient):
        left = max_output_bytes
        timed_out = False
        failed = False
        exits = False

        async def async_execute_cell(self, *args: Any, **options: Any) -> Any:
            self.timed_out = False
            return await super().async_execute_cell(*args, **options)

        async def _check_raise_for_error(self, cell: Any, cell_index: int, exec_reply: Any) -> None:
            # The reply says so even where the learner's code keeps the error from being shown.
            content = exec_reply["content"] if exec_reply is not None else {}
            self.failed = content.get("status") != "ok"
            # IPython's exit(): the kernel ends soon, maybe only after the next cell.
            self.exits = any(item.get("source") == "ask_exit" for item in content.get("payload") or ())

        async def _async_handle_timeout(self, *args: Any) -> Any:
            self.timed_out = True
            return await super()._async_handle_timeout(*args)

        async def _async_poll_kernel_alive(self) -> None:
            while await manager.is_alive():  # noqa: ASYNC110 - no event tells of a process that died
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            self.stop_waiting()

        def stop_waiting(self) -> None:
            if self.task_poll_for_reply is not None:
                self.task_poll_for_reply.cancel()  # nbclient then says that the kernel died

        def handle_comm_msg(self, outs: Any, msg: Any, cell_index: int) -> None:
            """Leave widgets alone: nothing is shown, and answering them would lose wake-ups of the reply's socket.

            Sending on a socket that is waited on takes its one edge-triggered signal away, so that the reply already
            there is seen only when the cell's time is over.
            """

        def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
            if msg["msg_type"] in ("stream", "display_data", "update_display_data", "execute_result", "error"):
                self.left -= len(json.dumps(msg["content"], default=str))
                if self.left < 0:
                    self.stop_waiting()
                    return None
            return super().process_message(msg, cell, cell_index)

    return Executor(
        notebook,
        km=manager,
        allow_errors=True,
        timeout=timeout_seconds,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": []},
        iopub_timeout=SECONDS_TO_STOP,
        raise_on_iopub_timeout=True,
    )


async def why_dead(manager: Any) -> str:
    """Return ``exit`` for a kernel that ended by itself, ``killed`` for one that something killed, or ``timeout``."""
    code = await manager.provisioner.poll()
    return {-signal.SIGKILL: "killed", -signal.SIGXCPU: "timeout"}.get(code or 0, "exit")


if __name__ == "__main__":
    main()
