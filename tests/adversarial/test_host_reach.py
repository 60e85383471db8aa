"""Host: an answer reaches its own folder and nothing else."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import pytest

from adversarial.case import Case, of_each, printed, read_cases, scores
from adversarial.lessons import DOUBLE, FULL, LIMITS, read_yaml
from trailbook.adapters.sandbox import SandboxGrader

BEFORE = read_yaml("host-reach.yaml")["before"]
PROBES = read_cases("host-reach.yaml")
TELL = "\nprint(json.dumps(WORKED))\n"
IPC_CREAT, KEY = 0o1000, 0x7B0A

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Things on this machine that an answer must not reach, and how it would."""
    folder = tmp_path_factory.mktemp("the host")
    names = ["gradebook.db", "source/ps1/problem1.ipynb", "submitted/grace/ps1/problem1.ipynb", "trailbook.db"]
    for path in [folder / name for name in names]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    shared = shared_memory.SharedMemory(create=True, size=64)
    libc = ctypes.CDLL(None)
    ids = [libc.shmget(KEY, 64, IPC_CREAT | 0o666), libc.msgget(KEY, IPC_CREAT | 0o666)]
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(folder / "s"))
        unix.listen()
        abstract.bind(f"\0trailbook-{os.getpid()}")
        abstract.listen()
        answering = threading.Thread(target=_answer, args=(udp,), daemon=True)
        answering.start()
        yield {
            "paths": [*(str(folder / name) for name in names), "/etc/shadow", __file__],
            "folder": str(folder),
            "pid": os.getpid(),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "unix": str(folder / "s"),
            "abstract": f"trailbook-{os.getpid()}",
            "shm": shared.name.lstrip("/"),
            "key": KEY,
        }
        udp.sendto(b"", udp.getsockname())
        answering.join()
    libc.shmctl(ids[0], 0, None)
    libc.msgctl(ids[1], 0, None)
    shared.close()
    shared.unlink()


def _answer(udp: socket.socket) -> None:
    """Answer every datagram until an empty one comes."""
    while True:
        asked, sender = udp.recvfrom(100)
        if not asked:
            return
        udp.sendto(b"told", sender)


@pytest.mark.parametrize("case", of_each(PROBES))
def test_nothing_of_the_host_is_reached(grader: SandboxGrader, host: dict[str, Any], case: Case) -> None:
    answer = f"HOST = {host!r}\n{BEFORE}{case.answer}{TELL}{DOUBLE.right}"
    limits = replace(LIMITS, cell_timeout_seconds=30, total_timeout_seconds=60, max_output_bytes=1_000_000)

    result = grader.grade(DOUBLE.to_grade(limits), {"answer": answer})

    assert json.loads(printed(result) or '"it did not run"') == []
    assert (scores(result), result.reason) == (FULL, "")


@pytest.mark.case("the same code outside a sandbox, which shows that each of these things can be reached")
@pytest.mark.parametrize("name", ["files-of-the-host", "sockets", "ipc"])
def test_the_attempts_work_where_there_is_no_sandbox(host: dict[str, Any], name: str) -> None:
    (code,) = [case.answer for case in PROBES if case.name == name]
    code = f"HOST = {host!r}\n{BEFORE}{code}{TELL}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    wanted = {
        "files-of-the-host": {f"read {path}" for path in host["paths"][:4]},
        "sockets": {"tcp", "udp", "unix", "abstract"},
        "ipc": {"SysV memory", "SysV queue", "shared memory by name"},
    }
    assert wanted[name] <= set(json.loads(done.stdout))


LEAVES = """
import os, pathlib, site, sys
for folder in {".", os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~/.ipython"),
               os.path.expanduser("~/.ipython/profile_default/startup"), site.getusersitepackages(), sys.prefix}:
    for name in ("sitecustomize.py", "usercustomize.py", "left.txt", "00-left.py", "left.pth", "__pycache__/json.pyc"):
        try:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("import builtins; builtins.LEFT = 'left'")
        except OSError:
            pass
import builtins, json
builtins.LEFT = json.LEFT = "left"
os.environ["LEFT"] = "left"
"""
FINDS = """
import builtins, json, os
found = [os.path.join(folder, name) for top in ("/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), ".")
         for folder, _, names in os.walk(top) if "site-packages" not in folder for name in names
         if name in ("sitecustomize.py", "usercustomize.py", "left.txt", "00-left.py", "left.pth", "json.pyc")]
print([*found, *(each for each in (builtins, json) if hasattr(each, "LEFT")), *(n for n in os.environ if n == "LEFT")])
"""


@pytest.mark.case("`sitecustomize`, `.pyc`, `.pth`, HOME, IPython's profile and modules changed for the next job")
def test_nothing_is_left_for_the_next_job(grader: SandboxGrader) -> None:
    first = grader.grade(DOUBLE.to_grade(), {"answer": LEAVES + DOUBLE.right})
    second = grader.grade(DOUBLE.to_grade(), {"answer": FINDS + DOUBLE.right})

    assert (scores(first), scores(second)) == (FULL, FULL)
    assert printed(second) == "[]\n"


KILLS = [
    pytest.param(f"import os, signal\n{code}\n", id=name, marks=pytest.mark.case(f"killing {what}"))
    for name, what, code in [
        ("kill-parent", "the parent", "os.kill(os.getppid(), signal.SIGKILL)"),
        ("kill-all", "everything it may", "os.kill(-1, signal.SIGKILL)"),
        ("kill-first", "process 1", "os.kill(1, signal.SIGKILL); os.kill(1, signal.SIGTERM)"),
        ("kill-group", "its own group", "os.killpg(0, signal.SIGKILL)"),
        ("stop-all", "nobody, but stopping everything", "os.kill(-1, signal.SIGSTOP); os.kill(os.getppid(), 19)"),
    ]
]


@pytest.mark.parametrize("code", KILLS)
def test_killing_harms_only_the_answer(grader: SandboxGrader, code: str) -> None:
    kills = "try:\n    " + code.strip().replace("\n", "\n    ") + "\nexcept OSError:\n    pass\n"

    result = grader.grade(DOUBLE.to_grade(), {"answer": kills + "double = None"})

    assert set(scores(result).values()) == {0.0}
    assert result.reason in ("", "exit", "timeout", "killed")


def test_the_host_is_as_it_was(host: dict[str, Any]) -> None:
    assert [Path(path).read_text() for path in host["paths"][:4]] == ["secret"] * 4
    assert os.getpriority(os.PRIO_PROCESS, 0) == 0
