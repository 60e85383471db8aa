"""The system calls a sandboxed process may make: a list of what is allowed; whatever is not on it does not exist.

What is left out, and why, beside all that only an administrator needs:

- What is shared between sandboxes although nothing seems to be, and so carries bits from one to another: key rings,
  System V and POSIX message queues, vsock and every other family of sockets, leases and notifications on files, the
  state of the page cache, io_uring.
- Locks on files carry bits too, since all sandboxes see the same files of Python and the system. They are answered
  with success and do nothing, so that SQLite and whatever else locks a file of its own works as before.
- Futexes between processes: they lie on pages of files, and libc's is the same page for all. Nobody sleeps on one
  (the call says "the value changed", the caller looks again), so nobody can be woken. Those inside a process work.
- New namespaces, ptrace, other processes' memory, bpf, userfaultfd: doors to faults of the kernel.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import socket
import termios
from collections.abc import Iterable

from trailbook.domain.errors import Unavailable

ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev open openat creat close close_range lseek
stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64
getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
mknod mknodat umask
truncate ftruncate fallocate fsync fdatasync sendfile copy_file_range splice tee
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
dup dup2 dup3 pipe pipe2 poll ppoll select pselect6
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 epoll_ctl_old epoll_wait_old
eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4
mmap munmap mremap mprotect madvise brk msync mlock mlock2 munlock
fork vfork execve execveat exit exit_group wait4 waitid waitpid
getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid geteuid getgid getegid getresuid getresgid getgroups
kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigreturn
rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack pause restart_syscall
alarm setitimer getitimer nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
timer_create timer_settime timer_gettime timer_getoverrun timer_delete
getrlimit setrlimit getrusage getpriority capget
sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
sched_get_priority_min sched_rr_get_interval getcpu membarrier
set_tid_address set_robust_list get_robust_list rseq arch_prctl uname getrandom
sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername getsockopt setsockopt
"""

FOR_A_KERNEL = ("sysinfo", "bind", "listen", "accept", "accept4", "connect")
"""What the notebook's real kernel needs beside: its sockets, in a network of its own, and the size of the machine."""

WITH_FILES_OF_ITS_OWN = """
statfs fstatfs chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
"""
"""What Landlock does not ask about: with it alone, a file is changed so by whoever owns it, wherever it lies. Such a
process is told that it worked, but for the size of the disk, which is not there to be asked for."""

PRETENDED = ("flock", "fadvise64", "sync")
"""Calls that answer with success and do nothing."""

NAMESPACES = 0x7E020000  # every CLONE_NEW… that clone takes
SOCKET_KINDS = 0xF  # of a socket's type; the rest are flags
FUTEX_PRIVATE, FUTEX_COMMAND = 128, 127
FUTEX_WAITS, FUTEX_WAKES = (0, 9), (1, 10)

GET_PIPE_SIZE = 1032
FCNTL = (
    fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL, GET_PIPE_SIZE,
)  # fmt: skip
LOCKS = (fcntl.F_SETLK, fcntl.F_SETLKW, 37, 38)  # the numbers are those of locks of an open file
ASKING_FOR_LOCKS = (fcntl.F_GETLK, 36)
IOCTLS = (
    termios.TCGETS, termios.TCSETS, termios.TCSETSW, termios.TCSETSF, termios.TIOCGWINSZ, termios.TIOCSWINSZ,
    termios.TIOCGPGRP, termios.TIOCSPGRP, termios.TIOCSCTTY, termios.TIOCNOTTY, termios.FIONREAD, termios.FIONBIO,
    termios.FIOCLEX, termios.FIONCLEX, termios.TIOCOUTQ,
    0x80045430, 0x40045431, 0x5441,  # number, lock and other end of a pseudo-terminal
)  # fmt: skip
PRCTLS = (1, 2, 3, 15, 16, 23, 29, 30, 38, 39, 0x53564D41)
"""Death signal, dumpable (to ask), names of a thread and of memory, bounding set (to ask), timer slack, no new
privileges."""
PERSONALITIES = (0, 0xFFFFFFFF)  # Linux's own, and to ask


