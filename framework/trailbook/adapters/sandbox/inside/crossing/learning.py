"""The learner's program: runs the learner's cells, and does with their objects what the tester asks for.

On ``control``::

    → {"op": "start", "files": {path: blob}, "environment": {…}, "packages": […]|null, "seed": "…"}
    ← {"op": "ready"}
    → {"op": "run", "index": i, "source": "…"}
    ← {"op": "ran", "index": i, "status": "ok"|"error", "outputs": […], "execution_count": n}
    ← {"op": "overflow"}, and the process ends: it printed too much

On ``link`` see `peer`. Nothing that this program says decides anything: the code it runs can make it say whatever
it likes.
"""

from __future__ import annotations

import builtins
import importlib
import os
import select
import signal
import socket
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from . import files, plots, start
from . import shell as shells
from .files import Files
from .outputs import Outputs
from .peer import Peer
from .sharing import share_class
from .surroundings import Surrounded
from .wire import Channel, Closed, Frame

MOST_OUTPUT = 20_000_000
EAGER_TEXT = 2_000
EAGER = (type(None), bool, int, float)

_prepared: list[shells.Shell] = []


def prepare() -> None:
    """Do before the fork what every learner's process needs."""
    start.load_values()
    if not _prepared:
        _prepared.append(shells.make_shell())


def main(control: socket.socket, link: socket.socket | None) -> None:
    """Serve a broker, and a tester if there is one, until the broker is gone."""
    prepare()
    Learner(_prepared[0], Channel(control), Channel(link) if link is not None else None).serve()


class Learner:
    """The program's state."""

    def __init__(self, shell: shells.Shell, control: Channel, link: Channel | None) -> None:
        self.control = control
        self.shell = shell
        self.outputs = Outputs(MOST_OUTPUT, self.overflow)
        self.namespace: dict[str, Any] = {}
        shells.use(shell, self.namespace, self.outputs)
        self.language = {**vars(builtins), "display": display, "get_ipython": get_ipython}
        if link is not None:
            self.namespace["__builtins__"] = self.language
        self.hidden = set(self.namespace)
        self.peer = LearnerPeer(link, self) if link is not None else None
        self.is_running = False
        self.files = Files(Path.cwd(), ())
        files.watch()
        signal.signal(signal.SIGINT, self.interrupt)

    def serve(self) -> None:
        """Do what comes, the tester's requests first."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        if self.peer is not None:
            poll.register(self.peer.channel, select.POLLIN)
        try:
            while True:
                ready = {fd for fd, _ in poll.poll()}
                if self.peer is not None and self.peer.channel.fileno() in ready:
                    self.peer.take(self.peer.channel.receive())
                elif ready:
                    self.obey(*self.control.receive())
        except Closed:
            return

    def obey(self, message: dict[str, Any], blobs: list[bytes]) -> None:
        """Do what the broker says."""
        match message["op"]:
            case "start":
                start.write_files(message["files"], blobs)
                start.set_environment(message["environment"], message["seed"])
                sys.path.insert(0, "")
                self.outputs.allow(message.get("max_output_bytes", MOST_OUTPUT))
                self.files = Files(Path.cwd(), ())
                self.control.send({"op": "ready"})
            case "run":
                self.control.send({"op": "ran", "index": message["index"], **self.run(message["source"])})

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell."""
        count = self.shell.execution_count
        self.is_running = True
        try:
            ran = shells.run(self.shell, source, shows_plots=True)
        finally:
            self.is_running = False
        return {"status": "error" if ran.error else "ok", "outputs": ran.outputs, "execution_count": count}

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the learner's code, never this program's own."""
        if self.is_running:
            raise KeyboardInterrupt

    def overflow(self) -> None:
        """End: more was printed than may be."""
        self.control.send({"op": "overflow"})
        os._exit(0)


class LearnerPeer(Peer):
    """The learner's side of the link."""

    def __init__(self, link: Channel, learner: Learner) -> None:
        super().__init__(link, start=1, is_trusting=True)
        self.learner = learner
        self.surrounded = Surrounded(learner.language)
        self.told: dict[str, Any] = {}
        self.warned: list[warnings.WarningMessage] = []
        self.printed: list[list[str]] = []

    def take(self, frame: Frame) -> None:
        """Do what the tester asks for."""
        outer = self.learner.outputs.divert(self.printed)
        try:
            with warnings.catch_warnings(record=True) as self.warned:
                self.serve(frame)
        finally:
            self.learner.outputs.divert(outer)

    def do(self, how: str, on: Any, name: str, args: list[Any], options: dict[str, Any]) -> Any:
        """Do one thing with an object or a name of the learner's."""
        namespace = self.learner.namespace
        match how:
            case "names":
                return self.names()
            case "fetch":
                self.told[name] = namespace[name]
                return namespace[name]
            case "push":
                namespace[name] = self.told[name] = args[0]
                return None
            case "unset":
                namespace.pop(name, None)
                self.told.pop(name, None)
                return None
            case "link":
                if name in namespace and self.is_shared(namespace[name]):
                    self.link(namespace[name], args[0])
                return None
            case "pyplot":
                return plots.do(name, args)
            case "import":
                return importlib.import_module(name)
            case "surround":
                return self.surrounded.apply(args[0])
            case "files":
                self.learner.files.apply(args[0])
                return self.learner.files.changed()
            case "share":
                return self.share(args)
        was_running, self.learner.is_running = self.learner.is_running, True
        try:
            return super().do(how, on, name, args, options)
        finally:
            self.learner.is_running = was_running

    def share(self, names: list[str]) -> None:
        """Let instances of classes that both sides have cross by value."""
        for name in names:
            module, _, inner = name.rpartition(":")
            found = getattr(importlib.import_module(module), inner) if module else self.learner.namespace.get(name)
            if isinstance(found, type):
                share_class(found, name)

    def take_warned(self) -> list[Any]:
        """Return the warnings since this was asked last."""
        taken, self.warned[:] = [each.message for each in self.warned], []
        return taken

    def names(self) -> tuple[dict[str, Any], list[str]]:
        """Return the small values of the namespace, and the names of the others."""
        small, others = {}, []
        self.told = {}
        for name, value in self.learner.namespace.items():
            if name in self.learner.hidden or name.startswith("__") or type(name) is not str:
                continue
            self.told[name] = value
            if type(value) in EAGER or (type(value) is str and len(value) < EAGER_TEXT):
                small[name] = value
            else:
                others.append(name)
        return small, others

    def say(self) -> dict[str, Any]:
        """Return what was printed, and which names have other values than was said."""
        namespace = self.learner.namespace
        gone = [name for name, value in self.told.items() if namespace.get(name, self) is not value]
        for name in gone:
            self.told.pop(name)
        hidden = self.learner.hidden
        gone += [n for n in namespace if type(n) is str and n not in self.told and n not in hidden and n not in gone]
        self.learner.outputs.flush()
        printed, self.printed[:] = list(self.printed), []
        return {"streams": printed, "gone": gone, "wrote": self.learner.files.may_have_changed()}
