"""The outputs of a lesson's cells, as a notebook would keep them, from the messages a kernel sends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat.v4 import output_from_msg

from trailbook_server.services.kernels.messages import NO_INPUT

Output = dict[str, Any]
Line = dict[str, Any]
"""One line of the stream to the page."""

SHOWN = frozenset({"stream", "display_data", "execute_result", "error"})


class CellOutputs:
    """The outputs of one cell.

    Parameters
    ----------
    max_bytes
        Outputs over this size are cut off with a note.
    """

    def __init__(self, cell: str, max_bytes: int) -> None:
        self.cell = cell
        self.outputs: list[Output] = []
        self._display_ids: list[str] = []
        self._max_bytes = max_bytes
        self._bytes = 0
        self._full = False
        self._clear_at_next = False

    def clear(self) -> Line:
        """Drop everything; return the line that tells the page."""
        self.outputs, self._display_ids = [], []
        self._bytes, self._full, self._clear_at_next = 0, False, False
        return self._all()

    def clear_at_next_output(self) -> None:
        """Drop everything once the next output is there, so that an animation does not flicker."""
        self._clear_at_next = True

    def add(self, output: Output, display_id: str = "") -> Line | None:
        """Add an output; return the line that tells the page, None when there is nothing to tell."""
        replaces = self._clear_at_next
        if replaces:
            self.clear()
        if self._full:
            return None
        size = len(json.dumps(output))
        if self._bytes + size > self._max_bytes:
            self._full = True
            display_id, output = "", _cut_off(self._max_bytes)
        self._bytes += size
        last = self.outputs[-1] if self.outputs else None
        if last and output["output_type"] == last["output_type"] == "stream" and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(dict(output))
            self._display_ids.append(display_id)
        return self._all() if replaces else {"type": "output", "cell": self.cell, "output": output}

    def update(self, display_id: str, content: Mapping[str, Any]) -> Line | None:
        """Replace every display with this id; return the line that tells the page, None when there was none."""
        found = [i for i, name in enumerate(self._display_ids) if name == display_id]
        for i in found:
            size = len(json.dumps(content["data"]))
            if size > self._max_bytes:
                return None
            self.outputs[i]["data"] = content["data"]
            self.outputs[i]["metadata"] = content["metadata"]
        return self._all() if found else None

    def replace(self, outputs: list[Output]) -> Line:
        """Take these outputs instead; return the line that tells the page."""
        self.clear()
        self.outputs, self._display_ids = outputs, [""] * len(outputs)
        return self._all()

    def _all(self) -> Line:
        return {"type": "update", "cell": self.cell, "outputs": [dict(output) for output in self.outputs]}


class LessonOutputs:
    """The outputs of all cells of a lesson, kept up to date by kernel messages."""

    def __init__(self, stored: Mapping[str, Any], max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._cells: dict[str, CellOutputs] = {}
        for cell, outputs in stored.items():
            if isinstance(outputs, list):
                self.of(cell).replace(outputs)

    def of(self, cell: str) -> CellOutputs:
        """Return the outputs of a cell."""
        return self._cells.setdefault(cell, CellOutputs(cell, self._max_bytes))

    def as_json(self) -> dict[str, list[Output]]:
        """Return the outputs by cell id; cells without any are left out."""
        return {name: cell.outputs for name, cell in self._cells.items() if cell.outputs}

    def apply(self, cell: str, message: Mapping[str, Any]) -> Iterator[Line]:
        """Take one message that running `cell` caused; yield the lines that tell the page."""
        kind, content = message["header"]["msg_type"], message["content"]
        display_id = (content.get("transient") or {}).get("display_id", "")
        if kind == "clear_output":
            if content.get("wait"):
                self.of(cell).clear_at_next_output()
            else:
                yield self.of(cell).clear()
            return
        # A display made again under an id that is on the page already changes there as well.
        if display_id and kind in ("display_data", "update_display_data", "execute_result"):
            for other in self._cells.values():
                if line := other.update(display_id, content):
                    yield line
        if kind in SHOWN and (line := self.of(cell).add(_as_output(message), display_id)):
            yield line


def _as_output(message: Mapping[str, Any]) -> Output:
    output = dict(output_from_msg(message))
    if output["output_type"] == "error" and output["ename"] == "StdinNotImplementedError":
        return no_input_here()
    return output


def no_input_here() -> Output:
    """Return what a learner reads who called `input()`."""
    return {"output_type": "error", "ename": "NoInput", "evalue": NO_INPUT, "traceback": [f"NoInput: {NO_INPUT}"]}


def _cut_off(max_bytes: int) -> Output:
    text = f"\nOutput is cut off here: it is longer than {max_bytes // 1000} kB.\n"
    return {"output_type": "stream", "name": "stderr", "text": text}
