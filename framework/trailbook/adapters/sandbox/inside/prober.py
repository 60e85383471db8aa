"""Tries, from where a learner's code would be, what a learner's code must not be able to do.

A program of the sandbox, with the role of a child. It is sent one line of JSON with what to try it on, and answers with
one line: ``{probe: ["held" or "failed", what was seen, what was tried]}``. Each function whose name begins with
``try_`` is a probe: its first line says what is tried, it returns what it managed to do, or ``""``, and an exception
means that the system refused.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LISTED_NAMES = """
HOME PATH LANG USER TMPDIR IPYTHONDIR MPLCONFIGDIR MPLBACKEND NBGRADER_EXECUTION
OMP_NUM_THREADS OPENBLAS_NUM_THREADS PYTHONDONTWRITEBYTECODE LC_CTYPE PWD
"""
# Numbers of system calls: x86_64's, and the ones all newer processors share.
CALLS = {"x86_64": {"add_key": 248, "keyctl": 250, "bpf": 321, "ptrace": 101, "mincore": 27, "shmget": 29}}
NEWER_CALLS = {"add_key": 217, "keyctl": 219, "bpf": 280, "ptrace": 117, "mincore": 232, "shmget": 194}
IO_URING_SETUP = 425  # everywhere
AF_VSOCK, AF_ALG, AF_NETLINK, AF_PACKET = 40, 38, 16, 17
CLONE_NEWUSER = 0x10000000
HELD_SECONDS = 0.5  # that all processes are there at the same time, for whoever looks how many and how large they are
PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP = 39, 21

_libc = ctypes.CDLL(None, use_errno=True)


def main(control: socket.socket, link: socket.socket | None) -> None:
    """Try everything there is to try."""
    with control.makefile("rw") as stream:
        facts = json.loads(stream.readline())
        if facts["what"] == "everything":
            answer = {name.removeprefix("try_"): attempt(probe, facts) for name, probe in PROBES.items()}
        elif facts["what"] == "processes":
            answer = {"processes": attempt(make_processes, facts)}
        else:
            answer = {"memory": attempt(use_memory, facts)}
        stream.write(json.dumps(answer) + "\n")


def attempt(probe: Any, facts: dict[str, Any]) -> tuple[str, str, str]:
    """Return whether a probe was held, what was seen, and what was tried."""
    tried = probe.__doc__.partition("\n")[0]
    try:
        managed = probe(facts)
    except ImportError as error:
        return "failed", str(error)[:200], tried
    except (OSError, MemoryError, ValueError) as error:
        return "held", f"{type(error).__name__}: {error}"[:200], tried
    return ("failed", str(managed)[:200], tried) if managed else ("held", "", tried)


def call(name: str, *arguments: int) -> None:
    """Make a system call Python has no name for."""
    numbers = CALLS.get(platform.machine(), NEWER_CALLS)
    number = IO_URING_SETUP if name == "io_uring_setup" else numbers[name]
    if _libc.syscall(ctypes.c_long(number), *(ctypes.c_ulong(each) for each in arguments)) < 0:
        code = ctypes.get_errno()
        if code in (errno.ENOSYS, errno.EPERM, errno.EACCES):  # any other answer came from the call itself
            raise OSError(code, os.strerror(code))


def try_python(facts: dict[str, Any]) -> str:
    """Not a thing to be held: start Python, as the course's cells may."""
    import wave  # noqa: F401 - a module that is not loaded yet

    try:
        run = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"Python does not start: {error}"
    return "" if run.stdout == "42\n" else f"Python does not start: {run.stderr.strip()[-150:]}"


def try_files_outside(facts: dict[str, Any]) -> str:
    """Read the hidden tests of another course, the grader's database, /etc/shadow."""
    for path in (facts["secret"], f"/proc/1/root{facts['secret']}", "/etc/shadow", facts["state"]):
        try:
            if text := Path(path).read_text():
                return f"read {path}: {len(text)} characters"
        except OSError:
            continue
    return ""


def try_writing_outside(facts: dict[str, Any]) -> str:
    """Write beside the work folder: in the system, in Python's packages, in /tmp of the machine."""
    for folder in ("/", "/usr", "/etc", "/opt", "/var/tmp", facts["python"], str(Path(__file__).parent)):  # noqa: S108
        path = Path(folder, facts["name"])
        try:
            path.write_text("x")
        except OSError:
            continue
        path.unlink()
        return f"wrote {path}"
    for shared in ("/tmp", "/dev/shm"):  # noqa: S108 - where nothing else is mounted there, the asker sees it
        try:
            Path(shared, facts["name"]).write_text("x")
        except OSError:
            continue
    return ""


def try_modes_outside(facts: dict[str, Any]) -> str:
    """Change the mode or the times of a file of the grader's, without opening it."""
    os.chmod(facts["secret"], 0o777)  # noqa: PTH101, S103 - whoever asked looks whether it worked
    os.utime(facts["secret"], (0, 0))
    return ""


