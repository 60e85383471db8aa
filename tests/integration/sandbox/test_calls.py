"""Which calls of the system children can make: what crosses from one sandbox to another does not exist."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyseccomp  # type: ignore[import-untyped]  # it has no annotations
import pytest

from trailbook.adapters.sandbox.isolation import Pair, Zygote
from trailbook.adapters.sandbox.isolation.seccomp import filter_program
from trailbook.domain.course import GradingLimits

from .conftest import ROLES, run

Fork = Callable[..., Pair]

DENIED = str.split("""
add_key request_key keyctl
io_uring_setup io_uring_enter io_uring_register
shmget shmat shmctl msgget msgsnd msgrcv semget semop semctl mq_open mq_unlink memfd_create
unshare setns clone3 mount umount2 pivot_root chroot open_tree move_mount fsopen
ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd kcmp process_madvise
bpf perf_event_open userfaultfd seccomp init_module finit_module kexec_load reboot swapon
inotify_init1 fanotify_init name_to_handle_at open_by_handle_at mincore quotactl syslog sysinfo
bind listen accept accept4 connect setuid setgid setresuid setgroups capset sethostname
""")

TRY_CALLS = """
import ctypes, errno
libc, out = ctypes.CDLL(None, use_errno=True), []
for name, number in NUMBERS.items():
    ctypes.set_errno(0)
    if libc.syscall(ctypes.c_long(number), *[ctypes.c_ulong(0)] * 6) != -1 or ctypes.get_errno() != errno.ENOSYS:
        out.append(name)
"""
TRY_SOCKETS = """
import socket
out = []
for family in range(46):
    for kind in (1, 2, 3, 4, 5):
        for make in (socket.socket, socket.socketpair):
            try:
                ends = make(family, kind)
            except (OSError, ValueError):
                continue
            out.append((family, kind))
"""
TRY_FCNTL = """
import errno, fcntl
out = []
with open(FILE) as file:
    for name, command in {"lease": 1024, "ask for a lease": 1025, "notify": 1026, "seals": 1033, "owner": 8}.items():
        try:
            fcntl.fcntl(file, command, 0)
        except OSError as error:
            if error.errno == errno.ENOSYS:
                continue
        out.append(name)
