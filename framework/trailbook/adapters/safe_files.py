"""Reading and writing below one folder, and never outside it.

A course folder is written by its staff, who may not read what else the course service can. So no link is followed:
each step of a path is opened relative to the folder before it, and only real files and folders count.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from uuid import uuid4

from trailbook.domain.errors import CourseError, Invalid, TooLarge, Unavailable

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO waits for a writer.
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class SafeFolder:
    """A folder whose files are reached by relative path with ``/``, without following links.

    Parameters
    ----------
    root
        The folder; it may itself be reached through links, since the operator named it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """Return a file's content.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        Invalid
            The path is a link, or leads over one, or is no file.
        TooLarge
            The file has more than ``max_bytes``.
        """
        *folders, name = _parts(path)
        with self._folder(folders) as folder:
            try:
                handle = os.open(name, FILE_FLAGS, dir_fd=folder)
            except FileNotFoundError:
                raise
            except OSError as error:
                raise _refusal(path, error) from error
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise _not_real(path)
        with os.fdopen(handle, "rb") as file:  # not a byte of a file that is known to be too large
            content = file.read(max_bytes + 1) if status.st_size <= max_bytes else b""
        if status.st_size > max_bytes or len(content) > max_bytes:
            raise TooLarge("file_too_large", f"{path} has more than {max_bytes:,} bytes. Make it smaller.", file=path)
        return content

    def find(self, path: str, *, max_bytes: int) -> bytes | None:
        """Return a file's content, or None when there is no such file; raises as `read` does otherwise."""
        try:
            return self.read(path, max_bytes=max_bytes)
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes, *, durable: bool = True) -> None:
        """Write a file in one step, with the folders it needs; nothing happens when it has this content already.

        Parameters
        ----------
        durable
            Wait until the content is on the disk. Not for what can be made again: a disk takes some milliseconds.

        Raises
        ------
        Invalid
            The path leads over a link, or a folder is in the file's place.
        Unavailable
            The file cannot be written now: no space, no right, a name that is too long.
        """
        *folders, name = _parts(path)
        with self._folder(folders, create=True) as folder:
            if _same_content(folder, name, content):
                return
            # The name in between is short: a long name of the file must not make it too long.
            between = f".{uuid4().hex}.tmp"
            try:
                handle = os.open(between, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=folder)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    if durable:
                        os.fsync(handle)
                os.replace(between, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:
                with suppress(FileNotFoundError):
                    os.unlink(between, dir_fd=folder)
                raise _refusal(path, error) from error

    def entries(self, path: str) -> list[tuple[str, str]]:
        """Return name and kind (``"file"``, ``"folder"`` or ``"other"``) of what is in a folder, sorted; none if none.

        Raises
        ------
        Invalid
            The path is a link, or leads over one.
        """
        try:
            with self._folder(_parts(path) if path else []) as folder, os.scandir(folder) as found:
                return sorted((entry.name, _kind_of(entry)) for entry in found)
        except FileNotFoundError:
            return []

    def walk(self, path: str) -> Iterator[tuple[str, str]]:
        """Yield path (relative to ``path``) and kind of everything below a folder, in order, folders left out."""
        for name, kind in self.entries(path):
            if kind == "folder":
                for inner, inner_kind in self.walk(f"{path}/{name}" if path else name):
                    yield f"{name}/{inner}", inner_kind
            else:
                yield name, kind

    @contextmanager
    def _folder(self, parts: list[str], *, create: bool = False) -> Iterator[int]:
        """Open a folder below the root, step by step."""
        current = os.open(self.root, FOLDER_FLAGS & ~os.O_NOFOLLOW)
        try:
            for part in parts:
                current = _step(current, part, create=create, path="/".join(parts))
            yield current
        finally:
            os.close(current)


def _step(current: int, part: str, *, create: bool, path: str) -> int:
    """Open a folder in the open folder, which is closed; made first where it is missing and wanted."""
    try:
        if create:
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=current)
        inner = os.open(part, FOLDER_FLAGS, dir_fd=current)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _refusal(path, error) from error
    os.close(current)
    return inner


def _parts(path: str) -> list[str]:
    parts = PurePosixPath(path).parts
    if not parts or any(part in {"/", "..", "//"} or "\0" in part for part in parts):
        raise Invalid("bad_path", f"{path!r} is no path inside the folder.", file=path)
    return list(parts)


def _kind_of(entry: os.DirEntry[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _same_content(folder: int, name: str, content: bytes) -> bool:
    try:
        handle = os.open(name, FILE_FLAGS, dir_fd=folder)
    except OSError:
        return False
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
        os.close(handle)
        return False
    with os.fdopen(handle, "rb") as file:
        return file.read() == content


def _refusal(path: str, error: OSError) -> CourseError:
    """Return what an error of the system means for the course's staff."""
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
        return _not_real(path)
    message = f"{path} cannot be used: {error.strerror}. Ask the operator to look at the course folder."
    return Unavailable("folder_unavailable", message, file=path)


def _not_real(path: str) -> Invalid:
    return Invalid(
        "not_a_real_file", f"{path} is a link or no ordinary file. Put a copy of the file itself there.", file=path
    )
