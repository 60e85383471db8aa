"""A small course on disk, released into a database of its own, and the application that serves it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from support.contexts import learner
from support.courses import TRAP
from support.notebooks import answer, check, code, markdown, notebook, written
from trailbook import wiring
from trailbook.adapters.storage.schema import upgrade
from trailbook.config import Settings, load_settings
from trailbook.domain.course import LessonKey
from trailbook.services.views import AttemptView

NAME, KEY = "small", LessonKey("Übung 1", "01 halves")
HIDDEN = "the hidden input is 90"
SOLUTION = "def half(n):\n    return n / 2"
SOURCE = notebook(
    markdown("# Halves"),
    code("numbers = [2, 4]"),
    answer("half", f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION"),
    check(
        "half-test",
        'assert half(2) == 1, "half of 2 is 1"\n'
        f"### BEGIN HIDDEN TESTS\nassert half(90) == 45, {HIDDEN!r}\n### END HIDDEN TESTS",
        points=2,
    ),
    written("why", "Because 2 * 1 is 2.", points=3),
)
MANIFEST = {
    "name": NAME,
    "title": "A small course",
    "description": "One lesson.",
    "grading": {"cell_timeout_seconds": 20, "total_timeout_seconds": 40, "memory_mib": 256},
    "modules": [{"name": KEY.module, "title": "Halves", "lessons": [{"name": KEY.name, "title": "Halves"}]}],
}
LEARNER = learner(TRAP, of=NAME)


def write_course(folder: Path) -> Path:
    """Write the course and return its folder."""
    (folder / "source" / KEY.module).mkdir(parents=True)
    (folder / "source" / f"{KEY}.ipynb").write_text(json.dumps(SOURCE))
    (folder / "course.yaml").write_text(yaml.safe_dump(MANIFEST, allow_unicode=True))
    return folder


def write_settings(folder: Path, **more: object) -> Path:
    """Write a course, and the settings of a service for it, and return the settings' path."""
    write_course(folder / "the course")
    path = folder / "settings.yaml"
    settings = {"state_folder": "state", "courses": ["the course"], "workers": 1, **more}
    path.write_text(yaml.safe_dump(settings, allow_unicode=True))
    (folder / "state").mkdir()
    loaded = load_settings(path, {})
    upgrade(loaded.database)
    application = wiring.build(loaded)
    application.release(NAME, by="ida")
    application.storage.close()
    return path


@contextmanager
def running(settings: Settings) -> Iterator[wiring.Application]:
    """Serve with these settings."""
    application = wiring.build(settings)
    application.start()
    try:
        yield application
    finally:
        application.stop()


def submit(application: wiring.Application, text: str, *, key: str = "key") -> AttemptView:
    """Submit an answer to the exercise."""
    application.open_lesson(LEARNER, NAME, KEY)
    return application.submit_answer(LEARNER, NAME, KEY, exercise="half", version=1, answers={"half": text}, key=key)


def wait_for(found: Callable[[], object], *, seconds: float = 60.0, what: str = "it") -> None:
    """Look until something is so; fails when it does not come."""

    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not found():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come in {seconds:g} seconds")
        pause.wait(0.02)