"""
LOCK = """
import fcntl
kept = open(FILE)
fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.lockf(kept, fcntl.LOCK_SH | fcntl.LOCK_NB)
out = "locked"
"""
LOCK_RANGE = """
import fcntl, os, struct
kept = open("own", "w")
out = [fcntl.lockf(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)]
if not (pid := os.fork()):
    try:
        fcntl.lockf(open("own", "w"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os._exit(1)
    os._exit(0)
out.append(os.waitpid(pid, 0)[1])
try:
    fcntl.fcntl(kept, fcntl.F_GETLK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))
except OSError as error:
    out.append(error.errno)
"""
CHANGE = """
import os
out = []
opened = os.open("data/file", os.O_RDONLY)
for path in (FILE, "data/file", opened):
    for change, arguments in ((os.chmod, [0o777]), (os.chown, [1, 1]), (os.utime, [(0, 0)])):
        try:
            change(path, *arguments)
        except OSError as error:
            out.append(error.errno)
"""
SHARED_FUTEX = """
import ctypes, errno, mmap, time
page = mmap.mmap(-1, 4096)
word = ctypes.c_uint32.from_buffer(page)
libc = ctypes.CDLL(None, use_errno=True)
began = time.monotonic()
waited = libc.syscall(202, ctypes.byref(word), 0, 0, 0, 0, 0)
out = waited, ctypes.get_errno() == errno.EAGAIN, libc.syscall(202, ctypes.byref(word), 1, 1, 0, 0, 0)
"""

HONEST = {
    "threads": "import threading as m; x = []; t = m.Timer(0, x.append, [1]); t.start(); t.join(); out = x == [1]",
    "pool of threads": "from concurrent.futures import ThreadPoolExecutor as P\nout = list(P(2).map(abs, [-1])) == [1]",
    "a program": "import subprocess; out = subprocess.run(['ls'], capture_output=True).returncode == 0",
    "a shell": "import os; out = os.popen('echo 1 | cat').read() == '1\\n'",
    "a database": "import sqlite3; d = sqlite3.connect('a'); d.execute('create table t (x)'); d.commit(); out = True",
    "asyncio": "import asyncio; out = asyncio.run(asyncio.sleep(0, 7)) == 7",
    "temporary files": "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.flush(); out = True",
    "numpy": "import numpy as np; out = float(np.linalg.inv(np.eye(50) * 2).sum()) == 25",
    "pandas": "import io, pandas as pd; out = int(pd.read_csv(io.StringIO('a\\n1\\n2')).a.sum()) == 3",
    "a picture": "import matplotlib.pyplot as p, os; p.plot([1]); p.savefig('a.png'); out = os.path.exists('a.png')",
    "pool of processes": "from multiprocessing import Pool\nwith Pool(2) as p: out = p.map(abs, [-1, -2]) == [1, 2]",
    "processes": (
        "import multiprocessing as m\np = m.Process(target=abs, args=[1]); p.start(); p.join(); out = p.exitcode == 0"
    ),
}


def test_calls_that_cross_sandboxes_do_not_exist(fork: Fork) -> None:
    numbers = {name: pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) for name in DENIED}
    assert [name for name, number in numbers.items() if number < 0] == []
    assert run(fork().learner, f"NUMBERS = {numbers!r}\n{TRY_CALLS}") == "[]"


def test_only_pairs_of_stream_sockets_can_be_made(fork: Fork) -> None:
    assert set(ast.literal_eval(run(fork().learner, TRY_SOCKETS))) == {(1, 1), (1, 5)}


def test_locks_on_files_bind_nobody(fork: Fork) -> None:
    pair = fork()
    assert pair.tester is not None
    source = f"import json; FILE = json.__file__\n{LOCK}"
    assert [run(child, source) for child in (pair.learner, pair.tester, fork().learner)] == ["'locked'"] * 3


def test_locks_of_a_range_bind_nobody_and_cannot_be_asked_for(fork: Fork) -> None:
    assert run(fork().learner, LOCK_RANGE) == "[None, 0, 13]"


def test_files_of_others_keep_their_modes_owners_and_times(tmp_path: Path, zygote: Zygote) -> None:
    (tmp_path / "file").write_text("of the grader")
    before = (tmp_path / "file").stat()
    own = Zygote([], tier=zygote.tier, programs=ROLES, data={"data": tmp_path})
    with closing(own), closing(own.fork(["learner"], GradingLimits())) as pair:
        said = run(pair.learner, f"FILE = {str(tmp_path / 'file')!r}\n{CHANGE}")
    after = (tmp_path / "file").stat()
    kept = ("st_mode", "st_uid", "st_gid", "st_mtime_ns")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept], said


def test_priorities_of_other_processes_stay(fork: Fork) -> None:
    source = "import os; os.setpriority(os.PRIO_PROCESS, 0, 5); out = os.getpriority(os.PRIO_PROCESS, 0)"
    child = fork().learner
    assert run(child, source) == "5"
    assert run(child, "os.setpriority(os.PRIO_USER, 0, 19)") == "OSError: [Errno 38] Function not implemented"
    assert run(child, f"os.setpriority(os.PRIO_PROCESS, {os.getpid()}, 19)").startswith("OSError: [Errno 38]")
    assert run(child, f"os.sched_setaffinity({os.getpid()}, [0])").startswith("OSError: [Errno 38]")


def test_files_give_no_notice_to_others(fork: Fork) -> None:
    assert run(fork().learner, f"import json; FILE = json.__file__\n{TRY_FCNTL}") == "[]"


@pytest.mark.skipif("__import__('platform').machine() != 'x86_64'", reason="the number of the call is another")
def test_nobody_sleeps_on_memory_shared_between_processes(fork: Fork) -> None:
    assert run(fork().learner, SHARED_FUTEX) == "(-1, True, 0)"


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_what_lessons_do_works(fork: Fork, source: str) -> None:
    assert run(fork("learner", memory_mib=512).learner, source) == "True"


def test_a_kernel_of_its_own_may_call_more_and_nothing_that_crosses() -> None:
    apart, kernel = (len(filter_program(own_kernel=own)) // 8 for own in (False, True))
    assert 100 < apart < kernel < 4096
