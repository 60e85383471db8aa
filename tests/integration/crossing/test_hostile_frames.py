"""The tester's side of the link and a program that sends whatever it likes: a frame is read, or the link broken."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trailbook.adapters.sandbox.inside.crossing import start, tester_peer
from trailbook.adapters.sandbox.inside.crossing.assigning import Assigned
from trailbook.adapters.sandbox.inside.crossing.decoding import Decoder
from trailbook.adapters.sandbox.inside.crossing.encoding import Encoder
from trailbook.adapters.sandbox.inside.crossing.exporting import Exports
from trailbook.adapters.sandbox.inside.crossing.files import Files
from trailbook.adapters.sandbox.inside.crossing.kinds import Malformed
from trailbook.adapters.sandbox.inside.crossing.namespace import Namespace
from trailbook.adapters.sandbox.inside.crossing.wire import Channel, Closed

SAID = {"streams": [], "gone": [], "wrote": False}
EMPTY = {"op": "answer", "ok": True, "nodes": [], "items": [None], "sync": [], **SAID}
ROUNDS = 1_500


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[tuple[tester_peer.TesterPeer, socket.socket]]:
    """Return the tester's side, and the socket of a hostile other one."""
    start.load_values()
    here, there = socket.socketpair()
    for end in (here, there):
        end.settimeout(10)
    yield tester_peer.TesterPeer(Channel(here), Assigned(Namespace()), Files(tmp_path, ())), there
    here.close()
    there.close()


def frame(message: object, blobs: bytes = b"") -> bytes:
    """Return a frame's bytes, whatever is in it."""
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">II", len(text), len(blobs)) + text + blobs


def node(*parts: Any) -> bytes:
    """Return an answer whose value is one node."""
    return frame({**EMPTY, "nodes": [list(parts)], "items": [[0]]})


