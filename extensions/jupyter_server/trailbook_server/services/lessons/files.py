"""A release's files on their way to kernels: written beside the lesson's kernel, never above it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from trailbook_server.storage import write_bytes


def is_safe(relative_path: str) -> bool:
    """Whether a path of a release stays inside the folder it is unpacked to.

    >>> is_safe("images/a b.png"), is_safe("../a"), is_safe("/etc/passwd"), is_safe("a/./b")
    (True, False, False, True)
    """
    path = PurePosixPath(relative_path)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in relative_path


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Put a lesson's files into its kernel's working folder; files the learner made there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        target = folder / name
        # The learner's own code may have put a link in the way; it must not lead the writing elsewhere.
        if any(parent.is_symlink() for parent in (target, *target.parents) if folder in parent.parents):
            continue
        if not target.is_file() or target.read_bytes() != content:
            write_bytes(target, content)
