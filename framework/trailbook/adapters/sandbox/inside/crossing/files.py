"""Files that one side wrote since the other side looked, so that both see the same in the working folder.

Only regular files and folders with safe relative names cross, and only so much of them. A hook notices when a file
may have been written; without that nobody looks.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

MOST_FILES = 2_000
MOST_BYTES = 40_000_000  # of all files that cross at once
SKIPPED = ("__pycache__", ".ipynb_checkpoints")
CHANGING = (
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink", "os.chdir",
    "shutil.copyfile", "shutil.move", "shutil.rmtree", "shutil.unpack_archive",
)  # fmt: skip
STARTING = ("sqlite3.connect", "subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.exec")
"""From then on files can change unnoticed."""
Mark = tuple[int, int, int]

_seen = {"changes": 0, "environment": 0, "unnoticed": 0}


def watch() -> None:
    """Notice from now on when files may be written. A hook stays for good, so once in a process."""
    sys.addaudithook(_notice)


def _notice(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        _, mode, flags = args
        if (isinstance(mode, str) and mode[:1] not in ("", "r")) or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            _seen["changes"] += 1
    elif event in ("os.putenv", "os.unsetenv"):
        _seen["environment"] += 1
    elif event in CHANGING:
        _seen["changes"] += 1
    elif event in STARTING:
        _seen["unnoticed"] = 1


def count_of_environment() -> int:
    """Return how often the environment was changed."""
    return _seen["environment"]


class Files:
    """The files of a working folder.

    Parameters
    ----------
    protected
        Names that the other side must not change: the instructor's.
    """

    def __init__(self, folder: Path, protected: Collection[str]) -> None:
        self._folder = folder
        self._protected = frozenset(protected)
        self._marks = self._look()
        self._changes = _seen["changes"]
        self._again = False

    def changed(self) -> dict[str, bytes | bool | None]:
        """Return the files that were written, by relative name: content, True for a folder, None for what is gone."""
        if not self.may_have_changed():
            return {}
        # Once more after it was noticed: what was open may have been written to the end since.
        self._again, self._changes = _seen["changes"] != self._changes, _seen["changes"]
        found: dict[str, bytes | bool | None] = {}
        marks, room = self._look(), MOST_BYTES
        for name, mark in marks.items():
            if self._marks.get(name) == mark:
                continue
            if mark is None:
                found[name] = True
            elif mark[0] <= room:
                content = _read(self._folder / name)
                room -= len(content)
                found[name] = content
        found |= {name: None for name in self._marks if name not in marks}
        self._marks = marks
        return found

    def apply(self, files: Mapping[Any, Any]) -> None:
        """Write what the other side wrote, but for what is protected or has no safe name."""
        before = _seen["changes"]
        for name, content in files.items():
            if not is_safe(name) or name in self._protected:
                continue
            path = self._folder / name
            try:
                _write(path, content)
            except OSError:  # a name in the way, or no room: the test sees no file
                continue
            mark = _mark(path)
            if mark is not MISSING:
                self._marks[name] = mark
            else:
                self._marks.pop(name, None)
        self._changes += _seen["changes"] - before

    def may_have_changed(self) -> bool:
        """Whether a file may have been written since `changed` was asked last."""
        return self._again or _seen["changes"] != self._changes or bool(_seen["unnoticed"])

    def _look(self) -> dict[str, Mark | None]:
        return dict(self._walk("", MOST_FILES))

    def _walk(self, prefix: str, room: int) -> Iterator[tuple[str, Any]]:
        try:
            entries = sorted(os.scandir(self._folder / prefix), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries[:room]:
            name, mark = prefix + entry.name, _mark(entry)
            if entry.name in SKIPPED or mark is MISSING:
                continue
            yield name, mark
            if mark is None:
                yield from self._walk(f"{name}/", room - len(entries))


MISSING = (-1, -1, -1)


def _mark(entry: os.DirEntry[str] | Path) -> Mark | None:
    """Return what changes when a file does; None for a folder."""
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return MISSING
    if stat.S_ISDIR(found.st_mode):
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino) if stat.S_ISREG(found.st_mode) else MISSING


def _read(path: Path) -> bytes:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # not `open`: a test may have replaced it
        return file.read()


def _write(path: Path, content: Any) -> None:
    if content is True:
        path.mkdir(parents=True, exist_ok=True)
    elif type(content) is bytes:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
            file.write(content)
    elif content is None and path.is_dir():
        path.rmdir()
    elif content is None:
        path.unlink(missing_ok=True)


def is_safe(name: object) -> bool:
    """Whether a name is one below the folder.

    >>> is_safe("out/a.csv"), is_safe("../a"), is_safe("/a"), is_safe("")
    (True, False, False, False)
    """
    if type(name) is not str or not name or len(name) > 500 or not name.isprintable():
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.as_posix() == name and name != "."
