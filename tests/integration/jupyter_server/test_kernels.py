"""Kernels as processes: few, ended when nobody uses them, and without the server's secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from learners_server.course import LESSON, PLAIN, READ
from learners_server.page import Learner, only, printed

BUSY = {"exercise": "square", "cells": {"square": "print('busy')\nwhile True: pass"}}


def kernels(learner: Learner) -> list[str]:
    return [kernel["id"] for kernel in learner.client.get("api/kernels").json()]


def test_the_kernel_used_longest_ago_gives_way(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner("--TrailbookExtension.max_kernels=1")
    first = only("kernel", learner.lines("kernel"))[-1]["id"]
    with learner.events() as events:
        assert next(events) == ("service", {"up": True})
        second = only("kernel", learner.lines("kernel", lesson=PLAIN))[-1]["id"]
        told = next(data for kind, data in events if kind == "kernel")
    assert kernels(learner) == [second]
    assert first != second
    assert told == {"course": "trap-course", "lesson": f"ps 1/{LESSON}", "state": "none", "reason": "limit"}
    assert learner.state()["kernel"] == {"id": None, "state": "none"}
    assert learner.state()["outputs"]["setup"][0]["text"] == "setup 10\n"


def test_a_busy_kernel_does_not_give_way(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner("--TrailbookExtension.max_kernels=1")
    with learner.follow("run", BUSY) as lines:
        next(line for line in lines if line["type"] == "output" and line["cell"] == "answer")
        refused = learner.lines("kernel", lesson=PLAIN)
        assert [problem["code"] for problem in only("problem", refused)] == ["kernel_limit"]
        assert refused[-1] == {"type": "done", "status": "error"}
        learner.post("interrupt")
        assert list(lines)[-1]["status"] == "aborted"
    assert learner.lines("kernel", lesson=PLAIN)[-1] == {"type": "done", "status": "ok"}


def test_an_idle_kernel_is_ended_and_the_page_told(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner("--TrailbookExtension.cull_idle_seconds=0.2")
    with learner.events() as events:
        assert next(events) == ("service", {"up": True})
        learner.lines("kernel")
        told = next(data for kind, data in events if kind == "kernel")
    assert told["reason"] == "culled"
    assert kernels(learner) == []
    assert learner.state()["ran"] == []


def test_a_busy_kernel_is_not_idle(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner("--TrailbookExtension.cull_idle_seconds=0.2")
    source = "import time\nprint('quiet')\ntime.sleep(1)\nprint('done')"
    lines = learner.lines("run", {"exercise": "square", "cells": {"square": source}})
    assert printed(lines, "answer") == "quiet\ndone\n"


def test_outputs_outlive_the_server(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner()
    learner.lines("run", {"exercise": "square", "cells": {"square": "print('kept')"}})
    learner.server.stop()
    learner.server.start()
    state = learner.state()
    assert state["outputs"]["answer"][0]["text"] == "kept\n"
    assert (state["kernel"], state["ran"]) == ({"id": None, "state": "none"}, [])


def test_kernels_end_with_the_server(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner()
    source = "import os\nprint(os.getpid())"
    lines = learner.lines("run", {"exercise": "square", "cells": {"square": source}})
    process = Path("/proc") / printed(lines, "answer").strip()
    assert process.exists()
    learner.server.stop()
    assert not process.exists()


def test_a_kernel_gets_a_listed_environment_and_unix_sockets(learner: Learner) -> None:
    source = (
        "import os, json, ipykernel\n"
        "connection = json.load(open(ipykernel.get_connection_file()))\n"
        "print(json.dumps([dict(os.environ), os.getcwd(), connection['transport']]))"
    )
    lines = learner.lines("run", {"exercise": "square", "cells": {"square": source}})
    environment, folder, transport = json.loads(printed(lines, "answer"))
    assert transport == "ipc"
    assert not [name for name in environment if "TOKEN" in name or "TRAILBOOK" in name]
    assert learner.server.token not in json.dumps(environment)
    assert folder.startswith(str(learner.server.home))


def test_no_other_extension_is_loaded(learner: Learner) -> None:
    for path in ("lab", "voila", "formgrader", "terminals/1", "api/terminals", "tree", "nbconvert/html/x.ipynb"):
        assert learner.client.get(path).status_code in (404, 403), path
    loaded = [line.split("|")[1] for line in learner.server.log().splitlines() if "successfully loaded" in line]
    assert len(loaded) == 1, loaded


def test_ending_a_kernel_from_outside_is_no_error(start_learner: Callable[..., Learner]) -> None:
    learner = start_learner("--TrailbookExtension.max_kernels=1")
    kernel = only("kernel", learner.lines("kernel"))[-1]["id"]
    assert learner.client.delete(f"api/kernels/{kernel}").status_code == 204
    assert learner.lines("kernel", lesson=PLAIN)[-1] == {"type": "done", "status": "ok"}
    again = only("kernel", learner.lines("kernel"))
    assert again[-1]["id"] not in (kernel, None)


def test_a_lesson_to_read_starts_no_kernel(learner: Learner) -> None:
    assert learner.lines("kernel", lesson=READ) == [
        {"type": "kernel", "id": None, "state": "none", "fresh": False},
        {"type": "done", "status": "ok"},
    ]
    assert kernels(learner) == []
