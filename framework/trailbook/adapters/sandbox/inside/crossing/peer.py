"""One side of the link: has things done with the other side's objects, and does what the other side asks with its own.

Frames on the link, each with a table of values (`encoding`)::

    {"op": "do", "how": …, "on": number|null, "name": "…", "keys": [names of the last items], "nodes", "items", "sync"}
    {"op": "answer", "ok": bool, "nodes", "items": [value or exception], "sync", "streams": [[name, text]], "said": {…}}

They nest strictly: while one side waits for an answer the other may ask back. ``sync`` holds mutable values both
sides know that have changed since both had the same.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from types import CodeType
from typing import Any

from .decoding import Decoder
from .deriving import derive_class, members_of
from .encoding import Encoder
from .errors import NOT_RAISED
from .exporting import Exports
from .importing import Imports
from .kinds import BY_TYPE, Malformed
from .mirrors import Mirrors
from .names import known_of_name
from .outputs import text_of_error
from .sharing import shared_of_name
from .stepping import run_async, step, step_async
from .wire import BrokenWire, Channel, Frame

MOST_NESTED = 60
TOO_DEEP = "calls between the test and the answer are nested too deep"
OPERATORS_OF_ITERATION = ("__next__", "__anext__")


class Peer:
    """One side of the link.

    Parameters
    ----------
    start
        1 on one side and 2 on the other; see `Mirrors`.
    is_trusting
        Whether this side uses whatever function the other side names: the learner's, never the tester's.
    """

    def __init__(self, channel: Channel, *, start: int, is_trusting: bool) -> None:
        self.channel = channel
        self.imports = Imports(self)
        self.exports = Exports(self.imports.number_of, gives_names=not is_trusting)
        self._is_trusting = is_trusting
        self.mirrors = Mirrors(start, self._digest)
        self.depth = 0

    # ── asking

    def ask(
        self, how: str, on: Any = None, name: str = "", args: Sequence[Any] = (), options: dict[str, Any] | None = None
    ) -> Any:
        """Have something done over there and return what comes of it, or raise what was raised."""
        number = on if on is None or type(on) is int else self.imports.number_of(on)
        options = options or {}
        before = self.exports.count
        values = [*args, *options.values()]
        try:
            message, blobs, mutables = self.pack(values, [])
        except BaseException:
            self.exports.forget_told(before)
            raise
        message |= {"op": "do", "how": how, "on": number, "name": name, "keys": list(options), **self.say()}
        self.channel.send(message, blobs)
        self.mirrors.remember(mutables)
        return self.wait()

    def wait(self) -> Any:
        """Wait for an answer, doing what the other side asks for in between."""
        while True:
            frame = self.channel.receive()
            match frame[0].get("op"):
                case "answer":
                    return self._read_answer(frame)
                case "do":
                    self.serve(frame)
                case _:
                    raise BrokenWire("neither an answer nor a request came")

    def _read_answer(self, frame: Frame) -> Any:
        message, blobs = frame
        values, decoder = self.unpack(message, blobs)
        if len(values) != 1 or type(message.get("ok")) is not bool:
            raise Malformed("no answer")
        self.heard(message)
        if message["ok"]:
            return self.arrived(values[0], decoder)
        if not isinstance(values[0], BaseException):
            raise Malformed("no exception")
        raise self.raised(values[0], decoder)

    # ── answering

    def serve(self, frame: Frame) -> None:
        """Do what a request asks for, and answer."""
        message, blobs = frame
        self.heard(message)
        self.depth += 1
        mutables: list[Any] = []
        try:
            if self.depth > MOST_NESTED:
                raise RecursionError(TOO_DEEP)
            how, on, name, values, keys, mutables = self._read_request(message, blobs)
            count = len(values) - len(keys)
            result, is_ok = self.do(how, on, name, values[:count], dict(zip(keys, values[count:], strict=True))), True
        except (Malformed, BrokenWire):
            raise
        except BaseException as error:  # noqa: BLE001 - goes to whoever asked
            result, is_ok = self.fit_to_raise(error, str(message.get("name", "")), str(message.get("how", ""))), False
        finally:
            self.depth -= 1
        self._answer(result, mutables, is_ok=is_ok)

    def _answer(self, result: Any, mutables: list[Any], *, is_ok: bool) -> None:
        before = self.exports.count
        try:
            message, blobs, shared = self.pack([result], mutables)
        except Exception as error:  # noqa: BLE001 - of a value that cannot be taken apart, whatever its class does
            self.exports.forget_told(before)
            message, blobs, shared = self.pack([ValueError(f"the result cannot be sent: {text_of_error(error)}")], [])
            is_ok = False
        message |= {"op": "answer", "ok": is_ok, **self.say()}
        self.channel.send(message, blobs)
        self.mirrors.remember(shared)

    def _read_request(
        self, message: dict[str, Any], blobs: list[bytes]
    ) -> tuple[str, Any, str, list[Any], list[str], list[Any]]:
        match message:
            case {"how": str(how), "on": int() | None as number, "name": str(name), "keys": list(keys)}:
                values, decoder = self.unpack(message, blobs)
        if len(keys) > len(values) or not all(isinstance(key, str) for key in keys):
            raise Malformed("no request")
        try:
            on = None if number is None else self.exports.find(number)
        except KeyError:
            raise Malformed("an object that was never given") from None
        self.got(values, decoder, how, name)
        return how, on, name, values, keys, decoder.mutables

    def do(self, how: str, on: Any, name: str, args: list[Any], options: dict[str, Any]) -> Any:
        """Do one thing with an object of this side."""
        match how:
            case "call":
                return on(*args, **options)
            case "method":
                return getattr(on, name)(*args, **options)
            case "special":
                return getattr(type(on), name)(on, *args, **options)
            case "from":
                return getattr(on, name)(*args, **options)
            case "derive":
                return self.exports.tell_of(derive_class(name, *args))
            case "get":
                return getattr(on, name)
            case "set":
                return setattr(on, name, *args)
            case "del":
                return delattr(on, name)
            case "state":
                return dict(vars(on))
            case "copy":
                return copy.copy(on)
            case "deepcopy":
                return copy.deepcopy(on)
            case "step":
                return step(on, name, args)
            case "await":
                return run_async(on)
            case "astep":
                return run_async(step_async(on))
        raise Malformed("no such request")

    def fit_to_raise(self, error: BaseException, name: str, how: str) -> BaseException:
        """Return the exception to answer with: what would end a loop of the caller's comes as another."""
        if type(error).__name__ in NOT_RAISED and name not in OPERATORS_OF_ITERATION:
            other = RuntimeError(f"{type(error).__name__}: {error}")
            other.__cause__ = None
            return other
        return error

    # ── values

    def pack(self, values: Sequence[Any], mutables: list[Any]) -> tuple[dict[str, Any], list[bytes], list[Any]]:
        """Return values as a part of a frame, with the shared ones that have changed."""
        encoder = Encoder(self.exports.export, self.mirrors)
        items = [encoder.item(value) for value in values]
        sync = [encoder.item(value) for value in self.mirrors.changed(mutables)]
        warned = [encoder.item(each) for each in self.take_warned()]
        contents = [[number, encoder.item(content)] for number, content in self.exports.changed_contents()]
        encoder.finish()
        message = {"nodes": encoder.nodes, "items": items, "sync": sync, "contents": contents, "warned": warned}
        return message, encoder.blobs, encoder.mutables

    def unpack(self, message: dict[str, Any], blobs: list[bytes]) -> tuple[list[Any], Decoder]:
        """Return the values of a frame; changed ones that both sides know change here too."""
        items, sync = message.get("items"), message.get("sync")
        if not isinstance(items, list) or not isinstance(sync, list):
            raise Malformed("no values")
        decoder = Decoder(message.get("nodes"), blobs, self._import, self.mirrors, is_trusting=self._is_trusting)
        values = [decoder.value(item) for item in items]
        for item in sync:
            decoder.value(item)
        for item in message.get("warned", ()):
            self.warn(decoder.value(item))
        for number, item in message.get("contents", ()):
            self.imports.refresh(number, decoder.value(item))
        self.mirrors.remember(decoder.mutables)
        return values, decoder

    def _import(self, tag: str, head: Any, parts: list[Any]) -> Any:
        match tag:
            case "own":
                return self.exports.find(head)
            case "obj":
                return self.imports.make(head, parts)
            case "error":
                return self.imports.make_error(head, parts)
            case "known" if self._is_trusting:
                return known_of_name(head)
            case "member":
                return self.imports.make_member(head, parts[0])
            case "shared":
                return shared_of_name(head)
        raise Malformed("no kind of value")

    def link(self, value: Any, number: int) -> None:
        """Let a mutable value that both sides made by themselves be one that both know."""
        self.mirrors.add(number, value)
        self.mirrors.remember([value])

    def _digest(self, value: Any) -> bytes:
        encoder = Encoder(lambda encoder, each: ["id", id(each), 0, []], None)
        encoder.add(value)
        digest = hashlib.blake2b(repr(encoder.nodes).encode())
        for blob in encoder.blobs:
            digest.update(blob)
        return digest.digest()

    def is_object(self, value: Any) -> bool:
        """Whether a value stands for an object of the other side."""
        return self.imports.number_of(value) is not None

    def is_shared(self, value: Any) -> bool:
        """Whether values of this one's type are known to both sides as they change."""
        kind = BY_TYPE.get(type(value))
        return kind is not None and kind.is_mutable

    def know(self, number: int, value: Any) -> None:
        """Let a value stand for an object of the other side."""
        if type(number) is not int or number < 0:
            raise Malformed("no number of an object")
        self.imports.add(number, value)

    def derive(self, made: type, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        """Let the other side have a class like one that this side derived from its classes."""
        number = self.ask("derive", None, made.__name__, [bases, members_of(namespace)])
        self.know(number, made)

    # ── what a side adds

    def place_of(self, said: dict[str, Any]) -> tuple[str, int]:
        """Return the file and line of a function's text."""
        return "<elsewhere>", 1

    def code_of(self, said: dict[str, Any]) -> CodeType | None:
        """Return the code of a function's text, None where the text is not here."""
        return None

    def arrived(self, value: Any, decoder: Decoder) -> Any:
        """Return a value that came as an answer, looked at first."""
        return value

    def raised(self, error: BaseException, decoder: Decoder) -> BaseException:
        """Return an exception that came as an answer, looked at first."""
        return error

    def got(self, values: list[Any], decoder: Decoder, how: str, name: str) -> None:
        """Look at the arguments of a request."""

    def take_warned(self) -> list[Any]:
        """Return the warnings that go with a frame."""
        return []

    def warn(self, warning: Any) -> None:
        """Take in a warning of the other side's."""

    def say(self) -> dict[str, Any]:
        """Return what goes with a request or an answer."""
        return {}

    def heard(self, message: dict[str, Any]) -> None:
        """Take in what came with a request or an answer."""
