"""A new release while a learner works: the next opening shows it, and the work is kept."""

from __future__ import annotations

from collections.abc import Callable

from learners_server.course import LESSON, lesson_cells, write_notebook
from learners_server.page import Learner, only, printed
from learners_server.processes import CourseService


def test_a_new_text_keeps_drafts_and_kernel(own_service: CourseService, start_learner: Callable[..., Learner]) -> None:
    learner = start_learner(behind=own_service)
    learner.put("drafts", {"revision": 0, "cells": {"square": "kept = 1"}})
    learner.lines("run", {"exercise": "square"})
    before = learner.state()["version"]["number"]
    cells = lesson_cells()
    cells[0].source += "\n\nA new paragraph."
    write_notebook(own_service.course, LESSON, cells)
    own_service.release()
    assert "A new paragraph." in learner.page().text
    state = learner.state()
    assert state["version"]["number"] == before + 1
    assert state["drafts"]["cells"] == {"square": "kept = 1"}
    assert [line["fresh"] for line in only("kernel", learner.lines("kernel"))] == [False]
    lines = learner.lines("run", {"exercise": "square", "cells": {"square": "print(kept)"}})
    assert printed(lines, "answer") == "1\n"


def test_new_examples_want_a_fresh_kernel(own_service: CourseService, start_learner: Callable[..., Learner]) -> None:
    learner = start_learner(behind=own_service)
    learner.lines("kernel")
    write_notebook(own_service.course, LESSON, lesson_cells(setup="base = 20\nprint('setup', base)"))
    own_service.release()
    learner.page()
    lines = learner.lines("kernel")
    assert [line["fresh"] for line in only("kernel", lines)] == [False, True, False]
    assert printed(lines, "setup") == "setup 20\n"
    assert [line["fresh"] for line in only("kernel", learner.lines("kernel"))] == [False]
