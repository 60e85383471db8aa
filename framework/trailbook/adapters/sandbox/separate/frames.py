"""The broker's end of a control socket: frames of JSON with blobs, read without trust and never past a deadline."""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

HEADER = struct.Struct(">II")
READ_BYTES = 256 * 1024


class BrokenFrame(Exception):
    """The other end sent what no frame is."""


class TooMuch(Exception):
    """The other end sent more bytes than it may."""


class Control:
    """One control socket; used by one thread at a time.

    Parameters
    ----------
    most_bytes
        Bytes the other end may send in all.
    """

    def __init__(self, end: socket.socket, *, most_bytes: int) -> None:
        end.setblocking(False)
        self._socket = end
        self._left = most_bytes
        self._buffer = bytearray()
        self.is_closed = False

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def send(self, message: Mapping[str, Any], blobs: Sequence[bytes] = (), *, deadline: float) -> bool:
        """Send one frame; False when the other end is gone or does not read before the deadline (monotonic)."""
        whole = {**message, "blobs": [len(blob) for blob in blobs]} if blobs else message
        text = json.dumps(whole).encode()
        data = memoryview(b"".join((HEADER.pack(len(text), sum(map(len, blobs))), text, *blobs)))
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                if not self._wait(select.POLLOUT, deadline):
                    return False
            except OSError:
                return False
        return True

    def read(self) -> None:
        """Take in what has come.

        Raises
        ------
        TooMuch
            More bytes came than may come.
        """
        try:
            chunk = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.is_closed = True
        self._left -= len(chunk)
        if self._left < 0:
            raise TooMuch
        self._buffer += chunk

    def take(self) -> dict[str, Any] | None:
        """Return the next whole frame that has come, or None.

        Raises
        ------
        BrokenFrame
            It is no frame; one with blobs is none, since none is ever due.
        """
        if len(self._buffer) < HEADER.size:
            return None
        length, blobs = HEADER.unpack_from(self._buffer)
        if blobs or length > self._left + len(self._buffer):
            raise BrokenFrame
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        text = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            raise BrokenFrame from None
        if not isinstance(frame, dict):
            raise BrokenFrame
        return frame

    def _wait(self, event: int, deadline: float) -> bool:
        poll = select.poll()
        poll.register(self._socket, event)
        return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
