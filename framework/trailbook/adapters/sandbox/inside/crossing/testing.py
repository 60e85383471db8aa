"""The tester's program: runs the instructor's cells and the tests, and asks the learner's program for its names.

On ``control``::

    → {"op": "start", "files": {path: blob}, "environment": {…}, "seed": "…", "contract": {…}|null, "record": bool,
       "answers": {grade_id: text}}                                              ← {"op": "ready"}
    → {"op": "run", "index": i, "source": "…", "kind": "shared"|"test", "grade_id": "…"|null}
    ← {"op": "ran", "index": i, "status": "ok"|"error", "value": number|null, "outputs": […],
       "error": {"ename", "evalue", "traceback", "line", "from_learner", "reason"}|null}
    → {"op": "answered", "grade_id": "…", "names": […]}                           ← {"op": "ok"}
    → {"op": "end"}                                     ← {"op": "ended", "contract": {…}|null, "trusts": {…}}

``reason`` is ``protocol`` when the learner's program sent what it must not, ``exit`` when it is gone, else "".
"""

from __future__ import annotations

import math
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from . import files, start
from . import shell as shells
from .answers import names_bound, names_read
from .assigning import Assigned
from .contract import Contract
from .files import Files
from .missing_modules import LearnersModules
from .namespace import Builtins, Namespace
from .outputs import Outputs, describe_error
from .sharing import share_class
from .tester_peer import Gone, TesterPeer
from .wire import Channel, Closed

MOST_OUTPUT = 20_000_000

_prepared: list[shells.Shell] = []


def prepare() -> None:
    """Do before the fork what every tester's process needs."""
    start.load_values()
    if not _prepared:
        _prepared.append(shells.make_shell())


def main(control: socket.socket, link: socket.socket | None) -> None:
    """Serve a broker until it says that this is the end, or is gone."""
    prepare()
    if link is None:
        raise ValueError("a tester needs a link")
    Tester(_prepared[0], Channel(control), Channel(link)).serve()


