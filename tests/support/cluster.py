"""A grading cluster of real processes: keys, a scheduler, and workers that share no folder with anyone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.small_course import wait_for
from trailbook.adapters.dask.keys import write_cluster_keys
from trailbook.adapters.dask.secure import TlsFiles

COMMAND = "import sys; from trailbook.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class MeetingPoint:
    """A scheduler that runs, and the files to reach it with."""

    address: str
    files: TlsFiles
    process: subprocess.Popen[bytes]

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a course service that uses it."""
        return {
            "dask_address": self.address,
            "dask_tls_ca": str(self.files.ca),
            "dask_tls_cert": str(self.files.cert),
            "dask_tls_key": str(self.files.key),
        }


@contextmanager
def trailbook(*arguments: str, folder: Path, inside: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """Run a `trailbook` command in a folder of its own, and end it; what it says is in the log there."""
    folder.mkdir(exist_ok=True)
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "HOME": str(folder)}
    with (
        (folder / "log").open("wb") as output,
        subprocess.Popen(
            [*inside, sys.executable, "-c", COMMAND, *arguments],
            cwd=folder,
            env={**os.environ, **paths},
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def make_keys(folder: Path) -> TlsFiles:
    """Make the certificates of a cluster."""
    return TlsFiles(*write_cluster_keys(folder, now=datetime.now(UTC), days=1))


@contextmanager
def scheduler(folder: Path, *, host: str = "127.0.0.1", like: MeetingPoint | None = None) -> Iterator[MeetingPoint]:
    """Run a scheduler, with keys of its own or in the place of one that ended."""
    files = like.files if like else make_keys(folder / "keys")
    address = like.address if like else f"tls://{host}:{free_port(host)}"
    port = address.rpartition(":")[2]
    command = ("scheduler", "--host", host, "--port", port, *tls_arguments(files))
    with trailbook(*command, folder=folder / "scheduler") as process:
        wait_for(lambda: process.poll() is not None or answers(host, int(port)), what="the scheduler")
        assert process.poll() is None, log_of(folder / "scheduler")
        yield MeetingPoint(address, files, process)


@contextmanager
def worker(
    point: MeetingPoint, folder: Path, *options: str, among: int = 1, inside: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with one place in a folder of its own, and wait until it grades, each of ``among`` processes."""
    command = ("worker", "--scheduler", point.address, "--workers", "1", *tls_arguments(point.files), *options)
    with trailbook(*command, folder=folder, inside=inside) as process:
        wait_for(
            lambda: process.poll() is not None or log_of(folder).count("Grading for") >= among,
            what="a worker",
        )
        assert process.poll() is None, log_of(folder)
        yield process


def tls_arguments(files: TlsFiles) -> list[str]:
    """Return the arguments that name the files."""
    return ["--ca", str(files.ca), "--cert", str(files.cert), "--key", str(files.key)]


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port nothing listens on."""
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def answers(host: str, port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as tried:
        return tried.connect_ex((host, port)) == 0


def log_of(folder: Path) -> str:
    """Return what the process of a folder said."""
    return (folder / "log").read_text(errors="replace")