@functools.cache
def filter_program(*, own_kernel: bool = False, own_files: bool = True) -> bytes:
    """Return the filter as the kernel's instructions, each of 8 bytes.

    Parameters
    ----------
    own_kernel
        Whether a notebook's real kernel is to run in it, which needs sockets.
    own_files
        Whether all files that can be named are the sandbox's, or mounted read-only.

    Raises
    ------
    Unavailable
        ``no_sandbox``: the machine has no libseccomp.
    """
    try:
        import pyseccomp as s  # type: ignore[import-untyped]  # it has no annotations
    except (ImportError, RuntimeError, OSError) as error:
        raise Unavailable("no_sandbox", "There is no libseccomp here. Install it: apt install libseccomp2.") from error
    made = s.SyscallFilter(s.ERRNO(errno.ENOSYS))

    def rule(action: int, call: str, *conditions: object) -> None:
        # Another processor's call, or one newer than the library: then it is not allowed, which is the default.
        with contextlib.suppress(ValueError):
            made.add_rule(action, call, *conditions)

    def each(action: int, call: str, argument: int, values: Iterable[int]) -> None:
        for value in values:
            rule(action, call, s.Arg(argument, s.EQ, value))

    for call in (*ALLOWED.split(), *(FOR_A_KERNEL if own_kernel else ())):
        rule(s.ALLOW, call)
    for call in WITH_FILES_OF_ITS_OWN.split():
        if own_files:
            rule(s.ALLOW, call)
        elif not call.endswith("statfs"):
            rule(s.ERRNO(0), call)
    for call in PRETENDED:
        rule(s.ERRNO(0), call)
    rule(s.ALLOW, "clone", s.Arg(0, s.MASKED_EQ, NAMESPACES, 0))
    rule(s.ALLOW, "futex", s.Arg(1, s.MASKED_EQ, FUTEX_PRIVATE, FUTEX_PRIVATE))
    for waits in FUTEX_WAITS:
        rule(s.ERRNO(errno.EAGAIN), "futex", s.Arg(1, s.MASKED_EQ, FUTEX_PRIVATE | FUTEX_COMMAND, waits))
    for wakes in FUTEX_WAKES:
        rule(s.ERRNO(0), "futex", s.Arg(1, s.MASKED_EQ, FUTEX_PRIVATE | FUTEX_COMMAND, wakes))
    each(s.ALLOW, "fcntl", 1, FCNTL)
    each(s.ERRNO(0), "fcntl", 1, LOCKS)
    each(s.ERRNO(errno.EACCES), "fcntl", 1, ASKING_FOR_LOCKS)
    each(s.ALLOW, "ioctl", 1, IOCTLS)
    each(s.ALLOW, "prctl", 0, PRCTLS)
    each(s.ALLOW, "personality", 0, PERSONALITIES)
    for of_itself in ("prlimit64", "sched_setaffinity"):
        rule(s.ALLOW, of_itself, s.Arg(0, s.EQ, 0))
    rule(s.ALLOW, "setpriority", s.Arg(0, s.EQ, os.PRIO_PROCESS), s.Arg(1, s.EQ, 0))
    # Not datagrams: they can be sent to any socket with a name, and are given a name by being sent.
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        rule(s.ALLOW, "socketpair", s.Arg(0, s.EQ, socket.AF_UNIX), s.Arg(1, s.MASKED_EQ, SOCKET_KINDS, kind))
    if own_kernel:
        for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                rule(s.ALLOW, "socket", s.Arg(0, s.EQ, family), s.Arg(1, s.MASKED_EQ, SOCKET_KINDS, kind))
    else:
        rule(s.ERRNO(errno.EACCES), "socket")
    return _exported(made)


def _exported(made: object) -> bytes:
    file = os.memfd_create("filter")
    try:
        with os.fdopen(os.dup(file), "wb") as sink:
            made.export_bpf(sink)  # type: ignore[attr-defined]
        os.lseek(file, 0, os.SEEK_SET)
        return os.read(file, 8 * 4096)
    finally:
        os.close(file)