class Tester:
    """The program's state."""

    def __init__(self, shell: shells.Shell, control: Channel, link: Channel) -> None:
        self.control = control
        self.shell = shell
        self.outputs = Outputs(MOST_OUTPUT, self.overflow)
        self.namespace = Namespace()
        shells.use(shell, self.namespace, self.outputs)
        self.hidden = {*self.namespace.own(), "__builtins__"}
        self.assigned = Assigned(self.namespace)
        files.watch()
        self.peer = TesterPeer(link, self.assigned, Files(Path.cwd(), ()))
        self.peer.guard.watch()
        self.peer.surroundings.watch_seeds()
        self.namespace.source = self.peer
        self.namespace.taken = self.assigned.names
        self.namespace["__builtins__"] = Builtins(self.namespace)
        LearnersModules(self.peer.fetch_module, lambda: bool(self.peer.contract.cell))
        self.answers: Mapping[str, str] = {}
        self.owned: dict[str, list[str]] = {}
        self.known: Mapping[str, Any] | None = None
        self.reads: dict[str, list[str]] = {}
        self.shared: dict[str, type] = {}
        self.modules: frozenset[str] = frozenset()
        self.is_running = False
        signal.signal(signal.SIGINT, self.interrupt)

    def serve(self) -> None:
        """Obey until the end."""
        try:
            while True:
                message, blobs = self.control.receive()
                answer = self.obey(message, blobs)
                self.control.send(answer)
                if answer["op"] == "ended":
                    return
        except Closed:
            return

    def obey(self, message: dict[str, Any], blobs: list[bytes]) -> dict[str, Any]:
        """Do what the broker says and return the answer."""
        match message["op"]:
            case "start":
                start.write_files(message["files"], blobs)
                start.set_environment(message["environment"], message["seed"])
                start.write_modules(message["files"], blobs)
                self.modules = start.modules_of(message["files"])
                self.peer.own_modules = {"__main__", *self.modules}
                self.peer.files = Files(Path.cwd(), message["files"])
                self.outputs.allow(message.get("max_output_bytes", MOST_OUTPUT))
                self.answers, self.known = message["answers"], message["contract"]
                self.peer.contract = Contract(self.known, is_recording=message["record"])
                return {"op": "ready"}
            case "run":
                return {"op": "ran", "index": message["index"], **self.run(message)}
            case "answered":
                self.answered(message["grade_id"], message["names"])
                return {"op": "ok"}
            case "end":
                contract = self.peer.contract
                noted = {**contract.written(), "owned": self.owned, "reads": self.reads}
                written = noted if contract.is_recording else None
                return {"op": "ended", "contract": written, "trusts": contract.trusts()}
        raise ValueError("no such request")

    def run(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Run a cell."""
        self.peer.begin(str(message["grade_id"] or f"#{message['index']}"), is_test=message["kind"] == "test")
        self.is_running = True
        try:
            ran = shells.run(self.shell, message["source"])
        finally:
            self.is_running = False
        self.peer.bring()
        self._share()
        if message["kind"] == "shared":
            self._own()
        self.peer.contract.cell = ""
        error = self.peer.failure() or ran.error
        if error is None:
            return {"status": "ok", "value": number_of(ran.value), "outputs": ran.outputs, "error": None}
        told = {
            **describe_error(error, names=self.shell.count_of),
            "line": ran.line,
            "from_learner": self.peer.is_from_learner(error),
            "reason": error.reason if isinstance(error, Gone) else "",
        }
        return {"status": "error", "value": None, "outputs": ran.outputs, "error": told}

    def answered(self, grade_id: str, names: list[str]) -> None:
        """Let the names of an answer come from the learner from now on."""
        text = self.answers.get(grade_id, "")
        self.peer.sources.add(grade_id, text)
        self.peer.surroundings.watch(text)
        known = (self.known or {}).get("owned", {}).get(grade_id)
        if self.peer.contract.is_recording:
            known = sorted(names_bound(text))
            self.owned[grade_id] = known
        for name in {*names, *(known or ())} - self.hidden:
            self.namespace.pop(name, None)
        # What the reference uses, never what a learner's text does: it could name what holds the right answers.
        reads = (self.known or {}).get("reads", {}).get(grade_id)
        if self.peer.contract.is_recording:
            reads = self.reads[grade_id] = sorted(names_read(text) | names_bound(text))
        self.assigned.names |= {*(known or ()), *(reads or ())} - (self.hidden - {"open"})
        self.peer.forget_names()
        self._own()

    def _own(self) -> None:
        """Let changes to the instructor's mutable values that answers use go to the learner's process."""
        for name in sorted(self.assigned.names):
            if self.assigned.has(name):
                self.peer.own(name, dict.get(self.namespace, name))

    def _share(self) -> None:
        """Let instances of the classes that the instructor's cells define cross by value."""
        found: dict[str, tuple[Any, str]] = {
            name: (dict.get(self.namespace, name), "__main__") for name in self.namespace.own()
        }
        for module in self.modules & sys.modules.keys():
            found |= {f"{module}:{name}": (value, module) for name, value in vars(sys.modules[module]).items()}
        for name, (kind, module) in found.items():
            is_own = isinstance(kind, type) and kind.__module__ == module
            if is_own and kind.__qualname__ == name.rpartition(":")[2] and self.shared.get(name) is not kind:
                self.shared[name] = kind
                share_class(kind, name)
                self.peer.tell("share", args=[name])

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Interrupt a test; one that waits for the learner when the answer has come."""
        if self.peer.is_waiting:
            self.peer.is_interrupted = True
        elif self.is_running:
            raise KeyboardInterrupt

    def overflow(self) -> None:
        """End: more was printed than may be."""
        self.control.send({"op": "overflow"})
        os._exit(0)


MOST_POINTS = 10**9  # an int above is no points, and may have millions of digits


def number_of(value: Any) -> int | float | None:
    """Return the points that the value of a cell's last expression says, None when it says none.

    As nbgrader, which reads the number off what the cell shows: so numpy's count where their text is a number.

    >>> number_of(0.5), number_of(True), number_of("0.5"), number_of(None), number_of(float("nan"))
    (0.5, None, None, None, None)
    """
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        try:
            value = float(repr(value))
        except ValueError:  # numpy 2 shows "np.float64(0.5)"
            return None
    is_number = math.isfinite(value) if type(value) is float else type(value) is int and abs(value) < MOST_POINTS
    return value if is_number else None