def try_tcp(facts: dict[str, Any]) -> str:
    """Connect to a server on this machine over TCP."""
    with socket.socket() as sock:
        sock.settimeout(2)
        sock.connect(("127.0.0.1", facts["port"]))
    return "connected to a server on this machine"


def try_udp(facts: dict[str, Any]) -> str:
    """Send a datagram."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", ("127.0.0.1", facts["port"]))
        if sock.getsockname()[1]:
            return "sent a datagram"
    return ""


def try_unix_socket(facts: dict[str, Any]) -> str:
    """Connect to a service's socket in the file system."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(facts["unix"])
    return "connected to a socket in the file system"


def try_abstract_socket(facts: dict[str, Any]) -> str:
    """Connect to a service's abstract socket."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect("\0" + facts["abstract"])
    return "connected to an abstract socket"


def try_other_sockets(facts: dict[str, Any]) -> str:
    """Open a vsock, crypto, netlink or packet socket."""
    for family in (AF_VSOCK, AF_ALG, AF_NETLINK, AF_PACKET):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            return f"opened a socket of family {family}"
    return ""


def try_processes_outside(facts: dict[str, Any]) -> str:
    """See processes that are not its own."""
    seen = [each.name for each in Path("/proc").iterdir() if each.name.isdigit() and int(each.name) != os.getpid()]
    return f"saw processes {seen[:5]}" if seen else ""


def try_signal(facts: dict[str, Any]) -> str:
    """Signal the grader."""
    os.kill(facts["pid"], 0)
    return "could signal the grader"


def try_user_namespace(facts: dict[str, Any]) -> str:
    """Make a namespace in which it is root."""
    pid = os.fork()  # what comes after must not be in it
    if not pid:
        os._exit(0 if _libc.unshare(CLONE_NEWUSER) else 1)
    return "made a user namespace" if os.waitpid(pid, 0)[1] else ""


def try_mount(facts: dict[str, Any]) -> str:
    """Mount a file system."""
    Path("mounted").mkdir()
    if _libc.mount(b"tmpfs", b"mounted", b"tmpfs", 0, None):
        return ""
    _libc.umount2(b"mounted", 0)
    return "mounted a file system"


def try_ptrace(facts: dict[str, Any]) -> str:
    """Trace a process."""
    call("ptrace", 0, 0, 0, 0)
    return "ptrace works"


def try_file_lock(facts: dict[str, Any]) -> str:
    """See whether somebody else has locked a file that all sandboxes see."""
    with Path(__file__).open() as file:
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if lock is fcntl.flock else fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return "saw a lock that the grader holds"
            except OSError:
                continue
    return ""


def try_keyring(facts: dict[str, Any]) -> str:
    """Use a key ring."""
    call("keyctl", 0, 2**32 - 3, 1)
    return "keyctl works"


def try_io_uring(facts: dict[str, Any]) -> str:
    """Use io_uring."""
    buffer = ctypes.create_string_buffer(256)
    call("io_uring_setup", 2, ctypes.addressof(buffer))
    return "io_uring_setup works"


def try_system_v_memory(facts: dict[str, Any]) -> str:
    """Share memory with other jobs by a System V number."""
    call("shmget", 0x7472, 4096, 0o1666)
    return "shmget works"


def try_bpf(facts: dict[str, Any]) -> str:
    """Load a program into the kernel."""
    call("bpf", 0, 0, 0)
    return "bpf works"


def try_kernel_parameters(facts: dict[str, Any]) -> str:
    """Change a parameter of the kernel."""
    for path in ("/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"):
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError:
            continue
        return f"could write {path}"
    return ""


def try_environment(facts: dict[str, Any]) -> str:
    """Find something in the environment that is not on the list."""
    return " ".join(sorted(set(os.environ) - set(LISTED_NAMES.split())))


def try_privileges(facts: dict[str, Any]) -> str:
    """Keep a capability, or gain one by running a program."""
    found = []
    if _libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        found.append("new privileges can be had")
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if _libc.capget(header, sets) or any(sets):
        found.append("capabilities are left")
    return ", ".join(found)


def try_user(facts: dict[str, Any]) -> str:
    """Be root, if only in name."""
    return "the user is root, without root's rights" if 0 in (os.getuid(), os.geteuid()) else ""


def make_processes(facts: dict[str, Any]) -> str:
    """Start more processes than are allowed."""
    for _ in range(facts["processes"]):
        try:
            pid = os.fork()
        except OSError:
            return ""
        if not pid:
            signal.pause()
            os._exit(0)
    time.sleep(HELD_SECONDS)
    return f"started {facts['processes']} processes"


def use_memory(facts: dict[str, Any]) -> str:
    """Use more memory than is allowed, shared out to several processes."""
    children = []
    for _ in range(4):
        pid = os.fork()
        if not pid:
            kept = bytearray(facts["bytes"] // 4)
            kept[::4096] = b"x" * len(kept[::4096])
            time.sleep(HELD_SECONDS)
            os._exit(0)
        children.append(pid)
    killed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    return "" if killed else f"used {facts['bytes']} bytes"


PROBES = {name: function for name, function in globals().items() if name.startswith("try_")}
