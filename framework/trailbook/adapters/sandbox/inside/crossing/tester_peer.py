"""The tester's side of the link: looks at everything that comes, and does little of what it is asked."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Collection, Sequence
from types import CodeType, FunctionType
from typing import Any

from . import plots
from .assigning import Assigned
from .contract import Contract
from .decoding import Decoder
from .files import Files
from .guard import Guard
from .kinds import Malformed
from .peer import Peer
from .sources import Sources
from .surroundings import Surroundings
from .wire import BrokenWire, Channel, Closed, Frame

LAZY = object()


class Gone(Exception):
    """The learner's program is gone or no longer to be talked to; ``reason`` is a reason code."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "the answer's process ended" if reason == "exit" else "the answer's process sent what it must not"
        )
        self.reason = reason


class TesterPeer(Peer):
    """The tester's side of the link; where its namespace has the learner's names from."""

    def __init__(self, link: Channel, assigned: Assigned, files: Files) -> None:
        super().__init__(link, start=2, is_trusting=False)
        self.assigned = assigned
        self.files = files
        self.surroundings = Surroundings()
        self.mirrors.may_change = lambda name: self.contract.may_change(name)
        self._is_bringing = False
        self._is_test = False
        self._wrote = False
        self.contract = Contract(None, is_recording=False)
        self.sources = Sources()
        self.own_modules: Collection[str] = {"__main__"}
        self.guard = Guard(self.sources.names)
        self.is_waiting = False
        self.is_interrupted = False
        self._gone: Gone | None = None
        self._names: dict[str, Any] | None = None
        self._path = ""
        self._raised: list[BaseException] = []

    # ── a cell

    def begin(self, cell: str, *, is_test: bool) -> None:
        """Start a cell: the learner's names may have other values now."""
        self._is_test = is_test
        self.contract.cell = cell
        self.contract.violation = None
        self._raised.clear()
        plots.look_at_learners(self.ask_pyplot, lambda: bool(self.contract.cell))
        self.forget_names()
        self.assigned.begin()
        self.surroundings.begin()
        with contextlib.suppress(Gone):  # kept, and told when the cell has run
            self._take_files(self.files.changed())

    def failure(self) -> BaseException | None:
        """Return why the cell fails, whatever it did about it."""
        return self._gone or self.contract.violation

    def is_from_learner(self, error: BaseException) -> bool:
        """Whether an exception came from the learner's process."""
        return any(each is error for each in self._raised)

    # ── names

    def forget_names(self) -> None:
        """Ask again for the learner's names."""
        self._names = None

    def names(self) -> Collection[str]:
        """Return the learner's names."""
        if self._names is None:
            answer = self._ask_plain("names")
            match answer:
                case (dict() as small, list() as others) if all(type(n) is str for n in [*small, *others]):
                    self._names = {**dict.fromkeys(others, LAZY), **small}
                    self.guard.remember(small)
                case _:
                    raise self._broken()
        return self._names

    def value(self, name: str) -> Any:
        """Return the value of a learner's name; raises `KeyError` when there is none."""
        self.names()
        names: dict[str, Any] = self._names or {}
        if names[name] is LAZY:
            value = self.ask("fetch", None, name)
            if self._names is not None:
                self._names[name] = value
            return value
        self.contract.check(name, names[name], [names[name]] if self.is_object(names[name]) else [], ())
        return names[name]

    def delete(self, name: str) -> bool:
        """Delete a learner's name, if the answers use it."""
        if name not in self.names():
            return False
        self.names().pop(name)  # type: ignore[attr-defined]
        if name in self.assigned.names:
            self.tell("unset", name)
        return True

    def own(self, name: str, value: Any) -> None:
        """Let changes to a mutable value of the tester's go to the learner's process, and back where they may."""
        if self.is_shared(value) and name not in self.mirrors.guarded.values():
            number = self.mirrors.number_of(value)
            self.mirrors.guard(number, name)
            self.mirrors.remember([value])
            self.tell("link", name, [number])

    # ── asking

    def bring(self) -> None:
        """Let the learner's process have what the test changed: names, files, what is around the answer."""
        if self._is_bringing or not self._is_test:  # an instructor's cell does the same over there by itself
            return
        self._is_bringing = True
        try:
            files = self.files.changed()
            if files:
                self.tell("files", args=[files])
            changes = self.surroundings.changes()
            if changes:
                self.tell("surround", args=[changes])
            for name, value in self.assigned.changed():
                self.tell("push", name, [value])
        finally:
            self._is_bringing = False

    def ask_pyplot(self, name: str, args: tuple[Any, ...]) -> Any:
        """Call a function of the learner's pyplot."""
        return self.ask("pyplot", None, name, args)

    def fetch_module(self, name: str) -> Any:
        """Return what stands for a module of the learner's."""
        return self.ask("import", None, name)

    def _take_files(self, mine: dict[str, Any]) -> None:
        """Give files to the learner's process, and take those it wrote."""
        files = self._ask_plain("files", args=[mine])
        if type(files) is not dict:
            raise self._broken()
        self.files.apply(files)

    def ask(
        self, how: str, on: Any = None, name: str = "", args: Sequence[Any] = (), options: dict[str, Any] | None = None
    ) -> Any:
        """Have something done in the learner's process; see `Peer.ask`."""
        if type(on) is int:
            on = self.imports.proxies[on]
        if how == "special":
            self.contract.use(on, name)
        self.bring()
        of = args[0] if how == "from" and args else on
        outer, self._path = (
            self._path,
            name if how in ("fetch", "import", "pyplot") else self.contract.path_after(of, how, name),
        )
        try:
            return self._guarded(how, on, name, args, options)
        finally:
            self._path = outer
            if self._wrote and self._gone is None:
                self._wrote = False
                self._take_files({})

    def tell(self, how: str, name: str = "", args: Sequence[Any] = ()) -> None:
        """Have something done that gives nothing back; that the learner's process is gone is told at the cell's end."""
        with contextlib.suppress(Gone):
            self._ask_plain(how, name, args)

    def _ask_plain(self, how: str, name: str = "", args: Sequence[Any] = ()) -> Any:
        outer, self._path = self._path, ""
        try:
            return self._guarded(how, None, name, args, None)
        finally:
            self._path = outer

    def _guarded(self, how: str, on: Any, name: str, args: Sequence[Any], options: dict[str, Any] | None) -> Any:
        if self._gone is not None:
            raise Gone(self._gone.reason)
        outer, self.is_waiting = self.is_waiting, True
        try:
            return super().ask(how, on, name, args, options)
        except Closed:
            self._gone = Gone("exit")
            raise self._gone from None
        except (BrokenWire, Malformed) as error:
            raise self._broken() from error
        finally:
            self.is_waiting = outer
            if self.is_interrupted and not outer:
                self.is_interrupted = False
                raise KeyboardInterrupt

    def _broken(self) -> Gone:
        self._gone = Gone("protocol")
        return self._gone

    # ── what comes

    def arrived(self, value: Any, decoder: Decoder) -> Any:
        """Return a value that came, if it may come there."""
        if self._path:
            self.contract.check(self._path, value, decoder.objects, decoder.odd)
            self.guard.remember(value)
        return value

    def raised(self, error: BaseException, decoder: Decoder) -> BaseException:
        """Return an exception that came."""
        self._raised.append(error)
        for each in decoder.objects:
            self.contract.name(each, self._path + "!")
        return error

    def got(self, values: list[Any], decoder: Decoder, how: str, name: str) -> None:
        """Look at what the learner's code gives to a function of the test's."""
        for value in values:
            inner = [each for each in decoder.objects if each is value]
            self.contract.check(f"{self._path}<{name or how}>", value, inner, ())

    def heard(self, message: dict[str, Any]) -> None:
        """Take in what was printed meanwhile, and which names have other values."""
        match message:
            case {"streams": list(streams), "gone": list(gone), "wrote": bool(wrote)}:
                for each in streams:
                    self._print(each)
                for name in gone:
                    if isinstance(name, str):
                        self._renew(name)
                self._wrote = self._wrote or wrote
            case _:
                raise Malformed("no answer")

    def warn(self, warning: Any) -> None:
        """Show a warning that the learner's code gave: it has passed the test's filters over there."""
        if not isinstance(warning, Warning):
            raise Malformed("no warning")
        told = warnings.WarningMessage(warning, type(warning), "<answer>", 1)
        warnings._showwarnmsg(told)  # type: ignore[attr-defined]

    def _renew(self, name: str) -> None:
        """Take in that a name has another value in the learner's process."""
        if self._names is not None:
            self._names[name] = LAZY
        if self.contract.cell and self.assigned.has(name) and self.contract.may_change(name):
            self.assigned.give(name)

    def _print(self, said: Any) -> None:
        match said:
            case ["stdout" | "stderr" as name, str(text)]:
                stream = sys.stdout if name == "stdout" else sys.stderr
                stream.write(text)
            case _:
                raise Malformed("no text that was printed")

    def place_of(self, said: dict[str, Any]) -> tuple[str, int]:
        """Return where in the submitted text a function is."""
        return self.sources.place_of(said)

    def code_of(self, said: dict[str, Any]) -> CodeType | None:
        """Return the code that the submitted text of a function has."""
        return self.sources.code_of(said)

    # ── being asked

    def serve(self, frame: Frame) -> None:
        """Do what the learner's code asks for while it runs for a test."""
        waiting, self.is_waiting = self.is_waiting, False
        try:
            super().serve(frame)
        finally:
            self.is_waiting = waiting

    def do(self, how: str, on: Any, name: str, args: list[Any], options: dict[str, Any]) -> Any:
        """Do one thing with an object that a test gave to the learner's code, if it may be done."""
        if on is None or how == "derive" or (name.startswith("_") and how != "special"):
            raise AttributeError(name)
        if isinstance(on, FunctionType) and on.__globals__.get("__name__") not in self.own_modules:
            raise AttributeError(name)  # of an installed package: over there they have their own
        if how == "state":
            return {key: each for key, each in vars(on).items() if not key.startswith("_")}
        return super().do(how, on, name, args, options)
