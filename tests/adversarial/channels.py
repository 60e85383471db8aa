"""Covert channels: programs that send 16 bits and look for them, at times both know."""

from __future__ import annotations

import os
import random
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from adversarial.lessons import read_yaml

BITS = 16
SLOT_SECONDS = 0.08
ENOUGH = 15
"""Bits of a try that are as they were sent, or all wrong way round: by chance once in 2,000 tries of pure noise."""

SENDER = """
BEFORE
START, SLOT, BITS, WAY, KEY, FILE = GIVEN
PREPARE
for number, bit in enumerate(BITS):
    time.sleep(max(0.0, START + number * SLOT - time.time()))
    try:
SEND
    except (OSError, AttributeError, ValueError):
        pass
time.sleep(max(0.0, START + len(BITS) * SLOT - time.time()))
"""
RECEIVER = """
BEFORE
START, SLOT, BITS, WAY, KEY, FILE = GIVEN
try:
PREPARE
except (OSError, AttributeError):
    pass
seen = [] if "seen" not in globals() else seen
got = ""
for number in range(len(BITS)):
    time.sleep(max(0.0, START + (number + 0.4) * SLOT - time.time()))
    try:
LOOK
    except (OSError, AttributeError, NameError, TypeError, ValueError):
        bit = "-"
    got += str(bit)
print("received", got)
"""


@dataclass(frozen=True)
class Channel:
    """One way to carry bits: code that makes ready, sends ``bit``, and looks for ``bit``.

    Attributes
    ----------
    seen_outside
        Whether a process without a sandbox can see it of whatever opens a file: no sandbox keeps that from it, only a
        machine, or an image, of its own.
    """

    name: str
    tried: str
    prepare: str
    send: str
    look: str
    seen_outside: bool = False


@dataclass(frozen=True)
class Try:
    """Sixteen bits, half of them ones, and the two programs that are to carry them."""

    sent: str
    sender: str
    receiver: str

    def received(self, printed: str) -> str:
        """Return the bits in what the receiver printed."""
        lines = [line for line in printed.splitlines() if line.startswith("received ")]
        return lines[0].removeprefix("received ") if lines else ""

    def carried(self, printed: str) -> int:
        """Return how many bits came over: all of them, or none where what came is no better than chance."""
        got = self.received(printed)
        same = sum(a == b for a, b in zip(self.sent, got, strict=False))
        other = sum({a, b} == {"0", "1"} for a, b in zip(self.sent, got, strict=False))
        return BITS if max(same, other) >= ENOUGH else 0


def channels() -> list[Channel]:
    """Return every channel."""
    return [
        Channel(
            said["name"],
            said["tried"],
            said.get("prepare", ""),
            said["send"],
            said["look"],
            said.get("seen_outside", False),
        )
        for said in read_yaml("channels.yaml")["cases"]
    ]


def shared_file(name: str, number: int) -> str:
    """Return a file of Python's own that every process can read; others for other channels, so that none disturbs."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return str(files[(sum(name.encode()) * 7 + number) % len(files)])


def one_try(channel: Channel, *, in_seconds: float, number: int = 0) -> Try:
    """Return the programs of a try that begins in so many seconds, with bits nobody guesses."""
    chance = random.Random(f"{channel.name} {number} {os.getpid()}")
    bits = [0, 1] * (BITS // 2)
    chance.shuffle(bits)
    way = f"tb-{chance.getrandbits(40):x}"
    given = (
        time.time() + in_seconds,
        SLOT_SECONDS,
        bits,
        way,
        chance.getrandbits(28) | 1,
        shared_file(channel.name, number),
    )
    texts = {"BEFORE": read_yaml("channels.yaml")["before"], "GIVEN": repr(given)}

    def filled(program: str) -> str:
        for mark, text in texts.items():
            program = program.replace(mark, text)
        return program

    prepare, send, look = channel.prepare or "pass", indent(channel.send, " " * 8), indent(channel.look, " " * 8)
    return Try(
        "".join(map(str, bits)),
        filled(SENDER).replace("PREPARE", prepare).replace("SEND\n", send.rstrip() + "\n", 1),
        filled(RECEIVER).replace("PREPARE", indent(prepare, "    ")).replace("LOOK\n", look.rstrip() + "\n", 1),
    )
