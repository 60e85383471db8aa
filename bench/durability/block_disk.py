"""A disk of our own: a file as a block device with ext4 on it, which can be copied as a power cut would leave it.

What programs and the file system have handed to the device is in the file; what they only keep in memory is not. So a
copy of the file is what is on the disk when the power goes, given a disk that keeps what it has taken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("losetup", "mkfs.ext4", "mount", "umount")
SIZE_BYTES = 256 * 2**20
IN_MEMORY = Path("/dev/shm")
"""Where the file is if possible: it is copied in a few hundredths of a second there."""


@contextmanager
def disk_image() -> Iterator[Path]:
    """Make a file with an empty file system in it."""
    with tempfile.TemporaryDirectory(prefix="trailbook-disk-", dir=_place()) as folder:
        image = Path(folder) / "disk"
        with image.open("wb") as file:
            file.truncate(SIZE_BYTES)
        _run("mkfs.ext4", "-q", "-F", str(image))
        yield image


@contextmanager
def mounted(image: Path) -> Iterator[Path]:
    """Mount an image, which replays its journal, and yield the folder."""
    device = _run("losetup", "--find", "--show", str(image)).strip()
    try:
        with tempfile.TemporaryDirectory(prefix="trailbook-mount-") as folder:
            _run("mount", "-t", "ext4", device, folder)
            try:
                yield Path(folder)
            finally:
                _run("umount", folder)
    finally:
        _run("losetup", "--detach", device)


@contextmanager
def copy_of(image: Path) -> Iterator[Path]:
    """Copy the image as it is at this instant."""
    with tempfile.TemporaryDirectory(prefix="trailbook-copy-", dir=image.parent) as folder:
        copy = Path(folder) / "copy"
        shutil.copyfile(image, copy)
        yield copy


def why_no_disk() -> str:
    """Return why a disk of our own cannot be had here; "" when it can."""
    if os.geteuid() != 0:
        return "only root may attach loop devices"
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking:
        return f"{lacking[0]} is not installed"
    try:
        with disk_image() as image, mounted(image):
            return ""
    except subprocess.CalledProcessError as error:
        return f"no loop device can be had: {error.stderr.strip() or error}"


def _place() -> Path | None:
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
