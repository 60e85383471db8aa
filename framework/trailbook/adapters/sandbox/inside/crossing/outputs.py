"""What a cell puts out, as nbformat writes it down."""

from __future__ import annotations

import io
import linecache
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

MOST_FRAMES = 20
MOST_TEXT = 20_000  # characters of an error's text


class Outputs:
    """The outputs of the cell that runs.

    Parameters
    ----------
    most_bytes
        Characters of output of all cells together.
    overflow
        Called once there is more; does not return.
    """

    def __init__(self, most_bytes: int, overflow: Callable[[], None]) -> None:
        self._left = most_bytes
        self._overflow = overflow
        self._cell: list[dict[str, Any]] = []
        self._divert: list[list[str]] | None = None
        self._name = ""
        self._written: list[str] = []
        self.value: Any = None

    def allow(self, most_bytes: int) -> None:
        """Set how much there may be from now on."""
        self._left = most_bytes

    def take(self) -> list[dict[str, Any]]:
        """Return the outputs there are, and start anew."""
        self.flush()
        taken, self._cell, self.value = self._cell, [], None
        return taken

    def divert(self, to: list[list[str]] | None) -> list[list[str]] | None:
        """Let printed text go to a list of names and texts, None for the cell's outputs; return where it went."""
        self.flush()
        old, self._divert = self._divert, to
        return old

    def write(self, name: str, text: str) -> None:
        """Take in printed text."""
        self._count(len(text))
        if name != self._name:
            self.flush()
            self._name = name
        self._written.append(text)

    def flush(self) -> None:
        """Put what was written to where it goes; piece by piece it would be copied again for each of them."""
        text = "".join(self._written)
        self._written.clear()
        if not text:
            return
        if self._divert is not None:
            if self._divert and self._divert[-1][0] == self._name:
                self._divert[-1][1] += text
            else:
                self._divert.append([self._name, text])
            return
        last = self._cell[-1] if self._cell else {}
        if last.get("output_type") == "stream" and last["name"] == self._name:
            last["text"] += text
        else:
            self._cell.append({"output_type": "stream", "name": self._name, "text": text})

    def add(self, kind: str, data: dict[str, Any], metadata: dict[str, Any], **more: Any) -> None:
        """Take in something shown: ``display_data`` or ``execute_result``."""
        self.flush()
        self._count(sum(len(str(each)) for each in data.values()))
        self._cell.append({"output_type": kind, "data": data, "metadata": metadata, **more})

    def add_error(self, error: BaseException, count: int, *, names: Callable[[str], int | None]) -> None:
        """Take in an error that a cell ended with."""
        self.flush()
        told = describe_error(error, names=names)
        self._count(sum(map(len, told["traceback"])))
        self._cell.append({"output_type": "error", **told})

    def clear(self) -> None:
        """Forget what the cell has put out."""
        self.flush()
        self._cell.clear()

    def has_error(self) -> bool:
        """Whether an error is among the outputs."""
        return any(output["output_type"] == "error" for output in self._cell)

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            self._overflow()


class Stream(io.TextIOBase):
    """Standard output or error of a cell."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self._name = name
        self._outputs = outputs

    @property
    def name(self) -> str:
        """Return the stream's name, as files have one."""
        return f"<{self._name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return the encoding text is said to have."""
        return "utf-8"

    def writable(self) -> bool:
        """Whether text can be written: yes."""
        return True

    def isatty(self) -> bool:
        """Whether a person reads it: no."""
        return False

    def write(self, text: str) -> int:
        """Take in text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._outputs.write(self._name, str(text))
        return len(text)


def describe_error(error: BaseException, *, names: Callable[[str], int | None]) -> dict[str, Any]:
    """Return an error as nbformat writes it, with the lines of cells that it went through.

    Parameters
    ----------
    names
        Returns the number of the cell whose text is in a file of that name, None for none.
    """
    name = type(error).__name__
    text = text_of_error(error)
    lines = [f"{name:<42}Traceback (most recent call last)"]
    for frame, line in list(walk(error.__traceback__))[-MOST_FRAMES:]:
        filename = frame.f_code.co_filename
        count = names(filename)
        where = f"Cell In[{count}], line {line}" if count is not None else f"File {filename}:{line}"
        shown = linecache.getline(filename, line).rstrip()
        lines += [f"{where}, in {frame.f_code.co_name}", f"----> {line} {shown}"]
    if isinstance(error, SyntaxError):
        lines += [line.rstrip() for line in traceback.format_exception_only(error)[:-1]]
        count = names(error.filename or "")
        if count is not None:
            lines.insert(1, f"Cell In[{count}], line {error.lineno}")
    return {"ename": name, "evalue": text, "traceback": [*lines, f"{name}: {text}"]}


def text_of_error(error: BaseException) -> str:
    """Return an error's text, whatever its class does."""
    try:
        return str(error)[:MOST_TEXT]
    except Exception as other:  # noqa: BLE001 - a class of somebody's
        return f"<no text: {type(other).__name__}>"


def walk(trace: TracebackType | None) -> Any:
    """Yield the frames of a traceback with their lines, outermost first."""
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