FUNCTION = {"is": "function", "name": "f", "qualname": "f", "module": "", "runs": "plain", "parameters": []}
CLASS = {
    "is": "class", "name": "C", "qualname": "C", "module": "__main__", "doc": None, "bases": [], "members": {},
    "specials": [], "abc": False, "init": None, "annotations": {}, "fields": None,
}  # fmt: skip
HOSTILE = {
    "no frame": b"\0\0",
    "too long": struct.pack(">II", 2**32 - 1, 2**32 - 1),
    "no JSON": frame(b"{"),
    "deep JSON": frame(b"[" * 100_000),
    "no object": frame([]),
    "no operation": frame({}),
    "a request for an object that was never given": frame(
        {**EMPTY, "op": "do", "how": "call", "on": 7, "name": "", "keys": []}
    ),
    "a request with keys that are no texts": frame(
        {**EMPTY, "op": "do", "how": "get", "on": None, "name": "f", "keys": [1]}
    ),
    "an answer without a value": frame({**EMPTY, "items": []}),
    "an answer with two values": frame({**EMPTY, "items": [1, 2]}),
    "an answer that is neither right nor wrong": frame({**EMPTY, "ok": 1}),
    "an exception that is none": frame({**EMPTY, "ok": False}),
    "streams that are none": frame({**EMPTY, "streams": [["stdin", "x"]]}),
    "streams of no text": frame({**EMPTY, "streams": [["stdout", 1]]}),
    "blobs that do not add up": frame({**EMPTY, "blobs": [3]}),
    "blobs of negative length": frame({**EMPTY, "blobs": [-1, 1]}),
    "no table": frame({**EMPTY, "nodes": 5, "items": [[0]]}),
    "no node": frame({**EMPTY, "items": [[0]]}),
    "a node of negative number": frame({**EMPTY, "nodes": [["list", None, 0, []]], "items": [[-1]]}),
    "a node of true": frame({**EMPTY, "nodes": [["list", None, 0, []]], "items": [[True]]}),
    "an unknown kind": node("pickle", "gASV", 0, []),
    "a name that only the tester may give": node("known", "os:system", 0, []),
    "a function that is not harmless": node("func.builtin_function_or_method", "builtins:eval", 0, []),
    "a function found over dots": node("func.method_descriptor", "builtins:str.__class__.mro", 0, []),
    "a type that may not be named": node("type", "subprocess:Popen", 0, []),
    "a module of nobody": node("module", "no.such.module", 0, []),
    "a private module": node("module", "_posixsubprocess", 0, []),
    "a class of the instructor's that is none": node("shared", "Nothing", 0, []),
    "a number of too many digits": node("int", "0x" + "f" * 2_000_003, 0, []),
    "a number that is none": node("int", "x", 0, []),
    "a tuple that holds itself": frame({**EMPTY, "nodes": [["tuple", None, 0, [[0]]]], "items": [[0]]}),
    "a key without a value": frame({**EMPTY, "nodes": [["dict", None, 0, [1]]], "items": [[0]]}),
    "a key that cannot be one": frame(
        {**EMPTY, "nodes": [["dict", None, 0, [[1], 1]], ["list", None, 0, []]], "items": [[0]]}
    ),
    "keys of one hash": frame(
        {**EMPTY, "nodes": [["set", None, 0, [k * (2**61 - 1) for k in range(1, 4)] * 100]], "items": [[0]]}
    ),
    "an array of objects in bytes": frame(
        {**EMPTY, "blobs": [8], "nodes": [["ndarray", ["|O", [1], "C", 0], 0, []]], "items": [[0]]}, b"8bytes!!"
    ),
    "an array of objects in fields": frame(
        {**EMPTY, "blobs": [8], "nodes": [["ndarray", [[[["a", "|O"]]], [1], "C", 0], 0, []]], "items": [[0]]},
        b"8bytes!!",
    ),
    "an array larger than its bytes": frame(
        {**EMPTY, "blobs": [8], "nodes": [["ndarray", ["<f8", [10**9], "C", 0], 0, []]], "items": [[0]]}, b"8bytes!!"
    ),
    "an array of very many elements": node("ndarray", ["<V0", [2**31, 2**31], "C", 0], 0, []),
    "an array of negative length": node("ndarray", ["O", [-1], "C", 0], 0, []),
    "a zone outside the zones": node("zone", "../../etc/passwd", 0, []),
    "a frame of nothing": node("df", None, 0, [1, 2, 3]),
    "a function with a body in its name": node(
        "obj", [0, {**FUNCTION, "parameters": [["a=exit()", 1, None, None]]}], 0, []
    ),
    "a function with a keyword for a name": node(
        "obj", [0, {**FUNCTION, "parameters": [["lambda", 1, None, None]]}], 0, []
    ),
    "a function that runs in an unknown way": node("obj", [0, {**FUNCTION, "runs": "{call}"}], 0, []),
    "a function with the same parameter twice": node(
        "obj", [0, {**FUNCTION, "parameters": [["a", 1, None, None]] * 2}], 0, []
    ),
    "a class with a base that is none": node("obj", [0, {**CLASS, "bases": [0]}], 0, [1]),
    "a class with a member that is none": node("obj", [0, {**CLASS, "members": {"f": {"kind": "code"}}}], 0, []),
    "an instance of no class": node("obj", [0, {"is": "instance"}], 0, [1]),
    "an object of no number": node("obj", ["x", FUNCTION], 0, []),
    "a description that is none": node("obj", [0, 5], 0, []),
    "an exception of an unknown class": frame(
        {
            **EMPTY,
            "ok": False,
            "nodes": [["error", [0, "unittest.case:SkipTest"], 0, [None, [1], [1], None]], ["tuple", None, 0, []]],
            "items": [[0]],
        }
    ),
    "an own object that was never given": node("own", 99, 0, []),
    "an annotation of an own class": node("alias.GenericAlias", None, 0, ["", 1, 2]),
    "a pattern that is none": node("pattern", 0, 0, ["("]),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_frame_that_must_not_be_sent_breaks_the_link(
    ends: tuple[tester_peer.TesterPeer, socket.socket], name: str
) -> None:
    peer, there = ends

    def send() -> None:
        there.sendall(HOSTILE[name])
        there.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=send)  # a frame can be larger than what a socket holds
    thread.start()
    with pytest.raises(tester_peer.Gone) as told:
        peer.ask("fetch", None, "x")
    thread.join()

    assert told.value.reason == ("exit" if name == "no frame" else "protocol")
    assert isinstance(peer.failure(), tester_peer.Gone)


