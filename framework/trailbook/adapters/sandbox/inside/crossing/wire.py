"""Frames on a stream socket: JSON with blobs beside it; what comes is read without trust.

A frame is the length of the JSON and the length of all blobs, each an unsigned 32 bit number with the high byte
first, then the JSON (one object), then the blobs; ``"blobs"`` in the object says how long each is.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

HEADER = struct.Struct(">II")
MIB = 1024 * 1024
MOST_FRAME_BYTES = 64 * MIB
MOST_BYTES = 512 * MIB
MOST_BLOBS = 200_000

Frame = tuple[dict[str, Any], list[bytes]]


class BrokenWire(Exception):
    """The other end sent what it must not send, or too much of it; nothing more can be read."""


class Closed(Exception):
    """The other end is gone."""


class Channel:
    """One end of a stream socket that carries frames; blocking.

    Parameters
    ----------
    most_bytes
        Bytes the other end may send in all.
    """

    def __init__(
        self, end: socket.socket, *, most_frame_bytes: int = MOST_FRAME_BYTES, most_bytes: int = MOST_BYTES
    ) -> None:
        self._socket = end
        self._most_frame_bytes = most_frame_bytes
        self._left = most_bytes

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def send(self, message: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> None:
        """Send one frame.

        Raises
        ------
        Closed
            Nobody reads any more.
        """
        whole = {**message, "blobs": [len(blob) for blob in blobs]} if blobs else message
        text = json.dumps(whole, separators=(",", ":")).encode()
        data = b"".join(blobs)
        try:
            self._socket.sendall(HEADER.pack(len(text), len(data)) + text + data)
        except OSError as error:
            raise Closed from error

    def receive(self) -> Frame:
        """Wait for one frame and return it with its blobs.

        Raises
        ------
        BrokenWire
            What came is no frame, or more than may come.
        Closed
            The other end is gone.
        """
        text_bytes, blob_bytes = HEADER.unpack(self._read(HEADER.size))
        if text_bytes + blob_bytes > min(self._most_frame_bytes, self._left):
            raise BrokenWire("too much came at once, or in all")
        self._left -= text_bytes + blob_bytes
        try:
            message = json.loads(self._read(text_bytes))
        except (ValueError, RecursionError) as error:
            raise BrokenWire("no JSON came") from error
        if not isinstance(message, dict):
            raise BrokenWire("no JSON object came")
        return message, _split(self._read(blob_bytes), message.pop("blobs", []))

    def _read(self, size: int) -> bytes:
        data = bytearray(size)
        view, have = memoryview(data), 0
        while have < size:
            try:
                count = self._socket.recv_into(view[have:])
            except OSError as error:
                raise Closed from error
            if not count:
                raise Closed
            have += count
        return bytes(data)


def _split(data: bytes, lengths: object) -> list[bytes]:
    if not isinstance(lengths, list) or len(lengths) > MOST_BLOBS:
        raise BrokenWire("the blobs' lengths are no list")
    parts, position = [], 0
    for length in lengths:
        if type(length) is not int or length < 0:
            raise BrokenWire("a blob's length is no length")
        parts.append(data[position : position + length])
        position += length
    if position != len(data):
        raise BrokenWire("the blobs' lengths do not add up")
    return parts
