"""Forged scores: words on the wire that only graders may speak."""

from __future__ import annotations

from adversarial.case import Case

FRAMES = r"""
import json, os, struct
def framed(message, blobs=b""):
    text = json.dumps(message).encode()
    return struct.pack(">II", len(text), len(blobs)) + text + blobs
PASS = {"status": "ok", "outputs": [], "error": None, "value": 3, "execution_count": 1, "failed": False}
WORDS = [
    *(framed({"op": "ran", "index": i, **PASS}) for i in range(8)),
    *(framed({"type": "cell", "index": i, **PASS}) for i in range(8)),
    *(json.dumps({"type": "cell", "index": i, **PASS}).encode() + b"\n" for i in range(8)),
    framed({"op": "ended", "contract": None, "trusts": {}}),
    b'{"type": "end", "reason": ""}\n',
]
def speak(words):
    for fd in range(0, 256):
        for word in words:
            try:
                os.write(fd, word)
            except OSError:
                break
"""
WRONG = "\ndef double(n):\n    return 0\n"
ANSWERS = r"""
VALUE = {"ok": True, "op": "value", "value": 4, "status": "ok", "nodes": [["int", 4]], "root": 0, "result": 4}
"""
ENDS = ("", "exit", "protocol", "output", "timeout")

WIRE = [
    Case(
        "frames-everywhere",
        "forged results on every file descriptor, in each format the grading has had",
        FRAMES + "speak(WORDS)" + WRONG,
        reasons=ENDS,
    ),
    Case(
        "frames-in-test",
        "the same in the middle of a test",
        FRAMES + "def double(n):\n    speak(WORDS)\n    return 0",
        reasons=ENDS,
    ),
    Case(
        "frames-from-thread",
        "answers on every file descriptor from a thread, before they are asked for",
        FRAMES + ANSWERS + "import threading, time\ndef work():\n    while True:\n"
        "        speak([framed(VALUE)])\n        time.sleep(0.001)\n"
        "threading.Thread(target=work, daemon=True).start()" + WRONG,
        reasons=ENDS,
    ),
    Case(
        "frames-from-child",
        "the same from a child process that stays when the answer has ended",
        FRAMES + ANSWERS + "import time\nif os.fork() == 0:\n    os.setsid()\n    for _ in range(200):\n"
        "        speak([framed(VALUE), *WORDS])\n        time.sleep(0.01)\n    os._exit(0)\n" + WRONG,
        reasons=ENDS,
    ),
    Case(
        "frames-huge",
        "frames that say they are four gigabytes long",
        FRAMES + "def double(n):\n    speak([struct.pack('>II', 2**32 - 1, 2**32 - 1) + b'{' * 1000])\n    return 0",
        reasons=(*ENDS, "memory"),
    ),
    Case(
        "frames-garbage",
        "noise, deep JSON, numbers of thousands of digits, NaN and half characters as frames",
        FRAMES + "def double(n):\n    speak([framed('[' * 9), framed({'op': '\\ud800'}), b'\\0' * 64, "
        "struct.pack('>II', 200_000, 0) + b'[' * 200_000, struct.pack('>II', 6000, 0) + b'9' * 6000, "
        "framed(float('nan'))])\n    return 0",
        reasons=ENDS,
    ),
    Case(
        "descriptors-closed", "every file descriptor closed", "import os\nos.closerange(0, 256)" + WRONG, reasons=ENDS
    ),
    Case(
        "descriptors-closed-in-test",
        "every file descriptor closed in the middle of a test",
        "import os\ndef double(n):\n    os.closerange(3, 256)\n    return 0",
        reasons=ENDS,
    ),
    Case(
        "descriptors-swapped",
        "every file descriptor put in the place of every other",
        "import os\ndef double(n):\n    for a in range(3, 64):\n        for b in range(3, 64):\n"
        "            try: os.dup2(a, b)\n            except OSError: break\n    return 0",
        reasons=ENDS,
    ),
    Case(
        "descriptors-passed",
        "file descriptors sent over every socket there is",
        "import array, os, socket\ndef double(n):\n    for fd in range(3, 64):\n        try:\n"
        "            each = socket.socket(fileno=os.dup(fd))\n"
        "            each.setblocking(False)\n"
        "            each.sendmsg([b'\\0' * 8], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 50))])\n"
        "        except OSError: pass\n    return 0",
        reasons=ENDS,
    ),
    Case(
        "no-answer",
        "no answer to a question of the test",
        "import threading\ndef double(n):\n    threading.Event().wait()",
        reasons=("timeout",),
    ),
    Case(
        "drip",
        "output a byte at a time until the time is over",
        "import sys, time\ndef double(n):\n    while True:\n        print('.', end='', flush=True)\n"
        "        time.sleep(0.01)",
        reasons=("timeout", "output"),
    ),
]
