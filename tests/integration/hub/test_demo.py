"""`trailbook demo` from the first start to the last process gone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from harness.demo import Demo, running_demo

from trailbook.adapters.sandbox.bubblewrap import working_bwrap
from trailbook_hub.demo.checks import free_ports

TRAILBOOK = str(Path(sys.executable).with_name("trailbook"))


def refused(*options: str, path: str | None = None) -> tuple[int, str]:
    """Return exit status and standard error of a demo that does not start."""
    environment = dict(os.environ, PATH=path or os.environ["PATH"])
    done = subprocess.run(
        [TRAILBOOK, "demo", *options], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_demo_busy_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, said = refused("--state", str(tmp_path / "state"), "--port", str(port))
    assert status == 2
    assert said == f"trailbook: Port {port} is in use. Choose another with --port (make demo PORT=…).\n"
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [("#!/bin/sh\necho v18.20.0\n", "Node v18.20.0 is too old"), (None, "Node is missing")],
    ids=["old", "missing"],
)
def test_demo_old_or_missing_node_is_one_line(tmp_path: Path, script: str | None, words: str) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "bwrap").symlink_to(working_bwrap())
    if script:
        (tools / "node").write_text(script, encoding="utf-8")
        (tools / "node").chmod(0o755)
        (tools / "sh").symlink_to("/bin/sh")
    status, said = refused("--state", str(tmp_path / "state"), path=str(tools))
    assert status == 2
    assert words in said
    assert said.count("\n") == 1


def test_demo_without_a_working_sandbox_says_so_and_does_not_start(tmp_path: Path) -> None:
    # In a box that may make no user namespace no second box can be made.
    box = [str(working_bwrap()), "--unshare-user", "--disable-userns", "--bind", "/", "/", "--dev", "/dev"]
    done = subprocess.run(
        [*box, "--", TRAILBOOK, "demo", "--state", str(tmp_path / "state")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "--insecure" in done.stderr
    assert not (tmp_path / "state" / "courses").exists()


def test_demo_twice_finds_its_data_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(elsewhere))
    state = tmp_path / "state"
    with running_demo(state) as first:
        passwords, processes = first.passwords, first.processes()
        assert len(processes) > 4
        assert first.stop(signal.SIGINT) == 0
    assert not psutil.wait_procs(processes, timeout=5)[1]
    assert state.stat().st_mode & 0o077 == 0
    assert (state / "sign-ins.txt").stat().st_mode & 0o777 == 0o600
    with running_demo(state) as second:
        assert second.passwords == passwords
        status, said = refused("--state", str(state), "--port", str(free_ports(1)[0]))
        assert (status, "A demo is running with" in said) == (2, True)
        processes = second.processes()
        second.process.kill()  # even then nothing stays
        second.process.wait()
        assert psutil.wait_procs(processes, timeout=30)[1] == []
    assert list(elsewhere.iterdir()) == []


def test_course_service_that_died_is_started_again(demo: Demo) -> None:
    demo.course_service().kill()
    deadline = time.monotonic() + 60
    while httpx.get(f"{demo.url}/services/trailbook/api/v1/me").status_code != 401:
        assert time.monotonic() < deadline
        time.sleep(0.2)  # the hub looks every half minute; there is nothing to wait on