def test_nothing_is_read_once_the_link_is_broken(ends: tuple[tester_peer.TesterPeer, socket.socket]) -> None:
    peer, there = ends
    there.sendall(frame([]) + frame({**EMPTY, "items": [42]}))
    with pytest.raises(tester_peer.Gone):
        peer.ask("fetch", None, "x")

    with pytest.raises(tester_peer.Gone):
        peer.ask("fetch", None, "x")


def test_answers_that_nobody_asked_for_are_no_objects_and_end_nothing(
    ends: tuple[tester_peer.TesterPeer, socket.socket],
) -> None:
    peer, there = ends
    there.sendall(frame({**EMPTY, "items": [1]}) * 2)

    assert peer.ask("fetch", None, "x") == 1
    assert peer.ask("fetch", None, "y") == 1


class Given:
    """Something a test gives to an answer."""

    _private = "private"

    def __init__(self) -> None:
        self.public = "public"

    def method(self) -> str:
        """Return a text."""
        return "called"


ASKED = {
    ("get", "_private"): False,
    ("get", "__class__"): False,
    ("get", "__dict__"): False,
    ("method", "__init__"): False,
    ("method", "__reduce_ex__"): False,
    ("set", "_private"): False,
    ("from", "__init__"): False,
    ("derive", "x"): False,
    ("import", "os"): False,
    ("fetch", "x"): False,
    ("files", ""): False,
    ("get", "public"): True,
    ("method", "method"): True,
}


@pytest.mark.parametrize(("how", "name"), ASKED)
def test_of_what_a_test_gives_only_public_names_are_there(
    ends: tuple[tester_peer.TesterPeer, socket.socket], how: str, name: str
) -> None:
    peer, there = ends
    answers: list[dict[str, Any]] = []

    def be_hostile() -> None:
        other = Channel(there)
        other.receive()
        other.send({**EMPTY, "op": "do", "how": how, "on": 0, "name": name, "keys": [], "items": []})
        with contextlib.suppress(Closed):
            answers.append(other.receive()[0])
            other.send(EMPTY)

    thread = threading.Thread(target=be_hostile)
    thread.start()
    try:
        peer.ask("call", None, "f", [Given()])
    except tester_peer.Gone:
        there.shutdown(socket.SHUT_RDWR)
    thread.join()

    assert [answer["ok"] for answer in answers] in ([[True]] if ASKED[how, name] else [[False], []])


VALUES: list[Any] = [
    {"a": [1, (2, 3.5), {"b"}], "c": None},
    [1j, b"bytes", 2**100, float("nan"), range(3), slice(1, 2)],
    np.arange(6).reshape(2, 3),
    np.array([{"x": 1}, None], dtype=object),
    pd.DataFrame({"n": [1, 2], "t": ["x", "y"], "c": pd.Categorical(["a", "b"])}),
    pd.Series(pd.date_range("2024-01-01", periods=2, tz="UTC")),
    list[int],
    frame,
    Given,
    Given(),
]
JUNK: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1e300,
    "",
    "x" * 50,
    [],
    [0],
    [1],
    [[0]],
    {},
    {"is": "class"},
    "ndarray",
    "obj",
]


@pytest.mark.filterwarnings("ignore")
def test_a_table_that_was_tampered_with_is_read_or_malformed() -> None:
    start.load_values()
    chance = random.Random(20)
    read = refused = 0
    for _ in range(ROUNDS):
        encoder = Encoder(Exports(lambda value: None).export, None)
        item = encoder.add(chance.choice(VALUES))
        nodes = json.loads(json.dumps(encoder.nodes))
        for _ in range(chance.randint(1, 3)):
            tamper(nodes, chance)
        try:
            Decoder(nodes, encoder.blobs, lambda tag, head, parts: (tag, repr(head)), None).value(item)
            read += 1
        except Malformed:
            refused += 1

    assert read > 20
    assert refused > 20


def tamper(nodes: list[Any], chance: random.Random) -> None:
    """Put something else somewhere in a table."""
    place: Any = nodes
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(place[key], list | dict) and place[key] and chance.random() < 0.8:
            place = place[key]
            continue
        place[key] = chance.choice(JUNK)
        return
